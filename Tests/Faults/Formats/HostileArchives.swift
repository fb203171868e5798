import TheanoFormats

extension HostileFile {
  private static let array = npyFile(shape: "(3,)", data: [1, 2, 3])
  private static let entry = ZipFile.Entry("a.npy", array)
  private static let packed = ZipFile.Entry("a.npy", array, isDeflated: true)

  private static func zip(_ name: String, _ bytes: [UInt8], _ says: String...) -> HostileFile {
    var file = HostileFile(.npz, name, bytes)
    file.says = says
    return file
  }

  private static func named(_ name: String, _ why: String) -> HostileFile {
    zip("the name \(name.debugDescription)", ZipFile(.init(name, array)).bytes, why)
  }

  private static func entry(_ name: String, _ says: String..., change: (inout ZipFile.Entry) -> Void)
    -> HostileFile
  {
    var file = HostileFile(.npz, name, ZipFile(entry.with(change)).bytes)
    file.says = says
    return file
  }

  private static func packed(_ name: String, _ says: String..., change: (inout ZipFile.Entry) -> Void)
    -> HostileFile
  {
    var file = HostileFile(.npz, name, ZipFile(packed.with(change)).bytes)
    file.says = says
    return file
  }

  static let npz: [HostileFile] = [
    zip("nothing at all", [], "byte 0: the file is empty"),
    zip("another format", Array("hello".utf8), "no zip directory at its end"),
    zip("a .npy file", array, "no zip directory at its end"),
    zip("an end record alone, but for two bytes", Array(ZipFile().bytes.dropLast(2)), "no zip directory"),
    zip("a comment that ends too early", ZipFile(entry).bytes + [0], "no zip directory at its end"),
    zip("two entries of one name", ZipFile(entry, entry).bytes, "the name \"a.npy\" occurs twice"),
    zip("two arrays of one name", ZipFile(entry, .init("a", array)).bytes, "the name \"a\" occurs twice"),
    named("../evil.npy", "\"../evil.npy\" is not a plain name"),
    named("/etc/passwd", "not a plain name"), named("a/../../b.npy", "not a plain name"),
    named("a\\..\\b.npy", "not a plain name"), named("a\u{0}.npy", "not a plain name"),
    named("a//b.npy", "not a plain name"), named("folder/", "not a plain name"),
    named("", "not a plain name"),
    named("\u{1b}[2J.npy", "\\u{1b}"),
    entry("a name that is not UTF-8", "not UTF-8") { $0.name = [0xff, 0xfe] },
    entry("encryption", "is encrypted") { $0.flags = 1 },
    entry("an unknown method", "compressed by method 14") { $0.method = 14 },
    entry("a stored entry of two sizes", "its two sizes differ: \(array.count) and 4000000000") {
      $0.size = 4_000_000_000
    },
    entry("an entry beyond the file", "would run into the directory") {
      $0.size = 1 << 30
      $0.storedSize = 1 << 30
    },
    entry("an entry that lies beyond the file", "would run into the directory") { $0.offset = 0x7fff_ffff },
    entry("an entry's head that is none", "there is no entry's head") { $0.offset = 1 },
    entry("another name in the entry's head", "tell different things of \"a.npy\"") {
      $0.headName = Array("b.npy".utf8)
    },
    entry("another method in the entry's head", "tell different things") { $0.headMethod = 8 },
    entry("a head that moves its data into the directory", "entry \"a.npy\" would run into what follows it") {
      $0.headExtraLength = 1
    },
    zip(
      "a head that moves its data into the next entry",
      ZipFile(entry.with { $0.headExtraLength = 40 }, .init("b.npy", array)).bytes,
      "entry \"a.npy\" would run into what follows it"),
    entry("a wrong checksum", "entry \"a.npy\"", "does not match its checksum") { $0.crc ^= 1 },
    entry("an entry of another disk", "one of several parts") { $0.disk = 3 },
    entry("zip64 sizes that are not there", "its two sizes differ") {
      $0.size = .max
    },
    entry("zip64 sizes of 2^64 - 1", "more than any file can hold") {
      $0.size = .max
      $0.extra = little(UInt16(1)) + little(UInt16(8)) + little(UInt64.max)
    },
    entry("a zip64 field that is cut", "the bytes end inside a zip64 size") {
      $0.size = .max
      $0.extra = little(UInt16(1)) + little(UInt16(4)) + little(UInt32(7))
    },
    entry("an extra field beyond its end", "the bytes end inside an extra field") {
      $0.size = .max
      $0.extra = little(UInt16(9)) + little(UInt16(100))
    },
    packed("4 GB from a few bytes", "which cannot be", "hostile") { $0.size = 4_000_000_000 },
    packed("2^60 bytes from a few", "which cannot be") {
      $0.size = .max
      $0.extra = little(UInt16(1)) + little(UInt16(8)) + little(UInt64(1) << 60)
    },
    packed("a size that is too small", "does not take the \(array.count - 1) bytes") { $0.size -= 1 },
    packed("a size that is too large", "does not take the \(array.count + 1) bytes") { $0.size += 1 },
    packed("a wrong checksum of packed data", "does not match its checksum") { $0.crc ^= 1 },
    packed("packed data that are cut", "the compressed data is damaged") {
      $0.stored.removeLast(12)
      $0.storedSize -= 12
    },
    packed("something after the packed data", "bytes inflate to") {
      $0.stored += [0, 0, 0]
      $0.storedSize += 3
    },
    zip(
      "a bomb: 1 MB of zeros behind a head of three elements",
      ZipFile(.init("a.npy", array + [UInt8](repeating: 0, count: 1_000_000), isDeflated: true)).bytes,
      "does not take the \(array.count + 1_000_000) bytes"),
    zip(
      "a bomb that claims to be small",
      ZipFile(
        ZipFile.Entry("a.npy", array + [UInt8](repeating: 0, count: 1_000_000), isDeflated: true).with {
          $0.size = UInt32(array.count)
        }
      ).bytes, "inflates to more than the \(array.count) bytes that are due"),
    zip(
      "entries that share their data",
      ZipFile(entry, .init("b.npy", array).with { $0.offset = 0 }).bytes, "overlaps another"),
    zip(
      "an entry inside another",
      ZipFile(entry, ZipFile.Entry("b.npy", array).with { $0.offset = 20 }).bytes, "overlaps another"),
    zip(
      "an entry that is no array", ZipFile(.init("notes.txt", Array("hello, world".utf8))).bytes,
      "\"notes.txt\"",
      "magic of .npy files"),
    zip(
      "a packed entry that is no array",
      ZipFile(.init("x", Array("hello, world".utf8), isDeflated: true)).bytes,
      "magic of .npy files"),
    zip(
      "an entry that lies about its shape",
      ZipFile(.init("a.npy", npyFile(shape: "(1099511627776,)", data: [1]))).bytes,
      "takes 1099511627776 bytes, but there are 1"),
    zip("65535 entries in no bytes", ZipFile(entry).with { $0.count = 65535 }, "claims 65535 entries"),
    zip(
      "fewer entries than there are", ZipFile(entry, .init("b.npy", array)).with { $0.count = 1 },
      "longer than its entries"),
    zip("one entry too many", ZipFile(entry).with { $0.count = 2 }, "claims 2 entries"),
    zip(
      "a directory beyond the end", ZipFile(entry).with { $0.directoryOffset = 0xffff_fff0 },
      "outside the archive"),
    zip(
      "a directory of 4 GB", ZipFile(entry).with { $0.directoryLength = 0xffff_fff0 }, "outside the archive"),
    zip(
      "a directory that is none", ZipFile(entry).with { $0.directoryOffset = 1 },
      "there is no directory entry"),
    zip("several disks", ZipFile(entry).with { $0.disk = 1 }, "one of several parts"),
    zip("a part of the entries", ZipFile(entry).with { $0.countHere = 0 }, "one of several parts"),
    zip(
      "a zip64 record that is none",
      ZipFile(entry).with {
        $0.between = [0x50, 0x4b, 6, 7] + little(UInt32(0)) + little(UInt64(3)) + little(UInt32(1))
      }, "no zip64 end record where there should be one"),
    zip(
      "a zip64 record beyond the file",
      ZipFile(entry).with {
        $0.between = [0x50, 0x4b, 6, 7] + little(UInt32(0)) + little(UInt64(1) << 62) + little(UInt32(1))
      }, "ends inside the zip64 end record"),
    zip(
      "a zip64 record of 2^64 - 1 entries",
      ZipFile(entry).with {
        let end =
          [0x50, 0x4b, 6, 6] + little(UInt64(44)) + little(UInt16(45)) + little(UInt16(45))
          + [UInt8](repeating: 0, count: 8) + little(UInt64.max) + little(UInt64.max) + little(UInt64(46))
          + little(UInt64(0))
        let place = 30 + 5 + array.count + 46 + 5
        $0.between = end + [0x50, 0x4b, 6, 7] + little(UInt32(0)) + little(UInt64(place)) + little(UInt32(1))
      }, "more than any file can hold"),
  ]
}
