import Testing
import TheanoArrays
import TheanoFormats
import TheanoTestSupport

@Suite("IDX files, and the compression beneath them and .npz") struct IDXTests {
  static let types: [DType] = [.uint8, .int8, .int16, .int32, .float32, .float64]

  @Test("every dtype of the format is read and written", arguments: types)
  func plain(_ dtype: DType) throws {
    let array = try IDX.load(goldenFormat("\(dtype).idx"))
    #expect(array.dtype == dtype && array.shape == [2, 3])
    #expect(elementBytes(array) == patternBytes(dtype, count: 6))
    try withFolder { folder in
      try IDX.save(array, to: "\(folder)/x.idx")
      #expect(fileBytes("\(folder)/x.idx") == fileBytes(goldenFormat("\(dtype).idx")))
      try IDX.save(array, to: "\(folder)/x.idx.gz")
      #expect(elementBytes(try IDX.load("\(folder)/x.idx.gz")) == elementBytes(array))
    }
  }

  @Test(
    "whatever way zlib took to compress it, a file is read",
    arguments: ["level0", "level1", "level9", "fixed", "huffman", "runs", "members"])
  func compressed(_ name: String) throws {
    let array = try IDX.load(goldenFormat(name + ".idx.gz"))
    #expect(array.shape == [30, 20, 10])
    #expect(elementBytes(array) == patternBytes(.uint8, count: 6000))
  }

  @Test("zeros after compressed data are passed over, as by gzip", arguments: ["level9", "members"])
  func padded(_ name: String) throws {
    let bytes = fileBytes(goldenFormat(name + ".idx.gz"))
    try withFolder { folder in
      for count in [1, 9, 512] {
        writeFile("\(folder)/x.gz", bytes + [UInt8](repeating: 0, count: count))
        let array = try IDX.load("\(folder)/x.gz")
        #expect(elementBytes(array) == patternBytes(.uint8, count: 6000))
      }
    }
  }

  /// Six digits of the MNIST test set; the sums are NumPy's.
  @Test("real digits are read")
  func digits() throws {
    let images = try IDX.load(goldenFormat("digits-images.idx.gz"))
    let labels = try IDX.load(goldenFormat("digits-labels.idx.gz"))
    #expect(images.shape == [6, 28, 28] && images.dtype == .uint8)
    #expect([Int](labels) == [6, 3, 0, 8, 8, 3])
    #expect(images.map { [Int]($0).reduce(0, +) } == [25099, 14025, 27673, 18716, 32852, 34455])
    #expect([Int](images[0, .all, 10]).reduce(0, +) == 1471)
  }

  @Test("types that the format lacks are refused")
  func refused() throws {
    withFolder { folder in
      let error = #expect(throws: TheanoError.self) {
        try IDX.save(patternArray(.int64, [2]), to: "\(folder)/x")
      }
      #expect(error?.kind == .dtype)
      #expect(fileNames(in: folder).isEmpty)
    }
  }
}

@Suite("Compression") struct CompressionTests {
  /// Data of different natures, by a seed.
  static func data(_ kind: Int, _ count: Int) -> [UInt8] {
    var state = UInt64(kind * 7919 + count)
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    return (0..<count).map { index in
      switch kind {
      case 0: 0
      case 1: UInt8(truncatingIfNeeded: next())
      case 2: UInt8(truncatingIfNeeded: index * index / 100)
      case 3: next() % 10 == 0 ? UInt8(truncatingIfNeeded: next()) : 65
      // Frequencies like Fibonacci numbers drive the codes to their greatest length.
      case 4: UInt8(min(next() | 1 << 40, next() | 1 << 40).trailingZeroBitCount)
      default: UInt8(truncatingIfNeeded: index % (kind * 37))
      }
    }
  }

  @Test("what is deflated inflates to what it was", arguments: 0..<8)
  func roundTrip(_ kind: Int) throws {
    for count in [0, 1, 2, 3, 4, 5, 100, 258, 259, 1000, 32767, 32768, 32769, 70000, 140000] {
      let data = Self.data(kind, count)
      var file = withUnsafeBytes(of: UInt32(count).littleEndian) { Array($0) }
      try data.withUnsafeBytes { try Deflate.compress($0) { file += $0 } }
      #expect(file.count <= count + count / 1000 + 32)
      if kind == 0 && count > 1000 { #expect(file.count < count / 50) }
      let arrays = try file.withUnsafeBytes { try FileFormat.deflate.read($0) }
      #expect(elementBytes(arrays[0].array) == data, "kind \(kind), \(count) bytes")
    }
  }

  @Test("codes are within their limit, complete, and no longer than Huffman's where the limit allows")
  func codeLengths() {
    for limit in [7, 15] {
      for frequencies in [
        [1, 1], [5, 0, 0, 1],
        [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584, 4181],
      ] {
        let lengths = huffmanLengths(frequencies, limit: limit)
        #expect(lengths.allSatisfy { $0 <= limit })
        #expect(zip(lengths, frequencies).allSatisfy { ($0 > 0) == ($1 > 0) })
        let kraft = lengths.reduce(0) { $0 + ($1 > 0 ? 1 << (limit - Int($1)) : 0) }
        #expect(kraft == 1 << limit)
      }
    }
    // Huffman's tree of 1 1 2 3 5 has depths 4 4 3 2 1.
    #expect(huffmanLengths([1, 1, 2, 3, 5], limit: 15) == [4, 4, 3, 2, 1])
    // With at most 3 bits 26 are the fewest in all: 3 3 3 3 1 and 3 3 2 2 2 both need them.
    let limited = huffmanLengths([1, 1, 2, 3, 5], limit: 3)
    #expect(zip(limited, [1, 1, 2, 3, 5]).reduce(0) { $0 + Int($1.0) * $1.1 } == 26)
    #expect(huffmanLengths([0, 4, 0], limit: 7) == [0, 1, 0] && huffmanLengths([0], limit: 7) == [0])
  }

  @Test("the checksum is that of zip and gzip")
  func checksum() {
    // The check value of the CRC catalogue.
    #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.of($0) } == 0xcbf4_3926)
    let data = Self.data(1, 1000)
    for cut in [0, 1, 15, 16, 17, 999] {
      var crc = CRC32()
      data[..<cut].withUnsafeBytes { crc.update($0) }
      data[cut...].withUnsafeBytes { crc.update($0) }
      #expect(crc.value == data.withUnsafeBytes { CRC32.of($0) })
      var joined = data[..<cut].withUnsafeBytes { CRC32.of($0) }
      joined = data[cut...].withUnsafeBytes { CRC32.joining(joined, CRC32.of($0), of: $0.count) }
      #expect(joined == crc.value)
    }
    // The processor's instructions and the tables agree at every length and start.
    for count in 0..<data.count where count % 7 == 0 || 240..<300 ~= count || 500..<530 ~= count {
      data[(count % 16)..<max(count, count % 16)].withUnsafeBytes { bytes in
        var (quick, slow) = (CRC32(), CRC32())
        for _ in 0..<2 {
          quick.update(bytes)
          slow.updateByTables(bytes)
        }
        #expect(quick.value == slow.value, "\(count) bytes")
      }
    }
  }
}
