import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// The cheaper way to compute the same. What is exact in real numbers may round differently.
enum FastRules {
  static let rules: [Rewrite] = powers + products + choices

  private static let powers: [Rewrite] = [
    rule("x ** 2", .fast) { x in (x ** 2, x * x) },
    rule("x ** 3", .fast) { x in (x ** 3, x * x * x) },
    rule("x ** 4", .fast) { x in (x ** 4, (x * x) * (x * x)) },
    rule("x ** -1", .fast, over: .floats, .within(0.3...2)) { x in (x ** -1, 1 / x) },
    rule("x ** -2", .fast, .assumesFinite, over: .floats, .within(0.3...2)) { x in (x ** -2, 1 / (x * x)) },
    // Of minus infinity the root is NaN, the power is not.
    rule("x ** 0.5", .fast, .assumesFinite, over: .floats, .within(0.2...3)) { x in (x ** 0.5, T.sqrt(x)) },
    rule("x ** -0.5", .fast, .assumesFinite, over: .floats, .within(0.2...3)) { x in
      (x ** -0.5, 1 / T.sqrt(x))
    },
    rule("x ** 1.5", .fast, .assumesFinite, over: .floats, .within(0.2...3)) { x in (x ** 1.5, x * T.sqrt(x))
    },
  ]

  private static let products: [Rewrite] = [
    rule("exp * exp", .fast, .assumesFinite, over: .floats) { x, y in (T.exp(x) * T.exp(y), T.exp(x + y)) },
    // exp(x) * (exp(y) * z) stays: a small z makes it an ordinary number where exp(x + y) overflows.
    rule("square of exp", .fast, .assumesFinite, over: .floats) { x in (T.exp(x) * T.exp(x), T.exp(2 * x)) },
    // Not of floats: y + z overflows where x * y + x * z does not.
    rule("x * y + x * z of integers", .fast, over: .integers) { x, y, z in (x * y + x * z, x * (y + z)) },
    rule("x * y - x * z of integers", .fast, over: .integers) { x, y, z in (x * y - x * z, x * (y - z)) },
    rule("x * (1 / y)", .fast, .assumesFinite, over: .floats, .any, .within(0.5...3)) { x, y in
      (x * (1 / y), x / y)
    },
    rule("x / sqrt", .fast, .assumesFinite, over: .floats, .within(0.2...3), if: isFinitePositive) { x in
      (x / T.sqrt(x), T.sqrt(x))
    },
    rule(
      "x / power of two", .fast, over: .floats, .any, .constant(2...2),
      if: { graph, operands in graph.isPowerOfTwo(operands[1]) }
    ) { x, c in (x / c, x * (1 / c)) },
  ]

  private static let choices: [Rewrite] = [
    rule("relu", .fast, .assumesFinite, over: .floats, if: isFinite) { x in
      ((x + T.abs(x)) * 0.5, T.maximum(x, 0))
    },
    rule("twice the relu", .fast, .assumesFinite, over: .floats, if: isFinite) { x in
      (x + T.abs(x), 2 * T.maximum(x, 0))
    },
    rule("maximum of maximum", .fast) { x, y in (T.maximum(T.maximum(x, y), y), T.maximum(x, y)) },
    rule("minimum of minimum", .fast) { x, y in (T.minimum(T.minimum(x, y), y), T.minimum(x, y)) },
    rule(
      "maximum of minima", .fast, .assumesFinite,
      if: { graph, operands in graph.range(operands[1]).isFinite }
    ) { x, y in (T.maximum(x, T.minimum(x, y)), x) },
    rule("minus maximum of minus", .fast, over: .floats) { x, y in (-T.maximum(-x, -y), T.minimum(x, y)) },
    rule(
      "x * where 1 or 0", .fast, .assumesFinite, over: .floats, .bool, .any,
      if: { graph, operands in graph.range(operands[1]).isFinite }
    ) { c, x in (x * T.where(c, 1.0, 0.0), T.where(c, x, 0)) },
  ]
}
