// f(x) = e^sin(x^2) and its derivative.
#include <math.h>

#include "theano_prelude.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT double scalar_f(double x) { return exp(sin(x * x)); }
EXPORT double scalar_slope(double x) { return exp(sin(x * x)) * cos(x * x) * 2 * x; }
EXPORT double scalar_f_prelude(double x) { return th_exp_f64(th_sin_f64(x * x)); }
EXPORT double scalar_slope_prelude(double x) {
  return th_exp_f64(th_sin_f64(x * x)) * th_cos_f64(x * x) * 2 * x;
}
