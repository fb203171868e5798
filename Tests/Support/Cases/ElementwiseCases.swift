import Theano
import TheanoArrays
import TheanoGraph
import TheanoOperations

extension OperationCase {
  /// Every entry of the elementwise tables, so a new entry is tested as it is written.
  package static let elementwise: [OperationCase] = ElementwiseTable.all.map { definition in
    OperationCase(
      definition.name,
      definition.domain.enumerated().map { k, domain in
        Operand(domain, dtype: definition.typing.isSelection && k == 0 ? .bool : nil)
      },
      definition.typing.dtypes.filter { $0 != .bool || definition.takesBooleans },
      shapes(definition.arity), ulps: 2 + 2 * definition.ulps,
      // Differences do not show the slope of rounding to float32.
      differentiable: definition.derivatives.contains { $0 != nil } && definition.name != "cast<float32>"
    ) { definition.apply($0, .none) }
  }

  /// Equal shapes, and each operand stretched: empty, single, around the width of vectors, and beyond.
  private static func shapes(_ arity: Int) -> [[[Int]]] {
    [[3, 5], [1, 1], [0, 4], [1, 7], [9, 8], [2, 33], [64, 17]].map { shape in
      (0..<arity).map { _ in shape }
    }
  }

  /// Broadcasting, expressions that fuse, and what users write most.
  package static let fused: [OperationCase] = [
    .init(
      "row + column", [.init(), .init(known: [nil, 1])], numbers, [[[3, 4], [3, 1]], [[0, 4], [0, 1]]]
    ) {
      $0[0] + $0[1]
    },
    .init(
      "matrix * vector", [.init(), .init()], numbers, [[[3, 4], [4]], [[33, 7], [7]], [[2, 0], [0]]]
    ) {
      $0[0] * $0[1]
    },
    .init("matrix - scalar", [.init(), .init()], numbers, [[[3, 4], []], [[0, 2], []]]) { $0[0] - $0[1] },
    .init("gaussian", [.init()], floats, [[[5, 7]], [[0, 3]]], ulps: 32) { T.exp(-$0[0] * $0[0]) * 0.5 },
    .init("softmax", [.init(-3...3)], floats, [[[4, 9]], [[1, 1]], [[33, 100]]], ulps: 64) {
      T.nnet.softmax($0[0])
    },
    .init("logSoftmax", [.init(-3...3)], floats, [[[4, 9]], [[1, 1]], [[33, 100]]], ulps: 64) {
      T.nnet.logSoftmax($0[0])
    },
    .init("relu", [.init()], floats, [[[4, 9]]], ulps: 8) { T.nnet.relu($0[0]) },
    .init("sigmoid of dot", [.init(), .init()], floats, [[[3, 4], [4]], [[16, 16], [16]]], ulps: 256) {
      T.nnet.sigmoid(T.dot($0[0], $0[1]))
    },
    .init("normalised rows", [.init()], floats, [[[3, 5]], [[7, 129]]], ulps: 256) { x in
      let centred = x[0] - T.mean(x[0], axis: 1, keepDims: true)
      return centred / T.sqrt(T.mean(centred * centred, axis: 1, keepDims: true) + 0.1)
    },
    .init("log sum exp", [.init(-3...3)], floats, [[[3, 5]], [[2, 300]]], ulps: 128) { x in
      T.log(T.sum(T.exp(x[0]), axis: 1))
    },
    .init("polynomial", [.init()], numbers, [[[6]], [[0]], [[1001]]], ulps: 64) { x in
      x[0] * x[0] * x[0] - x[0] * 2 + 1
    },
    .init("shared factor", [.init(), .init()], floats, [[[4], [4]]], ulps: 64) { v in
      let p = T.tanh(v[0] * v[1])
      return p * p + p - T.sum(p)
    },
  ]
}

extension ElementwiseDefinition.Typing {
  fileprivate var isSelection: Bool { if case .selection = self { true } else { false } }

  /// The dtypes to try functions of this typing in.
  fileprivate var dtypes: [DType] {
    switch self {
    case .numeric, .integral, .comparison, .selection, .conversion: OperationCase.computing
    case .floating, .floatTest: OperationCase.floats
    case .logical: [.bool] + OperationCase.integers
    }
  }
}
