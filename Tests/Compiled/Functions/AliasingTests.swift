import Testing
import Theano
import TheanoTestSupport

/// Results, arguments and shared values are values: nothing that happens later shows through.
@Suite struct AliasingTests {
  /// Outputs that are, or share elements with, inputs, shared variables, constants and each other.
  @Test(arguments: Modes.all) func outputsAreIndependent(mode: Mode) throws {
    let w = shared([[1.0, 2, 3], [4, 5, 6]])
    let x = T.dmatrix("x")
    let c = T.constant([[0.5, 0.25]])
    let twice = x + x
    let outputs: [TensorVariable] = [
      x, x, x.T, x[0], x.reshaped(-1), x[.all, .slice(step: -1)], w, w, w.T, w[1], w.reshaped(3, 2), c, c[0],
      twice, twice, twice.T, twice.reshaped(-1), T.dimshuffle(w, [0, nil, 1]), w[[0, 0]],
      T.setSubtensor(w[0], to: x[0]), T.ifElse(w[0, 0] .> 0, w, w * 2),
    ]
    let f = try function(inputs: [x], outputs: outputs, updates: [(w, w + 1)], mode: mode)
    func expected(_ w: NDArray, _ x: NDArray) -> [[Double]] {
      let w = w.doubles
      let x = x.doubles
      let wT = [w[0], w[3], w[1], w[4], w[2], w[5]]
      let xT = [x[0], x[3], x[1], x[4], x[2], x[5]]
      let twice = x.map { $0 * 2 }
      let row = Array(w[0..<3])
      return [
        x, x, xT, Array(x[0..<3]), x, [x[2], x[1], x[0], x[5], x[4], x[3]], w, w, wT, Array(w[3...]), w,
        [0.5, 0.25], [0.5, 0.25], twice, twice, xT.map { $0 * 2 }, twice, w, row + row,
        Array(x[0..<3]) + Array(w[3...]), w,
      ]
    }
    var argument = NDArray((0..<6).map { Double($0) }).reshaped([2, 3])
    var kept: [([NDArray], [[Double]])] = []
    for call in 0..<4 {
      let before = try w.value
      var results = try f(argument)
      let wanted = expected(before, argument)
      for (k, (result, values)) in zip(results, wanted).enumerated() {
        #expect(result.doubles == values, "output \(k), \(outputs[k]), of call \(call)")
      }
      kept.append((results, wanted))
      // Writing to one result, or to the argument, touches no other array.
      results[0][0] = -7
      results[6][0] = -8
      argument[1] = NDArray([Double(call), 10, 20])
    }
    for (results, wanted) in kept { #expect(results.map(\.doubles) == wanted) }
    #expect(try w.value.doubles == [5, 6, 7, 8, 9, 10])
  }

  /// Next values that are arguments, other variables, views, constants, or one expression for two variables.
  @Test(arguments: Modes.all) func updatesAreIndependent(mode: Mode) throws {
    let (a, b, c, d, e) = (
      shared([1.0, 2]), shared([3.0, 4]), shared([5.0, 6]), shared([7.0, 8]), shared([9.0, 10])
    )
    let x = T.dvector("x")
    let sum = x + a
    let f = try function(
      inputs: [x], outputs: [sum],
      updates: [(a, x), (b, a), (c, b[.slice(step: -1)]), (d, sum), (e, sum)], mode: mode)
    var argument: NDArray = NDArray([20.0, 30])
    var old = try [a, b, c, d, e].map { try $0.value.doubles }
    for call in 0..<3 {
      let result = try f(argument)
      let x = argument.doubles
      let sum = zip(x, old[0]).map(+)
      #expect(result[0].doubles == sum)
      old = [x, old[0], Array(old[1].reversed()), sum, sum]
      argument[0] = NDArray(Double(call))
      #expect(try [a, b, c, d, e].map { try $0.value.doubles } == old)
    }
    // The variables that one expression went to part ways afterwards.
    var value = try d.value
    value[0] = 99
    try d.setValue(value)
    #expect(try e.value.doubles == old[4])
  }

  @Test(arguments: Modes.both) func setValueCopies(mode: Mode) throws {
    var array = NDArray([1.0, 2, 3])
    let w = shared(array)
    let f = try function(outputs: T.sum(w), updates: [(w, w * 2)], mode: mode)
    array[0] = 50
    #expect(try f().doubles == [6])
    let snapshot = try w.value
    try w.setValue(array)
    array[1] = 60
    #expect(try f().doubles == [55])
    #expect(snapshot.doubles == [2, 4, 6])
    #expect(array.doubles == [50, 60, 3])
    #expect(try w.value.doubles == [100, 4, 6])
  }

  /// Arguments need not be contiguous, of the exact dtype, or different arrays.
  @Test(arguments: Modes.both) func argumentsOfAnyLayout(mode: Mode) throws {
    let (x, y) = (T.dmatrix("x"), T.dmatrix("y"))
    let f = try function(inputs: [x, y], outputs: [x * 2 + y, T.sum(x, axis: 0)], mode: mode)
    let base = NDArray((0..<12).map { Double($0) }).reshaped([3, 4])
    let layouts: [NDArray] = [
      base, base.T, base.flipped(0), base.flipped(1).T, base[0..<2], base.astype(.int32),
      base[1].broadcast(to: [3, 4]),
      base.astype(.float32).T, NDArray.zeros(0, 4), NDArray.zeros(4, 0),
    ]
    for a in layouts {
      let results = try f(a, a)
      let dense = a.astype(.float64).contiguous()
      let (rows, columns) = (a.shape[0], a.shape[1])
      #expect(results[0].shape == [rows, columns])
      #expect(results[0].doubles == dense.doubles.map { $0 * 3 })
      #expect(
        results[1].doubles
          == (0..<columns).map { j in
            (0..<rows).reduce(0) { $0 + dense.doubles[$1 * columns + j] }
          })
    }
  }
}
