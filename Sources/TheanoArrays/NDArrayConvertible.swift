/// What can stand where an array is expected: arrays, Swift numbers, Swift arrays of them to any depth, ranges of
/// integers.
///
/// What a Swift number or Swift array gives is *weak*: as an argument of a compiled function, or beside an
/// array in an expression, it takes the other's dtype where the kinds allow it. ``NDArray/init(_:)`` makes strong arrays.
public protocol NDArrayConvertible: Sendable {
  /// This value as an array.
  var ndarray: NDArray { get }

  /// This value as an array, for values that may be no array: nested lists that are ragged, endless ranges.
  ///
  /// The default gives ``ndarray``.
  ///
  /// - Throws: ``TheanoError`` if the value is ragged, or if there is no memory for it.
  func asNDArray() throws(TheanoError) -> NDArray

  /// Several values as one array with a new first axis. They must have one shape.
  ///
  /// The default stacks what ``asNDArray()`` gives; numbers are copied at once. Of no values it makes a `float64` array
  /// with no elements, as NumPy does; a type that knows its dtype gives that.
  static func ndarray(stacking elements: [Self]) throws(TheanoError) -> NDArray
}

extension NDArrayConvertible {
  /// This value as an array.
  public func asNDArray() throws(TheanoError) -> NDArray { ndarray }

  /// Several values as one array with a new first axis.
  public static func ndarray(stacking elements: [Self]) throws(TheanoError) -> NDArray {
    try NDArray.stackedNested(
      elements.map { (element) throws(TheanoError) in try element.asNDArray() })
  }
}

extension NDArray: NDArrayConvertible {
  /// The array itself.
  public var ndarray: NDArray { self }
}

extension Array: NDArrayConvertible where Element: NDArrayConvertible {
  /// An array with an axis more than the elements', which must have one shape.
  public var ndarray: NDArray { trapping { () throws(TheanoError) in try asNDArray() } }

  /// An array with an axis more than the elements'.
  ///
  /// - Throws: ``TheanoError`` if the elements differ in shape, or if there is no memory for them.
  public func asNDArray() throws(TheanoError) -> NDArray { try Element.ndarray(stacking: self) }

  /// Several nested arrays as one; throws if they are ragged.
  public static func ndarray(stacking elements: [[Element]]) throws(TheanoError) -> NDArray {
    // Only the innermost type knows the dtype of nothing.
    if elements.isEmpty { return try Element.ndarray(stacking: []) }
    var parts: [NDArray] = []
    parts.reserveCapacity(elements.count)
    for element in elements { parts.append(try Element.ndarray(stacking: element)) }
    return try NDArray.stackedNested(parts)
  }
}

extension ArraySlice: NDArrayConvertible where Element: NDArrayConvertible {
  /// As the array of the same elements.
  public var ndarray: NDArray { Array(self).ndarray }

  /// As the array of the same elements.
  ///
  /// - Throws: ``TheanoError`` if the elements differ in shape, or if there is no memory for them.
  public func asNDArray() throws(TheanoError) -> NDArray {
    try requireMemory(count, times: MemoryLayout<Element>.stride, in: "NDArray", "elements")
    return try Array(self).asNDArray()
  }

  /// As arrays of the same elements.
  public static func ndarray(stacking elements: [ArraySlice<Element>]) throws(TheanoError) -> NDArray {
    try [Element].ndarray(stacking: elements.map(Array.init))
  }
}

extension ContiguousArray: NDArrayConvertible where Element: NDArrayConvertible {
  /// As the array of the same elements.
  public var ndarray: NDArray { Array(self).ndarray }

  /// As the array of the same elements.
  ///
  /// - Throws: ``TheanoError`` if the elements differ in shape, or if there is no memory for them.
  public func asNDArray() throws(TheanoError) -> NDArray {
    try requireMemory(count, times: MemoryLayout<Element>.stride, in: "NDArray", "elements")
    return try Array(self).asNDArray()
  }

  /// As arrays of the same elements.
  public static func ndarray(stacking elements: [ContiguousArray<Element>]) throws(TheanoError) -> NDArray {
    try [Element].ndarray(stacking: elements.map(Array.init))
  }
}

extension Range: NDArrayConvertible where Bound == Int {
  /// The integers of the range.
  public var ndarray: NDArray { trapping { () throws(TheanoError) in try asNDArray() } }

  /// The integers of the range.
  ///
  /// - Throws: ``TheanoError`` if there is no memory for them.
  public func asNDArray() throws(TheanoError) -> NDArray {
    try NDArray.listing(Progression(from: lowerBound, to: upperBound, step: 1)).made(weak: true)
  }
}

extension ClosedRange: NDArrayConvertible where Bound == Int {
  /// The integers of the range.
  public var ndarray: NDArray { trapping { () throws(TheanoError) in try asNDArray() } }

  /// The integers of the range.
  ///
  /// - Throws: ``TheanoError`` if there is no memory for them.
  public func asNDArray() throws(TheanoError) -> NDArray {
    try NDArray.listing(Progression(from: lowerBound, through: upperBound, step: 1)).made(weak: true)
  }
}

extension NDArray {
  /// An array of the given values: numbers, Swift arrays of them to any depth, ranges, arrays.
  ///
  /// ```swift
  /// NDArray([[0, 1], [1, 0]])     // int64, shape [2, 2]
  /// NDArray([[0, 1.5]])           // float64, shape [1, 2]
  /// NDArray(0..<4)                // int64, shape [4]
  /// ```
  ///
  /// The dtype is that of the Swift type, strong. Nested arrays must not be ragged; ``init(nested:)`` throws if they are.
  /// (A bare number, `NDArray(0.0)`, is a literal of the language's own and therefore weak; add `dtype:`.)
  public init<T: NDArrayConvertible>(_ values: T, file: StaticString = #fileID, line: UInt = #line) {
    self = trapping(file, line) { () throws(TheanoError) in try values.asNDArray() }.made(weak: false)
  }

  /// An array of the given values, converted to a dtype.
  ///
  /// The throwing twin for a nested array is ``init(nested:dtype:)``; for a range `r` it is
  /// `try r.asNDArray().checked.astype(dtype)`, since a list of one range has an axis more.
  public init<T: NDArrayConvertible>(
    _ values: T, dtype: DType, file: StaticString = #fileID, line: UInt = #line
  ) {
    self = trapping(file, line) { () throws(TheanoError) in
      try values.asNDArray().made(weak: false).checked.astype(dtype)
    }
  }

  /// An array of nested Swift arrays or ranges; throws a ``TheanoError`` if they are ragged, or if there is no memory.
  public init<T: NDArrayConvertible>(nested values: [T], dtype: DType? = nil) throws(TheanoError) {
    let array = try T.ndarray(stacking: values).made(weak: false)
    self = try array.checked.astype(dtype ?? array.dtype)
  }

  /// A vector with the elements of a Swift array.
  package init<T: NDArrayScalar>(copying elements: [T]) {
    self = trapping { () throws(TheanoError) in try Checked.vector(elements) }
  }

  /// The parts of a nested literal or Swift array, stacked along a new first axis.
  static func stackedNested(_ parts: [NDArray]) throws(TheanoError) -> NDArray {
    guard let first = parts.first else {
      // NumPy's `[]`: no elements, float64.
      return try allocate([0], dtype: .float64).made(weak: true)
    }
    var dtype = first.dtype
    var isWeak = first.isWeak
    for (position, part) in parts.enumerated().dropFirst() {
      guard part.object.extents.elementsEqual(first.object.extents) else {
        throw TheanoError(
          .shape, in: "NDArray",
          "a ragged nested array: element 0 has shape \(shapeText(first.object.extents)), "
            + "element \(position) has shape \(shapeText(part.object.extents))",
          hint: "give all elements one shape")
      }
      (dtype, isWeak) = DType.promoted((dtype, isWeak), (part.dtype, part.isWeak))
    }
    var shape = [parts.count]
    shape.append(contentsOf: first.object.extents)
    let result = try allocate(shape, dtype: dtype)
    let width = first.size
    for (position, part) in parts.enumerated() {
      let target = result.data + position * width * dtype.itemSize
      part.forEachRun { source, offset, count, step in
        convertElements(
          from: source, part.dtype, step: step, to: target + offset * dtype.itemSize, dtype, step: 1,
          count: count)
      }
    }
    result.object.pointer.pointee.isWeak = isWeak
    return result
  }
}

extension NDArray.Checked {
  /// As ``NDArray/init(copying:)``; throws if there is no memory for it.
  static func vector<T: NDArrayScalar>(_ elements: [T]) throws(TheanoError) -> NDArray {
    let result = try NDArray.allocate([elements.count], dtype: T.dtype)
    elements.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { result.data.copyMemory(from: base, byteCount: bytes.count) }
    }
    return result
  }
}

extension DType {
  /// Promotion with weak operands: a weak one counts only by its kind, as Python's numbers do in NumPy. Two of the
  /// same standing promote as arrays do.
  package static func promoted(
    _ a: (dtype: DType, isWeak: Bool), _ b: (dtype: DType, isWeak: Bool)
  ) -> (dtype: DType, isWeak: Bool) {
    if a.isWeak == b.isWeak { return (promoted(a.dtype, b.dtype), a.isWeak) }
    let (strong, weak) = a.isWeak ? (b.dtype, a.dtype) : (a.dtype, b.dtype)
    return (promoted(strong, weakly: weak), false)
  }

  /// What a strong dtype becomes beside a weak one: itself, unless the weak one is of a higher kind.
  package static func promoted(_ strong: DType, weakly weak: DType) -> DType {
    switch (weak.kind, strong.kind) {
    case (.bool, _): strong
    case (.unsigned, .bool), (.signed, .bool): .int64
    case (.unsigned, _), (.signed, _): strong
    case (.floating, .floating), (.floating, .complex): strong
    case (.floating, _): .float64
    case (.complex, .complex): strong
    case (.complex, .floating): strong == .float64 ? .complex128 : .complex64
    case (.complex, _): .complex128
    }
  }
}
