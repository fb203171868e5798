import Testing
import TheanoArrays
import TheanoFormats
import TheanoTestSupport

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("A writer that is killed leaves the old file or the new one, whole", .serialized)
struct KilledWriterTests {
  /// The program that writes without end, which is built beside the tests.
  static let writer: String? = {
    let folders = [".build/debug", ".build/release"].map { "\(packageRoot)/\($0)" } + [ownFolder]
    return folders.reversed().map { "\($0)/FileWriter" }.first { access($0, X_OK) == 0 }
  }()

  /// The folder of the running program.
  private static var ownFolder: String {
    let own = realpath("/proc/self/exe", nil) ?? strdup(CommandLine.arguments[0])
    defer { free(own) }
    let path = own.map { String(cString: $0) } ?? ""
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }

  @Test("killed sixty times in each format", arguments: ["npy", "npz", "packed.npz", "safetensors", "idx"])
  func killed(_ format: String) throws {
    let writer = try #require(Self.writer, "FileWriter is not beside the tests")
    let versions = [1, 2].map { NDArray.full([256, 257], NDArray($0), dtype: .float32) }
    var interrupted = 0
    var seen: Set<Int> = []
    try withFolder { folder in
      let path = "\(folder)/array.\(format)"
      try save(versions[0], format, path)
      var draw = Draw(seed: format)
      for round in 0..<60 {
        try kill(after: UInt32(draw.below(6000)), writer, format, path)
        let found: NDArray
        switch format {
        case "npy": found = try NDArray.load(path)
        case "npz", "packed.npz": found = try NPZ.load(path)["a"]
        case "safetensors": found = try Safetensors.load(path)["a"]
        default: found = try IDX.load(path)
        }
        let version = versions.firstIndex { $0.isIdentical(to: found) }
        #expect(version != nil, "round \(round): the file is neither of the two")
        if let version { seen.insert(version) }
        // What may be left is the temporary file, whose name says what it is.
        for name in fileNames(in: folder) where name != "array.\(format)" {
          interrupted += 1
          #expect(name.hasPrefix(".array.\(format).") && name.hasSuffix(".tmp"), "\(name)")
          unlink("\(folder)/\(name)")
        }
      }
      // Over what a killed writer left, the next one writes.
      try save(versions[1], format, path)
      #expect(fileNames(in: folder) == ["array.\(format)"])
    }
    #expect(interrupted > 0, "no kill came while a file was being written")
  }

  private func save(_ array: NDArray, _ format: String, _ path: String) throws {
    switch format {
    case "npy": try array.save(path)
    case "npz", "packed.npz": try NPZ.save(["a": array], to: path, compressed: format == "packed.npz")
    case "safetensors": try Safetensors.save(["a": array], to: path)
    default: try IDX.save(array, to: path)
    }
  }

  /// Starts the writer, waits until it writes, and so many microseconds longer, and kills it.
  private func kill(
    after microseconds: UInt32, _ writer: String, _ format: String, _ path: String
  ) throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    defer { posix_spawn_file_actions_destroy(&actions) }
    let words: [String] = [writer, format, path]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let failed = posix_spawn(&process, writer, &actions, nil, &arguments, nil)
    close(ends[1])
    try #require(failed == 0)
    var byte: UInt8 = 0
    let begun = read(ends[0], &byte, 1)
    if begun == 1 { usleep(microseconds) }
    #if canImport(Darwin)
      Darwin.kill(process, SIGKILL)
    #else
      Glibc.kill(process, SIGKILL)
    #endif
    var status: Int32 = 0
    waitpid(process, &status, 0)
    #expect(begun == 1, "the writer did not begin")
    #expect(status & 0x7f == SIGKILL, "the writer ended by itself: \(status)")
  }
}
