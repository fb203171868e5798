import TheanoArrays

/// A reader of small binary structures: it moves forward, checks every step, and names what it was reading when the
/// bytes end.
struct ByteCursor {
  let bytes: [UInt8]
  /// Where the first of the bytes lies in the file.
  let origin: Int
  let report: FileReport
  private(set) var position = 0

  init(_ bytes: [UInt8], origin: Int, _ report: FileReport) {
    self.bytes = bytes
    self.origin = origin
    self.report = report
  }

  var remaining: Int { bytes.count - position }
  /// The place in the file of the next byte.
  var offset: Int { origin + position }
  /// The next byte, not consumed.
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skip(_ count: Int, _ what: String) throws(TheanoError) {
    try need(count, what)
    position += count
  }

  /// The next bytes.
  mutating func take(_ count: Int, _ what: String) throws(TheanoError) -> ArraySlice<UInt8> {
    try need(count, what)
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// The next integer, least significant byte first.
  mutating func little<T: FixedWidthInteger>(_ type: T.Type, _ what: String) throws(TheanoError) -> T {
    try take(MemoryLayout<T>.size, what).reversed().reduce(0) { $0 << 8 | T($1) }
  }

  /// The next integer, most significant byte first.
  mutating func big<T: FixedWidthInteger>(_ type: T.Type, _ what: String) throws(TheanoError) -> T {
    try take(MemoryLayout<T>.size, what).reduce(0) { $0 << 8 | T($1) }
  }

  /// The next 64-bit length, which must be one that this machine can count to.
  mutating func length64(_ what: String) throws(TheanoError) -> Int {
    let at = position
    let value = try little(UInt64.self, what)
    guard let length = Int(exactly: value) else {
      throw report.error(at: origin + at, "\(what) claims \(value), more than any file can hold")
    }
    return length
  }

  private func need(_ count: Int, _ what: String) throws(TheanoError) {
    guard count >= 0, count <= remaining else {
      throw error(
        "the bytes end inside \(what)", hint: "the file was cut short or is damaged; fetch or write it again")
    }
  }

  /// The error for a fault at the next byte.
  func error(_ reason: String, hint: String? = nil) -> TheanoError {
    report.error(at: offset, reason, hint: hint)
  }
}

// The standard library's own do not yet pass on the type of what is thrown.
extension [UInt8] {
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws(TheanoError) -> R) throws(TheanoError) -> R {
    try withUnsafeBytes { bytes in Result { () throws(TheanoError) in try body(bytes) } }.get()
  }

  mutating func withMutableBytes<R>(
    _ body: (UnsafeMutableRawBufferPointer) throws(TheanoError) -> R
  ) throws(TheanoError) -> R {
    try withUnsafeMutableBytes { bytes in Result { () throws(TheanoError) in try body(bytes) } }.get()
  }
}

/// Builds small binary structures.
struct ByteBuilder {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func append(_ other: some Sequence<UInt8>) { bytes.append(contentsOf: other) }

  mutating func little<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func big<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
