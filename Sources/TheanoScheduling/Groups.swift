import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Decides what is computed together.
///
/// Values that are computed element by element over one iteration space go into one loop nest, and so do the
/// reductions over that space. A nest may hold a value if everything the value needs from elsewhere is finished before
/// the nest begins: nests stand in a list, and a value goes into the first nest of its space that is late enough.
struct Grouping {
  /// More than this in one loop makes the C compiler slow and spills registers.
  static let operationLimit = 96
  /// How many nests are tried, the latest ones: in a wide graph most of the others are full.
  static let triedNests = 16
  /// Nor shall it read more values from elsewhere: each is a pointer, which the processor's registers are to hold.
  static let operandLimit = 24

  struct Group {
    enum Kind {
      /// A loop nest over the space, which has no axes of length 1; `axes` are those that its reductions run over.
      case nest(space: [Size], axes: [Int]?)
      /// A step of its own: a product, a callback, an update of a subtensor.
      case step(Graph.NodeID)
    }
    var kind: Kind
    var members: [Graph.NodeID] = []
    var cost = 0
    /// What a nest reads that it does not compute.
    var operands: Set<Graph.ValueID> = []
  }

  /// A straight list of groups: the whole program, or one branch of a conditional.
  struct Region {
    var parent: Int?
    var groups: [Group] = []
    /// The nests of each space, in order.
    var bySpace: [[Size]: [Int]] = [:]
  }

  /// How a value comes about.
  enum Role {
    case leaf
    /// Computed in a nest's body.
    case computed
    /// Computed wherever it is read, from what it reads.
    case inlined
    case reduced
    case step
  }

  let graph: Graph
  let lowerings: [Graph.NodeID: Lowering]
  private(set) var regions: [Region] = [Region(parent: nil)]
  private(set) var regionOf: [Graph.NodeID: Int] = [:]
  private(set) var groupOf: [Graph.NodeID: Int] = [:]
  /// The two regions of each conditional.
  private(set) var branches: [Graph.NodeID: (then: Int, otherwise: Int)] = [:]
  /// Inlined values that something wants in a buffer.
  private(set) var materialised: Set<Graph.ValueID> = []
  private var readyMemo: [Graph.NodeID: Int] = [:]

  init(_ graph: Graph, order: [Graph.NodeID], lowerings: [Graph.NodeID: Lowering]) {
    self.graph = graph
    self.lowerings = lowerings
    findRegions(order)
    findMaterialised(order)
    for node in order { place(node) }
  }

  func role(_ node: Graph.NodeID) -> Role {
    switch lowerings[node] {
    case .elementwise: .computed
    case .pull: materialised.contains(graph.nodes[node].firstOutput) ? .computed : .inlined
    case .fold: .reduced
    default: .step
    }
  }

  func inputs(_ node: Graph.NodeID) -> [Graph.ValueID] {
    let shapeOnly = graph.nodes[node].op.shapeOnlyOperands
    return graph.nodes[node].inputs.enumerated().compactMap {
      shapeOnly.contains($0.offset) ? nil : graph.resolve($0.element)
    }
  }

  // MARK: - Regions

  /// The innermost region that holds all of some nodes; `nil` if none of them is computed.
  func commonRegion(of nodes: [Graph.NodeID]) -> Int? {
    nodes.compactMap { regionOf[$0] }.reduce(nil as Int?) { common, region in
      guard var place = common else { return region }
      while !isWithin(region, place) { place = regions[place].parent ?? 0 }
      return place
    }
  }

  /// Whether a region is another or lies inside of it.
  func isWithin(_ inner: Int, _ outer: Int) -> Bool {
    var region: Int? = inner
    while let place = region {
      if place == outer { return true }
      region = regions[place].parent
    }
    return false
  }

  /// A node that only one branch of a conditional needs belongs to that branch, so that it is computed only there.
  private mutating func findRegions(_ order: [Graph.NodeID]) {
    var depth = [0]
    func common(_ a: Int, _ b: Int) -> Int {
      var (a, b) = (a, b)
      while a != b {
        if depth[a] >= depth[b] { a = regions[a].parent ?? 0 } else { b = regions[b].parent ?? 0 }
      }
      return a
    }
    func use(_ value: Graph.ValueID, in region: Int) {
      guard let node = graph.producer(graph.resolve(value)) else { return }
      regionOf[node] = regionOf[node].map { common($0, region) } ?? region
    }
    for output in graph.outputs { use(output, in: 0) }
    for node in order.reversed() {
      let region = regionOf[node] ?? 0
      for value in graph.lengthsRead(by: node) { use(value, in: region) }
      if case .conditional = lowerings[node] {
        use(graph.nodes[node].inputs[0], in: region)
        let first = regions.count
        for k in 0..<2 {
          regions.append(Region(parent: region))
          depth.append(depth[region] + 1)
          use(graph.nodes[node].inputs[k + 1], in: first + k)
        }
        branches[node] = (first, first + 1)
      } else {
        for value in inputs(node) { use(value, in: region) }
      }
    }
  }

  // MARK: - Buffers that steps want

  private mutating func findMaterialised(_ order: [Graph.NodeID]) {
    for output in graph.outputs { materialised.insert(graph.resolve(output)) }
    for node in order {
      switch lowerings[node] {
      case .product, .library, .callback, .alias, .conditional: materialised.formUnion(inputs(node))
      case .positions, .writes: break
      default: break
      }
      materialised.formUnion(graph.lengthsRead(by: node))
      // A value read at other places than its own is computed again for each; a costly one is better kept.
      if case .pull = lowerings[node] {
        for value in inputs(node) where depthOfInlined(value) > 16 { materialised.insert(value) }
      }
    }
  }

  private var inlinedDepth: [Graph.NodeID: Int] = [:]
  private mutating func depthOfInlined(_ value: Graph.ValueID) -> Int {
    guard let node = graph.producer(value), case .pull = lowerings[node], !materialised.contains(value) else {
      return 0
    }
    if let known = inlinedDepth[node] { return known }
    let depth =
      1 + (inputs(node).map { v in graph.producer(v).flatMap { inlinedDepth[$0] } ?? 0 }.max() ?? 0)
    inlinedDepth[node] = depth
    return depth
  }

  // MARK: - Placing

  /// The first group of the region in which a value may be read that is stored: after the one that computes it.
  private mutating func readable(_ value: Graph.ValueID, in region: Int) -> Int {
    guard let node = graph.producer(value) else { return 0 }
    switch role(node) {
    case .inlined:
      if regionOf[node] == region, let known = readyMemo[node] { return known }
      let ready = (inputs(node) + graph.lengthsRead(by: node)).map { readable($0, in: region) }.max() ?? 0
      if regionOf[node] == region { readyMemo[node] = ready }
      return ready
    default:
      guard regionOf[node] == region, let group = groupOf[node] else { return 0 }
      return group + 1
    }
  }

  private mutating func place(_ node: Graph.NodeID) {
    let region = regionOf[node] ?? 0
    let first = graph.nodes[node].firstOutput
    switch lowerings[node] {
    case .elementwise(let recipe):
      join(node, region, space: shape(first), axes: nil, cost: recipe.cost)
    case .pull where materialised.contains(first):
      join(node, region, space: shape(first), axes: nil, cost: 2, readsElsewhere: true)
    case .pull: break
    case .fold(_, let axes, _):
      join(node, region, space: shape(inputs(node)[0]), axes: axes, cost: 2)
    default:
      regions[region].groups.append(Group(kind: .step(node), members: [node]))
      groupOf[node] = regions[region].groups.count - 1
    }
  }

  func shape(_ value: Graph.ValueID) -> [Size] { graph.values[value].type.dims.map { $0.size ?? 0 } }

  /// Puts a node into the first nest of its space that is late enough. One that reads other places of its inputs than the
  /// one it computes (a square matrix's transpose) cannot share their nest, though the spaces are the same.
  private mutating func join(
    _ node: Graph.NodeID, _ region: Int, space shape: [Size], axes: [Int]?, cost: Int,
    readsElsewhere: Bool = false
  ) {
    // A column and a vector of the same length are one loop.
    let long = shape.indices.filter { shape[$0].constant != 1 }
    let space = long.map { shape[$0] }
    let axes = axes.map { axes in long.indices.filter { axes.contains(long[$0]) } }
    var earliest = 0
    for value in inputs(node) {
      if !readsElsewhere, let producer = graph.producer(value), role(producer) == .computed,
        regionOf[producer] == region,
        let group = groupOf[producer], case .nest(let other, _) = regions[region].groups[group].kind,
        other == space,
        self.shape(value).filter({ $0.constant != 1 }) == space
      {
        earliest = max(earliest, group)
      } else {
        earliest = max(earliest, readable(value, in: region))
      }
    }
    for value in graph.lengthsRead(by: node) { earliest = max(earliest, readable(value, in: region)) }
    let candidates = regions[region].bySpace[space] ?? []
    for candidate in candidates[candidates.partitioningIndex(from: earliest)...].suffix(Grouping.triedNests) {
      guard case .nest(_, let taken) = regions[region].groups[candidate].kind,
        regions[region].groups[candidate].cost + cost <= Grouping.operationLimit
      else { continue }
      if let axes, let taken, axes != taken { continue }
      let operands = operands(of: node, outside: candidate, region)
      let known = regions[region].groups[candidate].operands
      guard known.count + operands.count(where: { !known.contains($0) }) <= Grouping.operandLimit else {
        continue
      }
      regions[region].groups[candidate].members.append(node)
      regions[region].groups[candidate].cost += cost
      regions[region].groups[candidate].operands.formUnion(operands)
      if let axes { regions[region].groups[candidate].kind = .nest(space: space, axes: axes) }
      groupOf[node] = candidate
      return
    }
    var group = Group(kind: .nest(space: space, axes: axes), members: [node], cost: cost)
    group.operands = Set(operands(of: node, outside: regions[region].groups.count, region))
    regions[region].groups.append(group)
    groupOf[node] = regions[region].groups.count - 1
    regions[region].bySpace[space, default: []].append(regions[region].groups.count - 1)
  }
}

extension Grouping {
  /// The values that a node reads and a group does not compute.
  private func operands(of node: Graph.NodeID, outside group: Int, _ region: Int) -> [Graph.ValueID] {
    inputs(node).filter { value in
      guard let producer = graph.producer(value) else { return graph.constant(value) == nil }
      return groupOf[producer] != group || regionOf[producer] != region
    }
  }
}

extension Recipe {
  /// Roughly what one element costs, in additions.
  var cost: Int {
    guard case .apply(let primitive, let arguments) = self else { return 0 }
    return arguments.reduce(primitive.cost) { $0 + $1.cost }
  }
}

extension [Int] {
  /// Where in an ascending list the numbers from `bound` on begin.
  func partitioningIndex(from bound: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < bound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
