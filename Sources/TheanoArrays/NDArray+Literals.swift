// Literals make weak arrays: `let b: NDArray = 1` beside a float32 array counts as float32.

extension NDArray: ExpressibleByIntegerLiteral {
  /// A weak 0-d array of `int64`.
  public init(integerLiteral value: Int) { self.init(scalar: value, isWeak: true) }
}

extension NDArray: ExpressibleByFloatLiteral {
  /// A weak 0-d array of `float64`.
  public init(floatLiteral value: Double) { self.init(scalar: value, isWeak: true) }
}

extension NDArray: ExpressibleByBooleanLiteral {
  /// A weak 0-d array of `bool`.
  public init(booleanLiteral value: Bool) { self.init(scalar: value, isWeak: true) }
}

extension NDArray: ExpressibleByArrayLiteral {
  /// An array of literals and arrays of one shape, stacked along a new first axis; weak if all its parts are.
  public init(arrayLiteral elements: NDArray...) {
    self = trapping { () throws(TheanoError) in try NDArray.stackedNested(elements) }
  }
}
