// The choice between a native library and our own products, for one element type.
//
// Included twice, with T the element type, t its letter, and KERNELS the table's struct.

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define JOIN3(a, b, c) JOIN(a, JOIN(b, c))
#define OURS(blas) (((const struct theano_kernels *)(blas)->kernels)->t)

typedef void (*JOIN(t, gemm_cblas))(int, int, int, int, int, int, T, const T *, int, const T *, int, T, T *, int);
typedef void (*JOIN(t, gemv_cblas))(int, int, int, int, T, const T *, int, const T *, int, T, T *, int);
typedef void (*JOIN(t, ger_cblas))(int, int, int, T, const T *, int, const T *, int, T *, int);
typedef T (*JOIN(t, dot_cblas))(int, const T *, int, const T *, int);

// One of our products, shared out over rows or columns of the result.
struct JOIN(t, product) {
  const struct KERNELS *ours;
  int transpose_a, transpose_b, by_columns;
  long long m, n, k, lda, ldb, ldc, unit;
  const T *a, *b;
  T *c, alpha, beta;
};

static void JOIN(t, gemm_piece)(void *context, long long begin, long long end) {
  const struct JOIN(t, product) *p = context;
  // Pieces are counted in units of whole kernels, so that only the last one has an edge.
  long long first = begin * p->unit, last = end * p->unit;
  long long limit = p->by_columns ? p->n : p->m;
  if (last > limit) last = limit;
  long long count = last - first;
  const T *a = p->a, *b = p->b;
  T *c = p->c;
  if (p->by_columns)
    b += first * (p->transpose_b ? p->ldb : 1), c += first;
  else
    a += first * (p->transpose_a ? 1 : p->lda), c += first * p->ldc;
  long long m = p->by_columns ? p->m : count, n = p->by_columns ? count : p->n;
  long long room = p->ours->gemm_room(m, n, p->k);
  void *buffer = buffer_of_thread(room);
  if (buffer) {
    p->ours->gemm(p->transpose_a, p->transpose_b, m, n, p->k, p->alpha, a, p->lda, b, p->ldb, p->beta, c, p->ldc,
                  buffer);
    return;
  }
  // Without memory for panels: slowly, but right.
  for (long long i = 0; i < m; i++)
    for (long long j = 0; j < n; j++) {
      T sum = 0;
      for (long long q = 0; q < p->k; q++)
        sum += a[p->transpose_a ? q * p->lda + i : i * p->lda + q] * b[p->transpose_b ? j * p->ldb + q : q * p->ldb + j];
      c[i * p->ldc + j] = p->alpha * sum + (p->beta == 0 ? 0 : p->beta * c[i * p->ldc + j]);
    }
}

void JOIN3(theano_, t, gemm)(const struct theano_blas *blas, struct theano_pool *pool, int transpose_a, int transpose_b,
                             long long m, long long n, long long k, T alpha, const T *a, long long lda, const T *b,
                             long long ldb, T beta, T *c, long long ldc) {
  if (m <= 0 || n <= 0) return;
  JOIN(t, gemm_cblas) native = (JOIN(t, gemm_cblas))JOIN3(blas->cblas_, t, gemm);
  // CBLAS asks for strides of at least 1 even where there is nothing to stride over.
  if (native && k > 0 && fits(m, n, k) && fits(lda, ldb, ldc)) {
    native(row_major, operation(transpose_a), operation(transpose_b), (int)m, (int)n, (int)k, alpha, a, (int)lda, b,
           (int)ldb, beta, c, (int)ldc);
    return;
  }
  struct JOIN(t, product) product = {.ours = OURS(blas), .transpose_a = transpose_a, .transpose_b = transpose_b,
                                     .by_columns = n > m, .m = m, .n = n, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc,
                                     .unit = 48, .a = a, .b = b, .c = c, .alpha = alpha, .beta = beta};
  long long units = ((product.by_columns ? n : m) + product.unit - 1) / product.unit;
  // A piece is worth a thread from about a million multiplications on.
  double each = (double)m * (double)n * (double)k / (double)units;
  long long grain = each >= 1e6 ? 1 : (long long)(1e6 / (each + 1)) + 1;
  theano_pool_run(pool, units, grain, JOIN(t, gemm_piece), &product);
}

struct JOIN(t, matrix) {
  const struct KERNELS *ours;
  long long m, n, lda, incx, incy;
  const T *a, *x;
  T *y, *target, alpha, beta;
};

static void JOIN(t, gemv_rows)(void *context, long long begin, long long end) {
  const struct JOIN(t, matrix) *p = context;
  p->ours->gemv(end - begin, p->n, p->alpha, p->a + begin * p->lda, p->lda, p->x, p->beta, p->y + begin * p->incy,
                p->incy);
}

static void JOIN(t, gemv_columns)(void *context, long long begin, long long end) {
  const struct JOIN(t, matrix) *p = context;
  p->ours->gemv_transposed(p->m, end - begin, p->alpha, p->a + begin, p->lda, p->x, p->incx, p->beta, p->y + begin);
}

static void JOIN(t, ger_rows)(void *context, long long begin, long long end) {
  const struct JOIN(t, matrix) *p = context;
  p->ours->ger(end - begin, p->n, p->alpha, p->x + begin * p->incx, p->incx, p->y, p->incy, p->target + begin * p->lda,
               p->lda);
}

void JOIN3(theano_, t, gemv)(const struct theano_blas *blas, struct theano_pool *pool, int transpose, long long m,
                             long long n, T alpha, const T *a, long long lda, const T *x, long long incx, T beta, T *y,
                             long long incy) {
  long long used = transpose ? m : n, made = transpose ? n : m;
  if (made <= 0) return;
  JOIN(t, gemv_cblas) native = (JOIN(t, gemv_cblas))JOIN3(blas->cblas_, t, gemv);
  if (native && used > 0 && fits(m, n, lda) && fits(incx, incy, 1)) {
    native(row_major, operation(transpose), (int)m, (int)n, alpha, a, (int)lda, x, (int)incx, beta, y, (int)incy);
    return;
  }
  struct JOIN(t, matrix) p = {.ours = OURS(blas), .m = m, .n = n, .lda = lda, .incx = incx, .incy = incy, .a = a,
                              .x = x, .y = y, .alpha = alpha, .beta = beta};
  // Reading a matrix is bound by memory: a thread is worth its start from some 64 thousand elements on.
  long long grain = 65536 / (used + 1) + 1;
  // The kernels want x contiguous for rows, y for columns.
  long long copied = !transpose && incx != 1 ? n : transpose && incy != 1 ? n : 0;
  T *copy = copied ? buffer_of_thread(copied * (long long)sizeof(T)) : 0;
  if (copied && !copy) {
    for (long long i = 0; i < made; i++) {
      T sum = transpose ? p.ours->dot(m, a + i, lda, x, incx) : p.ours->dot(n, a + i * lda, 1, x, incx);
      y[i * incy] = alpha * sum + (beta == 0 ? 0 : beta * y[i * incy]);
    }
  } else if (!transpose) {
    for (long long j = 0; j < copied; j++) copy[j] = x[j * incx];
    if (copied) p.x = copy;
    theano_pool_run(pool, m, grain, JOIN(t, gemv_rows), &p);
  } else {
    for (long long j = 0; j < copied && beta != 0; j++) copy[j] = y[j * incy];
    if (copied) p.y = copy;
    theano_pool_run(pool, n, grain, JOIN(t, gemv_columns), &p);
    for (long long j = 0; j < copied; j++) y[j * incy] = copy[j];
  }
}

void JOIN3(theano_, t, ger)(const struct theano_blas *blas, struct theano_pool *pool, long long m, long long n, T alpha,
                            const T *x, long long incx, const T *y, long long incy, T *a, long long lda) {
  if (m <= 0 || n <= 0) return;
  JOIN(t, ger_cblas) native = (JOIN(t, ger_cblas))JOIN3(blas->cblas_, t, ger);
  if (native && fits(m, n, lda) && fits(incx, incy, 1)) {
    native(row_major, (int)m, (int)n, alpha, x, (int)incx, y, (int)incy, a, (int)lda);
    return;
  }
  struct JOIN(t, matrix) p = {.ours = OURS(blas), .n = n, .lda = lda, .incx = incx, .incy = incy, .x = x,
                              .y = (T *)y, .target = a, .alpha = alpha};
  theano_pool_run(pool, m, 65536 / (n + 1) + 1, JOIN(t, ger_rows), &p);
}

T JOIN3(theano_, t, dot)(const struct theano_blas *blas, long long n, const T *x, long long incx, const T *y,
                         long long incy) {
  JOIN(t, dot_cblas) native = (JOIN(t, dot_cblas))JOIN3(blas->cblas_, t, dot);
  if (native && fits(n, incx, incy)) return native((int)n, x, (int)incx, y, (int)incy);
  return OURS(blas)->dot(n, x, incx, y, incy);
}

#undef T
#undef t
#undef KERNELS
#undef JOIN2
#undef JOIN
#undef JOIN3
#undef OURS
