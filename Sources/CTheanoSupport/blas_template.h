// Dense products for machines without a BLAS, for one element type and one instruction set.
//
// Included several times, with
//   T         the element type
//   VBYTES    the width of a vector register in bytes
//   MR        how many rows of C the inner kernel holds in registers (two vectors a row)
//   NAME(x)   the name of x in this instance
//   KERNELS   the struct (of blas_kernels.h) that lists what an instance offers
// Includes nothing and uses only compilers' vector types, so that it can be compiled by any of them, also at run time.
//
// The product follows Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): panels of A
// and B are packed so that the inner kernel reads memory in order; A's panel stays in the second-level cache, B's in
// the third. K is never split between threads, so results do not depend on how many there are.

typedef T NAME(vector) __attribute__((vector_size(VBYTES)));
typedef T NAME(loose) __attribute__((vector_size(VBYTES), aligned(sizeof(T)), may_alias));

enum {
  NAME(lanes) = VBYTES / sizeof(T),
  NAME(nr) = 2 * NAME(lanes),
  NAME(kc) = 256,
  NAME(mc) = 768 / sizeof(T),
  NAME(nc) = 16384 / sizeof(T),
};

static long long NAME(least)(long long a, long long b) { return a < b ? a : b; }

// The bytes that gemm needs as its buffer, for the sizes given.
static long long NAME(gemm_room)(long long m, long long n, long long k) {
  long long kc = NAME(least)(k, NAME(kc));
  long long rows = (NAME(least)(m, NAME(mc)) + MR - 1) / MR * MR;
  long long columns = (NAME(least)(n, NAME(nc)) + NAME(nr) - 1) / NAME(nr) * NAME(nr);
  return (long long)sizeof(T) * kc * (rows + columns) + 128;
}

// Packs `count` vectors of length k into groups of `width`, k-major, the last group filled up with zeros. Vector i
// starts at source + i * step and goes on by `stride`.
static void NAME(pack)(T *target, const T *source, long long step, long long stride, long long count, long long k,
                       int width) {
  for (long long start = 0; start < count; start += width) {
    const T *from = source + start * step;
    int used = (int)NAME(least)(width, count - start);
    if (used < width)
      for (long long i = 0; i < k * width; i++) target[i] = 0;
    if (step == 1 && used == width) {
      for (long long p = 0; p < k; p++, from += stride, target += width)
        for (int i = 0; i < width; i++) target[i] = from[i];
    } else {
      for (int i = 0; i < used; i++) {
        const T *vector = from + i * step;
        for (long long p = 0; p < k; p++) target[p * width + i] = vector[p * stride];
      }
      target += k * width;
    }
  }
}

// MR rows and two vectors of columns: C = alpha A B + beta C from packed panels.
static void NAME(kernel)(long long k, const T *a, const T *b, T alpha, T beta, T *c, long long ldc, int rows,
                         int columns) {
  NAME(vector) sum[MR][2] = {};
  for (long long p = 0; p < k; p++, a += MR, b += NAME(nr)) {
    NAME(vector) first = *(const NAME(vector) *)b, second = *(const NAME(vector) *)(b + NAME(lanes));
#if defined(__clang__)
#pragma clang loop unroll(full)
#else
#pragma GCC unroll 16
#endif
    for (int i = 0; i < MR; i++) {
      sum[i][0] += a[i] * first;
      sum[i][1] += a[i] * second;
    }
  }
  if (rows == MR && columns == NAME(nr)) {
    for (int i = 0; i < MR; i++, c += ldc)
      for (int j = 0; j < 2; j++) {
        NAME(loose) *target = (NAME(loose) *)(c + j * NAME(lanes));
        *target = beta == 0 ? alpha * sum[i][j] : alpha * sum[i][j] + beta * *target;
      }
  } else {
    for (int i = 0; i < rows; i++, c += ldc)
      for (int j = 0; j < columns; j++) {
        T value = alpha * ((const T *)sum[i])[j];
        c[j] = beta == 0 ? value : value + beta * c[j];
      }
  }
}

// C = beta C; when beta is 0 nothing of C is read.
static void NAME(scale)(long long m, long long n, T beta, T *c, long long ldc) {
  if (beta == 1) return;
  for (long long i = 0; i < m; i++, c += ldc)
    for (long long j = 0; j < n; j++) c[j] = beta == 0 ? 0 : beta * c[j];
}

// C = alpha op(A) op(B) + beta C; `buffer` has gemm_room bytes.
static void NAME(gemm)(int transpose_a, int transpose_b, long long m, long long n, long long k, T alpha, const T *a,
                       long long lda, const T *b, long long ldb, T beta, T *c, long long ldc, void *buffer) {
  if (k == 0 || alpha == 0) {
    NAME(scale)(m, n, beta, c, ldc);
    return;
  }
  long long row_a = transpose_a ? 1 : lda, column_a = transpose_a ? lda : 1;
  long long row_b = transpose_b ? 1 : ldb, column_b = transpose_b ? ldb : 1;
  T *packed_b = (T *)(((unsigned long long)buffer + 63) & ~63ull);
  for (long long j0 = 0; j0 < n; j0 += NAME(nc)) {
    long long nj = NAME(least)(NAME(nc), n - j0);
    for (long long p0 = 0; p0 < k; p0 += NAME(kc)) {
      long long kp = NAME(least)(NAME(kc), k - p0);
      T scale = p0 == 0 ? beta : 1;
      T *packed_a = packed_b + (nj + NAME(nr) - 1) / NAME(nr) * NAME(nr) * kp;
      NAME(pack)(packed_b, b + p0 * row_b + j0 * column_b, column_b, row_b, nj, kp, NAME(nr));
      for (long long i0 = 0; i0 < m; i0 += NAME(mc)) {
        long long mi = NAME(least)(NAME(mc), m - i0);
        NAME(pack)(packed_a, a + i0 * row_a + p0 * column_a, row_a, column_a, mi, kp, MR);
        for (long long j = 0; j < nj; j += NAME(nr))
          for (long long i = 0; i < mi; i += MR)
            NAME(kernel)(kp, packed_a + i * kp, packed_b + j * kp, alpha, scale, c + (i0 + i) * ldc + j0 + j, ldc,
                         (int)NAME(least)(MR, mi - i), (int)NAME(least)(NAME(nr), nj - j));
      }
    }
  }
}

// The sum of x[i] y[i], in eight vectors of partial sums.
static T NAME(dot)(long long n, const T *x, long long incx, const T *y, long long incy) {
  T sum = 0;
  long long i = 0;
  if (incx == 1 && incy == 1) {
    enum { block = 8 * NAME(lanes) };
    NAME(vector) parts[8] = {};
    for (; i + block <= n; i += block)
      for (int j = 0; j < 8; j++)
        parts[j] += *(const NAME(loose) *)(x + i + j * NAME(lanes)) * *(const NAME(loose) *)(y + i + j * NAME(lanes));
    for (int half = 4; half; half /= 2)
      for (int j = 0; j < half; j++) parts[j] += parts[j + half];
    for (int j = 0; j < NAME(lanes); j++) sum += parts[0][j];
  }
  for (; i < n; i++) sum += x[i * incx] * y[i * incy];
  return sum;
}

// y = alpha A x + beta y for A m x n; x is contiguous.
static void NAME(gemv)(long long m, long long n, T alpha, const T *a, long long lda, const T *x, T beta, T *y,
                       long long incy) {
  for (long long i = 0; i < m; i++, a += lda) {
    T value = alpha * NAME(dot)(n, a, 1, x, 1);
    y[i * incy] = beta == 0 ? value : value + beta * y[i * incy];
  }
}

// y = alpha A' x + beta y for A m x n; y is contiguous. Four rows at a time, so that y is read less often.
static void NAME(gemv_transposed)(long long m, long long n, T alpha, const T *a, long long lda, const T *x,
                                  long long incx, T beta, T *y) {
  NAME(scale)(1, n, beta, y, n);
  long long i = 0;
  for (; i + 4 <= m; i += 4) {
    const T *r0 = a + i * lda, *r1 = r0 + lda, *r2 = r1 + lda, *r3 = r2 + lda;
    T x0 = alpha * x[i * incx], x1 = alpha * x[(i + 1) * incx], x2 = alpha * x[(i + 2) * incx],
      x3 = alpha * x[(i + 3) * incx];
    for (long long j = 0; j < n; j++) y[j] += (x0 * r0[j] + x1 * r1[j]) + (x2 * r2[j] + x3 * r3[j]);
  }
  for (; i < m; i++) {
    T xi = alpha * x[i * incx];
    for (long long j = 0; j < n; j++) y[j] += xi * a[i * lda + j];
  }
}

// A = alpha x y' + A for A m x n.
static void NAME(ger)(long long m, long long n, T alpha, const T *x, long long incx, const T *y, long long incy, T *a,
                      long long lda) {
  for (long long i = 0; i < m; i++, a += lda) {
    T xi = alpha * x[i * incx];
    if (incy == 1)
      for (long long j = 0; j < n; j++) a[j] += xi * y[j];
    else
      for (long long j = 0; j < n; j++) a[j] += xi * y[j * incy];
  }
}

static const struct KERNELS NAME(table) = {NAME(gemm_room), NAME(gemm),           NAME(dot),
                                           NAME(gemv),      NAME(gemv_transposed), NAME(ger)};

#undef T
#undef KERNELS
#undef VBYTES
#undef MR
#undef NAME
