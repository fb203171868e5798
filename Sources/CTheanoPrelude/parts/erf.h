//@ part erfhead_f32 needs: base base_f32
// erf(a) / a - 1 by z = a^2, to a = 1.
TH_FN th_f32 th_erf_head_f32(th_f32 z) {
  th_f32 p = 7.83089e-05f;
  p = th_mad_f32(p, z, -0.0008003687f);
  p = th_mad_f32(p, z, 0.005187665f);
  p = th_mad_f32(p, z, -0.026853528f);
  p = th_mad_f32(p, z, 0.11283581f);
  p = th_mad_f32(p, z, -0.37612626f);
  p = th_mad_f32(p, z, 0.12837917f);
  return p;
}

//@ part erfcore_f32 needs: base base_f32 exact_f32 exp_f32
// erfc a for a >= 1/2: exp(-a^2) q(t) / (1 + 2 a), t = (a - 5/2) / (a + 5/2) (M. M. Shepherd and J. G. Laframboise 1981; q varies
// little). -a^2 is exact as a pair, exp, q and their product have low parts, and one division serves both quotients.
TH_FN th_f32 th_erfc_tail_f32(th_f32 a) {
  a = a > 10.5f ? 10.5f : a;
  th_pair_f32 square = th_product_f32(a, a);
  th_exponential_f32 e = th_exp_core_f32(-square.hi);
  th_f32 side = a + 2.5f;
  th_pair_f32 bottom = th_ordered_sum_f32(2.0f * a, 1.0f);
  th_f32 both = 1.0f / (side * bottom.hi);
  th_f32 inverse = both * side;
  th_f32 t = (a - 2.5f) * (both * bottom.hi);
  th_f32 q = 0.0005334549f;
  q = th_mad_f32(q, t, 0.00041146224f);
  q = th_mad_f32(q, t, -0.0043476275f);
  q = th_mad_f32(q, t, 0.0009583895f);
  q = th_mad_f32(q, t, 0.03275531f);
  q = th_mad_f32(q, t, -0.10297065f);
  q = th_mad_f32(q, t, 0.15763031f);
  q = th_mad_f32(q, t, -0.09902437f);
  q = th_mad_f32(q, t, -0.12235677f);
  th_pair_f32 top = th_ordered_sum_f32(1.2648382f, t * q);
  th_pair_f32 factor;
  factor.hi = top.hi * inverse;
  th_pair_f32 back = th_product_f32(factor.hi, bottom.hi);
  factor.lo = (((top.hi - back.hi) - back.lo) + ((top.lo + -3.5609176e-08f) - factor.hi * bottom.lo)) * inverse;
  th_pair_f32 product = th_product_f32(factor.hi, e.hi);
  th_f32 rest = th_mad_f32(factor.hi, th_mad_f32(e.hi, -square.lo, e.lo), th_mad_f32(factor.lo, e.hi, product.lo));
  return th_scale_f32(product.hi + rest, e.shifted);
}

//@ part erfcore_f64 needs: base base_f64 exact_f64 exp_f64
TH_FN th_f64 th_erfc_tail_f64(th_f64 a) {
  a = a > 28.0 ? 28.0 : a;
  th_pair_f64 square = th_product_f64(a, a);
  th_exponential_f64 e = th_exp_core_f64(-square.hi);
  th_f64 side = a + 2.5;
  th_pair_f64 bottom = th_ordered_sum_f64(2.0 * a, 1.0);
  th_f64 both = 1.0 / (side * bottom.hi);
  th_f64 inverse = both * side;
  th_f64 t = (a - 2.5) * (both * bottom.hi);
  th_f64 q = 2.3862146141294832e-08;
  q = th_mad_f64(q, t, -2.1618949237214595e-08);
  q = th_mad_f64(q, t, -1.4085490808532884e-07);
  q = th_mad_f64(q, t, 1.8445466763735082e-08);
  q = th_mad_f64(q, t, 5.500474731473295e-07);
  q = th_mad_f64(q, t, 5.321399980873969e-07);
  q = th_mad_f64(q, t, -1.594710004447209e-06);
  q = th_mad_f64(q, t, -4.218093405801274e-06);
  q = th_mad_f64(q, t, 2.6120986421550383e-06);
  q = th_mad_f64(q, t, 2.2699210424394137e-05);
  q = th_mad_f64(q, t, 6.265370498650924e-06);
  q = th_mad_f64(q, t, -0.00011352221080847651);
  q = th_mad_f64(q, t, -8.847915551681632e-05);
  q = th_mad_f64(q, t, 0.0006321243155532105);
  q = th_mad_f64(q, t, 0.0004918658065912402);
  q = th_mad_f64(q, t, -0.0043820783379689724);
  q = th_mad_f64(q, t, 0.0009318928176252028);
  q = th_mad_f64(q, t, 0.032760893268544936);
  q = th_mad_f64(q, t, -0.10296705603857988);
  q = th_mad_f64(q, t, 0.15762991902322104);
  q = th_mad_f64(q, t, -0.0990245395736017);
  q = th_mad_f64(q, t, -0.12235676308240431);
  th_pair_f64 top = th_ordered_sum_f64(1.2648381843668615, t * q);
  th_pair_f64 factor;
  factor.hi = top.hi * inverse;
  th_pair_f64 back = th_product_f64(factor.hi, bottom.hi);
  factor.lo = (((top.hi - back.hi) - back.lo) + ((top.lo + 2.0659948292690806e-17) - factor.hi * bottom.lo)) * inverse;
  th_pair_f64 product = th_product_f64(factor.hi, e.hi);
  th_f64 rest = th_mad_f64(factor.hi, th_mad_f64(e.hi, -square.lo, e.lo), th_mad_f64(factor.lo, e.hi, product.lo));
  return th_scale_f64(product.hi + rest, e.shifted);
}
TH_FN th_f64 th_erf_head_f64(th_f64 z) {
  th_f64 p = -7.772397413345227e-10;
  p = th_mad_f64(p, z, 1.3707252976160499e-08);
  p = th_mad_f64(p, z, -1.62054672485865e-07);
  p = th_mad_f64(p, z, 1.64470232171021e-06);
  p = th_mad_f64(p, z, -1.4924703715938701e-05);
  p = th_mad_f64(p, z, 0.00012055293141376225);
  p = th_mad_f64(p, z, -0.0008548325915185619);
  p = th_mad_f64(p, z, 0.005223977605834144);
  p = th_mad_f64(p, z, -0.02686617064307829);
  p = th_mad_f64(p, z, 0.11283791670943988);
  p = th_mad_f64(p, z, -0.37612638903183515);
  p = th_mad_f64(p, z, 0.12837916709551256);
  return p;
}

//@ part erf_f32 needs: base base_f32 erfhead_f32
// From 1 on 1 - erfc a, where erfc a need be right in absolute terms alone: a polynomial of a - 5/2 does, at half the cost of the tail.
TH_FN th_f32 th_erf_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  th_f32 near = th_mad_f32(a, th_erf_head_f32(a * a), a);
  th_f32 d = (a > 3.92f ? 3.92f : a) - 2.5f;
  th_f32 r = -1.0703476e-06f;
  r = th_mad_f32(r, d, -6.8353063e-07f);
  r = th_mad_f32(r, d, 1.6965292e-05f);
  r = th_mad_f32(r, d, -1.6565311e-05f);
  r = th_mad_f32(r, d, -8.446632e-05f);
  r = th_mad_f32(r, d, 0.00026766487f);
  r = th_mad_f32(r, d, -0.0002542513f);
  r = th_mad_f32(r, d, -0.0005568788f);
  r = th_mad_f32(r, d, 0.0027945195f);
  r = th_mad_f32(r, d, -0.006111089f);
  r = th_mad_f32(r, d, 0.008623575f);
  r = th_mad_f32(r, d, -0.0083512915f);
  r = th_mad_f32(r, d, 0.005445574f);
  r = th_mad_f32(r, d, -0.002178217f);
  r = th_mad_f32(r, d, 0.00040695455f);
  return th_copysign_f32(a < 1.0f ? near : 1.0f - r, x);
}

//@ part erf_f64 needs: base base_f64 exact_f64 exp_f64 erfcore_f64
TH_FN th_f64 th_erf_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  th_f64 near = th_mad_f64(a, th_erf_head_f64(a * a), a);
  th_f64 far = 1.0 - th_erfc_tail_f64(a);
  return th_copysign_f64(a < 1.0 ? near : far, x);
}

//@ part erfc_f32 needs: base base_f32 erfhead_f32 exact_f32 exp_f32 erfcore_f32
TH_FN th_f32 th_erfc_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  th_pair_f32 one = th_sum_f32(1.0f, -x);
  th_f32 near = one.hi + th_mad_f32(-x, th_erf_head_f32(x * x), one.lo);
  th_f32 tail = th_erfc_tail_f32(a);
  th_f32 far = x < 0.0f ? 2.0f - tail : tail;
  return a < 0.5f ? near : far;
}

//@ part erfc_f64 needs: base base_f64 exact_f64 exp_f64 erfcore_f64
TH_FN th_f64 th_erfc_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  th_pair_f64 one = th_sum_f64(1.0, -x);
  th_f64 near = one.hi + th_mad_f64(-x, th_erf_head_f64(x * x), one.lo);
  th_f64 tail = th_erfc_tail_f64(a);
  th_f64 far = x < 0.0 ? 2.0 - tail : tail;
  return a < 0.5 ? near : far;
}
