import TheanoArrays

/// The format of the MNIST data sets: a big-endian array behind a head of a few bytes, usually compressed with gzip.
///
/// ```swift
/// let images = try IDX.load("train-images-idx3-ubyte.gz")   // uint8, shape [60000, 28, 28]
/// ```
///
/// The format is described at the end of the data sets' own page (Y. LeCun, C. Cortes, C. Burges, "The MNIST database").
public enum IDX {
  /// Reads an array from an IDX file, plain or compressed with gzip: the file's first bytes tell, not its name.
  ///
  /// Memory is bounded by the file's real size: what a head claims is checked against it (compressed data cannot
  /// hold more than 1032 times its size) before anything is allocated.
  ///
  /// - Throws: a ``TheanoError`` of kind `.file` with the path, the byte and the reason.
  public static func load(_ path: String) throws(TheanoError) -> NDArray {
    let source = try ByteSource.open(FileReport(operation: "IDX.load", path: path), mapped: false)
    try FileKind.require(.idx, source)
    return try array(source)
  }

  /// Writes an array to an IDX file, compressed with gzip if the name ends in `.gz`.
  ///
  /// The format knows `uint8`, `int8`, `int16`, `int32`, `float32` and `float64`, and lengths up to 2^32 - 1.
  /// The file appears whole or not at all, as with ``NDArray/save(_:)``.
  ///
  /// - Throws: a ``TheanoError`` of kind `.dtype` or `.shape` for an array that the format cannot hold, of kind `.file`
  ///   if the file cannot be written.
  public static func save(_ array: NDArray, to path: String) throws(TheanoError) {
    let report = FileReport(operation: "IDX.save", path: path)
    let header = try encodedHeader(array)
    try AtomicFile.publish(report) { (file) throws(TheanoError) in
      try array.withElementBytes { (elements) throws(TheanoError) in
        // The head ends where the elements begin, which is at an address that suits their type.
        let pad = 64 - header.count % 64
        let block = try OwnedBytes.allocate(pad + header.count + elements.count, report)
        let whole = UnsafeMutableRawBufferPointer(rebasing: block.mutableBytes[pad...])
        let body = UnsafeMutableRawBufferPointer(rebasing: whole[header.count...])
        whole.copyBytes(from: header)
        body.copyMemory(from: elements)
        body.swapBytes(array.dtype)
        defer { withExtendedLifetime(block) {} }
        if path.utf8.suffix(3).elementsEqual(".gz".utf8) {
          try Gzip.append(UnsafeRawBufferPointer(whole), to: &file)
        } else {
          try file.append(UnsafeRawBufferPointer(whole))
        }
      }
    }
  }

  /// The code of each element type that the format knows.
  static let codes: [(code: UInt8, dtype: DType)] = [
    (0x08, .uint8), (0x09, .int8), (0x0b, .int16), (0x0c, .int32), (0x0d, .float32), (0x0e, .float64),
  ]

  private static func encodedHeader(_ array: NDArray) throws(TheanoError) -> [UInt8] {
    guard let code = codes.first(where: { $0.dtype == array.dtype })?.code else {
      throw TheanoError(
        .dtype, in: "IDX.save", "the format has no \(array.dtype)",
        hint:
          "convert with astype to one of \(codes.map(\.dtype.name).joined(separator: ", ")), or save as .npy")
    }
    guard array.shape.allSatisfy({ $0 <= Int(UInt32.max) }) else {
      throw TheanoError(
        .shape, in: "IDX.save", "the format has no room for shape \(shapeText(array.shape))",
        hint: "save as .npy")
    }
    var header = ByteBuilder()
    header.append([0, 0, code, UInt8(array.ndim)])
    for extent in array.shape { header.big(UInt32(extent)) }
    return header.bytes
  }

  /// The array in a source that holds an IDX file and nothing else.
  static func array(_ source: ByteSource) throws(TheanoError) -> NDArray {
    guard try Gzip.isGzip(source) else {
      let (layout, offset) = try header(source)
      return try source.slice(offset, count: source.count - offset, "the head").array(layout)
    }
    let (owner, deflated) = try source.loaded("the compressed data")
    return try withExtendedLifetime(owner) { () throws(TheanoError) in
      // The head is inflated alone first: it says how much there should be.
      let start = try Gzip.prefix(deflated, limit: 4 + 4 * 255, source)
      let inflatedStart = start.count < 4 + 4 * 255 ? start.count : nil
      let copy = try start.withBytes { (bytes) throws(TheanoError) in
        try OwnedBytes.copy(bytes, source.report)
      }
      let (layout, offset) = try header(ByteSource(copy, source.report))
      guard let due = layout.byteCount?.plus(offset) else {
        throw source.error(
          at: 0, "the head claims shape \(shapeText(layout.shape)), which cannot be addressed")
      }
      guard Inflate.isPlausible(inflated: due, deflated: deflated.count),
        inflatedStart.map({ $0 == due }) ?? true
      else {
        throw source.error(
          at: 0,
          "the head claims shape \(shapeText(layout.shape)) of \(layout.dtype), \(due) bytes, but "
            + (inflatedStart.map { "the data inflates to \($0)" }
              ?? "\(deflated.count) compressed bytes cannot hold that"),
          hint: "the file was cut short, is damaged or hostile; fetch or write it again")
      }
      let whole = try OwnedBytes.allocate(due, source.report)
      try Gzip.inflate(deflated, into: whole.mutableBytes, source)
      return try ByteSource(whole, source.report).slice(offset, count: due - offset, "the head").array(layout)
    }
  }

  private static func header(_ source: ByteSource) throws(TheanoError) -> (layout: ElementLayout, offset: Int)
  {
    var cursor = try source.cursor(at: 0, count: min(source.count, 4 + 4 * 255), "the head")
    guard try cursor.big(UInt16.self, "the magic") == 0 else {
      throw source.error(
        at: 0, "does not begin with the two zero bytes of IDX files",
        hint: "check that this is the right file")
    }
    let code = try cursor.little(UInt8.self, "the element type")
    guard let dtype = codes.first(where: { $0.code == code })?.dtype else {
      throw source.error(
        at: 2, "has elements of type 0x\(String(code, radix: 16)), which the format does not know")
    }
    let ndim = Int(try cursor.little(UInt8.self, "the number of axes"))
    guard ndim <= NDArray.maximumRank else {
      throw source.error(at: 3, "has \(ndim) axes; at most \(NDArray.maximumRank) can be read")
    }
    var shape: [Int] = []
    for _ in 0..<ndim { shape.append(Int(try cursor.big(UInt32.self, "the shape"))) }
    return (ElementLayout(dtype: dtype, shape: shape, isBigEndian: true), cursor.position)
  }
}
