import TheanoArrays

/// A run of bytes that a reader may look at, in a file or in memory. Every access is checked against its length,
/// and every error tells where in the file it happened.
struct ByteSource: Sendable {
  enum Storage: Sendable {
    case file(OpenFile)
    case memory(OwnedBytes)
  }

  let storage: Storage
  /// What errors begin with.
  var report: FileReport
  /// The place of the first byte in the storage.
  let start: Int
  /// The number of bytes.
  let count: Int

  private init(storage: Storage, report: FileReport, start: Int, count: Int) {
    self.storage = storage
    self.report = report
    self.start = start
    self.count = count
  }

  /// A file's bytes, read when asked for, or mapped.
  static func open(_ report: FileReport, mapped: Bool) throws(TheanoError) -> ByteSource {
    let file = try OpenFile.open(report)
    if mapped { return ByteSource(try OwnedBytes.map(file, report), report) }
    return ByteSource(storage: .file(file), report: report, start: 0, count: file.count)
  }

  /// Bytes in memory.
  init(_ bytes: OwnedBytes, _ report: FileReport) {
    self.init(storage: .memory(bytes), report: report, start: 0, count: bytes.count)
  }

  /// Whether `count` bytes can be read from `offset` on.
  func contains(_ offset: Int, count length: Int) -> Bool {
    offset >= 0 && length >= 0 && offset <= count && length <= count - offset
  }

  /// A part of these bytes.
  func slice(_ offset: Int, count length: Int, _ what: String) throws(TheanoError) -> ByteSource {
    try check(offset, length, what)
    return ByteSource(storage: storage, report: report, start: start + offset, count: length)
  }

  private func check(_ offset: Int, _ length: Int, _ what: String) throws(TheanoError) {
    guard contains(offset, count: length) else {
      throw error(
        at: max(0, min(offset, count)),
        "the file ends inside \(what): \(length) bytes are due, \(max(0, count - offset)) are there",
        hint: "the file was cut short or is damaged; fetch or write it again")
    }
  }

  /// Fills a buffer with the bytes from `offset` on.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ what: String
  ) throws(TheanoError) {
    var unwanted: CRC32?
    try read(at: offset, into: buffer, what, checksum: &unwanted)
  }

  /// Fills a buffer with the bytes from `offset` on, and feeds them to a checksum if there is one.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ what: String, checksum: inout CRC32?
  ) throws(TheanoError) {
    try check(offset, buffer.count, what)
    switch storage {
    case .file(let file): try file.read(at: start + offset, into: buffer, report, checksum: &checksum)
    case .memory(let memory):
      buffer.copyMemory(
        from: UnsafeRawBufferPointer(start: memory.base + start + offset, count: buffer.count))
      checksum?.update(UnsafeRawBufferPointer(buffer))
    }
  }

  /// A copy of some bytes, for headers and the like.
  func bytes(at offset: Int, count length: Int, _ what: String) throws(TheanoError) -> [UInt8] {
    try check(offset, length, what)
    var result = [UInt8](repeating: 0, count: length)
    try result.withMutableBytes { (buffer) throws(TheanoError) in
      try read(at: offset, into: buffer, what)
    }
    return result
  }

  /// A cursor over a copy of some bytes.
  func cursor(at offset: Int, count length: Int, _ what: String) throws(TheanoError) -> ByteCursor {
    ByteCursor(try bytes(at: offset, count: length, what), origin: start + offset, report)
  }

  /// All the bytes in one block: those in memory as they are, those of a file after reading them.
  func loaded(_ what: String) throws(TheanoError) -> (owner: OwnedBytes, bytes: UnsafeRawBufferPointer) {
    switch storage {
    case .memory(let memory):
      return (memory, UnsafeRawBufferPointer(start: memory.base + start, count: count))
    case .file:
      let block = try OwnedBytes.allocate(count, report)
      try read(at: 0, into: block.mutableBytes, what)
      return (block, block.bytes)
    }
  }

  /// The error for a fault at `offset` of these bytes.
  func error(at offset: Int, _ reason: String, hint: String? = nil) -> TheanoError {
    report.error(at: start + offset, reason, hint: hint)
  }
}
