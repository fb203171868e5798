import TheanoArrays

extension NDArray {
  /// Reads an array from a file: `.npy`, IDX, or one of the arrays in an `.npz` or a `.safetensors` file, each plain or
  /// compressed with gzip. The file's first bytes tell the format, not its name.
  ///
  /// ```swift
  /// let weights = try NDArray.load("weights.npy")
  /// let images = try NDArray.load("train-images-idx3-ubyte.gz")         // uint8, shape [60000, 28, 28]
  /// let bias = try NDArray.load("model.npz", name: "bias")
  /// ```
  ///
  /// All three versions of `.npy` are read, in either byte order; an array in Fortran order arrives as a
  /// transposed view. Two raw bytes an element (`V2`) are taken for `bfloat16`, as the Python package ml_dtypes
  /// stores it. Files of pickled Python objects are refused. Nothing is allocated before the file is known to be as long
  /// as its header claims.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - name: which array of a file with several; may be left out where there is only one.
  ///   - mapped: whether to map the file into memory rather than read it: nothing is copied, pages are fetched from
  ///     the disk when first touched, and several processes share them. Writing to the array copies it; the file never
  ///     changes. Nobody may shorten the file while the array lives, since touching a page that is gone
  ///     ends the process. Elements that do not lie as arrays do (big-endian, unaligned, compressed) are copied after all.
  /// - Returns: an array of the dtype and shape that the file tells.
  /// - Throws: a ``TheanoError`` of kind `.file` with the path, the byte and the reason; of kind `.argument` if `name` is
  ///   missing, or names nothing.
  public static func load(
    _ path: String, name: String? = nil, mapped: Bool = false
  ) throws(TheanoError) -> NDArray {
    let report = FileReport(operation: "NDArray.load", path: path)
    let source = try ByteSource.open(report, mapped: mapped)
    guard try Gzip.isGzip(source) else { return try load(source, try FileKind(source), name) { source } }
    // Read once, since the start is inflated alone first.
    let (owner, bytes) = try source.loaded("the compressed data")
    let inMemory = ByteSource(owner, report)
    let kind = try withExtendedLifetime(owner) { () throws(TheanoError) in
      FileKind(beginning: try Gzip.prefix(bytes, limit: FileKind.prefixLength, inMemory))
    }
    return try load(inMemory, kind, name) { () throws(TheanoError) in
      try Gzip.inflated(inMemory, isReadOnly: kind != .npy)
    }
  }

  /// - Parameters:
  ///   - source: The file as it is; IDX files are inflated by their own reader.
  ///   - inflated: The file's bytes after decompression.
  private static func load(
    _ source: ByteSource, _ kind: FileKind?, _ name: String?,
    _ inflated: () throws(TheanoError) -> ByteSource
  ) throws(TheanoError) -> NDArray {
    let path = quoted(source.report.path)
    if kind == .npy || kind == .idx, name != nil {
      throw TheanoError(
        .argument, in: source.report.operation, "\(path) holds a single array, which has no name",
        hint: "leave name: out")
    }
    let names: [String]
    let read: (String) throws(TheanoError) -> NDArray
    switch kind {
    case .npy: return try npy(inflated())
    case .idx: return try IDX.array(source)
    case .npz:
      let archive = try NPZ(inflated())
      names = archive.names
      read = { (name) throws(TheanoError) in try archive[name] }
    case .safetensors:
      let file = try Safetensors(inflated())
      names = file.names
      read = { (name) throws(TheanoError) in try file[name] }
    case nil:
      let start = try source.bytes(at: 0, count: Swift.min(source.count, 1), "the first byte")
      throw source.error(
        at: 0, "begins like none of the formats that can be read: .npy, .npz, .safetensors and IDX",
        hint: NPYHeader.formatHint(start))
    }
    if let name { return try read(name) }
    guard names.count == 1 else {
      let opener = kind == .npz ? "NPZ.load" : "Safetensors.load"
      throw TheanoError(
        .argument, in: source.report.operation, "\(path) holds \(names.count) arrays",
        hint: names.isEmpty
          ? "write it again, with an array"
          : "say which with name:, or open them all with \(opener); it has \(listed(names))")
    }
    return try read(names[0])
  }
}
