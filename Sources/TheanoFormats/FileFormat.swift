import TheanoArrays

/// Each reader as a function of bytes in memory: what the fuzzers, and the tests of damaged files, call.
package enum FileFormat: String, CaseIterable, Sendable {
  case npy, npz, safetensors, idx, deflate

  /// Everything that a file with these bytes holds.
  ///
  /// - Parameter isMapped: whether to treat the bytes as a mapped file's, which arrays look into, or as a file's,
  ///   which arrays are read from.
  package func read(
    _ bytes: UnsafeRawBufferPointer, isMapped: Bool = false
  ) throws(TheanoError) -> [(name: String, array: NDArray)] {
    let report = FileReport(operation: "read", path: "memory.\(rawValue)")
    let source = ByteSource(try .copy(bytes, report, isReadOnly: isMapped), report)
    switch self {
    case .npy: return [("", try NDArray.npy(source))]
    case .npz:
      let archive = try NPZ(source)
      var arrays: [(name: String, array: NDArray)] = []
      for name in archive.names { arrays.append((name, try archive[name])) }
      return arrays
    case .safetensors:
      let file = try Safetensors(source)
      var arrays: [(name: String, array: NDArray)] = []
      for name in file.names { arrays.append((name, try file[name])) }
      return arrays
    case .idx: return [("", try IDX.array(source))]
    case .deflate: return [("", try Self.inflated(source, bytes))]
    }
  }

  /// Bare DEFLATE data behind four bytes, lowest first, that tell what it inflates to.
  private static func inflated(_ source: ByteSource, _ bytes: UnsafeRawBufferPointer) throws(TheanoError)
    -> NDArray
  {
    var head = try source.cursor(at: 0, count: min(4, source.count), "the size")
    let size = Int(try head.little(UInt32.self, "the size"))
    guard Inflate.isPlausible(inflated: size, deflated: source.count - 4) else {
      throw source.error(at: 0, "\(source.count - 4) bytes cannot inflate to \(size)")
    }
    let output = try OwnedBytes.allocate(size, source.report)
    var inflater = Inflate(
      UnsafeRawBufferPointer(rebasing: bytes[4...]), into: output.mutableBytes, stopsWhenFull: false,
      origin: 4,
      source.report)
    try inflater.run()
    guard inflater.produced == size else {
      throw source.error(at: 4, "inflates to \(inflater.produced) bytes, not to \(size)")
    }
    return try ByteSource(output, source.report).array(ElementLayout(dtype: .uint8, shape: [size]))
  }
}
