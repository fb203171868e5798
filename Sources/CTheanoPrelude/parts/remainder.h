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
