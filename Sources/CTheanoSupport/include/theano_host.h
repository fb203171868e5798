// The contract between a compiled function and the program that calls it.
//
// This text is used twice: it is compiled into the library (Swift imports it), and it is pasted at the head of every
// generated translation unit. So it includes nothing, names every type by its width, and stays small.
// A change of layout or meaning must raise TH_ABI.
#ifndef THEANO_HOST_H
#define THEANO_HOST_H

#define TH_ABI 2
#define TH_MAX_RANK 32
#define TH_MAX_ERROR_VALUES 8

typedef signed char th_i8;
typedef short th_i16;
typedef int th_i32;
typedef long long th_i64;
typedef unsigned char th_u8;
typedef unsigned short th_u16;
typedef unsigned int th_u32;
typedef unsigned long long th_u64;

// What an entry returns. After TH_CHECK the th_error says which check failed and with which numbers; after TH_HOST the
// host itself knows what went wrong (no memory, a callback that threw, a missing library) and has kept it in the th_call.
#define TH_OK 0
#define TH_CHECK 1
#define TH_HOST 2
// The machine lacks a routine of the program: the check's number is the routine's.
#define TH_MISSING 3

// The host's memory of one call: its workspace, its pending error, its thread pool. Opaque to generated code.
typedef struct th_call th_call;

// An input or a shared variable: C-contiguous elements and their axis lengths. The rank is known to both sides.
typedef struct th_array {
  void *data;
  const th_i64 *shape;
} th_array;
typedef th_array th_arg;

// A result. Generated code either stores a scalar (rank 0) in inline_scalar and leaves data null, or asks the host's
// result function for memory, which fills in data, shape and rank. shape has room for TH_MAX_RANK lengths.
typedef struct th_result {
  void *data;
  th_i64 *shape;
  th_u64 inline_scalar[2];
  th_i32 rank;
  th_i32 reserved;
} th_result;

// Which check of the program failed, and the numbers that the message needs.
typedef struct th_error {
  th_i32 check;
  th_i32 count;
  th_i64 values[TH_MAX_ERROR_VALUES];
} th_error;

// A piece [begin, end) of a parallel loop.
typedef void (*th_body)(void *context, th_i64 begin, th_i64 end);

// What the host does for generated code. Matrices are row-major with a row stride in elements (lda >= columns as
// stored); transpose flags are 0 or 1; sizes and strides count elements; when beta is 0 the old contents are not read.
typedef struct th_host {
  th_i32 abi;      // TH_ABI of the host
  th_i32 threads;  // how many threads a parallel loop may use

  // The call's scratch memory, at least `bytes` long and 64-byte aligned; null when there is no memory. A later call
  // with more bytes may move it and lose its contents, so a program asks once, for its maximum.
  void *(*workspace)(th_call *call, th_i64 bytes);

  // Memory whose size is found while the program runs, 64-byte aligned, one piece a slot; null when there is none. It
  // stays where it is until the call ends.
  void *(*scratch)(th_call *call, th_i32 slot, th_i64 bytes);

  // Allocates result `index`, 64-byte aligned; null when there is no memory.
  void *(*result)(th_call *call, th_i32 index, th_i32 rank, const th_i64 *shape);

  // Runs body over [0, n) in pieces of at least `grain`, on several threads when that is worth it. The pieces depend on
  // n, grain and the number of threads only. Inside another parallel loop it runs inline.
  void (*parallel_for)(th_call *call, th_i64 n, th_i64 grain, th_body body, void *context);

  // Runs the program's callback `id` (the user's own closures, Print). Nonzero: it failed, return TH_HOST.
  th_i32 (*callback)(th_call *call, th_i32 id, const th_arg *inputs, th_result *outputs);

  // C = alpha op(A) op(B) + beta C, where op(A) is m x k and op(B) is k x n.
  void (*dgemm)(th_call *call, th_i32 transpose_a, th_i32 transpose_b, th_i64 m, th_i64 n, th_i64 k, double alpha,
                const double *a, th_i64 lda, const double *b, th_i64 ldb, double beta, double *c, th_i64 ldc);
  void (*sgemm)(th_call *call, th_i32 transpose_a, th_i32 transpose_b, th_i64 m, th_i64 n, th_i64 k, float alpha,
                const float *a, th_i64 lda, const float *b, th_i64 ldb, float beta, float *c, th_i64 ldc);

  // y = alpha op(A) x + beta y, where A as stored is m x n.
  void (*dgemv)(th_call *call, th_i32 transpose, th_i64 m, th_i64 n, double alpha, const double *a, th_i64 lda,
                const double *x, th_i64 incx, double beta, double *y, th_i64 incy);
  void (*sgemv)(th_call *call, th_i32 transpose, th_i64 m, th_i64 n, float alpha, const float *a, th_i64 lda,
                const float *x, th_i64 incx, float beta, float *y, th_i64 incy);

  // A = alpha x y' + A, where A is m x n.
  void (*dger)(th_call *call, th_i64 m, th_i64 n, double alpha, const double *x, th_i64 incx, const double *y,
               th_i64 incy, double *a, th_i64 lda);
  void (*sger)(th_call *call, th_i64 m, th_i64 n, float alpha, const float *x, th_i64 incx, const float *y,
               th_i64 incy, float *a, th_i64 lda);

  // The sum of x[i] y[i].
  double (*ddot)(th_call *call, th_i64 n, const double *x, th_i64 incx, const double *y, th_i64 incy);
  float (*sdot)(th_call *call, th_i64 n, const float *x, th_i64 incx, const float *y, th_i64 incy);
} th_host;

// A compiled program's one entry.
typedef th_i32 (*th_entry)(const th_host *host, th_call *call, const th_arg *arguments, th_result *results,
                           th_error *error);

#endif
