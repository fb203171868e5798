import TheanoArrays

/// NumPy's archive of named arrays: a zip file of `.npy` files.
///
/// ```swift
/// try NPZ.save(["weights": w, "bias": b], to: "model.npz")
///
/// let model = try NPZ.load("model.npz")
/// print(model.names)                    // ["weights", "bias"]
/// let w = try model["weights"]          // read now, alone
/// for stored in model { print(stored.name, try stored.array.shape) }
/// ```
///
/// It is a collection of ``StoredArray``, whose arrays are read when they are asked for; ``arrays()`` reads all of them.
/// A file that is compressed with gzip as a whole is read like any other.
///
/// Opening an archive reads only its directory; each array is read when it is asked for, each time anew. The file stays
/// open as long as the value lives. Names are told apart by their bytes, as NumPy does: "é" as one character is not "é" as two.
public struct NPZ: Sendable {
  private let directory: ZipDirectory
  private let entries: [ZipEntry]
  private let indices: [FileName: Int]

  /// The names of the arrays, in the order of the archive.
  public let names: [String]

  /// The number of arrays.
  public var count: Int { entries.count }

  /// Opens an archive, as NumPy's `load` does.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - mapped: whether arrays that are stored uncompressed and aligned, as ``save(_:to:compressed:)`` lays them, are
  ///     used where they lie in the file's mapping, without a copy and without a check of their checksum; see
  ///     ``NDArray/load(_:name:mapped:)``.
  /// - Throws: a ``TheanoError`` of kind `.file` with the path, the byte and the reason. Archives with duplicate names,
  ///   names that reach out of a folder, overlapping entries or impossible sizes are refused whole.
  public static func load(_ path: String, mapped: Bool = false) throws(TheanoError) -> NPZ {
    let source = try ByteSource.openInflated(FileReport(operation: "NPZ.load", path: path), mapped: mapped)
    try FileKind.require(.npz, source)
    return try NPZ(source)
  }

  init(_ source: ByteSource) throws(TheanoError) {
    directory = ZipDirectory(source: source)
    entries = try directory.entries()
    names = entries.map {
      $0.name.utf8.suffix(4).elementsEqual(".npy".utf8)
        ? String(decoding: $0.name.utf8.dropLast(4), as: UTF8.self) : $0.name
    }
    var indices: [FileName: Int] = [:]
    for (index, name) in names.enumerated() {
      guard indices.updateValue(index, forKey: FileName(name)) == nil else {
        throw source.error(
          at: entries[index].headOffset, "the name \(quoted(name)) occurs twice",
          hint: "save the arrays again under different names")
      }
    }
    self.indices = indices
  }

  /// The array of a name, read from the file.
  ///
  /// - Throws: a ``TheanoError`` of kind `.argument` if there is no such name, of kind `.file` if the entry is damaged.
  public subscript(name: String) -> NDArray {
    get throws(TheanoError) {
      guard let index = indices[FileName(name)] else {
        throw TheanoError(
          .argument, in: "NPZ", "\(quoted(directory.source.report.path)) has no array \(quoted(name))",
          hint: "it has \(listed(names))")
      }
      return try array(entries[index])
    }
  }

  /// Whether there is an array of that name.
  public func contains(_ name: String) -> Bool { indices[FileName(name)] != nil }

  private func array(_ entry: ZipEntry) throws(TheanoError) -> NDArray {
    var data = try directory.data(of: entry)
    switch entry.method {
    case .stored:
      data.report.entry = entry.name
      if case .memory(let memory) = data.storage, memory.isReadOnly { return try NDArray.npy(data) }
      var crc: CRC32? = CRC32()
      let array = try NDArray.npy(data, checksum: &crc)
      try check(crc?.value ?? 0, entry, data)
      return array
    case .deflated:
      return try inflated(entry, data)
    }
  }

  private func check(_ crc: UInt32, _ entry: ZipEntry, _ data: ByteSource) throws(TheanoError) {
    guard crc == entry.crc else {
      throw data.error(
        at: 0, "the data does not match its checksum", hint: "the archive is damaged; fetch or write it again"
      )
    }
  }

  private func inflated(_ entry: ZipEntry, _ data: ByteSource) throws(TheanoError) -> NDArray {
    let (owner, deflated) = try data.loaded("the entry \(quoted(entry.name))")
    var report = data.report
    report.entry = entry.name
    return try withExtendedLifetime(owner) { () throws(TheanoError) in
      // The array's own head comes out first, so that a lie about the size costs nothing.
      let prefix = try OwnedBytes.allocate(Swift.min(entry.size, 12 + NPYHeader.maximumLength), report)
      var first = Inflate(
        deflated, into: prefix.mutableBytes, stopsWhenFull: true, origin: data.start, report)
      try first.run()
      let start = try ByteSource(prefix, report).slice(0, count: first.produced, "the entry")
      let header = try NPYHeader.read(start)
      guard let due = header.layout.byteCount?.plus(header.dataOffset), due == entry.size else {
        throw report.error(
          at: data.start,
          "shape \(shapeText(header.layout.shape)) of \(header.layout.dtype) does not take the \(entry.size) bytes that the "
            + "directory tells", hint: "the archive is damaged; fetch or write it again")
      }
      let whole = try OwnedBytes.allocate(entry.size, report)
      whole.mutableBytes.adviseHugePages()
      var inflater = Inflate(
        deflated, into: whole.mutableBytes, stopsWhenFull: false, origin: data.start, report)
      try inflater.run()
      guard inflater.produced == entry.size, inflater.consumed == deflated.count else {
        throw report.error(
          at: data.start + inflater.consumed,
          "\(inflater.consumed) of \(deflated.count) bytes inflate to \(inflater.produced), but \(entry.size) are due",
          hint: "the archive is damaged; fetch or write it again")
      }
      try check(CRC32.of(whole.bytes), entry, data)
      return try NDArray.npy(ByteSource(whole, report))
    }
  }
}

/// Names for a message: all of a few, the first of many.
func listed(_ names: [String]) -> String {
  if names.isEmpty { return "none" }
  let shown = names.prefix(12).map(quoted).joined(separator: ", ")
  return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
}

// MARK: - Writing

extension NPZ {
  /// Writes named arrays to an archive, as NumPy's `savez` and `savez_compressed` do.
  ///
  /// The file appears whole or not at all, as with ``NDArray/save(_:)``; equal arrays give equal files.
  ///
  /// - Parameters:
  ///   - arrays: the arrays in the order in which they are to stand: a dictionary literal, or pairs such as `zip` gives.
  ///   - path: the file.
  ///   - compressed: whether to compress them.
  /// - Throws: a ``TheanoError`` of kind `.argument` for a name that is empty, double or not plain, of kind `.file` if
  ///   the file cannot be written, of kind `.system` if there is no memory to lay a view's elements in a row.
  public static func save(
    _ arrays: some Sequence<(String, NDArray)>, to path: String, compressed: Bool = false
  ) throws(TheanoError) {
    try write(Array(arrays), to: path, compressed: compressed, limit32: Int(UInt32.max))
  }

  /// Writes named arrays to an archive, in the order in which the literal lists them.
  public static func save(
    _ arrays: KeyValuePairs<String, NDArray>, to path: String, compressed: Bool = false
  ) throws(TheanoError) {
    try save(arrays.map { ($0.key, $0.value) }, to: path, compressed: compressed)
  }

  /// Writes named arrays to an archive, in the order of their names.
  @_disfavoredOverload
  public static func save(
    _ arrays: [String: NDArray], to path: String, compressed: Bool = false
  ) throws(TheanoError) {
    try save(
      arrays.sorted { FileName($0.key) < FileName($1.key) }.map { ($0.key, $0.value) }, to: path,
      compressed: compressed)
  }

  package static func write(
    _ arrays: [(String, NDArray)], to path: String, compressed: Bool, limit32: Int
  ) throws(TheanoError) {
    let report = FileReport(operation: "NPZ.save", path: path)
    try checkNames(arrays.map(\.0), in: report.operation) { !ZipEntry.isPlain($0) || $0.utf8.count > 60000 }
    try AtomicFile.publish(report) { (file) throws(TheanoError) in
      var zip = ZipWriter(limit32: limit32)
      for (name, array) in arrays {
        let header = NPYHeader.encoded(array.npyForm().layout)
        try zip.append(
          name + ".npy", size: try report.end(of: name, array, from: header.count),
          method: compressed ? .deflated : .stored,
          to: &file
        ) { (sink) throws(TheanoError) in try array.writeNPY(sink) }
      }
      try zip.finish(&file)
    }
  }
}

/// Refuses names that occur twice, byte for byte, are empty, or that the format cannot hold.
func checkNames(_ names: [String], in operation: String, isUnfit: (String) -> Bool) throws(TheanoError) {
  var seen: Set<FileName> = []
  for name in names {
    if name.isEmpty || isUnfit(name) {
      throw TheanoError(
        .argument, in: operation, "\(quoted(name)) cannot be an array's name in this format",
        hint: "use a plain name, without .., a leading /, or control characters")
    }
    if !seen.insert(FileName(name)).inserted {
      throw TheanoError(
        .argument, in: operation, "two arrays are named \(quoted(name))", hint: "give each its own name")
    }
  }
}
