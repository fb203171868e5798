//@ part normal_f32 needs: base base_f32 philox
// Normal numbers by G. E. P. Box and M. E. Muller 1958: radius sqrt(-2 log u) and an angle. Two bits of the angle's word are the quadrant, the rest
// the place in it, so that sin and cos are needed to pi / 4 only. Plain products, sums, quotients and square
// roots in a fixed order, no fused ones: the same bits come out of every compiler and machine that rounds these four correctly.
// Numbers 2p and 2p + 1 of a stream are pair p; in float32 a block holds two pairs, in float64 one.
typedef struct { th_f32 first, second; } th_normals_f32;

TH_FN th_normals_f32 th_box_muller_f32(th_u32 radius_word, th_u32 angle_word) {
  // u in (0, 1] from all 32 bits; log(u) as in th_log_f32.
  th_f32 u = ((th_f32)(th_i32)(radius_word >> 8) * 256.0f + (th_f32)(th_i32)((radius_word & 255u) + 1u)) * 2.32830644e-10f;
  th_u32 bits = th_bits_f32(u) + (0x3f800000u - 0x3f3504f3u);
  th_f32 k = (th_f32)((th_i32)(bits >> 23) - 127);
  th_f32 f = th_from_bits_f32((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  th_f32 p = -0.076356195f;
  p = p * f + 0.12762101f;
  p = p * f + -0.1315998f;
  p = p * f + 0.14201668f;
  p = p * f + -0.1662337f;
  p = p * f + 0.20001231f;
  p = p * f + -0.2500082f;
  p = p * f + 0.3333333f;
  p = (f * f) * (p * f + -0.5f) + k * -2.12194440e-4f;
  th_f32 radius = th_sqrt_f32(-2.0f * (k * 0.693359375f + (p + f)));
  th_f32 t = (th_from_bits_f32(0x3f800000u | ((angle_word >> 7) & 0x007fffffu)) - 1.5f) * 1.57079637f;
  th_f32 z = t * t;
  th_f32 s = -0.0001951463f;
  s = s * z + 0.008332156f;
  s = s * z + -0.16666655f;
  s = t + t * z * s;
  th_f32 c = 2.4446521e-05f;
  c = c * z + -0.0013887455f;
  c = c * z + 0.04166665f;
  c = 1.0f + (z * z * c - 0.5f * z);
  th_u32 quadrant = angle_word >> 30;
  th_f32 x = (quadrant & 1u) ? s : c;
  th_f32 y = (quadrant & 1u) ? c : s;
  x = (quadrant == 1u || quadrant == 2u) ? -x : x;
  y = (quadrant & 2u) ? -y : y;
  th_normals_f32 result;
  result.first = radius * x;
  result.second = radius * y;
  return result;
}
TH_FN th_f32 th_normal_f32(th_u64 key, th_u64 i) {
  th_block b = th_random_block(key, i >> 2, 0u, TH_BITS_NORMAL);
  th_u32 second = (th_u32)i & 2u;
  th_normals_f32 pair = th_box_muller_f32(second ? b.w2 : b.w0, second ? b.w3 : b.w1);
  return ((th_u32)i & 1u) ? pair.second : pair.first;
}

//@ part normal_f64 needs: base base_f64 philox
// As in float32, from one block for a pair: 53 bits of radius, 54 of angle.
typedef struct { th_f64 first, second; } th_normals_f64;

TH_FN th_normals_f64 th_box_muller_f64(th_block b) {
  th_f64 u = ((th_f64)(th_i32)(b.w1 >> 5) * 67108864.0 + (th_f64)(th_i32)((b.w0 >> 6) + 1u)) * 1.1102230246251565e-16;
  th_u64 bits = th_bits_f64(u) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  th_f64 k = th_from_bits_f64((bits >> 52) | 0x4330000000000000u) - 4503599627371519.0;
  th_f64 f = th_from_bits_f64((bits & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
  th_f64 s = f / (2.0 + f);
  th_f64 z = s * s;
  th_f64 p = 0.14789530740443127;
  p = p * z + 0.15314788431059553;
  p = p * z + 0.18183530800991674;
  p = p * z + 0.22222199335532894;
  p = p * z + 0.28571428733374615;
  p = p * z + 0.3999999999946605;
  p = p * z + 0.6666666666666724;
  p = p * z;
  th_f64 halved = 0.5 * f * f;
  th_f64 log = k * 0.6931471803691238 + (f - (halved - (s * (halved + p) + k * 1.9082149292705877e-10)));
  th_f64 radius = th_sqrt_f64(-2.0 * log);
  th_u64 place = ((th_u64)(b.w3 & 0x3fffffffu) << 22) | (b.w2 >> 10);
  th_f64 t = (th_from_bits_f64(0x3ff0000000000000u | place) - 1.5) * 1.5707963267948966;
  z = t * t;
  s = 1.5896262846604695e-10;
  s = s * z + -2.5050749337437306e-08;
  s = s * z + 2.755731364004291e-06;
  s = s * z + -0.00019841269829678606;
  s = s * z + 0.008333333333322299;
  s = s * z + -0.16666666666666632;
  s = t + t * z * s;
  th_f64 c = -1.1365846521867059e-11;
  c = c * z + 2.087585548902095e-09;
  c = c * z + -2.755731544087547e-07;
  c = c * z + 2.480158729377262e-05;
  c = c * z + -0.0013888888888882133;
  c = c * z + 0.04166666666666666;
  c = 1.0 + (z * z * c - 0.5 * z);
  th_u32 quadrant = b.w3 >> 30;
  th_f64 x = (quadrant & 1u) ? s : c;
  th_f64 y = (quadrant & 1u) ? c : s;
  x = (quadrant == 1u || quadrant == 2u) ? -x : x;
  y = (quadrant & 2u) ? -y : y;
  th_normals_f64 result;
  result.first = radius * x;
  result.second = radius * y;
  return result;
}
TH_FN th_f64 th_normal_f64(th_u64 key, th_u64 i) {
  th_normals_f64 pair = th_box_muller_f64(th_random_block(key, i >> 1, 0u, TH_BITS_NORMAL));
  return ((th_u32)i & 1u) ? pair.second : pair.first;
}
