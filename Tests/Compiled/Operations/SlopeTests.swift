import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// What the engine of differences cannot say: slopes of steps, and partners that do not fit.
@Suite struct SlopeTests {
  @Test(arguments: Modes.both) func stepsAreFlat(mode: Mode) throws {
    let x = T.dvector("x")
    let first = grad(T.sum(T.abs(x) * 2), wrt: x)
    let outputs =
      [first, grad(T.sum(first * x), wrt: x), grad(T.sum(first), wrt: x)]
      + [T.floor(x), T.ceil(x), T.round(x), T.sign(x), T.floorDivide(x, 2.0)].map { grad(T.sum($0), wrt: x) }
    let f = try function(inputs: [x], outputs: outputs, mode: mode)
    let results = try f([-2.5, 0, 3])
    #expect(results[0].doubles == [-2, 0, 2] && results[1].doubles == [-2, 0, 2])
    for flat in results[2...] { #expect(flat.doubles == [0, 0, 0]) }
  }

  /// Directions and gradients take the dtype of what they belong to; their lengths must be its own.
  @Test(arguments: Modes.both) func partnersFit(mode: Mode) throws {
    let (x, v) = (T.dvector("x"), T.fvector("v"))
    let outputs = [Rop([x * x], wrt: [x], [v])[0], Lop([x * x], wrt: [x], [v])[0]]
    #expect(outputs.allSatisfy { $0.dtype == .float64 })
    let f = try function(inputs: [x, v], outputs: outputs, mode: mode)
    let third = NDArray([0.5, -1]).astype(.float32)
    #expect(try f([1, 2], third).map(\.doubles) == [[1, -4], [1, -4]])
    let error = #expect(throws: TheanoError.self) { try f([1, 2], NDArray([1]).astype(.float32)) }
    #expect(error?.kind == .gradient)
  }
}
