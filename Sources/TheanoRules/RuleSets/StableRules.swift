import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// What avoids overflow and cancellation: the forms that programs are written in, and the functions that compute the
/// same without losing digits.
enum StableRules {
  static let rules: [Rewrite] = logarithms + sigmoids + differences

  private static let logarithms: [Rewrite] = [
    rule("log of 1 + exp", .stable, over: .floats) { x in (T.log(1 + T.exp(x)), T.softplus(x)) },
    rule("log1p of exp", .stable, over: .floats) { x in (T.log1p(T.exp(x)), T.softplus(x)) },
    rule("log of sigmoid", .stable, over: .floats) { x in (T.log(T.sigmoid(x)), -T.softplus(-x)) },
    rule("log1p of -sigmoid", .stable, over: .floats) { x in (T.log1p(-T.sigmoid(x)), -T.softplus(x)) },
    rule("log of 1 - sigmoid", .stable, over: .floats) { x in (T.log(1 - T.sigmoid(x)), -T.softplus(x)) },
    rule("log of 1 + x", .stable, over: .floats, .within(-0.7...3)) { x in (T.log(1 + x), T.log1p(x)) },
    rule("log of 1 - x", .stable, over: .floats, .within(-3...0.7)) { x in (T.log(1 - x), T.log1p(-x)) },
    // log(softmax(x)) in particular: its quotient underflows where its logarithm is an ordinary number.
    rule("log of exp / y", .stable, over: .floats, .any, .within(0.2...3)) { x, y in
      (T.log(T.exp(x) / y), x - T.log(y))
    },
    rule("log of y / exp", .stable, over: .floats, .any, .within(0.2...3)) { x, y in
      (T.log(y / T.exp(x)), T.log(y) - x)
    },
    rule("log of y * exp", .stable, over: .floats, .any, .within(0.2...3)) { x, y in
      (T.log(y * T.exp(x)), T.log(y) + x)
    },
    rule("log of sqrt", .stable, over: .floats, .within(0.2...3)) { x in (T.log(T.sqrt(x)), T.log(x) * 0.5) },
    rule("log of reciprocal", .stable, over: .floats, .within(0.2...3), if: isNonNegative) { x in
      (T.log(1 / x), -T.log(x))
    },
  ]

  private static let sigmoids: [Rewrite] = [
    rule("(1 + tanh) / 2", .stable, over: .floats) { x in ((1 + T.tanh(x)) / 2, T.sigmoid(2 * x)) },
    rule("(1 - tanh) / 2", .stable, over: .floats) { x in ((1 - T.tanh(x)) / 2, T.sigmoid(-2 * x)) },
    rule("(1 + tanh) * 0.5", .stable, over: .floats) { x in ((1 + T.tanh(x)) * 0.5, T.sigmoid(2 * x)) },
    rule("(1 - tanh) * 0.5", .stable, over: .floats) { x in ((1 - T.tanh(x)) * 0.5, T.sigmoid(-2 * x)) },
    rule("0.5 + 0.5 * tanh", .stable, over: .floats) { x in (0.5 + 0.5 * T.tanh(x), T.sigmoid(2 * x)) },
    rule("0.5 - 0.5 * tanh", .stable, over: .floats) { x in (0.5 - 0.5 * T.tanh(x), T.sigmoid(-2 * x)) },
    rule("0.5 + tanh / 2", .stable, over: .floats) { x in (0.5 + T.tanh(x) / 2, T.sigmoid(2 * x)) },
    rule("0.5 - tanh / 2", .stable, over: .floats) { x in (0.5 - T.tanh(x) / 2, T.sigmoid(-2 * x)) },
    rule("exp / (1 + exp)", .stable, over: .floats) { x in (T.exp(x) / (1 + T.exp(x)), T.sigmoid(x)) },
    rule("1 / (1 + exp)", .stable, over: .floats) { x in (1 / (1 + T.exp(x)), T.sigmoid(-x)) },
    rule("y / (1 + exp)", .stable, over: .floats) { x, y in (y / (1 + T.exp(x)), y * T.sigmoid(-x)) },
    rule("1 - sigmoid", .stable, over: .floats) { x in (1 - T.sigmoid(x), T.sigmoid(-x)) },
    rule("sigmoid - 1", .stable, over: .floats) { x in (T.sigmoid(x) - 1, -T.sigmoid(-x)) },
    rule("exp * sigmoid of minus", .stable, over: .floats) { x in (T.exp(x) * T.sigmoid(-x), T.sigmoid(x)) },
    rule("exp of minus * sigmoid", .stable, over: .floats) { x in (T.exp(-x) * T.sigmoid(x), T.sigmoid(-x)) },
    rule("softplus - x", .stable, .assumesFinite, over: .floats) { x in (T.softplus(x) - x, T.softplus(-x)) },
    rule("x - softplus", .stable, .assumesFinite, over: .floats) { x in (x - T.softplus(x), -T.softplus(-x))
    },
    rule("softplus of minus + x", .stable, .assumesFinite, over: .floats) { x in
      (T.softplus(-x) + x, T.softplus(x))
    },
    rule("exp of -softplus", .stable, over: .floats) { x in (T.exp(-T.softplus(x)), T.sigmoid(-x)) },
    rule("exp of softplus", .stable, over: .floats) { x in (T.exp(T.softplus(x)), 1 + T.exp(x)) },
  ]

  private static let differences: [Rewrite] = [
    rule("exp - 1", .stable, over: .floats) { x in (T.exp(x) - 1, T.expm1(x)) },
    rule("exp + -1", .stable, over: .floats) { x in (T.exp(x) + -1, T.expm1(x)) },
    rule("1 - exp", .stable, over: .floats) { x in (1 - T.exp(x), -T.expm1(x)) },
    rule("exp / exp", .stable, .assumesFinite, over: .floats) { x, y in (T.exp(x) / T.exp(y), T.exp(x - y)) },
    rule("tanh by exponentials", .stable, over: .floats) { x in
      ((T.exp(x) - T.exp(-x)) / (T.exp(x) + T.exp(-x)), T.tanh(x))
    },
    rule("expm1 / (exp + 1)", .stable, over: .floats) { x in (T.expm1(x) / (T.exp(x) + 1), T.tanh(0.5 * x)) },
    rule("square of sin + square of cos", .stable, .assumesFinite, over: .floats, if: isFinite) { x in
      (T.sin(x) * T.sin(x) + T.cos(x) * T.cos(x), 1)
    },
  ]
}
