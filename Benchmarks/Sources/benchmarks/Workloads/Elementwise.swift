import Theano

extension Workload {
  static var elementwise: [Workload] {
    [
      Workload(name: "fused 10M float32") {
        try fused("fused 10M float32", 10_000_000, .milliseconds, .ratio(1.3), $0, $1)
      },
      Workload(name: "fused 1000 float32") {
        try fused("fused 1000 float32", 1000, .microseconds, nil, $0, $1)
      },
    ]
  }

  private static func fused(
    _ name: String, _ count: Int, _ unit: TimeUnit, _ target: Target?, _ reference: Reference,
    _ options: Options
  ) throws -> [Row] {
    let (x, y) = (T.fvector("x"), T.fvector("y"))
    let f = try function(
      inputs: [x, y],
      outputs: T.exp(-x * x) * T.sin(y) + T.nnet.sigmoid(x * y) * T.tanh(x))
    var numbers = Numbers()
    let a = numbers.array([count], in: -4..<4)
    let b = numbers.array([count], in: -4..<4)
    typealias Loop =
      @convention(c) (Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    typealias Question = @convention(c) () -> Int32

    // The library keeps the memory of results that are dropped, so a loop of calls pays for its pages once. The C does the
    // same by writing the same memory again; with fresh memory for every result it pays each time.
    let out = UnsafeMutablePointer<Float>.allocate(capacity: count)
    out.initialize(repeating: 0, count: count)
    defer { out.deallocate() }
    func contestant(
      _ name: String, _ symbol: String, _ note: String, isFresh: Bool = false
    ) throws -> Contestant {
      let loop = try reference.function(symbol, in: "elementwise", as: Loop.self)
      return Contestant(name: name, note: note) { n in
        a.withUnsafeBuffer(of: Float.self) { a in
          b.withUnsafeBuffer(of: Float.self) { b in
            for _ in 0..<n {
              let result = isFresh ? UnsafeMutablePointer<Float>.allocate(capacity: count) : out
              loop(count, a.baseAddress!, b.baseAddress!, result)
              if isFresh { result.deallocate() }
            }
          }
        }
      }
    }
    var contestants = [
      Contestant(name: "theano", note: "exp(-x*x) * sin(y) + sigmoid(x*y) * tanh(x)") { n in
        for _ in 0..<n { _ = try f(a, b) }
      },
      try contestant("C, prelude", "fused_prelude", "the prelude's functions (2 ulp), put together by hand"),
    ]
    if try reference.function("has_libmvec", in: "elementwise", as: Question.self)() != 0 {
      contestants.append(
        try contestant("C, libmvec", "fused_libmvec", "glibc's vector functions (4 ulp), called by hand"))
    }
    contestants += [
      try contestant("C, libm", "fused_libm", "libm (1 ulp), one element at a time"),
      try contestant("C, fresh result", "fused_prelude", "as C, prelude, into new memory", isFresh: true),
    ]
    return try Race(
      workload: name, unit: unit, contestants: contestants, denominator: "C, prelude", target: target,
      isLong: count > 1_000_000
    ).measure(options)
  }
}
