/// The Swift type of an array's elements, for loops over them: one for each ``DType``.
///
/// Values travel between types through one of four *carriers* that hold every value of their kind: `Int64`, `UInt64`,
/// `Double`, `ComplexDouble`. So there are 15 ways to read and 60 to write rather than 225 to convert.
///
/// Conversions are NumPy's, made definite where C leaves them undefined: integers keep their low bits; floats go to
/// integers toward zero, those outside the range to its nearest end and NaN to 0; complex numbers lose their imaginary
/// part; anything but 0 is `true`.
package protocol ArrayElement: NDArrayScalar {
  associatedtype Carrier: ArrayCarrier
  var carried: Carrier { get }
  init(carrying value: Int64)
  init(carrying value: UInt64)
  init(carrying value: Double)
  init(carrying value: ComplexDouble)
  /// The element at an address. `Bool` accepts any byte, whatever its file held.
  static func read(_ pointer: UnsafeRawPointer) -> Self
}

extension ArrayElement {
  @inline(__always)
  package static func read(_ pointer: UnsafeRawPointer) -> Self { pointer.load(as: Self.self) }
}

/// A type that holds every value of a kind of element types.
package protocol ArrayCarrier: ArrayElement where Carrier == Self {
  /// This value as an element of another type.
  func element<T: ArrayElement>(_: T.Type) -> T
}
extension ArrayCarrier {
  @inline(__always) package var carried: Self { self }
}

extension FixedWidthInteger {
  @inline(__always)
  init(saturating value: Double) {
    // The comparisons are with exact powers of two, so that no rounding of `max` can let a value slip through.
    let limit = Double(sign: .plus, exponent: Self.bitWidth - (Self.isSigned ? 1 : 0), significand: 1)
    if value >= limit {
      self = .max
    } else if value > (Self.isSigned ? -limit - 1 : -1) {
      self = Self(value)
    } else if value.isNaN {
      self = 0
    } else {
      self = .min
    }
  }
}

extension Int8: ArrayElement {
  @inline(__always) package var carried: Int64 { Int64(self) }
  @inline(__always) package init(carrying value: Int64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: Double) { self.init(saturating: value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(saturating: value.real) }
}

extension Int16: ArrayElement {
  @inline(__always) package var carried: Int64 { Int64(self) }
  @inline(__always) package init(carrying value: Int64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: Double) { self.init(saturating: value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(saturating: value.real) }
}

extension Int32: ArrayElement {
  @inline(__always) package var carried: Int64 { Int64(self) }
  @inline(__always) package init(carrying value: Int64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: Double) { self.init(saturating: value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(saturating: value.real) }
}

extension Int64: ArrayCarrier {
  @inline(__always) package func element<T: ArrayElement>(_: T.Type) -> T { T(carrying: self) }
  @inline(__always) package init(carrying value: Int64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: Double) { self.init(saturating: value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(saturating: value.real) }
}

extension UInt8: ArrayElement {
  @inline(__always) package var carried: UInt64 { UInt64(self) }
  @inline(__always) package init(carrying value: Int64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: Double) { self.init(saturating: value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(saturating: value.real) }
}

extension UInt16: ArrayElement {
  @inline(__always) package var carried: UInt64 { UInt64(self) }
  @inline(__always) package init(carrying value: Int64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: Double) { self.init(saturating: value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(saturating: value.real) }
}

extension UInt32: ArrayElement {
  @inline(__always) package var carried: UInt64 { UInt64(self) }
  @inline(__always) package init(carrying value: Int64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: Double) { self.init(saturating: value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(saturating: value.real) }
}

extension UInt64: ArrayCarrier {
  @inline(__always) package func element<T: ArrayElement>(_: T.Type) -> T { T(carrying: self) }
  @inline(__always) package init(carrying value: Int64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(truncatingIfNeeded: value) }
  @inline(__always) package init(carrying value: Double) { self.init(saturating: value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(saturating: value.real) }
}

extension Bool: ArrayElement {
  @inline(__always) package var carried: UInt64 { self ? 1 : 0 }
  @inline(__always) package init(carrying value: Int64) { self = value != 0 }
  @inline(__always) package init(carrying value: UInt64) { self = value != 0 }
  @inline(__always) package init(carrying value: Double) { self = value != 0 }
  @inline(__always) package init(carrying value: ComplexDouble) {
    self = value.real != 0 || value.imaginary != 0
  }
  @inline(__always) package static func read(_ pointer: UnsafeRawPointer) -> Bool {
    pointer.load(as: UInt8.self) != 0
  }
}

extension Float: ArrayElement {
  @inline(__always) package var carried: Double { Double(self) }
  @inline(__always) package init(carrying value: Int64) { self.init(value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(value) }
  @inline(__always) package init(carrying value: Double) { self.init(value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(value.real) }
}

extension Double: ArrayCarrier {
  @inline(__always) package func element<T: ArrayElement>(_: T.Type) -> T { T(carrying: self) }
  @inline(__always) package init(carrying value: Int64) { self.init(value) }
  @inline(__always) package init(carrying value: UInt64) { self.init(value) }
  @inline(__always) package init(carrying value: Double) { self = value }
  @inline(__always) package init(carrying value: ComplexDouble) { self = value.real }
}

extension Half: ArrayElement {
  // Integers beyond 2^53, which `Double` would round first, are all infinite here.
  @inline(__always) package var carried: Double { double }
  @inline(__always) package init(carrying value: Int64) { self.init(Double(value)) }
  @inline(__always) package init(carrying value: UInt64) { self.init(Double(value)) }
  @inline(__always) package init(carrying value: Double) { self.init(value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(value.real) }
}

extension BFloat16: ArrayElement {
  @inline(__always) package var carried: Double { double }
  @inline(__always) package init(carrying value: Int64) {
    let magnitude = BFloat16.unrounded(value.magnitude)
    self.init(value < 0 ? -magnitude : magnitude)
  }
  @inline(__always) package init(carrying value: UInt64) { self.init(BFloat16.unrounded(value)) }
  @inline(__always) package init(carrying value: Double) { self.init(value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self.init(value.real) }

  /// The integer with its lowest 16 bits gathered into one if there are more than 48, so that `Double` holds it
  /// and the only rounding is the one to come.
  @inline(__always)
  static func unrounded(_ value: UInt64) -> Double {
    value >> 48 == 0 ? Double(value) : Double((value >> 16) << 16 | (value & 0xffff == 0 ? 0 : 0x8000))
  }
}

extension ComplexFloat: ArrayElement {
  @inline(__always) package var carried: ComplexDouble { ComplexDouble(Double(real), Double(imaginary)) }
  @inline(__always) package init(carrying value: Int64) { self.init(Float(value)) }
  @inline(__always) package init(carrying value: UInt64) { self.init(Float(value)) }
  @inline(__always) package init(carrying value: Double) { self.init(Float(value)) }
  @inline(__always) package init(carrying value: ComplexDouble) {
    self.init(Float(value.real), Float(value.imaginary))
  }
}

extension ComplexDouble: ArrayCarrier {
  @inline(__always) package func element<T: ArrayElement>(_: T.Type) -> T { T(carrying: self) }
  @inline(__always) package init(carrying value: Int64) { self.init(Double(value)) }
  @inline(__always) package init(carrying value: UInt64) { self.init(Double(value)) }
  @inline(__always) package init(carrying value: Double) { self.init(value) }
  @inline(__always) package init(carrying value: ComplexDouble) { self = value }
}

/// A generic function of an element type: what a `switch` over dtypes would call.
package protocol DTypeVisitor {
  associatedtype Output
  func visit<T: ArrayElement>(_ type: T.Type) -> Output
}

extension DType {
  /// Calls the visitor with the Swift type of this dtype's elements: a generic closure, specialised for each.
  ///
  /// ```swift
  /// struct Width: DTypeVisitor {
  ///   func visit<T: ArrayElement>(_: T.Type) -> Int { MemoryLayout<T>.size }
  /// }
  /// DType.float32.dispatch(Width())  // 4
  /// ```
  @inline(__always)
  package func dispatch<V: DTypeVisitor>(_ visitor: V) -> V.Output {
    switch self {
    case .bool: visitor.visit(Bool.self)
    case .int8: visitor.visit(Int8.self)
    case .int16: visitor.visit(Int16.self)
    case .int32: visitor.visit(Int32.self)
    case .int64: visitor.visit(Int64.self)
    case .uint8: visitor.visit(UInt8.self)
    case .uint16: visitor.visit(UInt16.self)
    case .uint32: visitor.visit(UInt32.self)
    case .uint64: visitor.visit(UInt64.self)
    case .float32: visitor.visit(Float.self)
    case .float64: visitor.visit(Double.self)
    case .complex64: visitor.visit(ComplexFloat.self)
    case .complex128: visitor.visit(ComplexDouble.self)
    case .float16: visitor.visit(Half.self)
    case .bfloat16: visitor.visit(BFloat16.self)
    }
  }

  /// Calls `body` with the Swift type of this dtype's elements. Not specialised: for what is not in a loop.
  package func dispatch<R, E>(_ body: (any ArrayElement.Type) throws(E) -> R) throws(E) -> R {
    try body(elementType)
  }

  /// The Swift type of this dtype's elements.
  package var elementType: any ArrayElement.Type { dispatch(ElementType()) }
}

private struct ElementType: DTypeVisitor {
  func visit<T: ArrayElement>(_ type: T.Type) -> any ArrayElement.Type { type }
}
