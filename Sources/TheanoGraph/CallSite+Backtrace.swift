/// The text form of a list of return addresses, with the images that they lie in, that `Runtime.Backtrace` decodes itself
/// from.
///
/// `Backtrace` has no public initialiser from addresses, but it is `Codable`: a keyed container with an architecture, a
/// base64 string of compact frames and one of a compact map of images.
///
/// Each frame is one byte, `0x20` (a return address, relative to the one before) plus the number of bytes that follow less
/// one, then the difference, big-endian, sign-extended.
struct BacktraceText: Decoder {
  let architecture: String
  let frames: String
  let images: String
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// - Parameter namesPlatform: Whether the map begins with the platform's name, as it does since there is one. Read by those
  ///   that know of none, it has no images.
  init(architecture: String, returnAddresses: [UInt], images: [LoadedImage], namesPlatform: Bool = true) {
    self.architecture = architecture
    self.images = BacktraceText.base64(BacktraceText.map(of: images, namesPlatform: namesPlatform))
    var bytes: [UInt8] = [2]  // version 0, 64-bit addresses
    var last: UInt = 0
    for address in returnAddresses {
      let difference = Int(bitPattern: address &- last)
      last = address
      let width = (64 - (difference < 0 ? ~difference : difference).leadingZeroBitCount) / 8 + 1
      bytes.append(0x20 | UInt8(width - 1))
      for k in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: difference >> (8 * k))) }
    }
    frames = BacktraceText.base64(bytes)
  }

  /// A compact map of images: version 0 with 64-bit addresses, the platform's name after its length (none is given), the number
  /// of images, then each.
  ///
  /// An image is a byte that says how many bytes its two addresses have (eight each, not relative), where it starts, how far
  /// from there its code ends, its identity after its length, and its path in pieces of up to 63 bytes, each after its
  /// length, and a 0. Images are found by bisection, so that they must be in the order of their addresses.
  private static func map(of images: [LoadedImage], namesPlatform: Bool) -> [UInt8] {
    var bytes: [UInt8] = namesPlatform ? [2, 0] : [2]
    func add(_ word: UInt) {
      for k in (0..<8).reversed() { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * k))) }
    }
    func add(count: Int) {
      for k in (0..<(Int.bitWidth - count.leadingZeroBitCount + 6) / 7).dropFirst().reversed() {
        bytes.append(UInt8(truncatingIfNeeded: count >> (7 * k)) | 0x80)
      }
      bytes.append(UInt8(count & 0x7f))
    }
    add(count: images.count)
    for image in images.sorted(by: { $0.base < $1.base }) {
      bytes.append(7 << 3 | 7)
      add(image.base)
      add(image.end - image.base)
      add(count: image.identity.count)
      bytes += image.identity
      for start in stride(from: 0, to: image.path.count, by: 63) {
        let piece = image.path[start..<min(start + 63, image.path.count)]
        bytes.append(UInt8(piece.count))
        bytes += piece
      }
      bytes.append(0)
    }
    return bytes
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let word = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for k in 0...group.count { text.append(alphabet[Int(word >> UInt32(18 - 6 * k)) & 63]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Fields(text: self))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Unsupported() }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Unsupported() }

  private struct Unsupported: Error {}

  /// The three fields; everything else is absent.
  private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let text: BacktraceText
    var codingPath: [any CodingKey] { [] }
    private static var names: [String] { ["architecture", "backtrace", "imageMap"] }
    var allKeys: [Key] { Fields.names.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { Fields.names.contains(key.stringValue) }
    func decodeNil(forKey key: Key) throws -> Bool { !contains(key) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
      switch key.stringValue {
      case "architecture": return text.architecture
      case "backtrace": return text.frames
      case "imageMap": return text.images
      default: throw Unsupported()
      }
    }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      guard let value = try decode(String.self, forKey: key) as? T else { throw Unsupported() }
      return value
    }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { throw Unsupported() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { throw Unsupported() }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { throw Unsupported() }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { throw Unsupported() }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { throw Unsupported() }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { throw Unsupported() }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { throw Unsupported() }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { throw Unsupported() }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { throw Unsupported() }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { throw Unsupported() }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { throw Unsupported() }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { throw Unsupported() }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { throw Unsupported() }
    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw Unsupported() }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      throw Unsupported()
    }
    func superDecoder() throws -> any Decoder { throw Unsupported() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw Unsupported() }
  }
}
