import TheanoGraph
import TheanoKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Exponentials, logarithms, roots and powers: each property is the one entry of its function.
public struct ExponentialFunctions: Sendable {
  package static let table = ExponentialFunctions()

  /// e to the power of every element.
  public let exp: UnaryFunction = .init(
    "exp", .floating, .call("exp", .operand(0)), float: { _exp($0) }, derivative: { _, y, g in g * y }, "e^x")

  /// e^x - 1, exact where x is near 0.
  public let expm1: UnaryFunction = .init(
    "expm1", .floating, .call("expm1", .operand(0)), float: { _expm1($0) },
    derivative: { x, _, g in g * T.exp(x) }, "e^x - 1")

  /// Natural logarithm.
  public let log: UnaryFunction = .init(
    "log", .floating, .call("log", .operand(0)), float: { _log($0) }, derivative: { x, _, g in g / x },
    domain: 0.2...3, "ln x")

  /// Logarithm to base 2.
  public let log2: UnaryFunction = .init(
    "log2", .floating, .call("log2", .operand(0)), float: { _log2($0) },
    derivative: { x, _, g in g / (x * 0.6931471805599453) }, domain: 0.2...3, "log2 x")

  /// Logarithm to base 10.
  public let log10: UnaryFunction = .init(
    "log10", .floating, .call("log10", .operand(0)), float: { _log10($0) },
    derivative: { x, _, g in g / (x * 2.302585092994046) }, domain: 0.2...3, "log10 x")

  /// ln(1 + x), exact where x is near 0.
  public let log1p: UnaryFunction = .init(
    "log1p", .floating, .call("log1p", .operand(0)), float: { _log1p($0) },
    derivative: { x, _, g in g / (1 + x) }, domain: -0.7...3, "ln(1 + x)")

  /// Square root.
  public let sqrt: UnaryFunction = .init(
    "sqrt", .floating, .call("sqrt", .operand(0)), float: { $0.squareRoot() },
    derivative: { _, y, g in g * 0.5 / y }, domain: 0.2...3, ulps: 1, "square root")

  /// a to the power of b, element by element. Integers raised to integers stay integers.
  public let pow: BinaryFunction = .init(
    "pow", .integral, infix: "**", .call("pow", .operand(0), .operand(1)), float: { _pow($0, $1) },
    signed: { IntegerPower.power($0, $1) }, unsigned: { IntegerPower.power($0, $1) },
    derivatives: (
      // At exponent 0 the slope is 0, also where the base is.
      { a, b, _, g in T.where(T.eq(b, 0), 0, g * b * a ** (b - 1)) },
      { a, _, y, g in T.where(T.gt(a, 0), g * y * T.log(a), 0) }
    ), conditions: ({ T.neq($0[1], 0) }, { T.gt($0[0], 0) }), domain: [0.3...2, -2...2], ulps: 2, "a^b")

  /// The logistic function 1 / (1 + e^-x), without overflow.
  public let sigmoid: UnaryFunction = .init(
    "sigmoid", .floating, .call("sigmoid", .operand(0)),
    float: { x in x >= 0 ? 1 / (1 + _exp(-x)) : _exp(x) / (1 + _exp(x)) },
    derivative: { _, y, g in g * y * (1 - y) }, "1 / (1 + e^-x)")

  /// ln(1 + e^x), without overflow.
  public let softplus: UnaryFunction = .init(
    "softplus", .floating, .call("softplus", .operand(0)),
    float: { x in x.isNaN ? x : Swift.max(x, 0) + _log1p(_exp(-x.magnitude)) },
    derivative: { x, _, g in g * T.sigmoid(x) }, "ln(1 + e^x)")
}

/// The C library's functions under names that no property above hides.
private func _exp(_ x: Double) -> Double { exp(x) }
private func _expm1(_ x: Double) -> Double { expm1(x) }
private func _log(_ x: Double) -> Double { log(x) }
private func _log2(_ x: Double) -> Double { log2(x) }
private func _log10(_ x: Double) -> Double { log10(x) }
private func _log1p(_ x: Double) -> Double { log1p(x) }
private func _pow(_ x: Double, _ y: Double) -> Double { pow(x, y) }

/// Powers of integers by squaring, wrapping as NumPy's do; a negative exponent gives 0 except for 1 and -1.
package enum IntegerPower {
  package static func power(_ base: Int64, _ exponent: Int64) -> Int64 {
    if exponent < 0 { return base == 1 ? 1 : base == -1 ? (exponent & 1 == 0 ? 1 : -1) : 0 }
    return Int64(bitPattern: power(UInt64(bitPattern: base), UInt64(exponent)))
  }

  package static func power(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
    var (result, base, exponent) = (UInt64(1), base, exponent)
    while exponent > 0 {
      if exponent & 1 == 1 { result = result &* base }
      base = base &* base
      exponent >>= 1
    }
    return result
  }
}
