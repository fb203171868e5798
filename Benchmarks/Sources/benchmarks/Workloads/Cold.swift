import Theano

/// What is done in a fresh process of its own.
enum Task {
  /// Runs a task and prints its figures, a name and seconds a line.
  static func run(_ name: String) throws {
    switch name {
    case "nothing": break
    case "xor":
      let x = NDArray([0.0, 1.0])
      let y = NDArray(1.0)
      var network: XorNetwork?
      let expressions = seconds { network = XorNetwork() }
      var step: Function<NDArray>?
      let total = try seconds {
        step = try network?.compiled()
        _ = try step?(x, y)
      }
      report("expressions", expressions)
      report("total", total)
      var own = total
      for stage in step?.compilation.stages ?? [] {
        report("stage: \(stage.name)", stage.seconds)
        if stage.name.hasPrefix("C compiler") { own -= stage.seconds }
      }
      report("own", own)
    case "xor loop":
      // For a profiler, which would otherwise see all contestants at once.
      let network = try XorNetwork().compiled()
      let (x, y) = (NDArray([0.0, 1.0]), NDArray(1.0))
      let steps = 10_000_000
      report("step", try seconds { for _ in 0..<steps { _ = try network(x, y) } } / Double(steps))
    case "scalar loop":
      let x = T.dscalar("x")
      let f = try function([x], T.exp(T.sin(x ** 2)))
      let argument = NDArray(1.7)
      let calls = 30_000_000
      report("call", try seconds { for _ in 0..<calls { _ = try f(argument) } } / Double(calls))
    default:
      let place = name.lastIndex(of: " ") ?? name.startIndex
      guard let network = DeepNetwork(rawValue: String(name[..<place])),
        let depth = Int(name[place...].dropFirst())
      else { throw BenchmarkError("\(name) is no task") }
      try network.run(depth: depth)
    }
  }

  static func report(_ name: String, _ seconds: Double) { print("\(name)\t\(seconds)") }
}

extension Workload {
  /// From `function(...)` to the first result, in a process that has compiled nothing yet. The time to start the process
  /// and to write the expressions is not in it; the latter is shown beside it.
  static var cold: [Workload] {
    [
      Workload(name: "cold xor") { reference, options in
        let rounds = options.isQuick ? 5 : 21
        var samples: [String: [Double]] = [:]
        try withTemporaryFolder { folder in
          for round in 0..<rounds {
            let cache = "\(folder)/cache\(round)"
            samples["empty", default: []].append(try emptyUnit(reference, folder, linksAlone: true))
            samples["driver", default: []].append(try emptyUnit(reference, folder, linksAlone: false))
            for (name, seconds) in try Child.again("xor", cache: cache) {
              samples["cold " + name, default: []].append(seconds)
            }
            for (name, seconds) in try Child.again("xor", cache: cache) {
              samples["warm " + name, default: []].append(seconds)
            }
          }
        }
        func row(_ workload: String, _ who: String, _ key: String, _ note: String, _ target: Target? = nil)
          -> Row
        {
          let values = samples[key] ?? []
          let ratio = key == "empty" ? nil : Statistics(zip(values, samples["empty"]!).map { $0 / $1 })
          return Row(
            workload: workload, contestant: who, note: note, unit: .milliseconds, seconds: Statistics(values),
            ratio: key.hasPrefix("warm") ? nil : ratio, denominator: "empty unit", target: target)
        }
        let limit = 1.5 * Statistics(samples["empty"]!).median + 0.060
        var rows = [
          row(
            "cold xor", "theano", "cold total",
            "from function(...) to the first result, nothing cached; the target is "
              + "1.5 x an empty unit + 60 ms", .seconds(limit)),
          row("", "empty unit", "empty", "clang -c of an empty file with the same flags, and the linker"),
          row("", "empty, driver", "driver", "the same in one command of clang"),
          row(
            "cold xor, own stages", "theano", "cold own", "all but the C compiler and the loader",
            .seconds(0.015)),
          row(
            "", "expressions", "cold expressions", "written before, with their gradients; not in the above"),
        ]
        for name in samples.keys.filter({ $0.hasPrefix("cold stage") }).sorted() {
          rows.append(row("", String(name.dropFirst(12)), name, ""))
        }
        rows.append(
          row(
            "second process", "theano", "warm total", "the same with the cache that the first process left",
            .seconds(0.010)))
        for name in samples.keys.filter({ $0.hasPrefix("warm stage") }).sorted() {
          rows.append(row("", String(name.dropFirst(12)), name, ""))
        }
        rows.append(row("", "own stages", "warm own", ""))
        rows.append(row("", "expressions", "warm expressions", ""))
        return rows
      }
    ]
  }

  private static func emptyUnit(_ reference: Reference, _ folder: String, linksAlone: Bool) throws -> Double {
    let (source, object, library) = ("\(folder)/empty.c", "\(folder)/empty.o", "\(folder)/empty.so")
    guard Machine.write("", to: source) else { throw BenchmarkError("\(source) cannot be written") }
    func run(_ command: [String]) throws -> Double {
      guard let outcome = Child.run(command), outcome.code == 0 else {
        throw BenchmarkError("\(command.joined(separator: " ")) failed")
      }
      return outcome.seconds
    }
    let compile = reference.compiler + Reference.flags
    #if canImport(Darwin)
      let linksAlone = false
    #endif
    guard linksAlone else { return try run(compile + ["-shared", "-nostdlib", "-o", library, source]) }
    return try run(compile + ["-c", "-o", object, source]) + run(["ld", "-shared", "-o", library, object])
  }
}
