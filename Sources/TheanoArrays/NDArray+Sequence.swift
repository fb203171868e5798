/// Iterating over an array gives its parts along the first axis, as views: the rows of a matrix, the elements of a
/// vector. A 0-d array cannot be iterated over.
extension NDArray: Sequence {
  /// Gives the parts of an array along its first axis.
  public struct Iterator: IteratorProtocol, Sequence, Sendable {
    let array: NDArray
    var place = 0

    /// The next part.
    public mutating func next() -> NDArray? {
      guard place < array.count else { return nil }
      defer { place += 1 }
      return array[place]
    }
  }

  /// An iterator over the parts along the first axis.
  public func makeIterator() -> Iterator { Iterator(array: self) }

  /// The number of parts.
  public var underestimatedCount: Int { count }
}

extension NDArray.Checked {
  /// As ``NDArray/makeIterator()``; throws for a 0-d array. To be iterated over: `for row in try a.checked.makeIterator()`.
  public func makeIterator() throws(TheanoError) -> NDArray.Iterator {
    guard array.ndim > 0 else {
      throw TheanoError(
        .shape, in: "makeIterator", "a 0-d array has no parts to iterate over",
        hint: "read it with item(as:), or make it a vector with reshaped(1)")
    }
    return array.makeIterator()
  }
}

/// What an array can be read into: numbers, and Swift arrays of them to any depth.
public protocol NDArrayReadable {
  /// Reads a whole array; throws if its shape or values do not fit.
  init(reading array: NDArray) throws(TheanoError)
  /// Reads an array as a Swift array of this type.
  static func list(reading array: NDArray) throws(TheanoError) -> [Self]
}

extension NDArrayScalar {
  /// Reads a one-element array: as ``NDArray/item(as:)``.
  public init(reading array: NDArray) throws(TheanoError) { self = try array.item() }

  /// Reads all elements, in C order, converted as ``NDArray/astype(_:)`` converts.
  public static func list(reading array: NDArray) throws(TheanoError) -> [Self] {
    try requireMemory(array.size, times: MemoryLayout<Self>.stride, in: "Array", "elements")
    return [Self](unsafeUninitializedCapacity: array.size) { buffer, count in
      if let base = buffer.baseAddress {
        array.forEachRun { first, position, count, step in
          convertElements(
            from: first, array.dtype, step: step, to: base + position, Self.dtype, step: 1, count: count)
        }
      }
      count = array.size
    }
  }
}

extension Array: NDArrayReadable where Element: NDArrayReadable {
  /// Reads an array: see ``init(_:)``.
  public init(reading array: NDArray) throws(TheanoError) { self = try Element.list(reading: array) }

  /// Reads the parts along the first axis.
  public static func list(reading array: NDArray) throws(TheanoError) -> [[Element]] {
    guard array.ndim > 1 else {
      throw TheanoError(
        .shape, in: "Array",
        "an array of shape \(shapeText(array.object.extents)) has no rows to read as "
          + "\([[Element]].self)")
    }
    var result: [[Element]] = []
    result.reserveCapacity(array.count)
    for part in array { result.append(try Element.list(reading: part)) }
    return result
  }

  /// The elements of an array as Swift values.
  ///
  /// `[Double](a)` gives all elements in C order, whatever the shape; `[[Double]](a)` gives those of each part along the
  /// first axis, and so on. Values are converted as ``NDArray/astype(_:)`` converts.
  public init(_ array: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    self = trapping(file, line) { () throws(TheanoError) in try Element.list(reading: array) }
  }
}
