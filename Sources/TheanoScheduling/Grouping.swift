import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Decides what is computed together.
///
/// Values that are computed element by element over one iteration space go into one loop nest, and so do the
/// reductions over that space. What is computed for a reduction, a step or an output is put together, operands first, in
/// one nest of its space, or in the nest that it goes on from. A nest may hold a value if everything the value needs from
/// elsewhere is finished before the nest begins; nests stand in a list. Work that has nothing in common stays apart: fused
/// by chance, equal parts of a program would become different nests. What needs the result of a reduction for the same row
/// may stay in the reduction's nest.
struct Grouping {
  /// More than this in one loop makes the C compiler slow and spills registers.
  static let operationLimit = 96
  /// How many nests are tried, the latest ones: in a wide graph most of the others are full.
  static let triedNests = 16
  /// A nest reads at most so many values from elsewhere: each is a pointer, which the processor's registers are to hold.
  static let operandLimit = 24
  /// Pulls through more pulls than this are kept in memory: each reading computes them again.
  static let pullLimit = 16

  struct Group {
    enum Kind {
      /// A loop nest over the space, which has no axes of length 1; `axes` are those that its reductions run over.
      case nest(space: [Size], axes: [Int]?)
      /// Steps of an operation's own.
      case steps(Graph.NodeID)
    }
    var kind: Kind
    var members: [Graph.NodeID] = []
    var cost = 0
    /// What a nest reads that it does not compute.
    var operands: Set<Graph.ValueID> = []
  }

  /// A straight list of groups: the whole program, or one branch of a conditional.
  struct Region {
    var groups: [Group] = []
    /// The nests of each space, in order.
    var bySpace: [[Size]: [Int]] = [:]
  }

  /// How a value comes about.
  enum Role {
    /// Computed in a nest's body.
    case computed
    /// Computed wherever it is read, from what it reads.
    case inlined
    case reduced
    /// Written by steps of an operation's own.
    case steps
  }

  let graph: Graph
  let lowerings: [Graph.NodeID: Lowering]
  let regions: Regions
  private(set) var lists: [Region]
  private(set) var groupOf: [Graph.NodeID: Int] = [:]
  /// Values that something wants in memory as a whole.
  private(set) var materialised: Set<Graph.ValueID> = []
  /// Which nodes read which reductions of their own nest, row by row.
  private(set) var rowReads: Set<RowRead> = []
  private var readyMemo: [Graph.NodeID: Int] = [:]
  /// Where nodes stand in the order of computing.
  private var position: [Graph.NodeID: Int] = [:]
  /// The nests that what is put together goes to, by space and region.
  private var homes: [Home: Int] = [:]

  private struct Home: Hashable {
    var space: [Size]
    var region: Int
  }
  private var sourcesMemo: [Graph.ValueID: [Graph.ValueID]] = [:]

  struct RowRead: Hashable {
    var reader: Graph.NodeID
    var reduction: Graph.NodeID
  }

  init(_ graph: Graph, order: [Graph.NodeID], lowerings: [Graph.NodeID: Lowering]) {
    self.graph = graph
    self.lowerings = lowerings
    regions = Regions(graph, order: order, lowerings: lowerings)
    lists = regions.tree.parents.map { _ in Region() }
    findMaterialised(order)
    for (k, node) in order.enumerated() { position[node] = k }
    for node in order where role(node) == .reduced || role(node) == .steps { place(for: [node]) }
    place(for: graph.roots.compactMap { graph.producer(graph.resolve($0)) })
    for node in order where groupOf[node] == nil && role(node) == .computed { place(for: [node]) }
  }

  func role(_ node: Graph.NodeID) -> Role {
    switch lowerings[node] {
    case .elementwise: .computed
    case .pull: materialised.contains(graph.nodes[node].firstOutput) ? .computed : .inlined
    case .fold: .reduced
    case .view, .steps, nil: .steps
    }
  }

  func inputs(_ node: Graph.NodeID) -> [Graph.ValueID] { graph.valuesRead(by: node) }
  func region(of node: Graph.NodeID) -> Int { regions.regionOf[node] ?? 0 }
  func shape(_ value: Graph.ValueID) -> [Size] { graph.values[value].type.dims.map { $0.size ?? 0 } }

  // MARK: - What lies in memory

  private mutating func findMaterialised(_ order: [Graph.NodeID]) {
    for root in graph.roots { materialised.insert(graph.resolve(root)) }
    var depths: [Graph.ValueID: Int] = [:]
    for node in order {
      materialised.formUnion(graph.lengthsRead(by: node))
      switch lowerings[node] {
      case .view: materialised.formUnion(inputs(node))
      case .steps(let steps):
        for (input, use) in zip(graph.nodes[node].inputs, steps.uses) where use != .elements {
          materialised.insert(graph.resolve(input))
        }
      case .pull:
        // A value read at other places than its own is computed again for each; a costly one is better kept.
        for value in inputs(node) where depths[value] ?? 0 > Grouping.pullLimit { materialised.insert(value) }
        let deepest = inputs(node).map { materialised.contains($0) ? 0 : depths[$0] ?? 0 }.max() ?? 0
        for output in graph.nodes[node].outputs { depths[output] = deepest + 1 }
      case .elementwise, .fold, nil: break
      }
    }
  }

  /// The values that are not inlined which a value is computed from: itself, or what lies under the pulls.
  mutating func sources(_ value: Graph.ValueID) -> [Graph.ValueID] {
    if let known = sourcesMemo[value] { return known }
    guard let node = graph.producer(value), role(node) == .inlined else { return [value] }
    var found: [Graph.ValueID] = []
    for input in inputs(node) {
      for source in sources(input) where !found.contains(source) { found.append(source) }
    }
    sourcesMemo[value] = found
    return found
  }

  // MARK: - Placing

  /// The first group of the region in which a value may be read that is stored: after the one that computes it.
  private mutating func readable(_ value: Graph.ValueID, in region: Int) -> Int {
    guard let node = graph.producer(value) else { return 0 }
    guard role(node) == .inlined else {
      guard self.region(of: node) == region, let group = groupOf[node] else { return 0 }
      return group + 1
    }
    let isOwn = self.region(of: node) == region
    if isOwn, let known = readyMemo[node] { return known }
    var ready = 0
    for below in inputs(node) + graph.lengthsRead(by: node) {
      ready = max(ready, readable(below, in: region))
    }
    if isOwn { readyMemo[node] = ready }
    return ready
  }

  /// Places nodes, after all that they need and that is not placed yet.
  private mutating func place(for nodes: [Graph.NodeID]) {
    var found: Set<Graph.NodeID> = []
    var pending = nodes
    while let node = pending.popLast() {
      guard groupOf[node] == nil, found.insert(node).inserted else { continue }
      for value in inputs(node) + graph.lengthsRead(by: node) {
        if let below = graph.producer(value), groupOf[below] == nil { pending.append(below) }
      }
    }
    homes = [:]
    for node in found.sorted(by: { position[$0] ?? 0 < position[$1] ?? 0 }) { place(node) }
  }

  private mutating func place(_ node: Graph.NodeID) {
    let first = graph.nodes[node].firstOutput
    switch lowerings[node] {
    case .elementwise(let recipe): join(node, space: shape(first), axes: nil, cost: recipe.cost)
    case .pull where materialised.contains(first):
      join(node, space: shape(first), axes: nil, cost: 2, readsElsewhere: true)
    case .pull: break
    case .fold(_, let axes): join(node, space: shape(inputs(node)[0]), axes: axes, cost: 2)
    case .view, .steps, nil:
      let region = region(of: node)
      lists[region].groups.append(Group(kind: .steps(node), members: [node]))
      groupOf[node] = lists[region].groups.count - 1
    }
  }

  /// What a node wants of the nest that it is put into.
  private struct Wish {
    /// The first group that is late enough.
    var earliest = 0
    /// Groups whose values it reads at its own place.
    var partners: Set<Int> = []
    /// Reductions that it may read row by row.
    var reductions: [(node: Graph.NodeID, group: Int)] = []
  }

  /// Puts a node into the first nest of its space that is late enough and that it has something to do with. One that reads
  /// other places of its inputs than the one it computes (a square matrix's transpose) cannot share their nest, though the
  /// spaces are the same.
  private mutating func join(
    _ node: Graph.NodeID, space shape: [Size], axes: [Int]?, cost: Int, readsElsewhere: Bool = false
  ) {
    let region = region(of: node)
    // A column and a vector of the same length are one loop.
    let long = shape.indices.filter { shape[$0].constant != 1 }
    let space = long.map { shape[$0] }
    let axes = axes.map { axes in long.indices.filter { axes.contains(long[$0]) } }
    var wish = wish(of: node, shape, space, region, readsElsewhere)
    let home = Home(space: space, region: region)
    if let group = homes[home] { wish.partners.insert(group) }
    let candidates = lists[region].bySpace[space] ?? []
    for candidate in candidates[candidates.partitioningIndex(from: wish.earliest)...].suffix(
      Grouping.triedNests)
    where accepts(candidate, node, wish, axes, cost, region) {
      lists[region].groups[candidate].members.append(node)
      lists[region].groups[candidate].cost += cost
      lists[region].groups[candidate].operands.formUnion(operands(of: node, outside: candidate, region))
      if let axes { lists[region].groups[candidate].kind = .nest(space: space, axes: axes) }
      groupOf[node] = candidate
      homes[home] = candidate
      for reduction in wish.reductions where reduction.group == candidate {
        rowReads.insert(RowRead(reader: node, reduction: reduction.node))
      }
      return
    }
    var group = Group(kind: .nest(space: space, axes: axes), members: [node], cost: cost)
    group.operands = Set(operands(of: node, outside: lists[region].groups.count, region))
    lists[region].groups.append(group)
    groupOf[node] = lists[region].groups.count - 1
    homes[home] = lists[region].groups.count - 1
    lists[region].bySpace[space, default: []].append(lists[region].groups.count - 1)
  }

  private mutating func wish(
    of node: Graph.NodeID, _ shape: [Size], _ space: [Size], _ region: Int, _ readsElsewhere: Bool
  ) -> Wish {
    var wish = Wish()
    for value in inputs(node) {
      guard let producer = graph.producer(value) else { continue }
      if !readsElsewhere, role(producer) == .computed, self.region(of: producer) == region,
        let group = groupOf[producer], case .nest(let other, _) = lists[region].groups[group].kind,
        other == space,
        self.shape(value).filter({ $0.constant != 1 }) == space
      {
        wish.earliest = max(wish.earliest, group)
        wish.partners.insert(group)
        continue
      }
      if !readsElsewhere, let rows = rowReductions(under: value, shape, space, region) {
        for row in rows {
          wish.earliest = max(wish.earliest, row.group)
          wish.partners.insert(row.group)
          wish.reductions.append(row)
        }
        // What else lies under the pulls.
        for source in sources(value) {
          guard let below = graph.producer(source), !rows.contains(where: { $0.node == below }) else {
            continue
          }
          wish.earliest = max(wish.earliest, readable(source, in: region))
        }
        continue
      }
      wish.earliest = max(wish.earliest, readable(value, in: region))
    }
    for value in graph.lengthsRead(by: node) {
      wish.earliest = max(wish.earliest, readable(value, in: region))
    }
    return wish
  }

  private mutating func accepts(
    _ candidate: Int, _ node: Graph.NodeID, _ wish: Wish, _ axes: [Int]?, _ cost: Int, _ region: Int
  ) -> Bool {
    let group = lists[region].groups[candidate]
    guard case .nest(_, let taken) = group.kind, group.cost + cost <= Grouping.operationLimit else {
      return false
    }
    if let axes, let taken, axes != taken { return false }
    let operands = operands(of: node, outside: candidate, region)
    guard
      group.operands.count + operands.count(where: { !group.operands.contains($0) }) <= Grouping.operandLimit
    else { return false }
    if wish.partners.contains(candidate) { return true }
    guard case .nest(let space, _) = group.kind else { return false }
    return operands.contains { value in
      group.operands.contains(value) && shape(value).filter { $0.constant != 1 } == space
    }
  }

  /// The values that a node reads and a group does not compute.
  private func operands(of node: Graph.NodeID, outside group: Int, _ region: Int) -> [Graph.ValueID] {
    inputs(node).filter { value in
      guard let producer = graph.producer(value) else { return graph.constant(value) == nil }
      return groupOf[producer] != group || self.region(of: producer) != region
    }
  }
}

// MARK: - Rows

extension Grouping {
  /// The reductions under the pulls of a value that are read, at each point of a space, at the row of the point: a nest of
  /// theirs can go on with them. `nil` if there are none or one is read at another place.
  private mutating func rowReductions(
    under value: Graph.ValueID, _ shape: [Size], _ space: [Size], _ region: Int
  ) -> [(node: Graph.NodeID, group: Int)]? {
    var found: [(node: Graph.NodeID, group: Int)] = []
    for source in sources(value) {
      guard let node = graph.producer(source), role(node) == .reduced, self.region(of: node) == region,
        let group = groupOf[node], case .nest(let own, let axes?) = lists[region].groups[group].kind,
        own == space,
        !axes.isEmpty, axes.count < space.count, axes == Array((space.count - axes.count)..<space.count)
      else { continue }
      found.append((node, group))
    }
    if found.isEmpty { return nil }
    return RowTrial(self, shape).reads(value, only: Set(found.map(\.node))) ? found : nil
  }
}

/// Finds at which places a value reads the reductions under it, by running the pulls over positions that nobody computes.
private final class RowTrial {
  private let grouping: Grouping
  private let shape: [Size]
  private var builder = NestBuilder()
  private var loops: [LoopNest.Ref] = []
  private var isSound = true

  init(_ grouping: Grouping, _ shape: [Size]) {
    self.grouping = grouping
    self.shape = shape
    for length in shape where length.constant != 1 { loops.append(builder.axis(length)) }
  }

  /// Whether all of the reductions that are read are read at the row of the point.
  func reads(_ value: Graph.ValueID, only reductions: Set<Graph.NodeID>) -> Bool {
    let index = builder.aligned(builder.identity(of: shape, loops), grouping.shape(value))
    visit(value, index, reductions)
    return isSound
  }

  private func visit(_ value: Graph.ValueID, _ index: [LoopNest.Ref], _ reductions: Set<Graph.NodeID>) {
    let graph = grouping.graph
    guard let node = graph.producer(value) else { return }
    if reductions.contains(node), case .fold(_, let axes) = grouping.lowerings[node] {
      let whole = builder.identity(of: grouping.shape(grouping.inputs(node)[0]), loops)
      if index != whole.indices.filter({ !axes.contains($0) }).map({ whole[$0] }) { isSound = false }
      return
    }
    guard grouping.role(node) == .inlined, case .pull(let pull) = grouping.lowerings[node] else { return }
    let inputs = graph.nodes[node].inputs.map { graph.resolve($0) }
    var inner = builder
    _ = pull(&inner, index) { current, operand, at in
      builder = current
      visit(inputs[operand], at, reductions)
      current = builder
      return current.integer(0)
    }
    builder = inner
  }
}

extension NestBuilder {
  /// The index of the element that is computed at each point, of a value that has the axes of the loops, but for those of
  /// length 1.
  mutating func identity(of shape: [Size], _ loops: [LoopNest.Ref]) -> [LoopNest.Ref] {
    var next = 0
    return shape.map { length in
      guard length.constant != 1, next < loops.count else { return integer(0) }
      next += 1
      return loops[next - 1]
    }
  }

  /// The indices of an operand that broadcasts against `index`.
  mutating func aligned(_ index: [LoopNest.Ref], _ shape: [Size]) -> [LoopNest.Ref] {
    let offset = index.count - shape.count
    return shape.indices.map { shape[$0].constant == 1 ? integer(0) : index[$0 + offset] }
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
