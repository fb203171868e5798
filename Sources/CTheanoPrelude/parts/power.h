//@ part rsqrt_f32 needs: base base_f32
TH_FN th_f32 th_rsqrt_f32(th_f32 x) { return 1.0f / th_sqrt_f32(x); }

//@ part rsqrt_f64 needs: base base_f64
TH_FN th_f64 th_rsqrt_f64(th_f64 x) { return 1.0 / th_sqrt_f64(x); }

//@ part cbrt_f32 needs: base base_f32 exact_f32
// First 1 / cbrt(x): the exponent field divided by -3 gives it to about 5 % (W. Kahan's trick); two or three steps of Newton's kind on
// e = 1 - x r^3 (no division) sharpen it. Then y = x r^2 takes one Newton step with an exact residue.
TH_FN th_f32 th_cbrt_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  // Subnormal numbers are scaled up, and large ones down, whose cube root's cube may round to infinity.
  int tiny = a < 1.17549435e-38f, large = a > 1e38f;
  th_f32 scale = tiny ? 16777216.0f : 1.0f, back = tiny ? 0.00390625f : 1.0f;
  scale = large ? 0.125f : scale;
  back = large ? 2.0f : back;
  th_f32 b = a * scale;
  // A value that the end puts right stands in for 0, infinity and NaN.
  b = (b > 0.0f && b < th_inf_f32()) ? b : 1.0f;
  th_f32 r = th_from_bits_f32(0x548c2b4bu - th_bits_f32(b) / 3u);
  // b r can neither overflow nor vanish.
  th_f32 e = th_mad_f32(-(b * r), r * r, 1.0f);
  r = th_mad_f32(r * e, th_mad_f32(e, th_mad_f32(e, 0.172839506f, 0.222222222f), 0.333333333f), r);
  e = th_mad_f32(-(b * r), r * r, 1.0f);
  r = th_mad_f32(r * e, th_mad_f32(e, 0.222222222f, 0.333333343f), r);
  th_f32 y = b * r * r;
  th_pair_f32 square = th_product_f32(y, y);
  th_pair_f32 cube = th_product_f32(square.hi, y);
  th_f32 rest = ((b - cube.hi) - cube.lo) - square.lo * y;
  y = th_mad_f32(rest * (r * r), 0.333333343f, y);
  y = y * back;
  th_f32 edge = x + x;
  y = (a > 0.0f && a < th_inf_f32()) ? y : edge;
  return th_copysign_f32(y, x);
}

//@ part cbrt_f64 needs: base base_f64 exact_f64
TH_FN th_f64 th_cbrt_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int tiny = a < 2.2250738585072014e-308, large = a > 1e308;
  th_f64 scale = tiny ? 18014398509481984.0 : 1.0, back = tiny ? 3.814697265625e-06 : 1.0;
  scale = large ? 0.125 : scale;
  back = large ? 2.0 : back;
  th_f64 b = a * scale;
  // A value that the end puts right stands in for 0, infinity and NaN.
  b = (b > 0.0 && b < th_inf_f64()) ? b : 1.0;
  th_f64 r = th_from_bits_f64((th_u64)(0x553ef0ffu - (th_u32)(th_bits_f64(b) >> 32) / 3u) << 32);
  // b r can neither overflow nor vanish.
  th_f64 e = th_mad_f64(-(b * r), r * r, 1.0);
  r = th_mad_f64(r * e, th_mad_f64(e, th_mad_f64(e, 0.172839506, 0.222222222), 0.333333333), r);
  e = th_mad_f64(-(b * r), r * r, 1.0);
  r = th_mad_f64(r * e, th_mad_f64(e, 0.222222222, 0.3333333333333333), r);
  e = th_mad_f64(-(b * r), r * r, 1.0);
  r = th_mad_f64(r * e, 0.3333333333333333, r);
  th_f64 y = b * r * r;
  th_pair_f64 square = th_product_f64(y, y);
  th_pair_f64 cube = th_product_f64(square.hi, y);
  th_f64 rest = ((b - cube.hi) - cube.lo) - square.lo * y;
  y = th_mad_f64(rest * (r * r), 0.3333333333333333, y);
  y = y * back;
  th_f64 edge = x + x;
  y = (a > 0.0 && a < th_inf_f64()) ? y : edge;
  return th_copysign_f64(y, x);
}

//@ part powcore_f32 needs: base base_f32 exact_f32 exp_f32 logparts_f32
// log2 of a positive finite x as a pair, by s = f / (2 + f): s (c0 + z (c1 + z p(z))), z = s^2, everything but p in pairs.
TH_FN th_pair_f32 th_log2_pair_f32(th_f32 x) {
  th_logparts_f32 part = th_log_parts_f32(x);
  th_pair_f32 top;
  top.hi = part.f;
  top.lo = 0.0f;
  th_pair_f32 s = th_pair_quotient_f32(top, th_ordered_sum_f32(2.0f, part.f));
  th_pair_f32 z = th_loose_product_f32(s, s);
  th_f32 zz = z.hi;
  th_f32 p = 0.33752176f;
  p = th_mad_f32(p, zz, 0.41186476f);
  p = th_mad_f32(p, zz, 0.57708f);
  th_pair_f32 c = th_ordered_sum_f32(0.961796701f, zz * p);
  c.lo += -7.02846181e-09f;
  c = th_loose_product_f32(z, c);
  th_pair_f32 d = th_ordered_sum_f32(2.88539004f, c.hi);
  d.lo += c.lo + 3.85192607e-08f;
  d = th_loose_product_f32(s, d);
  th_pair_f32 sum = th_ordered_sum_f32(part.k, d.hi);
  return th_ordered_sum_f32(sum.hi, sum.lo + d.lo);
}
// 2^(hi + lo), and the same before 2^k is multiplied on.
TH_FN th_exponential_f32 th_exp2_core_f32(th_f32 hi, th_f32 lo) {
  hi = 129.0f < hi ? 129.0f : hi;
  hi = -152.0f > hi ? -152.0f : hi;
  th_exponential_f32 e;
  e.shifted = hi + 12582912.0f;
  th_f32 r = (hi - (e.shifted - 12582912.0f)) + lo;
  th_f32 q = 0.00015352597f;
  q = th_mad_f32(q, r, 0.0013398991f);
  q = th_mad_f32(q, r, 0.009618441f);
  q = th_mad_f32(q, r, 0.055503324f);
  q = th_mad_f32(q, r, 0.24022648f);
  q = th_mad_f32(q, r, 0.6931472f);
  e.hi = th_mad_f32(q, r, 1.0f);
  e.lo = 0.0f;
  return e;
}
TH_FN th_f32 th_exp2_pair_f32(th_f32 hi, th_f32 lo) {
  th_exponential_f32 e = th_exp2_core_f32(hi, lo);
  return th_scale_f32(e.hi, e.shifted);
}

//@ part powcore_f64 needs: base base_f64 exact_f64 exp_f64 logparts_f64
TH_FN th_pair_f64 th_log2_pair_f64(th_f64 x) {
  th_logparts_f64 part = th_log_parts_f64(x);
  th_pair_f64 top;
  top.hi = part.f;
  top.lo = 0.0;
  th_pair_f64 s = th_pair_quotient_f64(top, th_ordered_sum_f64(2.0, part.f));
  th_pair_f64 z = th_loose_product_f64(s, s);
  th_f64 zz = z.hi;
  th_f64 p = 0.1892429610085777;
  p = th_mad_f64(p, zz, 0.19138774822582466);
  p = th_mad_f64(p, zz, 0.2219778164168341);
  p = th_mad_f64(p, zz, 0.2623078482657411);
  p = th_mad_f64(p, zz, 0.3205989004050837);
  p = th_mad_f64(p, zz, 0.41219858310378665);
  p = th_mad_f64(p, zz, 0.5770780163555892);
  th_pair_f64 c = th_ordered_sum_f64(0.9617966939259756, zz * p);
  c.lo += 5.0577616648125907e-17;
  c = th_loose_product_f64(z, c);
  th_pair_f64 d = th_ordered_sum_f64(2.8853900817779268, c.hi);
  d.lo += c.lo + 4.0710547481862066e-17;
  d = th_loose_product_f64(s, d);
  th_pair_f64 sum = th_ordered_sum_f64(part.k, d.hi);
  return th_ordered_sum_f64(sum.hi, sum.lo + d.lo);
}
TH_FN th_exponential_f64 th_exp2_core_f64(th_f64 hi, th_f64 lo) {
  hi = 1025.0 < hi ? 1025.0 : hi;
  hi = -1077.0 > hi ? -1077.0 : hi;
  th_exponential_f64 e;
  e.shifted = hi + 6755399441055744.0;
  th_f64 r = (hi - (e.shifted - 6755399441055744.0)) + lo;
  th_f64 q = 4.434751792341042e-10;
  q = th_mad_f64(q, r, 7.073820664408107e-09);
  q = th_mad_f64(q, r, 1.0178200010983299e-07);
  q = th_mad_f64(q, r, 1.3215435078424934e-06);
  q = th_mad_f64(q, r, 1.5252733491319133e-05);
  q = th_mad_f64(q, r, 0.00015403530457489814);
  q = th_mad_f64(q, r, 0.0013333558146777268);
  q = th_mad_f64(q, r, 0.009618129107593848);
  q = th_mad_f64(q, r, 0.05550410866482007);
  q = th_mad_f64(q, r, 0.2402265069591013);
  q = th_mad_f64(q, r, 0.6931471805599453);
  e.hi = th_mad_f64(q, r, 1.0);
  e.lo = 0.0;
  return e;
}
TH_FN th_f64 th_exp2_pair_f64(th_f64 hi, th_f64 lo) {
  th_exponential_f64 e = th_exp2_core_f64(hi, lo);
  return th_scale_f64(e.hi, e.shifted);
}

//@ part pow_f32 needs: base base_f32 round_f32 exact_f32 exp_f32 logparts_f32 powcore_f32
// x^y = 2^(y log2 |x|) with the special cases of C's Annex F.
TH_FN th_f32 th_pow_f32(th_f32 x, th_f32 y) {
  th_f32 a = th_abs_f32(x);
  int ordinary = a > 0.0f && a < th_inf_f32();
  th_pair_f32 log = th_log2_pair_f32(a);
  th_f32 edge = a == 0.0f ? -th_inf_f32() : a;
  log.hi = ordinary ? log.hi : edge;
  th_pair_f32 power = th_product_f32(y, log.hi);
  th_f32 lo = th_mad_f32(y, log.lo, power.lo);
  // Where the power is out of range the low part may be no number.
  lo = th_abs_f32(power.hi) < 1000.0f ? lo : 0.0f;
  th_f32 result = th_exp2_pair_f32(power.hi, lo);
  th_f32 halved = 0.5f * y;
  int whole = th_trunc_f32(y) == y;
  int odd = whole && th_trunc_f32(halved) != halved;
  result = (x < 0.0f && !whole && ordinary) ? th_nan_f32() : result;
  th_u32 sign = odd ? th_bits_f32(x) & 0x80000000u : 0u;
  result = th_from_bits_f32(th_bits_f32(result) ^ sign);
  result = (a == 1.0f && th_abs_f32(y) == th_inf_f32()) ? 1.0f : result;
  return (y == 0.0f || x == 1.0f) ? 1.0f : result;
}

//@ part pow_f64 needs: base base_f64 round_f64 exact_f64 exp_f64 logparts_f64 powcore_f64
TH_FN th_f64 th_pow_f64(th_f64 x, th_f64 y) {
  th_f64 a = th_abs_f64(x);
  int ordinary = a > 0.0 && a < th_inf_f64();
  th_pair_f64 log = th_log2_pair_f64(a);
  th_f64 edge = a == 0.0 ? -th_inf_f64() : a;
  log.hi = ordinary ? log.hi : edge;
  th_pair_f64 power = th_product_f64(y, log.hi);
  th_f64 lo = th_mad_f64(y, log.lo, power.lo);
  // Where the power is out of range the low part may be no number.
  lo = th_abs_f64(power.hi) < 10000.0 ? lo : 0.0;
  th_f64 result = th_exp2_pair_f64(power.hi, lo);
  th_f64 halved = 0.5 * y;
  int whole = th_trunc_f64(y) == y;
  int odd = whole && th_trunc_f64(halved) != halved;
  result = (x < 0.0 && !whole && ordinary) ? th_nan_f64() : result;
  th_u64 sign = odd ? th_bits_f64(x) & 0x8000000000000000u : 0u;
  result = th_from_bits_f64(th_bits_f64(result) ^ sign);
  result = (a == 1.0 && th_abs_f64(y) == th_inf_f64()) ? 1.0 : result;
  return (y == 0.0 || x == 1.0) ? 1.0 : result;
}
