//@ part logparts_f32 needs: base base_f32
// x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), subnormal x included. f is exact. Other arguments give any f and k; the
// callers' last select (th_log_edges_*) puts them right.
typedef struct { th_f32 f, k; } th_logparts_f32;

TH_FN th_logparts_f32 th_log_parts_f32(th_f32 x) {
  th_f32 large = x * 33554432.0f;
  th_f32 y = x < 1.17549435e-38f ? large : x;
  th_f32 less = x < 1.17549435e-38f ? 152.0f : 127.0f;
  th_u32 bits = th_bits_f32(y) + (0x3f800000u - 0x3f3504f3u);
  th_logparts_f32 r;
  r.k = (th_f32)(th_i32)(bits >> 23) - less;
  r.f = th_from_bits_f32((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  return r;
}
TH_FN th_f32 th_log_edges_f32(th_f32 x, th_f32 result) {
  th_f32 low = x == 0.0f ? -th_inf_f32() : th_nan_f32();
  th_f32 high = x < th_inf_f32() ? result : x;
  return x > 0.0f ? high : low;
}

//@ part logparts_f64 needs: base base_f64
typedef struct { th_f64 f, k; } th_logparts_f64;

TH_FN th_logparts_f64 th_log_parts_f64(th_f64 x) {
  th_f64 large = x * 18014398509481984.0;
  th_f64 y = x < 2.2250738585072014e-308 ? large : x;
  th_f64 less = x < 2.2250738585072014e-308 ? 4503599627371573.0 : 4503599627371519.0;
  th_u64 bits = th_bits_f64(y) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  th_logparts_f64 r;
  // The exponent becomes a number by being put into the low bits of 2^52.
  r.k = th_from_bits_f64((bits >> 52) | 0x4330000000000000u) - less;
  r.f = th_from_bits_f64((bits & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
  return r;
}
TH_FN th_f64 th_log_edges_f64(th_f64 x, th_f64 result) {
  th_f64 low = x == 0.0 ? -th_inf_f64() : th_nan_f64();
  th_f64 high = x < th_inf_f64() ? result : x;
  return x > 0.0 ? high : low;
}

//@ part log_f32 needs: base base_f32 logparts_f32
// log(2^k (1 + f)) = k ln 2 + log(1 + f), log(1 + f) = f - f^2 / 2 + f^3 p(f) by a minimax polynomial; `more` is a small addend.
TH_FN th_f32 th_log_core_pair_f32(th_f32 f, th_f32 more, th_f32 k) {
  th_f32 p = -0.076356195f;
  p = th_mad_f32(p, f, 0.12762101f);
  p = th_mad_f32(p, f, -0.1315998f);
  p = th_mad_f32(p, f, 0.14201668f);
  p = th_mad_f32(p, f, -0.1662337f);
  p = th_mad_f32(p, f, 0.20001231f);
  p = th_mad_f32(p, f, -0.2500082f);
  p = th_mad_f32(p, f, 0.3333333f);
  p = th_mad_f32(f * f, th_mad_f32(p, f, -0.5f), th_mad_f32(k, -2.12194440e-4f, more));
  return th_mad_f32(k, 0.693359375f, p + f);
}
TH_FN th_f32 th_log_core_f32(th_f32 f, th_f32 k) { return th_log_core_pair_f32(f, 0.0f, k); }
TH_FN th_f32 th_log_f32(th_f32 x) {
  th_logparts_f32 part = th_log_parts_f32(x);
  return th_log_edges_f32(x, th_log_core_f32(part.f, part.k));
}

//@ part log_f64 needs: base base_f64 logparts_f64
// With s = f / (2 + f): log(1 + f) = 2 atanh(s) = f - (f^2 / 2 - s (f^2 / 2 + s^2 r(s^2))), r by a minimax polynomial (the form of
// P. T. P. Tang 1990, in which no term that matters is rounded twice).
TH_FN th_f64 th_log_tail_f64(th_f64 z) {
  th_f64 zz = z * z;
  th_f64 p = 0.14789617199845692;
  p = th_mad_f64(p, zz, 0.1818353130689766);
  p = th_mad_f64(p, zz, 0.2857142873354117);
  p = th_mad_f64(p, zz, 0.6666666666666724);
  th_f64 p_odd = 0.1531477801958255;
  p_odd = th_mad_f64(p_odd, zz, 0.22222199322957115);
  p_odd = th_mad_f64(p_odd, zz, 0.3999999999946496);
  p = th_mad_f64(p_odd, z, p);
  return p * z;
}
TH_FN th_f64 th_log_core_pair_f64(th_f64 f, th_f64 more, th_f64 k) {
  th_f64 s = f / (2.0 + f);
  th_f64 halved = 0.5 * f * f;
  th_f64 rest = th_mad_f64(s, halved + th_log_tail_f64(s * s), th_mad_f64(k, 1.9082149292705877e-10, more));
  return th_mad_f64(k, 0.6931471803691238, f - (halved - rest));
}
TH_FN th_f64 th_log_core_f64(th_f64 f, th_f64 k) { return th_log_core_pair_f64(f, 0.0, k); }
TH_FN th_f64 th_log_f64(th_f64 x) {
  th_logparts_f64 part = th_log_parts_f64(x);
  return th_log_edges_f64(x, th_log_core_f64(part.f, part.k));
}

//@ part log2_f32 needs: base base_f32 logparts_f32
// log2(1 + f) = f + f (log2(e) - 1 + f q(f)): the leading f is exact.
TH_FN th_f32 th_log2_f32(th_f32 x) {
  th_logparts_f32 part = th_log_parts_f32(x);
  th_f32 f = part.f;
  th_f32 q = -0.10996436f;
  q = th_mad_f32(q, f, 0.18617697f);
  q = th_mad_f32(q, f, -0.19105583f);
  q = th_mad_f32(q, f, 0.20459944f);
  q = th_mad_f32(q, f, -0.23961836f);
  q = th_mad_f32(q, f, 0.28856757f);
  q = th_mad_f32(q, f, -0.3606966f);
  q = th_mad_f32(q, f, 0.48089823f);
  q = th_mad_f32(q, f, -0.72134733f);
  q = th_mad_f32(q, f, 0.44269504f);
  return th_log_edges_f32(x, part.k + th_mad_f32(q, f, f));
}

//@ part log10_f32 needs: base base_f32 logparts_f32
// log10(1 + f) = f (log10(e) + f q(f)), log10(e) in two parts.
TH_FN th_f32 th_log10_f32(th_f32 x) {
  th_logparts_f32 part = th_log_parts_f32(x);
  th_f32 f = part.f;
  th_f32 q = -0.033102572f;
  q = th_mad_f32(q, f, 0.056044854f);
  q = th_mad_f32(q, f, -0.05751354f);
  q = th_mad_f32(q, f, 0.061590567f);
  q = th_mad_f32(q, f, -0.07213231f);
  q = th_mad_f32(q, f, 0.08686749f);
  q = th_mad_f32(q, f, -0.10858049f);
  q = th_mad_f32(q, f, 0.1447648f);
  q = th_mad_f32(q, f, -0.21714719f);
  q = th_mad_f32(q, f, 9.03803375e-05f);
  q = th_mad_f32(q, f, part.k * 4.60503907e-06f);
  return th_log_edges_f32(x, th_mad_f32(part.k, 0.301025391f, th_mad_f32(f, 0.434204102f, q)));
}

//@ part logbase_f64 needs: base base_f64 logparts_f64 log_f64
// Logarithms to another base: log(1 + f) as hi + lo with few bits in hi, times log_base(e) likewise in two parts, so that the
// leading product is exact.
TH_FN th_f64 th_log_base_f64(th_f64 x, th_f64 scale, th_f64 scale_rest, th_f64 two, th_f64 two_rest) {
  th_logparts_f64 part = th_log_parts_f64(x);
  th_f64 f = part.f;
  th_f64 s = f / (2.0 + f);
  th_f64 halved = 0.5 * f * f;
  th_f64 hi = th_from_bits_f64(th_bits_f64(f - halved) & 0xffffffff00000000u);
  th_f64 lo = ((f - hi) - halved) + s * (halved + th_log_tail_f64(s * s));
  th_f64 rest = th_mad_f64(lo, scale, th_mad_f64(lo + hi, scale_rest, part.k * two_rest));
  th_f64 whole = part.k * two;
  th_f64 main = hi * scale;
  th_f64 sum = whole + main;
  rest = rest + ((whole - sum) + main);
  return th_log_edges_f64(x, sum + rest);
}

//@ part log2_f64 needs: base base_f64 logparts_f64 log_f64 logbase_f64
TH_FN th_f64 th_log2_f64(th_f64 x) {
  return th_log_base_f64(x, 1.4426950407214463, 1.6751713164886512e-10, 1.0, 0.0);
}

//@ part log10_f64 needs: base base_f64 logparts_f64 log_f64 logbase_f64
TH_FN th_f64 th_log10_f64(th_f64 x) {
  return th_log_base_f64(x, 0.4342944818781689, 2.5082946711645275e-11, 0.3010299955494702, 1.1451100898021838e-10);
}

//@ part log1p_f32 needs: base base_f32 logparts_f32 log_f32
// k is that of 1 + x as rounded; then f = x 2^-k + (2^-k - 1), which is exact but for one rounding, and is x itself where k = 0.
TH_FN th_f32 th_log1p_f32(th_f32 x) {
  th_u32 bits = th_bits_f32(1.0f + x) + (0x3f800000u - 0x3f3504f3u);
  th_u32 shift = (bits & 0xff800000u) - 0x3f800000u;
  th_f32 k = (th_f32)((th_i32)(bits >> 23) - 127);
  th_f32 small = th_from_bits_f32(0x3f800000u - shift);
  small = x < 1e30f ? small : 0.0f;
  th_f32 f = th_from_bits_f32(th_bits_f32(x) - shift) + (small - 1.0f);
  th_f32 y = th_log_core_f32(f, k);
  y = x < th_inf_f32() ? y : x;
  th_f32 low = x == -1.0f ? -th_inf_f32() : th_nan_f32();
  y = x > -1.0f ? y : low;
  return x == 0.0f ? x : y;
}

//@ part log1p_f64 needs: base base_f64 logparts_f64 log_f64
TH_FN th_f64 th_log1p_f64(th_f64 x) {
  th_u64 bits = th_bits_f64(1.0 + x) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  th_u64 shift = (bits & 0xfff0000000000000u) - 0x3ff0000000000000u;
  th_f64 k = th_from_bits_f64((bits >> 52) | 0x4330000000000000u) - 4503599627371519.0;
  th_f64 small = th_from_bits_f64(0x3ff0000000000000u - shift);
  small = x < 1e200 ? small : 0.0;
  th_f64 f = th_from_bits_f64(th_bits_f64(x) - shift) + (small - 1.0);
  th_f64 y = th_log_core_f64(f, k);
  y = x < th_inf_f64() ? y : x;
  th_f64 low = x == -1.0 ? -th_inf_f64() : th_nan_f64();
  y = x > -1.0 ? y : low;
  return x == 0.0 ? x : y;
}
