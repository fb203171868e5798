import TheanoGraph

precedencegroup ExponentiationPrecedence {
  higherThan: MultiplicationPrecedence
  associativity: right
}

/// Power, which binds more tightly than `*` and to the right: `a ** b ** c` is `a ** (b ** c)`, as on paper.
///
/// - Important: A prefix minus is not as on paper, nor as in Python. Swift binds every prefix operator more tightly than any
///   infix one, so that `-x ** 2` means `(-x) ** 2`, which is x²; Python reads it as `-(x ** 2)`. Write the parentheses:
///   `-(x ** 2)`, or `0 - x ** 2`.
infix operator ** : ExponentiationPrecedence

/// `T`, under a name that the property `TensorVariable.T` does not hide.
typealias Functions = T

extension TensorVariable {
  /// Applies an entry of the table from an operator, which knows its line only by the stack.
  @inline(__always)
  static func apply(_ f: BinaryFunction, _ a: TensorVariable, _ b: TensorVariable) -> TensorVariable {
    f.apply([a, b], .operatorSite())
  }

  /// Sum, element by element; operands broadcast.
  @inline(never)
  public static func + (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(Functions.add, a, b) }
  /// Difference, element by element; operands broadcast.
  @inline(never)
  public static func - (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.subtract, a, b)
  }
  /// Product, element by element; operands broadcast. For the matrix product see `T.dot`.
  @inline(never)
  public static func * (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.multiply, a, b)
  }
  /// True division, element by element; operands broadcast.
  @inline(never)
  public static func / (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.divide, a, b)
  }
  /// Remainder with the sign of the divisor, element by element; operands broadcast.
  @inline(never)
  public static func % (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(Functions.mod, a, b) }
  /// Power, element by element; operands broadcast.
  ///
  /// - Important: `-x ** 2` is `(-x) ** 2` in Swift, not `-(x ** 2)` as on paper and in Python.
  @inline(never)
  public static func ** (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.pow, a, b)
  }

  /// Whether a < b, element by element.
  @inline(never)
  public static func .< (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(Functions.lt, a, b) }
  /// Whether a <= b, element by element.
  @inline(never)
  public static func .<= (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.le, a, b)
  }
  /// Whether a > b, element by element.
  @inline(never)
  public static func .> (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(Functions.gt, a, b) }
  /// Whether a >= b, element by element.
  @inline(never)
  public static func .>= (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.ge, a, b)
  }
  /// Whether a equals b, element by element.
  @inline(never)
  public static func .== (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.eq, a, b)
  }
  /// Whether a differs from b, element by element.
  @inline(never)
  public static func .!= (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.neq, a, b)
  }
  /// And, of booleans or of integers bit by bit.
  @inline(never)
  public static func .& (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.and, a, b)
  }
  /// Or, of booleans or of integers bit by bit.
  @inline(never)
  public static func .| (a: TensorVariable, b: TensorVariable) -> TensorVariable { apply(Functions.or, a, b) }
  /// Exclusive or, of booleans or of integers bit by bit.
  @inline(never)
  public static func .^ (a: TensorVariable, b: TensorVariable) -> TensorVariable {
    apply(Functions.xor, a, b)
  }

  /// The negative of every element.
  @inline(never)
  public static prefix func - (a: TensorVariable) -> TensorVariable {
    Functions.negate.apply([a], .operatorSite())
  }
  /// Not, of booleans or of integers bit by bit.
  @inline(never)
  public static prefix func .! (a: TensorVariable) -> TensorVariable {
    Functions.not.apply([a], .operatorSite())
  }
}
