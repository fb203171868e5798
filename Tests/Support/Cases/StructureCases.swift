import Theano
import TheanoArrays
import TheanoGraph

// Integers under test stay small here, so that sums do not depend on how overflow is spread.
extension OperationCase {
  package static let reductions: [OperationCase] = {
    let cubes = [[[2, 3, 4]], [[1, 1, 1]], [[7, 9, 8]], [[3, 2, 130]], [[130, 2, 3]], [[2, 130, 3]]]
    let withEmpty = cubes + [[[0, 3, 4]], [[2, 0, 3]], [[3, 2, 0]]]
    var cases: [OperationCase] = []
    for axes in [nil, [0], [1], [-1], [0, 1], [1, 2], [0, 2]] as [[Int]?] {
      let where_ = axes.map { "\($0)" } ?? "all"
      cases += [
        .init("sum \(where_)", [.init()], computing, withEmpty, ulps: 2000) { T.sum($0[0], axis: axes) },
        .init("prod \(where_)", [.init(0.9...1.1)], computing, withEmpty, ulps: 20000) {
          T.prod($0[0], axis: axes)
        },
        .init("max \(where_)", [.init()], computing, cubes) { T.max($0[0], axis: axes) },
        .init("min \(where_)", [.init()], computing, cubes) { T.min($0[0], axis: axes, keepDims: true) },
        .init("mean \(where_)", [.init()], computing, cubes, ulps: 2000) { T.mean($0[0], axis: axes) },
        .init("any \(where_)", [.init()], [.bool, .int64], withEmpty, differentiable: false) {
          T.any($0[0], axis: axes)
        },
        .init("all \(where_)", [.init()], [.bool, .int64], withEmpty, differentiable: false) {
          T.all($0[0], axis: axes, keepDims: true)
        },
      ]
    }
    for axis in [nil, 0, 1, 2, -1] as [Int?] {
      let where_ = axis.map { "\($0)" } ?? "all"
      cases += [
        .init("argmax \(where_)", [.init()], computing, cubes, differentiable: false) {
          T.argmax($0[0], axis: axis)
        },
        .init("argmin \(where_)", [.init()], computing, cubes, differentiable: false) {
          T.argmin($0[0], axis: axis, keepDims: true)
        },
      ]
    }
    cases.append(
      .init("sum of nothing else", [.init()], numbers, [[[0]], [[1]], [[8]], [[100_003]]], ulps: 20000) {
        T.sum($0[0])
      })
    return cases
  }()

  package static let cumulative: [OperationCase] = {
    let cubes = [
      [[2, 3, 4]], [[1, 1, 1]], [[7, 9, 8]], [[3, 2, 70]], [[70, 2, 3]], [[0, 3, 4]], [[2, 0, 3]],
    ]
    return [nil, 0, 1, -1].flatMap { axis -> [OperationCase] in
      let where_ = axis.map { "\($0)" } ?? "all"
      return [
        .init("cumsum \(where_)", [.init()], computing, cubes, ulps: 2000) { T.cumsum($0[0], axis: axis) },
        .init("cumprod \(where_)", [.init(0.9...1.1)], computing, cubes, ulps: 20000) {
          T.cumprod($0[0], axis: axis)
        },
        .init("flip \(where_)", [.init()], computing, cubes) { T.flip($0[0], axis: axis) },
      ]
    }
  }()

  package static let products: [OperationCase] = {
    let forms: [(String, [[[Int]]])] = [
      ("scalar scalar", [[[], []]]), ("scalar vector", [[[], [5]]]), ("matrix scalar", [[[3, 2], []]]),
      ("vector vector", [[[5], [5]], [[0], [0]], [[301], [301]]]),
      ("matrix vector", [[[3, 4], [4]], [[0, 4], [4]], [[3, 0], [0]], [[65, 70], [70]]]),
      ("vector matrix", [[[3], [3, 4]], [[0], [0, 4]], [[70], [70, 65]]]),
      (
        "matrix matrix",
        [
          [[3, 4], [4, 5]], [[1, 1], [1, 1]], [[3, 0], [0, 2]], [[0, 3], [3, 0]], [[33, 40], [40, 29]],
        ]
      ),
    ]
    var cases = forms.map { form in
      OperationCase(
        "dot \(form.0)", [.init(), .init()], [.float64, .float32, .int64, .bool], form.1, ulps: 2000
      ) {
        T.dot($0[0], $0[1])
      }
    }
    cases += [
      .init(
        "dot of transposes", [.init(), .init()], floats, [[[4, 3], [5, 4]], [[40, 33], [29, 40]]], ulps: 2000
      ) {
        T.dot($0[0].T, $0[1].T)
      },
      .init(
        "gemm", [.init(), .init(), .init(), .init()], floats,
        [[[3, 4], [4, 5], [3, 5], []], [[20, 30], [30, 25], [20, 25], []]], ulps: 4000
      ) { 0.5 * $0[3] * T.dot($0[0], $0[1]) - 2 * $0[2] },
      .init(
        "gemv", [.init(), .init(), .init()], floats, [[[3, 4], [4], [3]], [[70, 80], [80], [70]]], ulps: 4000
      ) {
        $0[2] - 0.1 * T.dot($0[0], $0[1])
      },
      .init(
        "ger", [.init(), .init(), .init()], floats, [[[3], [4], [3, 4]], [[70], [80], [70, 80]]], ulps: 4000
      ) {
        $0[2] + 0.3 * T.outer($0[0], $0[1])
      },
      .init(
        "chain of products", [.init(), .init(), .init()], floats,
        [[[2, 30], [30, 20], [20]], [[30, 2], [2, 30], [30]]], ulps: 8000
      ) { T.dot(T.dot($0[0], $0[1]), $0[2]) },
    ]
    return cases
  }()

  /// What needs a LAPACK library when compiled.
  package static let solutions: [OperationCase] = [
    .init("solve vector", [.init(3...4), .init()], floats, [[[1, 1], [1]]], ulps: 4000) {
      T.linalg.solve($0[0], $0[1])
    },
    .init(
      "solve matrix", [.init(0.1...0.9), .init()], floats, [[[4, 4], [4, 3]], [[9, 9], [9, 2]]], ulps: 40000
    ) { v in
      T.linalg.solve(v[0] + 10 * T.cast(identity(like: v[0]), v[0].dtype), v[1])
    },
  ]

  /// The identity of a matrix's size, from comparisons of positions.
  private static func identity(like x: TensorVariable) -> TensorVariable {
    let n = T.arange(x.shape[0])
    return T.eq(T.dimshuffle(n, [0, nil]), T.dimshuffle(n, [nil, 0]))
  }

  package static let shapesOf: [OperationCase] = [
    .init("reshape", [.init()], computing, [[[2, 6]], [[4, 3]]]) { T.reshape($0[0], [3, -1]) },
    .init("reshape to vector", [.init()], computing, [[[2, 6]], [[0, 3]], [[1, 1]]]) {
      T.reshape($0[0], [-1])
    },
    .init("reshape by lengths", [.init()], computing, [[[2, 6]], [[5, 3]]]) { x in
      T.reshape(x[0], [x[0].shape[1], x[0].shape[0]])
    },
    .init("transpose", [.init()], computing, [[[2, 6]], [[0, 3]], [[33, 17]]]) { $0[0].T },
    .init("dimshuffle", [.init()], computing, [[[2, 3, 4]], [[1, 0, 2]]]) {
      T.dimshuffle($0[0], [2, nil, 0, 1])
    },
    .init("drop axis", [.init(known: [nil, 1])], computing, [[[4, 1]], [[0, 1]]]) {
      T.dimshuffle($0[0], [0])
    },
    .init("add broadcast", [.init(), .init()], numbers, [[[4, 1], [4, 3]]]) {
      T.addBroadcast($0[0], axis: 1) + $0[1]
    },
    .init("broadcast like", [.init(), .init()], computing, [[[3], [2, 3]], [[0], [2, 0]]]) {
      T.broadcast($0[0], like: $0[1])
    },
    .init("concatenate 0", [.init(), .init()], computing, [[[2, 3], [4, 3]], [[0, 3], [1, 3]]]) {
      T.concatenate([$0[0], $0[1]])
    },
    .init("concatenate last", [.init(), .init()], computing, [[[2, 3], [2, 1]], [[2, 0], [2, 9]]]) {
      T.concatenate([$0[0], $0[1], $0[0]], axis: -1)
    },
    .init("stack", [.init(), .init()], computing, [[[2, 3], [2, 3]]]) { T.stack([$0[0], $0[1]], axis: 1) },
    .init("shape", [.init()], computing, [[[2, 3]], [[0, 5]]], differentiable: false) { x in
      T.stack([x[0].shape[0], x[0].shape[1] * 2])
    },
    .init("alloc", [.init(), .init()], computing, [[[], [2, 3]], [[], [0, 1]]]) { x in
      T.alloc(x[0], [x[1].shape[1], 3])
    },
    .init("ones like", [.init()], computing, [[[2, 3]]], differentiable: false) { T.onesLike($0[0]) },
    .init("arange", [.init()], numbers, [[[5]], [[0]], [[1]]], differentiable: false) { x in
      T.arange(x[0].shape[0])
    },
    // The length is the same all over the domain.
    .init("arange of floats", [.init(0.4...0.6), .init(0.95...1.05)], floats, [[[], []]], ulps: 8) { v in
      T.arange(v[0], 4, v[1]) * v[0]
    },
    .init("arange backwards", [.init()], [.float64, .int64], [[[5]], [[0]]], differentiable: false) { x in
      T.arange(x[0].shape[0] * 2, -1, -3)
    },
    .init(
      "if else", [.init(dtype: .bool), .init(), .init()], computing,
      [[[], [2, 3], [4, 1]], [[], [0, 1], [1, 2]]]
    ) {
      T.ifElse($0[0], $0[1], $0[2] * $0[2])
    },
    .init("nested if else", [.init(dtype: .bool), .init(dtype: .bool), .init()], floats, [[[], [], [3]]]) {
      v in
      let x = v[2]
      return T.ifElse(v[0], T.ifElse(v[1], T.exp(x), x * 3), T.sum(x) * x) + x
    },
    .init(
      "nonzero", [.init()], [.bool, .int64, .float64], [[[4, 5]], [[0, 2]], [[1, 1]], [[40, 50]]],
      differentiable: false,
      all: { T.nonzero($0[0]) }),
    .init("picked by nonzero", [.init()], [.int64, .float64], [[[6]], [[0]], [[1000]]]) { x in
      T.take(x[0], T.nonzero(x[0] .> 0)[0]) * 2
    },
    .init("print", [.init()], computing, [[[3, 2]], [[0, 2]]]) {
      T.print($0[0], listener: { _, _ in }) + $0[0]
    },
    // Its gradient's lengths are checked at the call.
    .init("gradient of custom", [.init()], floats, [[[3]], [[0]]]) { x in
      let y = T.custom("halved", [x[0]], outputs: [x[0].type], gradient: { _, _, g in [g[0] / 2] }) {
        values in
        [NDArray(values[0].doubles.map { $0 / 2 }).astype(values[0].dtype).reshaped(values[0].shape)]
      }
      return grad(T.sum(y[0]), wrt: x[0]) * x[0]
    },
    .init("custom", [.init()], floats, [[[3, 2]], [[0, 2]]]) { x in
      T.custom("doubled", [x[0]], outputs: [x[0].type], gradient: { _, _, g in [g[0] * 2] }) { values in
        [NDArray(values[0].doubles.map { $0 * 2 }).reshaped(values[0].shape).astype(values[0].dtype)]
      }[0] + 1
    },
  ]
}
