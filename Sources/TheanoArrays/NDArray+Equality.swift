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
    return withExtendedLifetime((a, b)) { a.dtype.dispatch(EqualElements(a: a, b: b)) }
  }

  /// Whether dtype, shape and the bits of all elements are the same: NaN is then itself, and 0.0 is not -0.0.
  public func isIdentical(to other: NDArray) -> Bool {
    guard dtype == other.dtype && object.extents.elementsEqual(other.object.extents) else { return false }
    let width = dtype.itemSize
    return everyRun(with: other) { a, b, count, stepA, stepB in
      if stepA == 1 && stepB == 1 { return memcmp(a, b, count * width) == 0 }
      for i in 0..<count where memcmp(a + i * stepA * width, b + i * stepB * width, width) != 0 {
        return false
      }
      return true
    }
  }

  /// Whether the body returns true for every run of two arrays of one dtype and shape: the addresses of its first elements,
  /// its length, both steps. Nothing is copied, since views may be larger than any memory; what both see over and over is
  /// visited once.
  @inline(__always)
  func everyRun(
    with other: NDArray,
    _ body: (
      _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int, _ stepA: Int, _ stepB: Int
    ) -> Bool
  ) -> Bool {
    defer { withExtendedLifetime((self, other)) {} }
    if isContiguous && other.isContiguous { return body(data, other.data, size, 1, 1) }
    let (ndim, width) = (ndim, dtype.itemSize)
    let (stridesA, stridesB) = (object.geometry + ndim, other.object.geometry + ndim)
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: ndim) { extents in
      for axis in 0..<ndim {
        let isRepeated = stridesA[axis] == 0 && stridesB[axis] == 0
        let extent = object.extent(axis)
        extents.initializeElement(at: axis, to: isRepeated ? Swift.min(extent, 1) : extent)
      }
      return TheanoArrays.everyRun(extents: extents.baseAddress!, ndim: ndim, stridesA, stridesB) {
        body(data + $0 * width, other.data + $1 * width, $2, $3, $4)
      }
    }
  }
}

private struct EqualElements: DTypeVisitor {
  var a, b: NDArray
  func visit<T: ArrayElement>(_: T.Type) -> Bool {
    let width = MemoryLayout<T>.stride
    return a.everyRun(with: b) { a, b, count, stepA, stepB in
      for i in 0..<count where T.read(a + i * stepA * width) != T.read(b + i * stepB * width) { return false }
      return true
    }
  }
}

extension NDArray: Hashable {
  /// Hashes dtype, shape and elements; equal arrays hash alike.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(dtype)
    for extent in object.extents { hasher.combine(extent) }
    hasher = dtype.dispatch(HashedElements(array: self, hasher: hasher))
  }
}

private struct HashedElements: DTypeVisitor {
  var array: NDArray
  var hasher: Hasher
  func visit<T: ArrayElement>(_: T.Type) -> Hasher {
    var hasher = hasher
    let width = MemoryLayout<T>.stride
    array.forEachRun { first, _, count, step in
      for i in 0..<count { hasher.combine(T.read(first + i * step * width)) }
    }
    return hasher
  }
}
