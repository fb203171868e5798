//@ part maximum_f32 needs: base base_f32
// The larger and the smaller of two, NaN if one of them is (NumPy's maximum and minimum).
TH_FN th_f32 th_maximum_f32(th_f32 x, th_f32 y) {
  th_f32 larger = x > y ? x : y;
  return x == x ? larger : x;
}

//@ part maximum_f64 needs: base base_f64
TH_FN th_f64 th_maximum_f64(th_f64 x, th_f64 y) {
  th_f64 larger = x > y ? x : y;
  return x == x ? larger : x;
}

//@ part minimum_f32 needs: base base_f32
TH_FN th_f32 th_minimum_f32(th_f32 x, th_f32 y) {
  th_f32 smaller = x < y ? x : y;
  return x == x ? smaller : x;
}

//@ part minimum_f64 needs: base base_f64
TH_FN th_f64 th_minimum_f64(th_f64 x, th_f64 y) {
  th_f64 smaller = x < y ? x : y;
  return x == x ? smaller : x;
}

//@ part fmod_near_f32 needs: base base_f32 round_f32 exact_f32
// C's fmod where |x / y| < 2^22: x - trunc(x / y) y, the product exact as a pair; the quotient is wrong by at most one, which the
// sign of the rest tells.
TH_FN th_f32 th_fmod_near_f32(th_f32 x, th_f32 y) {
  th_f32 a = th_abs_f32(x), b = th_abs_f32(y);
  // Out of reach of overflow in the exact product.
  th_f32 scale = b > 1e30f ? 5.42101086e-20f : 1.0f;
  th_f32 back = b > 1e30f ? 18446744073709551616.0f : 1.0f;
  th_f32 c = a * scale, d = b * scale;
  th_pair_f32 p = th_product_f32(th_trunc_f32(c / d), d);
  th_f32 r = (c - p.hi) - p.lo;
  th_f32 more = r + d;
  r = r < 0.0f ? more : r;
  th_f32 less = r - d;
  r = (r >= d ? less : r) * back;
  r = a < b ? a : r;
  r = (a < th_inf_f32() && b > 0.0f) ? r : th_nan_f32();
  return th_copysign_f32(y == y ? r : y, x);
}
// Whether x / y is out of reach for the near function.
TH_FN th_u32 th_is_far_quotient_f32(th_f32 x, th_f32 y) {
  th_f32 a = th_abs_f32(x), b = th_abs_f32(y);
  return a < th_inf_f32() && b > 0.0f && a >= b * 4194304.0f;
}

//@ part fmod_near_f64 needs: base base_f64 round_f64 exact_f64
TH_FN th_f64 th_fmod_near_f64(th_f64 x, th_f64 y) {
  th_f64 a = th_abs_f64(x), b = th_abs_f64(y);
  // Out of reach of overflow in the exact product.
  th_f64 scale = b > 1e290 ? 5.421010862427522e-20 : 1.0;
  th_f64 back = b > 1e290 ? 18446744073709551616.0 : 1.0;
  th_f64 c = a * scale, d = b * scale;
  th_pair_f64 p = th_product_f64(th_trunc_f64(c / d), d);
  th_f64 r = (c - p.hi) - p.lo;
  th_f64 more = r + d;
  r = r < 0.0 ? more : r;
  th_f64 less = r - d;
  r = (r >= d ? less : r) * back;
  r = a < b ? a : r;
  r = (a < th_inf_f64() && b > 0.0) ? r : th_nan_f64();
  return th_copysign_f64(y == y ? r : y, x);
}
TH_FN th_u32 th_is_far_quotient_f64(th_f64 x, th_f64 y) {
  th_f64 a = th_abs_f64(x), b = th_abs_f64(y);
  return a < th_inf_f64() && b > 0.0 && a >= b * 2251799813685248.0;
}

//@ part fmod_f32 needs: base base_f32 round_f32 exact_f32 fmod_near_f32
// C's fmod (NumPy's too). A huge quotient is worked off in pieces: the rest by y 2^k, k as large as the near function bears, has
// the same rest by y. That loop ends after its test for ordinary arguments, but keeps clang from making vector code: th_fmod_near_* and
// th_mod_near_* do not.
TH_FN th_f32 th_fmod_f32(th_f32 x, th_f32 y) {
  th_f32 a = th_abs_f32(x), b = th_abs_f32(y);
  while (th_is_far_quotient_f32(a, b)) {
    th_f32 large = b * 16777216.0f;
    th_f32 step = b * 1048576.0f;
    while (a >= large) {
      step = large;
      if (large > 1e32f) break;
      large = large * 1048576.0f;
    }
    a = th_fmod_near_f32(a, step);
  }
  return th_copysign_f32(th_fmod_near_f32(a, b), x);
}

//@ part fmod_f64 needs: base base_f64 round_f64 exact_f64 fmod_near_f64
TH_FN th_f64 th_fmod_f64(th_f64 x, th_f64 y) {
  th_f64 a = th_abs_f64(x), b = th_abs_f64(y);
  while (th_is_far_quotient_f64(a, b)) {
    th_f64 large = b * 9007199254740992.0;
    th_f64 step = b * 2251799813685248.0;
    while (a >= large) {
      step = large;
      if (large > 1e292) break;
      large = large * 2251799813685248.0;
    }
    a = th_fmod_near_f64(a, step);
  }
  return th_copysign_f64(th_fmod_near_f64(a, b), x);
}

//@ part floordivision_f32 needs: base base_f32 round_f32
// NumPy's rules for a rest r = fmod(x, y): the remainder takes the divisor's sign, and the rounded-down quotient is made to
// fit it.
TH_FN th_f32 th_mod_from_f32(th_f32 r, th_f32 y) {
  th_f32 moved = r + y;
  th_f32 signed_rest = (r < 0.0f) != (y < 0.0f) ? moved : r;
  th_f32 zero = y == 0.0f ? r : th_copysign_f32(0.0f, y);
  return r == 0.0f ? zero : signed_rest;
}
TH_FN th_f32 th_floordiv_from_f32(th_f32 r, th_f32 x, th_f32 y) {
  th_f32 quotient = x / y;
  th_f32 whole = (x - r) / y;
  th_f32 lowered = whole - 1.0f;
  whole = (r != 0.0f && (r < 0.0f) != (y < 0.0f)) ? lowered : whole;
  th_f32 down = th_floor_f32(whole);
  th_f32 up = down + 1.0f;
  down = whole - down > 0.5f ? up : down;
  th_f32 zero = th_copysign_f32(0.0f, quotient);
  down = whole == 0.0f ? zero : down;
  return y == 0.0f ? quotient : down;
}

//@ part floordivision_f64 needs: base base_f64 round_f64
TH_FN th_f64 th_mod_from_f64(th_f64 r, th_f64 y) {
  th_f64 moved = r + y;
  th_f64 signed_rest = (r < 0.0) != (y < 0.0) ? moved : r;
  th_f64 zero = y == 0.0 ? r : th_copysign_f64(0.0, y);
  return r == 0.0 ? zero : signed_rest;
}
TH_FN th_f64 th_floordiv_from_f64(th_f64 r, th_f64 x, th_f64 y) {
  th_f64 quotient = x / y;
  th_f64 whole = (x - r) / y;
  th_f64 lowered = whole - 1.0;
  whole = (r != 0.0 && (r < 0.0) != (y < 0.0)) ? lowered : whole;
  th_f64 down = th_floor_f64(whole);
  th_f64 up = down + 1.0;
  down = whole - down > 0.5 ? up : down;
  th_f64 zero = th_copysign_f64(0.0, quotient);
  down = whole == 0.0 ? zero : down;
  return y == 0.0 ? quotient : down;
}

//@ part mod_f32 needs: base base_f32 round_f32 exact_f32 fmod_near_f32 fmod_f32 floordivision_f32
TH_FN th_f32 th_mod_f32(th_f32 x, th_f32 y) { return th_mod_from_f32(th_fmod_f32(x, y), y); }

//@ part mod_f64 needs: base base_f64 round_f64 exact_f64 fmod_near_f64 fmod_f64 floordivision_f64
TH_FN th_f64 th_mod_f64(th_f64 x, th_f64 y) { return th_mod_from_f64(th_fmod_f64(x, y), y); }

//@ part floordiv_f32 needs: base base_f32 round_f32 exact_f32 fmod_near_f32 fmod_f32 floordivision_f32
TH_FN th_f32 th_floordiv_f32(th_f32 x, th_f32 y) { return th_floordiv_from_f32(th_fmod_f32(x, y), x, y); }

//@ part floordiv_f64 needs: base base_f64 round_f64 exact_f64 fmod_near_f64 fmod_f64 floordivision_f64
TH_FN th_f64 th_floordiv_f64(th_f64 x, th_f64 y) { return th_floordiv_from_f64(th_fmod_f64(x, y), x, y); }

//@ part mod_near_f32 needs: base base_f32 round_f32 exact_f32 fmod_near_f32 floordivision_f32
// The same for quotients that th_is_far_quotient_* does not report.
TH_FN th_f32 th_mod_near_f32(th_f32 x, th_f32 y) { return th_mod_from_f32(th_fmod_near_f32(x, y), y); }

//@ part floordiv_near_f32 needs: base base_f32 round_f32 exact_f32 fmod_near_f32 floordivision_f32
TH_FN th_f32 th_floordiv_near_f32(th_f32 x, th_f32 y) { return th_floordiv_from_f32(th_fmod_near_f32(x, y), x, y); }

//@ part mod_near_f64 needs: base base_f64 round_f64 exact_f64 fmod_near_f64 floordivision_f64
TH_FN th_f64 th_mod_near_f64(th_f64 x, th_f64 y) { return th_mod_from_f64(th_fmod_near_f64(x, y), y); }

//@ part floordiv_near_f64 needs: base base_f64 round_f64 exact_f64 fmod_near_f64 floordivision_f64
TH_FN th_f64 th_floordiv_near_f64(th_f64 x, th_f64 y) { return th_floordiv_from_f64(th_fmod_near_f64(x, y), x, y); }
