// The random streams of the prelude over whole arrays. Blocks that lie wholly inside the asked range are drawn once for all their
// numbers, in loops that become vector code; the ends go number by number. Both give the same bits.
#include "theano_prelude.h"

void theano_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4]) {
  th_block in = {counter[0], counter[1], counter[2], counter[3]};
  th_block out = th_philox4x32(in, key[0], key[1]);
  result[0] = out.w0;
  result[1] = out.w1;
  result[2] = out.w2;
  result[3] = out.w3;
}

uint64_t theano_random_split_key(uint64_t key, uint64_t child) { return th_split_key(key, child); }

static uint64_t word_u64(uint64_t key, uint64_t i) {
  th_block b = th_random_block(key, i >> 1, 0u, TH_BITS_UNIFORM);
  return i & 1 ? (uint64_t)b.w2 | (uint64_t)b.w3 << 32 : (uint64_t)b.w0 | (uint64_t)b.w1 << 32;
}

// How many of `count` numbers from `offset` on come before the first whole block.
static size_t head(uint64_t offset, size_t count, size_t per_block) {
  size_t before = (size_t)((per_block - offset % per_block) % per_block);
  return before < count ? before : count;
}

// `one` gives number i; `whole` stores the numbers of block number `block` at `at`.
#define TH_FILL(type, per_block, one, whole) \
  size_t done = head(offset, count, per_block); \
  for (size_t i = 0; i < done; i++) result[i] = one(key, offset + i); \
  size_t blocks = (count - done) / per_block; \
  uint64_t first = (offset + done) / per_block; \
  for (size_t k = 0; k < blocks; k++) { \
    type *at = result + done + k * per_block; \
    uint64_t block = first + k; \
    whole \
  } \
  for (size_t i = done + blocks * per_block; i < count; i++) result[i] = one(key, offset + i);

void theano_random_words_u64(uint64_t key, uint64_t offset, size_t count, uint64_t *result) {
  TH_FILL(uint64_t, 2, word_u64, {
    th_block b = th_random_block(key, block, 0u, TH_BITS_UNIFORM);
    at[0] = (uint64_t)b.w0 | (uint64_t)b.w1 << 32;
    at[1] = (uint64_t)b.w2 | (uint64_t)b.w3 << 32;
  })
}

void theano_random_uniform_f64(uint64_t key, uint64_t offset, size_t count, double *result) {
  TH_FILL(double, 2, th_uniform_f64, {
    th_block b = th_random_block(key, block, 0u, TH_BITS_UNIFORM);
    at[0] = th_unit_f64(b.w0, b.w1);
    at[1] = th_unit_f64(b.w2, b.w3);
  })
}

void theano_random_uniform_f32(uint64_t key, uint64_t offset, size_t count, float *result) {
  TH_FILL(float, 4, th_uniform_f32, {
    th_block b = th_random_block(key, block, 0u, TH_BITS_UNIFORM);
    at[0] = th_unit_f32(b.w0);
    at[1] = th_unit_f32(b.w1);
    at[2] = th_unit_f32(b.w2);
    at[3] = th_unit_f32(b.w3);
  })
}

void theano_random_normal_f64(uint64_t key, uint64_t offset, size_t count, double *result) {
  TH_FILL(double, 2, th_normal_f64, {
    th_normals_f64 pair = th_box_muller_f64(th_random_block(key, block, 0u, TH_BITS_NORMAL));
    at[0] = pair.first;
    at[1] = pair.second;
  })
}

void theano_random_normal_f32(uint64_t key, uint64_t offset, size_t count, float *result) {
  TH_FILL(float, 4, th_normal_f32, {
    th_block b = th_random_block(key, block, 0u, TH_BITS_NORMAL);
    th_normals_f32 one = th_box_muller_f32(b.w0, b.w1);
    th_normals_f32 two = th_box_muller_f32(b.w2, b.w3);
    at[0] = one.first;
    at[1] = one.second;
    at[2] = two.first;
    at[3] = two.second;
  })
}

void theano_random_integers_u64(
    uint64_t key, uint64_t offset, uint64_t low, uint64_t bound, size_t count, uint64_t *result) {
  for (size_t i = 0; i < count; i++) result[i] = low + th_random_integer(key, offset + i, bound);
}

void theano_random_integers_i64(
    uint64_t key, uint64_t offset, int64_t low, uint64_t bound, size_t count, int64_t *result) {
  for (size_t i = 0; i < count; i++)
    result[i] = (int64_t)((uint64_t)low + th_random_integer(key, offset + i, bound));
}

void theano_random_permutation(uint64_t key, size_t count, int64_t *result) {
  // The same 64 bits under another name where int64_t is long.
  th_random_permutation(key, (th_i64)count, (th_i64 *)result);
}
