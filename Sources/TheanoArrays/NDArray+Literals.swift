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

// Beside literals, so that `[1, .nan]` is an array like `[1, 2.5]`.
extension NDArray {
  /// A weak 0-d array of `float64` that is not a number.
  public static var nan: NDArray { NDArray(scalar: Double.nan, isWeak: true) }
  /// A weak 0-d array of `float64`: positive infinity.
  public static var infinity: NDArray { NDArray(scalar: Double.infinity, isWeak: true) }
  /// A weak 0-d array of `float64`: the circumference of a circle of diameter 1, rounded toward zero as Swift's is.
  public static var pi: NDArray { NDArray(scalar: Double.pi, isWeak: true) }
}

extension NDArray: ExpressibleByArrayLiteral {
  /// An array of literals and arrays of one shape, stacked along a new first axis; weak if all its parts are.
  public init(arrayLiteral elements: NDArray...) {
    self = trapping { () throws(TheanoError) in try NDArray.stackedNested(elements) }
  }
}
