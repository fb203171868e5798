import Theano
import TheanoArrays
import TheanoGraph

extension OperationCase {
  /// Reading by every form of index, and writing and adding through each.
  package static let indexing: [OperationCase] = {
    let (low, high) = (1, -1)
    typealias Part = @Sendable (TensorVariable) -> TensorVariable
    let forms: [(String, Part)] = [
      ("position", { $0[1] }), ("last", { $0[-1] }), ("positions", { $0[2, -2] }),
      ("column", { $0[.all, 1] }),
      ("range", { $0[1..<3] }), ("ranges", { $0[0..<2, 1...2] }), ("from", { $0[2...] }),
      ("to", { $0[..<(-1)] }),
      ("every second", { $0[.slice(step: 2)] }),
      ("backwards", { $0[.slice(step: -1), .slice(from: 3, to: 0, step: -2)] }),
      ("beyond", { $0[2..<100] }), ("empty", { $0[.slice(from: 3, to: 1)] }),
      ("new axis", { $0[.newAxis, 1] }),
      ("ellipsis", { $0[.ellipsis, 2] }),
      ("inner", { $0[1 ..< -1, 0 ... -2] }), ("of variables", { $0[low..<high, low...high] }),
      ("symbolic range", { x in x[x.shape[0] - 3..<x.shape[0] - 1, (x.shape[1] - 2)...] }),
      ("symbolic bound", { x in x[.slice(from: x.shape[0] - 2), .slice(to: x.shape[1] - 1)] }),
    ]
    var cases: [OperationCase] = []
    for (name, part) in forms {
      cases.append(.init("get \(name)", [.init()], computing, [[[4, 5]], [[7, 4]]]) { part($0[0]) })
      // What is written is a part as it lies in the array: without new axes.
      if name == "new axis" { continue }
      cases += [
        .init("set \(name)", [.init(), .init()], computing, [[[4, 5], []], [[7, 4], []]]) {
          T.setSubtensor(part($0[0]), to: $0[1])
        },
        .init("inc \(name)", [.init()], numbers, [[[4, 5]], [[7, 4]]]) {
          T.incSubtensor(part($0[0]), by: part($0[0]) * 3)
        },
      ]
    }
    cases += masks
    cases += [
      .init("take rows", [.init(), .init(dtype: .bool)], computing, [[[4, 3], [6]], [[5, 1], [0]]]) {
        T.take($0[0], positions($0[1]))
      },
      .init("take columns", [.init(), .init(dtype: .bool)], computing, [[[3, 4], [2, 3]]]) {
        T.take($0[0], positions($0[1]), axis: 1)
      },
      .init("gather", [.init(), .init(dtype: .bool)], computing, [[[4, 3], [6]]]) { $0[0][positions($0[1])] },
      .init("set gathered", [.init(), .init(dtype: .bool), .init()], computing, [[[4, 3], [1], [3]]]) {
        T.setSubtensor($0[0][positions($0[1])], to: $0[2])
      },
      .init(
        "set gathered twice", [.init(), .init(dtype: .bool), .init()], computing,
        [[[4, 3], [5], [5, 3]], [[4, 3], [0], [0, 3]]]
      ) {
        T.setSubtensor($0[0][positions($0[1])], to: $0[2])
      },
      .init(
        "set columns gathered", [.init(), .init(dtype: .bool), .init()], computing,
        [[[4, 3], [2, 3], [2, 3]]]
      ) {
        T.setSubtensor($0[0][1..<3, positions($0[1])], to: $0[2])
      },
      .init(
        "inc gathered", [.init(), .init(dtype: .bool), .init()], numbers,
        [[[4, 3], [6], [6, 3]], [[4, 3], [0], [0, 3]]], ulps: 100
      ) {
        T.incSubtensor($0[0][positions($0[1])], by: $0[2])
      },
    ]
    return cases
  }()

  /// Booleans that mark places, along one axis or several.
  private static let masks: [OperationCase] = {
    let flags = Operand(dtype: .bool)
    return [
      .init("get masked", [.init(), flags], computing, [[[4, 3], [4]], [[5, 1], [5]], [[0, 2], [0]]]) {
        $0[0][$0[1]]
      },
      .init("get masked columns", [.init(), flags], computing, [[[3, 4], [4]]]) { $0[0][1..., $0[1]] },
      .init("get masked matrix", [.init(), flags], computing, [[[4, 3], [4, 3]], [[0, 2], [0, 2]]]) {
        $0[0][$0[1]]
      },
      .init(
        "get masked planes", [.init(), flags], computing, [[[4, 3, 2], [3, 2]], [[2, 1, 5], [1, 5]]]
      ) {
        $0[0][.all, $0[1]]
      },
      .init("set masked matrix", [.init(), flags, .init()], computing, [[[4, 3, 2], [4, 3], [2]]]) {
        T.setSubtensor($0[0][$0[1]], to: $0[2])
      },
      .init("inc masked", [.init(), flags], numbers, [[[4, 3], [4]]], ulps: 4) {
        T.incSubtensor($0[0][$0[1]], by: $0[0][$0[1]] * 2)
      },
    ]
  }()

  /// Booleans as positions that every array of three rows or more has, some from the end.
  @Sendable private static func positions(_ flags: TensorVariable) -> TensorVariable {
    T.cast(flags, .int64) * 3 - 1
  }

  /// Every case there is.
  /// The cases by what they are about.
  private static let groups: [(name: String, cases: [OperationCase])] = [
    ("elementwise", elementwise), ("fused", fused), ("reductions", reductions), ("cumulative", cumulative),
    ("products", products), ("shapes", shapesOf), ("indexing", indexing), ("solutions", solutions),
  ]

  package static let all = groups.flatMap(\.cases)

  /// The cases in batches that one compiled function holds.
  package static let families: [(name: String, cases: [OperationCase])] = {
    let hasSolver = (try? Machine.hasSolver) == true
    let whole = groups.filter { $0.name != "solutions" || hasSolver }
    return whole.flatMap { name, cases in
      stride(from: 0, to: cases.count, by: 24).map { first in
        ("\(name) from \(first)", Array(cases[first..<Swift.min(first + 24, cases.count)]))
      }
    }
  }()
}
