//@ part gammacore_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 sincore_f64 exp_f64 logparts_f64 powcore_f64
// The gamma family. From 8 on Stirling's series (NIST DLMF 5.11); below 8 the recurrence to 3/2 ... 5/2, where minimax polynomials hold;
// below 0 the reflection formula with sin(pi x) of the exact distance to the nearest integer. float32 goes through float64.
//
// x > 0, x < 8 as 2 + d with factors: their product is `product`, to be multiplied (x > 2) or divided by (`below`).
typedef struct { th_f64 d; th_pair_f64 product; int below; } th_recurrence_f64;

TH_FN th_recurrence_f64 th_recur_f64(th_f64 x) {
  th_recurrence_f64 r;
  r.below = x < 1.5;
  th_f64 steps = th_floor_f64(x - 1.5);
  steps = steps < 0.0 ? 0.0 : steps;
  th_f64 down = (x - steps) - 2.0;
  th_f64 up = x < 0.5 ? x : x - 1.0;
  r.d = r.below ? up : down;
  th_pair_f64 square = th_product_f64(x, x);
  th_pair_f64 two = th_ordered_sum_f64(x, square.hi);
  two.lo += square.lo;
  th_pair_f64 p;
  p.hi = x < 0.5 ? two.hi : x;
  p.lo = x < 0.5 ? two.lo : 0.0;
  p.hi = r.below ? p.hi : 1.0;
  p.lo = r.below ? p.lo : 0.0;
#if defined(__clang__)
#pragma clang loop unroll(full)
#endif
  for (int k = 1; k <= 6; k++) {
    th_f64 factor = steps >= (th_f64)k ? x - (th_f64)k : 1.0;
    th_pair_f64 more = th_product_f64(p.hi, factor);
    p = th_ordered_sum_f64(more.hi, more.lo + p.lo * factor);
  }
  r.product = p;
  return r;
}
// sin(pi t) for the distance t of a from the nearest integer, as the sign of that integer's parity would have it.
TH_FN th_f64 th_sin_pi_f64(th_f64 a) {
  th_f64 near = th_rint_f64(a);
  th_f64 t = a - near;
  th_pair_f64 r = th_product_f64(t, 3.141592653589793);
  th_angle_f64 angle;
  angle.r = th_ordered_sum_f64(r.hi, r.lo + t * 1.2246467991473532e-16);
  angle.odd = th_modulo2_f64(near) != 0.0 ? 1u : 0u;
  return th_sin_core_f64(angle);
}
TH_FN th_f64 th_stirling_f64(th_f64 x) {
  th_f64 w = 1.0 / (x * x);
  th_f64 p = -0.006225053657071674;
  p = th_mad_f64(p, w, 0.0053585228040291715);
  p = th_mad_f64(p, w, -0.0018951928770659097);
  p = th_mad_f64(p, w, 0.0008414970568664933);
  p = th_mad_f64(p, w, -0.0005952365050246432);
  p = th_mad_f64(p, w, 0.0007936507883531862);
  p = th_mad_f64(p, w, -0.002777777777769424);
  p = th_mad_f64(p, w, 0.08333333333333333);
  return p / x;
}

//@ part gamma_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 sincore_f64 exp_f64 logparts_f64 powcore_f64 gammacore_f64
TH_FN th_f64 th_gamma_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  th_f64 b = a < 200.0 ? a : 200.0;
  // Below 8: 1 + d p(d), times or over the product.
  th_recurrence_f64 r = th_recur_f64(b < 8.0 ? b : 2.0);
  th_f64 d = r.d;
  th_f64 p = 7.066867036506621e-07;
  p = th_mad_f64(p, d, -1.3324233535494354e-06);
  p = th_mad_f64(p, d, 1.7434763799675777e-06);
  p = th_mad_f64(p, d, -3.586640423234057e-06);
  p = th_mad_f64(p, d, 7.684654621641643e-06);
  p = th_mad_f64(p, d, -1.5307599815867593e-05);
  p = th_mad_f64(p, d, 3.043873539713733e-05);
  p = th_mad_f64(p, d, -6.077873456332126e-05);
  p = th_mad_f64(p, d, 0.0001216760312614639);
  p = th_mad_f64(p, d, -0.0002409431624163528);
  p = th_mad_f64(p, d, 0.0004903882377511568);
  p = th_mad_f64(p, d, -0.000919573707773791);
  p = th_mad_f64(p, d, 0.002103933353332244);
  p = th_mad_f64(p, d, -0.002852645827088026);
  p = th_mad_f64(p, d, 0.01115404571769878);
  p = th_mad_f64(p, d, -0.0002669820685990612);
  p = th_mad_f64(p, d, 0.07424901075352128);
  p = th_mad_f64(p, d, 0.08157691924708466);
  p = th_mad_f64(p, d, 0.41184033042643964);
  p = th_mad_f64(p, d, 0.42278433509846713);
  th_pair_f64 g = th_ordered_sum_f64(1.0, d * p);
  th_pair_f64 multiplied = th_pair_product_f64(g, r.product);
  th_pair_f64 one;
  one.hi = r.product.hi < 1e-300 ? 1.0 : r.product.hi;
  one.lo = r.product.hi < 1e-300 ? 0.0 : r.product.lo;
  th_pair_f64 divided = th_pair_quotient_f64(g, one);
  th_f64 low = r.below ? divided.hi + divided.lo : multiplied.hi + multiplied.lo;
  low = b < 1e-20 ? 1.0 / b : low;
  // From 8 on: 2 to the power (x - 1/2) log2 x - x log2 e + log2 sqrt(2 pi) + stirling log2 e, or to its negative.
  th_f64 c = b < 8.0 ? 8.0 : b;
  th_pair_f64 log = th_log2_pair_f64(c);
  th_f64 less = c - 0.5;
  th_pair_f64 power = th_product_f64(less, log.hi);
  th_pair_f64 linear = th_product_f64(c, 1.4426950408889634);
  th_pair_f64 e = th_sum_f64(power.hi, -linear.hi);
  th_f64 rest = e.lo + ((power.lo + less * log.lo) - (linear.lo + c * 2.0355273740931033e-17));
  rest = rest + (th_mad_f64(th_stirling_f64(c), 1.4426950408889634, -7.153413670427599e-17));
  th_pair_f64 exponent = th_sum_f64(e.hi, 1.3257480647361595);
  exponent = th_ordered_sum_f64(exponent.hi, exponent.lo + rest);
  th_f64 high = th_exp2_pair_f64(exponent.hi, exponent.lo);
  th_f64 mirror = 3.141592653589793 / (b * th_sin_pi_f64(a));
  // Far out, 2^-200 goes over to the factor, so that nothing is cut off before the one last rounding.
  int tiny = exponent.hi > 1000.0;
  mirror = mirror * (tiny ? 6.223015277861142e-61 : 1.0);
  th_exponential_f64 inverse = th_exp2_core_f64((tiny ? 200.0 : 0.0) - exponent.hi, -exponent.lo);
  th_f64 high_mirrored = th_scale_f64(inverse.hi * -mirror, inverse.shifted);
  th_f64 low_mirrored = -mirror / low;
  th_f64 positive = b < 8.0 ? low : high;
  th_f64 negative = b < 8.0 ? low_mirrored : high_mirrored;
  // Next to 0 the reflection's factors leave the range.
  negative = a < 1e-20 ? 1.0 / x : negative;
  negative = (a == th_floor_f64(a) && a > 0.0) ? th_nan_f64() : negative;
  th_f64 y = x > 0.0 ? positive : negative;
  y = a == 0.0 ? 1.0 / x : y;
  return x == x ? y : x;
}

//@ part lgamma_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 sincore_f64 exp_f64 logparts_f64 log_f64 powcore_f64 gammacore_f64
// log |gamma|. Near its zeros at 1 and 2 right in relative terms; near those below 0 in absolute terms.
TH_FN th_f64 th_lgamma_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int small = a < 8.0;
  th_recurrence_f64 r = th_recur_f64(small ? a : 2.0);
  th_f64 d = r.d;
  th_f64 p = 6.921522909718107e-08;
  p = th_mad_f64(p, d, -1.3408621840535145e-07);
  p = th_mad_f64(p, d, 1.9659883967379062e-07);
  p = th_mad_f64(p, d, -4.304084131097123e-07);
  p = th_mad_f64(p, d, 9.610945818389316e-07);
  p = th_mad_f64(p, d, -2.044893020193345e-06);
  p = th_mad_f64(p, d, 4.373491209110389e-06);
  p = th_mad_f64(p, d, -9.438466208106808e-06);
  p = th_mad_f64(p, d, 2.0507411176511813e-05);
  p = th_mad_f64(p, d, -4.4926349906066046e-05);
  p = th_mad_f64(p, d, 9.945749496425842e-05);
  p = th_mad_f64(p, d, -0.00022315475085705314);
  p = th_mad_f64(p, d, 0.0005096695257016402);
  p = th_mad_f64(p, d, -0.001192753911995183);
  p = th_mad_f64(p, d, 0.0028905103307131997);
  p = th_mad_f64(p, d, -0.007385551028668306);
  p = th_mad_f64(p, d, 0.02058080842778493);
  p = th_mad_f64(p, d, -0.06735230105319814);
  p = th_mad_f64(p, d, 0.3224670334241132);
  p = th_mad_f64(p, d, 0.42278433509846713);
  th_f64 argument = small ? r.product.hi : a;
  argument = argument > 0.0 ? argument : 1.0;
  th_pair_f64 log = th_log2_pair_f64(argument);
  log.lo += small ? r.product.lo / argument * 1.4426950408889634 : 0.0;
  // Times x - 1/2, or 1, or -1; then times ln 2.
  th_f64 few = r.below ? -1.0 : 1.0;
  // A quarter keeps the largest arguments in range.
  th_f64 part = a > 1e300 ? 0.25 : 1.0;
  th_f64 factor = small ? few : (a - 0.5) * part;
  th_pair_f64 e = th_product_f64(factor, log.hi);
  e.lo = th_mad_f64(factor, log.lo, e.lo);
  th_pair_f64 ln2;
  ln2.hi = 0.6931471805599453;
  ln2.lo = 2.3190468138462996e-17;
  e = th_pair_product_f64(e, ln2);
  th_pair_f64 head = th_product_f64(d, p);
  th_pair_f64 addend;
  addend.hi = small ? head.hi : -a * part;
  addend.lo = small ? head.lo : 0.9189385332046728 + th_stirling_f64(small ? 8.0 : a);
  th_pair_f64 sum = th_sum_f64(e.hi, addend.hi);
  th_f64 y = (sum.hi + (sum.lo + (e.lo + addend.lo))) / part;
  y = a > 2.6e305 ? th_inf_f64() : y;
  // log(pi / (a |sin(pi a)|)) - lgamma(a)
  th_f64 sine = th_abs_f64(th_sin_pi_f64(a));
  th_f64 mirrored = 1.1447298858494002 - (th_log_f64(a * sine) + y);
  mirrored = a < 1e-20 ? y : mirrored;
  mirrored = (a == th_floor_f64(a)) ? th_inf_f64() : mirrored;
  y = x > 0.0 ? y : mirrored;
  return x == x ? y : x;
}

//@ part digamma_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 tancore_f64 logparts_f64 log_f64
// The derivative of lgamma. On 1 ... 2 (y - root) p(y - 3/2), below 8 by the recurrence, its sum of 1 / (x - k) as one fraction; above
// the asymptotic series; below 0 reflected. Near the positive root right in relative terms.
TH_FN th_f64 th_digamma_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int small = a < 8.0;
  th_f64 b = small ? a : 1.5;
  th_f64 steps = th_floor_f64(b) - 1.0;
  int below = b < 1.0;
  steps = below ? 0.0 : steps;
  th_f64 d = below ? b - 0.5 : (b - steps) - 1.5;
  th_f64 top = below ? -1.0 : 0.0, bottom = below ? b : 1.0;
#if defined(__clang__)
#pragma clang loop unroll(full)
#endif
  for (int k = 1; k <= 6; k++) {
    th_f64 factor = b - (th_f64)k;
    th_f64 next = th_mad_f64(top, factor, bottom), product = bottom * factor;
    top = steps >= (th_f64)k ? next : top;
    bottom = steps >= (th_f64)k ? product : bottom;
  }
  th_f64 p = 0.00012117074950983246;
  p = th_mad_f64(p, d, -0.00017834985270857916);
  p = th_mad_f64(p, d, 9.32997941309136e-05);
  p = th_mad_f64(p, d, -0.00014463477455904108);
  p = th_mad_f64(p, d, 0.0003258771957600899);
  p = th_mad_f64(p, d, -0.0004860467787793845);
  p = th_mad_f64(p, d, 0.0006902836207715892);
  p = th_mad_f64(p, d, -0.0010364281980067087);
  p = th_mad_f64(p, d, 0.0015635030246950346);
  p = th_mad_f64(p, d, -0.0023455005719212056);
  p = th_mad_f64(p, d, 0.003518088764711913);
  p = th_mad_f64(p, d, -0.0052799365465260005);
  p = th_mad_f64(p, d, 0.007927023321430028);
  p = th_mad_f64(p, d, -0.01190822015996442);
  p = th_mad_f64(p, d, 0.01790724823594765);
  p = th_mad_f64(p, d, -0.026975796657315438);
  p = th_mad_f64(p, d, 0.04076083394337775);
  p = th_mad_f64(p, d, -0.061922133275550455);
  p = th_mad_f64(p, d, 0.09498872445285002);
  p = th_mad_f64(p, d, -0.1484049230538802);
  p = th_mad_f64(p, d, 0.24054248424078722);
  p = th_mad_f64(p, d, -0.4236274212814606);
  p = th_mad_f64(p, d, 0.9510558760318328);
  th_f64 low = ((d - -0.038367855031637754) - 9.549995429965697e-17) * p + top / bottom;
  th_f64 c = small ? 8.0 : a;
  th_f64 inverse = 1.0 / c, w = inverse * inverse;
  th_f64 q = -0.2873053545209309;
  q = th_mad_f64(q, w, 0.0793174284336875);
  q = th_mad_f64(q, w, -0.02103451502395811);
  q = th_mad_f64(q, w, 0.007575260374283541);
  q = th_mad_f64(q, w, -0.0041666641885808415);
  q = th_mad_f64(q, w, 0.003968253961405862);
  q = th_mad_f64(q, w, -0.00833333333332403);
  q = th_mad_f64(q, w, 0.08333333333333333);
  th_logparts_f64 part = th_log_parts_f64(c);
  th_f64 high = th_log_core_f64(part.f, part.k) - th_mad_f64(q, w, 0.5 * inverse);
  high = c < th_inf_f64() ? high : c;
  th_f64 y = small ? low : high;
  // digamma(-a) = digamma(a) + 1 / a + pi / tan(pi a)
  th_f64 t = a - th_rint_f64(a);
  int steep = th_abs_f64(t) > 0.25;
  th_f64 shift = th_copysign_f64(0.5, t);
  th_f64 turn = steep ? t - shift : t;
  th_pair_f64 r = th_product_f64(turn, 3.141592653589793);
  th_angle_f64 angle;
  angle.r = th_ordered_sum_f64(r.hi, r.lo + turn * 1.2246467991473532e-16);
  // The core gives tan, or -1 / tan if odd; either way the negative cotangent is left.
  angle.odd = steep ? 0u : 1u;
  th_f64 mirrored = y + (1.0 / a - 3.141592653589793 * th_tan_core_f64(angle));
  mirrored = t == 0.0 ? th_nan_f64() : mirrored;
  mirrored = a < 1e-20 ? -1.0 / x : mirrored;
  y = x > 0.0 ? y : mirrored;
  y = a == th_inf_f64() ? (x > 0.0 ? x : th_nan_f64()) : y;
  return x == x ? y : x;
}

//@ part trigamma_f64 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 sincore_f64 exp_f64 logparts_f64 powcore_f64 gammacore_f64
// The derivative of digamma: below 8 a sum of up to eight 1 / (x + k)^2, then the asymptotic series; below 0 reflected.
TH_FN th_f64 th_trigamma_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  th_f64 sum = 0.0, c = a;
#if defined(__clang__)
#pragma clang loop unroll(full)
#endif
  for (int k = 0; k < 8; k++) {
    th_f64 inverse = 1.0 / c;
    th_f64 next = c + 1.0, more = th_mad_f64(inverse, inverse, sum);
    sum = c < 8.0 ? more : sum;
    c = c < 8.0 ? next : c;
  }
  th_f64 inverse = 1.0 / c, w = inverse * inverse;
  th_f64 q = 25.366815303986836;
  q = th_mad_f64(q, w, -6.146502686881252);
  q = th_mad_f64(q, w, 1.148732725353753);
  q = th_mad_f64(q, w, -0.2529047705857371);
  q = th_mad_f64(q, w, 0.07575607449255956);
  q = th_mad_f64(q, w, -0.03333332681934931);
  q = th_mad_f64(q, w, 0.023809523793463096);
  q = th_mad_f64(q, w, -0.033333333333313425);
  q = th_mad_f64(q, w, 0.16666666666666666);
  th_f64 y = sum + th_mad_f64(w, th_mad_f64(q, inverse, 0.5), inverse);
  // trigamma(-a) = (pi / sin(pi a))^2 - trigamma(a) + 1 / a^2, in which 1 / a^2 is the first term of the sum.
  th_f64 root = 3.141592653589793 / th_sin_pi_f64(a);
  th_f64 first = 1.0 / a;
  th_f64 mirrored = root * root - (y - first * first);
  mirrored = a < 1e-9 ? y : mirrored;
  mirrored = a == th_rint_f64(a) ? th_inf_f64() : mirrored;
  mirrored = a == th_inf_f64() ? th_nan_f64() : mirrored;
  y = x > 0.0 ? y : mirrored;
  return x == x ? y : x;
}

//@ part gamma_f32 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 sincore_f64 exp_f64 logparts_f64 powcore_f64 gammacore_f64 gamma_f64
TH_FN th_f32 th_gamma_f32(th_f32 x) { return (th_f32)th_gamma_f64((th_f64)x); }

//@ part lgamma_f32 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 sincore_f64 exp_f64 logparts_f64 log_f64 powcore_f64 gammacore_f64 lgamma_f64
TH_FN th_f32 th_lgamma_f32(th_f32 x) { return (th_f32)th_lgamma_f64((th_f64)x); }

//@ part digamma_f32 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 tancore_f64 logparts_f64 log_f64 digamma_f64
TH_FN th_f32 th_digamma_f32(th_f32 x) { return (th_f32)th_digamma_f64((th_f64)x); }

//@ part trigamma_f32 needs: base base_f64 round_f64 exact_f64 pitable trigreduce_f64 sincore_f64 exp_f64 logparts_f64 powcore_f64 gammacore_f64 trigamma_f64
TH_FN th_f32 th_trigamma_f32(th_f32 x) { return (th_f32)th_trigamma_f64((th_f64)x); }
