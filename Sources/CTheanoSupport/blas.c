#include "include/theano_blas.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include "blas_kernels.h"

// CBLAS's numbers for row-major order and for transposition.
enum { row_major = 101 };
static int operation(int transpose) { return transpose ? 112 : 111; }

static int fits(long long a, long long b, long long c) { return a <= INT_MAX && b <= INT_MAX && c <= INT_MAX; }

// Panels of packed matrices, one buffer a thread, which grows and is freed with the thread. Fresh memory would have to
// be mapped page by page at every call.
struct buffer {
  long long bytes;
  void *memory;
};
static pthread_key_t buffer_key;
static pthread_once_t buffer_once = PTHREAD_ONCE_INIT;
static int buffer_ready;

static void free_buffer(void *value) {
  struct buffer *buffer = value;
  free(buffer->memory);
  free(buffer);
}

static void make_buffer_key(void) { buffer_ready = !pthread_key_create(&buffer_key, free_buffer); }

static void *buffer_of_thread(long long bytes) {
  pthread_once(&buffer_once, make_buffer_key);
  if (!buffer_ready) return 0;
  struct buffer *buffer = pthread_getspecific(buffer_key);
  if (!buffer) {
    if (!(buffer = calloc(1, sizeof *buffer))) return 0;
    if (pthread_setspecific(buffer_key, buffer)) {
      free(buffer);
      return 0;
    }
  }
  if (buffer->bytes < bytes) {
    free(buffer->memory);
    buffer->memory = 0;
    buffer->bytes = 0;
    void *memory = 0;
    if (posix_memalign(&memory, 64, (size_t)bytes)) return 0;
    buffer->memory = memory;
    buffer->bytes = bytes;
  }
  return buffer->memory;
}

// How the m x n elements of a product are shared out: in rows x columns blocks of height x width, the last ones smaller.
struct grid {
  long long rows, columns, height, width;
};

enum {
  // A block is worth a thread from this many multiplications on.
  least_work = 1 << 17,
  // Blocks begin at multiples of this, so that only the last ones have edges that no kernel fills.
  unit = 8,
  // The same of a matrix that is read once, in bytes.
  least_bytes = 1 << 18,
  // A vector of sums: at most so many parts, of a matrix with at most so many columns.
  most_parts = 8,
  narrow = 64,
};

static long long whole(long long length, long long pieces) {
  long long each = (length + pieces - 1) / pieces;
  return (each + unit - 1) / unit * unit;
}

// The grid of at most `threads` blocks whose largest block takes the least time: its multiplications, and what it costs to bring a
// step of k into the shape that kernels read. Measured with OpenBLAS, an element of a column of A costs as much as some 96
// multiplications, one of a row of B as 16: blocks of whole rows are the fastest where there are enough of them.
static struct grid choose_grid(int32_t threads, long long m, long long n, long long k) {
  struct grid best = {1, 1, m, n};
  double pieces = (double)m * (double)n * (double)k / least_work;
  long long most = pieces < threads ? (long long)pieces : threads;
  if (most <= 1) return best;
  double least = 0;
  for (long long rows = 1; rows <= most; rows++) {
    struct grid grid = {.height = whole(m, rows), .width = whole(n, most / rows)};
    grid.rows = (m + grid.height - 1) / grid.height;
    grid.columns = (n + grid.width - 1) / grid.width;
    double height = (double)grid.height, width = (double)grid.width;
    double time = height * width + 96 * height + 16 * width;
    if (least == 0 || time < least) least = time, best = grid;
  }
  return best;
}

// How many rows or columns of so many elements are worth a thread: such products are bound by memory.
static long long matrix_grain(long long length, size_t width) {
  return least_bytes / (length * (long long)width + 1) + 1;
}

// The parts of a sum: as many as are wanted, but a power of two, so that they are shared out evenly.
static long long whole_parts(long long wanted) {
  long long parts = 1;
  while (parts < most_parts && 2 * parts <= wanted) parts *= 2;
  return parts;
}

#define T double
#define t d
#define KERNELS theano_dkernels
#include "blas_calls.h"

#define T float
#define t s
#define KERNELS theano_skernels
#include "blas_calls.h"
