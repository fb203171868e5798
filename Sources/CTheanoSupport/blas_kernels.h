// What an instance of blas_template.h offers. This text is compiled here, and at run time for the machine's own
// instruction set; so it includes nothing.
#ifndef THEANO_BLAS_KERNELS_H
#define THEANO_BLAS_KERNELS_H

#define THEANO_KERNELS(T, name)                                                                                        \
  struct name {                                                                                                        \
    long long (*gemm_room)(long long m, long long n, long long k);                                                     \
    void (*gemm)(int transpose_a, int transpose_b, long long m, long long n, long long k, T alpha, const T *a,         \
                 long long lda, const T *b, long long ldb, T beta, T *c, long long ldc, void *buffer);                 \
    T (*dot)(long long n, const T *x, long long incx, const T *y, long long incy);                                     \
    void (*gemv)(long long m, long long n, T alpha, const T *a, long long lda, const T *x, T beta, T *y,               \
                 long long incy);                                                                                      \
    void (*gemv_transposed)(long long m, long long n, T alpha, const T *a, long long lda, const T *x, long long incx,  \
                            T beta, T *y);                                                                             \
    void (*ger)(long long m, long long n, T alpha, const T *x, long long incx, const T *y, long long incy, T *a,       \
                long long lda);                                                                                        \
  }

THEANO_KERNELS(double, theano_dkernels);
THEANO_KERNELS(float, theano_skernels);

// The kernels of both element types, and what they were compiled for.
struct theano_kernels {
  const struct theano_dkernels *d;
  const struct theano_skernels *s;
  const char *name;
};

#endif
