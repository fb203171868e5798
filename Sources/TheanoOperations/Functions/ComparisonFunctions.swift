import TheanoGraph
import TheanoKernels

/// Comparisons, logic, choice and rounding: each property is the one entry of its function.
public struct ComparisonFunctions: Sendable {
  package static let table = ComparisonFunctions()

  /// Whether a < b, element by element; false where either is NaN.
  public let lt: BinaryFunction = .init(
    "lt", .comparison, infix: ".<", .operand(0) .< .operand(1), float: { $0 < $1 ? 1 : 0 },
    signed: { $0 < $1 ? 1 : 0 }, unsigned: { $0 < $1 ? 1 : 0 }, derivatives: (nil, nil), "a < b")

  /// Whether a <= b, element by element; false where either is NaN.
  public let le: BinaryFunction = .init(
    "le", .comparison, infix: ".<=", .operand(0) .<= .operand(1), float: { $0 <= $1 ? 1 : 0 },
    signed: { $0 <= $1 ? 1 : 0 }, unsigned: { $0 <= $1 ? 1 : 0 }, derivatives: (nil, nil), "a <= b")

  /// Whether a > b, element by element; false where either is NaN.
  public let gt: BinaryFunction = .init(
    "gt", .comparison, infix: ".>", .operand(1) .< .operand(0), float: { $0 > $1 ? 1 : 0 },
    signed: { $0 > $1 ? 1 : 0 }, unsigned: { $0 > $1 ? 1 : 0 }, derivatives: (nil, nil), "a > b")

  /// Whether a >= b, element by element; false where either is NaN.
  public let ge: BinaryFunction = .init(
    "ge", .comparison, infix: ".>=", .operand(1) .<= .operand(0), float: { $0 >= $1 ? 1 : 0 },
    signed: { $0 >= $1 ? 1 : 0 }, unsigned: { $0 >= $1 ? 1 : 0 }, derivatives: (nil, nil), "a >= b")

  /// Whether a equals b, element by element; false where either is NaN.
  public let eq: BinaryFunction = .init(
    "eq", .comparison, infix: ".==", .operand(0) .== .operand(1), float: { $0 == $1 ? 1 : 0 },
    signed: { $0 == $1 ? 1 : 0 }, unsigned: { $0 == $1 ? 1 : 0 }, derivatives: (nil, nil), commutative: true,
    "a == b")

  /// Whether a differs from b, element by element; true where either is NaN.
  public let neq: BinaryFunction = .init(
    "neq", .comparison, infix: ".!=", .operand(0) .!= .operand(1), float: { $0 != $1 ? 1 : 0 },
    signed: { $0 != $1 ? 1 : 0 }, unsigned: { $0 != $1 ? 1 : 0 }, derivatives: (nil, nil), commutative: true,
    "a != b")

  /// Whether every element is NaN.
  public let isnan: UnaryFunction = .init(
    "isnan", .floatTest, .operand(0) .!= .operand(0), float: { $0.isNaN ? 1 : 0 }, derivative: nil, "x is NaN"
  )

  /// Whether every element is an infinity.
  public let isinf: UnaryFunction = .init(
    "isinf", .floatTest, .unary(.absolute, .operand(0)) .== .literal(.infinity),
    float: { $0.isInfinite ? 1 : 0 },
    derivative: nil, "x is infinite")

  /// And: of booleans, or of integers bit by bit.
  public let and: BinaryFunction = .init(
    "and", .logical, infix: ".&", .binary(.and, .operand(0), .operand(1)), signed: { $0 & $1 },
    unsigned: { $0 & $1 },
    derivatives: (nil, nil), commutative: true, "a and b")

  /// Or: of booleans, or of integers bit by bit.
  public let or: BinaryFunction = .init(
    "or", .logical, infix: ".|", .binary(.or, .operand(0), .operand(1)), signed: { $0 | $1 },
    unsigned: { $0 | $1 },
    derivatives: (nil, nil), commutative: true, "a or b")

  /// Exclusive or: of booleans, or of integers bit by bit.
  public let xor: BinaryFunction = .init(
    "xor", .logical, infix: ".^", .binary(.xor, .operand(0), .operand(1)), signed: { $0 ^ $1 },
    unsigned: { $0 ^ $1 },
    derivatives: (nil, nil), commutative: true, "a xor b")

  /// Not: of booleans, or of integers bit by bit.
  public let not: UnaryFunction = .init(
    "not", .logical, .unary(.not, .operand(0)), signed: { ~$0 }, unsigned: { ~$0 }, derivative: nil, "not x")

  /// Elements of the second operand where the condition holds, of the third elsewhere.
  public let `where`: SelectionFunction = .init(
    definition: ElementwiseDefinition(
      "where", arity: 3, .selection, recipe: .select(.operand(0), .operand(1), .operand(2)),
      host: .init(
        float: { c, a, b in c != 0 ? a : b }, signed: { c, a, b in c != 0 ? a : b },
        unsigned: { c, a, b in c != 0 ? a : b }),
      derivatives: [
        nil, { x, _, g in T.where(x[0], g, 0) }, { x, _, g in T.where(x[0], 0, g) },
      ], conditions: [nil, { $0[0] }, { .!$0[0] }], scaling: false, domain: [0...1, -3...3, -3...3],
      "condition ? a : b"))

  /// The largest integer not above every element; its derivative is 0 everywhere.
  public let floor: UnaryFunction = .init(
    "floor", .floating, .unary(.floor, .operand(0)), float: { $0.rounded(.down) },
    derivative: UnaryFunction.flat, condition: UnaryFunction.nowhere, scaling: false, domain: 0.1...0.9,
    "floor")

  /// The smallest integer not below every element; its derivative is 0 everywhere.
  public let ceil: UnaryFunction = .init(
    "ceil", .floating, .unary(.ceil, .operand(0)), float: { $0.rounded(.up) },
    derivative: UnaryFunction.flat, condition: UnaryFunction.nowhere, scaling: false, domain: 0.1...0.9,
    "ceiling")

  /// Every element rounded to the nearest integer, halves to even; its derivative is 0 everywhere.
  public let round: UnaryFunction = .init(
    "round", .floating, .unary(.rint, .operand(0)), float: { $0.rounded(.toNearestOrEven) },
    derivative: UnaryFunction.flat, condition: UnaryFunction.nowhere, scaling: false, domain: 0.1...0.4,
    "round to nearest, halves to even")
}
