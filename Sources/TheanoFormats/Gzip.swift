import TheanoArrays

/// Files compressed with gzip (RFC 1952): members one after another, each DEFLATE data between a head and a check. Zeros
/// may follow the last.
enum Gzip {
  static let magic: [UInt8] = [0x1f, 0x8b]

  static func isGzip(_ source: ByteSource) throws(TheanoError) -> Bool {
    guard source.count >= 2 else { return false }
    return try source.bytes(at: 0, count: 2, "the magic") == magic
  }

  /// Inflates the start of the data: as many bytes as `limit`, or all if there are fewer.
  static func prefix(_ deflated: UnsafeRawBufferPointer, limit: Int, _ source: ByteSource) throws(TheanoError)
    -> [UInt8]
  {
    var result = [UInt8](repeating: 0, count: limit)
    var count = 0
    try result.withMutableBytes { (buffer) throws(TheanoError) in
      count = try inflate(deflated, into: buffer, stopsWhenFull: true, source)
    }
    return Array(result[..<count])
  }

  /// Inflates all of the data, which must fill `output` exactly.
  static func inflate(
    _ deflated: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ source: ByteSource
  ) throws(TheanoError) {
    let count = try inflate(deflated, into: output, stopsWhenFull: false, source)
    guard count == output.count else {
      throw source.error(
        at: deflated.count, "inflates to \(count) bytes where its head promises \(output.count)",
        hint: "the file was cut short or is damaged; fetch or write it again")
    }
  }

  /// All that the data inflates to, whose size nothing tells for sure.
  ///
  /// - Parameter isReadOnly: Whether several arrays may come to look into the bytes, so that none may write to them.
  static func inflated(_ source: ByteSource, isReadOnly: Bool) throws(TheanoError) -> ByteSource {
    let (owner, deflated) = try source.loaded("the compressed data")
    return try withExtendedLifetime(owner) { () throws(TheanoError) in
      // The last four bytes are the size of the last member modulo 2^32: a good guess, and no more than that.
      let end = deflated.count - 4
      let guess = end < 0 ? 0 : Int(deflated.loadUnaligned(fromByteOffset: end, as: UInt32.self).littleEndian)
      var capacity =
        Inflate.isPlausible(inflated: guess, deflated: deflated.count) ? guess + 1 : deflated.count
      while true {
        let block = try OwnedBytes.allocate(capacity, source.report, isReadOnly: isReadOnly)
        let count = try inflate(deflated, into: block.mutableBytes, stopsWhenFull: true, source)
        // A block with a byte to spare holds everything.
        if count < capacity { return try ByteSource(block, source.report).slice(0, count: count, "the data") }
        guard let larger = capacity.times(2) else {
          throw source.error(at: 0, "inflates to more than can be addressed")
        }
        capacity = larger
      }
    }
  }

  private static func inflate(
    _ deflated: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, stopsWhenFull: Bool,
    _ source: ByteSource
  ) throws(TheanoError) -> Int {
    var position = 0
    var produced = 0
    repeat {
      position = try head(deflated, at: position, source)
      let room = UnsafeMutableRawBufferPointer(rebasing: output[produced...])
      var inflater = Inflate(
        UnsafeRawBufferPointer(rebasing: deflated[position...]), into: room, stopsWhenFull: stopsWhenFull,
        origin: source.start + position, source.report)
      try inflater.run()
      produced += inflater.produced
      position += inflater.consumed
      if stopsWhenFull && produced == output.count { return produced }
      guard deflated.count - position >= 8 else {
        throw source.error(
          at: deflated.count, "ends inside a member's checksum",
          hint: "the file was cut short; fetch it again")
      }
      let crc = deflated.loadUnaligned(fromByteOffset: position, as: UInt32.self).littleEndian
      let size = deflated.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self).littleEndian
      guard size == UInt32(truncatingIfNeeded: inflater.produced),
        crc == CRC32.of(UnsafeRawBufferPointer(rebasing: room[..<inflater.produced]))
      else {
        throw source.error(
          at: position, "the data does not match its checksum",
          hint: "the file is damaged; fetch or write it again")
      }
      position += 8
      // What fills up the last block of a tape or a disk is passed over, as gzip does.
    } while !deflated[position...].allSatisfy { $0 == 0 }
    return produced
  }

  /// Checks a member's head; the place where its data begins.
  private static func head(
    _ bytes: UnsafeRawBufferPointer, at start: Int, _ source: ByteSource
  ) throws(TheanoError) -> Int {
    func need(_ end: Int) throws(TheanoError) {
      guard end <= bytes.count else {
        throw source.error(
          at: bytes.count, "ends inside a gzip head", hint: "the file was cut short; fetch it again")
      }
    }
    try need(start + 10)
    guard bytes[start] == magic[0], bytes[start + 1] == magic[1] else {
      throw source.error(
        at: start, "what follows the compressed data is not gzip",
        hint: "cut off what follows, or fetch the file again")
    }
    guard bytes[start + 2] == 8 else {
      throw source.error(
        at: start + 2, "is compressed by method \(bytes[start + 2]); only 8 (deflate) exists in gzip")
    }
    let flags = bytes[start + 3]
    guard flags & 0xe0 == 0 else { throw source.error(at: start + 3, "has gzip flags that do not exist") }
    var position = start + 10
    if flags & 4 != 0 {
      try need(position + 2)
      position += 2 + Int(bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self).littleEndian)
      try need(position)
    }
    // A name and a comment, each up to a zero byte.
    for flag in [UInt8(8), 16] where flags & flag != 0 {
      while true {
        try need(position + 1)
        position += 1
        if bytes[position - 1] == 0 { break }
      }
    }
    if flags & 2 != 0 { position += 2 }
    try need(position)
    return position
  }

  /// Appends one member to a file; the pieces are compressed together.
  static func append(_ bytes: UnsafeRawBufferPointer, to file: inout AtomicFile) throws(TheanoError) {
    // No name and no time: the same data gives the same file. The last byte says that the system is not told.
    try file.append([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
    try Deflate.compress(bytes) { (piece) throws(TheanoError) in try file.append(piece) }
    var tail = ByteBuilder()
    tail.little(CRC32.of(bytes))
    tail.little(UInt32(truncatingIfNeeded: bytes.count))
    try file.append(tail.bytes)
  }
}
