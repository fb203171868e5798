import TheanoArrays

/// One file of a zip archive, as its directory describes it.
struct ZipEntry: Sendable, Equatable {
  enum Method: UInt16, Sendable {
    case stored = 0
    case deflated = 8
  }

  var name: String
  var method: Method
  var crc: UInt32
  /// The number of bytes in the archive.
  var storedSize: Int
  /// The number of bytes once inflated.
  var size: Int
  /// Where the entry's own head lies.
  var headOffset: Int
  /// Where the next entry's head or the directory begins: neither may be read as this entry's data.
  var limit = 0

  /// Whether a name stays inside a folder, should someone use it as a path. Bytes are looked at, not characters: a
  /// slash under an accent is still a slash to a file system.
  static func isPlain(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual("..".utf8) }
      && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\\") }
  }
}

/// Reads the directory at the end of a zip archive (APPNOTE 6.3, PKWARE), large archives (zip64) included.
///
/// The directory is trusted in nothing: it must lie where it says, its entries must lie before it without overlapping,
/// their names must be plain, and their sizes must be possible.
struct ZipDirectory {
  let source: ByteSource

  private static let entrySignature: UInt32 = 0x0201_4b50
  private static let headSignature: UInt32 = 0x0403_4b50
  private static let endSignature: UInt32 = 0x0605_4b50
  private static let end64Signature: UInt32 = 0x0606_4b50
  private static let locatorSignature: UInt32 = 0x0706_4b50
  private static let endLength = 22
  private static let headLength = 30
  private static let damagedHint = "the archive was cut short or is damaged; fetch or write it again"

  /// Where the directory lies.
  private struct Extent {
    var count: Int
    var offset: Int
    var length: Int
    /// Where the record that tells this begins; the directory must end there.
    var end: Int
  }

  /// All entries, in the directory's order.
  func entries() throws(TheanoError) -> [ZipEntry] {
    let extent = try findDirectory()
    guard source.contains(extent.offset, count: extent.length), extent.offset + extent.length <= extent.end
    else {
      throw source.error(
        at: extent.end, "the directory would lie outside the archive", hint: Self.damagedHint)
    }
    // An entry takes at least 46 bytes.
    guard extent.count <= extent.length / 46 else {
      throw source.error(
        at: extent.end, "the directory claims \(extent.count) entries in \(extent.length) bytes",
        hint: Self.damagedHint)
    }
    var cursor = try source.cursor(at: extent.offset, count: extent.length, "the directory")
    var entries: [ZipEntry] = []
    var names: Set<FileName> = []
    for _ in 0..<extent.count {
      let at = cursor
      let entry = try readEntry(&cursor)
      guard names.insert(FileName(entry.name)).inserted else {
        throw at.error(
          "the name \(quoted(entry.name)) occurs twice", hint: "save the arrays again under different names")
      }
      entries.append(entry)
    }
    if cursor.remaining > 0 {
      throw cursor.error("the directory is longer than its entries", hint: Self.damagedHint)
    }
    try settleLimits(&entries, directory: extent.offset)
    return entries
  }

  /// Entries that share bytes are how a small archive claims to hold endless data. How long the name and the extra field of an
  /// entry's own head are is known when that is read; until then they count as nothing.
  private func settleLimits(_ entries: inout [ZipEntry], directory: Int) throws(TheanoError) {
    var end = 0
    var last: Int?
    for index in entries.indices.sorted(by: { entries[$0].headOffset < entries[$1].headOffset }) {
      let entry = entries[index]
      guard entry.headOffset >= end else {
        throw source.error(
          at: entry.headOffset, "the entry \(quoted(entry.name)) overlaps another", hint: Self.damagedHint)
      }
      guard let next = entry.headOffset.plus(Self.headLength)?.plus(entry.storedSize), next <= directory
      else {
        throw source.error(
          at: min(entry.headOffset, source.count),
          "the entry \(quoted(entry.name)) would run into the directory", hint: Self.damagedHint)
      }
      end = next
      if let last { entries[last].limit = entry.headOffset }
      entries[index].limit = directory
      last = index
    }
  }

  private func findDirectory() throws(TheanoError) -> Extent {
    guard source.count > 0 else { throw source.error(at: 0, "the file is empty", hint: Self.damagedHint) }
    // The end record may be followed by a comment of up to 65535 bytes, whose length it tells.
    let tailStart = max(0, source.count - Self.endLength - 65535)
    let tail = try source.bytes(at: tailStart, count: source.count - tailStart, "the end record")
    var position = tail.count - Self.endLength
    while position >= 0 {
      if tail[position] == 0x50, tail[position + 1] == 0x4b, tail[position + 2] == 5, tail[position + 3] == 6,
        Int(tail[position + 20]) | Int(tail[position + 21]) << 8 == tail.count - position - Self.endLength
      {
        return try readEnd(at: tailStart + position)
      }
      position -= 1
    }
    throw source.error(
      at: source.count, "has no zip directory at its end",
      hint: "check that this is an .npz file and complete")
  }

  private func readEnd(at position: Int) throws(TheanoError) -> Extent {
    var end = try source.cursor(at: position, count: Self.endLength, "the end record")
    try end.skip(4, "the end record")
    let disk = try end.little(UInt16.self, "the end record")
    let directoryDisk = try end.little(UInt16.self, "the end record")
    let countHere = try end.little(UInt16.self, "the end record")
    let count = try end.little(UInt16.self, "the end record")
    let length = try end.little(UInt32.self, "the end record")
    let offset = try end.little(UInt32.self, "the end record")
    if let extent = try readEnd64(before: position) { return extent }
    guard disk == 0, directoryDisk == 0, countHere == count else { throw manyDisks(at: position) }
    return Extent(count: Int(count), offset: Int(offset), length: Int(length), end: position)
  }

  private func manyDisks(at position: Int) -> TheanoError {
    source.error(at: position, "is one of several parts of an archive", hint: "join the parts first")
  }

  /// The end record of a large archive, if there is one before the usual record.
  private func readEnd64(before position: Int) throws(TheanoError) -> Extent? {
    guard position >= 20 else { return nil }
    var locator = try source.cursor(at: position - 20, count: 20, "the zip64 locator")
    guard try locator.little(UInt32.self, "the zip64 locator") == Self.locatorSignature else { return nil }
    let disk = try locator.little(UInt32.self, "the zip64 locator")
    let offset = try locator.length64("the zip64 locator")
    let disks = try locator.little(UInt32.self, "the zip64 locator")
    guard disk == 0, disks <= 1 else { throw manyDisks(at: position - 20) }
    var end = try source.cursor(at: offset, count: 56, "the zip64 end record")
    guard try end.little(UInt32.self, "the zip64 end record") == Self.end64Signature else {
      throw source.error(
        at: offset, "there is no zip64 end record where there should be one", hint: Self.damagedHint)
    }
    try end.skip(8 + 4, "the zip64 end record")
    let thisDisk = try end.little(UInt32.self, "the zip64 end record")
    let directoryDisk = try end.little(UInt32.self, "the zip64 end record")
    let countHere = try end.length64("the zip64 end record")
    let count = try end.length64("the zip64 end record")
    let length = try end.length64("the zip64 end record")
    let directory = try end.length64("the zip64 end record")
    guard thisDisk == 0, directoryDisk == 0, countHere == count else { throw manyDisks(at: offset) }
    return Extent(count: count, offset: directory, length: length, end: offset)
  }

  private func readEntry(_ cursor: inout ByteCursor) throws(TheanoError) -> ZipEntry {
    let what = "a directory entry"
    let start = cursor
    guard try cursor.little(UInt32.self, what) == Self.entrySignature else {
      throw start.error("there is no directory entry where there should be one", hint: Self.damagedHint)
    }
    try cursor.skip(4, what)
    let flags = try cursor.little(UInt16.self, what)
    let method = try cursor.little(UInt16.self, what)
    try cursor.skip(4, what)
    let crc = try cursor.little(UInt32.self, what)
    let storedSize = try cursor.little(UInt32.self, what)
    let size = try cursor.little(UInt32.self, what)
    let nameLength = Int(try cursor.little(UInt16.self, what))
    let extraLength = Int(try cursor.little(UInt16.self, what))
    let commentLength = Int(try cursor.little(UInt16.self, what))
    let disk = try cursor.little(UInt16.self, what)
    try cursor.skip(6, what)
    let headOffset = try cursor.little(UInt32.self, what)
    let name = try checkName(try cursor.take(nameLength, "an entry's name"), at: start)
    let extra = Array(try cursor.take(extraLength, "an entry's extra field"))
    try cursor.skip(commentLength, "an entry's comment")

    if flags & 1 != 0 {
      throw start.error("the entry \(quoted(name)) is encrypted", hint: "save it without a password")
    }
    guard let method = ZipEntry.Method(rawValue: method) else {
      throw start.error(
        "the entry \(quoted(name)) is compressed by method \(method); stored (0) and deflated (8) are known",
        hint: "save it with numpy.savez or numpy.savez_compressed")
    }
    var entry = ZipEntry(
      name: name, method: method, crc: crc, storedSize: Int(storedSize), size: Int(size),
      headOffset: Int(headOffset))
    try applyZip64(extra, to: &entry, at: start)
    if disk != 0 && disk != 0xffff { throw manyDisks(at: start.offset - source.start) }
    try checkSizes(entry, at: start)
    return entry
  }

  /// Where a 32-bit field of the directory is full, the true value stands in an extra field.
  private func applyZip64(_ extra: [UInt8], to entry: inout ZipEntry, at start: ByteCursor)
    throws(TheanoError)
  {
    let full = Int(UInt32.max)
    guard entry.size == full || entry.storedSize == full || entry.headOffset == full else { return }
    var fields = ByteCursor(extra, origin: start.offset, source.report)
    while fields.remaining >= 4 {
      let kind = try fields.little(UInt16.self, "an extra field")
      let length = Int(try fields.little(UInt16.self, "an extra field"))
      var field = ByteCursor(
        Array(try fields.take(length, "an extra field")), origin: start.offset, source.report)
      guard kind == 1 else { continue }
      if entry.size == full { entry.size = try field.length64("a zip64 size") }
      if entry.storedSize == full { entry.storedSize = try field.length64("a zip64 size") }
      if entry.headOffset == full { entry.headOffset = try field.length64("a zip64 offset") }
      return
    }
  }

  private func checkSizes(_ entry: ZipEntry, at start: ByteCursor) throws(TheanoError) {
    switch entry.method {
    case .stored where entry.size != entry.storedSize:
      throw start.error(
        "the entry \(quoted(entry.name)) is stored as it is, yet its two sizes differ: \(entry.storedSize) and \(entry.size)",
        hint: Self.damagedHint)
    case .deflated where !Inflate.isPlausible(inflated: entry.size, deflated: entry.storedSize):
      throw start.error(
        "the entry \(quoted(entry.name)) claims to inflate from \(entry.storedSize) to \(entry.size) bytes, which cannot be",
        hint: "the archive is damaged or hostile")
    default: break
    }
  }

  /// A name that cannot be mistaken for a place on the disk, should someone use it as one.
  private func checkName(_ bytes: ArraySlice<UInt8>, at start: ByteCursor) throws(TheanoError) -> String {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw start.error("an entry's name is not UTF-8", hint: "save the arrays again under plain names")
    }
    guard ZipEntry.isPlain(name) else {
      throw start.error(
        "the entry name \(quoted(name)) is not a plain name",
        hint: "save the arrays again under names without .. or a leading /")
    }
    return name
  }

  /// The bytes of an entry as they lie in the archive.
  ///
  /// The entry's own head repeats much of the directory, and an archive in which the two differ reads differently in
  /// different programs: name and method must agree.
  func data(of entry: ZipEntry) throws(TheanoError) -> ByteSource {
    let what = "an entry's head"
    var head = try source.cursor(at: entry.headOffset, count: Self.headLength, what)
    guard try head.little(UInt32.self, what) == Self.headSignature else {
      throw source.error(
        at: entry.headOffset, "there is no entry's head where there should be one", hint: Self.damagedHint)
    }
    try head.skip(4, what)
    let method = try head.little(UInt16.self, what)
    try head.skip(16, what)
    let nameLength = Int(try head.little(UInt16.self, what))
    let extraLength = Int(try head.little(UInt16.self, what))
    let name = try source.bytes(at: entry.headOffset + Self.headLength, count: nameLength, what)
    guard method == entry.method.rawValue, name.elementsEqual(entry.name.utf8) else {
      throw source.error(
        at: entry.headOffset,
        "the entry's head and the directory tell different things of \(quoted(entry.name))",
        hint: Self.damagedHint)
    }
    let start = entry.headOffset + Self.headLength + nameLength + extraLength
    guard entry.limit - start >= entry.storedSize else {
      throw source.error(
        at: entry.headOffset, "the entry \(quoted(entry.name)) would run into what follows it",
        hint: Self.damagedHint)
    }
    return try source.slice(start, count: entry.storedSize, "the entry \(quoted(entry.name))")
  }
}
