/// A Swift type of numbers that can be the elements of an array: `Bool`, the integers, `Float`, `Double` and,
/// where the platform has it, `Float16`.
///
/// Its values have the same size and meaning as the elements of its ``dtype``. No other type needs to conform.
public protocol NDArrayScalar: NDArrayConvertible, NDArrayReadable, BitwiseCopyable, Hashable {
  /// The element type that has this type's layout.
  static var dtype: DType { get }
}

extension NDArrayScalar {
  /// A weak 0-d array.
  @inlinable
  public var ndarray: NDArray { NDArray(scalar: self, isWeak: true) }

  /// A weak array of one axis; throws if there is no memory for it.
  public static func ndarray(stacking elements: [Self]) throws(TheanoError) -> NDArray {
    try NDArray.Checked.vector(elements).made(weak: true)
  }
}

extension Bool: NDArrayScalar {
  /// `bool`.
  public static var dtype: DType { .bool }
}
extension Int8: NDArrayScalar {
  /// `int8`.
  public static var dtype: DType { .int8 }
}
extension Int16: NDArrayScalar {
  /// `int16`.
  public static var dtype: DType { .int16 }
}
extension Int32: NDArrayScalar {
  /// `int32`.
  public static var dtype: DType { .int32 }
}
extension Int64: NDArrayScalar {
  /// `int64`.
  public static var dtype: DType { .int64 }
}
extension Int: NDArrayScalar {
  /// `int64`.
  public static var dtype: DType { .int64 }
}
extension UInt8: NDArrayScalar {
  /// `uint8`.
  public static var dtype: DType { .uint8 }
}
extension UInt16: NDArrayScalar {
  /// `uint16`.
  public static var dtype: DType { .uint16 }
}
extension UInt32: NDArrayScalar {
  /// `uint32`.
  public static var dtype: DType { .uint32 }
}
extension UInt64: NDArrayScalar {
  /// `uint64`.
  public static var dtype: DType { .uint64 }
}
extension UInt: NDArrayScalar {
  /// `uint64`.
  public static var dtype: DType { .uint64 }
}
extension Float: NDArrayScalar {
  /// `float32`.
  public static var dtype: DType { .float32 }
}
extension Double: NDArrayScalar {
  /// `float64`.
  public static var dtype: DType { .float64 }
}
#if !(os(macOS) && arch(x86_64))
  extension Float16: NDArrayScalar {
    /// `float16`.
    public static var dtype: DType { .float16 }
  }
#endif
extension Half: NDArrayScalar {
  package static var dtype: DType { .float16 }
}
extension BFloat16: NDArrayScalar {
  package static var dtype: DType { .bfloat16 }
}
extension ComplexFloat: NDArrayScalar {
  package static var dtype: DType { .complex64 }
}
extension ComplexDouble: NDArrayScalar {
  package static var dtype: DType { .complex128 }
}
