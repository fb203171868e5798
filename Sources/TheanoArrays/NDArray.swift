/// An array of numbers with any number of axes.
///
/// An `NDArray` is a value, like Swift's `Array`: a copy is independent of the original. It is one reference wide;
/// the elements are copied only when an array that shares them is written. Views (`a[1]`, `a.T`,
/// `a[.all, 1..<3]`, `a.broadcast(to:)`) never copy, whatever their strides.
///
/// ```swift
/// let a = NDArray([[1, 2], [3, 4]])        // int64, shape [2, 2]
/// var b = a.astype(.float32)
/// b[0] = [0, 0.5]                          // `a` is untouched
/// print(b.T)                               // [[0.  3. ]
///                                          //  [0.5 4. ]]
/// ```
///
/// Dtypes, promotion, indexing and printing are NumPy's. Misuse in direct code (an index or a shape that cannot be) is
/// a fatal error with a full message, at the line of the call, as it is for Swift's arrays; each such call has a twin under
/// ``checked`` that throws a ``TheanoError`` instead. `file:` and `line:` are for functions of your own that pass their
/// caller's on.
///
/// A literal (`let w: NDArray = [0.5, 1]`) and whatever a Swift number or Swift array converts to where an
/// array is expected is *weak*: it takes the dtype of what it meets, as Python's numbers do in NumPy. `NDArray([0.5, 1])` is not.
public struct NDArray {
  @usableFromInline package var object: ArrayObject

  package init(object: ArrayObject) { self.object = object }
}

// An object's header, geometry and elements are written only while it is being made, or under `makeUnique` and its
// kin, when the writer holds the only reference; everything else only reads. What `owner` refers to follows the same
// rule, and adopted memory is handed over by a `@Sendable` closure. Copies on different threads therefore never race.
extension NDArray: @unchecked Sendable {}

extension NDArray {
  /// The lengths of the axes; empty for a 0-d array.
  public var shape: [Int] { object.shape }
  /// For each axis, the distance between neighbours in elements (NumPy counts bytes). May be negative or zero.
  public var strides: [Int] { object.strides }
  /// The number of axes.
  public var ndim: Int { object.ndim }
  /// The number of elements.
  public var size: Int { object.size }
  /// The length of the first axis, as for a Swift array of rows; 1 for a 0-d array.
  public var count: Int { object.ndim == 0 ? 1 : object.extent(0) }
  /// The type of the elements.
  public var dtype: DType { object.dtype }
  /// Where the elements lie.
  public var device: Device { object.device }
  /// Whether the elements follow one another in C order (the last axis fastest) without gaps. Known at no cost.
  public var isContiguous: Bool { object.isContiguous }
  /// Whether the array stands for a Swift literal or number, whose dtype yields to that of what it meets.
  package var isWeak: Bool { object.isWeak }

  /// The first element. Valid while the array's object lives (see `withExtendedLifetime`); to be written only by a
  /// holder of the only reference, after `makeUnique()`.
  package var data: UnsafeMutableRawPointer { object.data }
}

// MARK: - Making

extension NDArray {
  /// A C-contiguous array with undefined elements, 64-byte aligned (a single element is only aligned to its type).
  ///
  /// The shape must be possible: what a user's data claims goes through ``allocate(_:dtype:zeroed:)``.
  package init(uninitialized shape: [Int], dtype: DType) {
    self = shape.withUnsafeBufferPointer { extents in
      trapping { () throws(TheanoError) in
        try NDArray.allocate(extents, dtype: dtype, zeroed: false)
      }
    }
  }

  /// An uninitialised or zeroed array of a shape that may be absurd.
  package static func allocate(_ shape: [Int], dtype: DType, zeroed: Bool = false) throws(TheanoError)
    -> NDArray
  {
    try shape.withUnsafeBufferPointer { (extents) throws(TheanoError) in
      try allocate(extents, dtype: dtype, zeroed: zeroed)
    }
  }

  static func allocate(
    _ extents: UnsafeBufferPointer<Int>, dtype: DType, zeroed: Bool
  ) throws(TheanoError) -> NDArray {
    let size = try elementCount(of: extents, dtype: dtype)
    let bytes = size * dtype.itemSize
    let inTail = bytes <= ArrayObject.tailLimit
    let object = ArrayObject.make(
      dtype: dtype, ndim: extents.count, size: size, tailBytes: inTail ? bytes : 0, isContiguous: true)
    object.setCanonicalGeometry(extents)
    if inTail {
      if zeroed { object.data.initializeMemory(as: UInt8.self, repeating: 0, count: bytes) }
    } else {
      guard let buffer = HostBuffer(byteCount: bytes, zeroed: zeroed) else {
        throw TheanoError(
          .system, in: "NDArray", "no memory for \(bytes) bytes: shape \(shapeText(extents)) of \(dtype)",
          hint: "make a smaller array, or free others first")
      }
      object.pointer.pointee.data = buffer.base
      object.pointer.pointee.owner = buffer
    }
    return NDArray(object: object)
  }

  /// The most axes that an array may have; it is NumPy's limit too.
  package static let maximumRank = 64

  /// Refuses more axes than an array may have.
  static func checkRank(_ ndim: Int, in operation: String) throws(TheanoError) {
    guard ndim <= maximumRank else {
      throw TheanoError(.shape, in: operation, "\(ndim) axes; an array has at most \(maximumRank)")
    }
  }

  /// The number of elements of a shape, if it is one whose bytes can be counted.
  package static func elementCount(of extents: UnsafeBufferPointer<Int>, dtype: DType) throws(TheanoError)
    -> Int
  {
    try checkRank(extents.count, in: "NDArray")
    var size = 1
    var overflow = false
    var isEmpty = false
    for extent in extents {
      if extent < 0 {
        throw TheanoError(.shape, in: "NDArray", "a negative length in shape \(shapeText(extents))")
      }
      if extent == 0 {
        isEmpty = true
      } else {
        let product = size.multipliedReportingOverflow(by: extent)
        size = product.partialValue
        overflow = overflow || product.overflow
      }
    }
    // NumPy too refuses a shape whose non-zero lengths overflow: its strides could not be told.
    if overflow || size.multipliedReportingOverflow(by: dtype.itemSize).overflow {
      throw TheanoError(
        .shape, in: "NDArray", "shape \(shapeText(extents)) of \(dtype) has more bytes than can be addressed")
    }
    return isEmpty ? 0 : size
  }

  /// The number of elements of a shape, if it is one whose bytes can be counted.
  package static func elementCount(of shape: [Int], dtype: DType) throws(TheanoError) -> Int {
    try shape.withUnsafeBufferPointer { (extents) throws(TheanoError) in
      try elementCount(of: extents, dtype: dtype)
    }
  }

  /// A 0-d array: one allocation in all.
  // Inlinable, so that callers in other modules, who know T, need no generic code: 36 ns instead of 57.
  @inlinable
  package init<T: NDArrayScalar>(scalar value: T, isWeak: Bool = false) {
    var bits: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &bits) { $0.storeBytes(of: value, as: T.self) }
    self.init(scalarBits: bits.0, bits.1, dtype: T.dtype, isWeak: isWeak)
  }

  /// A 0-d array from the bytes of its element, lowest first: one allocation in all.
  @usableFromInline
  package init(scalarBits low: UInt64, _ high: UInt64 = 0, dtype: DType, isWeak: Bool = false) {
    let object = ArrayObject.make(
      dtype: dtype, ndim: 0, size: 1, tailBytes: 16, isContiguous: true, isWeak: isWeak)
    object.data.storeBytes(of: low, as: UInt64.self)
    object.data.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
    self.init(object: object)
  }

  /// Sets the element of a 0-d array that was made from its bytes, unless somebody else refers to it: whether it did.
  @inlinable
  package mutating func setScalarBits(_ low: UInt64, _ high: UInt64) -> Bool {
    guard isKnownUniquelyReferenced(&object) else { return false }
    let data = object.pointer.pointee.data
    data.storeBytes(of: low, as: UInt64.self)
    data.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
    return true
  }

  /// An array over memory of somebody else's; nothing is copied.
  ///
  /// - Parameters:
  ///   - data: the first element, aligned to its type.
  ///   - strides: in elements; `nil` for C order.
  ///   - readOnly: whether the memory must never be written (writing the array then copies it first).
  ///   - owner: what keeps the memory alive; no one else may write the memory while it does.
  package init(
    adopting data: UnsafeMutableRawPointer, shape: [Int], strides: [Int]? = nil, dtype: DType, readOnly: Bool,
    owner: AnyObject, device: Device = .host
  ) {
    let size = shape.reduce(1, *)
    let object = ArrayObject.make(
      dtype: dtype, ndim: shape.count, size: size, tailBytes: 0, isContiguous: true)
    object.pointer.pointee.data = data
    object.pointer.pointee.owner = owner
    object.pointer.pointee.isReadOnly = readOnly
    object.pointer.pointee.device = device
    shape.withUnsafeBufferPointer { extents in
      guard let strides else { return object.setCanonicalGeometry(extents) }
      for axis in shape.indices {
        object.geometry[axis] = shape[axis]
        object.geometry[shape.count + axis] = strides[axis]
      }
      object.settleContiguity()
    }
    self.init(object: object)
  }
}

extension ArrayObject {
  /// Writes extents and their C-order strides. An axis of length 0 counts as 1, as in NumPy.
  func setCanonicalGeometry(_ extents: UnsafeBufferPointer<Int>) {
    let ndim = extents.count
    let geometry = geometry
    var stride = 1
    var axis = ndim - 1
    while axis >= 0 {
      geometry[axis] = extents[axis]
      geometry[ndim + axis] = stride
      stride *= Swift.max(extents[axis], 1)
      axis -= 1
    }
  }

  /// Finds whether the geometry is that of C order, and if so makes the strides canonical: those of axes of length 1,
  /// and all those of an empty array, say nothing.
  func settleContiguity() {
    let ndim = ndim
    let geometry = geometry
    if size != 0 {
      var expected = 1
      var axis = ndim - 1
      while axis >= 0 {
        if geometry[axis] != 1 {
          if geometry[ndim + axis] != expected {
            pointer.pointee.isContiguous = false
            return
          }
          expected *= geometry[axis]
        }
        axis -= 1
      }
    }
    pointer.pointee.isContiguous = true
    setCanonicalGeometry(extents)
  }
}

// MARK: - Sharing and copying

extension NDArray {
  /// A view of this array's elements: `ndim` axes, to be filled in by `geometry`, from the element at `offset` on.
  ///
  /// - Parameters:
  ///   - offset: in elements of the view's dtype.
  ///   - dtype: what the view takes the elements for; this array's dtype if `nil`.
  ///   - geometry: writes `ndim` extents, followed by `ndim` strides in elements.
  func view(
    ndim: Int, size: Int, offset: Int, dtype: DType? = nil, geometry: (UnsafeMutablePointer<Int>) -> Void
  ) -> NDArray {
    let base = object.pointer
    let dtype = dtype ?? base.pointee.dtype
    let result = ArrayObject.make(
      dtype: dtype, ndim: ndim, size: size, tailBytes: 0, isContiguous: true,
      isWeak: base.pointee.isWeak)
    result.pointer.pointee.adoptMemory(of: object, offset: size == 0 ? 0 : offset * dtype.itemSize)
    geometry(result.geometry)
    result.settleContiguity()
    return NDArray(object: result)
  }

  /// Whether nothing else refers to this array's object or its memory, which may be written. Of an array that is not contiguous two
  /// indices may still mean one element.
  package mutating func isUnique() -> Bool {
    guard isKnownUniquelyReferenced(&object) else { return false }
    let header = object.pointer
    if header.pointee.isReadOnly { return false }
    return header.pointee.owner == nil || isKnownUniquelyReferenced(&header.pointee.owner)
  }

  /// Makes the elements this array's alone and C-contiguous, copying them if they are not.
  package mutating func makeUnique() {
    if !(object.isContiguous && isUnique()) { self = copied() }
  }

  /// A C-contiguous copy with elements of its own.
  package func copied() -> NDArray { trapping { () throws(TheanoError) in try checked.copied() } }

  /// The same elements in C order: the array itself if it is C-contiguous, else a copy.
  package func contiguous() -> NDArray { object.isContiguous ? self : copied() }

  /// The same array with the given weakness.
  package func settingWeak(_ isWeak: Bool) -> NDArray {
    if object.isWeak == isWeak { return self }
    let result = view(ndim: ndim, size: size, offset: 0) { geometry in
      geometry.update(from: object.geometry, count: 2 * ndim)
    }
    result.object.pointer.pointee.isWeak = isWeak
    return result
  }

  /// As ``settingWeak(_:)``, on an array that the caller has just made and shares with no one.
  consuming func made(weak isWeak: Bool) -> NDArray {
    if object.isWeak == isWeak { return self }
    if isKnownUniquelyReferenced(&object) {
      object.pointer.pointee.isWeak = isWeak
      return self
    }
    return settingWeak(isWeak)
  }
}

// Views may be larger than any memory (`a.broadcast(to:)`), so that copying one fails where its own making did not.
extension NDArray.Checked {
  /// As ``NDArray/copied()``; throws if there is no memory for it.
  package func copied() throws(TheanoError) -> NDArray {
    let result = try NDArray.allocate(array.object.extents, dtype: array.dtype, zeroed: false)
    result.object.pointer.pointee.isWeak = array.isWeak
    array.copyElements(to: result.data)
    return result
  }

  /// As ``NDArray/contiguous()``; throws if there is no memory for it.
  package func contiguous() throws(TheanoError) -> NDArray { array.isContiguous ? array : try copied() }

  /// As ``NDArray/makeUnique()``; throws if there is no memory for it.
  mutating func makeUnique() throws(TheanoError) {
    if !(array.isContiguous && array.isUnique()) { array = try copied() }
  }
}

/// Refuses what the system has no memory for before Swift's own collections, which do not survive that, ask for it.
func requireMemory(_ count: Int, times width: Int, in operation: String, _ what: String) throws(TheanoError) {
  let (bytes, overflow) = count.multipliedReportingOverflow(by: width)
  // Small amounts are not worth the asking.
  if !overflow && (bytes < 64 << 20 || HostBuffer(byteCount: bytes, zeroed: false) != nil) { return }
  throw TheanoError(.system, in: operation, "no memory for \(count) \(what)", hint: "take fewer at a time")
}
