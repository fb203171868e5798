import TheanoArrays
import TheanoGraph
import TheanoKernels

/// The arithmetic of arrays: each property is the one entry of its function.
public struct ArithmeticFunctions: Sendable {
  package static let table = ArithmeticFunctions()

  /// Sum of two operands, element by element; booleans are or-ed.
  public let add: BinaryFunction = .init(
    "add", .numeric, infix: "+", .binary(.add, .operand(0), .operand(1)), float: { $0 + $1 },
    signed: { $0 &+ $1 },
    unsigned: { $0 &+ $1 }, derivatives: ({ _, _, _, g in g }, { _, _, _, g in g }), scaling: false,
    commutative: true, length: { $0 + $1 }, "a + b")

  /// Difference of two operands, element by element.
  public let subtract: BinaryFunction = .init(
    "subtract", .numeric, infix: "-", .binary(.subtract, .operand(0), .operand(1)), float: { $0 - $1 },
    signed: { $0 &- $1 }, unsigned: { $0 &- $1 }, derivatives: ({ _, _, _, g in g }, { _, _, _, g in -g }),
    scaling: false, booleans: false, length: { $0 - $1 }, "a - b")

  /// Product of two operands, element by element; booleans are and-ed.
  public let multiply: BinaryFunction = .init(
    "multiply", .numeric, infix: "*", .binary(.multiply, .operand(0), .operand(1)), float: { $0 * $1 },
    signed: { $0 &* $1 }, unsigned: { $0 &* $1 },
    derivatives: ({ _, b, _, g in g * b }, { a, _, _, g in g * a }),
    commutative: true, length: { $0 * $1 }, "a * b")

  /// True division, element by element; of integers it gives `float64`.
  public let divide: BinaryFunction = .init(
    "divide", .floating, infix: "/", .binary(.divide, .operand(0), .operand(1)), float: { $0 / $1 },
    derivatives: ({ _, b, _, g in g / b }, { _, b, y, g in -(g * y) / b }), domain: [-3...3, 0.5...3], "a / b"
  )

  /// Division rounded towards minus infinity, element by element. Integers divided by 0 give 0, as in NumPy. Its derivatives
  /// are 0 everywhere.
  public let floorDivide: BinaryFunction = .init(
    "floorDivide", .integral, infix: "//", .call("floordiv", .operand(0), .operand(1)),
    float: { a, b in NumPyDivision.floorDivide(a, b) }, signed: { a, b in NumPyDivision.floorDivide(a, b) },
    unsigned: { $1 == 0 ? 0 : $0 / $1 },
    derivatives: (BinaryFunction.flat, BinaryFunction.flat),
    conditions: (UnaryFunction.nowhere, UnaryFunction.nowhere), scaling: false,
    length: { a, b in Dim.floorDivide(a, b) },
    domain: [0.2...0.9, 1...3], "floor(a / b)")

  /// Remainder with the sign of the divisor, element by element. Integers modulo 0 give 0, as in NumPy.
  public let mod: BinaryFunction = .init(
    "mod", .integral, infix: "%", .call("mod", .operand(0), .operand(1)),
    float: { a, b in NumPyDivision.modulo(a, b) }, signed: { a, b in NumPyDivision.modulo(a, b) },
    unsigned: { $1 == 0 ? 0 : $0 % $1 },
    derivatives: ({ _, _, _, g in g }, { a, b, _, g in -g * T.floor(a / b) }), domain: [0.2...0.9, 1...3],
    "a - floor(a / b) * b")

  /// The negative of every element.
  public let negate: UnaryFunction = .init(
    "negate", .numeric, infix: "-", .unary(.negate, .operand(0)), float: { -$0 }, signed: { 0 &- $0 },
    unsigned: { 0 &- $0 }, derivative: { _, _, g in -g }, scaling: false, booleans: false,
    length: { 0 - $0[0] }, "-x")

  /// The magnitude of every element; its derivative at 0 is 0.
  public let abs: UnaryFunction = .init(
    "abs", .numeric, .unary(.absolute, .operand(0)), float: { $0.magnitude },
    signed: { $0 < 0 ? 0 &- $0 : $0 },
    unsigned: { $0 }, derivative: { x, _, g in g * T.sign(x) }, domain: 0.5...3, "|x|")

  /// -1, 0 or 1 by the sign of every element; NaN stays NaN. Its derivative is 0 everywhere.
  public let sign: UnaryFunction = .init(
    "sign", .numeric,
    .select(
      .operand(0) .== .operand(0), .select(0 .< .operand(0), 1, .select(.operand(0) .< 0, -1.0, 0)),
      .operand(0)),
    float: { $0.isNaN ? $0 : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, signed: { $0.signum() },
    unsigned: { $0 == 0 ? 0 : 1 },
    derivative: UnaryFunction.flat, condition: UnaryFunction.nowhere, scaling: false, booleans: false,
    domain: 0.5...3, "-1, 0 or 1")

  /// The larger of two operands, element by element; NaN if either is. At ties the first has the slope.
  public let maximum: BinaryFunction = .init(
    "maximum", .numeric, .binary(.maximum, .operand(0), .operand(1)),
    float: { a, b in a.isNaN || a > b ? a : b }, signed: { Swift.max($0, $1) },
    unsigned: { Swift.max($0, $1) },
    derivatives: (
      { a, b, _, g in T.where(T.ge(a, b), g, 0) }, { a, b, _, g in T.where(T.lt(a, b), g, 0) }
    ), conditions: ({ T.ge($0[0], $0[1]) }, { T.lt($0[0], $0[1]) }), scaling: false,
    length: { a, b in Dim.maximum(a, b) }, domain: [-3 ... -0.5, 0...3], "max(a, b)")

  /// The smaller of two operands, element by element; NaN if either is. At ties the first has the slope.
  public let minimum: BinaryFunction = .init(
    "minimum", .numeric, .binary(.minimum, .operand(0), .operand(1)),
    float: { a, b in a.isNaN || a < b ? a : b }, signed: { Swift.min($0, $1) },
    unsigned: { Swift.min($0, $1) },
    derivatives: (
      { a, b, _, g in T.where(T.le(a, b), g, 0) }, { a, b, _, g in T.where(T.gt(a, b), g, 0) }
    ), conditions: ({ T.le($0[0], $0[1]) }, { T.gt($0[0], $0[1]) }), scaling: false,
    length: { a, b in Dim.minimum(a, b) }, domain: [-3 ... -0.5, 0...3], "min(a, b)")
}

/// Division as NumPy defines it where C and Swift differ: signs, zero, infinities.
package enum NumPyDivision {
  package static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    if b == 0 { return 0 }
    if b == -1 { return 0 &- a }
    let q = a / b
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q
  }

  package static func modulo(_ a: Int64, _ b: Int64) -> Int64 {
    if b == 0 || b == -1 { return 0 }
    let r = a % b
    return r != 0 && (r < 0) != (b < 0) ? r + b : r
  }

  package static func modulo(_ a: Double, _ b: Double) -> Double {
    if b == 0 { return .nan }
    var r = a.truncatingRemainder(dividingBy: b)
    if r != 0 {
      if (b < 0) != (r < 0) { r += b }
    } else {
      r = b.sign == .minus ? -0.0 : 0.0
    }
    return r
  }

  package static func floorDivide(_ a: Double, _ b: Double) -> Double {
    if b == 0 { return a / b }
    var r = a.truncatingRemainder(dividingBy: b)
    var quotient = (a - r) / b
    if r != 0 {
      if (b < 0) != (r < 0) {
        r += b
        quotient -= 1
      }
    }
    if quotient == 0 { return (a / b).sign == .minus ? -0.0 : 0.0 }
    let floored = quotient.rounded(.down)
    return quotient - floored > 0.5 ? floored + 1 : floored
  }
}
