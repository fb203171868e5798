import Testing
import Theano
import TheanoTestSupport

/// Shapes and numbers at the ends of what can be written: compiled or refused, never the end of the process.
@Suite struct LargeShapeTests {
  @Test(arguments: Modes.both) func lengthsWhoseProductsOverflow(mode: Mode) throws {
    let (p, q) = (
      T.tensor("p", .float32, shape: [3_000_000, 3_000_000]),
      T.tensor("q", .float32, shape: [3_000_000, 3_000_000])
    )
    let a = T.tensor("a", .float32, shape: [1 << 30, 1 << 30])
    let b = T.tensor("b", .int8, shape: [1 << 61])
    let c = T.tensor("c", .int8, shape: [1 << 62])
    let cases: [([TensorVariable], TensorVariable)] = [
      ([p, q], T.dot(p, q)), ([a], T.sum(T.sin(T.exp(T.tanh(a)) + 1))), ([a], T.exp(T.dot(a.T, a))),
      ([b, c], T.max(T.concatenate([b, c]) + 1)),
    ]
    for (inputs, output) in cases {
      let f = try function(inputs: inputs, outputs: output, mode: mode)
      #expect(throws: TheanoError.self) { try f.call(inputs.map { _ in NDArray([1.0]) }) }
    }
  }

  /// Factors of products that C has no literal for.
  @Test(arguments: Modes.all, [Double.infinity, -.infinity, .nan]) func factors(mode: Mode, _ factor: Double)
    throws
  {
    let (a, b, c) = (T.dmatrix("a"), T.dmatrix("b"), T.dmatrix("c"))
    let one = NDArray([[1.0, 2], [3, 4]])
    let f = try function(inputs: [a, b, c], outputs: c + factor * T.dot(a, b), mode: mode)
    #expect(try f(one, one, one).doubles.allSatisfy { factor.isNaN ? $0.isNaN : $0 == factor })
  }

  /// A solver's copies of operands whose lengths are found while running.
  @Test(.enabled(if: (try? Machine.hasSolver) == true, "needs a LAPACK library"), arguments: Modes.all)
  func solvingWhatIsFound(mode: Mode) throws {
    let (x, a, b, c) = (T.dvector("x"), T.dmatrix("a"), T.dvector("b"), T.lscalar("c"))
    let found = T.nonzero(x)[0]
    let part = T.linalg.solve(a[found].T[found].T, b[found])
    for output in [part, T.ifElse(c, part, b)] {
      let f = try function(inputs: [x, a, b, c], outputs: output, mode: mode, onUnusedInput: .ignore)
      let n = 60
      let ones = NDArray((0..<n).map { $0 % 3 == 0 ? 0.0 : 1 })
      var twice = NDArray.zeros([n, n], dtype: .float64)
      for k in 0..<n { twice[k, k] = 2 }
      let right = NDArray((0..<n).map(Double.init))
      #expect(try f(ones, twice, right, 1).doubles == (0..<n).filter { $0 % 3 != 0 }.map { Double($0) / 2 })
    }
  }
}
