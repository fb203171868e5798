import TheanoGraph

// What is written by habit and means something else, or nothing: the compiler says what was meant. `==` is a warning and no error,
// since an operator that is unavailable would give way to that of `Equatable`, without a word.

/// Not the comparison of elements, which is `.==`.
@available(
  *, deprecated,
  message: "== compares the identity of variables, and a number is none; elements are compared by .=="
)
public func == <V: ComparedByIdentity>(a: V, b: Int) -> Bool { false }
/// Not the comparison of elements, which is `.==`.
@available(
  *, deprecated,
  message: "== compares the identity of variables, and a number is none; elements are compared by .=="
)
public func == <V: ComparedByIdentity>(a: Int, b: V) -> Bool { false }
/// Not the comparison of elements, which is `.==`.
@available(
  *, deprecated,
  message: "== compares the identity of variables, and a number is none; elements are compared by .=="
)
public func == <V: ComparedByIdentity>(a: V, b: Double) -> Bool { false }
/// Not the comparison of elements, which is `.==`.
@available(
  *, deprecated,
  message: "== compares the identity of variables, and a number is none; elements are compared by .=="
)
public func == <V: ComparedByIdentity>(a: Double, b: V) -> Bool { false }
/// Not the comparison of elements, which is `.!=`.
@available(
  *, deprecated,
  message: "!= compares the identity of variables, and a number is none; elements are compared by .!="
)
public func != <V: ComparedByIdentity>(a: V, b: Int) -> Bool { true }
/// Not the comparison of elements, which is `.!=`.
@available(
  *, deprecated,
  message: "!= compares the identity of variables, and a number is none; elements are compared by .!="
)
public func != <V: ComparedByIdentity>(a: Int, b: V) -> Bool { true }
/// Not the comparison of elements, which is `.!=`.
@available(
  *, deprecated,
  message: "!= compares the identity of variables, and a number is none; elements are compared by .!="
)
public func != <V: ComparedByIdentity>(a: V, b: Double) -> Bool { true }
/// Not the comparison of elements, which is `.!=`.
@available(
  *, deprecated,
  message: "!= compares the identity of variables, and a number is none; elements are compared by .!="
)
public func != <V: ComparedByIdentity>(a: Double, b: V) -> Bool { true }

extension TensorVariable {
  /// Not there: elements are compared by `.<`.
  @available(*, unavailable, message: "elements are compared by .<") @_disfavoredOverload
  public static func < (a: TensorVariable, b: TensorVariable) -> TensorVariable { a }
  /// Not there: elements are compared by `.<`.
  @available(*, unavailable, message: "elements are compared by .<") @_disfavoredOverload
  public static func < <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable { a }
  /// Not there: elements are compared by `.<`.
  @available(*, unavailable, message: "elements are compared by .<") @_disfavoredOverload
  public static func < <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable { a.tensorVariable }
  /// Not there: elements are compared by `.<=`.
  @available(*, unavailable, message: "elements are compared by .<=") @_disfavoredOverload
  public static func <= (a: TensorVariable, b: TensorVariable) -> TensorVariable { a }
  /// Not there: elements are compared by `.<=`.
  @available(*, unavailable, message: "elements are compared by .<=") @_disfavoredOverload
  public static func <= <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable { a }
  /// Not there: elements are compared by `.<=`.
  @available(*, unavailable, message: "elements are compared by .<=") @_disfavoredOverload
  public static func <= <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable { a.tensorVariable }
  /// Not there: elements are compared by `.>`.
  @available(*, unavailable, message: "elements are compared by .>") @_disfavoredOverload
  public static func > (a: TensorVariable, b: TensorVariable) -> TensorVariable { a }
  /// Not there: elements are compared by `.>`.
  @available(*, unavailable, message: "elements are compared by .>") @_disfavoredOverload
  public static func > <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable { a }
  /// Not there: elements are compared by `.>`.
  @available(*, unavailable, message: "elements are compared by .>") @_disfavoredOverload
  public static func > <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable { a.tensorVariable }
  /// Not there: elements are compared by `.>=`.
  @available(*, unavailable, message: "elements are compared by .>=") @_disfavoredOverload
  public static func >= (a: TensorVariable, b: TensorVariable) -> TensorVariable { a }
  /// Not there: elements are compared by `.>=`.
  @available(*, unavailable, message: "elements are compared by .>=") @_disfavoredOverload
  public static func >= <B: TensorConvertible>(a: TensorVariable, b: B) -> TensorVariable { a }
  /// Not there: elements are compared by `.>=`.
  @available(*, unavailable, message: "elements are compared by .>=") @_disfavoredOverload
  public static func >= <A: TensorConvertible>(a: A, b: TensorVariable) -> TensorVariable { a.tensorVariable }
  /// Not there: booleans are joined by `.&`, element by element.
  @available(*, unavailable, message: "booleans are joined by .&, element by element") @_disfavoredOverload
  public static func && (a: TensorVariable, b: TensorVariable) -> TensorVariable { a }
  /// Not there: booleans are joined by `.|`, element by element.
  @available(*, unavailable, message: "booleans are joined by .|, element by element") @_disfavoredOverload
  public static func || (a: TensorVariable, b: TensorVariable) -> TensorVariable { a }
  /// Not there: the opposite of booleans is `.!`, element by element.
  @available(*, unavailable, message: "the opposite of booleans is .!, element by element")
  @_disfavoredOverload
  public static prefix func ! (a: TensorVariable) -> TensorVariable { a }
}

extension SelectionFunction {
  /// A choice that is made before anything is computed: `==` between variables asks whether they are the same one.
  @available(
    *, deprecated,
    message:
      "the condition is a Bool of Swift's, decided before anything is computed: compare elements with .==, .<, ..., or write T.constant(true)"
  )
  public func callAsFunction(
    _ condition: Bool, _ a: any TensorConvertible, _ b: any TensorConvertible, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable {
    callAsFunction(condition as any TensorConvertible, a, b, fileID: fileID, line: line)
  }
}

extension T {
  /// A choice that is made before anything is computed: `==` between variables asks whether they are the same one.
  @available(
    *, deprecated,
    message:
      "the condition is a Bool of Swift's, decided before anything is computed: compare with .==, .<, ..., or write T.constant(true)"
  )
  public static func ifElse(
    _ condition: Bool, _ a: any TensorConvertible, _ b: any TensorConvertible, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable {
    ifElse(condition as any TensorConvertible, a, b, fileID: fileID, line: line)
  }
}
