// A native library's products on threads of its own, against the same products on one of its threads, shared out over the library's
// pool: what a program calls. Built and run by run.sh beside it.
//
// The two take turns in short samples. Before ours the library's threads are given the time to fall asleep: they spin for up to
// 0.2 s after a product, on the processors that ours would run on. Compared are the fastest samples, which neighbours on the machine
// hardly disturb, and the lower quartiles.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "theano_blas.h"

enum { rounds = 6, most_samples = 6000, ways = 2 };

struct shape {
  const char *kind;
  long long m, n, k;
};

static const struct shape shapes[] = {
  {"gemm", 64, 64, 64},       {"gemm", 96, 96, 96},       {"gemm", 128, 128, 128},    {"gemm", 200, 200, 200},
  {"gemm", 256, 256, 256},    {"gemm", 384, 384, 384},    {"gemm", 512, 512, 512},    {"gemm", 1024, 1024, 1024},
  {"gemm", 2048, 2048, 2048}, {"gemm", 4096, 4096, 4096}, {"gemm", 10, 1024, 1024},   {"gemm", 20, 1024, 1024},
  {"gemm", 50, 1024, 1024},   {"gemm", 1024, 10, 1024},   {"gemm", 1024, 20, 1024},   {"gemm", 1024, 50, 1024},
  {"gemm", 1024, 1024, 10},   {"gemm", 1024, 1024, 50},   {"gemm", 20, 784, 500},     {"gemm", 600, 10, 784},
  {"gemv", 64, 64, 0},        {"gemv", 256, 256, 0},      {"gemv", 512, 512, 0},      {"gemv", 1024, 1024, 0},
  {"gemv", 4096, 4096, 0},    {"gemv", 100000, 10, 0},    {"gemv", 10, 100000, 0},    {"ger", 256, 256, 0},
  {"ger", 1024, 1024, 0},     {"ger", 4096, 4096, 0},     {"dot", 1000, 1, 0},        {"dot", 100000, 1, 0},
  {"dot", 4000000, 1, 0},
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void *a, *b, *c;

static void run(const struct shape *s, int is_float, int ta, int tb, const struct theano_blas *blas,
                struct theano_pool *pool) {
  long long m = s->m, n = s->n, k = s->k, lda = ta ? m : k, ldb = tb ? k : n;
  if (!strcmp(s->kind, "gemm")) {
    if (is_float)
      theano_sgemm(blas, pool, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
    else
      theano_dgemm(blas, pool, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
  } else if (!strcmp(s->kind, "gemv")) {
    if (is_float)
      theano_sgemv(blas, pool, ta, m, n, 1, a, n, b, 1, 0, c, 1);
    else
      theano_dgemv(blas, pool, ta, m, n, 1, a, n, b, 1, 0, c, 1);
  } else if (!strcmp(s->kind, "ger")) {
    if (is_float)
      theano_sger(blas, pool, m, n, 1e-30f, a, 1, b, 1, c, n);
    else
      theano_dger(blas, pool, m, n, 1e-30, a, 1, b, 1, c, n);
  } else {
    // A dot product.
    if (is_float)
      *(float *)c = theano_sdot(blas, pool, m, a, 1, b, 1);
    else
      *(double *)c = theano_ddot(blas, pool, m, a, 1, b, 1);
  }
}

static double element(const void *values, int is_float, long long k) {
  return is_float ? ((const float *)values)[k] : ((const double *)values)[k];
}

int main(int count, char **arguments) {
  int threads = 2, first = 1;
  if (count > 2 && !strcmp(arguments[1], "--threads")) threads = atoi(arguments[2]), first = 3;
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return fprintf(stderr, "needs libopenblas.so.0 (Debian: libopenblas0)\n"), 1;
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  printf("OpenBLAS for %s, %d threads; speed relative to OpenBLAS's own threads\n\n",
         ((char *(*)(void))dlsym(library, "openblas_get_corename"))(), threads);
  struct theano_blas ours = {
    .cblas_dgemm = dlsym(library, "cblas_dgemm"), .cblas_sgemm = dlsym(library, "cblas_sgemm"),
    .cblas_dgemv = dlsym(library, "cblas_dgemv"), .cblas_sgemv = dlsym(library, "cblas_sgemv"),
    .cblas_dger = dlsym(library, "cblas_dger"),   .cblas_sger = dlsym(library, "cblas_sger"),
    .cblas_ddot = dlsym(library, "cblas_ddot"),   .cblas_sdot = dlsym(library, "cblas_sdot"),
    .kernels = theano_kernels_builtin(),
  };
  struct theano_blas own = ours;
  own.threads_itself = 1;
  struct theano_pool *pool = theano_pool_create(threads);
  size_t bytes = 4096ull * 4096 * sizeof(double);
  a = aligned_alloc(64, bytes), b = aligned_alloc(64, bytes), c = aligned_alloc(64, bytes);
  double *expected = aligned_alloc(64, bytes), *times[ways] = {malloc(most_samples * sizeof(double)),
                                                              malloc(most_samples * sizeof(double))};
  if (!a || !b || !c || !expected || !times[0] || !times[1]) return fprintf(stderr, "no memory\n"), 1;
  for (int is_float = 0; is_float < 2; is_float++) {
    for (size_t i = 0; i < bytes / (is_float ? sizeof(float) : sizeof(double)); i++) {
      double value = (double)((i * 7919) % 2003) / 1001 - 1;
      if (is_float)
        ((float *)a)[i] = (float)value, ((float *)b)[i] = (float)(0.7 - value);
      else
        ((double *)a)[i] = value, ((double *)b)[i] = 0.7 - value;
    }
    for (size_t which = 0; which < sizeof shapes / sizeof *shapes; which++) {
      const struct shape *s = &shapes[which];
      int is_gemm = !strcmp(s->kind, "gemm"), is_gemv = !strcmp(s->kind, "gemv");
      for (int flags = 0; flags < (is_gemm ? 4 : is_gemv ? 2 : 1); flags++) {
        char name[99];
        int ta = flags & 1, tb = flags >> 1;
        snprintf(name, sizeof name, "%c%s %lldx%lldx%lld %s%s", is_float ? 's' : 'd', s->kind, s->m, s->n, s->k,
                 is_gemm || is_gemv ? (ta ? "T" : "N") : "", is_gemm ? (tb ? "T" : "N") : "");
        int wanted = first >= count;
        for (int i = first; i < count; i++) wanted |= strstr(name, arguments[i]) != 0;
        if (!wanted) continue;
        memset(c, 0, bytes);
        set_threads(1);
        run(s, is_float, ta, tb, &own, 0);
        memcpy(expected, c, bytes);
        memset(c, 0, bytes);
        run(s, is_float, ta, tb, &ours, pool);
        double largest = 0, error = 0;
        for (long long i = 0; i < (!strcmp(s->kind, "dot") ? 1 : is_gemv ? (ta ? s->n : s->m) : s->m * s->n); i++) {
          largest = fmax(largest, fabs(element(expected, is_float, i)));
          error = fmax(error, fabs(element(expected, is_float, i) - element(c, is_float, i)));
        }
        if (!(error <= largest * (is_float ? 1e-4 : 1e-12))) printf("%s: wrong by %g of %g\n", name, error, largest);
        int samples[ways] = {0}, calls = 0;
        for (int round = 0; round < rounds; round++)
          for (int way = 0; way < ways; way++) {
            set_threads(way ? 1 : threads);
            if (way) usleep(200000);
            const struct theano_blas *blas = way ? &ours : &own;
            double start = now();
            run(s, is_float, ta, tb, blas, pool);
            double once = now() - start;
            if (!calls) calls = once > 4e-4 ? 1 : (int)(4e-4 / once) + 1;
            double end = now() + 0.04;
            int taken = 0;
            while (samples[way] < most_samples && (taken++ < 1 || now() < end)) {
              start = now();
              for (int i = 0; i < calls; i++) run(s, is_float, ta, tb, blas, pool);
              times[way][samples[way]++] = (now() - start) / calls;
            }
          }
        for (int way = 0; way < ways; way++) qsort(times[way], (size_t)samples[way], sizeof(double), ascending);
        double best = times[0][0] / times[1][0], quartile = times[0][samples[0] / 4] / times[1][samples[1] / 4];
        printf("| %s | %.1f | %.2f | %.2f |%s\n", name, times[0][0] * 1e6, best, quartile,
               best < 0.97 && quartile < 0.97 ? " <" : "");
        fflush(stdout);
      }
    }
  }
  return 0;
}
