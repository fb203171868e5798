import Testing
import Theano
import TheanoTestSupport

/// Functions, shared variables and expressions used by many tasks at once. Run under Thread Sanitizer too; see
/// `Tests/README.md`.
@Suite struct ConcurrencyTests {
  /// Runs a closure in many tasks; what one throws fails the test.
  private func together(_ tasks: Int, _ body: @escaping @Sendable (Int) throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for k in 0..<tasks { group.addTask { try body(k) } }
      try await group.waitForAll()
    }
  }

  /// Everything that needs memory of its own for a call: workspace, scratch of a length found while running, results, a
  /// callback, a product.
  @Test(arguments: Modes.both) func oneFunctionFromManyTasks(mode: Mode) async throws {
    let (x, m) = (T.dvector("x"), T.dmatrix("m"))
    let picked = x[T.nonzero(x .> 0)[0]]
    let back = T.custom("halved", [x], outputs: [x.type]) { [NDArray($0[0].doubles.map { $0 / 2 })] }[0]
    let f = try function(
      inputs: [x, m],
      outputs: [
        T.dot(m, x), T.sum(picked), picked * 2, back + 1, T.sum(T.exp(x * 0) * x),
        T.ifElse(x[0] .> 3, x, m[0]), T.max(m, axis: 0),
      ], mode: mode)
    try await together(64) { k in
      for round in 0..<4 {
        let values = (0..<7).map { Double((k + $0 * 3 + round) % 11) - 4 }
        let results = try f(NDArray(values), NDArray([values, values.map { $0 + 1 }]))
        let square = values.reduce(0) { $0 + $1 * $1 }
        let sum = values.reduce(0, +)
        let positive = values.filter { $0 > 0 }
        let wanted = [
          [square, square + sum], [positive.reduce(0, +)], positive.map { $0 * 2 }, values.map { $0 / 2 + 1 },
          [sum],
          values, values.map { $0 + 1 },
        ]
        for (result, want) in zip(results, wanted) {
          #expect(
            zip(result.doubles, want).allSatisfy { Agreement.same($0, $1, 1e-12) }
              && result.size == want.count)
        }
      }
    }
  }

  /// Functions that take the same variables in other orders neither wait for each other for ever nor see half of what
  /// another does: what one account loses the others have.
  @Test(arguments: Modes.both) func crossingUpdates(mode: Mode) async throws {
    let accounts = (0..<4).map { k in shared([100.0, 200, 300].map { $0 * Double(k + 1) }) }
    let x = T.dscalar("x")
    let total = accounts.dropFirst().reduce(accounts[0]) { $0 + $1 }
    let transfers = try [(0, 1), (1, 0), (2, 1), (3, 2), (0, 3), (1, 3)].map { from, to in
      try function(
        inputs: [x], outputs: total,
        updates: [(accounts[to], accounts[to] + x), (accounts[from], accounts[from] - x)], mode: mode)
    }
    let audit = try function(outputs: total, mode: mode)
    try await together(24) { k in
      for round in 0..<20 {
        let sum =
          (k + round) % 5 == 0 ? try audit() : try transfers[(k + round) % transfers.count](Double(k % 7))
        #expect(sum.doubles == [1000, 2000, 3000])
      }
    }
    #expect(try audit().doubles == [1000, 2000, 3000])
  }

  @Test(arguments: Modes.both) func updatesAreAtomic(mode: Mode) async throws {
    let (count, other) = (shared(0), shared(NDArray.zeros(64)))
    let increment = try function(
      outputs: count, updates: [(count, count + 1), (other, other + 1)], mode: mode)
    try await together(64) { k in
      for _ in 0..<10 {
        try increment()
        // A snapshot is of one moment, and stays.
        let value = try other.value
        let first = value.doubles
        #expect(first.allSatisfy { $0 == first[0] })
        if k % 8 == 0 { try increment() }
        #expect(value.doubles == first)
      }
    }
    #expect(try count.value.doubles == [64 * 10 + 80])
    #expect(try other.value.doubles == [Double](repeating: 720, count: 64))
  }

  /// Values set from outside, of changing shape, while functions read and update them.
  @Test(arguments: Modes.both) func valuesAreSetMeanwhile(mode: Mode) async throws {
    let w = shared([1.0, 1])
    let look = try function(outputs: [w, T.sum(w)], mode: mode)
    let double = try function(updates: [(w, T.concatenate([w[0..<1], w[0..<1]]) * 2)], mode: mode)
    let fail = try function(outputs: w[99], updates: [(w, w * Double.nan)], mode: mode)
    try await together(16) { k in
      for round in 0..<15 {
        switch k % 4 {
        case 0: try w.setValue([Double](repeating: Double(k), count: 1 + round % 5))
        case 1: try double()
        case 2: #expect(throws: TheanoError.self) { try fail() }
        default: break
        }
        let results = try look()
        let values = results[0].doubles
        #expect(values.allSatisfy { $0 == values[0] } && results[1].doubles == [values.reduce(0, +)])
        let snapshot = try w.value.doubles
        #expect(snapshot.allSatisfy { $0 == snapshot[0] })
      }
    }
  }

  /// Expressions are built on common ones, compiled, differentiated and dropped at the same time.
  @Test func buildingAndCompiling() async throws {
    let x = T.dvector("x")
    let common = T.tanh(x * 2 + 1)
    try await together(16) { k in
      var y = common
      for _ in 0..<200 { y = y + common * Double(k % 3) }
      let f = try function(
        inputs: [x], outputs: [T.sum(y), grad(T.sum(y), wrt: x)], mode: k % 4 == 0 ? .fastRun : .interpreted)
      let t = 0.9640275800758169
      let results = try f([0.5, 0.5])
      let factor = Double(1 + 200 * (k % 3))
      #expect(Agreement.same(results[0].doubles[0], 2 * t * factor, 1e-12))
      #expect(Agreement.same(results[1].doubles[1], 2 * (1 - t * t) * factor, 1e-9))
    }
  }

  /// The last references to a deep expression go away on several threads.
  @Test func droppingTogether() async throws {
    for _ in 0..<4 {
      var y = T.dscalar("x")
      for _ in 0..<5000 { y = y + 1 }
      let chain = y
      try await together(8) { k in
        let mine = chain * Double(k)
        #expect(mine.ndim == 0)
      }
    }
  }
}
