import Testing
import Theano
import TheanoTestSupport

/// A call that fails has changed nothing: whatever fails, wherever in the program it stands.
@Suite struct TransactionTests {
  private struct Refused: Error {}

  /// Expressions of a vector `x` of length 3 that fail if its first element is 1 and are fine if it is 0.
  static let traps: [(name: String, build: @Sendable (TensorVariable) -> TensorVariable)] = [
    ("index", { x in x[T.cast(x[0] * 7, .int64)] }),
    ("gathered index", { x in T.sum(x[T.cast(x * 7, .int64)[0..<1]]) }),
    ("set at a bad index", { x in T.sum(T.setSubtensor(x[T.cast(x[0] * -9, .int64)], to: 1)) }),
    ("increment at bad indices", { x in T.sum(T.incSubtensor(x[T.cast(x[0..<1] * 9, .int64)], by: 1)) }),
    (
      "singular matrix",
      { x in T.sum(T.linalg.solve(T.outer(x, x) * x[0] + (1 - x[0]) * T.constant(NDArray.eye(3)), x)) }
    ),
    (
      "closure that throws",
      { x in
        T.custom("thrower", [x], outputs: [TensorType(.float64, shape: [])]) { values in
          if values[0].doubles[0] == 1 { throw Refused() }
          return [NDArray(2.0)]
        }[0]
      }
    ),
    (
      "closure of the wrong shape",
      { x in
        T.sum(
          T.custom("liar", [x], outputs: [TensorType(.float64, shape: [2])]) { values in
            [values[0].doubles[0] == 1 ? NDArray([1.0, 2, 3]) : NDArray([1.0, 2])]
          }[0])
      }
    ),
    (
      "lengths found while running",
      { x in T.sum(x[T.nonzero(x)[0]] + x[T.nonzero(x .> 0)[0]][.slice(from: T.cast(x[0], .int64))]) }
    ),
    ("negative length", { x in T.sum(T.concatenate([x, T.zeros([1 - 2 * T.cast(x[0], .int64)])])) }),
    ("reshape", { x in T.sum(T.concatenate([x.reshaped(T.cast(3 - x[0], .int64)), x])) }),
    (
      "inside a branch",
      { x in T.ifElse(x[0] .> 0, T.sum(x[.slice(from: T.cast(x[0] * 7, .int64))][0]), x[1] * 2) }
    ),
  ]

  @Test(arguments: Modes.both, traps.map(\.name)) func failedCallsChangeNothing(mode: Mode, name: String)
    throws
  {
    let trap = try #require(Self.traps.first { $0.name == name })
    let x = T.dvector("x")
    let bad = trap.build(x)
    // Updates that come before and after, that depend on what fails and that do not, in place and of new shape.
    let (a, b, c, d) = (shared([[1.0, 2, 3]]), shared(1.0), shared([1.0]), shared([0.0, 0, 0]))
    let f = try function(
      inputs: [x], outputs: [T.sum(a), bad],
      updates: [(a, a * 2 + x), (b, b + bad), (c, T.concatenate([c, x])), (d, d + T.sum(a) + b)], mode: mode)
    func values() throws -> [[Double]] { try [a, b, c, d].map { try $0.value.doubles } }
    let failing = NDArray([1.0, 1, 1])
    if name == "singular matrix", case .native = f.core.backend, try !Machine.hasSolver {
      let error = #expect(throws: TheanoError.self) { try f(failing) }
      // The libraries may be hidden or missing; the rest is the same.
      let lines = error?.description.split(separator: "\n").map(String.init) ?? []
      #expect(error?.kind == .library && lines.count == 4)
      #expect(lines.first?.hasPrefix("TheanoError: [solve] it needs a LAPACK library, and ") == true)
      #expect(
        lines.dropFirst().first == "    solve((((dimshuffle(x, 0 x) * dimshuffle(x, x 0)) * x[0])"
          + " + ((1.0 - x[0]) * <constant float64 (3, 3)>)), x)")
      #expect(lines.dropFirst(2).first == "  at CompiledTests/TransactionTests.swift:17")
      #expect(try values() == [[1, 2, 3], [1], [1], [0, 0, 0]])
      return
    }
    for round in 0..<3 {
      let before = try values()
      let snapshots = try [a, b, c, d].map { try $0.value }
      #expect(throws: TheanoError.self) { try f(failing) }
      #expect(throws: TheanoError.self) { try f(failing) }
      #expect(try values() == before, "a failed call changed something")
      // And the next call is as if nothing had happened.
      let results = try f(NDArray([0.0, 0.5, 0.5]))
      #expect(results[0].doubles == [before[0].reduce(0, +)])
      let after = try values()
      #expect(after[0] == [before[0][0] * 2, before[0][1] * 2 + 0.5, before[0][2] * 2 + 0.5])
      #expect(after[1][0] == before[1][0] + results[1].doubles[0])
      #expect(after[2] == before[2] + [0, 0.5, 0.5])
      #expect(after[3] == before[3].map { $0 + before[0].reduce(0, +) + before[1][0] })
      #expect(snapshots.map(\.doubles) == before, "round \(round): a snapshot changed")
    }
  }

  /// Lengths that only the call reveals are compared before anything is computed.
  @Test(arguments: Modes.both) func shapesThatDoNotMeet(mode: Mode) throws {
    let (x, y) = (T.dvector("x"), T.dvector("y"))
    let w = shared([1.0, 2])
    let f = try function(inputs: [x, y], outputs: T.sum(x * y), updates: [(w, w + x)], mode: mode)
    for (x, y) in [([1.0], [1.0, 2]), ([1, 2, 3], [1, 2, 3]), ([], []), ([1, 2], [1])] {
      let arguments = [x, y].map { NDArray($0).astype(.float64).reshaped([$0.count]) }
      let error = #expect(throws: TheanoError.self) { try f.call(arguments) }
      #expect(error?.kind == .shape)
      #expect(try w.value.doubles == [1, 2])
    }
    #expect(try f([1.0, 2], [3.0, 4]).doubles == [11])
    #expect(try w.value.doubles == [2, 4])
  }
}
