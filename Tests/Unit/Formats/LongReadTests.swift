import CTheanoSupport
import Testing
import TheanoArrays
import TheanoTestSupport

@testable import TheanoFormats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Arrays that are read in several parts, and bytes that are written by way of a buffer.
@Suite("Long files") struct LongReadTests {
  /// Two parts of whole pages, if there are two processors.
  private static let array = NDArray.arange(2_200_000, dtype: .float64)
  /// In the second part.
  private static let late = 12_000_000

  private static func changeByte(_ path: String, at place: Int) {
    var bytes = fileBytes(path)
    bytes[place] ^= 1
    writeFile(path, bytes)
  }

  @Test("a long read is cut into as many parts as there are threads and bytes for")
  func parts() {
    let count = 35_000_001
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    defer { memory.deallocate() }
    let parts = PartedRead.parts(of: memory, summed: true)
    #expect(parts.count == min(4, PartedRead.threads))
    var end = 0
    for part in parts {
      #expect(part.start == end && part.start % 4096 == 0 && part.checksum != nil)
      #expect(part.buffer.baseAddress == memory.baseAddress! + end)
      end += part.buffer.count
    }
    #expect(end == count)
    #expect(PartedRead.parts(of: .init(rebasing: memory[..<15_000_000]), summed: false).count == 1)
  }

  @Test(
    "reading takes no more threads than it is allowed",
    arguments: [("1", 1), ("3", 3), ("4096", 4), ("0", nil), ("many", nil), ("4097", nil)] as [(String, Int?)]
  )
  func threads(_ text: String, _ due: Int?) async {
    await #expect(processExitsWith: .success) { [text = text as String, due = due as Int?] in
      setenv("THEANO_NUM_THREADS", text, 1)
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 40 << 20, alignment: 64)
      let count = PartedRead.parts(of: memory, summed: false).count
      exit(count == due ?? min(4, sysconf(Int32(_SC_NPROCESSORS_ONLN))) ? 0 : 1)
    }
  }

  @Test("come back whole from every format")
  func roundTrip() throws {
    try withFolder { folder in
      let path = "\(folder)/x"
      try Self.array.save(path)
      #expect(try NDArray.load(path).isIdentical(to: Self.array))
      try NPZ.save(["a": Self.array], to: path)
      #expect(try NPZ.load(path)["a"].isIdentical(to: Self.array))
      try Safetensors.save(["a": Self.array], to: path)
      #expect(try Safetensors.load(path)["a"].isIdentical(to: Self.array))
    }
  }

  @Test("the checksum is that of all parts: a bit in the last one is enough")
  func damagedPart() throws {
    try withFolder { folder in
      let path = "\(folder)/x.npz"
      try NPZ.save(["a": Self.array], to: path)
      Self.changeByte(path, at: Self.late)
      let error = #expect(throws: TheanoError.self) { try NPZ.load(path)["a"] }
      #expect(error?.description.contains("does not match its checksum") == true)
      Self.changeByte(path, at: Self.late)
      #expect(try NPZ.load(path)["a"].isIdentical(to: Self.array))
    }
  }

  @Test("a file that ends in the last part, from the first or since it was opened, is told with the byte")
  func cutPart() throws {
    try withFolder { folder in
      let path = "\(folder)/x.npy"
      try Self.array.save(path)
      truncate(path, off_t(Self.late))
      var error = #expect(throws: TheanoError.self) { try NDArray.load(path) }
      #expect(error?.description.contains("there are \(Self.late - 128)") == true, "\(error!)")
      try NPZ.save(["a": Self.array], to: path)
      let archive = try NPZ.load(path)
      truncate(path, off_t(Self.late))
      error = #expect(throws: TheanoError.self) { try archive["a"] }
      #expect(
        error?.description.contains("byte \(Self.late): the file became shorter while it was read") == true,
        "\(error!)")
    }
  }

  /// The processor's copy is slow where memory lies 1 to 63 bytes before the file's place in its page.
  @Test(
    "bytes that lie a little before their place in the file come back", arguments: [1, 17, 63, 64],
    [262_144, 300_001, 786_433])
  func stagedWrites(_ distance: Int, _ count: Int) throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count + 4096, alignment: 4096)
    defer { memory.deallocate() }
    let head = 128
    let buffer = UnsafeMutableRawBufferPointer(rebasing: memory[(head - distance)...].prefix(count))
    for k in buffer.indices { buffer[k] = UInt8(truncatingIfNeeded: k &* 131 &+ k >> 8) }
    let array = NDArray(adopting: buffer.bindMemory(to: UInt8.self), shape: [count]) { _ in }
    try withFolder { folder in
      try array.save("\(folder)/x.npy")
      let bytes = fileBytes("\(folder)/x.npy")
      #expect(
        bytes.count == head + count && bytes[head...].elementsEqual(array.withUnsafeBytes { Array($0) }))
      #expect(try NDArray.load("\(folder)/x.npy").isIdentical(to: array))
    }
  }
}
