// Elements as Swift's own buffers and spans, and arrays over memory that was there before.

extension NDArray {
  /// Calls `body` with the elements in C order, as values of the Swift type that has the array's dtype.
  ///
  /// A contiguous array is not copied. The buffer is valid during the call.
  ///
  /// - Throws: What `body` throws.
  public func withUnsafeBuffer<T: NDArrayScalar, R, E: Error>(
    of type: T.Type, file: StaticString = #fileID, line: UInt = #line,
    _ body: (UnsafeBufferPointer<T>) throws(E) -> R
  ) throws(E) -> R {
    let array = trapping(file, line) { () throws(TheanoError) in
      try readable(as: type, in: "withUnsafeBuffer")
    }
    return try array.withElements(body)
  }

  /// Calls `body` with the elements in C order, to be changed in place; they are copied first if another array
  /// shares them.
  ///
  /// - Throws: What `body` throws.
  public mutating func withUnsafeMutableBuffer<T: NDArrayScalar, R, E: Error>(
    of type: T.Type, file: StaticString = #fileID, line: UInt = #line,
    _ body: (UnsafeMutableBufferPointer<T>) throws(E) -> R
  ) throws(E) -> R {
    trapping(file, line) { () throws(TheanoError) in try makeWritable(as: type, in: "withUnsafeMutableBuffer")
    }
    return try withMutableElements(body)
  }

  /// Calls `body` with a span over the elements in C order. A contiguous array is not copied.
  ///
  /// - Throws: What `body` throws.
  public func withSpan<T: NDArrayScalar, R, E: Error>(
    of type: T.Type, file: StaticString = #fileID, line: UInt = #line, _ body: (Span<T>) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeBuffer(of: type, file: file, line: line) { (buffer) throws(E) in try body(buffer.span) }
  }

  /// Calls `body` with a span over the elements in C order, to be changed in place.
  ///
  /// - Throws: What `body` throws.
  public mutating func withMutableSpan<T: NDArrayScalar, R, E: Error>(
    of type: T.Type, file: StaticString = #fileID, line: UInt = #line,
    _ body: (inout MutableSpan<T>) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeMutableBuffer(of: type, file: file, line: line) { (buffer) throws(E) in
      var span = buffer.mutableSpan
      return try body(&span)
    }
  }

  /// Calls `body` with the bytes of the elements in C order. A contiguous array is not copied.
  ///
  /// - Throws: What `body` throws.
  public func withUnsafeBytes<R, E: Error>(
    file: StaticString = #fileID, line: UInt = #line,
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    let array = trapping(file, line) { () throws(TheanoError) in try checked.contiguous() }
    defer { withExtendedLifetime(array) {} }
    return try body(UnsafeRawBufferPointer(start: array.data, count: array.size * array.dtype.itemSize))
  }

  /// The array contiguous, of the type's dtype, and free of bytes that are no `Bool`: adopted memory may hold any.
  fileprivate func readable<T: NDArrayScalar>(as _: T.Type, in operation: String) throws(TheanoError)
    -> NDArray
  {
    guard T.dtype == dtype, MemoryLayout<T>.size == dtype.itemSize else {
      throw TheanoError(
        .dtype, in: operation, "the elements of an array of \(dtype) are not \(T.self) values",
        hint: "convert the array first: astype(.\(T.dtype))")
    }
    let array = try checked.contiguous()
    guard dtype == .bool, object.owner != nil || !isContiguous else { return array }
    let bytes = array.data.assumingMemoryBound(to: UInt8.self)
    return (0..<array.size).allSatisfy { bytes[$0] <= 1 } ? array : try array.checked.copied()
  }

  /// Makes the array what ``readable(as:in:)`` gives, and its elements its alone.
  fileprivate mutating func makeWritable<T: NDArrayScalar>(
    as type: T.Type, in operation: String
  ) throws(TheanoError) {
    self = try readable(as: type, in: operation)
    try checked.makeUnique()
  }

  /// The elements of an array that is readable as `T`.
  fileprivate func withElements<T, R, E: Error>(
    _ body: (UnsafeBufferPointer<T>) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(object) {} }
    return try body(UnsafeBufferPointer(start: data.assumingMemoryBound(to: T.self), count: size))
  }

  /// The elements of an array that has been made writable as `T`.
  fileprivate mutating func withMutableElements<T, R, E: Error>(
    _ body: (UnsafeMutableBufferPointer<T>) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(object) {} }
    return try body(UnsafeMutableBufferPointer(start: data.assumingMemoryBound(to: T.self), count: size))
  }
}

extension NDArray {
  /// An array with a copy of the elements of a buffer, which are in C order.
  public init<T: NDArrayScalar>(
    copying buffer: UnsafeBufferPointer<T>, shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) {
    self = trapping(file, line) { () throws(TheanoError) in try Checked.copying(buffer, shape: shape) }
  }

  /// An array over somebody else's memory, in C order, without copying it.
  ///
  /// - Parameters:
  ///   - buffer: the elements. From here on nobody else may write them; the array may.
  ///   - release: called with the buffer when no array refers to the memory any more, on whatever thread that happens.
  public init<T: NDArrayScalar>(
    adopting buffer: UnsafeMutableBufferPointer<T>, shape: [Int],
    release: @escaping @Sendable (UnsafeMutableBufferPointer<T>) -> Void, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self = trapping(file, line) { () throws(TheanoError) in
      try Checked.adopting(buffer, shape: shape, release: release)
    }
  }
}

extension NDArray.Checked {
  /// As ``NDArray/init(copying:shape:)``.
  public static func copying<T: NDArrayScalar>(
    _ buffer: UnsafeBufferPointer<T>, shape: [Int]
  ) throws(TheanoError) -> NDArray {
    try require(buffer.count, toFill: shape, of: T.self)
    let result = try NDArray.allocate(shape, dtype: T.dtype)
    if let base = buffer.baseAddress {
      result.data.copyMemory(from: base, byteCount: buffer.count * MemoryLayout<T>.size)
    }
    return result
  }

  /// As ``NDArray/init(adopting:shape:release:)``. When it throws, `release` has not been and will not be called.
  public static func adopting<T: NDArrayScalar>(
    _ buffer: UnsafeMutableBufferPointer<T>, shape: [Int],
    release: @escaping @Sendable (UnsafeMutableBufferPointer<T>) -> Void
  ) throws(TheanoError) -> NDArray {
    try require(buffer.count, toFill: shape, of: T.self)
    guard let base = buffer.baseAddress else {
      release(buffer)
      return try NDArray.allocate(shape, dtype: T.dtype)
    }
    let owner = HostBuffer(adopting: base, byteCount: buffer.count * MemoryLayout<T>.size) { release(buffer) }
    return NDArray(adopting: base, shape: shape, dtype: T.dtype, readOnly: false, owner: owner)
  }

  private static func require<T: NDArrayScalar>(
    _ count: Int, toFill shape: [Int], of _: T.Type
  ) throws(TheanoError) {
    let size = try NDArray.elementCount(of: shape, dtype: T.dtype)
    guard size == count else {
      throw TheanoError(
        .shape, in: "NDArray",
        "a buffer of \(count) elements does not fill shape \(shapeText(shape)), which has \(size)")
    }
  }
}

extension NDArray.Checked {
  /// As ``NDArray/withUnsafeBytes(_:)``; throws a ``TheanoError`` if there is no memory for the elements in C order.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let array = try contiguous()
    defer { withExtendedLifetime(array) {} }
    return try body(UnsafeRawBufferPointer(start: array.data, count: array.size * array.dtype.itemSize))
  }

  /// As ``NDArray/withUnsafeBuffer(of:_:)``; throws a ``TheanoError`` if the elements are of another type.
  public func withUnsafeBuffer<T: NDArrayScalar, R>(
    of type: T.Type, _ body: (UnsafeBufferPointer<T>) throws -> R
  ) throws -> R {
    try array.readable(as: type, in: "withUnsafeBuffer").withElements(body)
  }

  /// As ``NDArray/withUnsafeMutableBuffer(of:_:)``; throws a ``TheanoError`` if the elements are of another type.
  public mutating func withUnsafeMutableBuffer<T: NDArrayScalar, R>(
    of type: T.Type, _ body: (UnsafeMutableBufferPointer<T>) throws -> R
  ) throws -> R {
    try array.makeWritable(as: type, in: "withUnsafeMutableBuffer")
    return try array.withMutableElements(body)
  }

  /// As ``NDArray/withSpan(of:_:)``; throws a ``TheanoError`` if the elements are of another type.
  public func withSpan<T: NDArrayScalar, R>(
    of type: T.Type, _ body: (Span<T>) throws -> R
  ) throws -> R {
    try array.readable(as: type, in: "withSpan").withElements { (buffer: UnsafeBufferPointer<T>) in
      try body(buffer.span)
    }
  }

  /// As ``NDArray/withMutableSpan(of:_:)``; throws a ``TheanoError`` if the elements are of another type.
  public mutating func withMutableSpan<T: NDArrayScalar, R>(
    of type: T.Type, _ body: (inout MutableSpan<T>) throws -> R
  ) throws -> R {
    try array.makeWritable(as: type, in: "withMutableSpan")
    return try array.withMutableElements { (buffer: UnsafeMutableBufferPointer<T>) in
      var span = buffer.mutableSpan
      return try body(&span)
    }
  }
}
