#include "include/theano_call.h"

#include <stdlib.h>
#include <string.h>

void theano_call_init(struct th_call *call, struct theano_pool *pool, const struct theano_blas *blas) {
  memset(call, 0, sizeof *call);
  call->pool = pool;
  call->blas = blas;
}

void theano_call_destroy(struct th_call *call) {
  free(call->workspace);
  call->workspace = 0;
  call->workspace_bytes = 0;
}

static void refuse(struct th_call *call, int32_t refusal, int64_t value) {
  if (call->refusal) return;
  call->refusal = refusal;
  call->refusal_value = value;
}

static void *workspace(th_call *call, th_i64 bytes) {
  if (bytes <= call->workspace_bytes && call->workspace) return call->workspace;
  // Nothing is copied: a program asks once in a call, before it writes anything.
  free(call->workspace);
  call->workspace = 0;
  call->workspace_bytes = 0;
  void *memory = 0;
  if (bytes < 0 || posix_memalign(&memory, 64, bytes > 0 ? (size_t)bytes : 64)) {
    refuse(call, theano_refusal_memory, bytes);
    return 0;
  }
  call->workspace = memory;
  call->workspace_bytes = bytes;
  return memory;
}

static void *result(th_call *call, th_i32 index, th_i32 rank, const th_i64 *shape) {
  if (call->spares && call->spares[index].data) {
    const th_arg *spare = &call->spares[index];
    th_i32 axis = 0;
    while (axis < rank && spare->shape[axis] == shape[axis]) axis++;
    if (axis == rank) return spare->data;
  }
  void *memory = call->allocate ? call->allocate(call->owner, index, rank, shape) : 0;
  if (!memory) refuse(call, theano_refusal_memory, -1);
  return memory;
}

static void parallel_for(th_call *call, th_i64 n, th_i64 grain, th_body body, void *context) {
  theano_pool_run(call->pool, n, grain, body, context);
}

static th_i32 callback(th_call *call, th_i32 id, const th_arg *inputs, th_result *outputs) {
  th_i32 failed = call->call_back ? call->call_back(call->owner, id, inputs, outputs) : 1;
  if (failed) refuse(call, theano_refusal_callback, id);
  return failed;
}

#define PRODUCTS(T, t)                                                                                                 \
  static void t##gemm(th_call *call, th_i32 transpose_a, th_i32 transpose_b, th_i64 m, th_i64 n, th_i64 k, T alpha,    \
                      const T *a, th_i64 lda, const T *b, th_i64 ldb, T beta, T *c, th_i64 ldc) {                      \
    theano_##t##gemm(call->blas, call->pool, transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);  \
  }                                                                                                                    \
  static void t##gemv(th_call *call, th_i32 transpose, th_i64 m, th_i64 n, T alpha, const T *a, th_i64 lda,            \
                      const T *x, th_i64 incx, T beta, T *y, th_i64 incy) {                                            \
    theano_##t##gemv(call->blas, call->pool, transpose, m, n, alpha, a, lda, x, incx, beta, y, incy);                  \
  }                                                                                                                    \
  static void t##ger(th_call *call, th_i64 m, th_i64 n, T alpha, const T *x, th_i64 incx, const T *y, th_i64 incy,     \
                     T *a, th_i64 lda) {                                                                               \
    theano_##t##ger(call->blas, call->pool, m, n, alpha, x, incx, y, incy, a, lda);                                    \
  }                                                                                                                    \
  static T t##dot(th_call *call, th_i64 n, const T *x, th_i64 incx, const T *y, th_i64 incy) {                         \
    return theano_##t##dot(call->blas, call->pool, n, x, incx, y, incy);                                               \
  }

PRODUCTS(double, d)
PRODUCTS(float, s)

void theano_host_fill(th_host *host, int32_t threads) {
  *host = (th_host){
    .abi = TH_ABI,
    .threads = threads,
    .workspace = workspace,
    .result = result,
    .parallel_for = parallel_for,
    .callback = callback,
    .dgemm = dgemm,
    .sgemm = sgemm,
    .dgemv = dgemv,
    .sgemv = sgemv,
    .dger = dger,
    .sger = sger,
    .ddot = ddot,
    .sdot = sdot,
  };
}
