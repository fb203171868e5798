import Theano

/// The tutorial's network.
struct XorNetwork {
  let arguments: [TensorVariable]
  let cost: TensorVariable
  let updates: [(TensorVariable, TensorVariable)]

  /// Writes the expressions, gradients included.
  init() {
    let x = T.dvector("x")
    let y = T.dscalar("y")
    func layer(_ x: TensorVariable, _ w: TensorVariable) -> TensorVariable {
      T.nnet.sigmoid(T.dot(w.T, T.concatenate([x, NDArray([1], dtype: .float64)])))
    }
    let theta1 = shared(NDArray(XorNetwork.first))
    let theta2 = shared(NDArray(XorNetwork.second.map { [$0] }))
    cost = (T.sum(layer(layer(x, theta1), theta2)) - y) ** 2
    arguments = [x, y]
    updates = [
      (theta1, theta1 - 0.1 * grad(cost, wrt: theta1)), (theta2, theta2 - 0.1 * grad(cost, wrt: theta2)),
    ]
  }

  /// The training step.
  func compiled() throws -> Function<NDArray> {
    try function(inputs: arguments, outputs: cost, updates: updates)
  }

  static let first = [[0.13, 0.92, 0.41], [0.77, 0.05, 0.64], [0.38, 0.56, 0.21]]
  static let second = [0.71, 0.18, 0.49, 0.33]
  static let inputs: [[Double]] = [[0, 1], [1, 0], [1, 1], [0, 0]]
  static let targets: [Double] = [1, 1, 0, 0]
}

extension Workload {
  static var xor: [Workload] {
    [
      Workload(name: "xor step") { reference, options in
        let step = try XorNetwork().compiled()
        let inputs = XorNetwork.inputs.map { NDArray($0, dtype: .float64) }
        let targets = XorNetwork.targets.map { NDArray($0, dtype: .float64) }
        let tutorial = try XorNetwork().compiled()
        let integers = NDArray([[0, 1], [1, 0], [1, 1], [0, 0]]).reshaped(4, 2)
        let answers = NDArray([1, 1, 0, 0])

        let rows = try Race(
          workload: "xor step", unit: .nanoseconds,
          contestants: [
            Contestant(name: "theano", note: "a call with prepared float64 arguments") { n in
              var k = 0
              for _ in 0..<n {
                _ = try step(inputs[k], targets[k])
                k = (k + 1) & 3
              }
            },
            try handWritten("C", "xor_step", "libm's exp", reference),
            try handWritten("C, prelude", "xor_step_prelude", "the prelude's exp, inlined", reference),
            Contestant(name: "tutorial's loop", note: "subscripts, and integers that the call converts") {
              n in
              var k = 0
              var cost = NDArray(0.0)
              for _ in 0..<n {
                cost = try tutorial(integers[k], answers[k])
                k = (k + 1) & 3
              }
              _ = cost
            },
          ], denominator: "C", target: .ratio(4)
        ).measure(options)
        try agree(reference)
        return rows
      }
    ]
  }

  private typealias Step =
    @convention(c) (
      UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>
    ) -> Double

  private static func handWritten(
    _ name: String, _ symbol: String, _ note: String, _ reference: Reference
  ) throws -> Contestant {
    let step = try reference.function(symbol, in: "xor", as: Step.self)
    // Plain memory: Swift would check its own arrays at every call.
    func memory(_ values: [Double]) -> UnsafeMutablePointer<Double> {
      let pointer = UnsafeMutablePointer<Double>.allocate(capacity: values.count)
      pointer.initialize(from: values, count: values.count)
      return pointer
    }
    let (first, second) = (memory(XorNetwork.first.flatMap { $0 }), memory(XorNetwork.second))
    let (inputs, targets) = (memory(XorNetwork.inputs.flatMap { $0 }), memory(XorNetwork.targets))
    return Contestant(name: name, note: note) { n in
      var k = 0
      for _ in 0..<n {
        _ = step(first, second, inputs + 2 * k, targets + k)
        k = (k + 1) & 3
      }
    }
  }

  /// What is compared must compute the same: a thousand steps end at the same cost.
  private static func agree(_ reference: Reference) throws {
    let network = try XorNetwork().compiled()
    let step = try reference.function("xor_step", in: "xor", as: Step.self)
    var (first, second) = (XorNetwork.first.flatMap { $0 }, XorNetwork.second)
    for k in 0..<1000 {
      let (input, target) = (XorNetwork.inputs[k & 3], XorNetwork.targets[k & 3])
      let ours = try Double(network(NDArray(input), NDArray(target)))
      let theirs = step(&first, &second, input, [target])
      guard abs(ours - theirs) < 1e-9 else {
        throw BenchmarkError("xor step \(k): the cost is \(ours), by hand \(theirs)")
      }
    }
  }
}
