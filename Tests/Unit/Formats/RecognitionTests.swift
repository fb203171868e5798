import Testing
import TheanoArrays
import TheanoFormats
import TheanoTestSupport

@Suite("NDArray.load knows formats by their content") struct RecognitionTests {
  static let array = patternArray(.int32, [300, 70])

  /// A gzip file of stored blocks, in one or several members.
  static func gzipped(_ bytes: [UInt8], members: Int = 1) -> [UInt8] {
    func little(_ value: UInt32, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
    func member(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
      var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
      var rest = bytes
      repeat {
        let block = rest.prefix(60000)
        rest = rest.dropFirst(block.count)
        let count = UInt32(block.count)
        result += [rest.isEmpty ? 1 : 0] + little(count, 2) + little(~count, 2) + block
      } while !rest.isEmpty
      var crc = UInt32.max
      for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
      }
      return result + little(~crc, 4) + little(UInt32(bytes.count), 4)
    }
    let step = bytes.count / members + 1
    return stride(from: 0, to: max(bytes.count, 1), by: step).flatMap {
      member(bytes[$0..<min($0 + step, bytes.count)])
    }
  }

  /// Writes the array in a format.
  static func write(_ format: FileFormat, to path: String) throws {
    switch format {
    case .npy, .deflate: try array.save(path)
    case .npz: try NPZ.save(["only": array], to: path, compressed: true)
    case .safetensors: try Safetensors.save(["only": array], to: path)
    case .idx: try IDX.save(array, to: path)
    }
  }

  @Test("each format, under a name that says nothing", arguments: FileFormat.allCases, [false, true])
  func plain(_ format: FileFormat, _ mapped: Bool) throws {
    try withFolder { folder in
      try Self.write(format, to: "\(folder)/data")
      #expect(try NDArray.load("\(folder)/data", mapped: mapped).isIdentical(to: Self.array))
    }
  }

  @Test("each format, compressed with gzip", arguments: FileFormat.allCases, [1, 3])
  func compressed(_ format: FileFormat, _ members: Int) throws {
    try withFolder { folder in
      try Self.write(format, to: "\(folder)/plain")
      writeFile("\(folder)/data", Self.gzipped(fileBytes("\(folder)/plain"), members: members))
      for mapped in [false, true] {
        #expect(try NDArray.load("\(folder)/data", mapped: mapped).isIdentical(to: Self.array))
      }
      if format == .npz { #expect(try NPZ.load("\(folder)/data")["only"].isIdentical(to: Self.array)) }
      if format == .safetensors {
        #expect(try Safetensors.load("\(folder)/data")["only"].isIdentical(to: Self.array))
      }
    }
  }

  @Test("files that zlib, NumPy and safetensors wrote")
  func golden() throws {
    #expect(try NDArray.load(goldenFormat("digits-images.idx.gz")).shape == [6, 28, 28])
    #expect([Int](try NDArray.load(goldenFormat("digits-labels.idx.gz"))) == [6, 3, 0, 8, 8, 3])
    #expect(try NDArray.load(goldenFormat("members.idx.gz")).shape == [30, 20, 10])
    for name in ["stored.npz", "deflated.npz"] {
      #expect(
        elementBytes(try NDArray.load(goldenFormat(name), name: "second")) == patternBytes(.int64, count: 3))
    }
    #expect(try NDArray.load(goldenFormat("all.safetensors"), name: "float32").dtype == .float32)
  }

  @Test("one of several arrays is taken by its name")
  func named() throws {
    try withFolder { folder in
      let (a, b) = (patternArray(.float32, [2, 3]), patternArray(.uint8, [5]))
      try NPZ.save(["a": a, "b": b], to: "\(folder)/x.npz")
      try Safetensors.save(["a": a, "b": b], to: "\(folder)/x.safetensors")
      for path in ["\(folder)/x.npz", "\(folder)/x.safetensors"] {
        let opener = path.hasSuffix("z") ? "NPZ" : "Safetensors"
        #expect(try NDArray.load(path, name: "a").isIdentical(to: a))
        #expect(try NDArray.load(path, name: "b").isIdentical(to: b))
        let names = opener == "NPZ" ? "\"a\", \"b\"" : "\"a\", \"b\""
        expect(
          """
          TheanoError: [NDArray.load] "\(path)" holds 2 arrays
            hint: say which with name:, or open them all with \(opener).load; it has \(names)
          """
        ) { _ = try NDArray.load(path) }
        expect(
          """
          TheanoError: [\(opener)] "\(path)" has no array "c"
            hint: it has \(names)
          """
        ) { _ = try NDArray.load(path, name: "c") }
      }
      try NPZ.save([:], to: "\(folder)/none")
      expect(
        """
        TheanoError: [NDArray.load] "\(folder)/none" holds 0 arrays
          hint: write it again, with an array
        """
      ) { _ = try NDArray.load("\(folder)/none") }
      try a.save("\(folder)/x.npy")
      expect(
        """
        TheanoError: [NDArray.load] "\(folder)/x.npy" holds a single array, which has no name
          hint: leave name: out
        """
      ) { _ = try NDArray.load("\(folder)/x.npy", name: "a") }
    }
  }

  /// Fails unless the body throws exactly this text.
  private func expect(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let error = #expect(throws: TheanoError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.description == text, sourceLocation: sourceLocation)
  }

  @Test("what is no array says so, whole or compressed, with the byte")
  func refused() throws {
    try withFolder { folder in
      let path = "\(folder)/x"
      let unknown = "begins like none of the formats that can be read: .npy, .npz, .safetensors and IDX"
      for bytes in [Array("hello, world, hello".utf8), [1], [0, 0, 7, 1, 0, 0, 0, 0]] {
        for bytes in [bytes, Self.gzipped(bytes)] {
          writeFile(path, bytes)
          expect(
            """
            TheanoError: [NDArray.load] "\(path)", byte 0: \(unknown)
              hint: check that this is the right file
            """
          ) { _ = try NDArray.load(path) }
        }
      }
      writeFile(path, [0x80, 4, 0x95, 0, 0, 0])
      expect(
        """
        TheanoError: [NDArray.load] "\(path)", byte 0: \(unknown)
          hint: this looks like a Python pickle: save it with numpy.save
        """
      ) { _ = try NDArray.load(path) }
      writeFile(path, [])
      expect(
        """
        TheanoError: [NDArray.load] "\(path)", byte 0: the file is empty
          hint: a program was probably stopped before it wrote the array
        """
      ) { _ = try NDArray.load(path) }
      // Damage is found in whatever is inside.
      try Self.array.save(path)
      let whole = Self.gzipped(fileBytes(path))
      for k in [0, 1, 9, 11, 500, whole.count - 5] {
        var bytes = whole
        bytes[k] ^= 0x41
        writeFile(path, bytes)
        if k != 9 { #expect(throws: TheanoError.self, "byte \(k)") { try NDArray.load(path) } }
      }
      for count in [3, 12, 200, whole.count - 1] {
        writeFile(path, whole.prefix(count))
        #expect(throws: TheanoError.self, "\(count) bytes") { try NDArray.load(path) }
      }
    }
  }

  @Test("each reader sends what is another's to the one that reads it")
  func wrongReader() throws {
    try withFolder { folder in
      for format in [FileFormat.npy, .npz, .safetensors, .idx] {
        try Self.write(format, to: "\(folder)/\(format.rawValue)")
      }
      func refusal(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
      }
      let archive = "is a zip archive, such as .npz, not"
      for (text, hint, body) in [
        (archive, "NPZ.load", { _ = try IDX.load("\(folder)/npz") }),
        (archive, "NPZ.load", { _ = try Safetensors.load("\(folder)/npz") }),
        ("is a .npy file, not", "NDArray.load", { _ = try NPZ.load("\(folder)/npy") }),
        ("is an IDX file, not", "NDArray.load", { _ = try NPZ.load("\(folder)/idx") }),
        ("is a .safetensors file, not", "Safetensors.load", { _ = try NPZ.load("\(folder)/safetensors") }),
        ("is a .npy file, not", "NDArray.load", { _ = try Safetensors.load("\(folder)/npy") }),
        ("is a .npy file, not", "NDArray.load", { _ = try IDX.load("\(folder)/npy") }),
      ] as [(String, String, () throws -> Void)] {
        let found = refusal(body)
        #expect(found.contains(text) && found.hasSuffix("hint: read it with \(hint)"), "\(found)")
      }
    }
  }

  @Test("archives are collections of names and arrays")
  func collections() throws {
    try withFolder { folder in
      let arrays = [("b", patternArray(.float32, [2, 3])), ("a", patternArray(.float32, [4]))]
      try NPZ.save(arrays, to: "\(folder)/x.npz")
      let archive = try NPZ.load("\(folder)/x.npz")
      #expect(archive.map(\.name) == ["b", "a"] && archive.count == 2 && !archive.isEmpty)
      for (stored, (name, array)) in zip(archive, arrays) {
        #expect(stored.name == name)
        #expect(try stored.array.isIdentical(to: array))
      }
      #expect(try archive[1].array.shape == [4])
      #expect(archive.last?.name == "a" && archive.reversed().map(\.name) == ["a", "b"])
      try NPZ.save(archive.arrays(), to: "\(folder)/y.npz")
      #expect(fileBytes("\(folder)/x.npz") == fileBytes("\(folder)/y.npz"))
      try Safetensors.save(archive.arrays(), to: "\(folder)/x.safetensors")
      let file = try Safetensors.load("\(folder)/x.safetensors")
      #expect(file.map(\.name) == ["a", "b"])
      let found = Dictionary(uniqueKeysWithValues: try file.arrays())
      #expect(try found["b"]?.isIdentical(to: archive["b"]) == true)
    }
  }

  @Test("an array from a compressed archive is a value")
  func values() throws {
    try withFolder { folder in
      try NPZ.save(["a": Self.array], to: "\(folder)/x.npz")
      writeFile("\(folder)/x.gz", Self.gzipped(fileBytes("\(folder)/x.npz")))
      let archive = try NPZ.load("\(folder)/x.gz")
      var first = try archive["a"]
      let second = try archive["a"]
      first[0] = NDArray([Int32](repeating: 7, count: 70))
      #expect(second.isIdentical(to: Self.array) && !first.isIdentical(to: Self.array))
      #expect(try archive["a"].isIdentical(to: Self.array))
    }
  }
}
