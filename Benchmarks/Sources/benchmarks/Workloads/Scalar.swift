import Theano

extension Workload {
  static var scalar: [Workload] {
    [
      Workload(name: "scalar f") { try scalarCall("scalar f", "scalar_f", isSlope: false, $0, $1) },
      Workload(name: "scalar f'") { try scalarCall("scalar f'", "scalar_slope", isSlope: true, $0, $1) },
    ]
  }

  private static func scalarCall(
    _ name: String, _ symbol: String, isSlope: Bool, _ reference: Reference, _ options: Options
  ) throws -> [Row] {
    let x = T.dscalar("x")
    let fx = T.exp(T.sin(x ** 2))
    let f = try function([x], isSlope ? grad(fx, wrt: x) : fx)
    let argument = NDArray(1.7)
    typealias Scalar = @convention(c) (Double) -> Double
    let c = try reference.function(symbol, in: "scalar", as: Scalar.self)
    let prelude = try reference.function(symbol + "_prelude", in: "scalar", as: Scalar.self)
    let (ours, theirs) = (try Double(f(argument)), c(1.7))
    guard abs(ours - theirs) <= 1e-14 * abs(theirs) else {
      throw BenchmarkError("\(name): \(ours), by hand \(theirs)")
    }
    return try Race(
      workload: name, unit: .nanoseconds,
      contestants: [
        Contestant(name: "theano", note: "a call with a prepared argument") { n in
          for _ in 0..<n { _ = try f(argument) }
        },
        Contestant(name: "C", note: "libm") { n in
          for _ in 0..<n { _ = c(1.7) }
        },
        Contestant(name: "C, prelude", note: "the prelude's functions, inlined") { n in
          for _ in 0..<n { _ = prelude(1.7) }
        },
        Contestant(name: "f(1.7)", note: "a call with a Swift literal, read back as a Double") { n in
          for _ in 0..<n { _ = Double(try f(1.7)) }
        },
      ], denominator: "C", target: .seconds(100e-9)
    ).measure(options)
  }
}
