#include "include/theano_crc32.h"

#if defined(__x86_64__)

#include <immintrin.h>

// A message is a polynomial over GF(2), and only its remainder matters: 128 bits that stand d bits before other 128 bits
// can be replaced by their product with x^d mod P, added to those others. Two carry-less multiplications do that, one
// for each half (V. Gopal and others, "Fast CRC computation for generic polynomials using PCLMULQDQ", Intel, 2009). The constants are
// x^(d+32) mod P and x^(d-32) mod P, bits reversed as the message's are, one place higher because a product of two
// reflected 64-bit numbers comes out one place too low.
#define TH_NARROW __attribute__((target("pclmul,sse4.1")))
#define TH_MIDDLE __attribute__((target("pclmul,sse4.1,avx2,vpclmulqdq")))
#define TH_WIDE __attribute__((target("pclmul,sse4.1,avx512f,vpclmulqdq")))

TH_NARROW static inline __m128i fold(__m128i value, __m128i by, __m128i next) {
  __m128i low = _mm_clmulepi64_si128(value, by, 0x00), high = _mm_clmulepi64_si128(value, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// Folds `lanes` values that follow one another, and the whole ones of the bytes after them, into one.
TH_NARROW static size_t fold_rest(
    const __m128i *value, int lanes, const uint8_t *bytes, size_t done, size_t count, uint8_t rest[16]) {
  const __m128i by1 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);  // d = 128
  __m128i whole = value[0];
  for (int lane = 1; lane < lanes; lane++) whole = fold(whole, by1, value[lane]);
  for (; count - done >= 16; done += 16) whole = fold(whole, by1, _mm_loadu_si128((const __m128i *)(bytes + done)));
  _mm_storeu_si128((__m128i *)rest, whole);
  return done;
}

// Eight values side by side hide how long one multiplication takes.
TH_NARROW static size_t fold_narrow(uint32_t state, const uint8_t *bytes, size_t count, uint8_t rest[16]) {
  const __m128i by8 = _mm_set_epi64x(0x14a7fe880, 0x1e88ef372);  // d = 8 * 128
  __m128i value[8];
  for (int lane = 0; lane < 8; lane++) value[lane] = _mm_loadu_si128((const __m128i *)bytes + lane);
  value[0] = _mm_xor_si128(value[0], _mm_cvtsi32_si128((int)state));
  size_t done = sizeof value;
  for (; count - done >= sizeof value; done += sizeof value)
    for (int lane = 0; lane < 8; lane++)
      value[lane] = fold(value[lane], by8, _mm_loadu_si128((const __m128i *)(bytes + done) + lane));
  return fold_rest(value, 8, bytes, done, count, rest);
}

// The same with two values to a register.
TH_MIDDLE static size_t fold_middle(uint32_t state, const uint8_t *bytes, size_t count, uint8_t rest[16]) {
  const __m256i by16 = _mm256_set_epi64x(0x1322d1430, 0x11542778a, 0x1322d1430, 0x11542778a);  // d = 16 * 128
  __m256i value[8];
  for (int lane = 0; lane < 8; lane++) value[lane] = _mm256_loadu_si256((const __m256i *)bytes + lane);
  value[0] = _mm256_xor_si256(value[0], _mm256_zextsi128_si256(_mm_cvtsi32_si128((int)state)));
  size_t done = sizeof value;
  for (; count - done >= sizeof value; done += sizeof value)
    for (int lane = 0; lane < 8; lane++) {
      __m256i low = _mm256_clmulepi64_epi128(value[lane], by16, 0x00);
      __m256i high = _mm256_clmulepi64_epi128(value[lane], by16, 0x11);
      __m256i next = _mm256_loadu_si256((const __m256i *)(bytes + done) + lane);
      value[lane] = _mm256_xor_si256(_mm256_xor_si256(low, high), next);
    }
  return fold_rest((const __m128i *)value, 16, bytes, done, count, rest);
}

// And with four.
TH_WIDE static size_t fold_wide(uint32_t state, const uint8_t *bytes, size_t count, uint8_t rest[16]) {
  const __m512i by16 = _mm512_set_epi64(
      0x1322d1430, 0x11542778a, 0x1322d1430, 0x11542778a, 0x1322d1430, 0x11542778a, 0x1322d1430, 0x11542778a);  // d = 16 * 128
  __m512i value[4];
  for (int lane = 0; lane < 4; lane++) value[lane] = _mm512_loadu_si512(bytes + 64 * lane);
  value[0] = _mm512_xor_si512(value[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)state)));
  size_t done = sizeof value;
  for (; count - done >= sizeof value; done += sizeof value)
    for (int lane = 0; lane < 4; lane++) {
      __m512i low = _mm512_clmulepi64_epi128(value[lane], by16, 0x00);
      __m512i high = _mm512_clmulepi64_epi128(value[lane], by16, 0x11);
      // 0x96: the exclusive or of three.
      value[lane] = _mm512_ternarylogic_epi64(low, high, _mm512_loadu_si512(bytes + done + 64 * lane), 0x96);
    }
  return fold_rest((const __m128i *)value, 16, bytes, done, count, rest);
}

size_t theano_crc32_fold(uint32_t *state, const uint8_t *bytes, size_t count, uint8_t rest[16]) {
  if (count < 256 || !__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("sse4.1")) return 0;
  int has_vectors = __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx2");
  size_t taken = !has_vectors                        ? fold_narrow(*state, bytes, count, rest)
                 : __builtin_cpu_supports("avx512f") ? fold_wide(*state, bytes, count, rest)
                                                     : fold_middle(*state, bytes, count, rest);
  *state = 0;
  return taken;
}

#elif defined(__ARM_FEATURE_CRC32)

// One instruction takes eight bytes; every Apple processor and any that is compiled for ARMv8.1 has it.
size_t theano_crc32_fold(uint32_t *state, const uint8_t *bytes, size_t count, uint8_t rest[16]) {
  if (count < 32) return 0;
  size_t taken = count / 8 * 8;
  uint32_t crc = *state;
  for (size_t done = 0; done < taken - 16; done += 8) {
    uint64_t word;
    __builtin_memcpy(&word, bytes + done, 8);
    crc = __builtin_arm_crc32d(crc, word);
  }
  __builtin_memcpy(rest, bytes + taken - 16, 16);
  *state = crc;
  return taken;
}

#else

size_t theano_crc32_fold(uint32_t *state, const uint8_t *bytes, size_t count, uint8_t rest[16]) {
  return (void)state, (void)bytes, (void)count, (void)rest, 0;
}

#endif
