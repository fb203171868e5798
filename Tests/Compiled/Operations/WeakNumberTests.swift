import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Swift's numbers, and arithmetic on them, take the dtype of what they meet: whether Swift computes it or this library does.
@Suite struct WeakNumberTests {
  private static let x = T.fvector("x")
  private static let b = T.tensor("b", .int8, shape: [nil])

  @Test func arithmeticOnNumbersStaysWeak() {
    let (x, b) = (Self.x, Self.b)
    let r = 0.5
    let half: Float = 0.5
    let n = 3
    let c: TensorVariable = 2 * r
    let d: TensorVariable = 0.5
    let e: TensorVariable = -(2 * c + 1) / 3 ** d
    let weak = [
      x * (2 * r), x * r, (2 * r) * x, x * c, x * d, x * e, x + n, x * (n + 1), x * half, x - 2 * half,
      x / (1 / c),
      x ** (2 * d), T.maximum(x, 2 * r), T.maximum(2 * r, x), T.where(x .> 0, x, 2 * c),
      T.where(x .> c, 0.0, x),
      T.ifElse(T.sum(x) .> 0, x, T.zerosLike(x) + 2 * r), x * T.sqrt(2 * d), x * T.exp(1),
      x * T.maximum(c, d),
      x * -c, x * T.abs(-c), T.concatenate([x, [1.0, 2.0]]), T.stack([x[0], 2 * r]), T.stack([x[0], 1]),
      T.setSubtensor(x[0], to: 2 * r), T.dot(x, 2 * r), T.broadcast(2 * r, like: x) * x,
      x * T.floorDivide(7, 2),
      x * (5 % 3 as TensorVariable), T.mean(x) * (2 * r), x * T.cast(c, .float32),
    ]
    for (k, one) in weak.enumerated() { #expect(one.dtype == .float32, "\(k): \(one)") }
    // A fraction beside integers makes floats of them; a whole number takes their dtype.
    let four: TensorVariable = 2 * 2
    #expect((b * four).dtype == .int8 && (b + n * 2).dtype == .int8 && (b * c).dtype == .float64)
    // What was given a dtype has it.
    #expect((x * T.constant(0.5)).dtype == .float64 && (x * T.cast(0.5, .float64)).dtype == .float64)
    #expect((x * NDArray([0.5])).dtype == .float64)
  }

  @Test(arguments: Modes.all) func values(mode: Mode) throws {
    let x = Self.x
    let r = 0.5
    let c: TensorVariable = 2 * r + 1
    let w = shared(NDArray([1.0, 2]).astype(.float32), name: "w")
    let f = try function(
      inputs: [x], outputs: [x * c, x * T.sqrt(c + c), c, 7 / c, x + (1 - c) * 3],
      updates: [(w, w * (c * 2))],
      mode: mode)
    let found = try f([1, 2])
    #expect(found.map(\.doubles) == [[2, 4], [2, 4], [2], [3.5], [-2, -1]])
    #expect(found.map(\.dtype) == [.float32, .float32, .float64, .float64, .float32])
    #expect(try w.value == NDArray([Float(4), 8]))
    // A result is an array, with a dtype of its own.
    #expect((x * found[2]).dtype == .float64)
  }

  @Test(arguments: Modes.all) func numbersInGivensAndUpdates(mode: Mode) throws {
    let (s, n) = (T.fscalar("s"), T.iscalar("n"))
    let w = shared(NDArray(Float(3)), name: "w")
    let r = 0.25
    let f = try function(
      outputs: s * n, updates: [(w, 2 * r as TensorVariable)], givens: [s: 2 * r, n: 6], mode: mode)
    let value = try f()
    #expect(value.doubles == [3])
    #expect(try w.value == NDArray(Float(0.5)))
  }

  @Test func moreThanIntegersHold() {
    let large: TensorVariable = 3_000_000_000 * 4_000_000_000
    #expect(throws: TheanoError.self) { try (Self.b + large).validate() }
    #expect((Self.x * (2.0 ** 100.0 as TensorVariable)).dtype == .float32)
  }
}
