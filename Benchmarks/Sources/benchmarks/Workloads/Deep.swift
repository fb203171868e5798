import Theano

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A network so deep that every stage of the compiler has to be linear in it.
enum DeepNetwork: String, CaseIterable {
  /// `h = tanh(h + b)` and `h = dot(h, W)` in turn, with `W` of 16 x 16.
  case dots = "deep dots"
  /// `h = tanh(h + b)` and `h = h * c` in turn.
  case elementwise = "deep chain"

  static let width = 16
  static let bias = (0..<width).map { 0.01 * Double($0) - 0.05 }
  static let start = (0..<width).map { 0.05 * Double($0) }
  static let weights = (0..<width).map { i in (0..<width).map { j in 0.3 * sin(Double(3 * i + 7 * j)) } }
  static let factor = 0.97

  /// From writing the expression to the first value and gradient; what the compiler's stages took of it.
  func run(depth: Int) throws {
    var result: [NDArray] = []
    var compiled: Function<[NDArray]>?
    let total = try seconds {
      let (h0, b, w) = (T.dvector("h0"), T.dvector("b"), T.dmatrix("W"))
      var h = h0
      for k in 0..<depth {
        switch (self, k % 2) {
        case (_, 0): h = T.tanh(h + b)
        case (.dots, _): h = T.dot(h, w)
        case (.elementwise, _): h = h * Self.factor
        }
      }
      let cost = T.sum(h)
      let inputs = self == .dots ? [h0, b, w] : [h0, b]
      let f = try function(inputs: inputs, outputs: [cost] + grad(cost, wrt: inputs))
      let arguments = [NDArray(Self.start), NDArray(Self.bias), NDArray(Self.weights)].prefix(inputs.count)
      result = try f.call(Array(arguments))
      compiled = f
    }
    let (ours, theirs) = (Double(result[0]), value(depth: depth))
    guard abs(ours - theirs) < 1e-9 else {
      throw BenchmarkError("\(rawValue), \(depth): \(ours), by hand \(theirs)")
    }
    Task.report("total", total)
    var own = total
    for stage in compiled?.compilation.stages ?? [] where stage.name.hasPrefix("C compiler") {
      Task.report("compiler", stage.seconds)
      own -= stage.seconds
    }
    Task.report("own", own)
  }

  /// The cost in plain Swift.
  private func value(depth: Int) -> Double {
    var h = Self.start
    for k in 0..<depth {
      switch (self, k % 2) {
      case (_, 0): h = zip(h, Self.bias).map { tanh($0 + $1) }
      case (.dots, _):
        h = (0..<Self.width).map { j in
          var total = 0.0
          for i in 0..<Self.width { total += h[i] * Self.weights[i][j] }
          return total
        }
      case (.elementwise, _): h = h.map { $0 * Self.factor }
      }
    }
    return h.reduce(0, +)
  }
}

extension Workload {
  /// Cold, in a fresh process each: the figures for the depth of the target, and whether the stages grow in proportion.
  static var deep: [Workload] {
    DeepNetwork.allCases.map { network in
      Workload(name: network.rawValue) { reference, options in
        var rows: [Row] = []
        let limit = network == .dots ? 5.0 : 10.0
        for depth in options.isQuick ? [1000, 5000] : [1000, 5000, 20_000] {
          var samples: [String: [Double]] = [:]
          for _ in 0..<(options.isQuick || depth > 5000 ? 1 : 3) {
            try withTemporaryFolder { folder in
              for (name, seconds) in try Child.again("\(network.rawValue) \(depth)", cache: folder + "/cache")
              {
                samples[name, default: []].append(seconds)
              }
            }
          }
          func row(_ workload: String, _ who: String, _ key: String, _ target: Target? = nil) -> Row {
            Row(
              workload: workload, contestant: who, note: "", unit: .milliseconds,
              seconds: Statistics(samples[key] ?? []), target: target)
          }
          rows += [
            row(
              "\(network.rawValue) \(depth)", "theano", "total", depth == 5000 ? .seconds(limit) : nil),
            row("", "own stages", "own"), row("", "C compiler, loader", "compiler"),
          ]
        }
        return rows
      }
    }
  }
}
