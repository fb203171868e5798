//@ part base needs:
// The ground of the prelude: types, qualifiers and the few compiler services it stands on. One text serves as C11,
// OpenCL C and CUDA C and uses no header.
//
// Compile it with -ffp-contract=off (CUDA: --fmad=false) and never with -ffast-math: the functions split numbers into
// exact sums, which a contraction or reassociation that they did not ask for would break. Where a fused multiply-add pays and
// the machine has one they ask for it by name (th_mad_*, th_fma_*). -fno-math-errno -fno-trapping-math are needed for
// loops to become vector code; the rounding mode is to nearest. Every function is straight-line code whose choices are selects.
// Newer clangs leave __OPENCL_VERSION__ to the device's driver and define __OPENCL_C_VERSION__ alone.
#if defined(__OPENCL_VERSION__) || defined(__OPENCL_C_VERSION__)
#define TH_OPENCL 1
#pragma OPENCL FP_CONTRACT OFF
#if defined(cl_khr_fp64) || defined(__opencl_c_fp64)
#define TH_HAS_F64 1
#endif
typedef float th_f32;
typedef int th_i32;
typedef uint th_u32;
typedef long th_i64;
typedef ulong th_u64;
#define TH_FN static inline __attribute__((always_inline))
#define TH_TABLE __constant
#define TH_FLOAT_SERVICE(name) name
#define TH_DOUBLE_SERVICE(name) name
#elif defined(__CUDACC__) || defined(__CUDA__)
#define TH_HAS_F64 1
typedef float th_f32;
typedef int th_i32;
typedef unsigned int th_u32;
typedef long long th_i64;
typedef unsigned long long th_u64;
#define TH_FN static __inline__ __attribute__((always_inline)) __attribute__((device))
#define TH_TABLE static __attribute__((device, unused)) const
// NVIDIA's compilers know these services by their plain names alone, clang without CUDA's headers as builtins alone.
#if defined(__CUDACC_RTC__) || defined(__NVCC__)
#define TH_FLOAT_SERVICE(name) name##f
#define TH_DOUBLE_SERVICE(name) name
#else
#define TH_FLOAT_SERVICE(name) __builtin_##name##f
#define TH_DOUBLE_SERVICE(name) __builtin_##name
#endif
#else
#define TH_HAS_F64 1
typedef float th_f32;
typedef __INT32_TYPE__ th_i32;
typedef __UINT32_TYPE__ th_u32;
typedef long long th_i64;
typedef unsigned long long th_u64;
#define TH_FN static inline __attribute__((always_inline, unused))
#define TH_TABLE static const __attribute__((unused))
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#define TH_FLOAT_SERVICE(name) __builtin_elementwise_##name
#define TH_DOUBLE_SERVICE(name) __builtin_elementwise_##name
#else
#define TH_FLOAT_SERVICE(name) __builtin_##name##f
#define TH_DOUBLE_SERVICE(name) __builtin_##name
#endif
#endif
#if defined(TH_HAS_F64)
typedef double th_f64;
#endif
// A fused multiply-add that is one instruction, where there is one.
#if defined(__FMA__) || defined(__aarch64__) || defined(__ARM_FEATURE_FMA) || defined(__CUDA__) || defined(__CUDACC__)
#define TH_HAS_FMA 1
#elif defined(TH_OPENCL) && defined(FP_FAST_FMAF)
#define TH_HAS_FMA 1
#endif
// Rounding to an integer that is one instruction.
#if defined(__SSE4_1__) || defined(__aarch64__) || defined(TH_OPENCL) || defined(__CUDA__) || defined(__CUDACC__)
#define TH_HAS_ROUND 1
#endif

//@ part base_f32 needs: base
TH_FN th_u32 th_bits_f32(th_f32 x) {
  union { th_f32 f; th_u32 u; } pun;
  pun.f = x;
  return pun.u;
}
TH_FN th_f32 th_from_bits_f32(th_u32 u) {
  union { th_f32 f; th_u32 u; } pun;
  pun.u = u;
  return pun.f;
}
// a * b + c: rounded once where that is cheap, else twice. Only for sums whose last bit does not matter.
TH_FN th_f32 th_mad_f32(th_f32 a, th_f32 b, th_f32 c) {
#if defined(TH_HAS_FMA)
  return TH_FLOAT_SERVICE(fma)(a, b, c);
#else
  return a * b + c;
#endif
}
TH_FN th_f32 th_abs_f32(th_f32 x) { return th_from_bits_f32(th_bits_f32(x) & 0x7fffffffu); }
// The magnitude of x with the sign of s.
TH_FN th_f32 th_copysign_f32(th_f32 x, th_f32 s) {
  return th_from_bits_f32((th_bits_f32(x) & 0x7fffffffu) | (th_bits_f32(s) & 0x80000000u));
}
TH_FN th_f32 th_inf_f32(void) { return th_from_bits_f32(0x7f800000u); }
TH_FN th_f32 th_nan_f32(void) { return th_from_bits_f32(0x7fc00000u); }
// 2^k from an integer in the low bits of k; -126 <= k <= 127.
TH_FN th_f32 th_pow2_f32(th_u32 k) { return th_from_bits_f32((k + 127u) << 23); }
TH_FN th_f32 th_sqrt_f32(th_f32 x) { return TH_FLOAT_SERVICE(sqrt)(x); }

//@ part base_f64 needs: base
TH_FN th_u64 th_bits_f64(th_f64 x) {
  union { th_f64 f; th_u64 u; } pun;
  pun.f = x;
  return pun.u;
}
TH_FN th_f64 th_from_bits_f64(th_u64 u) {
  union { th_f64 f; th_u64 u; } pun;
  pun.u = u;
  return pun.f;
}
TH_FN th_f64 th_mad_f64(th_f64 a, th_f64 b, th_f64 c) {
#if defined(TH_HAS_FMA)
  return TH_DOUBLE_SERVICE(fma)(a, b, c);
#else
  return a * b + c;
#endif
}
TH_FN th_f64 th_abs_f64(th_f64 x) { return th_from_bits_f64(th_bits_f64(x) & 0x7fffffffffffffffu); }
TH_FN th_f64 th_copysign_f64(th_f64 x, th_f64 s) {
  return th_from_bits_f64((th_bits_f64(x) & 0x7fffffffffffffffu) | (th_bits_f64(s) & 0x8000000000000000u));
}
TH_FN th_f64 th_inf_f64(void) { return th_from_bits_f64(0x7ff0000000000000u); }
TH_FN th_f64 th_nan_f64(void) { return th_from_bits_f64(0x7ff8000000000000u); }
// 2^k from an integer in the low bits of k; -1022 <= k <= 1023.
TH_FN th_f64 th_pow2_f64(th_u64 k) { return th_from_bits_f64((k + 1023u) << 52); }
TH_FN th_f64 th_sqrt_f64(th_f64 x) { return TH_DOUBLE_SERVICE(sqrt)(x); }

//@ part round_f32 needs: base base_f32
// To the nearest integer (ties to even), down, and towards 0. Without an instruction: adding and taking away
// 2^23 rounds any smaller number; larger ones are integers already.
TH_FN th_f32 th_rint_f32(th_f32 x) {
#if defined(TH_HAS_ROUND)
  return TH_FLOAT_SERVICE(rint)(x);
#else
  th_f32 big = th_copysign_f32(8388608.0f, x);
  th_f32 near = th_copysign_f32((x + big) - big, x);
  return th_abs_f32(x) < 8388608.0f ? near : x;
#endif
}
TH_FN th_f32 th_floor_f32(th_f32 x) {
#if defined(TH_HAS_ROUND)
  return TH_FLOAT_SERVICE(floor)(x);
#else
  th_f32 near = th_rint_f32(x);
  th_f32 below = near - 1.0f;
  return near > x ? below : near;
#endif
}
TH_FN th_f32 th_trunc_f32(th_f32 x) {
#if defined(TH_HAS_ROUND)
  return TH_FLOAT_SERVICE(trunc)(x);
#else
  return th_copysign_f32(th_floor_f32(th_abs_f32(x)), x);
#endif
}

//@ part round_f64 needs: base base_f64
TH_FN th_f64 th_rint_f64(th_f64 x) {
#if defined(TH_HAS_ROUND)
  return TH_DOUBLE_SERVICE(rint)(x);
#else
  th_f64 big = th_copysign_f64(4503599627370496.0, x);
  th_f64 near = th_copysign_f64((x + big) - big, x);
  return th_abs_f64(x) < 4503599627370496.0 ? near : x;
#endif
}
TH_FN th_f64 th_floor_f64(th_f64 x) {
#if defined(TH_HAS_ROUND)
  return TH_DOUBLE_SERVICE(floor)(x);
#else
  th_f64 near = th_rint_f64(x);
  th_f64 below = near - 1.0;
  return near > x ? below : near;
#endif
}
TH_FN th_f64 th_trunc_f64(th_f64 x) {
#if defined(TH_HAS_ROUND)
  return TH_DOUBLE_SERVICE(trunc)(x);
#else
  return th_copysign_f64(th_floor_f64(th_abs_f64(x)), x);
#endif
}

// Square roots are in the bases; programs ask for them by these names.
//@ part sqrt_f32 needs: base base_f32
//@ part sqrt_f64 needs: base base_f64
