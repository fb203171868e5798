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

#define T double
#define t d
#define KERNELS theano_dkernels
#include "blas_calls.h"

#define T float
#define t s
#define KERNELS theano_skernels
#include "blas_calls.h"
