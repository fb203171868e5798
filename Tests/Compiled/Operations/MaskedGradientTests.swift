import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Gradients where a part of what they go through does not count: its slope there, infinite or no number, must not show.
@Suite struct MaskedGradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let at: [Double]
    let slope: [Double]
    let build: @Sendable (TensorVariable) -> TensorVariable
    init(
      _ name: String, at: [Double] = [0, 4], _ slope: [Double],
      _ build: @escaping @Sendable (TensorVariable) -> TensorVariable
    ) {
      (self.name, self.at, self.slope, self.build) = (name, at, slope, build)
    }
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case("where sqrt", [0, 0.25]) { T.where($0 .> 0, T.sqrt($0), 0) },
    Case("where not sqrt", [0, 0.25]) { T.where($0 .<= 0, 0, T.sqrt($0)) },
    Case("where log", [0, 0.25]) { T.where($0 .> 0, T.log($0), 0) },
    Case("where quotient", [0, -0.0625]) { T.where($0 .> 0, 1 / $0, 0) },
    Case("where power", [0, -1.5 / 32]) { T.where($0 .> 0, $0 ** -1.5, 0) },
    Case("where exp", at: [710, 0], [0, 1]) { T.where($0 .< 700, T.exp($0), 0) },
    Case("where deeper", [0, 4.5]) {
      T.where($0 .> 0, (T.sqrt($0) * 2 + 1) ** 2 - $0 + $0 / T.sqrt($0) * 2, 0)
    },
    Case("where in where", [0, 0.25]) { T.where($0 .> -1, T.where($0 .> 0, T.log($0), 0), 1) },
    Case("maximum", [0, 0.25]) { T.maximum(T.sqrt($0), 1) },
    Case("minimum", [0, -0.25]) { T.minimum(-T.sqrt($0), -1) },
    Case("largest", [0, 0.25]) { T.max(T.sqrt($0)) },
    Case("smallest", [0, -0.25]) { T.min(-T.sqrt($0)) },
    Case("picked", at: [1, 0], [1, 0]) { T.log($0)[0] },
    Case("slice", [0, 0.25]) { T.log($0)[1...] },
    Case("gathered", [0, 0.5]) { T.log($0)[[1, 1]] },
    Case("by mask", [0, 0.25]) { x in T.log(x)[x .> 0] },
    Case("set", [0, 0.25]) { T.setSubtensor(T.log($0)[0], to: 3) },
    Case("set by", [0, 0.25]) { x in T.setSubtensor(T.zerosLike(x)[1], to: T.log(x)[1]) },
    Case("joined", [1, 1.25]) { T.concatenate([T.log($0), $0])[1...] },
    Case("reshaped", [0, 0.25]) { T.reshape(T.dimshuffle(T.log($0), [nil, 0]), [2, 1])[1] },
    Case("stretched", [0, 0.5]) { x in
      T.where(T.constant([[false, true], [false, true]]), T.log(x), 0)
    },
    Case("summed", [0, 0.25]) { x in
      T.where(T.constant([false, true]), T.sum(T.dimshuffle(T.log(x), [0, nil]), axis: 1), 0)
    },
    Case("product", [0, 1]) { x in
      T.where(T.constant([false, true]), T.prod(T.dimshuffle(T.sqrt(x), [0, nil]), axis: 1) ** 2, 0)
    },
    Case("step", [0, 1]) { T.floor(T.log($0)) * 0 + T.where($0 .> 0, $0, 1) },
    Case("two users", [1, 1.5]) { x in
      let root = T.sqrt(x)
      return T.where(x .> 0, root, 0) + T.maximum(root, 1) + x
    },
  ]

  @Test(arguments: cases) func theSlopeIsRight(item: Case) throws {
    let x = T.dvector("x")
    let y = item.build(x)
    // As it stands, in single precision, and lazily beside something else.
    let single = T.fvector("single")
    let outputs = [
      grad(T.sum(y), wrt: x), Lop([y], wrt: [x], [T.onesLike(y)])[0],
      grad(T.sum(item.build(single)), wrt: single),
    ]
    for mode in Modes.every {
      let f = try function(inputs: [x, single], outputs: outputs, mode: mode)
      for result in try f(NDArray(item.at), NDArray(item.at).astype(.float32)) {
        #expect(
          zip(result.doubles, item.slope).allSatisfy { Agreement.same($0, $1, 1e-6) }, "\(mode): \(result)")
      }
    }
  }

  /// Of the second order, and forwards.
  @Test(arguments: Modes.every) func otherDerivatives(mode: Mode) throws {
    let x = T.dvector("x")
    let y = T.where(x .> 0, T.sqrt(x), 0)
    let first = grad(T.sum(y), wrt: x)
    let one = T.onesLike(x)
    let outputs = [
      grad(T.sum(first), wrt: x), Rop([y], wrt: [x], [one])[0], Rop([first], wrt: [x], [one])[0],
      Rop([T.max(T.sqrt(x))], wrt: [x], [one])[0],
    ]
    let f = try function(inputs: [x], outputs: outputs, mode: mode)
    let wanted: [[Double]] = [[0, -0.03125], [0, 0.25], [0, -0.03125], [0.25]]
    for (result, values) in zip(try f([0, 4]), wanted) { #expect(result.doubles == values) }
  }

  /// What lies above of matrix products needs no mask: none is made.
  @Test func ordinaryNetworksHaveNone() throws {
    let (x, w, v) = (T.dmatrix("x"), T.dmatrix("w"), T.dvector("v"))
    let cost = T.sum(T.maximum(T.dot(x, w) + v, 0) ** 2)
    let f = try function(inputs: [x, w, v], outputs: grad(cost, wrt: [w, v]), mode: .interpreted)
    #expect(f.graphText.ranges(of: "where").count == 1)
  }
}
