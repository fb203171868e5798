//@ part asincore_f32 needs: base base_f32
// asin(s) = s + s z p(z), z = s^2 <= 1/4.
TH_FN th_f32 th_asin_tail_f32(th_f32 z) {
  th_f32 p = 0.042229254f;
  p = th_mad_f32(p, z, 0.024144808f);
  p = th_mad_f32(p, z, 0.0454769f);
  p = th_mad_f32(p, z, 0.0749525f);
  p = th_mad_f32(p, z, 0.16666754f);
  return p * z;
}

//@ part asincore_f64 needs: base base_f64
TH_FN th_f64 th_asin_tail_f64(th_f64 z) {
  th_f64 p = 0.03155275884156657;
  p = th_mad_f64(p, z, -0.015652454596462223);
  p = th_mad_f64(p, z, 0.019129033968977548);
  p = th_mad_f64(p, z, 0.0066887759521845535);
  p = th_mad_f64(p, z, 0.012127924310163178);
  p = th_mad_f64(p, z, 0.013892283302090306);
  p = th_mad_f64(p, z, 0.017358895563189897);
  p = th_mad_f64(p, z, 0.02237181985229455);
  p = th_mad_f64(p, z, 0.03038195610510524);
  p = th_mad_f64(p, z, 0.044642856917482425);
  p = th_mad_f64(p, z, 0.07500000000199705);
  p = th_mad_f64(p, z, 0.1666666666666621);
  return p * z;
}

//@ part asin_f32 needs: base base_f32 asincore_f32
// asin |x| to 1/2; beyond it pi / 2 - 2 asin(sqrt((1 - |x|) / 2)), whose 1 - |x| is exact.
TH_FN th_f32 th_asin_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  int large = a > 0.5f;
  th_f32 folded = 0.5f - 0.5f * a, square = a * a;
  th_f32 z = large ? folded : square;
  th_f32 root = th_sqrt_f32(folded < 0.0f ? th_nan_f32() : folded);
  th_f32 s = large ? root : a;
  th_f32 tail = s * th_asin_tail_f32(z);
  th_f32 y = s + tail;
  // pi / 2 - 2 s - 2 tail, the first two exactly.
  th_f32 lead = 1.57079637f - 2.0f * s;
  th_f32 rest = (1.57079637f - lead) - 2.0f * s;
  th_f32 far = lead + (rest + (-4.37113883e-08f - 2.0f * tail));
  return th_copysign_f32(large ? far : y, x);
}

//@ part asin_f64 needs: base base_f64 asincore_f64
TH_FN th_f64 th_asin_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int large = a > 0.5;
  th_f64 folded = 0.5 - 0.5 * a, square = a * a;
  th_f64 z = large ? folded : square;
  th_f64 root = th_sqrt_f64(folded < 0.0 ? th_nan_f64() : folded);
  th_f64 s = large ? root : a;
  th_f64 tail = s * th_asin_tail_f64(z);
  th_f64 y = s + tail;
  // pi / 2 - 2 s - 2 tail, the first two exactly.
  th_f64 lead = 1.5707963267948966 - 2.0 * s;
  th_f64 rest = (1.5707963267948966 - lead) - 2.0 * s;
  th_f64 far = lead + (rest + (6.123233995736766e-17 - 2.0 * tail));
  return th_copysign_f64(large ? far : y, x);
}

//@ part acos_f32 needs: base base_f32 asincore_f32
TH_FN th_f32 th_acos_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  int large = a > 0.5f;
  th_f32 folded = 0.5f - 0.5f * a, square = a * a;
  th_f32 z = large ? folded : square;
  th_f32 root = th_sqrt_f32(folded < 0.0f ? th_nan_f32() : folded);
  th_f32 s = large ? root : x;
  th_f32 tail = s * th_asin_tail_f32(z);
  th_f32 lead = 1.57079637f - s;
  th_f32 rest = (1.57079637f - lead) - s;
  th_f32 middle = lead + (rest + (-4.37113883e-08f - tail));
  th_f32 right = 2.0f * (s + tail);
  th_f32 left = 3.14159274f - (right - -8.74227766e-08f);
  th_f32 far = x < 0.0f ? left : right;
  return large ? far : middle;
}

//@ part acos_f64 needs: base base_f64 asincore_f64
TH_FN th_f64 th_acos_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int large = a > 0.5;
  th_f64 folded = 0.5 - 0.5 * a, square = a * a;
  th_f64 z = large ? folded : square;
  th_f64 root = th_sqrt_f64(folded < 0.0 ? th_nan_f64() : folded);
  th_f64 s = large ? root : x;
  th_f64 tail = s * th_asin_tail_f64(z);
  th_f64 lead = 1.5707963267948966 - s;
  th_f64 rest = (1.5707963267948966 - lead) - s;
  th_f64 middle = lead + (rest + (6.123233995736766e-17 - tail));
  th_f64 right = 2.0 * (s + tail);
  th_f64 left = 3.141592653589793 - (right - 1.2246467991473532e-16);
  th_f64 far = x < 0.0 ? left : right;
  return large ? far : middle;
}

//@ part atancore_f32 needs: base base_f32 exact_f32
// The angle of (x, y) in the first octant, 0 <= y <= x: atan(t) = t + t z p(z) for t = y / x to tan(pi / 8), beyond it
// pi / 4 + atan((y - x) / (y + x)): one division whichever it is.
TH_FN th_pair_f32 th_atan_octant_f32(th_f32 y, th_f32 x) {
  int high = y > 0.414213568f * x;
  th_f32 top = high ? y - x : y;
  th_f32 bottom = high ? y + x : x;
  th_f32 t = top / bottom;
  th_f32 z = t * t;
  th_f32 p = -0.06087422f;
  p = th_mad_f32(p, z, 0.10598289f);
  p = th_mad_f32(p, z, -0.14244299f);
  p = th_mad_f32(p, z, 0.19998525f);
  p = th_mad_f32(p, z, -0.33333316f);
  th_f32 base = high ? 0.785398185f : 0.0f;
  th_f32 base_rest = high ? -2.18556941e-08f : 0.0f;
  th_pair_f32 sum = th_ordered_sum_f32(base, t);
  return th_ordered_sum_f32(sum.hi, th_mad_f32(t * z, p, base_rest + sum.lo));
}

//@ part atancore_f64 needs: base base_f64 exact_f64
TH_FN th_pair_f64 th_atan_octant_f64(th_f64 y, th_f64 x) {
  int high = y > 0.41421356237309503 * x;
  th_f64 top = high ? y - x : y;
  th_f64 bottom = high ? y + x : x;
  th_f64 t = top / bottom;
  th_f64 z = t * t;
  th_f64 p = -0.018033280805957574;
  p = th_mad_f64(p, z, 0.038190163837268615);
  p = th_mad_f64(p, z, -0.05044733635128167);
  p = th_mad_f64(p, z, 0.058492230728599624);
  p = th_mad_f64(p, z, -0.06663309008994292);
  p = th_mad_f64(p, z, 0.07692080637927073);
  p = th_mad_f64(p, z, -0.09090899080696577);
  p = th_mad_f64(p, z, 0.11111110837751863);
  p = th_mad_f64(p, z, -0.14285714281523637);
  p = th_mad_f64(p, z, 0.1999999999997061);
  p = th_mad_f64(p, z, -0.3333333333333328);
  th_f64 base = high ? 0.7853981633974483 : 0.0;
  th_f64 base_rest = high ? 3.061616997868383e-17 : 0.0;
  th_pair_f64 sum = th_ordered_sum_f64(base, t);
  return th_ordered_sum_f64(sum.hi, th_mad_f64(t * z, p, base_rest + sum.lo));
}

//@ part atan_f32 needs: base base_f32 exact_f32 atancore_f32
TH_FN th_f32 th_atan_f32(th_f32 x) {
  th_f32 a = th_abs_f32(x);
  int large = a > 1.0f;
  th_f32 capped = a > 1e30f ? 1e30f : a;
  th_pair_f32 angle = th_atan_octant_f32(large ? 1.0f : a, large ? capped : 1.0f);
  th_f32 turned = 1.57079637f - (angle.hi - (-4.37113883e-08f - angle.lo));
  th_f32 y = large ? turned : angle.hi;
  y = a == a ? y : a;
  return th_copysign_f32(y, x);
}

//@ part atan_f64 needs: base base_f64 exact_f64 atancore_f64
TH_FN th_f64 th_atan_f64(th_f64 x) {
  th_f64 a = th_abs_f64(x);
  int large = a > 1.0;
  th_f64 capped = a > 1e200 ? 1e200 : a;
  th_pair_f64 angle = th_atan_octant_f64(large ? 1.0 : a, large ? capped : 1.0);
  th_f64 turned = 1.5707963267948966 - (angle.hi - (6.123233995736766e-17 - angle.lo));
  th_f64 y = large ? turned : angle.hi;
  y = a == a ? y : a;
  return th_copysign_f64(y, x);
}

//@ part atan2_f32 needs: base base_f32 exact_f32 atancore_f32
// The angle of (x, y): the octant's angle, reflected at the diagonal and at the y axis. Both sides are scaled into the middle of
// the range first, and a quotient too small to matter is left to the division itself.
TH_FN th_f32 th_atan2_f32(th_f32 y, th_f32 x) {
  th_f32 ax = th_abs_f32(x), ay = th_abs_f32(y);
  int steep = ay > ax;
  th_f32 large = steep ? ay : ax, small = steep ? ax : ay;
  // Infinities become 1 against 0, or 1 against 1.
  int endless = large == th_inf_f32();
  small = endless ? (small == th_inf_f32() ? 1.0f : 0.0f) : small;
  large = endless ? 1.0f : large;
  th_f32 scale = large > 1e30f ? 7.88860905e-31f : 1.0f;
  scale = large < 1e-20f ? 1.26765060e+30f : scale;
  small = small * scale;
  large = large * scale;
  th_f32 divisor = large == 0.0f ? 1.0f : large;
  th_pair_f32 angle = th_atan_octant_f32(small, divisor);
  th_f32 turned = 1.57079637f - angle.hi;
  th_f32 turned_rest = (1.57079637f - turned) - angle.hi + (-4.37113883e-08f - angle.lo);
  th_f32 a = steep ? turned : angle.hi;
  th_f32 rest = steep ? turned_rest : angle.lo;
  th_f32 left = 3.14159274f - a;
  th_f32 left_rest = (3.14159274f - left) - a + (-8.74227766e-08f - rest);
  int behind = (th_bits_f32(x) >> 31) != 0u;
  th_f32 result = behind ? left + left_rest : a + rest;
  result = (x == x && y == y) ? result : x + y;
  return th_copysign_f32(result, y);
}

//@ part atan2_f64 needs: base base_f64 exact_f64 atancore_f64
TH_FN th_f64 th_atan2_f64(th_f64 y, th_f64 x) {
  th_f64 ax = th_abs_f64(x), ay = th_abs_f64(y);
  int steep = ay > ax;
  th_f64 large = steep ? ay : ax, small = steep ? ax : ay;
  // Infinities become 1 against 0, or 1 against 1.
  int endless = large == th_inf_f64();
  small = endless ? (small == th_inf_f64() ? 1.0 : 0.0) : small;
  large = endless ? 1.0 : large;
  th_f64 scale = large > 1e300 ? 7.888609052210118e-31 : 1.0;
  scale = large < 1e-290 ? 1.8014398509481984e+16 : scale;
  small = small * scale;
  large = large * scale;
  th_f64 divisor = large == 0.0 ? 1.0 : large;
  th_pair_f64 angle = th_atan_octant_f64(small, divisor);
  th_f64 turned = 1.5707963267948966 - angle.hi;
  th_f64 turned_rest = (1.5707963267948966 - turned) - angle.hi + (6.123233995736766e-17 - angle.lo);
  th_f64 a = steep ? turned : angle.hi;
  th_f64 rest = steep ? turned_rest : angle.lo;
  th_f64 left = 3.141592653589793 - a;
  th_f64 left_rest = (3.141592653589793 - left) - a + (1.2246467991473532e-16 - rest);
  int behind = (th_bits_f64(x) >> 63) != 0u;
  th_f64 result = behind ? left + left_rest : a + rest;
  result = (x == x && y == y) ? result : x + y;
  return th_copysign_f64(result, y);
}
