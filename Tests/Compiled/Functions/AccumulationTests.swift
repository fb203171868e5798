import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Sums and products of `float32` are carried in `float64` and rounded once, in every mode and over whatever axes.
@Suite struct AccumulationTests {
  static let modes: [Mode] = [
    .fastRun, .unrewritten, .interpreted, Mode(assumesFinite: false),
    Mode(linker: .interpreter, rewrites: false),
  ]

  /// The three numbers along each axis of a box, among ones or zeros that change nothing.
  @Test(arguments: modes) func whatFloatsAloneWouldLose(_ mode: Mode) throws {
    let x = T.ftensor3("x")
    for axis in [0, 1, 2] {
      for length in [3, 40, 1500] {
        var shape = [2, 3, 2]
        shape[axis] = length
        func filled(_ numbers: [Double], _ rest: Double) -> NDArray {
          var flat = [Double](repeating: rest, count: length)
          for (k, number) in zip([0, length / 2, length - 1], numbers) { flat[k] = number }
          var along = [1, 1, 1]
          along[axis] = length
          return NDArray(flat).reshaped(along).broadcast(to: shape).astype(.float32).contiguous()
        }
        let product = try function(inputs: [x], outputs: T.prod(x, axis: axis), mode: mode)
        #expect(try product(filled([1e30, 1e30, 1e-30], 1)).doubles.allSatisfy { abs($0 / 1e30 - 1) < 1e-6 })
        let sum = try function(inputs: [x], outputs: T.sum(x, axis: axis), mode: mode)
        #expect(try sum(filled([1e8, 1, -1e8], 0)).doubles.allSatisfy { $0 == 1 })
        let mean = try function(inputs: [x], outputs: T.mean(x, axis: axis), mode: mode)
        #expect(
          try mean(filled([1e8, 1, -1e8], 0)).doubles.allSatisfy { abs($0 * Double(length) - 1) < 1e-6 })
      }
    }
  }

  @Test(arguments: modes) func wholeArrays(_ mode: Mode) throws {
    let x = T.fvector("x")
    let f = try function(inputs: [x], outputs: [T.sum(x), T.prod(x), T.sum(T.exp(x) * 0 + x)], mode: mode)
    #expect(try f(NDArray([1e8, 1, -1e8]).astype(.float32)).map { Double($0) }[0] == 1)
    #expect(try f(NDArray([1e30, 1e30, 1e-30]).astype(.float32)).map { Double($0) }[1] / 1e30 - 1 < 1e-6)
    let many = NDArray([1e8, -1e8] + [Double](repeating: 0.1, count: 300_000)).astype(.float32)
    #expect(abs(Double(try f(many)[0]) - 30_000.0004) < 0.01)
  }

  /// A whole sum over known lengths, of few points and much work.
  @Test(arguments: modes) func aWholeSumOfMuchWork(_ mode: Mode) throws {
    let w = shared(NDArray((0..<3000).map { Double($0) * 1e-3 }), name: "w")
    var y: TensorVariable = w
    for _ in 0..<5 { y = T.tanh(y) }
    let f = try function(outputs: [T.mean(y ** 2), T.max(y), T.cast(T.argmax(y), .float64)], mode: mode)
    let results = try f().map { Double($0) }
    #expect(results[0] > 0.1 && results[0] < 0.3 && results[1] > 0.4 && results[2] == 2999)
  }
}
