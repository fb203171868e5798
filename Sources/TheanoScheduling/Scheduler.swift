import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Turns a graph into a schedule: groups become loop nests, everything else the steps that operations write.
package final class Scheduler {
  let graph: Graph
  let grouping: Grouping
  let storage: Storage
  private var schedule = Schedule()
  private var noteOf: [ObjectIdentifier: Int] = [:]
  private var boundSymbols: Set<Size.Symbol> = []
  /// The list that steps are added to: the program's, or a branch's.
  private var steps: [Step] = []
  /// The checks that are not emitted yet, by the region that each belongs to: what a side of a conditional demands is no
  /// business of a call that takes the other.
  private var waitingChecks: [Int: [Int]] = [:]
  /// The region that steps are emitted for.
  private var currentRegion = 0

  package static func schedule(_ graph: Graph) -> Schedule {
    let scheduler = Scheduler(graph)
    scheduler.run()
    return scheduler.schedule
  }

  private init(_ graph: Graph) {
    self.graph = graph
    schedule.checks = graph.checksOfProgram
    let order = graph.computingOrder()
    var lowerings: [Graph.NodeID: Lowering] = [:]
    for node in order {
      let operands = graph.nodes[node].inputs.map { graph.operand(graph.resolve($0)) }
      var context = LoweringContext(
        operands: operands, outputs: graph.nodes[node].outputs.map { graph.values[$0].type },
        firstCheck: schedule.kernelChecks.count)
      lowerings[node] = graph.nodes[node].op.lower(&context)
      for fault in context.checks {
        schedule.kernelChecks.append(
          .init(fault: fault, origin: graph.nodes[node].origin, operation: graph.nodes[node].op))
      }
    }
    storage = Storage(graph, Grouping(graph, order: order, lowerings: lowerings), order: order)
    grouping = storage.grouping
  }

  private func run() {
    schedule.leafCount = graph.leaves.count
    for leaf in graph.leaves {
      let type = graph.values[leaf.value].type
      guard type.ndim == 0, type.dtype.isInteger else { continue }
      schedule.leafLengths.append((.value(leaf.value), storage.buffer(of: leaf.value)))
      boundSymbols.insert(.value(leaf.value))
    }
    addChecks()
    emitRegion(0)
    for (k, output) in graph.outputs.enumerated() { schedule.outputs.append(result(k, output)) }
    schedule.steps = steps
    schedule.buffers = storage.buffers
    schedule.contents = storage.contents
    schedule.constants = storage.constants
    schedule.scratchSlots = storage.scratchSlots
  }

  // MARK: - Buffers

  /// The note that a step bears: which expression of the user's it computes.
  func notes(_ node: Graph.NodeID) -> [Int] {
    guard let origin = graph.nodes[node].origin else { return [] }
    if let known = noteOf[ObjectIdentifier(origin)] { return [known] }
    schedule.notes.append(origin)
    noteOf[ObjectIdentifier(origin)] = schedule.notes.count - 1
    return [schedule.notes.count - 1]
  }

  /// A new buffer for a value: the result itself if it is one, else a place in the workspace or scratch.
  func newBuffer(_ value: Graph.ValueID) -> BufferID {
    let place: Buffer.Storage =
      if let k = storage.result(of: value) { .result(k) } else { storage.memory(grouping.shape(value)) }
    let id = storage.add(value, place)
    storage.setBuffer(of: value, to: id)
    if place != .workspace { add(.allocate(id)) }
    return id
  }

  func scratch(_ dtype: DType, _ shape: [Size]) -> BufferID {
    let place = storage.memory(shape)
    let id = storage.add(Buffer(dtype, shape, place))
    if place != .workspace { add(.allocate(id)) }
    return id
  }

  /// The buffer of an output; a value that is an argument, a constant or another output is copied.
  private func result(_ k: Int, _ value: Graph.ValueID) -> BufferID {
    if storage.result(of: value) == k {
      let id = storage.buffer(of: value)
      if storage.buffers[id].storage == .result(k) { return id }
    }
    return copyOut(value, to: k)
  }

  /// Copies a value that lies in memory of its own to a result.
  @discardableResult
  private func copyOut(_ value: Graph.ValueID, to k: Int) -> BufferID {
    let id = storage.add(value, .result(k))
    add(.allocate(id))
    copy(value, to: id)
    return id
  }

  /// Writes the elements of a value, which broadcasts, to memory.
  func copy(_ value: Graph.ValueID, to buffer: BufferID, operandsOf node: Graph.NodeID? = nil) {
    let shape = storage.buffers[buffer].shape
    let nest = NestWriter(storage, space: shape)
    let at = nest.builder.aligned(nest.index, grouping.shape(value))
    nest.store(nest.element(value, at: at), in: buffer, at: nest.index)
    if let node { nest.builder.comment(notes(node)) }
    if let step = nest.step { add(step) }
  }

  func add(_ step: Step) { steps.append(step) }

  // MARK: - Regions and groups

  private func addChecks() {
    var equal: Set<Size> = []
    for (k, check) in schedule.checks.enumerated() where !check.isMet {
      // What nobody computes demands nothing.
      let source = graph.checks[k]
      let demanded = source.isCertain ? 0 : grouping.regions.common(of: graph.demanding(source))
      guard let region = demanded else { continue }
      guard region == 0, check.isKnown(graph.isEntrySymbol) else {
        waitingChecks[region, default: []].append(k)
        continue
      }
      // The same is often demanded from both sides.
      if check.relation == .equal {
        if equal.contains(check.left - check.right) || equal.contains(check.right - check.left) { continue }
        equal.insert(check.left - check.right)
      }
      schedule.entryChecks.append(k)
    }
  }

  /// Emits the groups of a region into `steps`.
  private func emitRegion(_ region: Int) {
    let outer = currentRegion
    currentRegion = region
    defer { currentRegion = outer }
    if region != 0 { emitReadyChecks() }
    for group in grouping.lists[region].groups {
      switch group.kind {
      case .nest(let space, let axes): emitNest(group, space, axes ?? [])
      case .steps(let node): emitSteps(node)
      }
      for node in group.members { bindLengths(node) }
    }
  }

  /// The steps of a region of an operation's.
  func region(_ region: Int, _ write: () -> Void) -> [Step] {
    let outer = steps
    let symbols = boundSymbols
    steps = []
    storage.forgetting {
      emitRegion(region)
      write()
    }
    boundSymbols = symbols
    defer { steps = outer }
    return steps
  }

  private func emitNest(_ group: Grouping.Group, _ space: [Size], _ axes: [Int]) {
    let nest = NestWriter(storage, space: space, reduced: axes, group: Set(group.members))
    for node in group.members {
      let output = graph.nodes[node].firstOutput
      nest.builder.comment(notes(node))
      if grouping.role(node) == .reduced {
        nest.reduce(node, into: storage.isStored(output) ? newBuffer(output) : nil)
      } else {
        let index = nest.identity(of: grouping.shape(output))
        let value = nest.element(output, at: index)
        // The value stays in a register for the rest of this nest; others read the buffer.
        if storage.isStored(output) { nest.store(value, in: newBuffer(output), at: index) }
      }
    }
    if let step = nest.step { add(step) }
  }

  private func emitSteps(_ node: Graph.NodeID) {
    switch grouping.lowerings[node] {
    case .view:
      let output = graph.nodes[node].firstOutput
      let base = storage.buffer(of: grouping.inputs(node)[0])
      let view = storage.add(output, .alias(base))
      storage.setBuffer(of: output, to: view)
      if let k = storage.result(of: output) {
        storage.setBuffer(of: output, to: copyOut(output, to: k))
      }
    case .steps(let steps):
      steps.write(OperationWriter(self, node))
      for value in graph.nodes[node].outputs where storage.holds(value) {
        guard let k = storage.result(of: value) else { continue }
        let id = storage.buffer(of: value)
        // A pointer leads to memory that is not the caller's.
        if storage.buffers[id].storage != .result(k) {
          storage.setBuffer(of: value, to: copyOut(value, to: k))
        }
      }
      emitReadyChecks()
    case .elementwise, .pull, .fold, nil: break
    }
  }

  // MARK: - Lengths

  /// Makes the integer scalars that are lengths, and the checks that wait for them, known.
  private func bindLengths(_ node: Graph.NodeID) {
    for output in graph.nodes[node].outputs where grouping.materialised.contains(output) {
      let type = graph.values[output].type
      guard type.ndim == 0, type.dtype.isInteger, storage.holds(output) else { continue }
      for symbol in graph.lengthSymbols(of: output) where boundSymbols.insert(symbol).inserted {
        add(.bind(symbol, from: storage.buffer(of: output)))
      }
      emitReadyChecks()
    }
  }

  func bound(_ symbol: Size.Symbol) { boundSymbols.insert(symbol) }

  func addCallback(_ node: Graph.NodeID) -> Int {
    schedule.callbacks.append(
      .init(
        node: node, operation: graph.nodes[node].op,
        types: graph.nodes[node].outputs.map { graph.values[$0].type }))
    return schedule.callbacks.count - 1
  }

  /// Emits the checks of the current region, and of those around it, whose lengths are known by now.
  private func emitReadyChecks() {
    var ready: [Int] = []
    var place: Int? = currentRegion
    while let region = place {
      waitingChecks[region]?.removeAll { k in
        let isReady = schedule.checks[k].isKnown { boundSymbols.contains($0) || graph.isEntrySymbol($0) }
        if isReady { ready.append(k) }
        return isReady
      }
      place = grouping.regions.tree.parents[region]
    }
    steps += ready.sorted().map { .check($0) }
  }
}

extension NestBuilder {
  mutating func comment(_ notes: [Int]) { for note in notes { comment(note) } }
}

extension Graph {
  /// The symbols that stand for an integer scalar: its own, and those of values that it replaced.
  func lengthSymbols(of value: ValueID) -> [Size.Symbol] { replaced(by: value).map { .value($0) } }
}
