import TheanoArrays

/// Which format a file is in, told by its first bytes and not by its name.
enum FileKind: Sendable {
  case npy, npz, safetensors, idx

  /// How many bytes are needed to tell.
  static let prefixLength = 16

  /// The format of a file that begins with these bytes; `nil` if it is none of those read here.
  ///
  /// - Parameter count: The length of the file, if it is known.
  init?(beginning bytes: [UInt8], count: Int? = nil) {
    // A shorter beginning of the magic, or no byte at all, is a file that was cut off: `.npy` says so.
    if bytes.starts(with: NPYHeader.magic.prefix(bytes.count)) {
      self = .npy
    } else if bytes.starts(with: [0x50, 0x4b]) {
      self = .npz
    } else if Self.isSafetensors(bytes, count) {
      self = .safetensors
    } else if bytes.starts(with: [0, 0]), bytes.count > 3, IDX.codes.contains(where: { $0.code == bytes[2] })
    {
      self = .idx
    } else {
      return nil
    }
  }

  /// The format of a file that is not compressed.
  init?(_ source: ByteSource) throws(TheanoError) {
    let bytes = try source.bytes(at: 0, count: min(source.count, Self.prefixLength), "the first bytes")
    self.init(beginning: bytes, count: source.count)
  }

  /// Whether the bytes are the length of a header and the brace that the header begins with.
  private static func isSafetensors(_ bytes: [UInt8], _ count: Int?) -> Bool {
    guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { return false }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length <= UInt64(min(SafetensorsHeader.maximumLength, (count ?? .max) - 8))
  }

  private var description: String {
    switch self {
    case .npy: "a .npy file"
    case .npz: "a zip archive, such as .npz"
    case .safetensors: "a .safetensors file"
    case .idx: "an IDX file"
    }
  }

  /// Throws if a file is in another format than the one that is asked for.
  static func require(_ wanted: FileKind, _ source: ByteSource) throws(TheanoError) {
    guard let kind = try FileKind(source), kind != wanted else { return }
    throw source.error(
      at: 0, "is \(kind.description), not \(wanted.description)",
      hint: kind == .npz
        ? "read it with NPZ.load"
        : kind == .safetensors
          ? "read it with Safetensors.load" : "read it with NDArray.load")
  }
}

extension ByteSource {
  /// A file's bytes, inflated if they are compressed with gzip. Arrays may look into them but not write to them.
  static func openInflated(_ report: FileReport, mapped: Bool) throws(TheanoError) -> ByteSource {
    let source = try ByteSource.open(report, mapped: mapped)
    return try Gzip.isGzip(source) ? Gzip.inflated(source, isReadOnly: true) : source
  }
}
