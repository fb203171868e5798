// One step of gradient descent of the tutorial's network: two inputs and a bias, three hidden units and a bias, one output.
#include <math.h>

#include "theano_prelude.h"

#define EXPORT __attribute__((visibility("default")))

#define STEP(NAME, EXP)                                                                                  \
  EXPORT double NAME(double *w1, double *w2, const double *input, const double *target) {                \
    const double x[3] = {input[0], input[1], 1};                                                         \
    double h[4] = {0, 0, 0, 1}, slope[3];                                                                \
    for (int j = 0; j < 3; j++) {                                                                        \
      const double z = w1[j] * x[0] + w1[3 + j] * x[1] + w1[6 + j] * x[2];                               \
      h[j] = 1 / (1 + EXP(-z));                                                                          \
    }                                                                                                    \
    const double out = 1 / (1 + EXP(-(w2[0] * h[0] + w2[1] * h[1] + w2[2] * h[2] + w2[3])));             \
    const double error = out - *target, d = 2 * error * out * (1 - out);                                 \
    for (int j = 0; j < 3; j++) slope[j] = d * w2[j] * h[j] * (1 - h[j]);                                \
    for (int j = 0; j < 4; j++) w2[j] -= 0.1 * (d * h[j]);                                               \
    for (int i = 0; i < 3; i++)                                                                          \
      for (int j = 0; j < 3; j++) w1[3 * i + j] -= 0.1 * (x[i] * slope[j]);                              \
    return error * error;                                                                                \
  }

STEP(xor_step, exp)
STEP(xor_step_prelude, th_exp_f64)
