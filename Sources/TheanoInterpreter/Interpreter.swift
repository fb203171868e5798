import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Evaluates a graph one operation at a time through the operations' host evaluation.
///
/// It is the oracle that compiled programs are tested against, the constant folder, and the way programs run on
/// machines without a C compiler.
package struct Interpreter {
  package let graph: Graph
  /// The checks of nodes that one side of a conditional alone may need.
  private let checksOfNode: [Graph.NodeID: [Int]]

  package init(_ graph: Graph) {
    self.graph = graph
    var checksOfNode: [Graph.NodeID: [Int]] = [:]
    for (k, check) in graph.checks.enumerated() where !check.isCertain {
      for node in graph.demanding(check) { checksOfNode[node, default: []].append(k) }
    }
    self.checksOfNode = checksOfNode
  }

  /// The values of the graph's outputs.
  ///
  /// - Parameter leaves: The value of each leaf, of its dtype.
  /// - Throws: What an operation finds wrong with its operands, at its line; lengths that do not fit.
  package func run(_ leaves: [NDArray]) throws(TheanoError) -> [NDArray] {
    var values: [Graph.ValueID: NDArray] = [:]
    for (leaf, value) in zip(graph.leaves, leaves) { values[leaf.value] = value }
    try check(leaves, values, all: false)
    var stack = Array((effects(of: graph.outputs) + graph.outputs.map { graph.resolve($0) }).reversed())
    while let id = stack.last {
      if values[id] != nil {
        stack.removeLast()
        continue
      }
      if let constant = graph.constant(id) {
        values[id] = constant
        continue
      }
      guard let node = graph.producer(id) else { throw missing(id) }
      let missing = try needs(node, values)
      if !missing.isEmpty {
        stack.append(contentsOf: missing)
        continue
      }
      for (output, value) in zip(graph.nodes[node].outputs, try evaluate(node, values, leaves)) {
        values[output] = value
      }
    }
    try check(leaves, values, all: true)
    return graph.outputs.map { values[graph.resolve($0)]! }
  }

  private func missing(_ id: Graph.ValueID) -> TheanoError {
    TheanoError(.argument, in: "function", "no value was given for \(graph.values[id].name ?? "an input")")
  }

  /// The values that must be computed before a node can be: operands but for those of which only the shape is read, and what
  /// its shapes are made of; of a conditional, the condition first, then one branch.
  private func needs(_ node: Graph.NodeID, _ values: [Graph.ValueID: NDArray]) throws(TheanoError) -> [Graph
    .ValueID]
  {
    let inputs = graph.nodes[node].inputs.map { graph.resolve($0) }
    if graph.nodes[node].op.isConditional {
      guard let condition = values[inputs[0]] else { return [inputs[0]] }
      let chosen = inputs[Interpreter.isTrue(condition) ? 1 : 2]
      // What is put on the stack last is computed first.
      return (effects(of: [chosen]) + [chosen]).filter { values[$0] == nil }.reversed()
    }
    let shapeOnly = graph.nodes[node].op.shapeOnlyOperands
    let read = inputs.indices.filter { !shapeOnly.contains($0) }.map { inputs[$0] }
    return (read + (shapeOnly.isEmpty ? [] : graph.lengthsRead(by: node))).filter { values[$0] == nil }
  }

  /// An operand of which only the shape is read: one number that is nowhere repeated in memory.
  private func shell(
    _ id: Graph.ValueID, of node: Graph.Node, _ leaves: [NDArray], _ values: [Graph.ValueID: NDArray]
  ) throws(TheanoError) -> NDArray {
    if let value = values[id] ?? graph.constant(id) { return value }
    var shape: [Int] = []
    for dim in graph.values[id].type.dims {
      guard let n = dim.size?.value({ symbol($0, leaves, values, all: true) }) else { throw missing(id) }
      shape.append(n)
    }
    do throws(TheanoError) {
      return try NDArray(scalar: 0.0).astype(graph.values[id].type.dtype).checked.broadcast(to: shape)
    } catch {
      // There is no such shape: somebody below has asked for it.
      try check(leaves, values, all: true)
      let below = graph.sorted(from: [id]).flatMap { checksOfNode[$0] ?? [] }
      try graph.checkSizes(below) { symbol($0, leaves, values, all: true) }
      guard let first = error.diagnoses.first else { throw error }
      let fault = Fault(first.kind, first.what, hint: first.hint)
      throw TheanoError(graph.diagnosis(fault, at: node.origin, op: node.op))
    }
  }

  /// Values whose computing has effects, in the order of the effects.
  private func effects(of values: [Graph.ValueID]) -> [Graph.ValueID] {
    graph.effects(of: values).map { effect in
      switch effect {
      case .node(let node), .conditional(let node): graph.nodes[node].firstOutput
      }
    }
  }

  private static func isTrue(_ condition: NDArray) -> Bool { condition.scalarBits.0 & 0xff != 0 }

  private func evaluate(
    _ id: Graph.NodeID, _ values: [Graph.ValueID: NDArray], _ leaves: [NDArray]
  ) throws(TheanoError) -> [NDArray] {
    let node = graph.nodes[id]
    let inputs = node.inputs.map { graph.resolve($0) }
    if node.op.isConditional {
      let condition = values[inputs[0]]!
      return [values[inputs[Interpreter.isTrue(condition) ? 1 : 2]]!]
    }
    if let own = checksOfNode[id] {
      try graph.checkSizes(own) { symbol($0, leaves, values, all: true) }
    }
    var operands: [NDArray] = []
    for (k, input) in inputs.enumerated() {
      let isShell = node.op.shapeOnlyOperands.contains(k)
      operands.append(isShell ? try shell(input, of: node, leaves, values) : values[input]!)
    }
    do throws(Fault) {
      return try node.op.evaluate(operands, node.outputs.map { graph.values[$0].type })
    } catch {
      // Lengths that do not meet are told as a compiled program tells them.
      try check(leaves, values, all: true)
      throw TheanoError(graph.diagnosis(error, at: node.origin, op: node.op))
    }
  }

  /// What a symbol of a length is, as far as it is computed.
  private func symbol(
    _ symbol: Size.Symbol, _ leaves: [NDArray], _ values: [Graph.ValueID: NDArray], all: Bool
  ) -> Int? {
    switch symbol {
    case .axis(let leaf, let axis): return leaves[leaf].shape[axis]
    case .value(let id):
      let id = graph.resolve(id)
      guard all, let value = values[id] ?? graph.constant(id) else { return nil }
      return try? value.item(as: Int.self)
    case .found(let id, let axis):
      guard all, let value = values[graph.resolve(id)] else { return nil }
      return value.shape[axis]
    case .function: return nil
    }
  }

  /// Compares the lengths that must fit. Those that only inputs decide are compared before anything is computed.
  private func check(
    _ leaves: [NDArray], _ values: [Graph.ValueID: NDArray], all: Bool
  ) throws(TheanoError) {
    try graph.checkSizes(graph.checks.indices.filter { graph.checks[$0].isCertain }) {
      symbol($0, leaves, values, all: all)
    }
  }
}
