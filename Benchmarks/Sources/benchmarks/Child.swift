#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Other processes: the compiler, and this program again where a fresh process is what is measured.
enum Child {
  struct Outcome {
    var code: Int32
    var output: String
    /// From just before the process was started until it had ended.
    var seconds: Double
  }

  /// Runs a program and catches what it prints. `changes` are added to the environment; `nil` takes a variable away.
  static func run(_ command: [String], changing changes: [String: String?] = [:]) -> Outcome? {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    var environment = environment()
    for (name, value) in changes { environment[name] = value }
    var outcome: Outcome?
    withStrings(command) { arguments in
      withStrings(environment.map { "\($0)=\($1)" }) { variables in
        #if canImport(Darwin)
          var actions: posix_spawn_file_actions_t?
        #else
          var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        defer { posix_spawn_file_actions_destroy(&actions) }
        var process: pid_t = 0
        let clock = ContinuousClock()
        let start = clock.now
        let failed = posix_spawnp(&process, command[0], &actions, nil, arguments, variables)
        close(ends[1])
        defer { close(ends[0]) }
        guard failed == 0 else { return }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
          let count = read(ends[0], &chunk, chunk.count)
          if count <= 0 { break }
          bytes += chunk[..<count]
        }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        outcome = Outcome(
          code: status == 0 ? 0 : (status >> 8) & 0xff | (status & 0x7f) << 8,
          output: String(decoding: bytes, as: UTF8.self), seconds: (clock.now - start) / .seconds(1))
      }
    }
    return outcome
  }

  /// This program, told to do one thing and print what it measured.
  static func again(_ task: String, cache: String) throws -> [String: Double] {
    let arguments = ["--task", task]
    let outcome = run([ownPath] + arguments, changing: ["THEANO_CACHE_DIR": cache])
    guard let outcome, outcome.code == 0 else {
      throw BenchmarkError(
        "the process for \(task) failed: \(outcome.map { "code \($0.code)" } ?? "not started")")
    }
    var figures: [String: Double] = [:]
    for line in outcome.output.split(separator: "\n") {
      let parts = line.split(separator: "\t")
      if parts.count == 2, let value = Double(parts[1]) { figures[String(parts[0])] = value }
    }
    figures["process"] = outcome.seconds
    return figures
  }

  static let ownPath: String = {
    #if canImport(Darwin)
      var size: UInt32 = 4096
      var path = [CChar](repeating: 0, count: Int(size))
      return _NSGetExecutablePath(&path, &size) == 0
        ? String(decoding: path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        : CommandLine.arguments[0]
    #else
      return "/proc/self/exe".withCString { realpath($0, nil) }.map { path in
        defer { free(path) }
        return String(cString: path)
      } ?? CommandLine.arguments[0]
    #endif
  }()

  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  private static func environment() -> [String: String] {
    // `env` is asked: the variable that holds the environment is one that Swift 6 does not let us name.
    var result: [String: String] = [:]
    for name in ["PATH", "HOME", "USER", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "SDKROOT", "DEVELOPER_DIR"]
      + ["CC", "NATIVE", "CACHE_SIZE", "NUM_THREADS"].map({ "THEANO_\($0)" })
    {
      result[name] = variable(name)
    }
    return result
  }

  private static func withStrings(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Void
  ) {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
  }
}

/// A folder that is gone when `body` is done.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  var template = Array("\(Child.variable("TMPDIR") ?? "/tmp")/theano-benchmark-XXXXXX".utf8CString)
  guard let path = mkdtemp(&template).map({ String(cString: $0) }) else {
    throw BenchmarkError("no temporary folder can be made")
  }
  defer { _ = Child.run(["rm", "-rf", path]) }
  return try body(path)
}

/// Something went wrong that is not the library's fault.
struct BenchmarkError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
