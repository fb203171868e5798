import Testing
import Theano
import TheanoArrays
import TheanoGradients
import TheanoGraph
import TheanoTestSupport

/// Every gradient against differences: along random directions v, <grad f, v> is what f changes by; the same once more for
/// the gradient's own gradient; and the R-op gives the very number that the L-op gives.
@Suite("Gradients agree with differences") struct GradientTests {
  /// The expressions of one case: a random weighing c of its results, its gradient, and that of <grad c, u>.
  struct Expressions {
    var inputs: [TensorVariable]
    var directions: [TensorVariable]
    var others: [TensorVariable]
    var weights: [TensorVariable]
    var cost: TensorVariable
    /// <grad c, v>, <weights, Rop v>, <grad c, u>, <grad <grad c, u>, v>.
    var slopes: [TensorVariable]

    init(_ item: OperationCase, _ dtype: DType = .float64) {
      inputs = item.inputs(dtype)
      func like(_ x: TensorVariable, _ what: String) -> TensorVariable {
        .input(x.type, name: what, note: .none)
      }
      let outputs = item.build(inputs).filter { $0.dtype.isFloating }
      let wrt = inputs.filter { $0.dtype.isFloating }
      directions = wrt.map { like($0, "v") }
      others = wrt.map { like($0, "u") }
      weights = outputs.map { T.tensor("w", dtype, shape: Array(repeating: nil, count: $0.ndim)) }
      func total(_ a: [TensorVariable], _ b: [TensorVariable]) -> TensorVariable {
        zip(a, b).map { T.sum($0 * $1) }.reduce(NDArray(0.0).astype(dtype).tensorVariable) { $0 + $1 }
      }
      cost = total(outputs, weights)
      let first = grad(cost, wrt: wrt, disconnected: .zero)
      let along = total(first, others)
      let second = grad(along, wrt: wrt, disconnected: .zero)
      slopes = [
        total(first, directions), total(Rop(outputs, wrt: wrt, directions), weights), along,
        total(second, directions),
      ]
    }
  }

  @Test(arguments: OperationCase.families.map(\.name)) func agree(family: String) throws {
    let cases = try #require(OperationCase.families.first { $0.name == family }).cases.filter {
      $0.isDifferentiable && $0.dtypes.contains(.float64)
    }
    // Shapes of the results, for weights that fit.
    let plain = OperationBatch(cases, .float64)
    let shapes = try plain.function(Mode(linker: .interpreter, rewrites: false))
    let made = cases.map { Expressions($0) }
    let costs = try function(
      inputs: made.flatMap { $0.inputs + $0.weights }, outputs: made.map(\.cost), onUnusedInput: .ignore)
    let slopes = try function(
      inputs: made.flatMap { $0.inputs + $0.directions + $0.others + $0.weights },
      outputs: made.flatMap(\.slopes),
      onUnusedInput: .ignore)
    // The first shapes, one of each kind in the middle, and the last, which are empty or large.
    let last = plain.trials - 1
    for trial in Set([0, 1, last / 2, last - 1, last]).sorted() where trial >= 0 {
      let values = plain.values(trial: trial, seed: "gradients")
      let results = plain.split(try shapes.call(values.flatMap { $0 })).map {
        $0.filter { $0.dtype.isFloating }
      }
      var draw = Draw(seed: "\(family) \(trial)")
      let weights = results.map { $0.map { draw.array($0.shape, .float64, -1...1) } }
      func directions() -> [[NDArray]] {
        values.map { $0.filter { $0.dtype.isFloating }.map { draw.array($0.shape, .float64, -1...1) } }
      }
      let (v, u) = (directions(), directions())
      let found = try slopes.call(values.indices.flatMap { values[$0] + v[$0] + u[$0] + weights[$0] }).map(
        \.number)
      /// The inputs a step along v, and what is computed there.
      func moved(_ h: Double) -> [[NDArray]] {
        values.indices.map { k in
          var next = v[k][...]
          return values[k].map { x in x.dtype.isFloating ? x.moved(h, along: next.removeFirst()) : x }
        }
      }
      // Small, so that hardly ever two elements change their order on the way.
      let h = 1e-7
      func cost(_ h: Double) throws -> [Double] {
        let at = moved(h)
        return try costs.call(at.indices.flatMap { at[$0] + weights[$0] }).map(\.number)
      }
      func slope(_ h: Double) throws -> [Double] {
        let at = moved(h)
        return try slopes.call(at.indices.flatMap { at[$0] + v[$0] + u[$0] + weights[$0] }).map(\.number)
      }
      let (up, down, slopeUp, slopeDown) = (try cost(h), try cost(-h), try slope(h), try slope(-h))
      for (k, item) in cases.enumerated() {
        let own = Array(found[4 * k..<4 * k + 4])
        let shape = "\(item.name) of \(values[k].map(\.shape)), trial \(trial)"
        // Central differences err by h^2 f''' and by rounding over h; sums of many terms add up.
        let scale = 1e-6 * Double(1 + results[k].map(\.size).reduce(0, +))
        let difference = (up[k] - down[k]) / (2 * h)
        #expect(
          Agreement.same(own[0], difference, scale), "\(shape): first order \(own[0]), not \(difference)")
        #expect(
          Agreement.same(own[1], own[0], 1e-9), "\(shape): the R-op gives \(own[1]), the L-op \(own[0])")
        let second = (slopeUp[4 * k + 2] - slopeDown[4 * k + 2]) / (2 * h)
        #expect(Agreement.same(own[3], second, 10 * scale), "\(shape): second order \(own[3]), not \(second)")
      }
    }
  }

  /// In `float32` differences show little of a slope; the slopes in `float64`, which they do show, take their place.
  /// One family in three is compiled, others in runs that begin elsewhere.
  @Test(arguments: OperationCase.families.map(\.name)) func singlesAgreeWithDoubles(family: String) throws {
    let number = try #require(OperationCase.families.firstIndex { $0.name == family }) + TestBudget.first
    let cases = try #require(OperationCase.families.first { $0.name == family }).cases.filter {
      $0.isDifferentiable && $0.dtypes.contains(.float32)
    }
    let plain = OperationBatch(cases, .float32)
    let shapes = try plain.function(Mode(linker: .interpreter, rewrites: false))
    let slopes = try [DType.float32, .float64].map { dtype in
      let made = cases.map { Expressions($0, dtype) }
      return try function(
        inputs: made.flatMap { $0.inputs + $0.directions + $0.weights },
        outputs: made.flatMap { $0.slopes.prefix(2) },
        mode: dtype == .float32 && number % 3 == 0 ? .fastRun : .interpreted, onUnusedInput: .ignore)
    }
    for trial in 0..<Swift.min(plain.trials, 3) {
      let values = plain.values(trial: trial, seed: "singles")
      let results = plain.split(try shapes.call(values.flatMap { $0 }))
      var draw = Draw(seed: "singles \(family) \(trial)")
      func drawn(_ arrays: [NDArray]) -> [NDArray] {
        arrays.filter { $0.dtype.isFloating }.map { draw.array($0.shape, .float32, -1...1) }
      }
      let arguments = values.indices.flatMap { values[$0] + drawn(values[$0]) + drawn(results[$0]) }
      let found = try slopes[0].call(arguments)
      let expected = try slopes[1].call(
        arguments.map { $0.dtype == .float32 ? $0.astype(.float64) : $0 })
      for (k, item) in cases.enumerated() {
        let bound = 1e-4 * Double(1 + results[k].map(\.size).reduce(0, +))
        for j in 2 * k..<2 * k + 2 {
          #expect(
            found[j].dtype == .float32 && Agreement.same(found[j].number, expected[j].number, bound),
            "\(item.name) of \(values[k].map(\.shape)): \(found[j]), not \(expected[j])")
        }
      }
    }
  }
}

extension NDArray {
  fileprivate var number: Double { doubles[0] }

  /// This array + h v.
  fileprivate func moved(_ h: Double, along v: NDArray) -> NDArray {
    NDArray(zip(doubles, v.doubles).map { $0 + h * $1 }).reshaped(shape)
  }
}
