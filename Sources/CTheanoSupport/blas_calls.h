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

// A product, cut into a grid of blocks of the result. Each element is the work of one call that goes through all of k, so that
// results depend on which block an element is in, not on who computes it or when.
struct JOIN(t, product) {
  JOIN(t, gemm_cblas) native;
  const struct KERNELS *ours;
  int transpose_a, transpose_b;
  struct grid grid;
  long long m, n, k, lda, ldb, ldc;
  const T *a, *b;
  T *c, alpha, beta;
};

static void JOIN(t, gemm_block)(const struct JOIN(t, product) *p, long long m, long long n, const T *a, const T *b,
                                T *c) {
  if (m <= 0 || n <= 0) return;
  if (p->native) {
    p->native(row_major, operation(p->transpose_a), operation(p->transpose_b), (int)m, (int)n, (int)p->k, p->alpha, a,
              (int)p->lda, b, (int)p->ldb, p->beta, c, (int)p->ldc);
    return;
  }
  void *buffer = buffer_of_thread(p->ours->gemm_room(m, n, p->k));
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

static void JOIN(t, gemm_blocks)(void *context, long long begin, long long end) {
  const struct JOIN(t, product) *p = context;
  for (long long block = begin; block < end; block++) {
    long long row = block / p->grid.columns * p->grid.height, column = block % p->grid.columns * p->grid.width;
    long long m = p->m - row < p->grid.height ? p->m - row : p->grid.height;
    long long n = p->n - column < p->grid.width ? p->n - column : p->grid.width;
    JOIN(t, gemm_block)(p, m, n, p->a + row * (p->transpose_a ? 1 : p->lda),
                        p->b + column * (p->transpose_b ? p->ldb : 1), p->c + row * p->ldc + column);
  }
}

// Whether a matrix has an element that is infinite or no number: 0 times the product is no number then, though libraries that are
// given a factor of 0 do not look.
static int JOIN(t, has_special)(const T *a, long long rows, long long columns, long long lda, long long step) {
  for (long long i = 0; i < rows; i++)
    for (long long j = 0; j < columns; j++) {
      T x = a[i * lda + j * step];
      if (x - x != 0) return 1;
    }
  return 0;
}

void JOIN3(theano_, t, gemm)(const struct theano_blas *blas, struct theano_pool *pool, int transpose_a, int transpose_b,
                             long long m, long long n, long long k, T alpha, const T *a, long long lda, const T *b,
                             long long ldb, T beta, T *c, long long ldc) {
  if (m <= 0 || n <= 0) return;
  if (alpha == 0 && (JOIN(t, has_special)(a, transpose_a ? k : m, transpose_a ? m : k, lda, 1) ||
                     JOIN(t, has_special)(b, transpose_b ? n : k, transpose_b ? k : n, ldb, 1))) {
    for (long long i = 0; i < m; i++)
      for (long long j = 0; j < n; j++) {
        T sum = 0;
        for (long long q = 0; q < k; q++)
          sum += a[transpose_a ? q * lda + i : i * lda + q] * b[transpose_b ? j * ldb + q : q * ldb + j];
        c[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j]);
      }
    return;
  }
  struct JOIN(t, product) p = {.ours = OURS(blas), .transpose_a = transpose_a, .transpose_b = transpose_b, .m = m,
                               .n = n, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .c = c,
                               .alpha = alpha, .beta = beta};
  // CBLAS asks for strides of at least 1 even where there is nothing to stride over.
  if (k > 0 && fits(m, n, k) && fits(lda, ldb, ldc)) p.native = (JOIN(t, gemm_cblas))JOIN3(blas->cblas_, t, gemm);
  p.grid = choose_grid(p.native && blas->threads_itself ? 1 : theano_pool_threads(pool), m, n, k);
  theano_pool_run(pool, p.grid.rows * p.grid.columns, 1, JOIN(t, gemm_blocks), &p);
}

// A product of a matrix and a vector, or their outer product, cut by rows or columns.
struct JOIN(t, matrix) {
  JOIN(t, gemv_cblas) native;
  JOIN(t, ger_cblas) native_ger;
  const struct KERNELS *ours;
  long long m, n, lda, incx, incy, part;
  const T *a, *x;
  T *y, *target, alpha, beta;
};

// y = alpha op(A) x + beta y for m x n as stored; our kernels want x contiguous for rows and y for columns.
static void JOIN(t, gemv_part)(const struct JOIN(t, matrix) *p, int transpose, long long m, long long n, const T *a,
                               const T *x, T beta, T *y, long long incy) {
  if (p->native)
    p->native(row_major, operation(transpose), (int)m, (int)n, p->alpha, a, (int)p->lda, x, (int)p->incx, beta, y,
              (int)incy);
  else if (transpose)
    p->ours->gemv_transposed(m, n, p->alpha, a, p->lda, x, p->incx, beta, y);
  else
    p->ours->gemv(m, n, p->alpha, a, p->lda, x, beta, y, incy);
}

static void JOIN(t, gemv_rows)(void *context, long long begin, long long end) {
  const struct JOIN(t, matrix) *p = context;
  JOIN(t, gemv_part)(p, 0, end - begin, p->n, p->a + begin * p->lda, p->x, p->beta, p->y + begin * p->incy, p->incy);
}

static void JOIN(t, gemv_columns)(void *context, long long begin, long long end) {
  const struct JOIN(t, matrix) *p = context;
  JOIN(t, gemv_part)(p, 1, p->m, end - begin, p->a + begin, p->x, p->beta, p->y + begin * p->incy, p->incy);
}

// Partial sums of columns, each part of the rows into its own row of `target`.
static void JOIN(t, gemv_sums)(void *context, long long begin, long long end) {
  const struct JOIN(t, matrix) *p = context;
  for (long long k = begin; k < end; k++) {
    long long first = k * p->part, count = p->m - first < p->part ? p->m - first : p->part;
    JOIN(t, gemv_part)(p, 1, count, p->n, p->a + first * p->lda, p->x + first * p->incx, 0, p->target + k * p->n, 1);
  }
}

static void JOIN(t, ger_rows)(void *context, long long begin, long long end) {
  const struct JOIN(t, matrix) *p = context;
  const T *x = p->x + begin * p->incx;
  T *a = p->target + begin * p->lda;
  if (p->native_ger)
    p->native_ger(row_major, (int)(end - begin), (int)p->n, p->alpha, x, (int)p->incx, p->y, (int)p->incy, a,
                  (int)p->lda);
  else
    p->ours->ger(end - begin, p->n, p->alpha, x, p->incx, p->y, p->incy, a, p->lda);
}

void JOIN3(theano_, t, gemv)(const struct theano_blas *blas, struct theano_pool *pool, int transpose, long long m,
                             long long n, T alpha, const T *a, long long lda, const T *x, long long incx, T beta, T *y,
                             long long incy) {
  long long used = transpose ? m : n, made = transpose ? n : m;
  if (made <= 0) return;
  if (alpha == 0 &&
      (JOIN(t, has_special)(a, m, n, lda, 1) || JOIN(t, has_special)(x, 1, used, 0, incx))) {
    for (long long i = 0; i < made; i++) {
      T sum = 0;
      for (long long q = 0; q < used; q++) sum += a[transpose ? q * lda + i : i * lda + q] * x[q * incx];
      y[i * incy] = alpha * sum + (beta == 0 ? 0 : beta * y[i * incy]);
    }
    return;
  }
  JOIN(t, gemv_cblas) native = 0;
  if (used > 0 && fits(m, n, lda) && fits(incx, incy, 1)) native = (JOIN(t, gemv_cblas))JOIN3(blas->cblas_, t, gemv);
  if (native && (blas->threads_itself || m * n * (long long)sizeof(T) <= least_bytes)) {
    native(row_major, operation(transpose), (int)m, (int)n, alpha, a, (int)lda, x, (int)incx, beta, y, (int)incy);
    return;
  }
  struct JOIN(t, matrix) p = {.native = native, .ours = OURS(blas), .m = m, .n = n, .lda = lda, .incx = incx,
                              .incy = incy, .a = a, .x = x, .y = y, .alpha = alpha, .beta = beta};
  long long grain = matrix_grain(used, sizeof(T));
  // Few long columns: cut into parts of rows, whose number depends on nothing but the shape; summed in their order.
  long long parts = transpose && n <= narrow ? whole_parts(m / matrix_grain(n, sizeof(T))) : 1;
  if (parts > 1) {
    T sums[most_parts * narrow];
    p.part = (m + parts - 1) / parts;
    parts = (m + p.part - 1) / p.part;
    p.target = sums;
    theano_pool_run(pool, parts, 1, JOIN(t, gemv_sums), &p);
    for (long long j = 0; j < n; j++) {
      T sum = 0;
      for (long long k = 0; k < parts; k++) sum += sums[k * n + j];
      y[j * incy] = beta == 0 ? sum : sum + beta * y[j * incy];
    }
    return;
  }
  // The kernels want x contiguous for rows, y for columns.
  long long copied = p.native ? 0 : !transpose && incx != 1 ? n : transpose && incy != 1 ? n : 0;
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
    if (copied) p.y = copy, p.incy = 1;
    theano_pool_run(pool, n, grain, JOIN(t, gemv_columns), &p);
    for (long long j = 0; j < copied; j++) y[j * incy] = copy[j];
  }
}

void JOIN3(theano_, t, ger)(const struct theano_blas *blas, struct theano_pool *pool, long long m, long long n, T alpha,
                            const T *x, long long incx, const T *y, long long incy, T *a, long long lda) {
  if (m <= 0 || n <= 0) return;
  struct JOIN(t, matrix) p = {.ours = OURS(blas), .n = n, .lda = lda, .incx = incx, .incy = incy, .x = x,
                              .y = (T *)y, .target = a, .alpha = alpha};
  // A library that is given a factor of 0 does not look at the rest.
  if (alpha != 0 && fits(m, n, lda) && fits(incx, incy, 1))
    p.native_ger = (JOIN(t, ger_cblas))JOIN3(blas->cblas_, t, ger);
  long long grain = p.native_ger && blas->threads_itself ? m : matrix_grain(n, sizeof(T));
  theano_pool_run(pool, m, grain, JOIN(t, ger_rows), &p);
}

// A sum of products, in parts whose number depends on the length alone; summed in their order.
struct JOIN(t, vectors) {
  JOIN(t, dot_cblas) native;
  const struct KERNELS *ours;
  long long n, incx, incy, part;
  const T *x, *y;
  T sums[most_parts];
};

static void JOIN(t, dot_parts)(void *context, long long begin, long long end) {
  struct JOIN(t, vectors) *p = context;
  for (long long k = begin; k < end; k++) {
    long long first = k * p->part, count = p->n - first < p->part ? p->n - first : p->part;
    const T *x = p->x + first * p->incx, *y = p->y + first * p->incy;
    p->sums[k] = p->native ? p->native((int)count, x, (int)p->incx, y, (int)p->incy)
                           : p->ours->dot(count, x, p->incx, y, p->incy);
  }
}

T JOIN3(theano_, t, dot)(const struct theano_blas *blas, struct theano_pool *pool, long long n, const T *x,
                         long long incx, const T *y, long long incy) {
  if (n <= 0) return 0;
  struct JOIN(t, vectors) p = {.ours = OURS(blas), .n = n, .incx = incx, .incy = incy, .x = x, .y = y};
  if (fits(n, incx, incy)) p.native = (JOIN(t, dot_cblas))JOIN3(blas->cblas_, t, dot);
  long long parts = p.native && blas->threads_itself ? 1 : whole_parts(n / matrix_grain(1, sizeof(T)));
  p.part = (n + parts - 1) / parts;
  parts = (n + p.part - 1) / p.part;
  theano_pool_run(pool, parts, 1, JOIN(t, dot_parts), &p);
  T sum = 0;
  for (long long k = 0; k < parts; k++) sum += p.sums[k];
  return sum;
}

#undef T
#undef t
#undef KERNELS
#undef JOIN2
#undef JOIN
#undef JOIN3
#undef OURS
