import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// What is read at other places than it is computed: a computed square matrix and its transpose, both in memory.
@Suite struct TransposeTests {
  @Test(arguments: [1, 4, 33]) func aComputedSquareMatrixAndItsTranspose(n: Int) throws {
    let (a, b, w) = (T.matrix("a"), T.matrix("b"), T.matrix("w"))
    let sum = T.exp(a) + 1
    let outputs = [
      sum.T, T.dot(sum.T, b), T.dot(T.dot(sum.T, b).T, sum), sum.T + sum,
      grad(T.sum(T.dot(sum, b.T) * w), wrt: a),
    ]
    let compiled = try function(inputs: [a, b, w], outputs: outputs, onUnusedInput: .ignore)
    let oracle = try function(
      inputs: [a, b, w], outputs: outputs, mode: Mode(linker: .interpreter, rewrites: false),
      onUnusedInput: .ignore)
    var draw = Draw(seed: "transposes")
    let values = (0..<3).map { _ in draw.array([n, n], .float64, -1...1) }
    for (found, expected) in zip(try compiled.call(values), try oracle.call(values)) {
      #expect(Agreement.compare(found, expected, tolerance: 1e-12))
    }
  }
}
