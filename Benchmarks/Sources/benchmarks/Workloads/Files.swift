import Theano

/// A way of keeping one array in a file.
private struct Format: Sendable {
  var name: String
  var save: @Sendable (NDArray, String) throws -> Void
  var load: @Sendable (String) throws -> NDArray

  static let all = [
    Format(name: "npy") {
      try $0.save($1)
    } load: {
      try NDArray.load($0)
    },
    Format(name: "safetensors") {
      try Safetensors.save(["a": $0], to: $1)
    } load: {
      try Safetensors.load($0)["a"]
    },
    Format(name: "npz") {
      try NPZ.save(["a": $0], to: $1)
    } load: {
      try NPZ.load($0)["a"]
    },
  ]
}

extension Workload {
  /// Files against `cat` and `cp` of the same file, in the system's cache. Nothing may take longer than 1/0.8 of theirs.
  static var files: [Workload] {
    Format.all.flatMap { format in
      [
        Workload(name: "read \(format.name)") { _, options in try read(format, options) },
        Workload(name: "write \(format.name)") { _, options in try write(format, options) },
      ]
    }
  }

  /// 200 MB, which no cache of a processor holds.
  private static func array() -> NDArray {
    var generator = RandomGenerator(seed: 1)
    return .random([50_000_000], dtype: .float32, using: &generator)
  }

  private static func read(_ format: Format, _ options: Options) throws -> [Row] {
    try withTemporaryFolder { folder in
      let path = "\(folder)/array"
      let array = array()
      try format.save(array, path)
      guard try format.load(path) == array else {
        throw BenchmarkError("\(format.name) reads something else")
      }
      return try Race(
        workload: "read \(format.name)", unit: .milliseconds,
        contestants: [
          Contestant(name: "theano", note: "200 MB, on some threads, into memory that was given back") { n in
            for _ in 0..<n { _ = try format.load(path) }
          },
          Contestant(name: "cat", note: "to /dev/null") { n in
            for _ in 0..<n { try shell("cat '\(path)' > /dev/null") }
          },
        ], denominator: "cat", target: .ratio(1 / 0.8), isLong: true
      ).measure(options)
    }
  }

  private static func write(_ format: Format, _ options: Options) throws -> [Row] {
    try withTemporaryFolder { folder in
      let path = "\(folder)/array"
      let array = array()
      try format.save(array, path)
      return try Race(
        workload: "write \(format.name)", unit: .milliseconds,
        contestants: [
          Contestant(name: "theano", note: "200 MB over an older file, on the disk when it returns") { n in
            for _ in 0..<n { try format.save(array, "\(folder)/ours") }
          },
          Contestant(name: "cp", note: "over an older file, not flushed") { n in
            for _ in 0..<n { try shell("cp '\(path)' '\(folder)/theirs'") }
          },
          Contestant(name: "cp, sync") { n in
            for _ in 0..<n { try shell("cp '\(path)' '\(folder)/flushed' && sync '\(folder)/flushed'") }
          },
        ], denominator: "cp", target: .ratio(1 / 0.8), isLong: true,
        // A flush waits for all that the file system has been given, so it would wait for what `cp` has not flushed.
        settle: { try shell("sync") }
      ).measure(options)
    }
  }

  private static func shell(_ command: String) throws {
    guard Child.run(["sh", "-c", command])?.code == 0 else { throw BenchmarkError("\(command) failed") }
  }
}
