import TheanoArrays
import TheanoGraph

/// An expression over placeholders, in the form in which it is matched.
package indirect enum Pattern: Sendable {
  case placeholder(Int)
  /// Any value that is this number throughout.
  case literal(NDArray)
  case apply(any Operation, [Pattern])

  /// How many operations lie above each other, at most.
  package var depth: Int {
    switch self {
    case .placeholder, .literal: 0
    case .apply(_, let operands): 1 + (operands.map(\.depth).max() ?? 0)
    }
  }

  /// The pattern that an expression over placeholders is.
  package init(_ expression: TensorVariable) {
    precondition(!expression.node.isPoisoned, "a rule is written with an impossible expression")
    switch expression.node.kind {
    case .placeholder(let k): self = .placeholder(k)
    case .constant(let value): self = .literal(value)
    case .result, .input, .shared:
      guard let owner = expression.node.owner, owner.op.outputCount == 1 else {
        preconditionFailure(
          "a rule's expressions are made of placeholders, numbers and operations with one result")
      }
      self = .apply(owner.op, owner.inputs.map(Pattern.init))
    }
  }
}

extension Pattern {
  /// What can be said of a value that a pattern fits without looking below it: most rules do not apply in most places, and
  /// this finds it out without making anything.
  enum Head {
    case any
    case number
    case operation(OperationKind)

    init(_ pattern: Pattern) {
      switch pattern {
      case .placeholder: self = .any
      case .literal: self = .number
      case .apply(let op, _): self = .operation(OperationKind(op))
      }
    }

    private func mayFit(_ value: Graph.ValueID, in graph: borrowing Graph) -> Bool {
      switch self {
      case .any: return true
      case .number:
        switch graph.values[value].origin {
        case .constant: return true
        case .leaf: return false
        case .node(let node): return graph.nodes[node].op.movedOperand != nil
        }
      case .operation(let kind):
        guard let node = graph.producer(value) else { return false }
        return OperationKind(graph.nodes[node].op) == kind
      }
    }

    /// Whether operands may be what the heads ask for; those of a commutative operation in either order.
    static func mayFit(
      _ heads: [Head], _ isCommutative: Bool, _ node: Graph.NodeID, in graph: borrowing Graph
    ) -> Bool {
      let inputs = graph.nodes[node].inputs
      guard inputs.count == heads.count else { return false }
      var fits = true
      for k in heads.indices where !heads[k].mayFit(inputs[k], in: graph) {
        fits = false
        break
      }
      if fits || !isCommutative || heads.count != 2 { return fits }
      return heads[0].mayFit(inputs[1], in: graph) && heads[1].mayFit(inputs[0], in: graph)
    }
  }
}

/// What the placeholders of a rule stand for in one place of a graph.
package struct Bindings: Sendable, Hashable {
  private var first: Graph.ValueID = -1
  private var second: Graph.ValueID = -1
  private var third: Graph.ValueID = -1

  package init() {}

  /// The value that a placeholder stands for; -1 if none yet.
  package subscript(placeholder: Int) -> Graph.ValueID {
    get { placeholder == 0 ? first : placeholder == 1 ? second : third }
    set {
      switch placeholder {
      case 0: first = newValue
      case 1: second = newValue
      default: third = newValue
      }
    }
  }
}

extension Pattern {
  /// Every way in which the pattern fits a value, given what the placeholders stand for already.
  func matches(_ value: Graph.ValueID, in graph: borrowing Graph, _ bindings: Bindings) -> [Bindings] {
    switch self {
    case .placeholder(let k):
      if bindings[k] == value { return [bindings] }
      guard bindings[k] < 0 else { return [] }
      var extended = bindings
      extended[k] = value
      return [extended]
    case .literal(let number):
      guard let uniform = graph.uniform(value), uniform.isEqualNumber(number) else { return [] }
      return [bindings]
    case .apply(let op, let operands):
      guard let node = graph.producer(value) else { return [] }
      return Pattern.matches(op, operands, node, in: graph, bindings)
    }
  }

  static func matches(
    _ op: any Operation, _ operands: [Pattern], _ node: Graph.NodeID, in graph: borrowing Graph,
    _ bindings: Bindings
  ) -> [Bindings] {
    guard graph.nodes[node].inputs.count == operands.count, graph.nodes[node].op.equals(op) else { return [] }
    let inputs = graph.nodes[node].inputs
    var found = matches(operands, inputs, in: graph, bindings)
    if op.isCommutative, inputs.count == 2, inputs[0] != inputs[1] {
      for other in matches(operands, [inputs[1], inputs[0]], in: graph, bindings) where !found.contains(other)
      {
        found.append(other)
      }
    }
    return found
  }

  private static func matches(
    _ operands: [Pattern], _ inputs: [Graph.ValueID], in graph: borrowing Graph, _ bindings: Bindings
  ) -> [Bindings] {
    var ways = [bindings]
    for (pattern, input) in zip(operands, inputs) {
      var next: [Bindings] = []
      for way in ways { next += pattern.matches(input, in: graph, way) }
      if next.isEmpty { return [] }
      ways = next
    }
    return ways
  }
}

extension Graph {
  /// The number that a value is throughout, as a 0-d array, if that can be said: constants, whatever moves them about.
  package func uniform(_ id: ValueID) -> NDArray? {
    var id = id
    while true {
      switch values[id].origin {
      case .constant(let array): return array.uniformElement
      case .leaf: return nil
      case .node(let node):
        guard let moved = nodes[node].op.movedOperand else { return nil }
        id = nodes[node].inputs[moved]
      }
    }
  }
}

extension NDArray {
  /// The element that all others equal to the bit, as a 0-d array; `nil` for arrays that are empty, mixed, or so large
  /// that to look would cost more than to know would bring.
  package var uniformElement: NDArray? {
    if ndim == 0 { return self }
    guard size > 0, size <= 1024, !dtype.isComplex else { return nil }
    let flat = contiguous()
    let width = dtype.itemSize
    let bytes = UnsafeRawBufferPointer(start: flat.data, count: size * width)
    let isUniform = withExtendedLifetime(flat) {
      (width..<bytes.count).allSatisfy { bytes[$0] == bytes[$0 - width] }
    }
    guard isUniform else { return nil }
    let element = NDArray(uninitialized: [], dtype: dtype)
    withExtendedLifetime(flat) { element.data.copyMemory(from: flat.data, byteCount: width) }
    return element
  }

  /// Whether two 0-d arrays are the same number, whatever their dtypes.
  func isEqualNumber(_ other: NDArray) -> Bool {
    guard !dtype.isComplex, !other.dtype.isComplex else { return false }
    guard let a = try? astype(.float64).item(as: Double.self),
      let b = try? other.astype(.float64).item(as: Double.self)
    else { return false }
    return a == b
  }
}
