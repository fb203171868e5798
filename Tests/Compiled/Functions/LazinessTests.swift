import Synchronization
import Testing
import Theano
import TheanoTestSupport

/// Counts how often its operations are computed.
private final class Counter: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  /// The operand itself, counted under a name whenever it is computed.
  func counted(_ name: String, _ x: TensorVariable) -> TensorVariable {
    T.custom(name, [x], outputs: [x.type], gradient: { _, _, g in g }) { values in
      self.counts.withLock { $0[name, default: 0] += 1 }
      return values
    }[0]
  }

  /// What was computed since the last time.
  func take() -> [String: Int] {
    counts.withLock { counts in
      defer { counts = [:] }
      return counts
    }
  }
}

/// `ifElse` computes the chosen side alone, and lengths that only the call finds.
@Suite struct LazinessTests {
  /// What a side demands of lengths is demanded of the calls that take it.
  @Test(arguments: Modes.all) func theOtherSideDemandsNothing(mode: Mode) throws {
    let (c, n) = (T.lscalar("c"), T.lscalar("n"))
    let (a, b) = (T.dvector("a"), T.dvector("b"))
    let guarded: [TensorVariable] = [
      T.ifElse(c, a + b, a), T.ifElse(c, a[3], T.sum(a) * 0), T.ifElse(c, T.zeros([n]) + 1, a),
      T.ifElse(c, T.sum(a.reshaped(2, n)), T.sum(b)),
      T.ifElse(c, T.ifElse(n, T.dot(a, b), T.sum(b)), T.sum(a)),
      T.ifElse(c, T.sum(a * b), T.sum(T.exp(b)) * 0),
    ]
    for (k, value) in guarded.enumerated() {
      let f = try function(inputs: [c, n, a, b], outputs: value, mode: mode, onUnusedInput: .ignore)
      #expect(throws: Never.self, "case \(k)") { try f(0, -5, [1, 2], [1, 2, 3]) }
      if k != 4 {
        let error = #expect(throws: TheanoError.self, "case \(k)") { try f(1, -5, [1, 2], [1, 2, 3]) }
        #expect(error?.description.contains("LazinessTests.swift") == true)
      }
    }
    // Beside a value that both sides need, which lies in the same workspace.
    let shared = T.exp(a) + T.sum(T.sin(a))
    let f = try function(
      inputs: [c, n, a, b],
      outputs: T.sum(T.ifElse(c, T.sum(T.zeros([n]) + T.ones([n])), T.sum(shared)) * shared),
      mode: mode, onUnusedInput: .ignore)
    #expect(throws: Never.self) { try f(0, -1_000_000, [1, 2], [1, 2, 3]) }
  }

  @Test(arguments: Modes.all) func onlyTheChosenSideIsComputed(mode: Mode) throws {
    let counter = Counter()
    let (c, d) = (T.lscalar("c"), T.lscalar("d"))
    let x = T.dvector("x")
    let both = counter.counted("both", x * 2)
    let outside = counter.counted("outside", x + 5)
    let inner = T.ifElse(
      d, counter.counted("then then", both + 1), counter.counted("then else", both + outside))
    let outer = T.ifElse(c, T.exp(counter.counted("then", inner) * 0), counter.counted("else", both * 3))
    let f = try function(inputs: [c, d, x], outputs: [T.sum(outer), outside], mode: mode)
    let expected: [(Int, Int, Double, Set<String>)] = [
      (1, 1, 2, ["both", "outside", "then", "then then"]),
      (1, 0, 2, ["both", "outside", "then", "then else"]),
      (0, 1, 18, ["both", "outside", "else"]), (0, 0, 18, ["both", "outside", "else"]),
      (-3, 2, 2, ["both", "outside", "then", "then then"]),
    ]
    for (first, second, sum, computed) in expected {
      let results = try f(NDArray(first), NDArray(second), [1.0, 2])
      #expect(results[0].doubles == [sum])
      #expect(results[1].doubles == [6, 7])
      #expect(counter.take() == Dictionary(uniqueKeysWithValues: computed.map { ($0, 1) }))
    }
  }

  /// A side that would fail does no harm if the other one is chosen; its shape may be its own.
  @Test(arguments: Modes.both) func sidesMayFailAndDiffer(mode: Mode) throws {
    let x = T.dvector("x")
    let k = T.lscalar("k")
    let w = shared(0.0)
    let chosen = T.ifElse(k .< x.shape[0], x[k].reshaped(1), T.concatenate([x, x]))
    let f = try function(
      inputs: [x, k], outputs: [chosen, chosen.shape[0], T.sum(chosen)], updates: [(w, w + 1)], mode: mode)
    for (k, values) in [(0, [4.0]), (1, [5]), (2, [4, 5, 4, 5]), (7, [4, 5, 4, 5])] {
      let results = try f([4.0, 5], NDArray(k))
      #expect(results[0].doubles == values)
      #expect(results[1].doubles == [Double(values.count)])
      #expect(results[2].doubles == [values.reduce(0, +)])
    }
    #expect(throws: TheanoError.self) { try f([4.0, 5], -3) }
    #expect(try w.value.doubles == [4])
  }

  @Test(arguments: Modes.both) func gradientsGoThroughTheChosenSide(mode: Mode) throws {
    let (x, c) = (T.dscalar("x"), T.dscalar("c"))
    let y = T.ifElse(c .> 0, x ** 3, T.ifElse(c .< 0, T.exp(x), x)) * x
    let f = try function(
      inputs: [x, c], outputs: [y, grad(y, wrt: x), grad(grad(y, wrt: x), wrt: x)], mode: mode)
    let e = 7.38905609893065
    for (c, values) in [(1.0, [16.0, 32, 48]), (-1, [2 * e, 3 * e, 4 * e]), (0, [4, 4, 2])] {
      for (result, value) in zip(try f(2.0, c), values) {
        #expect(Agreement.same(result.doubles[0], value, 1e-12))
      }
    }
  }

  /// Nothing of the side that is not taken is computed for the gradient, which may need what the value needs: not its checks, not a
  /// system without a solution.
  @Test(arguments: Modes.every) func gradientsComputeTheChosenSideAlone(mode: Mode) throws {
    let (x, s, m) = (T.dvector("x"), T.dscalar("s"), T.dmatrix("m"))
    let largest = T.ifElse(x.shape[0] .> 0, T.max(x), 0.0)
    let f = try function(
      inputs: [x], outputs: [largest, grad(largest, wrt: x), grad(largest ** 2, wrt: x)], mode: mode)
    #expect(try f(NDArray.zeros([0])).map(\.doubles) == [[0], [], []])
    #expect(try f([1, 3]).map(\.doubles) == [[3], [0, 1], [0, 6]])

    let h = T.exp(x)
    let inner = T.ifElse(s .> 1, T.sum(T.linalg.solve(m, h)), T.sum(T.sqrt(h)))
    let cost = T.ifElse(s .> 0, inner, T.sum(h) + x[7]) ** 2
    let slope = grad(cost, wrt: x)
    let g = try function(
      inputs: [s, m, x],
      outputs: [cost, slope, grad(cost, wrt: m), grad(T.sum(slope), wrt: x), Rop([cost], wrt: [x], [x])[0]],
      mode: mode)
    // The singular matrix and the missing element do no harm where they are not asked for.
    let zero = try g(NDArray(0.5), [[1, 1], [1, 1]], [0, 0])
    #expect(zero.map(\.doubles) == [[4], [2, 2], [0, 0, 0, 0], [2, 2], [0]])
    if mode.linker == .interpreter {
      let solved = try g(NDArray(2.0), [[1, 0], [0, 2]], [0, 0])
      #expect(solved.map(\.doubles) == [[2.25], [3, 1.5], [-3, -1.5, -1.5, -0.75], [6, 3], [0]])
    }
    #expect(throws: TheanoError.self) { try g(NDArray(2.0), [[1, 1], [1, 1]], [0, 0]) }
    #expect(throws: TheanoError.self) { try g(NDArray(-1.0), [[1, 0], [0, 1]], [0, 0]) }
  }

  /// With its gradient, a side is computed once, and only if it is taken.
  @Test(arguments: Modes.all) func gradientsShareWhatTheSideComputes(mode: Mode) throws {
    let counter = Counter()
    let (c, x) = (T.lscalar("c"), T.tensor("x", shape: [1]))
    let cost =
      T.ifElse(
        c, T.sum(T.exp(counter.counted("then", x * 2))), T.sum(T.exp(counter.counted("else", x * 3)))) ** 2
    let f = try function(inputs: [c, x], outputs: [cost, grad(cost, wrt: x)], mode: mode)
    #expect(try f(1, [0]).map(\.doubles) == [[1], [4]])
    #expect(counter.take() == ["then": 1])
    #expect(try f(0, [0]).map(\.doubles) == [[1], [6]])
    #expect(counter.take() == ["else": 1])
  }

  /// How many elements are not zero is found while the function runs, and everything built on it follows.
  @Test(arguments: Modes.all) func lengthsFoundWhileRunning(mode: Mode) throws {
    let x = T.dvector("x")
    let m = T.dmatrix("m")
    let places = T.nonzero(x)[0]
    let rows = T.nonzero(m)
    let picked = x[places]
    let count = places.shape[0]
    let outputs = [
      places, picked, T.sum(picked), count, T.arange(count), T.zeros([count]) + 7.0, picked * picked + 1,
      T.concatenate([picked, picked]), picked.reshaped(count, 1), T.outer(picked, picked), rows[0], rows[1],
      m[rows[0]], T.setSubtensor(x[places], to: 0), grad(T.sum(picked ** 2), wrt: x), x[x .> 1],
    ]
    let f = try function(inputs: [x, m], outputs: outputs, mode: mode)
    for values in [[0.0, 3, 0, -2, 5], [0, 0], [], [1, 2], [.nan, 0]] as [[Double]] {
      let matrix: [[Double]] = [[0, 1], [2, 3], [0, 0]]
      let results = try f(NDArray(values).astype(.float64).reshaped([values.count]), NDArray(matrix))
      let places = values.indices.filter { values[$0] != 0 }
      let picked = places.map { values[$0] }
      let wanted: [[Double]] = [
        places.map(Double.init), picked, [picked.reduce(0, +)], [Double(picked.count)],
        picked.indices.map(Double.init), picked.map { _ in 7 }, picked.map { $0 * $0 + 1 }, picked + picked,
        picked, picked.flatMap { a in picked.map { a * $0 } }, [0, 1, 1], [1, 0, 1], [0, 1, 2, 3, 2, 3],
        values.map { _ in 0 }, values.map { $0 * 2 }, values.filter { $0 > 1 },
      ]
      for (k, (result, want)) in zip(results, wanted).enumerated() {
        #expect(
          zip(result.doubles, want).allSatisfy { Agreement.same($0, $1, 1e-12) }
            && result.size == want.count, "output \(k) for \(values): \(result), not \(want)")
      }
    }
  }
}
