import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Writes one loop nest: pulls the elements of values through the operations that compute them.
final class NestWriter: NestScope {
  var builder = NestBuilder()
  private(set) var index: [LoopNest.Ref] = []
  /// The positions along the axes that are loops.
  private var loops: [LoopNest.Ref] = []
  /// The nodes whose values this nest computes; others are read from their buffers.
  private let group: Set<Graph.NodeID>
  /// The operands of the operation that writes the nest, if one does.
  private let operands: [Graph.ValueID]
  private let storage: Storage
  private var graph: Graph { storage.graph }
  private var grouping: Grouping { storage.grouping }
  private var numbers: [BufferID: Int] = [:]
  private var buffers: [BufferID] = []
  private var elements: [Element: LoopNest.Ref] = [:]
  /// The fold of each reduction that this nest computes.
  private var foldOf: [Graph.ValueID: Int] = [:]

  private struct Element: Hashable {
    let value: Graph.ValueID
    let index: [LoopNest.Ref]
  }

  init(
    _ storage: Storage, space: [Size], reduced: [Int] = [], group: Set<Graph.NodeID> = [],
    operands: [Graph.ValueID] = []
  ) {
    self.storage = storage
    self.group = group
    self.operands = operands
    for (axis, length) in space.enumerated() where length.constant != 1 {
      loops.append(builder.axis(length, reduced: reduced.contains(axis)))
    }
    index = identity(of: space)
  }

  /// The index of the element of a value that is computed at each point: the value has the space's axes, but for those of
  /// length 1.
  func identity(of shape: [Size]) -> [LoopNest.Ref] { builder.identity(of: shape, loops) }

  /// The step, if the nest does anything.
  var step: Step? { builder.nest.effects.isEmpty ? nil : .nest(Step.Nest(builder.nest, buffers)) }

  // MARK: - Reading

  /// The element of a value at an index, computed here if this nest computes the value, else read.
  func element(_ value: Graph.ValueID, at index: [LoopNest.Ref]) -> LoopNest.Ref {
    let value = graph.resolve(value)
    let key = Element(value: value, index: index)
    if let known = elements[key] { return known }
    let ref = compute(value, index)
    elements[key] = ref
    return ref
  }

  private func compute(_ value: Graph.ValueID, _ index: [LoopNest.Ref]) -> LoopNest.Ref {
    if let array = graph.constant(value), array.size == 1 {
      return builder.constant(LoopNest.Constant(element: array))
    }
    guard let node = graph.producer(value), let lowering = grouping.lowerings[node] else {
      return load(storage.buffer(of: value), at: index)
    }
    if let fold = foldOf[value], index == rowIndex(node) { return builder.folded(fold) }
    let isHere = group.contains(node) && index == identity(of: grouping.shape(value))
    if !isHere, storage.holds(value) || grouping.role(node) != .inlined {
      return load(storage.buffer(of: value), at: index)
    }
    let inputs = graph.nodes[node].inputs.map { graph.resolve($0) }
    switch lowering {
    case .elementwise(let recipe):
      let operands = inputs.map { input in
        element(input, at: builder.aligned(index, grouping.shape(input)))
      }
      return builder.apply(recipe, to: operands)
    case .pull(let pull): return pulled(pull, index, inputs)
    case .fold, .view, .steps: return load(storage.buffer(of: value), at: index)
    }
  }

  /// The index of a reduction's result at each point.
  private func rowIndex(_ node: Graph.NodeID) -> [LoopNest.Ref]? {
    guard case .fold(_, let axes) = grouping.lowerings[node] else { return nil }
    let whole = identity(of: grouping.shape(grouping.inputs(node)[0]))
    return whole.indices.filter { !axes.contains($0) }.map { whole[$0] }
  }

  private func pulled(
    _ pull: Lowering.LocalPull, _ index: [LoopNest.Ref], _ inputs: [Graph.ValueID]
  ) -> LoopNest.Ref {
    // The operation is given the builder; what it reads comes back here, with the builder as it left it.
    var inner = builder
    let ref = pull(&inner, index) { current, input, at in
      builder = current
      let ref = element(inputs[input], at: at)
      current = builder
      return ref
    }
    builder = inner
    return ref
  }

  func pull(_ pull: Lowering.LocalPull, at index: [LoopNest.Ref]) -> LoopNest.Ref {
    pulled(pull, index, operands)
  }

  func operand(_ number: Int, at index: [LoopNest.Ref]) -> LoopNest.Ref {
    element(operands[number], at: index)
  }

  func load(_ buffer: BufferID, at index: [LoopNest.Ref]) -> LoopNest.Ref {
    builder.load(number(of: buffer), at: index)
  }

  private func number(of buffer: BufferID, written: Bool = false) -> Int {
    if let known = numbers[buffer] {
      if written { builder.markWritten(known) }
      return known
    }
    let info = storage.buffers[buffer]
    let number = builder.buffer(info.dtype, info.shape, written: written)
    numbers[buffer] = number
    buffers.append(buffer)
    return number
  }

  // MARK: - Writing

  func store(_ value: LoopNest.Ref, in buffer: BufferID, at index: [LoopNest.Ref]) {
    builder.effect(.store(buffer: number(of: buffer, written: true), at: index, value))
  }

  @discardableResult
  func fold(
    _ combiner: LoopNest.Combiner, _ value: LoopNest.Ref, start: LoopNest.Ref?, dtype: DType,
    into target: (buffer: BufferID, index: [LoopNest.Ref])?
  ) -> Int {
    let target = target.map {
      LoopNest.Fold.Target(buffer: number(of: $0.buffer, written: true), at: $0.index)
    }
    return builder.effect(.fold(.init(combiner, value, start: start, dtype: dtype, target: target)))
  }

  func scan(
    _ combiner: LoopNest.Combiner, _ value: LoopNest.Ref, dtype: DType, into buffer: BufferID,
    at index: [LoopNest.Ref]
  ) {
    let running = LoopNest.Fold.Target(buffer: number(of: buffer, written: true), at: index)
    builder.effect(.fold(.init(combiner, value, dtype: dtype, running: running)))
  }

  func effect(on buffer: BufferID, _ effect: (Int) -> LoopNest.Effect) {
    builder.effect(effect(number(of: buffer, written: true)))
  }

  /// The reduction that a node is, into a buffer if anybody outside of this nest reads it.
  func reduce(_ node: Graph.NodeID, into buffer: BufferID?) {
    guard case .fold(let combiner, _) = grouping.lowerings[node], let at = rowIndex(node) else { return }
    let input = grouping.inputs(node)[0]
    let output = graph.nodes[node].firstOutput
    let dtype = graph.values[output].type.dtype
    var value = element(input, at: identity(of: grouping.shape(input)))
    if combiner != .argMax && combiner != .argMin { value = builder.apply(.cast(dtype), value) }
    foldOf[output] = fold(combiner, value, start: nil, dtype: dtype, into: buffer.map { ($0, at) })
  }
}

extension LoopNest.Constant {
  /// The one element of a real array.
  init(element array: NDArray) {
    let dtype = array.dtype
    switch dtype.kind {
    case .floating, .complex: self.init((try? array.astype(.float64).item(as: Double.self)) ?? 0, dtype)
    case .unsigned, .bool: self.init(dtype, bits: (try? array.astype(.uint64).item(as: UInt64.self)) ?? 0)
    case .signed:
      self.init(dtype, bits: UInt64(bitPattern: (try? array.astype(.int64).item(as: Int64.self)) ?? 0))
    }
  }
}
