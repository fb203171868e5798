#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// What every call of a function does with its arguments is inlinable across the package's modules: calls between modules
// took a third of the time of a small function.

/// The fixed part of an array object: everything but its extents and strides.
@usableFromInline
package struct ArrayHeader {
  /// The address of the first element.
  @usableFromInline package var data: UnsafeMutableRawPointer
  /// What keeps `data` alive: a buffer, or the object that a view looks into; `nil` when the elements lie in the
  /// object's own tail.
  package var owner: AnyObject?
  /// The number of elements.
  package var size: Int
  /// The number of axes.
  @usableFromInline package var ndim: Int
  @usableFromInline package var dtype: DType
  package var device: Device
  /// Whether the elements follow one another in C order without gaps. Strides are then the canonical ones.
  @usableFromInline package var isContiguous: Bool
  /// Whether the array stands for a Swift literal or scalar, whose dtype yields to that of other arrays.
  package var isWeak: Bool
  /// Whether the memory must never be written, as in a file mapped for reading.
  package var isReadOnly: Bool

  /// Makes this the header of a view into the memory of another array, from a byte on.
  @inline(__always)
  mutating func adoptMemory(of base: ArrayObject, offset: Int) {
    let header = base.pointer
    data = header.pointee.data + offset
    owner = header.pointee.owner ?? base
    device = header.pointee.device
    isReadOnly = header.pointee.isReadOnly
  }
}

/// The reference behind an `NDArray`: header, extents, strides and, for small arrays, the elements, in one allocation.
///
/// The tail holds `ndim` extents, `ndim` strides and then the elements if they are few: scalars of up to 16 bytes
/// follow at once, other small arrays at the next multiple of 64 bytes. Larger arrays have a `HostBuffer`.
///
/// An object is treated as immutable unless it is uniquely referenced, which is what lets `NDArray` be `Sendable`.
@usableFromInline
package final class ArrayObject: ManagedBuffer<ArrayHeader, Int> {
  /// Arrays of up to this many bytes keep their elements in the object.
  static let tailLimit = 1024
  static let alignment = 64

  /// The header, in place.
  @inlinable package var pointer: UnsafeMutablePointer<ArrayHeader> {
    withUnsafeMutablePointerToHeader { $0 }
  }

  /// The extents, followed by the strides.
  @inlinable package var geometry: UnsafeMutablePointer<Int> { withUnsafeMutablePointerToElements { $0 } }

  package var dtype: DType { pointer.pointee.dtype }
  package var device: Device { pointer.pointee.device }
  package var ndim: Int { pointer.pointee.ndim }
  package var size: Int { pointer.pointee.size }
  package var isContiguous: Bool { pointer.pointee.isContiguous }
  package var isWeak: Bool { pointer.pointee.isWeak }
  package var data: UnsafeMutableRawPointer { pointer.pointee.data }
  /// What keeps the elements alive; `nil` when they lie in this object.
  package var owner: AnyObject? { pointer.pointee.owner }

  /// The length of an axis, read without an allocation.
  package func extent(_ axis: Int) -> Int { geometry[axis] }
  /// The distance in elements between neighbours along an axis, read without an allocation.
  package func stride(_ axis: Int) -> Int { geometry[ndim + axis] }

  /// The lengths of the axes. Each reading makes a Swift array; `extent(_:)` does not.
  package var shape: [Int] { Array(extents) }
  /// The strides, in elements. Each reading makes a Swift array; `stride(_:)` does not.
  package var strides: [Int] { Array(UnsafeBufferPointer(start: geometry + ndim, count: ndim)) }
  /// The lengths of the axes, valid while the object lives.
  @inlinable package var extents: UnsafeBufferPointer<Int> {
    UnsafeBufferPointer(start: geometry, count: pointer.pointee.ndim)
  }

  /// An object with undefined geometry, whose header the caller completes.
  ///
  /// - Parameters:
  ///   - tailBytes: the bytes of elements to keep in the tail; 0 leaves `data` for the caller to set.
  static func make(
    dtype: DType, ndim: Int, size: Int, tailBytes: Int, isContiguous: Bool, isWeak: Bool = false
  ) -> ArrayObject {
    let geometryWords = 2 * ndim
    let isScalar = tailBytes <= 16
    let dataWords = isScalar ? (tailBytes + 7) / 8 : (tailBytes + alignment) / 8
    let base = ArrayObject.create(minimumCapacity: geometryWords + dataWords) { buffer in
      let tail = buffer.withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0 + geometryWords) }
      let data = isScalar ? tail : tail.alignedUp(toMultipleOf: alignment)
      return ArrayHeader(
        data: data, owner: nil, size: size, ndim: ndim, dtype: dtype, device: .host,
        isContiguous: isContiguous,
        isWeak: isWeak, isReadOnly: false)
    }
    return unsafeDowncast(base, to: ArrayObject.self)
  }
}

/// Memory of the process for the elements of one or more arrays, released with the last of them.
package final class HostBuffer {
  package let base: UnsafeMutableRawPointer
  package let byteCount: Int
  private let release: (() -> Void)?

  /// Memory of its own, 64-byte aligned; `nil` if the system has none to give.
  ///
  /// - Parameter zeroed: whether to fill it with zeros (large blocks then come untouched from the system).
  init?(byteCount: Int, zeroed: Bool) {
    // Padded so that an aligned address lies in the block.
    let (padded, overflow) = byteCount.addingReportingOverflow(ArrayObject.alignment)
    guard !overflow, let block = zeroed ? BlockCache.allocateZeroed(padded) : BlockCache.allocate(padded),
      let memory = UnsafeMutableRawPointer(bitPattern: block.address)
    else { return nil }
    release = { BlockCache.give(block) }
    base = memory.alignedUp(toMultipleOf: ArrayObject.alignment)
    self.byteCount = byteCount
  }

  /// Memory that belongs to someone else, who gets it back through `release`.
  init(adopting base: UnsafeMutableRawPointer, byteCount: Int, release: @escaping () -> Void) {
    self.base = base
    self.byteCount = byteCount
    self.release = release
  }

  deinit { release?() }
}
