// CTheanoPrelude: the vector maths and the random bits of Theano for Swift.
//
// The functions themselves are in ../parts, each in a part of its own:
//
//     //@ part NAME needs: A B C
//     ... text up to the next such line
//
// A part needs all the parts it names (the list is complete: no closure has to be taken), and parts stand in an order in
// which every one follows what it needs. Emitted programs carry the parts they use; theano_prelude_text gives the whole text.
// For th_exp_f32 the part is exp_f32, and so for every function of the table below.
#ifndef THEANO_PRELUDE_H
#define THEANO_PRELUDE_H

#include <stddef.h>
#include <stdint.h>

#include "../parts/base.h"
#include "../parts/exact.h"
#include "../parts/exp.h"
#include "../parts/log.h"
#include "../parts/hyperbolic.h"
#include "../parts/pitable.h"
#include "../parts/trig.h"
#include "../parts/trig64.h"
#include "../parts/inverse.h"
#include "../parts/arc.h"
#include "../parts/power.h"
#include "../parts/erf.h"
#include "../parts/remainder.h"
#include "../parts/gamma.h"
#include "../parts/integer.h"
#include "../parts/philox.h"
#include "../parts/normal.h"

#if defined(__cplusplus)
extern "C" {
#endif

// The text of all parts, ending in NUL.
const char *theano_prelude_text(void);
/// Its length in bytes.
size_t theano_prelude_text_length(void);

// One function of the prelude, compiled: pointers for one argument or for two, the others null. The map pointers work on arrays and
// allow the result to be an argument.
typedef struct {
  const char *name;
  int32_t arity;
  double (*unary_f64)(double);
  float (*unary_f32)(float);
  double (*binary_f64)(double, double);
  float (*binary_f32)(float, float);
  void (*unary_map_f64)(size_t count, const double *x, double *result);
  void (*unary_map_f32)(size_t count, const float *x, float *result);
  void (*binary_map_f64)(size_t count, const double *x, const double *y, double *result);
  void (*binary_map_f32)(size_t count, const float *x, const float *y, float *result);
} theano_prelude_entry;

const theano_prelude_entry *theano_prelude_table(size_t *count);

// Integer division and remainder with NumPy's answers.
int64_t theano_floordiv_i64(int64_t a, int64_t b);
int64_t theano_mod_i64(int64_t a, int64_t b);
int64_t theano_fmod_i64(int64_t a, int64_t b);
uint64_t theano_floordiv_u64(uint64_t a, uint64_t b);
uint64_t theano_mod_u64(uint64_t a, uint64_t b);

// Elements offset ..< offset + count of the streams of a key; parts philox, uniform_*, normal_* and integers define them.
void theano_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4]);
uint64_t theano_random_split_key(uint64_t key, uint64_t child);
void theano_random_words_u64(uint64_t key, uint64_t offset, size_t count, uint64_t *result);
void theano_random_uniform_f64(uint64_t key, uint64_t offset, size_t count, double *result);
void theano_random_uniform_f32(uint64_t key, uint64_t offset, size_t count, float *result);
void theano_random_normal_f64(uint64_t key, uint64_t offset, size_t count, double *result);
void theano_random_normal_f32(uint64_t key, uint64_t offset, size_t count, float *result);
// low + an integer in 0 ..< bound (bound 0: all 2^64); the signed form wraps, so that low ... high is bound = high - low + 1.
void theano_random_integers_u64(
    uint64_t key, uint64_t offset, uint64_t low, uint64_t bound, size_t count, uint64_t *result);
void theano_random_integers_i64(
    uint64_t key, uint64_t offset, int64_t low, uint64_t bound, size_t count, int64_t *result);
// A permutation of 0 ..< count, as part permutation defines it.
void theano_random_permutation(uint64_t key, size_t count, int64_t *result);

#if defined(__cplusplus)
}
#endif
#endif
