import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Programs of many equal steps: what is written as loops over tables must do what was written out.
@Suite(.enabled(if: hasCompiler, "needs a C compiler")) struct RepetitionTests {
  /// The value and the gradients of a network, compiled and interpreted.
  private func agree(
    _ inputs: [TensorVariable], _ cost: TensorVariable, _ arguments: [NDArray]
  ) throws -> Function<[NDArray]> {
    let outputs = [cost] + grad(cost, wrt: inputs)
    let compiled = try function(inputs: inputs, outputs: outputs)
    let interpreted = try function(inputs: inputs, outputs: outputs, mode: .interpreted)
    for (ours, theirs) in zip(try compiled.call(arguments), try interpreted.call(arguments)) {
      #expect(ours.shape == theirs.shape)
      for (x, y) in zip([Double](ours.reshaped(-1)), [Double](theirs.reshaped(-1))) {
        #expect(abs(x - y) <= 1e-12 * max(1, abs(y)))
      }
    }
    return compiled
  }

  /// How often a word stands in a text.
  private func count(_ word: String, in text: String) -> Int { text.ranges(of: word).count }

  @Test func layers() throws {
    let (h0, b, w) = (T.dvector("h0"), T.dvector("b"), T.dmatrix("w"))
    var h = h0
    for k in 0..<200 { h = k % 2 == 0 ? T.tanh(h + b) : T.dot(h, w) }
    var weights: [Double] = []
    for k in 0..<25 { weights.append(0.4 * Double((3 * (k / 5) + 7 * (k % 5)) % 5) - 0.7) }
    let start: NDArray = [0.1, -0.2, 0.3, 0.4, 0.5]
    let bias: NDArray = [0.01, 0.02, -0.03, 0.04, 0]
    let f = try agree([h0, b, w], T.sum(h), [start, bias, NDArray(weights).reshaped(5, 5)])
    // A hundred layers there and a hundred back are a few kernels, and the products are called in loops.
    #expect(count("static const th_i64 at", in: f.cSource) >= 2)
    #expect(count("th_matmul_f64(host", in: f.cSource) < 20)
  }

  /// Nests that differ in numbers alone share a kernel, to which the numbers are passed.
  @Test(arguments: [DType.float32, .float64]) func numbers(_ dtype: DType) throws {
    let x = T.tensor("x", dtype, shape: [nil])
    var h = x
    for k in 0..<600 {
      let (slope, step) = (0.9 + 0.0001 * Double(k), 0.05 + 0.001 * Double(k % 7))
      h = T.where(h .> 0, h, -h * slope) - step
    }
    let interpreted = try function(inputs: [x], outputs: h, mode: .interpreted)
    let compiled = try function(inputs: [x], outputs: h)
    let argument = NDArray([0.5, -1.5, 30, 0, -0.25, 2, 7]).astype(dtype)
    let (ours, theirs) = (try compiled(argument), try interpreted(argument))
    for (x, y) in zip([Double](ours), [Double](theirs)) {
      #expect(abs(x - y) <= (dtype == .float32 ? 1e-4 : 1e-12) * max(1, abs(y)))
    }
    // Without that there would be a kernel for every hundredth part of the chain.
    #expect(count("* c0", in: compiled.cSource) > 0 || count("c0 *", in: compiled.cSource) > 0)
    let kernels = try #require(compiled.compilation.stages.first { $0.name == "program" }).detail
    let numbers = kernels.split(separator: " ").compactMap { Int($0) }
    #expect(numbers[0] < numbers[1] / 2)
  }

  /// Rows at fixed positions share their kernels, and the gradient of them all is one array that each is added to.
  @Test func rows() throws {
    let m = T.dmatrix("m")
    var h = m[0]
    for k in 1..<60 { h = T.tanh(h + m[k] * 0.5) }
    let values = (0..<180).map { 0.01 * Double(($0 * 37) % 101) - 0.5 }
    let f = try agree([m], T.sum(h), [NDArray(values).reshaped(60, 3)])
    let emission = try #require(f.compilation.stages.first { $0.name == "program" }).detail
    let numbers = emission.split(separator: " ").compactMap { Int($0) }
    #expect(numbers[0] < 20 && numbers[1] < 100, "kernels, calls")
    // Nothing as large as the matrix is made but the result.
    #expect(count("n0_0 * n0_1 * 8", in: f.cSource) <= 2)
  }

  /// Parts that are set in what nobody needs afterwards are set in place, and not where somebody does.
  @Test func partsInPlace() throws {
    let x = T.dvector("x")
    var y = x * 2
    for k in 0..<20 { y = T.setSubtensor(y[k], to: T.sum(y) * 0.125) }
    let kept = T.exp(x)
    let other = T.incSubtensor(kept[1..<3], by: 1)
    let outputs = [y, kept * other, T.setSubtensor(other[0], to: 7)]
    let values = NDArray((0..<25).map { 0.1 * Double($0) - 1 })
    let f = try function(inputs: [x], outputs: outputs)
    let expected = try function(inputs: [x], outputs: outputs, mode: .interpreted)(values)
    for _ in 0..<2 {
      for (ours, theirs) in zip(try f(values), expected) {
        #expect(zip(ours.doubles, theirs.doubles).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) })
      }
    }
    let calls = try #require(f.compilation.stages.first { $0.name == "program" }).detail
      .split(separator: " ").compactMap { Int($0) }[1]
    // A sum, its scaling and a write each; a copy each would be twenty more.
    #expect(calls < 75, "\(calls) calls")
  }

  /// What a check finds in the middle of a run is reported as ever.
  @Test func checks() throws {
    let (table, at) = (T.dvector("table"), T.lvector("at"))
    var sum = T.sum(table)
    for k in 0..<80 { sum = sum + T.sum(table[at + k]) * sum }
    let f = try function(inputs: [table, at], outputs: sum)
    let long = NDArray((0..<100).map { 0.001 * Double($0) })
    let expected = try function(inputs: [table, at], outputs: sum, mode: .interpreted)(long, [1, 2])
    #expect(abs(Double(try f(long, [1, 2])) - Double(expected)) <= 1e-12 * abs(Double(expected)))
    let error = #expect(throws: TheanoError.self) { try f(long, [1, 30]) }
    #expect(error?.description.contains("index 100") == true)
  }
}
