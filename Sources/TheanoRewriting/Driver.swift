import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Runs entries of rule sets over a graph until none applies any more.
///
/// Nodes wait in a worklist, operands before their users; after a firing only what it touched is looked at again, as far
/// up as the deepest entry can see. A pass thus takes time in proportion to the graph and to what changes in it.
package struct Driver {
  /// The two operations that the driver itself puts in, so that a replacement has the shape and dtype of what it replaces.
  package struct Vocabulary: Sendable {
    package var cast: @Sendable (DType) -> any Operation
    /// Stretches its first operand to the shape of the second.
    package var broadcast: any Operation

    package init(cast: @escaping @Sendable (DType) -> any Operation, broadcast: any Operation) {
      self.cast = cast
      self.broadcast = broadcast
    }
  }

  private let rewrites: [Rewrite]
  private let vocabulary: Vocabulary
  private let options: RewriteOptions
  private let depth: Int
  private var index: [OperationKind: [Int]] = [:]
  private var counts: [Int]
  private var firstFirings: [Int] = []
  private var waiting: [Graph.NodeID] = []
  private var isWaiting: [Bool] = []

  package init(_ rewrites: [Rewrite], _ vocabulary: Vocabulary, _ options: RewriteOptions) {
    self.rewrites = rewrites.filter(options.allows)
    self.vocabulary = vocabulary
    self.options = options
    depth = self.rewrites.map(\.depth).max() ?? 1
    counts = Array(repeating: 0, count: self.rewrites.count)
  }

  /// Runs the entries to a fixed point and adds what happened to the report.
  package mutating func run(_ graph: inout Graph, pass name: String, _ report: inout RewriteReport) {
    let clock = ContinuousClock()
    let start = clock.now
    var pass = RewriteReport.Pass(name: name)
    let order = graph.sorted()
    pass.nodesBefore = order.count
    let budget = options.firingsPerNode * (order.count + 100)
    var fired = 0
    graph.touched = []
    isWaiting = Array(repeating: false, count: graph.nodes.count)
    for node in order.reversed() { enqueue(node, graph) }
    while let node = waiting.popLast() {
      isWaiting[node] = false
      guard graph.nodes[node].isAlive else { continue }
      pass.visits += 1
      if visit(node, &graph, &pass, &report) {
        fired += 1
        if fired > budget {
          pass.stop = .budget
          break
        }
      }
    }
    waiting = []
    pass.firings = firstFirings.map { (rewrites[$0].name, counts[$0]) }
    pass.nodesAfter = pass.firings.isEmpty ? pass.nodesBefore : graph.sorted().count
    pass.seconds = Driver.seconds(clock.now - start)
    report.passes.append(pass)
  }

  package static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  // MARK: - The worklist

  private mutating func enqueue(_ node: Graph.NodeID, _ graph: borrowing Graph) {
    guard graph.nodes[node].isAlive, !isWaiting[node] else { return }
    isWaiting[node] = true
    waiting.append(node)
  }

  /// Puts what a firing made or touched on the list, and the users above it that an entry may see it from.
  private mutating func enqueueChanges(_ made: Range<Graph.NodeID>, _ graph: inout Graph) {
    if isWaiting.count < graph.nodes.count {
      isWaiting.append(contentsOf: repeatElement(false, count: graph.nodes.count - isWaiting.count))
    }
    var level = graph.touched
    graph.touched = []
    // What lies higher is put in first, so that it is looked at last.
    var levels = [level]
    for _ in 1..<max(depth, 1) {
      var next: [Graph.NodeID] = []
      for node in level where graph.nodes[node].isAlive {
        for output in graph.nodes[node].outputs { next += graph.users(of: output) }
      }
      if next.isEmpty { break }
      levels.append(next)
      level = next
    }
    for level in levels.reversed() {
      for node in level { enqueue(node, graph) }
    }
    for node in made.reversed() { enqueue(node, graph) }
  }

  private mutating func candidates(_ op: any Operation) -> [Int] {
    let kind = OperationKind(op)
    if let known = index[kind] { return known }
    let found = rewrites.indices.filter { rewrites[$0].root.covers(kind) }
    index[kind] = found
    return found
  }

  // MARK: - One node

  private mutating func visit(
    _ node: Graph.NodeID, _ graph: inout Graph, _ pass: inout RewriteReport.Pass,
    _ report: inout RewriteReport
  ) -> Bool {
    for k in candidates(graph.nodes[node].op) {
      let first = graph.nodes.count
      var refusal: String?
      do throws(Fault) {
        guard let proposed = try rewrites[k].body(&graph, node) else {
          // What was made on the way to finding that nothing is to be done.
          discard(from: first, &graph)
          continue
        }
        let old = graph.nodes[node].outputs
        if let new = try fit(proposed, to: old, at: node, made: first, &graph) {
          if zip(old, new).allSatisfy({ $0 == $1 }) {
            discard(from: first, &graph)
            continue
          }
          note(k, old, new, graph, pass.name, &report)
          let made = first..<graph.nodes.count
          graph.setOrigin(of: made, to: graph.nodes[node].origin)
          for (a, b) in zip(old, new) { graph.replace(a, with: b) }
          discard(from: first, &graph)
          enqueueChanges(made, &graph)
          return true
        }
        refusal = "the shapes do not fit"
      } catch {
        refusal = error.what
      }
      if let refusal { pass.refusals.append((rewrites[k].name, refusal)) }
      discard(from: first, &graph)
    }
    return false
  }

  /// Releases nodes that were made but are not used.
  private func discard(from first: Graph.NodeID, _ graph: inout Graph) {
    for node in (first..<graph.nodes.count).reversed() { graph.releaseIfUnused(node) }
  }

  private mutating func note(
    _ k: Int, _ old: Range<Graph.ValueID>, _ new: [Graph.ValueID], _ graph: borrowing Graph, _ pass: String,
    _ report: inout RewriteReport
  ) {
    if counts[k] == 0 { firstFirings.append(k) }
    counts[k] += 1
    guard report.log.count < options.logLimit, let value = old.first else { return }
    let source = graph.producer(value).flatMap { graph.nodes[$0].origin }?.note ?? .none
    report.log.append(
      RewriteReport.Firing(
        pass: pass, rewrite: rewrites[k].name, before: graph.note(value), after: graph.note(new[0]),
        note: source))
  }

  // MARK: - Fitting

  /// Gives replacements the dtypes and shapes of what they replace; `nil` if that cannot be done.
  private func fit(
    _ proposed: [Graph.ValueID], to old: Range<Graph.ValueID>, at node: Graph.NodeID,
    made first: Graph.NodeID,
    _ graph: inout Graph
  ) throws(Fault) -> [Graph.ValueID]? {
    guard proposed.count == old.count else { return nil }
    var fitted: [Graph.ValueID] = []
    for (value, target) in zip(proposed, old) {
      var value = graph.resolve(value)
      let type = graph.values[target].type
      if graph.values[value].type.dtype != type.dtype {
        value = try graph.add(vocabulary.cast(type.dtype), [value])[0]
      }
      if graph.values[value].type.dims != type.dims {
        guard stretches(graph.values[value].type, to: type), let like = twin(of: target, below: node, graph)
        else {
          return nil
        }
        value = try graph.add(vocabulary.broadcast, [value, like])[0]
        guard graph.values[value].type == type else { return nil }
      }
      fitted.append(value)
    }
    // A replacement that is computed from what it replaces would wait for itself.
    for made in first..<graph.nodes.count where graph.nodes[made].inputs.contains(where: old.contains) {
      return nil
    }
    return fitted
  }

  private func stretches(_ type: TensorType, to target: TensorType) -> Bool {
    let missing = target.ndim - type.ndim
    return missing >= 0
      && type.dims.indices.allSatisfy { type.dims[$0] == 1 || type.dims[$0] == target.dims[$0 + missing] }
  }

  /// A value below the node that has the shape of the node's own: its operands, and theirs.
  private func twin(of target: Graph.ValueID, below node: Graph.NodeID, _ graph: borrowing Graph) -> Graph
    .ValueID?
  {
    let dims = graph.values[target].type.dims
    var level = [node]
    for _ in 0..<2 {
      var next: [Graph.NodeID] = []
      for below in level {
        for input in graph.nodes[below].inputs {
          if graph.values[input].type.dims == dims { return input }
          if let producer = graph.producer(input) { next.append(producer) }
        }
      }
      level = next
    }
    return nil
  }
}
