import TheanoArrays

/// Reads JSON (RFC 8259) strictly, as it comes, building nothing: the caller says what it expects next, so the memory
/// is what the caller keeps, whatever the text says.
struct JSONReader {
  private var cursor: ByteCursor
  /// Hostile text may nest as deep as it is long; no header has more than three levels.
  private static let greatestDepth = 16

  init(_ cursor: ByteCursor) { self.cursor = cursor }

  /// The place in the file of the next byte.
  var offset: Int { cursor.offset }

  func error(_ reason: String, hint: String? = nil) -> TheanoError { cursor.error(reason, hint: hint) }

  private mutating func skipSpace() {
    while let byte = cursor.peek, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { advance() }
  }

  // Called only where a byte has been seen.
  private mutating func advance() { try? cursor.skip(1, "the header") }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard cursor.peek == UInt8(ascii: character) else { return false }
    advance()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TheanoError) {
    guard accept(character) else {
      throw cursor.error(
        cursor.peek == nil
          ? "the JSON text ends too early" : "the JSON text should have \"\(character)\" here")
    }
  }

  /// Checks that nothing but white space is left.
  mutating func finish() throws(TheanoError) {
    skipSpace()
    if cursor.remaining > 0 { throw cursor.error("the JSON text goes on after its value") }
  }

  /// An object: `member` is called at each value with its key, and must read it. Keys must differ, byte for byte.
  mutating func object(
    _ member: (_ key: String, _ reader: inout JSONReader) throws(TheanoError) -> Void
  ) throws(TheanoError) {
    try expect("{")
    if accept("}") { return }
    var keys: Set<FileName> = []
    repeat {
      skipSpace()
      let start = cursor
      let key = try string()
      guard keys.insert(FileName(key)).inserted else {
        throw start.error("the key \(quoted(key)) occurs twice")
      }
      try expect(":")
      try member(key, &self)
    } while accept(",")
    try expect("}")
  }

  /// An array: `element` is called at each element and must read it.
  mutating func array(_ element: (_ reader: inout JSONReader) throws(TheanoError) -> Void) throws(TheanoError)
  {
    try expect("[")
    if accept("]") { return }
    repeat { try element(&self) } while accept(",")
    try expect("]")
  }

  /// A whole number that is not negative, written without fraction or exponent.
  mutating func length() throws(TheanoError) -> Int {
    skipSpace()
    let start = cursor
    var value = 0
    var digits = 0
    while let byte = cursor.peek, (0x30...0x39).contains(byte) {
      guard let next = value.times(10)?.plus(Int(byte - 0x30)) else {
        throw start.error("the number is more than any machine can count to")
      }
      if digits == 1 && value == 0 { throw start.error("a JSON number must not begin with 0") }
      value = next
      digits += 1
      advance()
    }
    if let byte = cursor.peek, digits == 0 || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") {
      throw start.error("there should be a whole number here that is not negative")
    }
    if digits == 0 { throw start.error("the JSON text ends too early") }
    return value
  }

  mutating func string() throws(TheanoError) -> String {
    try expect("\"")
    let start = cursor
    var bytes: [UInt8] = []
    while let byte = cursor.peek {
      advance()
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw start.error("this string is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): bytes.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw start.error("this string holds a bare control character")
      default: bytes.append(byte)
      }
    }
    throw start.error("this string never ends")
  }

  private mutating func escape() throws(TheanoError) -> Character {
    let start = cursor
    switch try cursor.little(UInt8.self, "an escape") {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var unit = try hexadecimal()
      // Characters beyond 16 bits are sent as two surrogates.
      if (0xd800..<0xdc00).contains(unit) {
        guard try cursor.take(2, "an escape").elementsEqual("\\u".utf8) else {
          throw start.error("this surrogate has no partner")
        }
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw start.error("this surrogate has no partner") }
        unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(unit) else { throw start.error("this surrogate has no partner") }
      return Character(scalar)
    default: throw start.error("there is no such escape in JSON")
    }
  }

  private mutating func hexadecimal() throws(TheanoError) -> UInt32 {
    let start = cursor
    var value: UInt32 = 0
    for byte in try cursor.take(4, "an escape") {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw start.error("this escape needs four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Reads past one value of any kind.
  mutating func skipValue(depth: Int = 0) throws(TheanoError) {
    guard depth < Self.greatestDepth else {
      throw cursor.error("the JSON text nests deeper than \(Self.greatestDepth) levels")
    }
    skipSpace()
    switch cursor.peek {
    case UInt8(ascii: "{"):
      try object { (_, reader) throws(TheanoError) in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try array { (reader) throws(TheanoError) in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: try number()
    }
  }

  private mutating func word(_ word: String) throws(TheanoError) {
    let start = cursor
    guard try cursor.take(word.utf8.count, "a JSON value").elementsEqual(word.utf8) else {
      throw start.error("there is no such JSON value")
    }
  }

  private mutating func number() throws(TheanoError) {
    let start = cursor
    func digits(_ cursor: inout ByteCursor) throws(TheanoError) -> Int {
      var count = 0
      while let byte = cursor.peek, (0x30...0x39).contains(byte) {
        try cursor.skip(1, "a number")
        count += 1
      }
      if count == 0 { throw start.error("there should be a JSON value here") }
      return count
    }
    if cursor.peek == UInt8(ascii: "-") { advance() }
    let leadsWithZero = cursor.peek == UInt8(ascii: "0")
    if try digits(&cursor) > 1 && leadsWithZero { throw start.error("a JSON number must not begin with 0") }
    if cursor.peek == UInt8(ascii: ".") {
      advance()
      _ = try digits(&cursor)
    }
    if let byte = cursor.peek, byte | 0x20 == UInt8(ascii: "e") {
      advance()
      if cursor.peek == UInt8(ascii: "+") || cursor.peek == UInt8(ascii: "-") { advance() }
      _ = try digits(&cursor)
    }
  }
}

extension ByteBuilder {
  /// Appends a JSON string.
  mutating func json(_ text: String) {
    append("\"")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x08: append("\\b")
      case 0x09: append("\\t")
      case 0x0a: append("\\n")
      case 0x0c: append("\\f")
      case 0x0d: append("\\r")
      case 0..<0x20: append("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
      default: append(CollectionOfOne(byte))
      }
    }
    append("\"")
  }
}
