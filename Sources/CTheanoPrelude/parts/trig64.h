//@ part trigreduce_f64 needs: base base_f64 round_f64 exact_f64 pitable
typedef struct { th_pair_f64 r; th_u32 odd; } th_angle_f64;

TH_FN th_f64 th_modulo2_f64(th_f64 x) { return x - 2.0 * th_rint_f64(0.5 * x); }
// For every |x| >= 1/2: Payne and Hanek's idea in exact floating-point products. The row of th_pi_table for the
// size of x, times x, gives x / pi modulo 2 to about 2^-115, so that even the float64 nearest to a multiple of pi keeps its digits.
// `halved` (0 or 1/2) is added to x / pi; `unit` 2 counts in multiples of pi / 2.
TH_FN th_angle_f64 th_reduce_f64(th_f64 a, th_f64 halved, th_f64 unit) {
  th_u64 row = ((th_bits_f64(a) + 0x0020000000000000u) >> 55) - 128u;
  th_f64 y = th_from_bits_f64(th_bits_f64(a) + 0x0080000000000000u - (row << 55)) * unit;
  th_pair_f64 p0 = th_product_f64(y, th_pi_table[4u * row]);
  th_pair_f64 p1 = th_product_f64(y, th_pi_table[4u * row + 1u]);
  th_pair_f64 p2 = th_product_f64(y, th_pi_table[4u * row + 2u]);
  th_f64 p3 = y * th_pi_table[4u * row + 3u];
  th_pair_f64 whole = th_sum_f64(th_modulo2_f64(p0.hi), th_modulo2_f64(p0.lo));
  th_pair_f64 more = th_sum_f64(whole.hi, th_modulo2_f64(p1.hi));
  th_f64 shifted = (more.hi + halved) + 6755399441055744.0;
  th_f64 f = more.hi - ((shifted - 6755399441055744.0) - halved);
  th_pair_f64 tail = th_sum_f64(p1.lo, p2.hi);
  th_pair_f64 g = th_sum_f64(f, whole.lo + more.lo);
  th_pair_f64 h = th_sum_f64(g.hi, tail.hi);
  h = th_ordered_sum_f64(h.hi, ((h.lo + g.lo) + tail.lo) + (p2.lo + p3));
  th_f64 pi = 3.141592653589793 / unit, pi_rest = 1.2246467991473532e-16 / unit;
  th_pair_f64 r = th_product_f64(h.hi, pi);
  th_angle_f64 result;
  result.r = th_ordered_sum_f64(r.hi, th_mad_f64(h.hi, pi_rest, th_mad_f64(h.lo, pi, r.lo)));
  result.odd = (th_u32)th_bits_f64(shifted) & 1u;
  return result;
}

//@ part trignear_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64
// For |x| <= 10^6 (Cody and Waite 1980, pi in pieces of 33 bits): x less m - halved multiples of pi.
TH_FN th_angle_f64 th_reduce_near_f64(th_f64 x, th_f64 halved) {
  th_f64 shifted = th_mad_f64(x, 0.3183098861837907, halved) + 6755399441055744.0;
  th_f64 n = (shifted - 6755399441055744.0) - halved;
  th_f64 r = th_mad_f64(n, -3.1415926534682512, x);
  th_f64 second = n * 1.2154201012607932e-10;
  th_angle_f64 result;
  result.r.hi = r - second;
  result.r.lo = th_mad_f64(n, -4.044532497591901e-21, (r - result.r.hi) - second);
  result.odd = (th_u32)th_bits_f64(shifted) & 1u;
  return result;
}
// The same by multiples of pi / 2.
TH_FN th_angle_f64 th_reduce_near_half_f64(th_f64 x) {
  th_f64 shifted = x * 0.6366197723675814 + 6755399441055744.0;
  th_f64 n = shifted - 6755399441055744.0;
  th_f64 r = th_mad_f64(n, -1.5707963267341256, x);
  th_f64 second = n * 6.077100506303966e-11;
  th_angle_f64 angle;
  th_f64 hi = r - second;
  angle.r = th_ordered_sum_f64(hi, th_mad_f64(n, -2.0222662487959506e-21, (r - hi) - second));
  angle.odd = (th_u32)th_bits_f64(shifted) & 1u;
  return angle;
}
TH_FN th_u32 th_is_far_f64(th_f64 x) { return th_abs_f64(x) > 1000000.0; }

//@ part sincore_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64
TH_FN th_f64 th_sin_core_f64(th_angle_f64 angle) {
  th_f64 r = angle.r.hi, z = r * r;
  th_f64 s = -4.011540902625139e-18;
  s = th_mad_f64(s, z, 2.764696826126004e-15);
  s = th_mad_f64(s, z, -7.644947816117421e-13);
  s = th_mad_f64(s, z, 1.6058986714450263e-10);
  s = th_mad_f64(s, z, -2.5052107521711126e-08);
  s = th_mad_f64(s, z, 2.755731921626499e-06);
  s = th_mad_f64(s, z, -0.0001984126984123082);
  s = th_mad_f64(s, z, 0.008333333333333234);
  s = th_mad_f64(s, z, -0.16666666666666666);
  th_f64 rest = angle.r.lo * th_mad_f64(z, -0.405, 1.0);
  th_f64 y = r + th_mad_f64(r * z, s, rest);
  return th_from_bits_f64(th_bits_f64(y) ^ ((th_u64)angle.odd << 63));
}

//@ part sin_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 trignear_f64 sincore_f64
TH_FN th_f64 th_sin_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int far = th_is_far_f64(a) != 0u;
  th_angle_f64 angle = th_reduce_f64(far ? a : 1.0, 0.0, 1.0);
  th_angle_f64 near = th_reduce_near_f64(a, 0.0);
  angle.r.hi = far ? angle.r.hi : near.r.hi;
  angle.r.lo = far ? angle.r.lo : near.r.lo;
  angle.odd = far ? angle.odd : near.odd;
  th_f64 y = th_sin_core_f64(angle);
  y = th_from_bits_f64(th_bits_f64(y) ^ (th_bits_f64(x) & 0x8000000000000000u));
  return a < th_inf_f64() ? y : th_nan_f64();
}

//@ part sin_near_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 trignear_f64 sincore_f64
TH_FN th_f64 th_sin_near_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  th_f64 y = th_sin_core_f64(th_reduce_near_f64(a, 0.0));
  y = th_from_bits_f64(th_bits_f64(y) ^ (th_bits_f64(x) & 0x8000000000000000u));
  return y;
}

//@ part sin_either_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 trignear_f64 sincore_f64 sin_f64 sin_near_f64
TH_FN th_f64 th_sin_either_f64(th_f64 x) { return th_is_far_f64(x) ? th_sin_f64(x) : th_sin_near_f64(x); }

//@ part cos_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 trignear_f64 sincore_f64
TH_FN th_f64 th_cos_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int far = th_is_far_f64(a) != 0u;
  th_angle_f64 angle = th_reduce_f64(far ? a : 1.0, 0.5, 1.0);
  th_angle_f64 near = th_reduce_near_f64(a, 0.5);
  angle.r.hi = far ? angle.r.hi : near.r.hi;
  angle.r.lo = far ? angle.r.lo : near.r.lo;
  angle.odd = far ? angle.odd : near.odd;
  th_f64 y = th_sin_core_f64(angle);
  return a < th_inf_f64() ? y : th_nan_f64();
}

//@ part cos_near_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 trignear_f64 sincore_f64
TH_FN th_f64 th_cos_near_f64(th_f64 x) { return th_sin_core_f64(th_reduce_near_f64(th_abs_f64(x), 0.5)); }

//@ part cos_either_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 trignear_f64 sincore_f64 cos_f64 cos_near_f64
TH_FN th_f64 th_cos_either_f64(th_f64 x) { return th_is_far_f64(x) ? th_cos_f64(x) : th_cos_near_f64(x); }

//@ part tancore_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64
TH_FN th_f64 th_tan_core_f64(th_angle_f64 angle) {
  th_f64 r = angle.r.hi, z = r * r;
  th_f64 s = 1.589637619313197e-10;
  s = th_mad_f64(s, z, -2.5050751519966088e-08);
  s = th_mad_f64(s, z, 2.7557313655955987e-06);
  s = th_mad_f64(s, z, -0.0001984126982973281);
  s = th_mad_f64(s, z, 0.008333333333322384);
  s = th_mad_f64(s, z, -0.16666666666666632);
  th_f64 c = -1.1366149440035253e-11;
  c = th_mad_f64(c, z, 2.0875861775217786e-09);
  c = th_mad_f64(c, z, -2.755731549095292e-07);
  c = th_mad_f64(c, z, 2.4801587293962223e-05);
  c = th_mad_f64(c, z, -0.0013888888888882469);
  c = th_mad_f64(c, z, 0.04166666666666666);
  th_pair_f64 sine = th_ordered_sum_f64(r, th_mad_f64(r * z, s, angle.r.lo));
  th_pair_f64 square = th_product_f64(r, r);
  th_pair_f64 cosine = th_ordered_sum_f64(1.0, -0.5 * square.hi);
  th_f64 cosine_rest = cosine.lo - th_mad_f64(r, angle.r.lo, 0.5 * square.lo);
  cosine = th_ordered_sum_f64(cosine.hi, th_mad_f64(z * z, c, cosine_rest));
  th_pair_f64 top, bottom;
  top.hi = angle.odd ? -cosine.hi : sine.hi;
  top.lo = angle.odd ? -cosine.lo : sine.lo;
  bottom.hi = angle.odd ? sine.hi : cosine.hi;
  bottom.lo = angle.odd ? sine.lo : cosine.lo;
  th_pair_f64 q = th_pair_quotient_f64(top, bottom);
  return q.hi + q.lo;
}

//@ part tan_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 trignear_f64 tancore_f64
TH_FN th_f64 th_tan_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int far = th_is_far_f64(a) != 0u;
  th_angle_f64 angle = th_reduce_f64(far ? a : 1.0, 0.0, 2.0);
  th_angle_f64 near = th_reduce_near_half_f64(a);
  angle.r.hi = far ? angle.r.hi : near.r.hi;
  angle.r.lo = far ? angle.r.lo : near.r.lo;
  angle.odd = far ? angle.odd : near.odd;
  th_f64 y = th_tan_core_f64(angle);
  y = th_from_bits_f64(th_bits_f64(y) ^ (th_bits_f64(x) & 0x8000000000000000u));
  y = a < 1e-8 ? x : y;
  return a < th_inf_f64() ? y : th_nan_f64();
}

//@ part tan_near_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 trignear_f64 tancore_f64
TH_FN th_f64 th_tan_near_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  th_f64 y = th_tan_core_f64(th_reduce_near_half_f64(a));
  y = th_from_bits_f64(th_bits_f64(y) ^ (th_bits_f64(x) & 0x8000000000000000u));
  return a < 1e-8 ? x : y;
}

//@ part tan_either_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 trignear_f64 tancore_f64 tan_f64 tan_near_f64
TH_FN th_f64 th_tan_either_f64(th_f64 x) { return th_is_far_f64(x) ? th_tan_f64(x) : th_tan_near_f64(x); }
