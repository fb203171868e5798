#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Two arrays are equal if they have the same dtype, shape and elements, however they lie in memory.
///
/// Elements are compared as Swift compares them: NaN equals nothing, itself included, and 0.0 equals -0.0. An array
/// with a NaN is therefore not equal to itself, as in NumPy; ``isIdentical(to:)`` compares bits.
extension NDArray: Equatable {
  /// Whether dtype, shape and elements are the same.
  public static func == (a: NDArray, b: NDArray) -> Bool {
    guard a.dtype == b.dtype && a.object.extents.elementsEqual(b.object.extents) else { return false }
    let (a, b) = (a.contiguous(), b.contiguous())
    return withExtendedLifetime((a, b)) {
      a.dtype.dispatch(EqualRuns(a: a.data, b: b.data, count: a.size))
    }
  }

  /// Whether dtype, shape and the bits of all elements are the same: NaN is then itself, and 0.0 is not -0.0.
  public func isIdentical(to other: NDArray) -> Bool {
    guard dtype == other.dtype && object.extents.elementsEqual(other.object.extents) else { return false }
    let (a, b) = (contiguous(), other.contiguous())
    return withExtendedLifetime((a, b)) { memcmp(a.data, b.data, a.size * a.dtype.itemSize) == 0 }
  }
}

private struct EqualRuns: DTypeVisitor {
  var a, b: UnsafeRawPointer
  var count: Int
  func visit<T: ArrayElement>(_: T.Type) -> Bool {
    let width = MemoryLayout<T>.stride
    for i in 0..<count where T.read(a + i * width) != T.read(b + i * width) { return false }
    return true
  }
}

extension NDArray: Hashable {
  /// Hashes dtype, shape and elements; equal arrays hash alike.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(dtype)
    for extent in object.extents { hasher.combine(extent) }
    let array = contiguous()
    withExtendedLifetime(array) {
      hasher = array.dtype.dispatch(HashedRun(data: array.data, count: array.size, hasher: hasher))
    }
  }
}

private struct HashedRun: DTypeVisitor {
  var data: UnsafeRawPointer
  var count: Int
  var hasher: Hasher
  func visit<T: ArrayElement>(_: T.Type) -> Hasher {
    var hasher = hasher
    for i in 0..<count { hasher.combine(T.read(data + i * MemoryLayout<T>.stride)) }
    return hasher
  }
}
