// The prelude as text, and its functions as a table.
#include "theano_prelude.h"

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wc23-extensions"
#pragma clang diagnostic ignored "-Wgnu-designator"
#endif

static const char text[] = {
#embed "parts/base.h"
    ,
#embed "parts/exact.h"
    ,
#embed "parts/exp.h"
    ,
#embed "parts/log.h"
    ,
#embed "parts/hyperbolic.h"
    ,
#embed "parts/pitable.h"
    ,
#embed "parts/trig.h"
    ,
#embed "parts/trig64.h"
    ,
#embed "parts/inverse.h"
    ,
#embed "parts/arc.h"
    ,
#embed "parts/power.h"
    ,
#embed "parts/erf.h"
    ,
#embed "parts/remainder.h"
    ,
#embed "parts/gamma.h"
    ,
#embed "parts/integer.h"
    ,
#embed "parts/philox.h"
    ,
#embed "parts/normal.h"
    , 0};

const char *theano_prelude_text(void) { return text; }
size_t theano_prelude_text_length(void) { return sizeof text - 1; }

// Each name gives four functions and an entry; the lists are all there is to say about a function here.
#define TH_UNARY_FUNCTIONS(X) \
  X(exp) X(exp2) X(expm1) X(log) X(log2) X(log10) X(log1p) X(sqrt) X(sin) X(cos) X(tan) \
  X(asin) X(acos) X(atan) X(sinh) X(cosh) X(tanh) X(asinh) X(acosh) X(atanh) X(erf) X(erfc) X(sigmoid) X(softplus) \
  X(gamma) X(lgamma) X(digamma) X(trigamma) X(rsqrt) X(cbrt) X(rint) X(floor) X(trunc)
#define TH_BINARY_FUNCTIONS(X) X(pow) X(atan2) X(fmod) X(mod) X(floordiv) X(maximum) X(minimum) X(copysign)

#define TH_DEFINE_UNARY(name, type, kind) \
  static type name##_##kind(type x) { return th_##name##_##kind(x); } \
  static void name##_map_##kind(size_t count, const type *x, type *result) { \
    for (size_t i = 0; i < count; i++) result[i] = th_##name##_##kind(x[i]); \
  }
#define TH_DEFINE_BINARY(name, type, kind) \
  static type name##_##kind(type x, type y) { return th_##name##_##kind(x, y); } \
  static void name##_map_##kind(size_t count, const type *x, const type *y, type *result) { \
    for (size_t i = 0; i < count; i++) result[i] = th_##name##_##kind(x[i], y[i]); \
  }
#define TH_DEFINE_UNARY_PAIR(name) TH_DEFINE_UNARY(name, double, f64) TH_DEFINE_UNARY(name, float, f32)
#define TH_DEFINE_BINARY_PAIR(name) TH_DEFINE_BINARY(name, double, f64) TH_DEFINE_BINARY(name, float, f32)
TH_UNARY_FUNCTIONS(TH_DEFINE_UNARY_PAIR)
TH_BINARY_FUNCTIONS(TH_DEFINE_BINARY_PAIR)

#define TH_UNARY_ENTRY(name) \
  {#name, 1, name##_f64, name##_f32, NULL, NULL, name##_map_f64, name##_map_f32, NULL, NULL},
#define TH_BINARY_ENTRY(name) \
  {#name, 2, NULL, NULL, name##_f64, name##_f32, NULL, NULL, name##_map_f64, name##_map_f32},
static const theano_prelude_entry entries[] = {
    TH_UNARY_FUNCTIONS(TH_UNARY_ENTRY) TH_BINARY_FUNCTIONS(TH_BINARY_ENTRY)};

const theano_prelude_entry *theano_prelude_table(size_t *count) {
  *count = sizeof entries / sizeof entries[0];
  return entries;
}

int64_t theano_floordiv_i64(int64_t a, int64_t b) { return th_floordiv_i64(a, b); }
int64_t theano_mod_i64(int64_t a, int64_t b) { return th_mod_i64(a, b); }
int64_t theano_fmod_i64(int64_t a, int64_t b) { return th_fmod_i64(a, b); }
uint64_t theano_floordiv_u64(uint64_t a, uint64_t b) { return th_floordiv_u64(a, b); }
uint64_t theano_mod_u64(uint64_t a, uint64_t b) { return th_mod_u64(a, b); }
