import Testing
import TheanoArrays
import TheanoFormats
import TheanoTestSupport

@Suite("Arrays in .npy files") struct NPYTests {
  static let numpyTypes = DType.allCases.filter { $0 != .bfloat16 }

  @Test("every dtype that NumPy wrote is read, in either byte order", arguments: DType.allCases)
  func reads(_ dtype: DType) throws {
    let names = dtype.itemSize > 1 && dtype != .bfloat16 ? ["\(dtype)", "\(dtype)-big"] : ["\(dtype)"]
    for name in names {
      for mapped in [false, true] {
        let array = try NDArray.load(goldenFormat(name + ".npy"), mapped: mapped)
        #expect(array.dtype == dtype && array.shape == [2, 3])
        #expect(elementBytes(array) == patternBytes(dtype, count: 6))
      }
    }
  }

  @Test(
    "scalars, empty arrays, Fortran order and every version of the header are read",
    arguments: [
      ("float32-scalar", DType.float32, []), ("float32-vector", .float32, [7]),
      ("float32-empty", .float32, [0, 3]),
      ("float32-deep", .float32, [1, 2, 1, 3, 2]), ("float32-fortran", .float32, [2, 3, 4]),
      ("int16-big-fortran", .int16, [3, 4]), ("float64-v2", .float64, [2, 3]),
      ("float64-v3", .float64, [2, 3]),
    ])
  func readsLayouts(_ name: String, _ dtype: DType, _ shape: [Int]) throws {
    for mapped in [false, true] {
      let array = try NDArray.load(goldenFormat(name + ".npy"), mapped: mapped)
      #expect(array.dtype == dtype && array.shape == shape)
      #expect(elementBytes(array) == patternBytes(dtype, count: array.size))
    }
  }

  @Test("what is written is what NumPy writes, byte for byte")
  func writesAsNumPy() throws {
    var cases: [(name: String, array: NDArray)] = DType.allCases.map { ("\($0)", patternArray($0, [2, 3])) }
    for (name, shape) in [("scalar", []), ("vector", [7]), ("empty", [0, 3]), ("deep", [1, 2, 1, 3, 2])] {
      cases.append(("float32-" + name, patternArray(.float32, shape)))
    }
    cases.append(("float32-fortran", try NDArray.load(goldenFormat("float32-fortran.npy"))))
    try withFolder { folder in
      for (name, array) in cases {
        try array.save("\(folder)/x.npy")
        #expect(fileBytes("\(folder)/x.npy") == fileBytes(goldenFormat(name + ".npy")), "\(name)")
      }
      #expect(fileNames(in: folder) == ["x.npy"])
    }
  }

  @Test("views come back as they were, whatever their strides")
  func views() throws {
    let whole = patternArray(.int32, [6, 5, 4])
    let views = [
      whole[1], whole[1..<4, .all, 2], whole.T, whole.transposed([1, 0, 2]), whole[.all, 1..<2, .all].T,
      whole[0..<0], patternArray(.int32, [4]).broadcast(to: [3, 4]),
    ]
    try withFolder { folder in
      for view in views {
        try view.save("\(folder)/view.npy")
        for mapped in [false, true] {
          let back = try NDArray.load("\(folder)/view.npy", mapped: mapped)
          #expect(back.shape == view.shape)
          #expect(elementBytes(back) == elementBytes(view))
        }
      }
    }
  }

  @Test("a mapped array is a value: writing it changes neither the file nor another reader's array")
  func mappedIsAValue() throws {
    try withFolder { folder in
      let path = "\(folder)/x.npy"
      try patternArray(.float32, [3, 500]).save(path)
      let before = fileBytes(path)
      var a = try NDArray.load(path, mapped: true)
      let b = try NDArray.load(path, mapped: true)
      a[1] = NDArray([Float(7)])
      #expect(elementBytes(b) == patternBytes(.float32, count: 1500))
      #expect(elementBytes(a) != elementBytes(b))
      #expect(fileBytes(path) == before)
      // The mapping outlives the name of the file.
      try patternArray(.float32, [2]).save(path)
      #expect(elementBytes(b) == patternBytes(.float32, count: 1500))
    }
  }

  @Test("a file of several gigabytes is mapped without being read")
  func mapsHugeFiles() throws {
    try withFolder { folder in
      let path = "\(folder)/huge.npy"
      let rows = 5 << 20
      try patternArray(.uint8, [0]).save(path)
      let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(rows), 1024), }"
      var bytes = Array(fileBytes(path)[..<10]) + Array(text.utf8)
      bytes += [UInt8](repeating: 0x20, count: 127 - bytes.count) + [0x0a]
      bytes[8] = 118
      writeFile(path, bytes)
      // A hole in the file takes no room on the disk.
      #expect(extend(path, to: 128 + rows * 1024))
      let array = try NDArray.load(path, mapped: true)
      #expect(array.shape == [rows, 1024])
      #expect(elementBytes(array[rows - 1]) == [UInt8](repeating: 0, count: 1024))
    }
  }

  @Test("booleans are made 0 or 1, whatever the file calls true")
  func booleans() throws {
    var bytes = fileBytes(goldenFormat("bool.npy"))
    for (index, value) in [0, 1, 2, 255, 128, 0].enumerated() { bytes[128 + index] = UInt8(value) }
    try withFolder { folder in
      writeFile("\(folder)/bool.npy", bytes)
      for mapped in [false, true] {
        let array = try NDArray.load("\(folder)/bool.npy", mapped: mapped)
        #expect(elementBytes(array) == [0, 1, 1, 1, 1, 0])
      }
    }
  }

  @Test(
    "headers that Python would read too are understood",
    arguments: [
      "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2,)}",
      "{'shape':(2,),'descr':'<f4','fortran_order':False}",
      "{'descr': '=f4', 'fortran_order': False, 'shape': (2L,), }",
      "{ 'descr' : 'f4' , 'fortran_order' : False , 'shape' : ( 2 , ) , } \n",
      "{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }",
    ])
  func headers(_ text: String) throws {
    let bytes =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + [
        0, 0, 128, 63, 0, 0, 0, 64,
      ]
    let arrays = try bytes.withUnsafeBytes { try FileFormat.npy.read($0) }
    #expect(arrays.map { elementBytes($0.array) } == [[0, 0, 128, 63, 0, 0, 0, 64]])
  }
}
