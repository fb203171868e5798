//@ part integer_i64 needs: base
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
TH_FN th_i64 th_mod_i64(th_i64 a, th_i64 b) {
  th_i64 safe = (b == 0 || b == -1) ? 1 : b;
  th_i64 rest = a % safe;
  return rest + (((rest != 0) & ((rest < 0) != (safe < 0))) ? safe : 0);
}
// The remainder with the sign of the dividend (C's, NumPy's fmod).
TH_FN th_i64 th_fmod_i64(th_i64 a, th_i64 b) {
  th_i64 safe = (b == 0 || b == -1) ? 1 : b;
  return a % safe;
}

//@ part integer_u64 needs: base
TH_FN th_u64 th_floordiv_u64(th_u64 a, th_u64 b) {
  th_u64 quotient = a / (b ? b : 1u);
  return b ? quotient : 0u;
}
TH_FN th_u64 th_mod_u64(th_u64 a, th_u64 b) { return a % (b ? b : 1u); }
TH_FN th_u64 th_fmod_u64(th_u64 a, th_u64 b) { return a % (b ? b : 1u); }
