import TheanoArrays

/// The head of a `.safetensors` file: a 64-bit length, then JSON that gives each tensor's dtype, shape and place.
///
/// The format: https://github.com/huggingface/safetensors#format
struct SafetensorsHeader {
  struct Entry: Sendable {
    var name: String
    var layout: ElementLayout
    /// Where the elements lie, counted from the end of the head.
    var range: Range<Int>
    /// Where in the file its description stands; 0 for one that is yet to be written.
    var place = 0
  }

  var entries: [Entry] = []
  var metadata: [String: String] = [:]
  /// Where the elements of the first tensor begin.
  var dataOffset = 0

  /// The limit of the reference implementation.
  static let maximumLength = 100_000_000
  static let metadataKey = "__metadata__"
  private static let damagedHint = "the file was cut short, is damaged or hostile; fetch or write it again"

  /// The format's names of the element types.
  static let names: [(name: String, dtype: DType)] = [
    ("BOOL", .bool), ("U8", .uint8), ("I8", .int8), ("I16", .int16), ("U16", .uint16), ("F16", .float16),
    ("BF16", .bfloat16), ("I32", .int32), ("U32", .uint32), ("F32", .float32), ("C64", .complex64),
    ("F64", .float64),
    ("I64", .int64), ("U64", .uint64),
  ]

  /// The head of a file, with every claim checked: the tensors must fill the rest of the file exactly, without gaps and
  /// without sharing bytes.
  static func read(_ source: ByteSource) throws(TheanoError) -> SafetensorsHeader {
    var prefix = try source.cursor(at: 0, count: min(8, source.count), "the head's length")
    let length = try prefix.length64("the head's length")
    guard length <= maximumLength, source.contains(8, count: length) else {
      throw source.error(
        at: 0, "the head claims \(length) bytes in a file of \(source.count)",
        hint: "check that this is a .safetensors file; if so, it was cut short or is damaged")
    }
    let text = try source.cursor(at: 8, count: length, "the head")
    guard text.peek == UInt8(ascii: "{") else {
      throw source.error(
        at: 8, "the head does not begin with {", hint: "check that this is a .safetensors file")
    }
    var header = SafetensorsHeader()
    header.dataOffset = 8 + length
    var reader = JSONReader(text)
    try reader.object { (key, reader) throws(TheanoError) in
      if key == metadataKey {
        try reader.object { (key, reader) throws(TheanoError) in
          guard header.metadata.updateValue(try reader.string(), forKey: key) == nil else {
            throw reader.error(
              "two keys of the metadata are equal as text: \(quoted(key))", hint: "rename one")
          }
        }
      } else {
        header.entries.append(try entry(key, &reader))
      }
    }
    try reader.finish()
    try header.checkRanges(source)
    return header
  }

  private static func entry(_ name: String, _ reader: inout JSONReader) throws(TheanoError) -> Entry {
    let start = reader
    var code: String?
    var shape: [Int]?
    var ends: [Int]?
    try reader.object { (key, reader) throws(TheanoError) in
      switch key {
      case "dtype": code = try reader.string()
      case "shape": shape = try lengths(&reader, atMost: NDArray.maximumRank, "axes")
      case "data_offsets": ends = try lengths(&reader, atMost: 2, "offsets")
      default: try reader.skipValue()
      }
    }
    guard let code, let shape, let ends, ends.count == 2 else {
      throw start.error(
        "the tensor \(quoted(name)) lacks a dtype, a shape or two data_offsets", hint: damagedHint)
    }
    guard let dtype = names.first(where: { $0.name == code })?.dtype else {
      throw start.error(
        "the tensor \(quoted(name)) has elements of type \(quoted(code)), which are not supported",
        hint: "convert it, in Python for example, to one of \(names.map(\.name).joined(separator: ", "))")
    }
    let layout = ElementLayout(dtype: dtype, shape: shape)
    guard let due = layout.byteCount, ends[0] <= ends[1], due == ends[1] - ends[0] else {
      throw start.error(
        "the tensor \(quoted(name)) claims bytes \(ends[0])..<\(ends[1]), which does not fit shape \(shapeText(shape)) of \(dtype)",
        hint: damagedHint)
    }
    return Entry(name: name, layout: layout, range: ends[0]..<ends[1], place: start.offset)
  }

  private static func lengths(
    _ reader: inout JSONReader, atMost limit: Int, _ what: String
  ) throws(TheanoError) -> [Int] {
    var lengths: [Int] = []
    try reader.array { (reader) throws(TheanoError) in
      if lengths.count == limit {
        throw reader.error("there are more than \(limit) \(what)", hint: damagedHint)
      }
      lengths.append(try reader.length())
    }
    return lengths
  }

  private func checkRanges(_ source: ByteSource) throws(TheanoError) {
    var end = 0
    let sorted = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in sorted {
      guard entry.range.lowerBound == end else {
        throw source.report.error(
          at: entry.place,
          "the tensor \(quoted(entry.name)) begins at \(entry.range.lowerBound) of the data, where \(end) is due: tensors overlap "
            + "or leave a gap", hint: Self.damagedHint)
      }
      end = entry.range.upperBound
    }
    guard end == source.count - dataOffset else {
      throw source.error(
        at: dataOffset, "the tensors take \(end) bytes, but \(source.count - dataOffset) follow the head",
        hint: Self.damagedHint)
    }
  }

  /// The head as the reference implementation writes it, padded with spaces to a multiple of 8 bytes.
  func encoded() -> [UInt8] {
    var text = ByteBuilder()
    var separator = "{"
    if !metadata.isEmpty {
      text.append("{")
      text.json(Self.metadataKey)
      text.append(":")
      var inner = "{"
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
        text.append(inner)
        text.json(key)
        text.append(":")
        text.json(value)
        inner = ","
      }
      text.append("}")
      separator = ","
    }
    for entry in entries {
      text.append(separator)
      text.json(entry.name)
      let code = Self.names.first { $0.dtype == entry.layout.dtype }?.name ?? ""
      let shape = entry.layout.shape.map(String.init).joined(separator: ",")
      text.append(
        ":{\"dtype\":\"\(code)\",\"shape\":[\(shape)],\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}"
      )
      separator = ","
    }
    if separator == "{" { text.append("{") }
    text.append("}")
    text.append(repeatElement(0x20, count: (8 - text.bytes.count % 8) % 8))
    var head = ByteBuilder()
    head.little(UInt64(text.bytes.count))
    head.append(text.bytes)
    return head.bytes
  }
}
