import TheanoArrays

/// Named arrays in a `.safetensors` file, the format in which most published models are kept.
///
/// ```swift
/// try Safetensors.save(["weights": w, "bias": b], metadata: ["epoch": "12"], to: "model.safetensors")
///
/// let model = try Safetensors.load("model.safetensors", mapped: true)
/// let w = try model["weights"]
/// for stored in model { print(stored.name, try stored.array.shape) }
/// ```
///
/// It is a collection of ``StoredArray``, whose arrays are read when they are asked for; ``arrays()`` reads all of them.
/// A file that is compressed with gzip as a whole is read like any other.
///
/// Opening a file reads only its head; each array is read when it is asked for, each time anew, or is a view of the
/// mapped file. The file stays open as long as the value lives. Names are told apart by their bytes: "é" as one character is
/// not "é" as two. Keys of the metadata are Swift strings, so that a file with both as keys is refused.
public struct Safetensors: Sendable {
  private let source: ByteSource
  private let entries: [SafetensorsHeader.Entry]
  private let indices: [FileName: Int]

  /// The names of the arrays, in the order of the head.
  public let names: [String]

  /// The text that goes with the arrays.
  public let metadata: [String: String]

  /// The number of arrays.
  public var count: Int { entries.count }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - mapped: whether arrays are used where they lie in the file's mapping, without a copy; see
  ///     ``NDArray/load(_:name:mapped:)``.
  /// - Throws: a ``TheanoError`` of kind `.file` with the path, the byte and the reason. Files whose arrays overlap or
  ///   leave gaps are refused, as the format asks.
  public static func load(_ path: String, mapped: Bool = false) throws(TheanoError) -> Safetensors {
    let report = FileReport(operation: "Safetensors.load", path: path)
    let source = try ByteSource.openInflated(report, mapped: mapped)
    try FileKind.require(.safetensors, source)
    return try Safetensors(source)
  }

  init(_ source: ByteSource) throws(TheanoError) {
    let header = try SafetensorsHeader.read(source)
    self.source = try source.slice(header.dataOffset, count: source.count - header.dataOffset, "the head")
    entries = header.entries
    metadata = header.metadata
    names = entries.map(\.name)
    // The head's reader has refused double names.
    indices = Dictionary(uniqueKeysWithValues: zip(names.map(FileName.init), names.indices))
  }

  /// The array of a name, read from the file.
  ///
  /// - Throws: a ``TheanoError`` of kind `.argument` if there is no such name, of kind `.file` if it cannot be read.
  public subscript(name: String) -> NDArray {
    get throws(TheanoError) {
      guard let index = indices[FileName(name)] else {
        throw TheanoError(
          .argument, in: "Safetensors", "\(quoted(source.report.path)) has no array \(quoted(name))",
          hint: "it has \(listed(names))")
      }
      let entry = entries[index]
      var elements = try source.slice(
        entry.range.lowerBound, count: entry.range.count, "the tensor \(quoted(name))")
      elements.report.entry = name
      return try elements.array(entry.layout)
    }
  }

  /// Whether there is an array of that name.
  public func contains(_ name: String) -> Bool { indices[FileName(name)] != nil }
}

// MARK: - Writing

extension Safetensors {
  /// Writes named arrays to a `.safetensors` file.
  ///
  /// The arrays are laid in the order of falling element size and then of name, so that each lies at a multiple of its
  /// element size, as the reference implementation does. The file appears whole or not at all, as with ``NDArray/save(_:)``.
  ///
  /// - Parameters:
  ///   - arrays: a dictionary literal, or pairs such as `zip` gives.
  ///   - metadata: text to go with them.
  ///   - path: the file.
  /// - Throws: a ``TheanoError`` of kind `.argument` for a name that is empty, double or reserved, of kind `.dtype` for
  ///   `complex128`, which the format lacks, of kind `.file` if the file cannot be written, of kind `.system` if there is no
  ///   memory to lay a view's elements in a row.
  public static func save(
    _ arrays: some Sequence<(String, NDArray)>, metadata: [String: String] = [:], to path: String
  ) throws(TheanoError) {
    let report = FileReport(operation: "Safetensors.save", path: path)
    let arrays = Array(arrays)
    try checkNames(arrays.map(\.0), in: report.operation) { $0 == SafetensorsHeader.metadataKey }
    for (name, array) in arrays where !SafetensorsHeader.names.contains(where: { $0.dtype == array.dtype }) {
      throw TheanoError(
        .dtype, in: report.operation,
        "the array \(quoted(name)) is of \(array.dtype), which the format lacks",
        hint: "convert it with astype(.complex64), or save as .npz")
    }
    let rank = Dictionary(uniqueKeysWithValues: SafetensorsHeader.names.enumerated().map { ($1.dtype, $0) })
    let sorted = arrays.sorted { a, b in
      (rank[b.1.dtype, default: 0], FileName(a.0)) < (rank[a.1.dtype, default: 0], FileName(b.0))
    }
    var header = SafetensorsHeader(metadata: metadata)
    var end = 0
    for (name, array) in sorted {
      let start = end
      end = try report.end(of: name, array, from: start)
      header.entries.append(
        .init(name: name, layout: ElementLayout(dtype: array.dtype, shape: array.shape), range: start..<end))
    }
    let head = header.encoded()
    guard head.count - 8 <= SafetensorsHeader.maximumLength else {
      throw TheanoError(
        .argument, in: report.operation,
        "the names and the metadata take \(head.count) bytes; the format allows 100 MB",
        hint: "shorten the metadata")
    }
    try AtomicFile.publish(report) { (file) throws(TheanoError) in
      try file.append(head)
      for (_, array) in sorted {
        try array.withElementBytes { (bytes) throws(TheanoError) in try file.append(bytes) }
      }
    }
  }

  /// Writes the named arrays of a dictionary literal to a `.safetensors` file.
  public static func save(
    _ arrays: KeyValuePairs<String, NDArray>, metadata: [String: String] = [:], to path: String
  ) throws(TheanoError) {
    try save(arrays.map { ($0.key, $0.value) }, metadata: metadata, to: path)
  }

  /// Writes the named arrays of a dictionary to a `.safetensors` file.
  @_disfavoredOverload
  public static func save(
    _ arrays: [String: NDArray], metadata: [String: String] = [:], to path: String
  ) throws(TheanoError) {
    try save(arrays.map { ($0.key, $0.value) }, metadata: metadata, to: path)
  }
}
