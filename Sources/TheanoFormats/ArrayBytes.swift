import TheanoArrays

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How the elements of an array lie in a file.
struct ElementLayout: Equatable, Sendable {
  var dtype: DType
  var shape: [Int]
  /// Whether the most significant byte of each number comes first.
  var isBigEndian = false
  /// Whether the first axis runs fastest.
  var isFortranOrder = false

  /// The number of bytes of the elements; `nil` for a shape that no machine can address.
  ///
  /// An axis of length 0 makes the array empty but does not excuse the others, whose strides must be countable.
  var byteCount: Int? {
    guard shape.count <= NDArray.maximumRank, shape.allSatisfy({ $0 >= 0 }) else { return nil }
    var total = dtype.itemSize
    for extent in shape {
      guard let product = total.times(max(extent, 1)) else { return nil }
      total = product
    }
    return shape.contains(0) ? 0 : total
  }
}

extension ByteSource {
  /// The array whose elements are exactly these bytes.
  ///
  /// Bytes in memory are adopted without a copy if they lie as arrays do; what is in a file is read straight into the
  /// array's own memory. The length is checked before anything is allocated.
  func array(_ layout: ElementLayout) throws(TheanoError) -> NDArray {
    var unwanted: CRC32?
    return try array(layout, checksum: &unwanted)
  }

  /// As ``array(_:)``; the bytes are fed to a checksum if there is one.
  func array(_ layout: ElementLayout, checksum: inout CRC32?) throws(TheanoError) -> NDArray {
    guard let due = layout.byteCount else {
      throw error(
        at: 0,
        "the array claims shape \(shapeText(layout.shape)) of \(layout.dtype), which cannot be addressed",
        hint: "the header is damaged or hostile; fetch or write the file again")
    }
    guard due == count else {
      throw error(
        at: 0,
        "shape \(shapeText(layout.shape)) of \(layout.dtype) takes \(due) bytes, but there are \(count)",
        hint: due > count
          ? "the file was cut short or is damaged; fetch or write it again"
          : "the file holds more than one array or is damaged; keep each array in a file of its own, or in an .npz"
      )
    }
    // Fortran order is C order of the reversed axes.
    let shape = layout.isFortranOrder ? Array(layout.shape.reversed()) : layout.shape
    let stored: NDArray
    if let inPlace = adopted(shape, layout) {
      stored = inPlace
      checksum?.update(UnsafeRawBufferPointer(start: inPlace.data, count: count))
    } else {
      stored = try read(shape, layout, &checksum)
    }
    guard layout.isFortranOrder, layout.shape.count > 1 else { return stored }
    return stored.reversingAxes(isReadOnly: isReadOnly)
  }

  private var isReadOnly: Bool {
    if case .memory(let memory) = storage { memory.isReadOnly } else { false }
  }

  /// An array over the bytes where they are, if they can be used so.
  private func adopted(_ shape: [Int], _ layout: ElementLayout) -> NDArray? {
    guard case .memory(let memory) = storage, count > 0 else { return nil }
    let base = memory.base + start
    let unit = layout.dtype.isComplex ? layout.dtype.itemSize / 2 : layout.dtype.itemSize
    guard UInt(bitPattern: base) % UInt(unit) == 0, !layout.isBigEndian || unit == 1 else { return nil }
    if layout.dtype == .bool, !UnsafeRawBufferPointer(start: base, count: count).allSatisfy({ $0 <= 1 }) {
      return nil
    }
    return NDArray(
      adopting: base, shape: shape, dtype: layout.dtype, readOnly: memory.isReadOnly, owner: memory)
  }

  private func read(
    _ shape: [Int], _ layout: ElementLayout, _ checksum: inout CRC32?
  ) throws(TheanoError) -> NDArray {
    let array = try NDArray.allocate(shape, dtype: layout.dtype)
    let buffer = UnsafeMutableRawBufferPointer(start: array.data, count: count)
    buffer.adviseHugePages()
    try withExtendedLifetime(array) { () throws(TheanoError) in
      try read(at: 0, into: buffer, "the array's elements", checksum: &checksum)
      buffer.settle(layout)
    }
    return array
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Turns elements as they lie in a file into elements as they lie in an array.
  func settle(_ layout: ElementLayout) {
    if layout.isBigEndian { swapBytes(layout.dtype) }
    // A file may call any byte true; in an array only 1 is.
    if layout.dtype == .bool {
      let bytes = bindMemory(to: UInt8.self)
      for index in bytes.indices where bytes[index] > 1 { bytes[index] = 1 }
    }
  }

  /// Reverses the bytes of every number; complex numbers are two.
  func swapBytes(_ dtype: DType) {
    func swap<T: FixedWidthInteger>(_ type: T.Type) {
      let words = bindMemory(to: type)
      for index in words.indices { words[index] = words[index].byteSwapped }
    }
    switch dtype.isComplex ? dtype.itemSize / 2 : dtype.itemSize {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
  }

  /// Asks for large pages where elements will be read to: the faults of small ones cost more than the copy.
  func adviseHugePages() {
    #if os(Linux)
      guard count >= 4 << 20, let baseAddress else { return }
      let page = UInt(getpagesize())
      let first = (UInt(bitPattern: baseAddress) + page - 1) & ~(page - 1)
      let end = (UInt(bitPattern: baseAddress) + UInt(count)) & ~(page - 1)
      // Advice only: an old kernel refuses it and nothing is lost.
      if end > first { madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), 14) }
    #endif
  }
}

extension NDArray {
  /// The view of this C-contiguous array with its axes in the other order.
  func reversingAxes(isReadOnly: Bool) -> NDArray {
    NDArray(
      adopting: data, shape: shape.reversed(), strides: strides.reversed(), dtype: dtype,
      readOnly: isReadOnly,
      owner: object.owner ?? object)
  }

  /// Whether the elements follow one another without gaps, the first axis fastest.
  var isFortranContiguous: Bool {
    var stride = 1
    for axis in 0..<ndim where shape[axis] != 1 {
      if strides[axis] != stride { return false }
      stride *= shape[axis]
    }
    return true
  }

  /// Calls `body` with the bytes of the elements in C order; throws if a view's are more than there is memory for.
  func withElementBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws(TheanoError) -> R
  ) throws(TheanoError) -> R {
    let array = try checked.contiguous()
    return try withExtendedLifetime(array) { () throws(TheanoError) in
      try body(UnsafeRawBufferPointer(start: array.data, count: array.size * array.dtype.itemSize))
    }
  }
}
