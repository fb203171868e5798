import TheanoFormats

/// A file that lies, and what its reader says of it.
struct HostileFile: Sendable, CustomStringConvertible {
  var format: FileFormat
  var name: String
  var bytes: [UInt8]
  /// What the error must contain: the place and the reason.
  var says: [String]

  init(_ format: FileFormat, _ name: String, _ bytes: [UInt8], _ says: String...) {
    self.format = format
    self.name = name
    self.bytes = bytes
    self.says = says
  }

  var description: String { "\(format.rawValue): \(name)" }

  static let all = npy + safetensors + npz + idx + deflate
}

func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

func big<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

/// A `.npy` file with any text for a header.
func npyFile(_ header: [UInt8], data: [UInt8] = [], version: UInt8 = 1, length: Int? = nil) -> [UInt8] {
  let length = length ?? header.count
  return [0x93] + Array("NUMPY".utf8) + [version, 0]
    + (version == 1 ? little(UInt16(truncatingIfNeeded: length)) : little(UInt32(truncatingIfNeeded: length)))
    + header + data
}

func npyFile(_ header: String, data: [UInt8] = []) -> [UInt8] { npyFile(Array(header.utf8), data: data) }

/// A `.npy` file of the given claims.
func npyFile(shape: String, descr: String = "'|u1'", order: String = "False", data: [UInt8] = []) -> [UInt8] {
  npyFile("{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }\n", data: data)
}

/// A `.safetensors` file with any text for a head.
func safetensorsFile(_ head: [UInt8], data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
  little(length ?? UInt64(head.count)) + head + data
}

func safetensorsFile(_ head: String, data: [UInt8] = []) -> [UInt8] {
  safetensorsFile(Array(head.utf8), data: data)
}

/// A tensor's description.
func tensor(_ name: String, _ dtype: String = "U8", shape: String, _ offsets: String) -> String {
  "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
}

/// An IDX head and data.
func idxFile(_ code: UInt8, _ shape: [UInt32], data: [UInt8] = [], ndim: UInt8? = nil) -> [UInt8] {
  [0, 0, code, ndim ?? UInt8(shape.count)] + shape.flatMap { big($0) } + data
}

/// Bytes deflated by the library itself.
func deflated(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  bytes.withUnsafeBytes { input in
    // The sink throws nothing, so neither does the call.
    try? Deflate.compress(input) { result += $0 }
  }
  return result
}

func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32.of($0) } }

/// A gzip member, whose checks may be wrong.
func gzip(
  _ bytes: [UInt8], method: UInt8 = 8, flags: UInt8 = 0, extra: [UInt8] = [], crc: UInt32? = nil,
  size: Int? = nil
) -> [UInt8] {
  [0x1f, 0x8b, method, flags, 0, 0, 0, 0, 0, 255] + extra + deflated(bytes)
    + little(crc ?? checksum(bytes)) + little(UInt32(truncatingIfNeeded: size ?? bytes.count))
}

/// A zip archive, each of whose claims can be false.
struct ZipFile {
  struct Entry {
    var name: [UInt8]
    /// As it lies in the archive.
    var stored: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var disk: UInt16 = 0
    var crc: UInt32
    var size: UInt32
    var storedSize: UInt32
    /// What the entry's own head says, where it differs.
    var headName: [UInt8]?
    var headMethod: UInt16?
    /// How long an extra field it claims to have; none follows.
    var headExtraLength: UInt16 = 0
    var offset: UInt32?
    var extra: [UInt8] = []

    init(_ name: String, _ content: [UInt8], isDeflated: Bool = false) {
      self.name = Array(name.utf8)
      stored = isDeflated ? deflated(content) : content
      method = isDeflated ? 8 : 0
      crc = checksum(content)
      size = UInt32(content.count)
      storedSize = UInt32(stored.count)
    }

    func with(_ change: (inout Entry) -> Void) -> Entry {
      var changed = self
      change(&changed)
      return changed
    }
  }

  var entries: [Entry]
  var countHere: UInt16?
  var count: UInt16?
  var disk: UInt16 = 0
  var directoryOffset: UInt32?
  var directoryLength: UInt32?
  var comment: [UInt8] = []
  /// What stands between the directory and the end record.
  var between: [UInt8] = []

  init(_ entries: Entry...) { self.entries = entries }

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let offset = entry.offset ?? UInt32(file.count)
      func fields(_ method: UInt16) -> [UInt8] {
        little(UInt16(20)) + little(entry.flags) + little(method) + [0, 0, 0x21, 0] + little(entry.crc)
          + little(entry.storedSize) + little(entry.size)
      }
      let headName = entry.headName ?? entry.name
      file +=
        [0x50, 0x4b, 3, 4] + fields(entry.headMethod ?? entry.method) + little(UInt16(headName.count))
        + little(entry.headExtraLength) + headName + entry.stored
      directory +=
        [0x50, 0x4b, 1, 2, 20, 0] + fields(entry.method) + little(UInt16(entry.name.count))
        + little(UInt16(entry.extra.count)) + [0, 0] + little(entry.disk) + [0, 0, 0, 0, 0, 0]
        + little(offset)
        + entry.name + entry.extra
    }
    let start = UInt32(file.count)
    file += directory + between
    file += [0x50, 0x4b, 5, 6] + little(disk) + [0, 0] + little(countHere ?? count ?? UInt16(entries.count))
    file += little(count ?? UInt16(entries.count)) + little(directoryLength ?? UInt32(directory.count))
    return file + little(directoryOffset ?? start) + little(UInt16(comment.count)) + comment
  }

  func with(_ change: (inout ZipFile) -> Void) -> [UInt8] {
    var changed = self
    change(&changed)
    return changed.bytes
  }
}
