import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// What no mode may assume: numbers that finite operands make none stay none, and what is a number as it is written is one.
@Suite struct AssumptionTests {
  @Test(arguments: Modes.every) func whatFiniteOperandsMakeStays(mode: Mode) throws {
    let x = T.dvector("x")
    let outputs = [
      T.exp(T.log(x)), T.sqrt(x) ** 2, T.sqrt(x) * T.sqrt(x), T.log(x) / T.log(x), x / x, T.log(x) - T.log(x),
      x * x / x, T.log(x) * 0, T.expm1(T.log1p(x)), x / T.sqrt(x), 0 / x, T.nnet.relu(T.log(x)),
      (x + T.log(x)) - T.log(x),
    ]
    let f = try function(inputs: [x], outputs: outputs, mode: mode)
    // Which of -2, 0 and 3 make no number.
    let wanted: [[Bool]] = [
      [true, false, false], [true, false, false], [true, false, false], [true, true, false],
      [false, true, false],
      [true, true, false], [false, true, false], [true, true, false], [true, false, false],
      [true, true, false],
      [false, true, false], [true, true, false], [true, true, false],
    ]
    for (k, result) in try f([-2, 0, 3]).enumerated() {
      #expect(result.doubles.map(\.isNaN) == wanted[k], "output \(k): \(result)")
    }
  }

  @Test(arguments: Modes.every) func whatIsANumberStaysOne(mode: Mode) throws {
    let (x, y, s) = (T.dvector("x"), T.dvector("y"), T.dscalar("s"))
    let huge = 1.7e308
    let outputs = [
      x / 2 + y / 2, x / s + y / s, 1.7e308 + (1.7e308 - x), (x - y) + (x - y),
      (2e-200 * x) * (2e-200 * y), (x * 1e-10) / (y * 1e-20) * 1e-10, T.sum(x * 0.25 + y * 0.25),
    ]
    let f = try function(inputs: [x, y, s], outputs: outputs, mode: mode)
    for result in try f([huge], [huge], 2) { #expect(result.doubles.allSatisfy { $0.isFinite }, "\(result)") }
  }

  @Test(arguments: Modes.every) func programsMayAskForNaN(mode: Mode) throws {
    let x = T.dvector("x")
    let f = try function(inputs: [x], outputs: [x .== x, .!(x .!= x), x .>= x, x .!= x], mode: mode)
    let results = try f([.nan, 1])
    for result in results[..<3] { #expect(result.doubles == [0, 1]) }
    #expect(results[3].doubles == [1, 0])
  }

  /// Factors of products that are 0, no number, or too small for an inverse: small products are loops, large ones a library's.
  @Test(arguments: [3, 40], Modes.every) func factorsOfProducts(size n: Int, mode: Mode) throws {
    let (a, c, x) = (T.dmatrix("a"), T.dmatrix("c"), T.dvector("x"))
    let s = T.dscalar("s")
    let product = T.dot(a, a)
    let outputs = [
      product + s * c, c - s * product, product / s, product * s, s * T.dot(a, x), x - s * T.dot(a, x),
      s * product + 2 * c, (product - c) * s,
    ]
    let f = try function(inputs: [a, c, x, s], outputs: outputs, mode: mode)
    let plain = try function(
      inputs: [a, c, x, s], outputs: outputs, mode: Mode(linker: .interpreter, rewrites: false))
    let ones = NDArray.ones([n, n])
    var broken = [Double](repeating: 1, count: n * n)
    broken[1] = .nan
    broken[n * n - 1] = .infinity
    let special = NDArray(broken).reshaped(n, n)
    let tiny = NDArray([Double](repeating: 1e-155, count: n * n)).reshaped(n, n)
    let vector = NDArray.ones([n])
    for (left, right, factor) in [
      (ones, special, 0.0), (special, ones, 0), (ones, ones, 0), (ones, ones, .nan),
      (tiny, ones, Double.leastNormalMagnitude / 128),
      (special, special, 2), (ones, ones, 0.5),
    ] {
      let expected = try plain.call([left, right, vector, NDArray(scalar: factor)])
      let found = try f.call([left, right, vector, NDArray(scalar: factor)])
      for (k, (wanted, result)) in zip(expected, found).enumerated() {
        let wrong = zip(wanted.doubles, result.doubles).first { !Agreement.same($0, $1, 1e-12) }
        #expect(wrong == nil, "output \(k) with \(factor): \(String(describing: wrong))")
      }
    }
  }
}
