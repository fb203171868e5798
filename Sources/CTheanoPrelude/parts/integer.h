//@ part floordiv_i64 needs: base
// Integer division and remainder as NumPy defines them: rounded down, the remainder with the sign of the divisor, 0 for a zero divisor, and
// no trap for the least integer divided by -1 (which is itself).
TH_FN th_i64 th_floordiv_i64(th_i64 a, th_i64 b) {
  th_i64 safe = (b == 0 || b == -1) ? 1 : b;
  th_i64 quotient = a / safe;
  quotient -= (quotient * safe != a) & ((a < 0) != (safe < 0));
  th_i64 negated = (th_i64)(0u - (th_u64)a);
  quotient = b == -1 ? negated : quotient;
  return b == 0 ? 0 : quotient;
}

//@ part mod_i64 needs: base
TH_FN th_i64 th_mod_i64(th_i64 a, th_i64 b) {
  th_i64 safe = (b == 0 || b == -1) ? 1 : b;
  th_i64 rest = a % safe;
  return rest + (((rest != 0) & ((rest < 0) != (safe < 0))) ? safe : 0);
}

//@ part fmod_i64 needs: base
// The remainder with the sign of the dividend (C's, NumPy's fmod).
TH_FN th_i64 th_fmod_i64(th_i64 a, th_i64 b) {
  th_i64 safe = (b == 0 || b == -1) ? 1 : b;
  return a % safe;
}

//@ part floordiv_u64 needs: base
TH_FN th_u64 th_floordiv_u64(th_u64 a, th_u64 b) {
  th_u64 quotient = a / (b ? b : 1u);
  return b ? quotient : 0u;
}

//@ part mod_u64 needs: base
TH_FN th_u64 th_mod_u64(th_u64 a, th_u64 b) { return a % (b ? b : 1u); }

//@ part fmod_u64 needs: base
TH_FN th_u64 th_fmod_u64(th_u64 a, th_u64 b) { return a % (b ? b : 1u); }

//@ part pow_u64 needs: base
// Powers by squaring; they wrap.
TH_FN th_u64 th_pow_u64(th_u64 a, th_u64 n) {
  th_u64 result = 1u;
  for (; n; n >>= 1, a *= a) result *= n & 1u ? a : 1u;
  return result;
}

//@ part pow_i64 needs: base pow_u64
// A negative exponent gives the integer part of the fraction: 0, but for 1 and -1.
TH_FN th_i64 th_pow_i64(th_i64 a, th_i64 n) {
  if (n < 0) return a == 1 ? 1 : a == -1 ? (n & 1 ? -1 : 1) : 0;
  return (th_i64)th_pow_u64((th_u64)a, (th_u64)n);
}
