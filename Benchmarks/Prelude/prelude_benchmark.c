// The prelude against scalar libm, glibc's libmvec and SLEEF on 10^6 values, side by side: every round times each of them once, in turn; the
// fourth best of the rounds are compared, which neighbours on the machine hardly disturb. Built by run.sh beside it, once for each instruction set (LANES is that set's bytes / 8).
#define _GNU_SOURCE
#include <immintrin.h>
#include <math.h>
#include <sleef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "theano_prelude.h"

enum { values = 1000000, rounds = 15 };

#if LANES == 8
typedef __m512d vec_f64;
typedef __m512 vec_f32;
#define LOAD_f64 _mm512_loadu_pd
#define LOAD_f32 _mm512_loadu_ps
#define STORE_f64 _mm512_storeu_pd
#define STORE_f32 _mm512_storeu_ps
#define SLEEF_f64(name, accuracy) Sleef_##name##d8_##accuracy##avx512f
#define SLEEF_f32(name, accuracy) Sleef_##name##f16_##accuracy##avx512f
#define MVEC_f64(name, arguments) _ZGVeN8##arguments##_##name
#define MVEC_f32(name, arguments) _ZGVeN16##arguments##_##name##f
#else
typedef __m256d vec_f64;
typedef __m256 vec_f32;
#define LOAD_f64 _mm256_loadu_pd
#define LOAD_f32 _mm256_loadu_ps
#define STORE_f64 _mm256_storeu_pd
#define STORE_f32 _mm256_storeu_ps
#define SLEEF_f64(name, accuracy) Sleef_##name##d4_##accuracy##avx2
#define SLEEF_f32(name, accuracy) Sleef_##name##f8_##accuracy##avx2
#define MVEC_f64(name, arguments) _ZGVdN4##arguments##_##name
#define MVEC_f32(name, arguments) _ZGVdN8##arguments##_##name##f
#endif
enum { lanes_f64 = LANES, lanes_f32 = 2 * LANES };

typedef void map_f64(const double *x, const double *y, double *r);
typedef void map_f32(const float *x, const float *y, float *r);

#define LOOP(type, label, name, step, expression) \
  static void label(const type *restrict x, const type *restrict y, type *restrict r) { \
    for (int i = 0; i < values; i += step) { expression; } \
  }
#define OURS1(kind, type, name) LOOP(type, ours_##name##_##kind, name, 1, r[i] = th_##name##_##kind(x[i]))
#define OURS2(kind, type, name) LOOP(type, ours_##name##_##kind, name, 1, r[i] = th_##name##_##kind(x[i], y[i]))
#define LIBM1(kind, type, name, call) LOOP(type, libm_##name##_##kind, name, 1, r[i] = call(x[i]))
#define LIBM2(kind, type, name, call) LOOP(type, libm_##name##_##kind, name, 1, r[i] = call(x[i], y[i]))
#define SLEEF1(kind, type, name, accuracy) \
  LOOP(type, sleef_##name##_##kind, name, lanes_##kind, \
       STORE_##kind(r + i, SLEEF_##kind(name, accuracy)(LOAD_##kind(x + i))))
#define SLEEF2(kind, type, name, accuracy) \
  LOOP(type, sleef_##name##_##kind, name, lanes_##kind, \
       STORE_##kind(r + i, SLEEF_##kind(name, accuracy)(LOAD_##kind(x + i), LOAD_##kind(y + i))))
#define MVEC1(kind, type, name) \
  vec_##kind MVEC_##kind(name, v)(vec_##kind); \
  LOOP(type, mvec_##name##_##kind, name, lanes_##kind, STORE_##kind(r + i, MVEC_##kind(name, v)(LOAD_##kind(x + i))))
#define MVEC2(kind, type, name) \
  vec_##kind MVEC_##kind(name, vv)(vec_##kind, vec_##kind); \
  LOOP(type, mvec_##name##_##kind, name, lanes_##kind, \
       STORE_##kind(r + i, MVEC_##kind(name, vv)(LOAD_##kind(x + i), LOAD_##kind(y + i))))

#define BOTH1(name) \
  OURS1(f64, double, name) OURS1(f32, float, name) LIBM1(f64, double, name, name) LIBM1(f32, float, name, name##f) \
  SLEEF1(f64, double, name, u10) SLEEF1(f32, float, name, u10) MVEC1(f64, double, name) MVEC1(f32, float, name)
#define BOTH2(name) \
  OURS2(f64, double, name) OURS2(f32, float, name) LIBM2(f64, double, name, name) LIBM2(f32, float, name, name##f) \
  SLEEF2(f64, double, name, u10) SLEEF2(f32, float, name, u10) MVEC2(f64, double, name) MVEC2(f32, float, name)
BOTH1(exp) BOTH1(exp2) BOTH1(expm1) BOTH1(log) BOTH1(log2) BOTH1(log10) BOTH1(log1p)
BOTH1(sin) BOTH1(cos) BOTH1(tan) BOTH1(asin) BOTH1(acos) BOTH1(atan)
BOTH1(sinh) BOTH1(cosh) BOTH1(tanh) BOTH1(asinh) BOTH1(acosh) BOTH1(atanh) BOTH1(cbrt) BOTH1(erf)
BOTH2(pow) BOTH2(atan2)
OURS1(f64, double, erfc) OURS1(f32, float, erfc) LIBM1(f64, double, erfc, erfc) LIBM1(f32, float, erfc, erfcf)
SLEEF1(f64, double, erfc, u15) SLEEF1(f32, float, erfc, u15) MVEC1(f64, double, erfc) MVEC1(f32, float, erfc)
OURS1(f64, double, sin_near) OURS1(f32, float, sin_near) OURS1(f64, double, cos_near) OURS1(f32, float, cos_near)
OURS1(f64, double, tan_near) OURS1(f32, float, tan_near)
OURS1(f64, double, sigmoid) OURS1(f32, float, sigmoid) OURS1(f64, double, softplus) OURS1(f32, float, softplus)
OURS1(f64, double, gamma) OURS1(f64, double, lgamma) OURS1(f64, double, digamma)
OURS1(f32, float, gamma) OURS1(f32, float, lgamma) OURS1(f32, float, digamma)
LIBM1(f64, double, gamma, tgamma) LIBM1(f64, double, lgamma, lgamma)
LIBM1(f32, float, gamma, tgammaf) LIBM1(f32, float, lgamma, lgammaf)
SLEEF1(f64, double, lgamma, u10) SLEEF1(f32, float, lgamma, u10) SLEEF1(f64, double, tgamma, u10) SLEEF1(f32, float, tgamma, u10)
OURS1(f64, double, sqrt) OURS1(f32, float, sqrt) LIBM1(f64, double, sqrt, sqrt) LIBM1(f32, float, sqrt, sqrtf)
SLEEF1(f64, double, sqrt, u05) SLEEF1(f32, float, sqrt, u05)
OURS1(f64, double, rsqrt) OURS1(f32, float, rsqrt)
OURS2(f64, double, fmod) OURS2(f32, float, fmod) OURS2(f64, double, fmod_near) OURS2(f32, float, fmod_near)
LIBM2(f64, double, fmod, fmod) LIBM2(f32, float, fmod, fmodf) SLEEF2(f64, double, fmod, ) SLEEF2(f32, float, fmod, )
OURS2(f64, double, mod) OURS2(f32, float, mod) OURS2(f64, double, mod_near) OURS2(f32, float, mod_near)

typedef struct {
  const char *name;
  double low, high;
  map_f64 *f64[4];
  map_f32 *f32[4];
  // The exact value, as near as the C library comes to it; one of the two.
  long double (*exact)(long double);
  long double (*exact2)(long double, long double);
} row;

#define ROW(name, low, high) \
  {#name, low, high, {ours_##name##_f64, libm_##name##_f64, mvec_##name##_f64, sleef_##name##_f64}, \
   {ours_##name##_f32, libm_##name##_f32, mvec_##name##_f32, sleef_##name##_f32}, name##l, 0}
#define ROW2(name, low, high) \
  {#name, low, high, {ours_##name##_f64, libm_##name##_f64, mvec_##name##_f64, sleef_##name##_f64}, \
   {ours_##name##_f32, libm_##name##_f32, mvec_##name##_f32, sleef_##name##_f32}, 0, name##l}
#define NEAR(name, like, low, high) \
  {#name, low, high, {ours_##name##_f64, libm_##like##_f64, mvec_##like##_f64, sleef_##like##_f64}, \
   {ours_##name##_f32, libm_##like##_f32, mvec_##like##_f32, sleef_##like##_f32}, like##l, 0}
static const row table[] = {
    ROW(exp, -80, 80), ROW(exp2, -100, 100), ROW(expm1, -20, 20), ROW(log, 1e-30, 1e3), ROW(log2, 1e-30, 1e3),
    ROW(log10, 1e-30, 1e3), ROW(log1p, -0.9, 10), ROW(sin, -100, 100), NEAR(sin_near, sin, -100, 100),
    ROW(cos, -100, 100), NEAR(cos_near, cos, -100, 100), ROW(tan, -100, 100), NEAR(tan_near, tan, -100, 100),
    ROW(asin, -1, 1), ROW(acos, -1, 1), ROW(atan, -10, 10), ROW(sinh, -20, 20), ROW(cosh, -20, 20), ROW(tanh, -5, 5),
    ROW(asinh, -100, 100), ROW(acosh, 1, 100), ROW(atanh, -1, 1), ROW(cbrt, -1e3, 1e3), ROW(erf, -3, 3),
    ROW(erfc, -3, 8), ROW2(pow, 0.01, 20), ROW2(atan2, -10, 10),
    {"sigmoid", -20, 20, {ours_sigmoid_f64}, {ours_sigmoid_f32}, 0, 0},
    {"softplus", -20, 20, {ours_softplus_f64}, {ours_softplus_f32}, 0, 0},
    {"sqrt", 0, 1e3, {ours_sqrt_f64, libm_sqrt_f64, 0, sleef_sqrt_f64}, {ours_sqrt_f32, libm_sqrt_f32, 0, sleef_sqrt_f32}, sqrtl, 0},
    {"rsqrt", 1e-3, 1e3, {ours_rsqrt_f64}, {ours_rsqrt_f32}, 0, 0},
    {"gamma", -20, 20, {ours_gamma_f64, libm_gamma_f64, 0, sleef_tgamma_f64},
     {ours_gamma_f32, libm_gamma_f32, 0, sleef_tgamma_f32}, tgammal, 0},
    {"lgamma", -20, 20, {ours_lgamma_f64, libm_lgamma_f64, 0, sleef_lgamma_f64},
     {ours_lgamma_f32, libm_lgamma_f32, 0, sleef_lgamma_f32}, 0, 0},
    {"digamma", -20, 20, {ours_digamma_f64}, {ours_digamma_f32}, 0, 0},
    {"fmod", -1e3, 1e3, {ours_fmod_f64, libm_fmod_f64, 0, sleef_fmod_f64}, {ours_fmod_f32, libm_fmod_f32, 0, sleef_fmod_f32}, 0, fmodl},
    {"fmod_near", -1e3, 1e3, {ours_fmod_near_f64, libm_fmod_f64, 0, sleef_fmod_f64},
     {ours_fmod_near_f32, libm_fmod_f32, 0, sleef_fmod_f32}, 0, fmodl},
    {"mod", -1e3, 1e3, {ours_mod_f64}, {ours_mod_f32}, 0, 0},
    {"mod_near", -1e3, 1e3, {ours_mod_near_f64}, {ours_mod_near_f32}, 0, 0},
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static int ascending(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return (d > 0) - (d < 0);
}

static double x64[values], y64[values], r64[values];
static float x32[values], y32[values], r32[values];

// The largest error of one of the four in units in the last place, over every 8th value; 0 if there is no exact value.
static double error(const row *f, int who, int wide) {
  if (!f->exact && !f->exact2) return 0;
  if (wide) {
    if (!f->f64[who]) return 0;
    f->f64[who](x64, y64, r64);
  } else {
    if (!f->f32[who]) return 0;
    f->f32[who](x32, y32, r32);
  }
  double worst = 0;
  for (int i = 0; i < values; i += 8) {
    long double x = wide ? x64[i] : (double)x32[i], y = wide ? y64[i] : (double)y32[i];
    long double exact = f->exact ? f->exact(x) : f->exact2(x, y), got = wide ? r64[i] : (double)r32[i];
    if (exact == 0 || isinf(exact) || isnan(exact)) continue;
    double e = (double)ldexpl(fabsl(got - exact), (wide ? 52 : 23) - ilogbl(exact));
    if (!(e <= worst)) worst = e;
  }
  return worst;
}

// A competitor counts if it keeps to the 2 units that the prelude promises, on these values.
static void report(const row *f, int wide, double times[4][rounds]) {
  static const char *const who[] = {"ours", "libm", "libmvec", "SLEEF"};
  double typical[4], best = 0;
  printf("%-10s %s", f->name, wide ? "f64" : "f32");
  for (int k = 0; k < 4; k++) {
    qsort(times[k], rounds, sizeof(double), ascending);
    typical[k] = times[k][rounds / 5] / values * 1e9;
    if (!(typical[k] > 0)) {
      printf("  %s      -      ", who[k]);
      continue;
    }
    double e = error(f, k, wide);
    printf("  %s %6.2f (%4.2f)", who[k], typical[k], e);
    if (k >= 2 && e <= 2 && (best == 0 || typical[k] < best)) best = typical[k];
  }
  if (best > 0) printf("  best/ours %.2f", best / typical[0]);
  printf("\n");
  fflush(stdout);
}

int main(int argc, char **argv) {
  printf("ns a value (largest error in ulp), the fourth best of %d rounds over %d values, %d bits\n", rounds, values, 64 * LANES);
  for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
    const row *f = &table[k];
    if (argc > 1) {
      int wanted = 0;
      for (int i = 1; i < argc; i++) wanted |= !strcmp(argv[i], f->name);
      if (!wanted) continue;
    }
    theano_random_uniform_f64(1, 0, values, x64);
    theano_random_uniform_f64(2, 0, values, y64);
    for (int i = 0; i < values; i++) {
      x32[i] = (float)(x64[i] = f->low + (f->high - f->low) * x64[i]);
      // Not so near to 0 that a quotient is out of the near functions' reach.
      y64[i] = -5 + 10 * y64[i];
      y32[i] = (float)(y64[i] = fabs(y64[i]) < 0.01 ? 0.01 : y64[i]);
    }
    double times[4][rounds] = {0};
    for (int round = -1; round < rounds; round++)
      for (int who = 0; who < 4; who++) {
        if (!f->f64[who]) continue;
        double start = now();
        f->f64[who](x64, y64, r64);
        if (round >= 0) times[who][round] = now() - start;
      }
    report(f, 1, times);
    if (!f->f32[0]) continue;
    memset(times, 0, sizeof times);
    for (int round = -1; round < rounds; round++)
      for (int who = 0; who < 4; who++) {
        if (!f->f32[who]) continue;
        double start = now();
        f->f32[who](x32, y32, r32);
        if (round >= 0) times[who][round] = now() - start;
      }
    report(f, 0, times);
  }
  return 0;
}
