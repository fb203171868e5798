import TheanoGraph

precedencegroup ExponentiationPrecedence {
  higherThan: MultiplicationPrecedence
  associativity: right
}

/// Power. Note that Swift binds a prefix minus more tightly: `-x ** 2` is `(-x) ** 2`; write `-(x ** 2)` for the other.
infix operator ** : ExponentiationPrecedence

extension TensorVariable {
  /// Applies an entry of the table from an operator, which knows its line only by the stack.
  @inline(__always)
  private static func apply(_ f: BinaryFunction, _ a: TensorVariable, _ b: TensorVariable) -> TensorVariable {
    f.apply([a, b], .operatorSite())
  }

  /// Sum, element by element; operands broadcast.
  @inline(never)
  public static func + (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.add, a, b) }
  /// Difference, element by element; operands broadcast.
  @inline(never)
  public static func - (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.subtract, a, b) }
  /// Product, element by element; operands broadcast. For the matrix product see `T.dot`.
  @inline(never)
  public static func * (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.multiply, a, b) }
  /// True division, element by element; operands broadcast.
  @inline(never)
  public static func / (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.divide, a, b) }
  /// Remainder with the sign of the divisor, element by element; operands broadcast.
  @inline(never)
  public static func % (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.mod, a, b) }
  /// Power, element by element; operands broadcast. `-x ** 2` is `(-x) ** 2`.
  @inline(never)
  public static func ** (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.pow, a, b) }

  /// Whether a < b, element by element.
  @inline(never)
  public static func .< (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.lt, a, b) }
  /// Whether a <= b, element by element.
  @inline(never)
  public static func .<= (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.le, a, b) }
  /// Whether a > b, element by element.
  @inline(never)
  public static func .> (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.gt, a, b) }
  /// Whether a >= b, element by element.
  @inline(never)
  public static func .>= (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.ge, a, b) }
  /// Whether a equals b, element by element.
  @inline(never)
  public static func .== (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.eq, a, b) }
  /// Whether a differs from b, element by element.
  @inline(never)
  public static func .!= (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.neq, a, b) }
  /// And, of booleans or of integers bit by bit.
  @inline(never)
  public static func .& (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.and, a, b) }
  /// Or, of booleans or of integers bit by bit.
  @inline(never)
  public static func .| (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.or, a, b) }
  /// Exclusive or, of booleans or of integers bit by bit.
  @inline(never)
  public static func .^ (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(T.xor, a, b) }

  /// The negative of every element.
  @inline(never)
  public static prefix func - (a: TensorVariable) -> TensorVariable { T.negate.apply([a], .operatorSite()) }
  /// Not, of booleans or of integers bit by bit.
  @inline(never)
  public static prefix func .! (a: TensorVariable) -> TensorVariable { T.not.apply([a], .operatorSite()) }
}

// Arrays and Swift numbers beside variables. Generic and disfavoured: literals never come here, so that long
// expressions have one candidate an operator and type-check fast.
extension TensorVariable {
  /// Sum with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func + <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable { apply(T.add, a.tensorVariable, b) }
  /// Sum with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func + <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable { apply(T.add, a, b.tensorVariable) }
  /// Difference with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func - <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable { apply(T.subtract, a.tensorVariable, b) }
  /// Difference with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func - <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable { apply(T.subtract, a, b.tensorVariable) }
  /// Product with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func * <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable { apply(T.multiply, a.tensorVariable, b) }
  /// Product with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func * <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable { apply(T.multiply, a, b.tensorVariable) }
  /// Quotient with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func / <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable { apply(T.divide, a.tensorVariable, b) }
  /// Quotient with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func / <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable { apply(T.divide, a, b.tensorVariable) }
  /// Power with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func ** <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable { apply(T.pow, a.tensorVariable, b) }
  /// Power with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func ** <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable { apply(T.pow, a, b.tensorVariable) }
}
