import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// What brings expressions into the form that later rule sets are written for. Signs of zeros are not kept: `-0.0 + 0` is
/// `0.0`, but `x + 0` becomes `x`.
enum CanonicalRules {
  static let rules: [Rewrite] =
    identities + signs + powers + inverses + logic + comparisons + constants

  private static let identities: [Rewrite] = [
    rule("x + 0", .canonical, over: .all) { x in (x + 0, x) },
    rule("x - 0", .canonical) { x in (x - 0, x) },
    rule("0 - x", .canonical) { x in (0 - x, -x) },
    rule("x * 1", .canonical, over: .all) { x in (x * 1, x) },
    rule("x / 1", .canonical, over: .floats) { x in (x / 1, x) },
    rule("x * 0", .canonical, .assumesFinite, over: .floats, if: isFinite) { x in (x * 0, 0) },
    rule("x * 0 of integers", .canonical, over: [.integers, .bool]) { x in (x * 0, 0) },
    rule("0 / x", .canonical, .assumesFinite, over: .floats, .within(0.5...3), if: isFiniteNonZero) { x in
      (0 / x, 0)
    },
    rule("x - x", .canonical, .assumesFinite, over: .floats, if: isFinite) { x in (x - x, 0) },
    rule("x - x of integers", .canonical, over: .integers) { x in (x - x, 0) },
    rule(
      "x / x", .canonical, .assumesFinite, over: .floats, .within(0.5...3), if: isFiniteNonZero
    ) { x in (x / x, 1) },
    rule("x // 1 of integers", .canonical, over: .integers) { x in (T.floorDivide(x, 1), x) },
    rule("x % 1 of integers", .canonical, over: .integers) { x in (x % 1, 0) },
    rule("maximum of same", .canonical) { x in (T.maximum(x, x), x) },
    rule("minimum of same", .canonical) { x in (T.minimum(x, x), x) },
    rule("where of same", .canonical, over: .all, .bool, .any) { c, x in (T.where(c, x, x), x) },
    rule("where true", .canonical, over: .all) { x, y in (T.where(T.constant(true), x, y), x) },
    rule("where false", .canonical, over: .all) { x, y in (T.where(T.constant(false), x, y), y) },
    rule("where not", .canonical, over: .all, .bool, .any, .any) { c, x, y in
      (T.where(.!c, x, y), T.where(c, y, x))
    },
    rule("where of where", .canonical, over: .all, .bool, .any, .any) { c, x, y in
      (T.where(c, T.where(c, x, y), y), T.where(c, x, y))
    },
  ]

  private static let signs: [Rewrite] = [
    rule("minus minus", .canonical) { x in (-(-x), x) },
    rule("x + -y", .canonical) { x, y in (x + -y, x - y) },
    rule("x - -y", .canonical) { x, y in (x - -y, x + y) },
    rule("-x - y", .canonical) { x, y in (-x - y, -(x + y)) },
    rule("-(x - y)", .canonical) { x, y in (-(x - y), y - x) },
    rule("-x * y", .canonical) { x, y in (-x * y, -(x * y)) },
    rule("-x / y", .canonical, over: .floats, .any, .within(0.5...3)) { x, y in (-x / y, -(x / y)) },
    rule("x / -y", .canonical, over: .floats, .any, .within(0.5...3)) { x, y in (x / -y, -(x / y)) },
    rule("-(c * x)", .canonical, over: .numbers, .constant, .any) { c, x in (-(c * x), -c * x) },
    rule("-(c / x)", .canonical, over: .floats, .constant, .within(0.5...3)) { c, x in (-(c / x), -c / x) },
    rule("-(x / c)", .canonical, over: .floats, .any, .constant(0.5...3)) { x, c in (-(x / c), x / -c) },
    rule("abs of abs", .canonical) { x in (T.abs(T.abs(x)), T.abs(x)) },
    rule("abs of minus", .canonical, over: [.floats, .signed]) { x in (T.abs(-x), T.abs(x)) },
    rule("abs of unsigned", .canonical, over: .unsigned) { x in (T.abs(x), x) },
    rule("abs of square", .canonical, over: .floats) { x in (T.abs(x * x), x * x) },
    rule("square of abs", .canonical) { x in (T.abs(x) * T.abs(x), x * x) },
    rule("sign of sign", .canonical) { x in (T.sign(T.sign(x)), T.sign(x)) },
  ]

  private static let powers: [Rewrite] = [
    rule("x ** 0", .canonical) { x in (x ** 0, 1) },
    rule("x ** 1", .canonical) { x in (x ** 1, x) },
    rule("1 ** x", .canonical) { x in (1 ** x, 1) },
    // (x ** 2) ** 0.5 is |x|, not x: only whole powers of whole powers multiply whatever the sign of x.
    rule(
      "power of power", .canonical, .assumesFinite, over: .floats, .within(0.3...2), .wholeConstant,
      .wholeConstant,
      if: { graph, operands in graph.isWholeNumber(operands[1]) && graph.isWholeNumber(operands[2]) }
    ) { x, c, d in ((x ** c) ** d, x ** (c * d)) },
    rule("sqrt of square", .canonical, .assumesFinite, over: .floats) { x in (T.sqrt(x * x), T.abs(x)) },
    rule("square of sqrt", .canonical, .assumesFinite, over: .floats, .within(0.2...3), if: isNonNegative) {
      x in
      (T.sqrt(x) * T.sqrt(x), x)
    },
  ]

  private static let inverses: [Rewrite] = [
    rule("log of exp", .canonical, .assumesFinite, over: .floats) { x in (T.log(T.exp(x)), x) },
    rule("exp of log", .canonical, .assumesFinite, over: .floats, .within(0.2...3), if: isNonNegative) { x in
      (T.exp(T.log(x)), x)
    },
    rule("log1p of expm1", .canonical, .assumesFinite, over: .floats) { x in (T.log1p(T.expm1(x)), x) },
    rule(
      "expm1 of log1p", .canonical, .assumesFinite, over: .floats, .within(-0.7...3), if: isAboveMinusOne
    ) { x in
      (T.expm1(T.log1p(x)), x)
    },
    rule("exp of log1p", .canonical, .assumesFinite, over: .floats, .within(-0.7...3), if: isAboveMinusOne) {
      x in
      (T.exp(T.log1p(x)), 1 + x)
    },
    rule("expm1 of log", .canonical, .assumesFinite, over: .floats, .within(0.2...3), if: isNonNegative) {
      x in
      (T.expm1(T.log(x)), x - 1)
    },
    rule("floor of floor", .canonical, over: .floats) { x in (T.floor(T.floor(x)), T.floor(x)) },
    rule("ceil of ceil", .canonical, over: .floats) { x in (T.ceil(T.ceil(x)), T.ceil(x)) },
    rule("round of round", .canonical, over: .floats) { x in (T.round(T.round(x)), T.round(x)) },
  ]

  private static let logic: [Rewrite] = [
    rule("not not", .canonical, over: .all, .bool) { p in (.!(.!p), p) },
    rule("not not of integers", .canonical, over: .integers, .integer) { x in (.!(.!x), x) },
    rule("and of same", .canonical, over: .all, .bool) { p in (p .& p, p) },
    rule("or of same", .canonical, over: .all, .bool) { p in (p .| p, p) },
    rule("xor of same", .canonical, over: .all, .bool) { p in (p .^ p, false) },
    rule("and true", .canonical, over: .all, .bool) { p in (p .& true, p) },
    rule("and false", .canonical, over: .all, .bool) { p in (p .& false, false) },
    rule("or true", .canonical, over: .all, .bool) { p in (p .| true, true) },
    rule("or false", .canonical, over: .all, .bool) { p in (p .| false, p) },
    rule("xor false", .canonical, over: .all, .bool) { p in (p .^ false, p) },
    rule("xor true", .canonical, over: .all, .bool) { p in (p .^ true, .!p) },
    rule("is true", .canonical, over: .all, .bool) { p in (T.eq(p, true), p) },
    rule("is not false", .canonical, over: .all, .bool) { p in (T.neq(p, false), p) },
    rule("is false", .canonical, over: .all, .bool) { p in (T.eq(p, false), .!p) },
    rule("choice of truth", .canonical, over: .all, .bool) { p in (T.where(p, true, false), p) },
  ]

  private static let comparisons: [Rewrite] = [
    rule("not equal", .canonical, over: .all) { x, y in (.!(x .== y), x .!= y) },
    rule("not different", .canonical, over: .all) { x, y in (.!(x .!= y), x .== y) },
    // Of floats these differ where one is NaN.
    rule("not less", .canonical, over: [.integers, .bool]) { x, y in (.!(x .< y), x .>= y) },
    rule("not greater", .canonical, over: [.integers, .bool]) { x, y in (.!(x .> y), x .<= y) },
    rule("not less or equal", .canonical, over: [.integers, .bool]) { x, y in (.!(x .<= y), x .> y) },
    rule("not greater or equal", .canonical, over: [.integers, .bool]) { x, y in (.!(x .>= y), x .< y) },
    rule("less than itself", .canonical, over: .all) { x in (x .< x, false) },
    rule("greater than itself", .canonical, over: .all) { x in (x .> x, false) },
    // x .!= x and x .== x are how programs ask for NaN, so for floats they stay.
    rule("equal to itself", .canonical, over: [.integers, .bool]) { x in (x .== x, true) },
    rule("at least itself", .canonical, over: [.integers, .bool]) { x in (x .>= x, true) },
    rule("at most itself", .canonical, over: [.integers, .bool]) { x in (x .<= x, true) },
    rule("differs from itself", .canonical, over: [.integers, .bool]) { x in (x .!= x, false) },
  ]

  /// Numbers meet, so that constant folding makes one of them. Floats round differently, and must be moderate, so that their sum does
  /// not overflow where each with the rest does not.
  private static let constants: [Rewrite] = [
    rule("c + (d + x)", .canonical, .assumesFinite, over: .floats, .constant, .constant, .any, if: meet) {
      c, d, x in
      (c + (d + x), (c + d) + x)
    },
    rule("c + (d + x) of integers", .canonical, over: .integers, .constant, .constant, .any) { c, d, x in
      (c + (d + x), (c + d) + x)
    },
    rule("c + (x - d)", .canonical, .assumesFinite, over: .floats, .constant, .constant, .any, if: meet) {
      c, d, x in
      (c + (x - d), (c - d) + x)
    },
    rule("c - (d + x)", .canonical, .assumesFinite, over: .floats, .constant, .constant, .any, if: meet) {
      c, d, x in
      (c - (d + x), (c - d) - x)
    },
    rule("(c + x) - d", .canonical, .assumesFinite, over: .floats, .constant, .constant, .any, if: meet) {
      c, d, x in
      ((c + x) - d, (c - d) + x)
    },
    rule("c * (d * x) of integers", .canonical, over: .integers, .constant, .constant, .any) { c, d, x in
      (c * (d * x), (c * d) * x)
    },
  ]
}
