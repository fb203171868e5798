// Measures the prelude's errors in units in the last place, against the C library in a wider type, and float32 against float64.
//
//     prelude_sweep f32 [NAME ...]           every one of the 2^32 float32 arguments, against the float64 function
//     prelude_sweep f32quick [NAME ...]      one in 509 of them
//     prelude_sweep f32wide STRIDE [NAME ...]  one in STRIDE of them, against long double: for what float32 computes in float64
//     prelude_sweep f64 COUNT [NAME ...]     COUNT random float64 arguments, against long double (x86: 64-bit significands)
//     prelude_sweep pairs COUNT [NAME ...]   COUNT random pairs of arguments for the functions of two, both types
//
// Compile with -O3 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math, prelude.c and -lm. Prints the largest error, where it is, and
// arguments whose class (NaN, infinity, sign of zero) is wrong. An error is |result - exact| over the distance of the
// floating-point numbers around the exact value.
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "theano_prelude.h"

static long double sigmoid_l(long double x) { return 1 / (1 + expl(-x)); }
static long double softplus_l(long double x) { return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x)); }
static long double rsqrt_l(long double x) { return 1 / sqrtl(x); }

// psi and psi' by their asymptotic series from 40 on, the recurrence below, reflection below 0 (NIST DLMF 5.5, 5.11, 5.15).
static long double digamma_l(long double x) {
  const long double pi = 3.14159265358979323846264338327950288L;
  if (x == 0) return copysignl(INFINITY, -x);
  if (x < 0 && x == floorl(x)) return NAN;
  if (x < 0) return digamma_l(-x) - 1 / x - pi / tanl(pi * (x - rintl(x)));
  long double sum = 0;
  for (; x < 40; x += 1) sum -= 1 / x;
  long double z = 1 / (x * x);
  return sum + logl(x) - 0.5L / x
         - z * (1 / 12.0L - z * (1 / 120.0L - z * (1 / 252.0L - z * (1 / 240.0L - z * (1 / 132.0L - z * 691 / 32760)))));
}
static long double trigamma_l(long double x) {
  const long double pi = 3.14159265358979323846264338327950288L;
  if (fabsl(x) < 1e-200L) return INFINITY;
  if (x < 0 && x == floorl(x)) return INFINITY;
  if (x < 0) {
    long double s = sinl(pi * (x - rintl(x)));
    return pi * pi / (s * s) - trigamma_l(-x) + 1 / x / x;
  }
  if (isinf(x)) return 0;
  long double sum = 0;
  for (; x < 40; x += 1) sum += 1 / (x * x);
  long double z = 1 / (x * x);
  return sum + 1 / x + z / 2
         + z / x * (1 / 6.0L - z * (1 / 30.0L - z * (1 / 42.0L - z * (1 / 30.0L - z * (5 / 66.0L - z * 691 / 2730)))));
}
static long double gamma_l(long double x) { return x == 0 ? copysignl(INFINITY, x) : tgammal(x); }
static long double floormod_l(long double x, long double y) {
  long double r = fmodl(x, y);
  return r == 0 ? copysignl(0, y) : (r < 0) != (y < 0) ? r + y : r;
}

static const struct {
  const char *name;
  long double (*l)(long double);
} references[] = {
    {"exp", expl}, {"exp2", exp2l}, {"expm1", expm1l}, {"log", logl}, {"log2", log2l},
    {"log10", log10l}, {"log1p", log1pl}, {"sqrt", sqrtl}, {"rsqrt", rsqrt_l},
    {"cbrt", cbrtl}, {"sin", sinl}, {"cos", cosl}, {"tan", tanl}, {"asin", asinl},
    {"acos", acosl}, {"atan", atanl}, {"sinh", sinhl}, {"cosh", coshl}, {"tanh", tanhl},
    {"asinh", asinhl}, {"acosh", acoshl}, {"atanh", atanhl}, {"erf", erfl},
    {"erfc", erfcl}, {"sigmoid", sigmoid_l}, {"softplus", softplus_l},
    {"gamma", gamma_l}, {"lgamma", lgammal}, {"digamma", digamma_l},
    {"trigamma", trigamma_l}, {"rint", rintl}, {"floor", floorl}, {"trunc", truncl},
};
static const struct {
  const char *name;
  long double (*l)(long double, long double);
} pair_references[] = {{"pow", powl}, {"atan2", atan2l}, {"fmod", fmodl}, {"mod", floormod_l}};

typedef struct {
  double worst, at, at2;
  unsigned long long wrong;
} tally;

static void count(tally *t, long double got, long double exact, int digits, int least, long double top, double x, double y) {
  double error;
  if (isnan(exact) || isnan(got)) {
    error = isnan(exact) && isnan(got) ? 0 : INFINITY;
  } else if (fabsl(exact) > top || isinf(got)) {
    // The numbers beyond the greatest are rounded to infinity; a result one step short of that is allowed.
    error = got == exact || (signbit(got) == signbit(exact) && fabsl(got) >= top && fabsl(exact) >= top * (1 - ldexpl(1, -digits))) ? 0 : INFINITY;
  } else if (exact == 0) {
    error = got == 0 && signbit(got) == signbit(exact) ? 0 : INFINITY;
  } else {
    int e = ilogbl(exact) - digits + 1;
    e = e < least ? least : e;
    error = (double)ldexpl(fabsl(got - exact), -e);
    if (got == 0 && signbit(got) != signbit(exact)) error = INFINITY;
  }
  if (isinf(error)) {
    if (t->wrong++ < 3) printf("    wrong at %a %a (%.9g %.9g): %.17Lg, exact %.17Lg\n", x, y, x, y, got, exact);
  } else if (error > t->worst) {
    t->worst = error;
    t->at = x;
    t->at2 = y;
  }
}

static uint64_t state;
static uint64_t next(void) { return th_split_key(20240229, state++); }

static double some_f64(int kind) {
  uint64_t u = next();
  double unit = (double)(u >> 11) * 0x1p-53 * 2 - 1;
  switch (kind % 6) {
  case 0: return th_from_bits_f64(u);
  case 1: return unit * 2;
  case 2: return unit * 40;
  case 3: return ldexp(unit, -(int)(next() % 60));
  case 4: return unit * 800;
  default: return 1 + ldexp(unit, -(int)(next() % 50));
  }
}

static int wanted(int argc, char **argv, int from, const char *name) {
  for (int i = from; i < argc; i++)
    if (!strcmp(argv[i], name)) return 1;
  return argc <= from;
}

static void sweep_f32(const theano_prelude_entry *f, int stride) {
  enum { block = 4096 };
  static float x[block], y[block];
  static double wide[block], exact[block];
  tally t = {0};
  for (uint64_t start = 0; start < 1ull << 32; start += (uint64_t)block * (uint64_t)stride) {
    for (int i = 0; i < block; i++) {
      x[i] = th_from_bits_f32((uint32_t)(start + (uint64_t)i * (uint64_t)stride));
      wide[i] = x[i];
    }
    f->unary_map_f32(block, x, y);
    f->unary_map_f64(block, wide, exact);
    // A unit in the last place is at least |exact| 2^-24: most results need no closer look.
    double worst = t.worst * 0x1p-24;
    int interesting = 0;
    for (int i = 0; i < block; i++) {
      double apart = fabs(y[i] - exact[i]), near = worst * fabs(exact[i]);
      interesting |= !(apart <= near) | !(fabs(exact[i]) < 0x1p127);
    }
    if (!interesting) continue;
    for (int i = 0; i < block; i++)
      if (!(fabs(y[i] - exact[i]) <= worst * fabs(exact[i])) || !(fabs(exact[i]) < 0x1p127) || exact[i] == 0)
        count(&t, y[i], exact[i], 24, -149, 0x1.fffffep127L, x[i], 0);
  }
  printf("%-10s f32  %7.4f ulp at %-16a (%.9g)%s", f->name, t.worst, t.at, t.at, t.wrong ? "  WRONG" : "");
  if (t.wrong) printf(": %llu", t.wrong);
  printf("\n");
  fflush(stdout);
}

static void sweep_f32_wide(const theano_prelude_entry *f, long double (*reference)(long double), uint64_t stride) {
  tally t[2] = {{0}, {0}};
  for (uint64_t bits = 0; bits < 1ull << 32; bits += stride) {
    float x = th_from_bits_f32((uint32_t)bits);
    count(&t[x < 0], f->unary_f32(x), reference(x), 24, -149, 0x1.fffffep127L, x, 0);
  }
  for (int k = 0; k < 2; k++)
    printf("%-10s f32 %s  %9.6f ulp at %-16a (%.9g)%s\n", f->name, k ? "below 0" : "above 0", t[k].worst, t[k].at, t[k].at,
           t[k].wrong ? "  WRONG" : "");
  fflush(stdout);
}

int main(int argc, char **argv) {
  size_t entries;
  const theano_prelude_entry *table = theano_prelude_table(&entries);
  const char *mode = argc > 1 ? argv[1] : "";
  for (size_t k = 0; k < entries; k++) {
    const theano_prelude_entry *f = &table[k];
    if (!strcmp(mode, "f32") || !strcmp(mode, "f32quick")) {
      if (f->arity == 1 && wanted(argc, argv, 2, f->name)) sweep_f32(f, strcmp(mode, "f32") ? 509 : 1);
    } else if (!strcmp(mode, "f32wide") && f->arity == 1) {
      for (size_t r = 0; r < sizeof references / sizeof references[0]; r++)
        if (!strcmp(references[r].name, f->name) && wanted(argc, argv, 3, f->name))
          sweep_f32_wide(f, references[r].l, strtoull(argv[2], 0, 10));
    } else if (!strcmp(mode, "f64") && f->arity == 1) {
      for (size_t r = 0; r < sizeof references / sizeof references[0]; r++) {
        if (strcmp(references[r].name, f->name) || !wanted(argc, argv, 3, f->name)) continue;
        tally t = {0};
        for (long i = 0, n = atol(argv[2]); i < n; i++) {
          double x = some_f64((int)(i % 6));
          count(&t, f->unary_f64(x), references[r].l(x), 53, -1074, 0x1.fffffffffffffp1023L, x, 0);
        }
        printf("%-10s f64  %7.4f ulp at %-24a (%.17g)%s\n", f->name, t.worst, t.at, t.at, t.wrong ? "  WRONG" : "");
      }
    } else if (!strcmp(mode, "pairs") && f->arity == 2) {
      for (size_t r = 0; r < sizeof pair_references / sizeof pair_references[0]; r++) {
        if (strcmp(pair_references[r].name, f->name) || !wanted(argc, argv, 3, f->name)) continue;
        tally t = {0}, t32 = {0};
        for (long i = 0, n = atol(argv[2]); i < n; i++) {
          double x = some_f64((int)(i % 6)), y = some_f64((int)(i / 6 % 6));
          if (i % 3) y = y < 0 ? -y : y;
          count(&t, f->binary_f64(x, y), pair_references[r].l(x, y), 53, -1074, 0x1.fffffffffffffp1023L, x, y);
          float x32 = (float)x, y32 = (float)y;
          if (i % 6 == 0) x32 = th_from_bits_f32((uint32_t)next());
          if (i / 6 % 6 == 0) y32 = th_from_bits_f32((uint32_t)next());
          count(&t32, f->binary_f32(x32, y32), pair_references[r].l(x32, y32), 24, -149, 0x1.fffffep127L, x32, y32);
        }
        printf("%-10s f64  %7.4f ulp at (%a, %a)%s\n", f->name, t.worst, t.at, t.at2, t.wrong ? "  WRONG" : "");
        printf("%-10s f32  %7.4f ulp at (%a, %a)%s\n", f->name, t32.worst, t32.at, t32.at2, t32.wrong ? "  WRONG" : "");
      }
    }
  }
  return 0;
}
