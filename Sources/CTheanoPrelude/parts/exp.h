//@ part exp_f32 needs: base base_f32
// exp: x = k ln 2 + r, |r| <= ln(2) / 2, ln 2 in two parts (W. J. Cody and W. Waite 1980), exp(r) by a minimax polynomial. Adding 1.5 * 2^23
// rounds x / ln 2 to k and leaves k in the low bits. 2^k goes on in two factors, so that overflow and
// subnormal results come by themselves. The core gives exp(r) as hi + lo and 2^k as `shifted`.
TH_FN th_f32 th_scale_f32(th_f32 p, th_f32 shifted) {
  th_f32 halved = th_mad_f32(shifted - 12582912.0f, 0.5f, 12582912.0f);
  return p * th_pow2_f32(th_bits_f32(halved)) * th_pow2_f32(th_bits_f32(shifted) - th_bits_f32(halved));
}
typedef struct { th_f32 hi, lo, shifted; } th_exponential_f32;

TH_FN th_exponential_f32 th_exp_core_f32(th_f32 x) {
  x = 90.0f < x ? 90.0f : x;
  x = -106.0f > x ? -106.0f : x;
  th_exponential_f32 e;
  e.shifted = th_mad_f32(x, 1.44269504f, 12582912.0f);
  th_f32 k = e.shifted - 12582912.0f;
  th_f32 high = th_mad_f32(k, -0.693359375f, x), low = k * 2.12194440e-4f;
  th_f32 r = high + low;
  th_f32 q = 0.0013814318f;
  q = th_mad_f32(q, r, 0.008368778f);
  q = th_mad_f32(q, r, 0.041668396f);
  q = th_mad_f32(q, r, 0.1666652f);
  q = th_mad_f32(q, r, 0.49999994f);
  th_f32 tail = th_mad_f32(r * r, q, low), rest = high + tail;
  e.hi = 1.0f + rest;
  e.lo = (rest - (e.hi - 1.0f)) + (tail - (rest - high));
  return e;
}
TH_FN th_f32 th_exp_f32(th_f32 x) {
  th_exponential_f32 e = th_exp_core_f32(x);
  return th_scale_f32(e.hi, e.shifted);
}

//@ part exp_f64 needs: base base_f64
TH_FN th_f64 th_scale_f64(th_f64 p, th_f64 shifted) {
  th_f64 halved = th_mad_f64(shifted - 6755399441055744.0, 0.5, 6755399441055744.0);
  return p * th_pow2_f64(th_bits_f64(halved)) * th_pow2_f64(th_bits_f64(shifted) - th_bits_f64(halved));
}
typedef struct { th_f64 hi, lo, shifted; } th_exponential_f64;

TH_FN th_exponential_f64 th_exp_core_f64(th_f64 x) {
  x = 711.0 < x ? 711.0 : x;
  x = -748.0 > x ? -748.0 : x;
  th_exponential_f64 e;
  e.shifted = th_mad_f64(x, 1.4426950408889634, 6755399441055744.0);
  th_f64 k = e.shifted - 6755399441055744.0;
  th_f64 high = th_mad_f64(k, -0.6931471803691238, x), low = k * -1.9082149292705877e-10;
  th_f64 r = high + low;
  // In pairs of coefficients (G. Estrin 1960): for one number the length of the chain is what counts.
  th_f64 z = r * r, z2 = z * z;
  th_f64 q0 = th_mad_f64(0.1666666666666641, r, 0.5000000000000011);
  th_f64 q1 = th_mad_f64(0.00833333333349543, r, 0.04166666666652915);
  th_f64 q2 = th_mad_f64(0.00019841269505277247, r, 0.0013888888943932977);
  th_f64 q3 = th_mad_f64(2.7557586841731865e-06, r, 2.4801492751912395e-05);
  th_f64 q4 = th_mad_f64(2.5000131295810472e-08, r, 2.763038255015026e-07);
  th_f64 q = th_mad_f64(th_mad_f64(th_mad_f64(q4, z, q3), z, q2), z2, th_mad_f64(q1, z, q0));
  th_f64 tail = th_mad_f64(z, q, low), rest = high + tail;
  e.hi = 1.0 + rest;
  e.lo = (rest - (e.hi - 1.0)) + (tail - (rest - high));
  return e;
}
TH_FN th_f64 th_exp_f64(th_f64 x) {
  th_exponential_f64 e = th_exp_core_f64(x);
  return th_scale_f64(e.hi, e.shifted);
}

//@ part exp2_f32 needs: base base_f32 exp_f32
// exp2: the same, with an exact r.
TH_FN th_f32 th_exp2_f32(th_f32 x) {
  x = 129.0f < x ? 129.0f : x;
  x = -152.0f > x ? -152.0f : x;
  th_f32 shifted = x + 12582912.0f;
  th_f32 r = x - (shifted - 12582912.0f);
  th_f32 q = 0.00015352597f;
  q = th_mad_f32(q, r, 0.0013398991f);
  q = th_mad_f32(q, r, 0.009618441f);
  q = th_mad_f32(q, r, 0.055503324f);
  q = th_mad_f32(q, r, 0.24022648f);
  q = th_mad_f32(q, r, 0.6931472f);
  return th_scale_f32(th_mad_f32(q, r, 1.0f), shifted);
}

//@ part exp2_f64 needs: base base_f64 exp_f64
TH_FN th_f64 th_exp2_f64(th_f64 x) {
  x = 1025.0 < x ? 1025.0 : x;
  x = -1077.0 > x ? -1077.0 : x;
  th_f64 shifted = x + 6755399441055744.0;
  th_f64 r = x - (shifted - 6755399441055744.0);
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
  return th_scale_f64(th_mad_f64(q, r, 1.0), shifted);
}

//@ part expm1_f32 needs: base base_f32 exp_f32
// expm1 = 2^k (expm1(r) + (1 - 2^-k)), again as hi + lo; what the reduction rounds off r is added back. The powers of two are built one short,
// so that the largest arguments do not leave the exponent's range; of the smallest numbers half would be lost, but they are their own result.
TH_FN th_exponential_f32 th_expm1_core_f32(th_f32 x) {
  th_f32 y = 89.0f < x ? 89.0f : x;
  y = -18.0f > y ? -18.0f : y;
  th_f32 shifted = th_mad_f32(y, 1.44269504f, 12582912.0f);
  th_f32 k = shifted - 12582912.0f;
  th_f32 high = th_mad_f32(k, -0.693359375f, y);
  th_f32 r = th_mad_f32(k, 2.12194440e-4f, high);
  th_f32 rest = th_mad_f32(k, 2.12194440e-4f, high - r);
  th_f32 q = 0.0013882638f;
  q = th_mad_f32(q, r, 0.008366581f);
  q = th_mad_f32(q, r, 0.0416672f);
  q = th_mad_f32(q, r, 0.16666543f);
  q = th_mad_f32(q, r, 0.49999997f);
  th_f32 tail = th_mad_f32(r * r, q, rest);
  th_f32 p = r + tail, p_rest = tail - (p - r);
  th_f32 whole = 1.0f - 0.5f * th_pow2_f32(1u - th_bits_f32(shifted));
  th_exponential_f32 e;
  e.hi = whole + p;
  e.lo = (p - (e.hi - whole)) + p_rest;
  e.shifted = shifted;
  return e;
}
TH_FN th_f32 th_expm1_f32(th_f32 x) {
  th_exponential_f32 e = th_expm1_core_f32(x);
  th_f32 result = (e.hi + e.lo) * th_pow2_f32(th_bits_f32(e.shifted) - 1u) * 2.0f;
  return th_abs_f32(x) < 0x1p-100f ? x : result;
}

//@ part expm1_f64 needs: base base_f64 exp_f64
TH_FN th_exponential_f64 th_expm1_core_f64(th_f64 x) {
  th_f64 y = 710.0 < x ? 710.0 : x;
  y = -38.0 > y ? -38.0 : y;
  th_f64 shifted = th_mad_f64(y, 1.4426950408889634, 6755399441055744.0);
  th_f64 k = shifted - 6755399441055744.0;
  th_f64 high = th_mad_f64(k, -0.6931471803691238, y);
  th_f64 r = th_mad_f64(k, -1.9082149292705877e-10, high);
  th_f64 rest = th_mad_f64(k, -1.9082149292705877e-10, high - r);
  th_f64 rr = r * r;
  th_f64 q = 2.087517633088608e-09;
  q = th_mad_f64(q, rr, 2.755740342239707e-07);
  q = th_mad_f64(q, rr, 2.4801587171304205e-05);
  q = th_mad_f64(q, rr, 0.0013888888888963146);
  q = th_mad_f64(q, rr, 0.041666666666666505);
  q = th_mad_f64(q, rr, 0.5);
  th_f64 q_odd = 2.5109080462415177e-08;
  q_odd = th_mad_f64(q_odd, rr, 2.755724410734581e-06);
  q_odd = th_mad_f64(q_odd, rr, 0.0001984126988620411);
  q_odd = th_mad_f64(q_odd, rr, 0.00833333333332161);
  q_odd = th_mad_f64(q_odd, rr, 0.16666666666666677);
  q = th_mad_f64(q_odd, r, q);
  th_f64 tail = th_mad_f64(r * r, q, rest);
  th_f64 p = r + tail, p_rest = tail - (p - r);
  th_f64 whole = 1.0 - 0.5 * th_pow2_f64(1u - th_bits_f64(shifted));
  th_exponential_f64 e;
  e.hi = whole + p;
  e.lo = (p - (e.hi - whole)) + p_rest;
  e.shifted = shifted;
  return e;
}
TH_FN th_f64 th_expm1_f64(th_f64 x) {
  th_exponential_f64 e = th_expm1_core_f64(x);
  th_f64 result = (e.hi + e.lo) * th_pow2_f64(th_bits_f64(e.shifted) - 1u) * 2.0;
  return th_abs_f64(x) < 0x1p-1000 ? x : result;
}
