//@ part exact_f32 needs: base base_f32
// Exact sums and products: a rounded result and what rounding lost (T. J. Dekker 1971; D. E. Knuth, TAOCP 2, 4.2.2). A pair hi + lo
// carries about twice the working precision.
typedef struct { th_f32 hi, lo; } th_pair_f32;

TH_FN th_pair_f32 th_sum_f32(th_f32 a, th_f32 b) {
  th_pair_f32 r;
  r.hi = a + b;
  th_f32 part = r.hi - a;
  r.lo = (a - (r.hi - part)) + (b - part);
  return r;
}
// The same where |a| >= |b| or a == 0.
TH_FN th_pair_f32 th_ordered_sum_f32(th_f32 a, th_f32 b) {
  th_pair_f32 r;
  r.hi = a + b;
  r.lo = b - (r.hi - a);
  return r;
}
TH_FN th_pair_f32 th_product_f32(th_f32 a, th_f32 b) {
  th_pair_f32 r;
  r.hi = a * b;
#if defined(TH_HAS_FMA)
  r.lo = TH_FLOAT_SERVICE(fma)(a, b, -r.hi);
#else
  th_f32 ah = th_from_bits_f32(th_bits_f32(a) & 0xfffff000u), al = a - ah;
  th_f32 bh = th_from_bits_f32(th_bits_f32(b) & 0xfffff000u), bl = b - bh;
  r.lo = al * bl - (((r.hi - ah * bh) - al * bh) - ah * bl);
#endif
  return r;
}
TH_FN th_pair_f32 th_pair_product_f32(th_pair_f32 a, th_pair_f32 b) {
  th_pair_f32 r = th_product_f32(a.hi, b.hi);
  return th_ordered_sum_f32(r.hi, r.lo + th_mad_f32(a.hi, b.lo, a.lo * b.hi));
}
// The same, but lo may be a few units in the last place of hi.
TH_FN th_pair_f32 th_loose_product_f32(th_pair_f32 a, th_pair_f32 b) {
  th_pair_f32 r = th_product_f32(a.hi, b.hi);
  r.lo = th_mad_f32(a.hi, b.lo, th_mad_f32(a.lo, b.hi, r.lo));
  return r;
}
// (a.hi + a.lo) / (b.hi + b.lo)
TH_FN th_pair_f32 th_pair_quotient_f32(th_pair_f32 a, th_pair_f32 b) {
  th_f32 inverse = 1.0f / b.hi;
  th_f32 q = a.hi * inverse;
  th_pair_f32 back = th_product_f32(q, b.hi);
  th_f32 rest = ((a.hi - back.hi) - back.lo) + (a.lo - q * b.lo);
  return th_ordered_sum_f32(q, rest * inverse);
}

//@ part exact_f64 needs: base base_f64
typedef struct { th_f64 hi, lo; } th_pair_f64;

TH_FN th_pair_f64 th_sum_f64(th_f64 a, th_f64 b) {
  th_pair_f64 r;
  r.hi = a + b;
  th_f64 part = r.hi - a;
  r.lo = (a - (r.hi - part)) + (b - part);
  return r;
}
// The same where |a| >= |b| or a == 0.
TH_FN th_pair_f64 th_ordered_sum_f64(th_f64 a, th_f64 b) {
  th_pair_f64 r;
  r.hi = a + b;
  r.lo = b - (r.hi - a);
  return r;
}
TH_FN th_pair_f64 th_product_f64(th_f64 a, th_f64 b) {
  th_pair_f64 r;
  r.hi = a * b;
#if defined(TH_HAS_FMA)
  r.lo = TH_DOUBLE_SERVICE(fma)(a, b, -r.hi);
#else
  th_f64 ah = th_from_bits_f64((th_bits_f64(a) + 0x4000000u) & 0xfffffffff8000000u), al = a - ah;
  th_f64 bh = th_from_bits_f64((th_bits_f64(b) + 0x4000000u) & 0xfffffffff8000000u), bl = b - bh;
  r.lo = al * bl - (((r.hi - ah * bh) - al * bh) - ah * bl);
#endif
  return r;
}
TH_FN th_pair_f64 th_pair_product_f64(th_pair_f64 a, th_pair_f64 b) {
  th_pair_f64 r = th_product_f64(a.hi, b.hi);
  return th_ordered_sum_f64(r.hi, r.lo + th_mad_f64(a.hi, b.lo, a.lo * b.hi));
}
TH_FN th_pair_f64 th_loose_product_f64(th_pair_f64 a, th_pair_f64 b) {
  th_pair_f64 r = th_product_f64(a.hi, b.hi);
  r.lo = th_mad_f64(a.hi, b.lo, th_mad_f64(a.lo, b.hi, r.lo));
  return r;
}
TH_FN th_pair_f64 th_pair_quotient_f64(th_pair_f64 a, th_pair_f64 b) {
  th_f64 inverse = 1.0 / b.hi;
  th_f64 q = a.hi * inverse;
  th_pair_f64 back = th_product_f64(q, b.hi);
  th_f64 rest = ((a.hi - back.hi) - back.lo) + (a.lo - q * b.lo);
  return th_ordered_sum_f64(q, rest * inverse);
}
