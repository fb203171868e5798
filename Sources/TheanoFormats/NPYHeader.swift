import TheanoArrays

/// What stands before the elements in a `.npy` file: magic, version, and a Python dictionary of three entries.
///
/// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NPYHeader: Equatable, Sendable {
  var layout: ElementLayout
  /// Where the elements begin.
  var dataOffset: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// No header of a plain array comes near this; it bounds the work on a hostile one.
  static let maximumLength = 1 << 16

  /// The header at the start of some bytes.
  static func read(_ source: ByteSource) throws(TheanoError) -> NPYHeader {
    guard source.count > 0 else {
      throw source.error(
        at: 0, "the file is empty", hint: "a program was probably stopped before it wrote the array")
    }
    var prefix = try source.cursor(at: 0, count: min(source.count, 12), "the magic")
    guard prefix.bytes.starts(with: magic.prefix(prefix.bytes.count)) else {
      throw source.error(
        at: 0, "does not begin with the magic of .npy files (0x93 NUMPY)", hint: formatHint(prefix.bytes))
    }
    try prefix.skip(magic.count, "the magic")
    let version = try (
      major: prefix.little(UInt8.self, "the version"), minor: prefix.little(UInt8.self, "the version")
    )
    guard (1...3).contains(version.major), version.minor == 0 else {
      throw source.error(
        at: 6, "has format version \(version.major).\(version.minor); 1.0, 2.0 and 3.0 are known",
        hint: "save it again with a current NumPy")
    }
    let length =
      version.major == 1
      ? Int(try prefix.little(UInt16.self, "the header's length"))
      : Int(try prefix.little(UInt32.self, "the header's length"))
    let start = prefix.position
    guard length <= maximumLength else {
      throw source.error(
        at: 8, "the header claims \(length) bytes; an array of numbers needs a few hundred",
        hint: "arrays of records are not supported: save each field as an array of its own")
    }
    var parser = NPYHeaderParser(try source.cursor(at: start, count: length, "the header"))
    return NPYHeader(layout: try parser.parse(), dataOffset: start + length)
  }

  /// What the file may be instead.
  static func formatHint(_ bytes: [UInt8]) -> String {
    bytes.starts(with: [0x80])
      ? "this looks like a Python pickle: save it with numpy.save" : "check that this is the right file"
  }

  /// The header as NumPy writes it, byte for byte: version 1.0, padded so that the elements begin at a multiple of 64.
  static func encoded(_ layout: ElementLayout) -> [UInt8] {
    let shape = layout.shape.map(String.init).joined(separator: ", ") + (layout.shape.count == 1 ? "," : "")
    var text =
      "{'descr': '\(descriptor(layout.dtype))', 'fortran_order': \(layout.isFortranOrder ? "True" : "False"), "
      + "'shape': (\(shape)), }"
    // NumPy leaves room for the axis along which a file might be extended to grow to 21 digits.
    if let growing = layout.isFortranOrder ? layout.shape.last : layout.shape.first {
      text += String(repeating: " ", count: 21 - String(growing).utf8.count)
    }
    let unpadded = magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: 64 - unpadded % 64) + "\n"
    var builder = ByteBuilder()
    builder.append(magic)
    builder.append([1, 0])
    // 64 axes of 20 digits fit in 16 bits with room to spare.
    builder.little(UInt16(text.utf8.count))
    builder.append(text)
    return builder.bytes
  }

  /// NumPy's name for an element type. It has none for `bfloat16`, which the ml_dtypes package stores as two raw
  /// bytes an element, so that this is what is written and read.
  static func descriptor(_ dtype: DType) -> String {
    switch dtype {
    case .bool: "|b1"
    case .int8: "|i1"
    case .uint8: "|u1"
    case .bfloat16: "<V2"
    default:
      switch dtype.kind {
      case .signed: "<i\(dtype.itemSize)"
      case .unsigned: "<u\(dtype.itemSize)"
      case .complex: "<c\(dtype.itemSize)"
      default: "<f\(dtype.itemSize)"
      }
    }
  }
}

/// Reads the Python dictionary of a `.npy` header. Only what a plain array can need is understood: strings without
/// escapes, `True` and `False`, and tuples of whole numbers.
struct NPYHeaderParser {
  private var cursor: ByteCursor

  init(_ cursor: ByteCursor) { self.cursor = cursor }

  mutating func parse() throws(TheanoError) -> ElementLayout {
    var element: (dtype: DType, isBigEndian: Bool)?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !(try accept("}")) {
      let start = cursor
      let key = try string()
      try expect(":")
      let isRepeated: Bool
      switch key {
      case "descr":
        isRepeated = element != nil
        element = try descriptor()
      case "fortran_order":
        isRepeated = isFortranOrder != nil
        isFortranOrder = try boolean()
      case "shape":
        isRepeated = shape != nil
        shape = try tuple()
      default:
        throw start.error(
          "the header has an unknown key \(quoted(key))", hint: "save the array again with a current NumPy")
      }
      if isRepeated { throw start.error("the header has the key \(quoted(key)) twice") }
      if !(try accept(",")) {
        try expect("}")
        break
      }
    }
    skipSpace()
    if cursor.remaining > 0 { throw cursor.error("the header goes on after its dictionary") }
    guard let element else { throw missing("descr") }
    guard let isFortranOrder else { throw missing("fortran_order") }
    guard let shape else { throw missing("shape") }
    return ElementLayout(
      dtype: element.dtype, shape: shape, isBigEndian: element.isBigEndian, isFortranOrder: isFortranOrder)
  }

  private func missing(_ key: String) -> TheanoError { cursor.error("the header lacks the key '\(key)'") }

  private mutating func skipSpace() {
    while let byte = cursor.peek, byte == 0x20 || (0x09...0x0d).contains(byte) { advance() }
  }

  private mutating func advance() { try? cursor.skip(1, "the header") }

  private mutating func accept(_ character: Unicode.Scalar) throws(TheanoError) -> Bool {
    skipSpace()
    guard cursor.peek == UInt8(ascii: character) else { return false }
    advance()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TheanoError) {
    if !(try accept(character)) { throw cursor.error("the header should have \"\(character)\" here") }
  }

  private mutating func string() throws(TheanoError) -> String {
    skipSpace()
    let start = cursor
    guard let quote = cursor.peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw cursor.error("the header should have a string here")
    }
    advance()
    var bytes: [UInt8] = []
    while let byte = cursor.peek {
      advance()
      if byte == quote {
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw start.error("this string of the header is not UTF-8")
        }
        return text
      }
      if byte == UInt8(ascii: "\\") || byte < 0x20 {
        throw start.error("this string of the header has a character that no plain header needs")
      }
      bytes.append(byte)
    }
    throw start.error("this string of the header never ends")
  }

  private mutating func word() -> String {
    skipSpace()
    var word = ""
    while let byte = cursor.peek, (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) {
      word.unicodeScalars.append(Unicode.Scalar(byte))
      advance()
    }
    return word
  }

  private mutating func boolean() throws(TheanoError) -> Bool {
    skipSpace()
    let start = cursor
    switch word() {
    case "True": return true
    case "False": return false
    default: throw start.error("the header should have True or False here")
    }
  }

  private mutating func tuple() throws(TheanoError) -> [Int] {
    var extents: [Int] = []
    try expect("(")
    while !(try accept(")")) {
      let start = cursor
      let extent = try integer()
      extents.append(extent)
      if extents.count > NDArray.maximumRank {
        throw start.error("the shape has more than \(NDArray.maximumRank) axes")
      }
      if !(try accept(",")) {
        try expect(")")
        // `(3)` is a number in Python, not a tuple.
        if extents.count == 1 { throw start.error("the shape is a number, not a tuple") }
        break
      }
    }
    return extents
  }

  private mutating func integer() throws(TheanoError) -> Int {
    skipSpace()
    let start = cursor
    var value = 0
    var digits = 0
    while let byte = cursor.peek, (0x30...0x39).contains(byte) {
      guard let next = value.times(10)?.plus(Int(byte - 0x30)) else {
        throw start.error("this length of the shape is more than any machine can address")
      }
      value = next
      digits += 1
      advance()
    }
    if digits == 0 {
      throw start.error("the shape should have a length here, a whole number and not negative")
    }
    // Python 2 wrote long integers with this suffix.
    if cursor.peek == UInt8(ascii: "L") { advance() }
    return value
  }

  private mutating func descriptor() throws(TheanoError) -> (dtype: DType, isBigEndian: Bool) {
    skipSpace()
    let start = cursor
    if cursor.peek == UInt8(ascii: "[") || cursor.peek == UInt8(ascii: "(") {
      throw start.error(
        "holds an array of records, which is not supported", hint: "save each field as an array of its own")
    }
    let text = try string()
    var code = Substring(text)
    let order = code.first
    if let order, "<>=|".contains(order) { code.removeFirst() }
    let dtype: DType? =
      switch code {
      case "b1", "?": .bool
      case "i1": .int8
      case "i2": .int16
      case "i4": .int32
      case "i8": .int64
      case "u1": .uint8
      case "u2": .uint16
      case "u4": .uint32
      case "u8": .uint64
      case "f2": .float16
      case "f4": .float32
      case "f8": .float64
      case "c8": .complex64
      case "c16": .complex128
      case "V2": .bfloat16
      default: nil
      }
    guard let dtype else {
      throw start.error("elements of type \(quoted(text)) are not supported", hint: elementHint(code))
    }
    return (dtype, order == ">")
  }

  private func elementHint(_ code: Substring) -> String {
    switch code.first {
    case "O": "these are pickled Python objects, which run code when read; save arrays of numbers"
    case "U", "S", "a": "these are strings; save numbers instead"
    case "M", "m": "these are dates or durations; convert them in NumPy with .astype('int64')"
    case "f", "c", "g": "convert them in NumPy with .astype('float64') or .astype('complex128')"
    default: "convert them in NumPy with .astype"
    }
  }
}
