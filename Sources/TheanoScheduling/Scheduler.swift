import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Turns a graph into a schedule: groups become loop nests, everything else steps of their own.
package struct Scheduler {
  let graph: Graph
  var grouping: Grouping
  var schedule = Schedule()
  /// The buffer that holds a value, once there is one.
  var bufferOf: [Graph.ValueID: Schedule.BufferID] = [:]
  /// The results that a value is, in the order of the outputs.
  private var resultOf: [Graph.ValueID: Int] = [:]
  private var contexts: [Graph.NodeID: LoweringContext] = [:]
  private var lowerings: [Graph.NodeID: Lowering] = [:]
  private var stored: Set<Graph.ValueID> = []
  private var constantNumbers: [Graph.ValueID: Int] = [:]
  private var noteOf: [ObjectIdentifier: Int] = [:]
  private var boundSymbols: Set<Size.Symbol> = []
  /// The list that steps are added to: the program's, or a branch's.
  var steps: [Schedule.Step] = []

  package static func schedule(_ graph: Graph) -> Schedule {
    var scheduler = Scheduler(graph)
    scheduler.run()
    return scheduler.schedule
  }

  private init(_ graph: Graph) {
    self.graph = graph
    schedule.checks = graph.checksOfProgram
    let order = graph.sorted()
    for node in order {
      let inputs = graph.nodes[node].inputs.map { graph.operand(graph.resolve($0)) }
      var context = LoweringContext(
        operands: inputs, outputs: graph.nodes[node].outputs.map { graph.values[$0].type },
        firstCheck: schedule.kernelChecks.count)
      let lowering = graph.nodes[node].op.lower(&context)
      for fault in context.checks {
        schedule.kernelChecks.append(
          .init(fault: fault, origin: graph.nodes[node].origin, operation: graph.nodes[node].op))
      }
      lowerings[node] = lowering
      contexts[node] = context
    }
    grouping = Grouping(graph, order: order, lowerings: lowerings)
  }

  private mutating func run() {
    schedule.leafCount = graph.leaves.count
    for (k, leaf) in graph.leaves.enumerated() {
      let value = graph.values[leaf.value]
      bufferOf[leaf.value] = addBuffer(leaf.value, .leaf(k))
      if value.type.ndim == 0, value.type.dtype.isInteger {
        schedule.leafLengths.append((.value(leaf.value), bufferOf[leaf.value]!))
        boundSymbols.insert(.value(leaf.value))
      }
    }
    for (k, output) in graph.outputs.enumerated() where resultOf[output] == nil {
      if graph.producer(output) != nil { resultOf[output] = k }
    }
    findStored()
    addChecks()
    emitRegion(0)
    for (k, output) in graph.outputs.enumerated() { schedule.outputs.append(result(k, output)) }
    schedule.steps = steps
  }

  // MARK: - Buffers

  private mutating func addBuffer(_ value: Graph.ValueID, _ storage: Schedule.Storage) -> Schedule.BufferID {
    let type = graph.values[value].type
    let id = addBuffer(type.dtype, type.dims.map { $0.size ?? 0 }, storage, comment(value))
    schedule.buffers[id].origin = graph.producer(value).flatMap { graph.nodes[$0].origin }
    return id
  }

  private mutating func addBuffer(
    _ dtype: DType, _ shape: [Size], _ storage: Schedule.Storage, _ comment: String
  ) -> Schedule.BufferID {
    schedule.buffers.append(.init(dtype: dtype, shape: shape, storage: storage, comment: comment))
    return schedule.buffers.count - 1
  }

  /// The note that a step bears: which expression of the user's it computes.
  private mutating func note(_ node: Graph.NodeID) -> Int? {
    guard let origin = graph.nodes[node].origin else { return nil }
    if let known = noteOf[ObjectIdentifier(origin)] { return known }
    schedule.notes.append(origin)
    noteOf[ObjectIdentifier(origin)] = schedule.notes.count - 1
    return schedule.notes.count - 1
  }

  private func comment(_ value: Graph.ValueID) -> String {
    if let name = graph.values[value].name { return name }
    if let node = graph.producer(value) { return graph.nodes[node].op.name }
    return ""
  }

  /// A new buffer for a value: the result itself if it is one, a place in the workspace if its size is known at the
  /// entry, else scratch.
  private mutating func newBuffer(_ value: Graph.ValueID) -> Schedule.BufferID {
    if let k = resultOf[value] {
      let id = addBuffer(value, .result(k))
      bufferOf[value] = id
      steps.append(.allocate(id))
      return id
    }
    let id = newMemory(value)
    bufferOf[value] = id
    return id
  }

  /// Memory of the shape of a value: a place in the workspace if its size is known at the entry, else scratch.
  private mutating func newMemory(_ value: Graph.ValueID) -> Schedule.BufferID {
    if grouping.shape(value).allSatisfy({ $0.isKnown { isEntrySymbol($0) } }) {
      return addBuffer(value, .workspace)
    }
    let id = addBuffer(value, .scratch(slot: schedule.scratchSlots))
    schedule.scratchSlots += 1
    steps.append(.allocate(id))
    return id
  }

  private func isEntrySymbol(_ symbol: Size.Symbol) -> Bool { graph.isEntrySymbol(symbol) }

  /// The buffer of an output; a value that is an argument, a constant or another output is copied.
  private mutating func result(_ k: Int, _ value: Graph.ValueID) -> Schedule.BufferID {
    if resultOf[value] == k, let id = bufferOf[value], case .result(k) = schedule.buffers[id].storage {
      return id
    }
    let id = addBuffer(value, .result(k))
    steps.append(.allocate(id))
    emitCopy(of: value, to: id)
    return id
  }

  /// The buffer that a value can be read from.
  private mutating func readableBuffer(_ value: Graph.ValueID) -> Schedule.BufferID {
    if let id = bufferOf[value] { return id }
    if let array = graph.constant(value) {
      schedule.constants.append(array)
      let id = addBuffer(value, .constant(schedule.constants.count - 1))
      bufferOf[value] = id
      return id
    }
    let id = newBuffer(value)
    emitCopy(of: value, to: id)
    return id
  }

  private mutating func emitCopy(of value: Graph.ValueID, to buffer: Schedule.BufferID) {
    var nest = NestWriter(self, space: grouping.shape(value), axes: nil)
    let element = nest.element(value, nest.identity, in: &self)
    nest.store(buffer, nest.identity, element, in: self)
    steps.append(nest.step)
  }

  // MARK: - What is stored

  private mutating func findStored() {
    for (node, _) in grouping.groupOf where grouping.role(node) == .computed {
      if let output = graph.nodes[node].outputs.first, grouping.materialised.contains(output) {
        stored.insert(output)
      }
    }
    for node in lowerings.keys {
      switch grouping.role(node) {
      case .computed, .reduced:
        for value in grouping.inputs(node) { noteRead(value, by: node) }
      case .step, .inlined:
        for value in grouping.inputs(node) { noteRead(value, by: nil) }
      case .leaf: break
      }
    }
  }

  private mutating func noteRead(_ value: Graph.ValueID, by reader: Graph.NodeID?) {
    guard let node = graph.producer(value), grouping.role(node) == .computed else { return }
    if let reader, grouping.regionOf[reader] == grouping.regionOf[node],
      grouping.groupOf[reader] == grouping.groupOf[node]
    {
      return
    }
    stored.insert(value)
  }

  // MARK: - Regions and groups

  /// The checks that are not emitted yet, by the region that each belongs to: what a side of a conditional demands is no
  /// business of a call that takes the other.
  private var waitingChecks: [Int: [Int]] = [:]
  /// The region that steps are emitted for.
  private var currentRegion = 0

  private mutating func addChecks() {
    var equal: Set<Size> = []
    for (k, check) in schedule.checks.enumerated() where !check.isMet {
      // What nobody computes demands nothing.
      let source = graph.checks[k]
      let demanded = source.isCertain ? 0 : grouping.commonRegion(of: graph.demanding(source))
      guard let region = demanded else { continue }
      if region == 0, check.isKnown(isEntrySymbol) {
        // The same is often demanded from both sides.
        if check.relation == .equal {
          if equal.contains(check.left - check.right) || equal.contains(check.right - check.left) { continue }
          equal.insert(check.left - check.right)
        }
        schedule.entryChecks.append(k)
      } else {
        waitingChecks[region, default: []].append(k)
      }
    }
  }

  /// Emits the groups of a region into `steps`.
  private mutating func emitRegion(_ region: Int) {
    let outer = currentRegion
    currentRegion = region
    defer { currentRegion = outer }
    if region != 0 { emitReadyChecks() }
    for group in grouping.regions[region].groups {
      switch group.kind {
      case .nest(let space, let axes): emitNest(group, space, axes)
      case .step(let node): emitStep(node)
      }
      for node in group.members { bindLengths(node) }
    }
  }

  private mutating func emitNest(_ group: Grouping.Group, _ space: [Size], _ axes: [Int]?) {
    var nest = NestWriter(self, space: space, axes: axes)
    nest.group = Set(group.members)
    for node in group.members {
      let output = graph.nodes[node].firstOutput
      if let note = note(node) { nest.builder.comment(note) }
      switch lowerings[node] {
      case .fold(let combiner, let axes, _):
        let buffer = newBuffer(output)
        let input = grouping.inputs(node)[0]
        let index = nest.identity(of: grouping.shape(input))
        var value = nest.element(input, index, in: &self)
        let dtype = schedule.buffers[buffer].dtype
        if combiner != .argMax && combiner != .argMin { value = nest.builder.apply(.cast(dtype), value) }
        nest.fold(
          combiner, buffer, index.indices.filter { !axes.contains($0) }.map { index[$0] }, value, in: self)
      default:
        let index = nest.identity(of: grouping.shape(output))
        let value = nest.element(output, index, in: &self)
        if stored.contains(output) {
          // The value stays in a register for the rest of this nest; others read the buffer.
          let buffer = newBuffer(output)
          nest.store(buffer, index, value, in: self)
        }
      }
    }
    if nest.hasEffects { steps.append(nest.step) }
  }

  /// Makes the integer scalars that are lengths, and the checks that wait for them, known.
  private mutating func bindLengths(_ node: Graph.NodeID) {
    for output in graph.nodes[node].outputs where grouping.materialised.contains(output) {
      let value = graph.values[output]
      guard value.type.ndim == 0, value.type.dtype.isInteger, let buffer = bufferOf[output] else { continue }
      for symbol in graph.lengthSymbols(of: output) where boundSymbols.insert(symbol).inserted {
        steps.append(.bind(symbol, from: buffer))
      }
      emitReadyChecks()
    }
  }

  /// Emits the checks of the current region, and of those around it, whose lengths are known by now.
  private mutating func emitReadyChecks() {
    var ready: [Int] = []
    var place: Int? = currentRegion
    while let region = place {
      if var waiting = waitingChecks[region] {
        waiting.removeAll { k in
          let isReady = schedule.checks[k].isKnown { boundSymbols.contains($0) || isEntrySymbol($0) }
          if isReady { ready.append(k) }
          return isReady
        }
        waitingChecks[region] = waiting
      }
      place = grouping.regions[region].parent
    }
    steps += ready.sorted().map { .check($0) }
  }

  private mutating func emitStep(_ node: Graph.NodeID) {
    let inputs = grouping.inputs(node)
    let output = graph.nodes[node].firstOutput
    switch lowerings[node] {
    case .alias:
      let base = readableBuffer(inputs[0])
      if let k = resultOf[output] {
        let id = addBuffer(output, .result(k))
        bufferOf[output] = id
        steps.append(.allocate(id))
        let flat = addBuffer(schedule.buffers[base].dtype, grouping.shape(output), .alias(base), "")
        emitFlatCopy(from: flat, to: id)
      } else {
        bufferOf[output] = addBuffer(output, .alias(base))
      }
    case .writes(let writes): emitWrites(node, writes)
    case .product(let product): emitProduct(node, product)
    case .library(let call):
      schedule.usesProducts = true
      schedule.solver = schedule.solver ?? node
      let result = newBuffer(output)
      var operands: [Schedule.BufferID] = []
      for k in inputs.indices {
        if k == inputs.count - 1 {
          emitCopy(of: inputs[k], to: result)
          operands.append(result)
        } else if call.overwrites.contains(k) {
          let copy = newMemory(inputs[k])
          emitCopy(of: inputs[k], to: copy)
          operands.append(copy)
        } else {
          operands.append(readableBuffer(inputs[k]))
        }
      }
      steps.append(.library(routine: call.routine, operands: operands, check: call.check))
    case .positions: emitPositions(node)
    case .callback:
      let operands = inputs.map { readableBuffer($0) }
      var results: [Schedule.BufferID] = []
      for value in graph.nodes[node].outputs {
        bufferOf[value] = addBuffer(value, .pointer)
        results.append(bufferOf[value]!)
        bindFound(value)
      }
      steps.append(.callback(number: schedule.callbacks.count, inputs: operands, outputs: results))
      schedule.callbacks.append(
        (node, graph.nodes[node].op, graph.nodes[node].outputs.map { graph.values[$0].type }))
      for value in graph.nodes[node].outputs where resultOf[value] != nil { copyOut(value) }
      emitReadyChecks()
    case .conditional: emitConditional(node)
    default: break
    }
  }

  /// A value in memory of its own that is also a result is copied there.
  private mutating func copyOut(_ value: Graph.ValueID) {
    guard let k = resultOf[value] else { return }
    let id = addBuffer(value, .result(k))
    steps.append(.allocate(id))
    emitCopy(of: value, to: id)
    bufferOf[value] = id
  }

  private mutating func bindFound(_ value: Graph.ValueID) {
    for (axis, dim) in graph.values[value].type.dims.enumerated() {
      if case .symbolic(let size) = dim, size == Size(.found(value: value, slot: axis)) {
        boundSymbols.insert(.found(value: value, slot: axis))
      }
    }
  }

  private mutating func emitFlatCopy(from: Schedule.BufferID, to: Schedule.BufferID) {
    var nest = NestWriter(self, space: schedule.buffers[to].shape, axes: nil)
    let value = nest.load(from, nest.identity, in: self)
    nest.store(to, nest.identity, value, in: self)
    steps.append(nest.step)
  }

  private mutating func emitConditional(_ node: Graph.NodeID) {
    let inputs = graph.nodes[node].inputs.map { graph.resolve($0) }
    let output = graph.nodes[node].firstOutput
    guard let (then, otherwise) = grouping.branches[node] else { return }
    let condition = readableBuffer(inputs[0])
    let pointer = addBuffer(output, .pointer)
    let outer = steps
    var parts: [[Schedule.Step]] = []
    let known = bufferOf
    let symbols = boundSymbols
    for (k, region) in [then, otherwise].enumerated() {
      steps = []
      emitRegion(region)
      let value = inputs[k + 1]
      let buffer = readableBuffer(value)
      steps.append(.point(pointer, to: buffer))
      for (axis, dim) in graph.values[output].type.dims.enumerated() {
        if case .symbolic(let size) = dim, size == Size(.found(value: output, slot: axis)),
          let length = graph.values[value].type.dims[axis].size
        {
          steps.append(.define(.found(value: output, slot: axis), length))
        }
      }
      parts.append(steps)
      // What one branch computed the other has not.
      for key in bufferOf.keys where known[key] == nil { bufferOf[key] = nil }
      boundSymbols = symbols
    }
    steps = outer
    steps.append(.branch(condition: condition, then: parts[0], otherwise: parts[1]))
    bufferOf[output] = pointer
    bindFound(output)
    if resultOf[output] != nil { copyOut(output) }
    emitReadyChecks()
  }

  private mutating func emitPositions(_ node: Graph.NodeID) {
    let x = grouping.inputs(node)[0]
    let output = graph.nodes[node].firstOutput
    let space = grouping.shape(x)
    // First how many there are, then which.
    let count = addBuffer(.int64, [], .workspace, "count")
    var counting = NestWriter(self, space: space, axes: Array(space.indices))
    let flag = counting.truth(counting.element(x, counting.identity, in: &self))
    counting.fold(.sum, count, [], counting.builder.apply(.cast(.int64), flag), in: self)
    steps.append(counting.step)
    let symbol = Size.Symbol.found(value: output, slot: 0)
    steps.append(.bind(symbol, from: count))
    boundSymbols.insert(symbol)
    let rows = newBuffer(output)
    var writing = NestWriter(self, space: space, axes: nil)
    let condition = writing.truth(writing.element(x, writing.identity, in: &self))
    writing.append(condition, rows, writing.identity, in: self)
    steps.append(writing.step)
    emitReadyChecks()
  }

  private mutating func emitWrites(_ node: Graph.NodeID, _ writes: Writes) {
    let inputs = graph.nodes[node].inputs.map { graph.resolve($0) }
    let result = newBuffer(graph.nodes[node].firstOutput)
    if let base = writes.base { emitCopy(of: inputs[base], to: result) }
    for part in writes.parts {
      var nest = NestWriter(self, space: part.space, axes: nil)
      nest.write(part, result, inputs, in: &self)
      steps.append(nest.step)
    }
  }

  private mutating func emitProduct(_ node: Graph.NodeID, _ product: MatrixProduct) {
    let inputs = graph.nodes[node].inputs.map { graph.resolve($0) }
    let output = graph.nodes[node].firstOutput
    let dtype = graph.values[output].type.dtype
    let a = readableBuffer(inputs[product.a])
    let b = readableBuffer(inputs[product.b])
    let out = newBuffer(output)
    // Small products of known size become loops that the C compiler unrolls; integers always do.
    let isFloat = dtype == .float32 || dtype == .float64
    let (rows, inner, columns) = sizes(of: product, a, b)
    if let m = rows.constant, let k = inner.constant, let n = columns.constant,
      Double(m) * Double(k) * Double(n) <= Double(Schedule.Product.largestLoop) || !isFloat
    {
      emitLoops(node, product, inputs, a, b, out, n)
      return
    }
    if !isFloat {
      emitLoops(node, product, inputs, a, b, out, nil)
      return
    }
    schedule.usesProducts = true
    func factor(_ f: MatrixProduct.Factor) -> Schedule.Factor {
      Schedule.Factor(constant: f.constant, buffer: f.operand.map { readableBuffer(inputs[$0]) })
    }
    let alpha = factor(product.alpha)
    var beta = factor(product.beta)
    if let c = product.c {
      emitCopy(of: inputs[c], to: out, broadcast: grouping.shape(output))
    } else {
      beta = Schedule.Factor(constant: 0)
    }
    steps.append(
      .product(
        .init(
          a: a, b: b, out: out, transposeA: product.transposeA, transposeB: product.transposeB, alpha: alpha,
          beta: beta, rows: rows, inner: inner, columns: columns, note: note(node))))
  }

  private mutating func emitCopy(
    of value: Graph.ValueID, to buffer: Schedule.BufferID, broadcast space: [Size]
  ) {
    var nest = NestWriter(self, space: space, axes: nil)
    let dims = graph.values[value].type.dims
    let at = alignedIndices(nest.identity, dims, &nest.builder)
    let element = nest.element(value, at, in: &self)
    nest.store(buffer, nest.identity, element, in: self)
    steps.append(nest.step)
  }

  /// Rows, length of the sums, and columns of a product; a vector is a row on the left and a column on the right.
  private func sizes(
    of product: MatrixProduct, _ a: Schedule.BufferID, _ b: Schedule.BufferID
  ) -> (rows: Size, inner: Size, columns: Size) {
    let left = product.transposeA ? schedule.buffers[a].shape.reversed() : schedule.buffers[a].shape
    let right = product.transposeB ? schedule.buffers[b].shape.reversed() : schedule.buffers[b].shape
    return (left.count == 2 ? left[0] : 1, left[left.count - 1], right.count == 2 ? right[1] : 1)
  }

  /// A product as loops: `out[i, j] = beta * c[i, j] + sum over k of alpha * a[i, k] * b[k, j]`.
  private mutating func emitLoops(
    _ node: Graph.NodeID, _ product: MatrixProduct, _ inputs: [Graph.ValueID], _ a: Schedule.BufferID,
    _ b: Schedule.BufferID,
    _ out: Schedule.BufferID, _ knownColumns: Int?
  ) {
    let (rows, inner, columns) = sizes(of: product, a, b)
    let isRow = schedule.buffers[a].shape.count == 1
    let isColumn = schedule.buffers[b].shape.count == 1
    // With several columns the sums run side by side, so that b is read along its rows; a single one is one sum.
    let sumsLast = isColumn || (knownColumns ?? 8) < 4 || product.transposeB
    var nest = NestWriter(
      self, space: sumsLast ? [rows, columns, inner] : [rows, inner, columns], axes: [sumsLast ? 2 : 1])
    let i = nest.identity[0]
    let j = nest.identity[sumsLast ? 1 : 2]
    let k = nest.identity[sumsLast ? 2 : 1]
    let left = isRow ? [k] : product.transposeA ? [k, i] : [i, k]
    let right = isColumn ? [k] : product.transposeB ? [j, k] : [k, j]
    let at = (isRow ? [] : [i]) + (isColumn ? [] : [j])
    let dtype = schedule.buffers[out].dtype
    var x = nest.load(a, left, in: self)
    let y = nest.load(b, right, in: self)
    if product.alpha != .init(1) {
      x = nest.builder.apply(.multiply, factor(product.alpha, inputs, dtype, &nest), x)
    }
    var start: LoopNest.Ref?
    if let c = product.c, product.beta != .init(0) {
      let place = alignedIndices(at, graph.values[inputs[c]].type.dims, &nest.builder)
      start = nest.element(inputs[c], place, in: &self)
      if product.beta != .init(1) {
        start = nest.builder.apply(.multiply, factor(product.beta, inputs, dtype, &nest), start!)
      }
    }
    nest.fold(.sum, out, at, nest.builder.apply(.multiply, x, y), start: start, in: self)
    if let note = note(node) { nest.builder.comment(note) }
    steps.append(nest.step)
  }

  private mutating func factor(
    _ f: MatrixProduct.Factor, _ inputs: [Graph.ValueID], _ dtype: DType, _ nest: inout NestWriter
  ) -> LoopNest.Ref {
    let constant = nest.builder.constant(.init(f.constant, dtype))
    guard let operand = f.operand else { return constant }
    let value = nest.element(inputs[operand], [], in: &self)
    return f.constant == 1 ? value : nest.builder.apply(.multiply, constant, value)
  }

  // MARK: - For the writer of nests

  func lowering(_ node: Graph.NodeID) -> Lowering? { lowerings[node] }

  mutating func bufferForReading(_ value: Graph.ValueID) -> Schedule.BufferID { readableBuffer(value) }
}

/// The indices of an operand that broadcasts against `index`.
func alignedIndices(_ index: [LoopNest.Ref], _ dims: [Dim], _ builder: inout NestBuilder) -> [LoopNest.Ref] {
  let offset = index.count - dims.count
  return dims.indices.map { dims[$0] == 1 ? builder.integer(0) : index[$0 + offset] }
}

extension Graph {
  /// The symbols that stand for an integer scalar: its own, and those of values that it replaced.
  func lengthSymbols(of value: ValueID) -> [Size.Symbol] { replaced(by: value).map { .value($0) } }
}
