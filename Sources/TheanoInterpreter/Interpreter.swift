import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Evaluates a graph one operation at a time through the operations' host evaluation.
///
/// It is the oracle that compiled programs are tested against, the constant folder, and the way programs run on
/// machines without a C compiler.
package struct Interpreter {
  package let graph: Graph
  /// The checks that each node demands.
  fileprivate let checksOfNode: [Graph.NodeID: [Int]]
  /// The checks of every call: those that its arguments decide, and those that wait for what is computed.
  fileprivate let certainChecks: [Int]

  package init(_ graph: Graph) {
    self.graph = graph
    var checksOfNode: [Graph.NodeID: [Int]] = [:]
    for (k, check) in graph.checks.enumerated() where !check.check.isMet {
      for node in graph.demanding(check) { checksOfNode[node, default: []].append(k) }
    }
    self.checksOfNode = checksOfNode
    certainChecks = graph.checks.indices.filter {
      graph.checks[$0].isCertain && !graph.checks[$0].check.isMet
    }
  }

  /// The values of the graph's outputs.
  ///
  /// - Parameter leaves: The value of each leaf, of its dtype.
  /// - Throws: What an operation finds wrong with its operands, at its line; lengths that do not fit.
  package func run(_ leaves: [NDArray]) throws(TheanoError) -> [NDArray] {
    // Without a limit there is always a result.
    try run(leaves, most: .max) ?? []
  }

  /// The values of the graph's outputs; `nil` as soon as all arrays computed on the way would have more than `most` elements
  /// together.
  package func run(_ leaves: [NDArray], most: Int) throws(TheanoError) -> [NDArray]? {
    var run = Run(interpreter: self, leaves: leaves, room: most)
    for (leaf, value) in zip(graph.leaves, leaves) { run.values[leaf.value] = value }
    try run.check(certainChecks)
    guard try run.compute(graph.roots.map { graph.resolve($0) }) else { return nil }
    try run.check(certainChecks)
    return graph.outputs.map { run.values[graph.resolve($0)]! }
  }

  fileprivate static func isTrue(_ condition: NDArray) -> Bool { condition.scalarBits.0 & 0xff != 0 }

  /// One evaluation: what is computed so far.
  fileprivate struct Run {
    let interpreter: Interpreter
    let leaves: [NDArray]
    /// How many elements may still be computed.
    var room: Int
    var values: [Graph.ValueID: NDArray] = [:]
    /// The lengths that are known, so that each is computed once however deep it lies.
    var sizes = SizeValues()

    var graph: Graph { interpreter.graph }
  }
}

extension Interpreter.Run {
  /// Computes values and what they need, with a stack of its own: whether there was room for all of it.
  mutating func compute(_ wanted: [Graph.ValueID]) throws(TheanoError) -> Bool {
    var stack = Array((effects(of: wanted) + wanted).reversed())
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
      let needs = needs(node)
      guard needs.isEmpty else {
        stack.append(contentsOf: needs)
        continue
      }
      if room < .max {
        guard let count = resultCount(node), count <= room else { return false }
        room -= count
      }
      for (output, value) in zip(graph.nodes[node].outputs, try evaluate(node)) { values[output] = value }
    }
    return true
  }

  private func missing(_ id: Graph.ValueID) -> TheanoError {
    TheanoError(.argument, in: "function", "no value was given for \(graph.values[id].name ?? "an input")")
  }

  /// The values that must be computed before a node can be: operands but for those of which only the shape is read, and what
  /// its shapes are made of; of a conditional, the condition first, then one branch.
  private func needs(_ node: Graph.NodeID) -> [Graph.ValueID] {
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

  /// Values whose computing has effects, in the order of the effects.
  private func effects(of values: [Graph.ValueID]) -> [Graph.ValueID] {
    graph.effects(of: values).map { effect in
      switch effect {
      case .node(let node), .conditional(let node): graph.nodes[node].firstOutput
      }
    }
  }

  private mutating func evaluate(_ id: Graph.NodeID) throws(TheanoError) -> [NDArray] {
    let node = graph.nodes[id]
    let inputs = node.inputs.map { graph.resolve($0) }
    if node.op.isConditional {
      let condition = values[inputs[0]]!
      return [values[inputs[Interpreter.isTrue(condition) ? 1 : 2]]!]
    }
    if let own = interpreter.checksOfNode[id] { try check(own) }
    var operands: [NDArray] = []
    for (k, input) in inputs.enumerated() {
      let isShell = node.op.shapeOnlyOperands.contains(k)
      operands.append(isShell ? try shell(input, of: node) : values[input]!)
    }
    do throws(Fault) {
      return try node.op.evaluate(operands, node.outputs.map { graph.values[$0].type })
    } catch {
      // Lengths that do not meet are told as a compiled program tells them.
      try check(interpreter.certainChecks)
      throw TheanoError(graph.diagnosis(error, at: node.origin, op: node.op))
    }
  }

  /// An operand of which only the shape is read: one number that is nowhere repeated in memory.
  private mutating func shell(_ id: Graph.ValueID, of node: Graph.Node) throws(TheanoError) -> NDArray {
    if let value = values[id] ?? graph.constant(id) { return value }
    var shape: [Int] = []
    for dim in graph.values[id].type.dims {
      guard let size = dim.size, let n = length(size) else { throw missing(id) }
      shape.append(n)
    }
    do throws(TheanoError) {
      return try NDArray(scalar: 0.0).astype(graph.values[id].type.dtype).checked.broadcast(to: shape)
    } catch {
      // There is no such shape: somebody below has asked for it.
      try check(interpreter.certainChecks)
      try check(graph.sorted(from: [id]).flatMap { interpreter.checksOfNode[$0] ?? [] })
      guard let first = error.diagnoses.first else { throw error }
      let fault = Fault(first.kind, first.what, hint: first.hint)
      throw TheanoError(graph.diagnosis(fault, at: node.origin, op: node.op))
    }
  }

  // MARK: - Lengths

  /// What symbols of lengths are, as far as they are computed.
  private var symbols: (Size.Symbol) -> Int? {
    { [graph, leaves, values] symbol in
      switch symbol {
      case .axis(let leaf, let axis): return leaves[leaf].shape[axis]
      case .value(let id):
        let id = graph.resolve(id)
        return (values[id] ?? graph.constant(id))?.asLength
      case .found(let id, let axis): return values[graph.resolve(id)]?.shape[axis]
      case .function: return nil
      }
    }
  }

  private mutating func length(_ size: Size) -> Int? { sizes(size, symbols) }

  /// How many elements the results of a node have; `nil` if that is too much to be counted.
  private mutating func resultCount(_ id: Graph.NodeID) -> Int? {
    var total = 0
    for output in graph.nodes[id].outputs {
      var count = 1
      for dim in graph.values[output].type.dims {
        // A length that the results themselves decide is at most that of what they are found in.
        let n = dim.size.flatMap { length($0) } ?? largestOperand(id)
        let (product, overflow) = count.multipliedReportingOverflow(by: max(n, 0))
        if overflow { return nil }
        count = product
      }
      let (sum, overflow) = total.addingReportingOverflow(count)
      if overflow { return nil }
      total = sum
    }
    return total
  }

  private func largestOperand(_ id: Graph.NodeID) -> Int {
    graph.nodes[id].inputs.map { values[graph.resolve($0)]?.size ?? 0 }.max() ?? 0
  }

  /// Compares the lengths that must fit, as far as they are known. Those that arguments alone decide are known before anything
  /// is computed.
  mutating func check(_ numbers: [Int]) throws(TheanoError) {
    try graph.checkSizes(numbers, &sizes, symbols)
  }
}
