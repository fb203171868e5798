/// Arrays are coded as an object with three members: `dtype`, a name; `shape`, a list; `data`, the elements in C order, little
/// endian, as base64 text (RFC 4648). So NaN, infinities and every bit survive, in JSON too.
extension NDArray: Codable {
  private enum CodingKeys: String, CodingKey { case dtype, shape, data }

  /// Writes dtype, shape and elements.
  ///
  /// - Throws: What the encoder throws; a ``TheanoError`` if a view's elements are more than there is memory for.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dtype.name, forKey: .dtype)
    try container.encode(shape, forKey: .shape)
    let text = try checked.contiguous().withUnsafeBytes { Base64.text($0) }
    try container.encode(text, forKey: .data)
  }

  /// Reads an array.
  ///
  /// - Throws: `DecodingError` for what does not fit together, and what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func corrupted(_ key: CodingKeys, _ what: String) -> DecodingError {
      DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: what)
    }
    let name = try container.decode(String.self, forKey: .dtype)
    guard let dtype = DType(name: name) else { throw corrupted(.dtype, "there is no dtype '\(name)'") }
    let shape = try container.decode([Int].self, forKey: .shape)
    let bytes = Base64.bytes(try container.decode(String.self, forKey: .data))
    guard let bytes else { throw corrupted(.data, "the elements are not base64 text") }
    let size: Int
    do {
      size = try NDArray.elementCount(of: shape, dtype: dtype)
    } catch {
      throw corrupted(.shape, error.description)
    }
    guard bytes.count == size * dtype.itemSize else {
      throw corrupted(.data, "\(bytes.count) bytes of data for shape \(shapeText(shape)) of \(dtype)")
    }
    let array = try NDArray.allocate(shape, dtype: dtype)
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress {
        // As conversion, so that no byte but 0 and 1 becomes a bool.
        convertElements(from: base, dtype, step: 1, to: array.data, dtype, step: 1, count: size)
      }
    }
    self = array
  }
}

/// Bytes as text of 64 letters.
enum Base64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xff, count: 256)
    for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    let length = (bytes.count + 2) / 3 * 4
    return String(unsafeUninitializedCapacity: length) { text in
      var position = 0
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let count = min(3, bytes.count - start)
        var group: UInt32 = 0
        for i in 0..<3 { group = group << 8 | (i < count ? UInt32(bytes[start + i]) : 0) }
        for i in 0..<4 {
          text[position] = i <= count ? letters[Int(group >> UInt32(18 - 6 * i)) & 63] : UInt8(ascii: "=")
          position += 1
        }
      }
      return length
    }
  }

  /// The bytes; `nil` if the text has other letters, a wrong length or bits left over.
  static func bytes(_ text: String) -> [UInt8]? {
    let text = Array(text.utf8)
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    var result: [UInt8] = []
    result.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    for (position, letter) in text.dropLast(padding).enumerated() {
      let value = values[Int(letter)]
      guard value != 0xff else { return nil }
      group = group << 6 | UInt32(value)
      if position % 4 == 3 {
        result.append(UInt8(truncatingIfNeeded: group >> 16))
        result.append(UInt8(truncatingIfNeeded: group >> 8))
        result.append(UInt8(truncatingIfNeeded: group))
        group = 0
      }
    }
    switch padding {
    case 1:
      guard group & 3 == 0 else { return nil }
      result.append(UInt8(truncatingIfNeeded: group >> 10))
      result.append(UInt8(truncatingIfNeeded: group >> 2))
    case 2:
      guard group & 15 == 0 else { return nil }
      result.append(UInt8(truncatingIfNeeded: group >> 4))
    default: break
    }
    return result
  }
}
