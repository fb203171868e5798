import TheanoArrays

/// What the scalar machine of the kernel language can do in one step.
///
/// Every op's recipe is a tree over these. A dialect (C, OpenCL C, CUDA C) renders them from one table; functions of
/// the vector-maths prelude are named, not listed, so that a new one needs no entry here.
package enum Primitive: Hashable, Sendable {
  case add, subtract, multiply
  /// Division of floats.
  case divide
  case negate, absolute
  /// The smaller or larger one; NaN if either is NaN.
  case minimum, maximum
  case less, lessOrEqual, equal, notEqual
  /// Logic on booleans, bitwise on integers.
  case and, or, xor, not
  case shiftLeft, shiftRight
  /// `condition ? a : b`, both evaluated.
  case select
  case cast(DType)
  case floor, ceil, trunc, rint
  /// A function of the prelude, such as `exp`: rendered as `th_exp_f64`, with the dtype of its first operand.
  case call(String)
}

extension Primitive {
  /// The number of operands; `nil` for prelude functions, whose recipes decide.
  package var arity: Int? {
    switch self {
    case .negate, .absolute, .not, .cast, .floor, .ceil, .trunc, .rint: 1
    case .select: 3
    case .call: nil
    default: 2
    }
  }

  /// The dtype of the result for operands of the given dtypes.
  package func result(_ operands: [DType]) -> DType {
    switch self {
    case .less, .lessOrEqual, .equal, .notEqual: .bool
    case .select: operands[1]
    case .cast(let dtype): dtype.arithmetic
    default: operands[0]
    }
  }

  /// Whether operands may have these dtypes: what the verifier asks.
  package func accepts(_ operands: [DType]) -> Bool {
    if let arity, arity != operands.count { return false }
    switch self {
    case .select: return operands[0] == .bool && operands[1] == operands[2]
    case .cast: return true
    case .divide, .floor, .ceil, .trunc, .rint:
      return operands.allSatisfy { $0 == operands[0] && $0.isFloating }
    case .and, .or, .xor, .not: return operands.allSatisfy { $0 == operands[0] && $0.isDiscrete }
    case .shiftLeft, .shiftRight: return operands.allSatisfy { $0 == operands[0] && $0.isInteger }
    case .add, .subtract, .multiply, .negate:
      return operands.allSatisfy { $0 == operands[0] && $0 != .bool }
    default: return !operands.isEmpty && operands.allSatisfy { $0 == operands[0] }
    }
  }

  /// Roughly what it costs next to an addition: decides what is worth computing twice and what is worth a thread.
  package var cost: Int {
    switch self {
    case .call: 16
    case .divide: 4
    default: 1
    }
  }
}

/// The recipe of an elementwise op: a small tree that says how one element is computed, for every dtype at once.
///
/// Literals take the dtype of the op's operands; so `1 / (1 + exp(-x))` serves `float32` and `float64` alike.
package indirect enum Recipe: Hashable, Sendable {
  case operand(Int)
  case literal(Double)
  case apply(Primitive, [Recipe])
}

extension Recipe {
  /// A prelude function of the given arguments.
  package static func call(_ name: String, _ arguments: Recipe...) -> Recipe {
    .apply(.call(name), arguments)
  }
  package static func binary(_ primitive: Primitive, _ a: Recipe, _ b: Recipe) -> Recipe {
    .apply(primitive, [a, b])
  }
  package static func unary(_ primitive: Primitive, _ a: Recipe) -> Recipe { .apply(primitive, [a]) }
  package static func select(_ condition: Recipe, _ a: Recipe, _ b: Recipe) -> Recipe {
    .apply(.select, [condition, a, b])
  }

  package static func + (a: Recipe, b: Recipe) -> Recipe { .binary(.add, a, b) }
  package static func - (a: Recipe, b: Recipe) -> Recipe { .binary(.subtract, a, b) }
  package static func * (a: Recipe, b: Recipe) -> Recipe { .binary(.multiply, a, b) }
  package static func / (a: Recipe, b: Recipe) -> Recipe { .binary(.divide, a, b) }
  package static func .< (a: Recipe, b: Recipe) -> Recipe { .binary(.less, a, b) }
  package static func .<= (a: Recipe, b: Recipe) -> Recipe { .binary(.lessOrEqual, a, b) }
  package static func .== (a: Recipe, b: Recipe) -> Recipe { .binary(.equal, a, b) }
  package static func .!= (a: Recipe, b: Recipe) -> Recipe { .binary(.notEqual, a, b) }
  package static prefix func - (a: Recipe) -> Recipe { .unary(.negate, a) }
}

extension Recipe: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  package init(floatLiteral value: Double) { self = .literal(value) }
  package init(integerLiteral value: Int) { self = .literal(Double(value)) }
}

extension Primitive {
  /// The primitive that does to booleans what this one does to numbers, where that has a name of its own.
  var ofBooleans: Primitive {
    switch self {
    case .add, .maximum: .or
    case .multiply, .minimum: .and
    case .subtract: .xor
    default: self
    }
  }
}
