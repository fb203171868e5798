import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Logarithms of sums of exponentials and their slopes, however they are written, where the exponentials overflow or underflow.
@Suite struct LogSumExpTests {
  private static let rows: [[Double]] = [
    [1000, 0, -1000], [0.1, 0.2, 0.3], [-1000, -1000, -1001], [-.infinity, 1, 2],
    [-.infinity, -.infinity, -.infinity],
    [.infinity, 1, 2],
  ]
  /// ln(sum(exp(row))) of the finite rows, and softmax.
  private static let values = [1000, 1.301942848229244, -999.1380051959418, 2.313261687518223]
  private static let slopes: [Double] = [
    1, 0, 0, 0.30060960535572733, 0.33222499353334728, 0.36716540111092544, 0.42231879825151825,
    0.42231879825151825,
    0.1553624034969635, 0, 0.2689414213699951, 0.7310585786300049,
  ]

  struct Spelling: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What is added to each value.
    let offset: Double
    let build: @Sendable (TensorVariable) -> TensorVariable
    init(
      _ text: String, _ offset: Double = 0, _ build: @escaping @Sendable (TensorVariable) -> TensorVariable
    ) {
      (testDescription, self.offset, self.build) = (text, offset, build)
    }
  }

  static let spellings: [Spelling] = [
    Spelling("axis") { T.log(T.sum(T.exp($0), axis: 1)) },
    Spelling("kept axis") { T.log(T.sum(T.exp($0), axis: -1, keepDims: true)) },
    Spelling("other axis") { T.log(T.sum(T.exp($0.T), axis: 0)) },
    Spelling("mean", -1.0986122886681098) { T.log(T.mean(T.exp($0), axis: 1)) },
    Spelling("times", 0.6931471805599453) { T.log(T.sum(2 * T.exp($0), axis: 1)) },
    Spelling("over", -0.6931471805599453) { T.log(T.sum(T.exp($0) / 2, axis: 1)) },
    Spelling("terms") { m in
      T.log(T.exp(m[.all, 0]) + T.exp(m[.all, 1]) + T.exp(m[.all, 2]))
    },
    Spelling("base 2") { T.log2(T.sum(T.exp($0), axis: 1)) * 0.6931471805599453 },
    Spelling("base 10") { T.log10(T.sum(T.exp($0), axis: 1)) * 2.302585092994046 },
    Spelling("negative") { T.log(T.sum(T.exp(-(-$0)), axis: 1)) },
  ]

  @Test(arguments: spellings, Modes.rewriting) func areStable(spelling: Spelling, mode: Mode) throws {
    for dtype in [DType.float64, .float32] {
      let m = T.tensor("m", dtype, shape: [nil, nil])
      let y = spelling.build(m)
      let f = try function(inputs: [m], outputs: [y, grad(T.sum(y), wrt: m)], mode: mode)
      let results = try f(NDArray(Self.rows).astype(dtype))
      let tolerance = dtype == .float64 ? 1e-14 : 1e-6
      for (found, value) in zip(results[0].doubles, Self.values) {
        #expect(
          Agreement.same(found, value + spelling.offset, 10 * tolerance), "\(dtype) \(found), not \(value)")
      }
      #expect(results[0].doubles[4...] == [-.infinity, .infinity])
      for (found, slope) in zip(results[1].doubles, Self.slopes) {
        #expect(Agreement.same(found, slope, 10 * tolerance), "\(dtype) \(found), not \(slope)")
      }
    }
  }

  @Test(arguments: Modes.rewriting) func others(mode: Mode) throws {
    let (m, x, w) = (T.dmatrix("m"), T.dvector("x"), T.dvector("w"))
    let all = T.log(T.sum(T.exp(x)))
    let outputs = [
      all, grad(all, wrt: x), x - all, T.log(1 + T.exp(x) + T.exp(-x)), T.log(T.sum(w * T.exp(x))),
      T.log(T.exp(x) - T.exp(x - 1)), T.log(T.sum(T.exp(m), axis: 1)), T.exp(x) / T.sum(T.exp(x)),
    ]
    let f = try function(inputs: [m, x, w], outputs: outputs, mode: mode)
    let wanted: [[Double]] = [
      [1000], [1, 0], [0, -2000], [1000, 1000], [-999.3068528194400547],
      [999.5413248546129, -1000.4586751453871],
      [-.infinity, -.infinity], [1, 0],
    ]
    for (result, values) in zip(try f(NDArray.zeros([2, 0]), [1000, -1000], [0, 2]), wanted) {
      #expect(
        zip(result.doubles, values).allSatisfy { Agreement.same($0, $1, 1e-13) }, "\(result), not \(values)")
    }
  }

  /// Constants are computed after rules have made them safe to compute.
  @Test(arguments: Modes.rewriting) func constants(mode: Mode) throws {
    let outputs = [
      T.log(T.nnet.softmax(T.constant([[0.0, -1157.3]]))), T.log(T.sum(T.exp(T.constant([1000.0, 1000])))),
      T.log(1 - T.constant(1e-20)), T.log(T.sigmoid(T.constant(-800.0))), T.exp(T.constant(1e-20)) - 1,
    ]
    let f = try function(outputs: outputs, mode: mode)
    let wanted: [[Double]] = [[0, -1157.3], [1000.6931471805599], [-1e-20], [-800], [1e-20]]
    for (result, values) in zip(try f(), wanted) {
      #expect(
        zip(result.doubles, values).allSatisfy { Agreement.same($0, $1, 1e-15) }, "\(result), not \(values)")
    }
  }
}
