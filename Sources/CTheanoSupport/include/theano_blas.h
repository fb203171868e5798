// Dense products: a native library's where one was found, ours for the products where none was.
#ifndef THEANO_BLAS_H
#define THEANO_BLAS_H

#include <stdint.h>

#include "theano_pool.h"

/// The functions taken from native libraries, by their symbols; null where there is none. Sizes are 32-bit.
struct theano_blas {
  void *cblas_dgemm, *cblas_sgemm, *cblas_dgemv, *cblas_sgemv, *cblas_dger, *cblas_sger, *cblas_ddot, *cblas_sdot;
  /// Whether the library shares out its products among threads of its own; otherwise ours share them out.
  int32_t threads_itself;
  /// Our own products, as theano_kernels_builtin or a unit compiled at run time gives them.
  const void *kernels;
};

/// Our products as this library was compiled, in the best instance for this processor.
const void *theano_kernels_builtin(void);

/// Whether that table was compiled with optimisation; in a debug build of the library it was not.
int theano_kernels_optimised(void);

/// What a table of our own products was compiled for, in words.
const char *theano_kernels_name(const void *kernels);

/// A C text that holds the same products for a compiler's native processor; its theano_entry stores the address of their
/// table in the first result's data.
const char *const *theano_kernels_texts(void);

// Row-major throughout; see theano_host.h for the meaning of each.

#define THEANO_PRODUCTS(T, t)                                                                                          \
  void theano_##t##gemm(const struct theano_blas *blas, struct theano_pool *pool, int transpose_a, int transpose_b,    \
                        long long m, long long n, long long k, T alpha, const T *a, long long lda, const T *b,         \
                        long long ldb, T beta, T *c, long long ldc);                                                   \
  void theano_##t##gemv(const struct theano_blas *blas, struct theano_pool *pool, int transpose, long long m,          \
                        long long n, T alpha, const T *a, long long lda, const T *x, long long incx, T beta, T *y,     \
                        long long incy);                                                                               \
  void theano_##t##ger(const struct theano_blas *blas, struct theano_pool *pool, long long m, long long n, T alpha,    \
                       const T *x, long long incx, const T *y, long long incy, T *a, long long lda);                   \
  T theano_##t##dot(const struct theano_blas *blas, struct theano_pool *pool, long long n, const T *x, long long incx, \
                    const T *y, long long incy);
THEANO_PRODUCTS(double, d)
THEANO_PRODUCTS(float, s)
#undef THEANO_PRODUCTS

#endif
