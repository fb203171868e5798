//@ part sinh_f32 needs: base base_f32 exp_f32
// sinh x = x + x z p(z), z = x^2, to 1; beyond it (e - 1 / e) / 2 with e = exp |x| as hi + lo, halved in its exponent, so that
// it overflows where sinh does.
TH_FN th_f32 th_sinh_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  th_f32 z = a * a;
  th_f32 p = 2.7823364e-06f;
  p = th_mad_f32(p, z, 0.00019842885f);
  p = th_mad_f32(p, z, 0.0083333105f);
  p = th_mad_f32(p, z, 0.16666667f);
  th_f32 near = th_mad_f32(a * z, p, a);
  th_exponential_f32 e = th_exp_core_f32(a);
  th_exponential_f32 down = e;
  down.shifted = e.shifted - 1.0f;
  th_f32 inverse = th_pow2_f32(0u - th_bits_f32(e.shifted)) * 0.5f / e.hi;
  inverse = a > 40.0f ? 0.0f : inverse;
  th_f32 large = th_scale_f32(e.hi, down.shifted);
  th_f32 far = large + (th_scale_f32(e.lo, down.shifted) - inverse);
  far = a > 89.5f ? th_inf_f32() : far;
  far = a == a ? far : a;
  return th_copysign_f32(a < 1.0f ? near : far, x);
}

//@ part sinh_f64 needs: base base_f64 exp_f64
TH_FN th_f64 th_sinh_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  th_f64 z = a * a;
  th_f64 p = 7.7729407258559e-13;
  p = th_mad_f64(p, z, 1.6056779369207998e-10);
  p = th_mad_f64(p, z, 2.505212949263436e-08);
  p = th_mad_f64(p, z, 2.7557319115654355e-06);
  p = th_mad_f64(p, z, 0.0001984126984156901);
  p = th_mad_f64(p, z, 0.008333333333332936);
  p = th_mad_f64(p, z, 0.16666666666666669);
  th_f64 near = th_mad_f64(a * z, p, a);
  th_exponential_f64 e = th_exp_core_f64(a);
  th_exponential_f64 down = e;
  down.shifted = e.shifted - 1.0;
  th_f64 inverse = th_pow2_f64(0u - th_bits_f64(e.shifted)) * 0.5 / e.hi;
  inverse = a > 60.0 ? 0.0 : inverse;
  th_f64 large = th_scale_f64(e.hi, down.shifted);
  th_f64 far = large + (th_scale_f64(e.lo, down.shifted) - inverse);
  far = a > 711.0 ? th_inf_f64() : far;
  far = a == a ? far : a;
  return th_copysign_f64(a < 1.0 ? near : far, x);
}

//@ part cosh_f32 needs: base base_f32 exp_f32
TH_FN th_f32 th_cosh_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  th_exponential_f32 e = th_exp_core_f32(a);
  th_f32 inverse = th_pow2_f32(0u - th_bits_f32(e.shifted)) * 0.5f / e.hi;
  inverse = a > 40.0f ? 0.0f : inverse;
  th_f32 large = th_scale_f32(e.hi, e.shifted - 1.0f);
  th_f32 y = large + (th_scale_f32(e.lo, e.shifted - 1.0f) + inverse);
  y = a > 89.5f ? th_inf_f32() : y;
  return a == a ? y : a;
}

//@ part cosh_f64 needs: base base_f64 exp_f64
TH_FN th_f64 th_cosh_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  th_exponential_f64 e = th_exp_core_f64(a);
  th_f64 inverse = th_pow2_f64(0u - th_bits_f64(e.shifted)) * 0.5 / e.hi;
  inverse = a > 60.0 ? 0.0 : inverse;
  th_f64 large = th_scale_f64(e.hi, e.shifted - 1.0);
  th_f64 y = large + (th_scale_f64(e.lo, e.shifted - 1.0) + inverse);
  y = a > 711.0 ? th_inf_f64() : y;
  return a == a ? y : a;
}

//@ part log1ppair_f32 needs: base base_f32 exact_f32 logparts_f32 log_f32
// log(2^shift (1 + u)) for u = hi + lo > -1: as log1p, with the pair's low part counted by the derivative 1 / (1 + f), of which a few
// per cent are enough.
TH_FN th_f32 th_log1p_pair_f32(th_pair_f32 u, th_f32 shift) {
  th_u32 bits = th_bits_f32(1.0f + u.hi) + (0x3f800000u - 0x3f3504f3u);
  th_u32 whole = (bits & 0xff800000u) - 0x3f800000u;
  th_f32 k = (th_f32)((th_i32)(bits >> 23) - 127);
  th_f32 small = th_from_bits_f32(0x3f800000u - whole);
  small = u.hi < 1e30f ? small : 0.0f;
  th_pair_f32 f = th_sum_f32(small - 1.0f, u.hi * small);
  f.hi = u.hi < 1e30f ? f.hi : th_from_bits_f32(th_bits_f32(u.hi) - whole) - 1.0f;
  f.lo = u.hi < 1e30f ? th_mad_f32(u.lo, small, f.lo) : 0.0f;
  th_f32 slope = th_mad_f32(f.hi, th_mad_f32(f.hi, th_mad_f32(f.hi, -0.8f, 1.0f), -1.0f), 1.0f);
  return th_log_core_pair_f32(f.hi, f.lo * slope, k + shift);
}
TH_FN th_pair_f32 th_pair_sqrt_f32(th_pair_f32 a) {
  th_pair_f32 r;
  r.hi = th_sqrt_f32(a.hi);
  th_pair_f32 back = th_product_f32(r.hi, r.hi);
  th_f32 rest = ((a.hi - back.hi) - back.lo) + a.lo;
  r.lo = r.hi > 0.0f ? rest / (r.hi + r.hi) : 0.0f;
  return r;
}

//@ part log1ppair_f64 needs: base base_f64 exact_f64 logparts_f64 log_f64
TH_FN th_f64 th_log1p_pair_f64(th_pair_f64 u, th_f64 shift) {
  th_u64 bits = th_bits_f64(1.0 + u.hi) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  th_u64 whole = (bits & 0xfff0000000000000u) - 0x3ff0000000000000u;
  th_f64 k = th_from_bits_f64((bits >> 52) | 0x4330000000000000u) - 4503599627371519.0;
  th_f64 small = th_from_bits_f64(0x3ff0000000000000u - whole);
  small = u.hi < 1e200 ? small : 0.0;
  th_pair_f64 f = th_sum_f64(small - 1.0, u.hi * small);
  f.hi = u.hi < 1e200 ? f.hi : th_from_bits_f64(th_bits_f64(u.hi) - whole) - 1.0;
  f.lo = u.hi < 1e200 ? th_mad_f64(u.lo, small, f.lo) : 0.0;
  th_f64 slope = th_mad_f64(f.hi, th_mad_f64(f.hi, th_mad_f64(f.hi, -0.8, 1.0), -1.0), 1.0);
  return th_log_core_pair_f64(f.hi, f.lo * slope, k + shift);
}
TH_FN th_pair_f64 th_pair_sqrt_f64(th_pair_f64 a) {
  th_pair_f64 r;
  r.hi = th_sqrt_f64(a.hi);
  th_pair_f64 back = th_product_f64(r.hi, r.hi);
  th_f64 rest = ((a.hi - back.hi) - back.lo) + a.lo;
  r.lo = r.hi > 0.0 ? rest / (r.hi + r.hi) : 0.0;
  return r;
}

//@ part asinh_f32 needs: base base_f32 exact_f32 logparts_f32 log_f32 log1ppair_f32
// asinh |x| = log1p(|x| + (sqrt(1 + x^2) - 1)), the argument as a pair; for huge |x| log(2) + log1p(|x| - 1).
TH_FN th_f32 th_asinh_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  int huge = a > 1073741824.0f;
  th_f32 b = huge ? 1.0f : a;
  th_pair_f32 square = th_product_f32(b, b);
  th_pair_f32 sum = th_sum_f32(1.0f, square.hi);
  sum.lo += square.lo;
  th_pair_f32 root = th_pair_sqrt_f32(sum);
  th_pair_f32 less = th_sum_f32(root.hi, -1.0f);
  th_pair_f32 u = th_sum_f32(b, less.hi);
  u.lo += less.lo + root.lo;
  th_pair_f32 beyond = th_ordered_sum_f32(a, -1.0f);
  u.hi = huge ? beyond.hi : u.hi;
  u.lo = huge ? beyond.lo : u.lo;
  th_f32 y = th_log1p_pair_f32(u, huge ? 1.0f : 0.0f);
  y = a < 1e-4f ? a : y;
  y = a < th_inf_f32() ? y : a;
  return th_copysign_f32(y, x);
}

//@ part asinh_f64 needs: base base_f64 exact_f64 logparts_f64 log_f64 log1ppair_f64
TH_FN th_f64 th_asinh_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int huge = a > 1073741824.0;
  th_f64 b = huge ? 1.0 : a;
  th_pair_f64 square = th_product_f64(b, b);
  th_pair_f64 sum = th_sum_f64(1.0, square.hi);
  sum.lo += square.lo;
  th_pair_f64 root = th_pair_sqrt_f64(sum);
  th_pair_f64 less = th_sum_f64(root.hi, -1.0);
  th_pair_f64 u = th_sum_f64(b, less.hi);
  u.lo += less.lo + root.lo;
  th_pair_f64 beyond = th_ordered_sum_f64(a, -1.0);
  u.hi = huge ? beyond.hi : u.hi;
  u.lo = huge ? beyond.lo : u.lo;
  th_f64 y = th_log1p_pair_f64(u, huge ? 1.0 : 0.0);
  y = a < 1e-9 ? a : y;
  y = a < th_inf_f64() ? y : a;
  return th_copysign_f64(y, x);
}

//@ part acosh_f32 needs: base base_f32 exact_f32 logparts_f32 log_f32 log1ppair_f32
// acosh x = log1p((x - 1) + sqrt(x^2 - 1)).
TH_FN th_f32 th_acosh_f32(th_f32 x) {
  int huge = x > 1073741824.0f;
  th_f32 b = huge ? 2.0f : (x > 1.0f ? x : 1.0f);
  th_pair_f32 square = th_product_f32(b, b);
  th_pair_f32 less = th_sum_f32(square.hi, -1.0f);
  less = th_ordered_sum_f32(less.hi, less.lo + square.lo);
  th_pair_f32 root = th_pair_sqrt_f32(less);
  th_pair_f32 first = th_sum_f32(b, -1.0f);
  th_pair_f32 u = th_sum_f32(first.hi, root.hi);
  u = th_ordered_sum_f32(u.hi, u.lo + (first.lo + root.lo));
  th_pair_f32 beyond = th_ordered_sum_f32(x, -1.0f);
  u.hi = huge ? beyond.hi : u.hi;
  u.lo = huge ? beyond.lo : u.lo;
  th_f32 y = th_log1p_pair_f32(u, huge ? 1.0f : 0.0f);
  y = x < th_inf_f32() ? y : x;
  return x >= 1.0f ? y : th_nan_f32();
}

//@ part acosh_f64 needs: base base_f64 exact_f64 logparts_f64 log_f64 log1ppair_f64
TH_FN th_f64 th_acosh_f64(th_f64 x) {
  int huge = x > 1073741824.0;
  th_f64 b = huge ? 2.0 : (x > 1.0 ? x : 1.0);
  th_pair_f64 square = th_product_f64(b, b);
  th_pair_f64 less = th_sum_f64(square.hi, -1.0);
  less = th_ordered_sum_f64(less.hi, less.lo + square.lo);
  th_pair_f64 root = th_pair_sqrt_f64(less);
  th_pair_f64 first = th_sum_f64(b, -1.0);
  th_pair_f64 u = th_sum_f64(first.hi, root.hi);
  u = th_ordered_sum_f64(u.hi, u.lo + (first.lo + root.lo));
  th_pair_f64 beyond = th_ordered_sum_f64(x, -1.0);
  u.hi = huge ? beyond.hi : u.hi;
  u.lo = huge ? beyond.lo : u.lo;
  th_f64 y = th_log1p_pair_f64(u, huge ? 1.0 : 0.0);
  y = x < th_inf_f64() ? y : x;
  return x >= 1.0 ? y : th_nan_f64();
}

//@ part atanh_f32 needs: base base_f32 exact_f32 logparts_f32 log_f32 log1ppair_f32
// atanh |x| = log1p(2 |x| / (1 - |x|)) / 2.
TH_FN th_f32 th_atanh_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  th_f32 b = a < 1.0f ? a : 0.5f;
  th_pair_f32 top;
  top.hi = 2.0f * b;
  top.lo = 0.0f;
  th_pair_f32 u = th_pair_quotient_f32(top, th_ordered_sum_f32(1.0f, -b));
  th_f32 y = 0.5f * th_log1p_pair_f32(u, 0.0f);
  y = a < 1e-5f ? a : y;
  th_f32 edge = a == 1.0f ? th_inf_f32() : th_nan_f32();
  return th_copysign_f32(a < 1.0f ? y : edge, x);
}

//@ part atanh_f64 needs: base base_f64 exact_f64 logparts_f64 log_f64 log1ppair_f64
TH_FN th_f64 th_atanh_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  th_f64 b = a < 1.0 ? a : 0.5;
  th_pair_f64 top;
  top.hi = 2.0 * b;
  top.lo = 0.0;
  th_pair_f64 u = th_pair_quotient_f64(top, th_ordered_sum_f64(1.0, -b));
  th_f64 y = 0.5 * th_log1p_pair_f64(u, 0.0);
  y = a < 1e-10 ? a : y;
  th_f64 edge = a == 1.0 ? th_inf_f64() : th_nan_f64();
  return th_copysign_f64(a < 1.0 ? y : edge, x);
}
