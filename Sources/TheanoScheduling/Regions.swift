import TheanoGraph

/// Which steps are run under which condition: a node that only one branch of a conditional needs belongs to that branch,
/// and is computed only there.
struct Regions {
  /// The regions; that of the whole program is the first.
  private(set) var tree = BranchTree()
  private(set) var regionOf: [Graph.NodeID: Int] = [:]
  /// The regions of each node that has any.
  private(set) var regionsOf: [Graph.NodeID: [Int]] = [:]

  init(_ graph: Graph, order: [Graph.NodeID], lowerings: [Graph.NodeID: Lowering]) {
    func use(_ value: Graph.ValueID, in region: Int) {
      guard let node = graph.producer(graph.resolve(value)) else { return }
      regionOf[node] = regionOf[node].map { tree.common($0, region) } ?? region
    }
    for root in graph.roots { use(root, in: 0) }
    for node in order.reversed() {
      let region = regionOf[node] ?? 0
      for value in graph.lengthsRead(by: node) { use(value, in: region) }
      let inputs = graph.nodes[node].inputs
      guard case .steps(let steps) = lowerings[node], steps.regions > 0 else {
        for value in graph.valuesRead(by: node) { use(value, in: region) }
        continue
      }
      let own = (0..<steps.regions).map { _ in tree.add(in: region) }
      regionsOf[node] = own
      for (input, how) in zip(inputs, steps.uses) {
        if case .inRegion(let k) = how { use(input, in: own[k]) } else { use(input, in: region) }
      }
    }
  }

  /// The innermost region that holds all of some nodes; `nil` if none of them is computed.
  func common(of nodes: [Graph.NodeID]) -> Int? {
    nodes.compactMap { regionOf[$0] }.reduce(nil as Int?) { found, region in
      found.map { tree.common($0, region) } ?? region
    }
  }
}

extension Graph {
  /// The operands of which a node reads more than the shape.
  func valuesRead(by node: NodeID) -> [ValueID] {
    let shapeOnly = nodes[node].op.shapeOnlyOperands
    return nodes[node].inputs.enumerated().compactMap {
      shapeOnly.contains($0.offset) ? nil : resolve($0.element)
    }
  }
}
