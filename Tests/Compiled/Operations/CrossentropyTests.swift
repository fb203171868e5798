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
}
