import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Lengths that only the call knows, hundreds of slices and concatenations deep: what is said of them grows with the
/// program, and not with every way through it. Each of these took minutes, or did not end.
@Suite struct DeepLengthTests {
  static let modes: [Mode] = [.fastRun, .unrewritten, .interpreted]

  private func agrees(
    _ output: TensorVariable, of x: TensorVariable, _ value: NDArray, _ mode: Mode, shape: [Int]
  ) throws -> NDArray {
    let f = try function(inputs: [x], outputs: output, mode: mode)
    let result = try f(value)
    #expect(result.shape == shape)
    return result
  }

  @Test(arguments: modes) func slices(_ mode: Mode) throws {
    let x = T.dvector("x")
    var y = x
    for _ in 0..<200 { y = y[.slice(from: 1, to: y.shape[0] - 1)] }
    let values = NDArray((0..<1000).map(Double.init))
    let result = try agrees(y, of: x, values, mode, shape: [600])
    #expect(result == values[200..<800])
    // Slices of what is shorter than they take are empty.
    #expect(try function(inputs: [x], outputs: y, mode: mode)(values[..<300]).shape == [0])
  }

  @Test(arguments: modes) func concatenations(_ mode: Mode) throws {
    let x = T.dvector("x")
    var y = x
    for _ in 0..<200 { y = T.concatenate([y, y[..<1]]) }
    let result = try agrees(y, of: x, [7, 8, 9], mode, shape: [203])
    #expect(result.doubles == [7, 8, 9] + [Double](repeating: 7, count: 200))
  }

  @Test(arguments: modes) func halvesWithTheirGradient(_ mode: Mode) throws {
    let x = T.dvector("x")
    var y = x
    for _ in 0..<12 {
      let n = T.floorDivide(y.shape[0], 2)
      y = y[.slice(to: n)] + 2 * y[.slice(from: n, to: 2 * n)]
    }
    let g = try agrees(grad(T.sum(y), wrt: x), of: x, NDArray.zeros([8192]), mode, shape: [8192])
    // Each element has a factor 2 for every second half that it is in.
    #expect(g.doubles.enumerated().allSatisfy { k, slope in slope == Double(1 << (k >> 1).nonzeroBitCount) })
  }

  @Test(arguments: modes) func stridesWithTheirGradient(_ mode: Mode) throws {
    let x = T.dvector("x")
    var y = x
    for _ in 0..<200 { y = y[.slice(step: 2)] }
    let g = try agrees(grad(T.sum(y), wrt: x), of: x, NDArray.zeros([4096]), mode, shape: [4096])
    #expect(g.doubles == [1] + [Double](repeating: 0, count: 4095))
  }

  /// A thousand lengths in a sum, which a reshape compares with another: nothing is walked by recursion.
  @Test func aReshapeOfAThousandConcatenations() throws {
    let x = T.dvector("x")
    var y = x
    for _ in 0..<1000 { y = T.concatenate([y, y[..<1]]) }
    let z = T.reshape(y, [y.shape[0], 1])
    let f = try function(inputs: [x], outputs: T.sum(z), mode: .interpreted)
    #expect(try f([2, 3]).doubles == [2005])
  }
}
