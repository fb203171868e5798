import Testing
import TheanoArrays
import TheanoFormats
import TheanoTestSupport

@Suite("Archives of arrays") struct ArchiveTests {
  static let content: [(name: String, dtype: DType, shape: [Int])] = [
    ("first", .float32, [5, 7]), ("second", .int64, [3]), ("b/third", .bool, [2, 2]),
    ("long", .uint16, [40, 100]),
    ("scalar", .complex64, []),
  ]
  static var arrays: [(String, NDArray)] { content.map { ($0.name, patternArray($0.dtype, $0.shape)) } }

  private func expectContent(_ archive: NPZ) throws {
    #expect(archive.names == Self.content.map(\.name))
    // Singly and out of order, and each twice.
    for (name, dtype, shape) in Self.content.reversed() + Self.content {
      let array = try archive[name]
      #expect(array.dtype == dtype && array.shape == shape)
      #expect(elementBytes(array) == patternBytes(dtype, count: array.size))
    }
  }

  @Test("NumPy's archives are read", arguments: ["stored.npz", "deflated.npz"], [false, true])
  func readsNumPy(_ name: String, _ mapped: Bool) throws {
    try expectContent(NPZ.load(goldenFormat(name), mapped: mapped))
  }

  @Test("archives come back as they were, with and without zip64", arguments: [false, true], [false, true])
  func roundTrip(_ compressed: Bool, _ isLarge: Bool) throws {
    try withFolder { folder in
      let path = "\(folder)/x.npz"
      try NPZ.write(Self.arrays, to: path, compressed: compressed, limit32: isLarge ? 100 : Int(UInt32.max))
      for mapped in [false, true] { try expectContent(NPZ.load(path, mapped: mapped)) }
      let first = fileBytes(path)
      try NPZ.write(Self.arrays, to: path, compressed: compressed, limit32: isLarge ? 100 : Int(UInt32.max))
      #expect(fileBytes(path) == first, "equal arrays give equal files")
    }
  }

  @Test("stored arrays are laid so that a mapping can be used in place")
  func alignment() throws {
    try withFolder { folder in
      try NPZ.save(Self.arrays, to: "\(folder)/x.npz")
      let archive = try NPZ.load("\(folder)/x.npz", mapped: true)
      for name in archive.names where name != "scalar" {
        let array = try archive[name]
        #expect(UInt(bitPattern: array.data) % 64 == 0, "\(name)")
        #expect(array.object.owner === (try archive[name]).object.owner, "\(name) was copied")
      }
    }
  }

  @Test("an empty archive, and the order of literals, pairs and dictionaries")
  func kindsOfInput() throws {
    let a = patternArray(.int8, [1])
    try withFolder { folder in
      let path = "\(folder)/x.npz"
      try NPZ.save([:], to: path)
      #expect(try NPZ.load(path).count == 0)
      try NPZ.save(["z": a, "a": a], to: path)
      #expect(try NPZ.load(path).names == ["z", "a"])
      try NPZ.save(zip(["z", "a"], [a, a]), to: path)
      #expect(try NPZ.load(path).names == ["z", "a"])
      let dictionary = ["z": a, "a": a]
      try NPZ.save(dictionary, to: path)
      #expect(try NPZ.load(path).names == ["a", "z"])
    }
  }

  @Test("names are told apart by their bytes, whatever characters these make")
  func strangeNames() throws {
    let names = ["x", "x\u{600}", "x\u{301}", "\u{e9}", "e\u{301}", "y\u{200d}", "x.npy", "x.npy\u{301}"]
    let arrays = names.indices.map { NDArray([$0]) }
    try withFolder { folder in
      let path = "\(folder)/x"
      try NPZ.save(zip(names, arrays), to: path)
      let archive = try NPZ.load(path)
      try Safetensors.save(zip(names, arrays), to: path)
      let file = try Safetensors.load(path)
      #expect(archive.names.map { Array($0.utf8) } == names.map { Array($0.utf8) })
      #expect(
        file.names.map { Array($0.utf8) }
          == names.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
      for (name, array) in zip(names, arrays) {
        #expect(try archive[name] == array && archive.contains(name))
        #expect(try file[name] == array && file.contains(name))
      }
      #expect(!archive.contains("x\u{302}") && !file.contains("x\u{302}"))
    }
  }

  @Test("arrays that no file or memory can hold are refused, and nothing is left behind")
  func beyondAnyFile() throws {
    let endless = NDArray(1, dtype: .uint8).broadcast(to: [.max])
    let large = NDArray(1.0).broadcast(to: [1 << 48])
    withFolder { folder in
      let path = "\(folder)/x"
      func refused(_ text: String, _ save: () throws -> Void) {
        let error = #expect(throws: TheanoError.self) { try save() }
        #expect(error?.description.contains(text) == true, "\(String(describing: error))")
      }
      refused("the array \"b\" does not fit") {
        try Safetensors.save(["a": endless, "b": endless], to: path)
      }
      refused("the array \"a\" does not fit") { try NPZ.save(["a": endless], to: path) }
      for array in [large, endless] { refused("no memory for") { try array.save(path) } }
      refused("no memory for") { try NPZ.save(["a": large], to: path) }
      refused("no memory for") { try NPZ.save(["a": large], to: path, compressed: true) }
      refused("no memory for") { try Safetensors.save(["a": large], to: path) }
      refused("no room for shape") { try IDX.save(large, to: path) }
      #expect(fileNames(in: folder).isEmpty)
    }
  }

  @Test("arrays of as many axes as there can be come back")
  func manyAxes() throws {
    let array = patternArray(.uint8, [2]).reshaped([Int](repeating: 1, count: 63) + [2])
    try withFolder { folder in
      let path = "\(folder)/x"
      try array.save(path)
      #expect(try NDArray.load(path) == array)
      try NPZ.save(["a": array], to: path)
      #expect(try NPZ.load(path)["a"] == array)
      try Safetensors.save(["a": array], to: path)
      #expect(try Safetensors.load(path)["a"] == array)
      try IDX.save(array, to: path)
      #expect(try IDX.load(path) == array)
    }
  }

  @Test("a name that is not there is told with those that are")
  func missingName() throws {
    let archive = try NPZ.load(goldenFormat("stored.npz"))
    let error = #expect(throws: TheanoError.self) { try archive["frist"] }
    #expect(error?.kind == .argument && "\(error!)".contains("\"first\""))
    #expect(!archive.contains("frist") && archive.contains("first"))
  }

  @Test(
    "names that no archive should hold are refused before anything is written",
    arguments: [
      ["a", "a"], [""], ["../x"], ["/x"], ["a/../b"], ["a\u{0}b"], ["a\\b"], ["x/\u{301}/.."],
    ])
  func refusedNames(_ names: [String]) throws {
    withFolder { folder in
      let error = #expect(throws: TheanoError.self) {
        try NPZ.save(names.map { ($0, patternArray(.int8, [1])) }, to: "\(folder)/x.npz")
      }
      #expect(error?.kind == .argument)
      #expect(fileNames(in: folder).isEmpty)
    }
  }
}

@Suite("Arrays in .safetensors files") struct SafetensorsTests {
  static let types = DType.allCases.filter { $0 != .complex128 }
  static var arrays: [(String, NDArray)] {
    types.map { ("\($0)", patternArray($0, [2, 3])) }
      + [("empty", patternArray(.float32, [0, 2])), ("scalar", patternArray(.float64, []))]
  }

  @Test("the reference implementation's file is read", arguments: [false, true])
  func reads(_ mapped: Bool) throws {
    let file = try Safetensors.load(goldenFormat("all.safetensors"), mapped: mapped)
    #expect(file.metadata == ["made by": "safetensors \"é\""])
    #expect(Set(file.names) == Set(Self.arrays.map(\.0)))
    for (name, due) in Self.arrays {
      let array = try file[name]
      #expect(array.dtype == due.dtype && array.shape == due.shape)
      #expect(elementBytes(array) == elementBytes(due))
      #expect(UInt(bitPattern: array.data) % UInt(due.dtype.itemSize) == 0)
    }
  }

  @Test("what is written is what the reference implementation writes, byte for byte")
  func writesAsReference() throws {
    try withFolder { folder in
      try Safetensors.save(
        Self.arrays.reversed(), metadata: ["made by": "safetensors \"é\""], to: "\(folder)/x.safetensors")
      #expect(fileBytes("\(folder)/x.safetensors") == fileBytes(goldenFormat("all.safetensors")))
    }
  }

  @Test("names and metadata of any characters come back as they were")
  func strangeNames() throws {
    let names = ["plain", "quote\"", "back\\slash", "new\nline", "nul\u{0}", "😀", "tab\t\u{8}\u{c}\r\u{1f}"]
    try withFolder { folder in
      let path = "\(folder)/x.safetensors"
      let metadata = Dictionary(uniqueKeysWithValues: names.map { ($0, $0 + $0) })
      try Safetensors.save(names.map { ($0, patternArray(.int8, [2])) }, metadata: metadata, to: path)
      let file = try Safetensors.load(path)
      #expect(Set(file.names) == Set(names))
      #expect(file.metadata == metadata)
      try Safetensors.save([:], to: path)
      #expect(try Safetensors.load(path).count == 0)
    }
  }

  @Test("what the format lacks is refused before anything is written")
  func refused() throws {
    withFolder { folder in
      let path = "\(folder)/x.safetensors"
      let a = patternArray(.int8, [1])
      #expect(throws: TheanoError.self) {
        try Safetensors.save(["z": patternArray(.complex128, [1])], to: path)
      }
      #expect(throws: TheanoError.self) { try Safetensors.save(["__metadata__": a], to: path) }
      #expect(throws: TheanoError.self) { try Safetensors.save(["a": a, "a": a], to: path) }
      #expect(fileNames(in: folder).isEmpty)
    }
  }

  @Test("escapes of JSON are understood, unknown keys passed over")
  func json() throws {
    let head =
      #"{"\u0061\ud83d\ude00\/":{"more":[1,-2.5e+3,true,null,{"x":"y"}],"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#
    var bytes = [UInt8(head.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(head.utf8)
    bytes += [5, 6]
    let arrays = try bytes.withUnsafeBytes { try FileFormat.safetensors.read($0) }
    #expect(arrays.map(\.name) == ["a😀/"] && arrays.map { elementBytes($0.array) } == [[5, 6]])
  }
}
