import Testing
import Theano
import TheanoTestSupport

/// Lengths that are computed: what rewriting makes of them, and what narrow integers do to them.
@Suite struct LengthTests {
  /// Rewriting finds a number, or an input, where a length was an expression.
  @Test(arguments: Modes.all) func lengthsThatBecomeSimpler(mode: Mode) throws {
    let (k, s, x) = (T.lscalar("k"), T.dscalar("s"), T.dvector("x"))
    let cases: [(TensorVariable, [Double])] = [
      (T.arange(s, s + 3, 1.0), [0.5, 1.5, 2.5]), (T.alloc(1.0, [k ** 1]), [1, 1]),
      (T.alloc(1.0, [T.ifElse(true, k, k + 1)]), [1, 1]),
      (T.alloc(1.0, [T.sum(T.constant([1, 2]))]), [1, 1, 1]),
      (T.alloc(1.0, [T.where(k .< k, 2, 3)]), [1, 1, 1]),
      (x[.slice(to: T.cast((s + 2) - s, .int64))], [1, 2]),
      (T.reshape(x, [T.cast((s + 2) - s, .int64), -1])[1], [3, 4]),
    ]
    for (n, (value, expected)) in cases.enumerated() {
      let f = try function(inputs: [k, s, x], outputs: value, mode: mode, onUnusedInput: .ignore)
      #expect(try f(2, 0.5, [1, 2, 3, 4]).doubles == expected, "case \(n)")
    }
  }

  /// Narrow integers wrap, also where they are used as lengths.
  @Test(arguments: Modes.all) func narrowIntegersWrap(mode: Mode) throws {
    let (a, b) = (T.constant(100, dtype: .int8), T.constant(200, dtype: .uint8))
    let outputs = [
      T.maximum(a + a, T.constant(0, dtype: .int8)), T.floorDivide(a + a, 2), T.floorDivide(b + b, 2),
      T.maximum(b - b - 1, T.constant(0, dtype: .uint8)),
    ]
    #expect(try function(outputs: outputs, mode: mode)().map(\.doubles) == [[0], [-28], [72], [255]])
    let (i, x) = (T.tensor("i", .int8, shape: []), T.dvector("x"))
    let f = try function(inputs: [i, x], outputs: x[.slice(from: i + i)], mode: mode)
    #expect(try f(NDArray(Int8(100)), NDArray.ones([300], dtype: .float64)).shape == [56])
  }

  /// What is an ordinary number as it is written must be one as it is computed.
  @Test(arguments: Modes.all) func ordinaryNumbersStayOrdinary(mode: Mode) throws {
    let (x, y, z, b) = (T.fscalar("x"), T.fscalar("y"), T.fscalar("z"), T.fvector("b"))
    let outputs = [
      T.log(x) + T.log(y), (x / y) / z, x / (y / z), 0.5 * (x / y) * (2 * (z / x)), T.sum(b * 0.25),
    ]
    let f = try function(inputs: [x, y, z, b], outputs: outputs, mode: mode)
    for size: Float in [1e-30, 1e30] {
      let n = NDArray(size)
      #expect(
        try f.call([n, n, n, NDArray([Float(3e38), 3e38, -1])]).allSatisfy {
          $0.doubles.allSatisfy(\.isFinite)
        })
    }
  }

  @Test func booleansAreNoNumbers() throws {
    let p = T.tensor("p", .bool, shape: [nil])
    for wrong in [-p, p - p, T.sign(p)] { #expect(throws: TheanoError.self) { try wrong.validate() } }
    let i = T.lvector("i")
    #expect(try function(inputs: [i], outputs: i / i)([0, 2]).doubles[0].isNaN)
  }
}
