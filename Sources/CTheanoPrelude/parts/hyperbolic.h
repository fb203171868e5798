//@ part tanh_f32 needs: base base_f32 exact_f32 exp_f32 expm1_f32
// tanh |x| = e / (e + 2), e = expm1(2 |x|) as hi + lo. With the quotient q the factor 1 / (e + 2) of the correction is (1 - q) / 2.
TH_FN th_f32 th_tanh_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  a = 10.0f < a ? 10.0f : a;
  th_exponential_f32 e = th_expm1_core_f32(2.0f * a);
  th_f32 scale = th_pow2_f32(th_bits_f32(e.shifted));
  th_f32 top = e.hi * scale, top_rest = e.lo * scale;
  th_pair_f32 bottom = th_sum_f32(top, 2.0f);
  th_f32 q = top / bottom.hi;
  q = th_mad_f32(th_mad_f32(q, -(bottom.lo + top_rest), top_rest), 0.5f - 0.5f * q, q);
  return th_copysign_f32(q, x);
}

//@ part tanh_f64 needs: base base_f64 exact_f64 exp_f64 expm1_f64
TH_FN th_f64 th_tanh_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  a = 20.0 < a ? 20.0 : a;
  th_exponential_f64 e = th_expm1_core_f64(2.0 * a);
  th_f64 scale = th_pow2_f64(th_bits_f64(e.shifted));
  th_f64 top = e.hi * scale, top_rest = e.lo * scale;
  th_pair_f64 bottom = th_sum_f64(top, 2.0);
  th_f64 q = top / bottom.hi;
  q = th_mad_f64(th_mad_f64(q, -(bottom.lo + top_rest), top_rest), 0.5 - 0.5 * q, q);
  return th_copysign_f64(q, x);
}

//@ part sigmoid_f32 needs: base base_f32 exp_f32
// 1 / (1 + exp(-x)), from e = exp(-|x|), so that the far left end keeps its digits down to the subnormal numbers: 1 / (1 + e) or
// e / (1 + e). What e and 1 + e lost to rounding is put right afterwards; 1 / (1 + e) is then q or 1 - q.
TH_FN th_f32 th_sigmoid_f32(th_f32 x) {
  th_exponential_f32 core = th_exp_core_f32(-th_abs_f32(x));
  th_f32 e = th_scale_f32(core.hi, core.shifted), e_rest = th_scale_f32(core.lo, core.shifted);
  th_f32 bottom = 1.0f + e, bottom_rest = (e - (bottom - 1.0f)) + e_rest;
  th_f32 top = x < 0.0f ? e : 1.0f;
  th_f32 top_rest = x < 0.0f ? e_rest : 0.0f;
  th_f32 q = top / bottom;
  th_f32 other = 1.0f - q;
  th_f32 inverse = x < 0.0f ? other : q;
  return th_mad_f32(th_mad_f32(q, -bottom_rest, top_rest), inverse, q);
}

//@ part sigmoid_f64 needs: base base_f64 exp_f64
TH_FN th_f64 th_sigmoid_f64(th_f64 x) {
  th_exponential_f64 core = th_exp_core_f64(-th_abs_f64(x));
  th_f64 e = th_scale_f64(core.hi, core.shifted), e_rest = th_scale_f64(core.lo, core.shifted);
  th_f64 bottom = 1.0 + e, bottom_rest = (e - (bottom - 1.0)) + e_rest;
  th_f64 top = x < 0.0 ? e : 1.0;
  th_f64 top_rest = x < 0.0 ? e_rest : 0.0;
  th_f64 q = top / bottom;
  th_f64 other = 1.0 - q;
  th_f64 inverse = x < 0.0 ? other : q;
  return th_mad_f64(th_mad_f64(q, -bottom_rest, top_rest), inverse, q);
}

//@ part softplus_f32 needs: base base_f32 exp_f32 logparts_f32 log_f32 log1p_f32
// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)).
TH_FN th_f32 th_softplus_f32(th_f32 x) {
  th_f32 y = th_log1p_f32(th_exp_f32(-th_abs_f32(x)));
  th_f32 high = x + y;
  return x > 0.0f ? high : y;
}

//@ part softplus_f64 needs: base base_f64 exp_f64 logparts_f64 log_f64 log1p_f64
TH_FN th_f64 th_softplus_f64(th_f64 x) {
  th_f64 y = th_log1p_f64(th_exp_f64(-th_abs_f64(x)));
  th_f64 high = x + y;
  return x > 0.0 ? high : y;
}
