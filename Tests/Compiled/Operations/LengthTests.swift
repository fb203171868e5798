import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Lengths that are computed: what rewriting makes of them, and what narrow integers do to them.
@Suite struct LengthTests {
  /// Rewriting finds a number, or an input, where a length was an expression.
  @Test(arguments: Modes.all) func lengthsThatBecomeSimpler(mode: Mode) throws {
    let (k, s, x) = (T.lscalar("k"), T.dscalar("s"), T.dvector("x"))
    let cases: [(TensorVariable, [Double])] = [
      (T.arange(s, s + 3, 1.0), [0.5, 1.5, 2.5]), (T.alloc(1.0, [k ** 1]), [1, 1]),
      (T.alloc(1.0, [T.ifElse(T.constant(true), k, k + 1)]), [1, 1]),
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

/// Lengths are checked whatever they are computed from, and before anything of their size is.
@Suite struct ComputedLengthTests {
  private typealias Length = @Sendable (TensorVariable) -> TensorVariable

  /// Lengths made of a scalar that is 5, that are 3 where it is 3.
  private static let lengths: [(String, Length)] = [
    ("itself", { $0 }), ("a sum", { $0 + 2 - 2 }), ("a cast", { T.cast(T.cast($0, .int16), .int32) }),
    ("a sum of one", { T.sum(T.stack([$0, $0 - $0])) }), ("a product", { $0 * T.cast(1, $0.dtype) }),
    ("a maximum", { T.maximum($0, 1) }), ("a choice", { T.where($0 .> 100, 7, $0) }),
    ("by way of floats", { T.cast(T.cast($0, .float64) + 0.5, .int32) }),
    ("a length", { T.zeros([$0]).shape[0] }), ("an element", { T.stack([$0, $0])[1] }),
    ("a remainder", { $0 % 8 }), ("a quotient", { T.floorDivide($0 * 2, 2) }),
  ]

  @Test(arguments: OperationCase.integers) func ofEveryDType(dtype: DType) throws {
    let (v, a) = (T.dvector("v"), T.tensor("a", dtype, shape: []))
    let three = NDArray([1.0, 2, 3])
    // Each length in one form of use for each dtype: compiling is what takes time.
    let turn = OperationCase.integers.firstIndex(of: dtype) ?? 0
    for (k, (name, length)) in Self.lengths.enumerated() where (k + turn) % 2 == 0 {
      let output =
        switch (k + turn) / 2 % 4 {
        case 0: v + T.zeros([length(a)])
        case 1: v * T.alloc(0.0, [length(a)]) + v
        case 2: T.sum(T.reshape(v, [length(a), -1]), axis: 1)
        default: T.where(T.alloc(true, [length(a)]), v, 0)
        }
      var texts: Set<String> = []
      for mode in Modes.all {
        let f = try function(inputs: [v, a], outputs: output, mode: mode)
        #expect(try f(three, NDArray(3).astype(dtype)) == three, "\(name) of \(dtype): \(mode)")
        do {
          let wrong = try f(three, NDArray(5).astype(dtype))
          Issue.record("\(name) of \(dtype), \(output), \(mode): \(wrong)")
        } catch { texts.insert("\(error)") }
      }
      #expect(texts.count == 1, "\(name) of \(dtype): \(texts)")
    }
  }

  @Test(arguments: Modes.every) func negativeAndEndless(mode: Mode) throws {
    let v = T.dvector("v")
    for dtype in OperationCase.integers where dtype.kind == .signed {
      let a = T.tensor("a", dtype, shape: [])
      for output in [T.zeros([a]), v + T.zeros([a]), T.sum(T.ones([a + 1])), T.zeros([a - 1]).shape[0] + a] {
        let f = try function(inputs: [v, a], outputs: output, mode: mode, onUnusedInput: .ignore)
        // A length of which only the number is asked is no array's.
        if output.dtype != .float64 { continue }
        #expect(throws: TheanoError.self, "\(dtype) \(output)") {
          try f([1, 2, 3], NDArray(-3).astype(dtype))
        }
      }
    }
    let u = T.tensor("u", .uint64, shape: [])
    for output in [v + T.zeros([u]), T.sum(T.ones([u, 4])), T.reshape(v, [u])] {
      let f = try function(inputs: [v, u], outputs: output, mode: mode, onUnusedInput: .ignore)
      #expect(throws: TheanoError.self) { try f([1, 2, 3], NDArray(UInt64(1) << 63 + 5)) }
    }
    #expect(
      try function(inputs: [v, u], outputs: v[..<u], mode: mode)([1, 2, 3], NDArray(UInt64.max)).size == 3)
  }

  /// The sides of a conditional demand only what they compute.
  @Test(arguments: Modes.every) func conditionalsStayLazy(mode: Mode) throws {
    let (v, a, c) = (T.dvector("v"), T.iscalar("a"), T.lscalar("c"))
    let f = try function(
      inputs: [v, a, c], outputs: T.ifElse(c, T.exp(v) + T.exp(T.zeros([a * 1])), v), mode: mode)
    #expect(try f([1, 2, 3], 5, 0).doubles == [1, 2, 3])
    #expect(throws: TheanoError.self) { try f([1, 2, 3], 5, 1) }
  }

  /// More elements than can be counted are refused, also where nothing of that size would be made.
  @Test(arguments: Modes.every) func productsThatOverflow(mode: Mode) throws {
    let (n, v, u) = (T.lscalar("n"), T.dvector("v"), T.dvector("u"))
    let outputs = [
      T.sum(T.alloc(1.0, [n, n])), T.max(T.alloc(1.0, [n, n])), T.sum(T.zeros([n, n, 2]) + 1),
      T.alloc(1.0, [n, n])[0, 0],
      T.sum(T.reshape(T.zeros([0 * n]), [n, n])), T.sum(T.alloc(v, [n, n, 3])),
      T.sum(T.zerosLike(T.alloc(1.0, [n, n])) + 1),
    ]
    for (k, output) in outputs.enumerated() {
      let f = try function(inputs: [n, v, u], outputs: output, mode: mode, onUnusedInput: .ignore)
      let error = #expect(throws: TheanoError.self, "\(k)") { try f(1 << 32, [1, 2, 3], [1]) }
      #expect(error?.description.contains("4294967296") == true, "\(k): \(error?.description ?? "")")
    }
    let f = try function(inputs: [n], outputs: T.sum(T.alloc(1.0, [n])), mode: mode)
    #expect(throws: TheanoError.self) { try f(Int.max) }
  }

  /// An interpreted function follows a shared variable that changes its shape, as a compiled one does.
  @Test(arguments: Modes.every) func sharedVariablesOfNewShapes(mode: Mode) throws {
    let v = shared([1.0, 2, 3], name: "v")
    let x = T.dvector("x")
    let count = try function(outputs: T.sum(T.onesLike(v)), mode: mode)
    let sum = try function(inputs: [x], outputs: x + v, mode: mode)
    let rows = try function(
      outputs: T.reshape(v, [v.shape[0], 1]), updates: [(v, T.concatenate([v, v]))], mode: mode)
    #expect(try count().doubles == [3] && sum([1, 1, 1]).doubles == [2, 3, 4])
    try v.setValue([1.0, 2, 3, 4, 5])
    #expect(try count().doubles == [5] && sum([1, 1, 1, 1, 1]).doubles == [2, 3, 4, 5, 6])
    #expect(throws: TheanoError.self) { try sum([1, 1, 1]) }
    #expect(try rows().shape == [5, 1] && rows().shape == [10, 1] && count().doubles == [20])
  }

  /// What stands for a row is one: the expressions were made for that.
  @Test(arguments: Modes.every) func whatStandsForARow(mode: Mode) throws {
    let (row, b, z) = (T.row("row"), T.dmatrix("b"), T.dmatrix("z"))
    for output in [row + z, grad(T.sum((row * z) ** 2), wrt: row), T.sum(row)] {
      let f = try function(
        inputs: [b, z], outputs: output, givens: [row: b], mode: mode, onUnusedInput: .ignore)
      #expect(throws: TheanoError.self) { try f([[1, 2], [3, 4]], [[1, 2], [3, 4]]) }
      _ = try f([[1, 2]], [[1, 2], [3, 4]])
    }
  }

  /// Of empty arrays, too, -1 stands for what is left, and for nothing where any number would do.
  @Test(arguments: Modes.every) func emptyReshapes(mode: Mode) throws {
    let (m, n) = (T.dmatrix("m"), T.lscalar("n"))
    func reshaped(_ shape: [any TensorConvertible], _ value: NDArray, _ k: Int) throws -> [Int] {
      try function(inputs: [m, n], outputs: T.reshape(m, shape), mode: mode, onUnusedInput: .ignore)(
        value, NDArray(k)
      ).shape
    }
    let empty = NDArray.zeros([0, 3], dtype: .float64)
    #expect(try reshaped([-1], empty, 0) == [0] && reshaped([5, -1], empty, 0) == [5, 0])
    #expect(try reshaped([n, -1], empty, 4) == [4, 0] && reshaped([-1, m.shape[1]], empty, 0) == [0, 3])
    #expect(try reshaped([0, 7], empty, 0) == [0, 7] && reshaped([n, 7], empty, 0) == [0, 7])
    for shape in [[n, -1], [-1, n], [m.shape[0], -1], [-1, n, 4]] as [[any TensorConvertible]] {
      #expect(throws: TheanoError.self) { try reshaped(shape, empty, 0) }
    }
    #expect(throws: TheanoError.self) { try reshaped([n, -1], NDArray.zeros([2, 3], dtype: .float64), 0) }
  }
}
