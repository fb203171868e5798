//@ part trigreduce_f32 needs: base base_f32 exact_f32
// An angle less the nearest multiple n of pi (or pi / 2), as a pair, and whether n is odd.
typedef struct { th_pair_f32 r; th_u32 odd; } th_angle_f32;

// For every |x|: M. H. Payne and R. N. Hanek 1983 in integers. |x| = M 2^s; of 1 / pi (as 32-bit words) the 96 bits that begin with
// weight 2^-s are chosen by selects, and M times them, taken modulo 2, leaves the parity of n and 63 bits of fraction.
// `turn` is added to x / pi in units of 2^-31 (modulo 2); `twice` = 1 counts in multiples of pi / 2.
TH_FN th_angle_f32 th_reduce_f32(th_f32 a, th_u32 turn, th_u32 twice) {
  th_u32 bits = th_bits_f32(a);
  th_u32 m = (bits & 0x007fffffu) | 0x00800000u;
  th_u32 at = (bits >> 23) - (150u - 31u);
  int far = (at & 128u) != 0u, two = (at & 64u) != 0u, one = (at & 32u) != 0u;
  th_u32 a0 = far ? 0xfa9a6ee0u : 0u;
  th_u32 a1 = far ? 0x6db14accu : 0x517cc1b7u;
  th_u32 a2 = far ? 0x9e21c820u : 0x27220a94u;
  th_u32 a3 = far ? 0xff28b1d5u : 0xfe13abe8u;
  th_u32 b0 = two ? a2 : a0;
  th_u32 b1 = two ? a3 : a1;
  th_u32 b2 = two ? 0xfa9a6ee0u : a2;
  th_u32 b3 = two ? 0x6db14accu : a3;
  th_u32 b4 = two ? 0x9e21c820u : 0xfa9a6ee0u;
  th_u32 c0 = one ? b1 : b0;
  th_u32 c1 = one ? b2 : b1;
  th_u32 c2 = one ? b3 : b2;
  th_u32 c3 = one ? b4 : b3;
  th_u32 left = at & 31u, right = 31u - left;
  th_u32 w0 = (c0 << left) | ((c1 >> 1) >> right);
  th_u32 w1 = (c1 << left) | ((c2 >> 1) >> right);
  th_u32 w2 = (c2 << left) | ((c3 >> 1) >> right);
  // The upper 64 bits of the product, as two words.
  th_u32 carried = (th_u32)(((th_u64)m * w2) >> 32);
  th_u32 below = m * w1 + carried;
  th_u32 above = m * w0 + (th_u32)(((th_u64)m * w1) >> 32) + (below < carried ? 1u : 0u);
  above = (twice ? (above << 1) | (below >> 31) : above) + turn;
  below = below << twice;
  th_u32 n = (above + 0x40000000u) >> 31;
  // The signed fraction in pieces that are exact numbers.
  th_u32 high = (above << 1) | (below >> 31), low = below << 1;
  th_f32 top = (th_f32)(th_i32)(high & 0xffffff00u) * 2.32830644e-10f;
  th_f32 middle = (th_f32)(th_i32)(((high & 0xffu) << 16) | (low >> 16)) * 3.55271368e-15f;
  th_f32 bottom = (th_f32)(th_i32)(low & 0xffffu) * 5.42101086e-20f;
  th_pair_f32 f = th_ordered_sum_f32(top, middle);
  f.lo += bottom;
  th_f32 unit = twice ? 1.57079637f : 3.14159274f, unit_rest = twice ? -4.37113883e-08f : -8.74227766e-08f;
  th_angle_f32 result;
  th_pair_f32 r = th_product_f32(f.hi, unit);
  result.r = th_ordered_sum_f32(r.hi, th_mad_f32(f.hi, unit_rest, th_mad_f32(f.lo, unit, r.lo)));
  result.odd = n & 1u;
  return result;
}

//@ part trignear_f32 needs: base base_f32 exact_f32 trigreduce_f32
// For |x| <= 12000 (Cody and Waite 1980, pi in pieces of 12 bits): x less m - halved multiples of pi, halved 0 or 1/2, m odd or even.
TH_FN th_angle_f32 th_reduce_near_f32(th_f32 x, th_f32 halved) {
  th_f32 shifted = th_mad_f32(x, 0.318309873f, halved) + 12582912.0f;
  th_f32 n = (shifted - 12582912.0f) - halved;
  th_f32 r = th_mad_f32(n, -3.140625f, x);
  r = th_mad_f32(n, -0.000967502594f, r);
  th_f32 third = n * 1.50990672e-07f;
  th_angle_f32 result;
  result.r.hi = r - third;
  result.r.lo = th_mad_f32(n, -5.12668814e-12f, (r - result.r.hi) - third);
  result.odd = th_bits_f32(shifted) & 1u;
  return result;
}
// The same by multiples of pi / 2.
TH_FN th_angle_f32 th_reduce_near_half_f32(th_f32 x) {
  th_f32 shifted = x * 0.636619747f + 12582912.0f;
  th_f32 n = shifted - 12582912.0f;
  th_f32 r = th_mad_f32(n, -1.5703125f, x);
  r = th_mad_f32(n, -0.000483751297f, r);
  th_f32 third = n * 7.54953362e-08f;
  th_angle_f32 angle;
  angle.r.hi = r - third;
  angle.r.lo = th_mad_f32(n, -2.56334407e-12f, (r - angle.r.hi) - third);
  angle.odd = th_bits_f32(shifted) & 1u;
  return angle;
}
// Whether x is out of reach for the near functions (a NaN is not).
TH_FN th_u32 th_is_far_f32(th_f32 x) { return th_abs_f32(x) > 12000.0f; }

//@ part sincore_f32 needs: base base_f32 exact_f32 trigreduce_f32
// sin of a reduced angle: r + r z s(z), z = r^2, |r| <= pi / 2, the sign from the parity. The low part counts by cos r,
// for which 1 - 0.405 z (right at both ends) is near enough.
TH_FN th_f32 th_sin_core_f32(th_angle_f32 angle) {
  th_f32 r = angle.r.hi, z = r * r;
  th_f32 s = -2.5502919e-08f;
  s = th_mad_f32(s, z, 2.762706e-06f);
  s = th_mad_f32(s, z, -0.00019843093f);
  s = th_mad_f32(s, z, 0.0083333505f);
  s = th_mad_f32(s, z, -0.16666667f);
  th_f32 rest = angle.r.lo * th_mad_f32(z, -0.405f, 1.0f);
  th_f32 y = r + th_mad_f32(r * z, s, rest);
  return th_from_bits_f32(th_bits_f32(y) ^ (angle.odd << 31));
}

//@ part sin_f32 needs: base base_f32 exact_f32 trigreduce_f32 trignear_f32 sincore_f32
// Both reductions and a choice between them: an argument gives the same bits here as in the near function.
TH_FN th_f32 th_sin_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  int far = th_is_far_f32(a) != 0u;
  th_angle_f32 angle = th_reduce_f32(a, 0u, 0u);
  th_angle_f32 near = th_reduce_near_f32(a, 0.0f);
  angle.r.hi = far ? angle.r.hi : near.r.hi;
  angle.r.lo = far ? angle.r.lo : near.r.lo;
  angle.odd = far ? angle.odd : near.odd;
  th_f32 y = th_sin_core_f32(angle);
  y = th_from_bits_f32(th_bits_f32(y) ^ (th_bits_f32(x) & 0x80000000u));
  return a < th_inf_f32() ? y : th_nan_f32();
}

//@ part sin_near_f32 needs: base base_f32 exact_f32 trigreduce_f32 trignear_f32 sincore_f32
// The same where th_is_far_* does not tell of the argument, at a fraction of the price.
TH_FN th_f32 th_sin_near_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  th_f32 y = th_sin_core_f32(th_reduce_near_f32(a, 0.0f));
  y = th_from_bits_f32(th_bits_f32(y) ^ (th_bits_f32(x) & 0x80000000u));
  return y;
}

//@ part sin_either_f32 needs: base base_f32 exact_f32 trigreduce_f32 trignear_f32 sincore_f32 sin_f32 sin_near_f32
// For one number, where a branch costs less than both ways.
TH_FN th_f32 th_sin_either_f32(th_f32 x) { return th_is_far_f32(x) ? th_sin_f32(x) : th_sin_near_f32(x); }

//@ part cos_f32 needs: base base_f32 exact_f32 trigreduce_f32 trignear_f32 sincore_f32
// cos x = sin(x + pi / 2).
TH_FN th_f32 th_cos_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  int far = th_is_far_f32(a) != 0u;
  th_angle_f32 angle = th_reduce_f32(a, 0x40000000u, 0u);
  th_angle_f32 near = th_reduce_near_f32(a, 0.5f);
  angle.r.hi = far ? angle.r.hi : near.r.hi;
  angle.r.lo = far ? angle.r.lo : near.r.lo;
  angle.odd = far ? angle.odd : near.odd;
  th_f32 y = th_sin_core_f32(angle);
  return a < th_inf_f32() ? y : th_nan_f32();
}

//@ part cos_near_f32 needs: base base_f32 exact_f32 trigreduce_f32 trignear_f32 sincore_f32
TH_FN th_f32 th_cos_near_f32(th_f32 x) { return th_sin_core_f32(th_reduce_near_f32(th_abs_f32(x), 0.5f)); }

//@ part cos_either_f32 needs: base base_f32 exact_f32 trigreduce_f32 trignear_f32 sincore_f32 cos_f32 cos_near_f32
TH_FN th_f32 th_cos_either_f32(th_f32 x) { return th_is_far_f32(x) ? th_cos_f32(x) : th_cos_near_f32(x); }

//@ part tancore_f32 needs: base base_f32 exact_f32 trigreduce_f32
// tan of an angle reduced by pi / 2: sin / cos or -cos / sin, |r| <= pi / 4, each a pair, so that the quotient is rounded about once.
TH_FN th_f32 th_tan_core_f32(th_angle_f32 angle) {
  th_f32 r = angle.r.hi, z = r * r;
  th_f32 s = -0.00019517877f;
  s = th_mad_f32(s, z, 0.008332187f);
  s = th_mad_f32(s, z, -0.16666655f);
  th_f32 c = 2.4447041e-05f;
  c = th_mad_f32(c, z, -0.001388746f);
  c = th_mad_f32(c, z, 0.04166665f);
  th_pair_f32 sine = th_ordered_sum_f32(r, th_mad_f32(r * z, s, angle.r.lo));
  th_pair_f32 square = th_product_f32(r, r);
  th_pair_f32 cosine = th_ordered_sum_f32(1.0f, -0.5f * square.hi);
  th_f32 cosine_rest = cosine.lo - th_mad_f32(r, angle.r.lo, 0.5f * square.lo);
  cosine = th_ordered_sum_f32(cosine.hi, th_mad_f32(z * z, c, cosine_rest));
  th_pair_f32 top, bottom;
  top.hi = angle.odd ? -cosine.hi : sine.hi;
  top.lo = angle.odd ? -cosine.lo : sine.lo;
  bottom.hi = angle.odd ? sine.hi : cosine.hi;
  bottom.lo = angle.odd ? sine.lo : cosine.lo;
  th_pair_f32 q = th_pair_quotient_f32(top, bottom);
  return q.hi + q.lo;
}

//@ part tan_f32 needs: base base_f32 exact_f32 trigreduce_f32 trignear_f32 tancore_f32
TH_FN th_f32 th_tan_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  int far = th_is_far_f32(a) != 0u;
  th_angle_f32 angle = th_reduce_f32(a, 0u, 1u);
  th_angle_f32 near = th_reduce_near_half_f32(a);
  angle.r.hi = far ? angle.r.hi : near.r.hi;
  angle.r.lo = far ? angle.r.lo : near.r.lo;
  angle.odd = far ? angle.odd : near.odd;
  th_f32 y = th_tan_core_f32(angle);
  y = th_from_bits_f32(th_bits_f32(y) ^ (th_bits_f32(x) & 0x80000000u));
  y = a < 1e-4f ? x : y;
  return a < th_inf_f32() ? y : th_nan_f32();
}

//@ part tan_near_f32 needs: base base_f32 exact_f32 trigreduce_f32 trignear_f32 tancore_f32
TH_FN th_f32 th_tan_near_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  th_f32 y = th_tan_core_f32(th_reduce_near_half_f32(a));
  y = th_from_bits_f32(th_bits_f32(y) ^ (th_bits_f32(x) & 0x80000000u));
  return a < 1e-4f ? x : y;
}

//@ part tan_either_f32 needs: base base_f32 exact_f32 trigreduce_f32 trignear_f32 tancore_f32 tan_f32 tan_near_f32
TH_FN th_f32 th_tan_either_f32(th_f32 x) { return th_is_far_f32(x) ? th_tan_f32(x) : th_tan_near_f32(x); }
