extension NDArray {
  /// The same values as elements of another type; the array itself (strong) if it is of that type already.
  ///
  /// Integers keep their low bits when they are narrowed; floats go to integers toward zero, those outside the
  /// range to its nearest end and NaN to 0; complex numbers lose their imaginary part; anything but 0 is `true`.
  public func astype(_ dtype: DType, file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try checked.astype(dtype) }
  }

  /// Copies the elements in C order to memory without gaps.
  package func copyElements(to target: UnsafeMutableRawPointer) {
    let dtype = dtype
    let itemSize = dtype.itemSize
    forEachRun { first, position, count, step in
      convertElements(
        from: first, dtype, step: step, to: target + position * itemSize, dtype, step: 1, count: count)
    }
  }

  /// The only element, as a Swift number.
  ///
  /// The value must be one that the type can hold: a float with a fraction cannot be read as `Int`, nor one beyond its
  /// range. Between floats the nearest value will do, as it will where a 64-bit integer is read as `Double`. Throws if
  /// the array has more or fewer elements than one.
  @inlinable
  public func item<T: NDArrayScalar>(as type: T.Type = T.self) throws(TheanoError) -> T {
    if let pointer = onlyElement(of: T.dtype) {
      return withExtendedLifetime(self) { pointer.load(as: T.self) }
    }
    return try convertedItem()
  }

  @inlinable
  func trappingItem<T: NDArrayScalar>(_ file: StaticString, _ line: UInt) -> T {
    if let pointer = onlyElement(of: T.dtype) {
      return withExtendedLifetime(self) { pointer.load(as: T.self) }
    }
    return trappingConvertedItem(file, line)
  }

  @usableFromInline
  func trappingConvertedItem<T: NDArrayScalar>(_ file: StaticString, _ line: UInt) -> T {
    trapping(file, line) { () throws(TheanoError) in try convertedItem() }
  }

  /// The only element, if there is one and it has the dtype.
  @usableFromInline
  func onlyElement(of dtype: DType) -> UnsafeRawPointer? {
    let header = object.pointer
    // A byte from a file may be no `Bool`.
    guard header.pointee.size == 1, header.pointee.dtype == dtype, dtype != .bool else { return nil }
    return UnsafeRawPointer(header.pointee.data)
  }

  @usableFromInline
  func convertedItem<T: NDArrayScalar>() throws(TheanoError) -> T {
    guard size == 1 else {
      throw TheanoError(
        .shape, in: "item", "an array of shape \(shapeText(object.extents)) is not one number",
        hint: "index it down to one element first")
    }
    let result = withExtendedLifetime(object) { scalar(T.self, at: data) }
    guard dtype.canCastSafely(to: T.dtype) || isExact(result) else {
      throw TheanoError(
        .dtype, in: "item", "\(self) of \(dtype) is not a value of \(T.self)",
        hint: "convert the array with astype(.\(T.dtype)) if the nearest value will do")
    }
    return result
  }

  /// Whether a value converted from this one-element array still is its value.
  private func isExact<T: NDArrayScalar>(_ value: T) -> Bool {
    if dtype.isFloating && T.dtype.isFloating { return true }
    let converted = NDArray(scalar: value)
    // Not by converting back, which would take the nearest end of a range for a value beyond it.
    if dtype.isDiscrete || T.dtype.isDiscrete { return wholeNumber == converted.wholeNumber }
    return onlyComplex == converted.onlyComplex
  }

  /// The only element, if it is a whole number; one that no integer type holds counts as none.
  private var wholeNumber: Int128? {
    switch dtype.kind {
    case .bool, .unsigned: Int128(withExtendedLifetime(object) { scalar(UInt64.self, at: data) })
    case .signed: Int128(withExtendedLifetime(object) { scalar(Int64.self, at: data) })
    case .floating, .complex: onlyComplex.imaginary == 0 ? Int128(exactly: onlyComplex.real) : nil
    }
  }

  /// The only element, which is no integer, as it is.
  private var onlyComplex: ComplexDouble {
    withExtendedLifetime(object) { scalar(ComplexDouble.self, at: data) }
  }

  /// An element converted to a Swift number.
  func scalar<T: NDArrayScalar>(_: T.Type, at pointer: UnsafeRawPointer) -> T {
    withUnsafeTemporaryAllocation(of: T.self, capacity: 1) { slot in
      convertElements(from: pointer, dtype, step: 1, to: slot.baseAddress!, T.dtype, step: 1, count: 1)
      return slot[0]
    }
  }
}

extension NDArray.Checked {
  /// As ``NDArray/astype(_:)``.
  public func astype(_ dtype: DType) throws(TheanoError) -> NDArray {
    let from = array.dtype
    if dtype == from { return array.settingWeak(false) }
    let result = try NDArray.allocate(array.object.extents, dtype: dtype, zeroed: false)
    let target = result.data
    let itemSize = dtype.itemSize
    array.forEachRun { first, position, count, step in
      convertElements(
        from: first, from, step: step, to: target + position * itemSize, dtype, step: 1, count: count)
    }
    return result
  }
}

extension NDArrayScalar {
  /// The only element of an array. The array must have one element, of a value that this type can hold.
  ///
  /// `try array.item(as:)` throws where this is a fatal error.
  @_disfavoredOverload @inlinable
  public init(_ array: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    self = array.trappingItem(file, line)
  }
}

// MARK: - Runs of elements

/// Converts a run of elements; steps are in elements. Source and target must not overlap.
package func convertElements(
  from source: UnsafeRawPointer, _ from: DType, step sourceStep: Int, to target: UnsafeMutableRawPointer,
  _ to: DType,
  step targetStep: Int, count: Int
) {
  if from == to {
    if from == .bool {
      // A byte from a file may be neither 0 nor 1.
      return Store<Bool>.run(
        { Bool.read(source + $0 * sourceStep) }, to: target, step: targetStep, count: count)
    }
    return copyElements(
      from: source, step: sourceStep, to: target, step: targetStep, itemSize: from.itemSize, count: count)
  }
  from.dispatch(
    Converter(
      source: source, sourceStep: sourceStep, target: target, targetStep: targetStep, to: to, count: count))
}

/// Copies a run of elements of a size; steps are in elements.
package func copyElements(
  from source: UnsafeRawPointer, step sourceStep: Int, to target: UnsafeMutableRawPointer,
  step targetStep: Int,
  itemSize: Int, count: Int
) {
  if sourceStep == 1 && targetStep == 1 {
    return target.copyMemory(from: source, byteCount: count * itemSize)
  }
  func copy<T: BitwiseCopyable>(_: T.Type) {
    let source = source.assumingMemoryBound(to: T.self)
    let target = target.assumingMemoryBound(to: T.self)
    for i in 0..<count { target[i * targetStep] = source[i * sourceStep] }
  }
  switch itemSize {
  case 1: copy(UInt8.self)
  case 2: copy(UInt16.self)
  case 4: copy(UInt32.self)
  case 8: copy(UInt64.self)
  default:
    let source = source.assumingMemoryBound(to: UInt64.self)
    let target = target.assumingMemoryBound(to: UInt64.self)
    for i in 0..<count {
      target[2 * i * targetStep] = source[2 * i * sourceStep]
      target[2 * i * targetStep + 1] = source[2 * i * sourceStep + 1]
    }
  }
}

/// Reads a run into carriers, a block at a time, and has each block written as elements of the target.
private struct Converter: DTypeVisitor {
  var source: UnsafeRawPointer
  var sourceStep: Int
  var target: UnsafeMutableRawPointer
  var targetStep: Int
  var to: DType
  var count: Int

  func visit<T: ArrayElement>(_: T.Type) {
    // 256 carriers: the block stays in the first-level cache.
    let blockSize = 256
    let width = MemoryLayout<T>.stride
    let targetWidth = to.itemSize
    withUnsafeTemporaryAllocation(of: T.Carrier.self, capacity: min(count, blockSize)) { block in
      let block = block.baseAddress!
      var done = 0
      while done < count {
        let n = min(blockSize, count - done)
        let first = source + done * sourceStep * width
        for i in 0..<n {
          (block + i).initialize(to: T.read(first + i * sourceStep * width).carried)
        }
        to.dispatch(
          Writer(block: block, target: target + done * targetStep * targetWidth, step: targetStep, count: n))
        done += n
      }
    }
  }
}

private struct Writer<Carrier: ArrayCarrier>: DTypeVisitor {
  var block: UnsafeMutablePointer<Carrier>
  var target: UnsafeMutableRawPointer
  var step: Int
  var count: Int

  func visit<T: ArrayElement>(_: T.Type) {
    Store<T>.run({ block[$0].element(T.self) }, to: target, step: step, count: count)
  }
}

private enum Store<T: ArrayElement> {
  @inline(__always)
  static func run(_ element: (Int) -> T, to target: UnsafeMutableRawPointer, step: Int, count: Int) {
    let target = target.assumingMemoryBound(to: T.self)
    if step == 1 {
      for i in 0..<count { target[i] = element(i) }
    } else {
      for i in 0..<count { target[i * step] = element(i) }
    }
  }
}
