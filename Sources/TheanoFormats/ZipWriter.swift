import TheanoArrays

/// Writes a zip archive, entry by entry, and its directory at the end.
struct ZipWriter {
  private var directory = ByteBuilder()
  private var entryCount = 0
  /// Sizes and offsets from here on are written as zip64; lower in tests, which have no 4 GiB to spare.
  private let limit32: Int

  init(limit32: Int = Int(UInt32.max)) { self.limit32 = limit32 }

  /// Appends one entry, whose content is what `content` gives to its sink.
  ///
  /// Stored content is laid so that it begins at a multiple of 64 bytes in the file, by an extra field of zeros (as
  /// Android's zipalign does it): a mapped array can then be used where it lies.
  mutating func append(
    _ name: String, size: Int, method: ZipEntry.Method, to file: inout AtomicFile,
    _ content: (_ sink: (UnsafeRawBufferPointer) throws(TheanoError) -> Void) throws(TheanoError) -> Void
  ) throws(TheanoError) {
    let start = file.count
    // Deflated data that does not shrink grows by a few bytes a block; its size is known only at the end.
    let isLarge = size >= limit32 - limit32 / 100
    func head(crc: UInt32, storedSize: Int) -> [UInt8] {
      var head = ByteBuilder()
      head.little(UInt32(0x0403_4b50))
      head.append(
        common(
          name, method, crc, isLarge ? Int(UInt32.max) : storedSize, isLarge ? Int(UInt32.max) : size, isLarge
        ))
      var extra = ByteBuilder()
      if isLarge {
        extra.little(UInt16(1))
        extra.little(UInt16(16))
        extra.little(UInt64(size))
        extra.little(UInt64(storedSize))
      }
      if method == .stored {
        let end = start + 30 + name.utf8.count + extra.bytes.count + 4
        let padding = (64 - end % 64) % 64
        extra.little(UInt16(0xd935))
        extra.little(UInt16(padding))
        extra.append(repeatElement(0, count: padding))
      }
      head.little(UInt16(extra.bytes.count))
      head.append(name)
      head.append(extra.bytes)
      return head.bytes
    }
    try file.append(head(crc: 0, storedSize: 0))
    let dataStart = file.count
    let crc = try Self.write(method, to: &file, content)
    let storedSize = file.count - dataStart
    try file.replace(at: start, with: head(crc: crc, storedSize: storedSize))
    enter(name, method, crc, size: size, storedSize: storedSize, offset: start)
  }

  /// Writes the content, and gives its checksum.
  private static func write(
    _ method: ZipEntry.Method, to file: inout AtomicFile,
    _ content: (_ sink: (UnsafeRawBufferPointer) throws(TheanoError) -> Void) throws(TheanoError) -> Void
  ) throws(TheanoError) -> UInt32 {
    var crc = CRC32()
    switch method {
    case .stored:
      try content { (bytes) throws(TheanoError) in
        try file.reserve(bytes.count)
        // In pieces that stay in the cache between the checksum and the copy.
        var done = 0
        while done < bytes.count {
          let piece = UnsafeRawBufferPointer(rebasing: bytes[done..<min(done + 1 << 18, bytes.count)])
          crc.update(piece)
          try file.append(piece)
          done += piece.count
        }
      }
    case .deflated:
      var compressor = Deflate()
      try content { (bytes) throws(TheanoError) in
        crc.update(bytes)
        try compressor.append(bytes) { (piece) throws(TheanoError) in try file.append(piece) }
      }
      try file.append(compressor.finish())
    }
    return crc.value
  }

  /// The fields that an entry's head and its directory entry share, up to the length of the name.
  private func common(
    _ name: String, _ method: ZipEntry.Method, _ crc: UInt32, _ storedSize: Int, _ size: Int, _ isLarge: Bool
  ) -> [UInt8] {
    var fields = ByteBuilder()
    fields.little(UInt16(isLarge ? 45 : 20))
    // Bit 11: the name is UTF-8.
    fields.little(UInt16(name.utf8.allSatisfy { $0 < 0x80 } ? 0 : 0x800))
    fields.little(method.rawValue)
    // No time: the least date of the format, 1 January 1980, so that equal arrays give equal files.
    fields.little(UInt16(0))
    fields.little(UInt16(0x21))
    fields.little(crc)
    fields.little(UInt32(storedSize))
    fields.little(UInt32(size))
    fields.little(UInt16(name.utf8.count))
    return fields.bytes
  }

  private mutating func enter(
    _ name: String, _ method: ZipEntry.Method, _ crc: UInt32, size: Int, storedSize: Int, offset: Int
  ) {
    entryCount += 1
    var extra = ByteBuilder()
    func short(_ value: Int) -> Int {
      if value < limit32 { return value }
      extra.little(UInt64(value))
      return Int(UInt32.max)
    }
    // The order of the long values is the format's.
    let shortSize = short(size)
    let shortStored = short(storedSize)
    let shortOffset = short(offset)
    let isLarge = !extra.bytes.isEmpty
    directory.little(UInt32(0x0201_4b50))
    // Made on Unix by version 4.5 or 2.0 of the format, so that the permissions below count.
    directory.little(UInt16(3 << 8 | (isLarge ? 45 : 20)))
    directory.append(common(name, method, crc, shortStored, shortSize, isLarge))
    directory.little(UInt16(isLarge ? 4 + extra.bytes.count : 0))
    directory.append([0, 0, 0, 0, 0, 0])
    directory.little(UInt32(0o100644 << 16))
    directory.little(UInt32(shortOffset))
    directory.append(name)
    if isLarge {
      directory.little(UInt16(1))
      directory.little(UInt16(extra.bytes.count))
      directory.append(extra.bytes)
    }
  }

  /// Appends the directory; the archive is then complete.
  func finish(_ file: inout AtomicFile) throws(TheanoError) {
    let offset = file.count
    let length = directory.bytes.count
    try file.append(directory.bytes)
    var end = ByteBuilder()
    let isLarge = entryCount >= min(limit32, 0xffff) || offset >= limit32 || length >= limit32
    if isLarge {
      let position = file.count
      end.little(UInt32(0x0606_4b50))
      end.little(UInt64(44))
      end.little(UInt16(3 << 8 | 45))
      end.little(UInt16(45))
      end.append(repeatElement(0, count: 8))
      for value in [entryCount, entryCount, length, offset] { end.little(UInt64(value)) }
      end.little(UInt32(0x0706_4b50))
      end.little(UInt32(0))
      end.little(UInt64(position))
      end.little(UInt32(1))
    }
    end.little(UInt32(0x0605_4b50))
    end.little(UInt32(0))
    let short = isLarge ? UInt16.max : UInt16(entryCount)
    end.little(short)
    end.little(short)
    end.little(isLarge ? UInt32.max : UInt32(length))
    end.little(isLarge ? UInt32.max : UInt32(offset))
    end.little(UInt16(0))
    try file.append(end.bytes)
  }
}
