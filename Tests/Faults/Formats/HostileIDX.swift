import TheanoFormats

extension HostileFile {
  private static func packed(_ name: String, _ bytes: [UInt8], _ says: String...) -> HostileFile {
    var file = HostileFile(.idx, name, bytes)
    file.says = says
    return file
  }

  private static let whole = idxFile(8, [3], data: [1, 2, 3])

  static let idx: [HostileFile] = [
    HostileFile(.idx, "nothing at all", [], "byte 0", "end inside the magic"),
    HostileFile(.idx, "another format", Array("hello".utf8), "byte 0", "two zero bytes"),
    HostileFile(.idx, "an unknown type", idxFile(0x0a, [1], data: [1]), "byte 2", "type 0xa"),
    HostileFile(.idx, "255 axes", idxFile(8, [], ndim: 255), "byte 3", "255 axes; at most 64"),
    HostileFile(.idx, "axes that are not there", idxFile(8, [1], ndim: 2), "byte 8", "inside the shape"),
    HostileFile(
      .idx, "a shape that overflows", idxFile(14, [.max, .max, .max]), "byte 16", "cannot be addressed"),
    HostileFile(
      .idx, "4 GB in a tiny file", idxFile(8, [.max], data: [1]), "takes 4294967295 bytes, but there are 1"),
    HostileFile(
      .idx, "more data than the head says", idxFile(8, [1], data: [1, 2]), "takes 1 bytes, but there are 2"),
    packed("an unknown compression", gzip(whole, method: 7), "byte 2", "method 7"),
    packed("gzip flags that do not exist", gzip(whole, flags: 0x80), "byte 3", "flags that do not exist"),
    packed("gzip, but for its head", Array(gzip(whole).prefix(9)), "byte 9", "ends inside a gzip head"),
    packed(
      "a gzip name without end", gzip(whole, flags: 8).map { $0 == 0 ? 1 : $0 }, "ends inside a gzip head"),
    packed(
      "an extra field beyond the file", gzip(whole, flags: 4, extra: [0xff, 0xff]), "ends inside a gzip head"),
    packed("a wrong checksum", gzip(whole, crc: 7), "does not match its checksum"),
    packed("a wrong size", gzip(whole, size: 7), "does not match its checksum"),
    packed("a checksum that is cut", Array(gzip(whole).dropLast(3)), "ends inside a member's checksum"),
    packed(
      "something after the data", gzip(whole) + Array("some more bytes".utf8),
      "what follows the compressed data is not gzip"),
    packed(
      "something after zeros after the data", gzip(whole) + [UInt8](repeating: 0, count: 20) + [1],
      "what follows the compressed data is not gzip"),
    packed(
      "less data than the head says", gzip(idxFile(8, [4], data: [1, 2, 3])), "the data inflates to 11"),
    packed(
      "more data than the head says", gzip(idxFile(8, [2], data: [1, 2, 3])), "the data inflates to 11"),
    packed("4 GB from a few bytes", gzip(idxFile(8, [.max], data: [1])), "byte 0", "the data inflates to 9"),
    packed(
      "4 GB from a longer few", gzip(idxFile(8, [.max], data: [UInt8](repeating: 7, count: 5000))), "byte 0",
      "compressed bytes cannot hold that"),
    packed(
      "a packed shape that overflows", gzip(idxFile(14, [.max, .max, .max])), "byte 0", "cannot be addressed"),
    packed(
      "a bomb: 1 MB of zeros behind a head of two",
      gzip(idxFile(8, [2000], data: [UInt8](repeating: 0, count: 1_000_000))),
      "inflates to more than the 2008 bytes"),
    packed("nothing, packed", gzip([]), "end inside the magic"),
    packed("many empty members", (0..<50).flatMap { _ in gzip([]) }, "end inside the magic"),
  ]

  private static func stream(_ name: String, _ bits: String, size: UInt32 = 8, _ says: String) -> HostileFile
  {
    // The first bit is the lowest of the first byte.
    let digits = bits.utf8.filter { $0 == 0x30 || $0 == 0x31 }
    var bytes = [UInt8](repeating: 0, count: (digits.count + 7) / 8)
    for (place, digit) in digits.enumerated() where digit == 0x31 { bytes[place / 8] |= 1 << (place % 8) }
    return HostileFile(.deflate, name, little(size) + bytes, "byte ", says)
  }

  /// A code-length code in which only the symbols 0 and 18 occur, with one bit each: 18 lengths follow up to it.
  private static let zeros = "000 000 100" + String(repeating: "000", count: 14)

  static let deflate: [HostileFile] = [
    HostileFile(.deflate, "half a size", [1, 0], "byte 0", "end inside the size"),
    HostileFile(
      .deflate, "a size that cannot be", little(UInt32.max) + [1, 2, 3], "cannot inflate to 4294967295"),
    stream("no block", "", size: 0, "it ends inside a block's head"),
    stream("a fourth type of block", "1 11", "of a type that does not exist"),
    stream(
      "a stored block whose length lies", "1 00 00000 1111000000000000 1111000000000000",
      "does not match its check"),
    stream(
      "a stored block that is cut", "1 00 00000 1111000000000000 0000111111111111 01010101",
      "inside a stored block"),
    stream("a match before the start", "1 10 0000001 00000 0000000", "reaches back before the start"),
    stream(
      "a distance that does not exist", "1 10 00110000 0000001 11110 0000000",
      "distance code that does not exist"),
    stream("a length that does not exist", "1 10 11000110 00000", "length code that does not exist"),
    stream("a block without its end", "1 10 00110000", "it ends inside a block"),
    stream(
      "more than is due", "1 10 00110000 00110000 0000000", size: 1, "inflates to more than the 1 bytes"),
    stream("less than is due", "1 10 00110000 0000000", size: 2, "inflates to 1 bytes, not to 2"),
    stream("287 literals", "1 01 01111 00000 0000", "more codes than there are symbols"),
    stream("31 distances", "1 01 00000 01111 0000", "more codes than there are symbols"),
    stream(
      "an oversubscribed code", "1 01 00000 00000 0000 100 100 100 000", "more codes than there is room for"),
    stream("an incomplete code", "1 01 00000 00000 0000 010 000 000 000", "some codes without a meaning"),
    stream("a repetition of nothing", "1 01 00000 00000 0000 100 000 100 000 0 00", "repeats one before it"),
  ]
}
