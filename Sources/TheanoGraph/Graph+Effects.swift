extension Graph {
  /// What must happen in an order of its own: an effect, or a conditional that has effects in a branch.
  package enum Effect {
    case node(NodeID)
    case conditional(NodeID)
  }

  /// The effects of computing some values, in the order in which they were written: those that happen whatever conditions
  /// say, and the conditionals that have others inside.
  package func effects(of values: [ValueID]) -> [Effect] {
    guard nodes.contains(where: { $0.isAlive && !$0.op.isPure }) else { return [] }
    var found: [(serial: UInt64, effect: Effect)] = []
    let certain = reached(from: values, throughBranches: false)
    let known = Set(certain)
    for node in certain {
      if nodes[node].op.isConditional {
        let inside = reached(from: Array(nodes[node].inputs.dropFirst()), throughBranches: true)
        let serials = inside.filter { !nodes[$0].op.isPure && !known.contains($0) }.map(serial)
        // What is in a branch cannot come between effects around the conditional: it comes where the first of it would.
        if let first = serials.min() { found.append((first, .conditional(node))) }
      } else if !nodes[node].op.isPure {
        found.append((serial(node), .node(node)))
      }
    }
    return found.sorted { $0.serial < $1.serial }.map(\.effect)
  }

  /// Every node that the outputs need, operands first, and effects in the order in which they were written.
  package func computingOrder() -> [NodeID] {
    var effects: [ValueID] = []
    func add(_ values: [ValueID]) {
      for effect in self.effects(of: values) {
        switch effect {
        case .node(let node): effects.append(nodes[node].firstOutput)
        case .conditional(let node):
          for branch in nodes[node].inputs.dropFirst() { add([branch]) }
          effects.append(nodes[node].firstOutput)
        }
      }
    }
    add(roots)
    return sorted(from: effects + roots)
  }

  private func serial(_ node: NodeID) -> UInt64 { nodes[node].origin?.serial ?? UInt64(node) }

  /// The nodes that values are computed from; those in branches of conditionals only if asked for.
  func reached(from values: [ValueID], throughBranches: Bool) -> [NodeID] {
    var seen: Set<NodeID> = []
    var order: [NodeID] = []
    var pending = values.compactMap { producer(resolve($0)) }
    while let node = pending.popLast() {
      guard seen.insert(node).inserted else { continue }
      order.append(node)
      if nodes[node].op.isConditional, !throughBranches {
        if let condition = producer(resolve(nodes[node].inputs[0])) { pending.append(condition) }
        pending += lengthsRead(by: node).compactMap(producer)
      } else {
        pending += needs(node)
      }
    }
    return order
  }
}
