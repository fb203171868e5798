/// A `complex64` element: two floats, the real part first.
package struct ComplexFloat: BitwiseCopyable, Sendable, Hashable {
  package var real: Float
  package var imaginary: Float
  package init(_ real: Float, _ imaginary: Float = 0) {
    self.real = real
    self.imaginary = imaginary
  }
}

/// A `complex128` element: two doubles, the real part first.
package struct ComplexDouble: BitwiseCopyable, Sendable, Hashable {
  package var real: Double
  package var imaginary: Double
  package init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }
}
