import TheanoGraph

// Arrays and Swift numbers beside variables. Generic and disfavoured: literals never come here, so that long
// expressions have one candidate an operator and type-check fast.
extension TensorVariable {
  /// Sum with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func + <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.add, a.tensorVariable, b)
  }
  /// Sum with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func + <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.add, a, b.tensorVariable)
  }
  /// Difference with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func - <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.subtract, a.tensorVariable, b)
  }
  /// Difference with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func - <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.subtract, a, b.tensorVariable)
  }
  /// Product with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func * <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.multiply, a.tensorVariable, b)
  }
  /// Product with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func * <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.multiply, a, b.tensorVariable)
  }
  /// Quotient with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func / <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.divide, a.tensorVariable, b)
  }
  /// Quotient with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func / <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.divide, a, b.tensorVariable)
  }
  /// Remainder with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func % <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.mod, a.tensorVariable, b)
  }
  /// Remainder with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func % <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.mod, a, b.tensorVariable)
  }
  /// Power with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func ** <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.pow, a.tensorVariable, b)
  }
  /// Power with an array or a number.
  @inline(never) @_disfavoredOverload
  public static func ** <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.pow, a, b.tensorVariable)
  }
  /// Whether it is less, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .< <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.lt, a.tensorVariable, b)
  }
  /// Whether it is less, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .< <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.lt, a, b.tensorVariable)
  }
  /// Whether it is at most as large, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .<= <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.le, a.tensorVariable, b)
  }
  /// Whether it is at most as large, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .<= <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.le, a, b.tensorVariable)
  }
  /// Whether it is greater, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .> <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.gt, a.tensorVariable, b)
  }
  /// Whether it is greater, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .> <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.gt, a, b.tensorVariable)
  }
  /// Whether it is at least as large, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .>= <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.ge, a.tensorVariable, b)
  }
  /// Whether it is at least as large, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .>= <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.ge, a, b.tensorVariable)
  }
  /// Whether it is equal, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .== <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.eq, a.tensorVariable, b)
  }
  /// Whether it is equal, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .== <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.eq, a, b.tensorVariable)
  }
  /// Whether it differs, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .!= <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable {
    apply(Functions.neq, a.tensorVariable, b)
  }
  /// Whether it differs, beside an array or a number.
  @inline(never) @_disfavoredOverload
  public static func .!= <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable {
    apply(Functions.neq, a, b.tensorVariable)
  }
}
