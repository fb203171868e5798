import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// The loss of a classifier as it is usually written, where its probabilities underflow.
@Suite struct CrossentropyTests {
  /// -sum(log p[label]) and its slopes: as softmax and log, and as one function.
  @Test(arguments: [DType.float32, .float64]) func lossAndGradient(dtype: DType) throws {
    let x = T.tensor("x", dtype, shape: [nil, nil])
    let labels = T.lvector("labels")
    let isLabel = T.eq(T.arange(3), labels[.all, .newAxis])
    let losses = [T.log(T.nnet.softmax(x)), T.nnet.logSoftmax(x)].map { -T.sum(T.where(isLabel, $0, 0)) }
    let products = [T.log(T.nnet.softmax(x)), T.nnet.logSoftmax(x)].map {
      -T.sum($0 * T.cast(isLabel, dtype))
    }
    let all = losses + products
    let f = try function(inputs: [x, labels], outputs: all + all.map { grad($0, wrt: x) })
    let big = NDArray([[0.0, 1, 2], [1000, 0, -1000], [-3, 500, 500]]).astype(dtype)
    let results = try f.call([big, NDArray([0, 2, 0])])
    // Row by row: 2 - 0 + ln(1 + e^-1 + e^-2), 2000, 503 + ln 2.
    let loss = 2.40760596444438 + 2000 + 503.693147180559945
    let tolerance = dtype == .float32 ? 1e-6 : 1e-14
    for result in results[..<4] { #expect(abs(result.doubles[0] / loss - 1) < tolerance) }
    let slopes: [Double] = [
      0.0900305731703805 - 1, 0.244728471054798, 0.665240955774822, 1, 0, -1, -1, 0.5, 0.5,
    ]
    for result in results[4...] {
      for (found, wanted) in zip(result.doubles, slopes) { #expect(abs(found - wanted) < tolerance) }
    }
  }

  /// The spellings of a probability, and of what is left of 1.
  static let probabilities: [(String, @Sendable (TensorVariable) -> TensorVariable)] = [
    ("sigmoid", { x in T.sigmoid(x) }), ("reciprocal", { x in 1 / (1 + T.exp(-x)) }),
    ("quotient", { x in T.exp(x) / (1 + T.exp(x)) }), ("tanh", { x in (1 + T.tanh(x / 2)) / 2 }),
    ("other tanh", { x in 0.5 * (T.tanh(0.5 * x) + 1) }), ("of the other", { x in 1 - T.sigmoid(-x) }),
    ("opposite", { x in T.sigmoid(x) }),
  ]

  /// Binary cross-entropy written by hand, where one of the two is 0 to machine precision.
  @Test(arguments: probabilities.map(\.0), Modes.rewriting) func binary(name: String, mode: Mode) throws {
    let build = try #require(Self.probabilities.first { $0.0 == name }).1
    for dtype in [DType.float64, .float32] {
      let x = T.tensor("x", dtype, shape: [nil])
      let y = T.tensor("y", dtype, shape: [nil])
      let p = build(x)
      let q = name == "opposite" ? T.sigmoid(-x) : 1 - p
      // The second writes everything out again.
      let (again, other) = (build(x), name == "opposite" ? T.sigmoid(-x) : 1 - build(x))
      let costs = [
        -T.sum(y * T.log(p) + (1 - y) * T.log(q)), T.sum(-y * T.log(again) - (1 - y) * T.log(other)) / 2,
      ]
      let made = try costs.map {
        try function(inputs: [x, y], outputs: [$0, grad($0, wrt: x)], mode: mode)
      }
      for big in dtype == .float64 ? [710.0, 1000] : [89, 710] {
        let arguments = [NDArray([big, -big, big, 0.3]), NDArray([0, 1, 1, 0.2])].map { $0.astype(dtype) }
        let found = try made.map { try $0.call(arguments) }
        let results = found.map { $0[0] } + found.map { $0[1] }
        let loss = 2 * big + 0.8543552444685272 - 0.06
        let slopes = [1, -1, 0, 0.37444251681165]
        let tolerance = dtype == .float64 ? 1e-13 : 1e-5
        #expect(Agreement.same(results[0].doubles[0], loss, tolerance), "\(results[0]), not \(loss)")
        #expect(Agreement.same(results[1].doubles[0], loss / 2, tolerance), "\(results[1]), not \(loss / 2)")
        for (k, slope) in slopes.enumerated() {
          #expect(Agreement.same(results[2].doubles[k], slope, tolerance), "\(results[2])")
          #expect(Agreement.same(results[3].doubles[k], slope / 2, tolerance), "\(results[3])")
        }
      }
    }
  }

  /// Costs of probabilities over classes, written by hand and by name.
  @Test(arguments: [false, true], Modes.rewriting) func classes(isNamed: Bool, mode: Mode) throws {
    // Written by hand, probabilities that underflow are told from those that are no number only by assuming that there are none.
    if !isNamed, !mode.assumesFinite { return }
    let (x, t) = (T.dmatrix("x"), T.dmatrix("t"))
    // Written out anew wherever it stands.
    func p() -> TensorVariable {
      isNamed ? T.nnet.softmax(x) : T.exp(x) / T.sum(T.exp(x), axis: 1, keepDims: true)
    }
    let costs = [
      -T.sum(t * T.log(p())), T.sum(t * T.log(t / p())), T.sum(p() * T.log(p() / t)),
      T.sum(p() * (T.log(p()) - T.log(t))), -T.sum(p() * T.log(p())),
    ]
    let f = try function(inputs: [x, t], outputs: costs + costs.map { grad($0, wrt: x) }, mode: mode)
    let third = 1.0 / 4
    let results = try f(
      [[1000, 0, -1000], [1, 1, 1]], [[third, third, 2 * third], [third, third, 2 * third]])
    // The first row's probabilities are 1, 0, 0; the second's are all 1/3.
    let ln = (three: 1.0986122886681098, four: 1.3862943611198906, two: 0.6931471805599453)
    let entropy = 0.5 * ln.four + 0.5 * ln.two
    let divergence = ln.four + (2 * ln.four + ln.two) / 3 - ln.three
    let losses = [250 + 1000 + ln.three, 1250 + ln.three - 2 * entropy, divergence, divergence, ln.three]
    for (result, loss) in zip(results, losses) {
      #expect(Agreement.same(result.doubles[0], loss, 1e-12), "\(result), not \(loss)")
    }
    let s = 1.0 / 3
    let cross: [Double] = [0.75, -0.25, -0.5, s - 0.25, s - 0.25, s - 0.5]
    let away = (s - s * s) * (ln.four - ln.two) - 0
    let reverse: [Double] = [0, 0, 0, away / 2, away / 2, -away]
    for (result, slopes) in zip(results[5...], [cross, cross, reverse, reverse, [0, 0, 0, 0, 0, 0]]) {
      #expect(
        zip(result.doubles, slopes).allSatisfy { Agreement.same($0, $1, 1e-12) }, "\(result), not \(slopes)")
    }
  }
}
