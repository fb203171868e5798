import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Writes one loop nest: pulls the elements of values through the operations that compute them.
struct NestWriter {
  var builder = NestBuilder()
  /// The position along each axis of the space; the number 0 where the axis has length 1.
  private(set) var identity: [LoopNest.Ref] = []
  /// The positions along the axes that are loops.
  private var loops: [LoopNest.Ref] = []
  /// The nodes whose values this nest computes; others are read from their buffers.
  var group: Set<Graph.NodeID> = []
  private let space: [Size]
  private var parameters: [Schedule.BufferID: Int] = [:]
  private var buffers: [Schedule.BufferID] = []
  private var elements: [Element: LoopNest.Ref] = [:]

  private struct Element: Hashable {
    let value: Graph.ValueID
    let index: [LoopNest.Ref]
  }

  init(_ scheduler: Scheduler, space: [Size], axes: [Int]?) {
    self.space = space
    for (axis, length) in space.enumerated() where length.constant != 1 {
      loops.append(builder.axis(length, reduced: axes?.contains(axis) ?? false))
    }
    identity = identity(of: space)
  }

  /// The index of the element of a value that is computed at each point: the value has the space's axes, but for those of
  /// length 1.
  mutating func identity(of shape: [Size]) -> [LoopNest.Ref] {
    var next = 0
    return shape.map { length in
      guard length.constant != 1, next < loops.count else { return builder.integer(0) }
      next += 1
      return loops[next - 1]
    }
  }

  var hasEffects: Bool { !builder.nest.effects.isEmpty }
  var step: Schedule.Step { .nest(builder.nest, buffers) }

  // MARK: - Reading

  /// The element of a value at an index, computed here if this nest computes the value, else read.
  mutating func element(_ value: Graph.ValueID, _ index: [LoopNest.Ref], in scheduler: inout Scheduler)
    -> LoopNest.Ref
  {
    let value = scheduler.graph.resolve(value)
    let key = Element(value: value, index: index)
    if let known = elements[key] { return known }
    let ref = compute(value, index, &scheduler)
    elements[key] = ref
    return ref
  }

  private mutating func compute(
    _ value: Graph.ValueID, _ index: [LoopNest.Ref], _ scheduler: inout Scheduler
  ) -> LoopNest.Ref {
    let graph = scheduler.graph
    if let array = graph.constant(value), array.size == 1 {
      return builder.constant(LoopNest.Constant(element: array))
    }
    guard let node = graph.producer(value), let lowering = scheduler.lowering(node) else {
      return load(scheduler.bufferForReading(value), index, in: scheduler)
    }
    let isHere = group.contains(node) && index == identity(of: scheduler.grouping.shape(value))
    if !isHere {
      if let buffer = scheduler.bufferOf[value] { return load(buffer, index, in: scheduler) }
      guard scheduler.grouping.role(node) == .inlined else {
        return load(scheduler.bufferForReading(value), index, in: scheduler)
      }
    }
    let inputs = graph.nodes[node].inputs.map { graph.resolve($0) }
    switch lowering {
    case .elementwise(let recipe):
      var operands: [LoopNest.Ref] = []
      for input in inputs {
        let at = alignedIndices(index, graph.values[input].type.dims, &builder)
        operands.append(element(input, at, in: &scheduler))
      }
      return builder.apply(recipe, to: operands)
    case .pull(let pull):
      return pulled(pull, index, inputs, &scheduler)
    default:
      return load(scheduler.bufferForReading(value), index, in: scheduler)
    }
  }

  private mutating func pulled(
    _ pull: Lowering.Pull, _ index: [LoopNest.Ref], _ inputs: [Graph.ValueID], _ scheduler: inout Scheduler
  ) -> LoopNest.Ref {
    // The operation is given the builder; what it reads comes back here, with the builder as it left it.
    var builder = self.builder
    let ref = pull(&builder, index) { inner, input, at in
      self.builder = inner
      let ref = element(inputs[input], at, in: &scheduler)
      inner = self.builder
      return ref
    }
    self.builder = builder
    return ref
  }

  mutating func load(_ buffer: Schedule.BufferID, _ index: [LoopNest.Ref], in scheduler: Scheduler)
    -> LoopNest.Ref
  {
    builder.load(parameter(buffer, scheduler), at: index)
  }

  private mutating func parameter(_ buffer: Schedule.BufferID, _ scheduler: Scheduler, written: Bool = false)
    -> Int
  {
    if let known = parameters[buffer] {
      if written { builder.markWritten(known) }
      return known
    }
    let info = scheduler.schedule.buffers[buffer]
    let number = builder.buffer(info.dtype, info.shape, written: written)
    parameters[buffer] = number
    buffers.append(buffer)
    return number
  }

  /// Whether an element is not zero.
  mutating func truth(_ ref: LoopNest.Ref) -> LoopNest.Ref {
    let dtype = builder.nest.dtype(ref)
    return dtype == .bool ? ref : builder.apply(.notEqual, ref, builder.constant(.init(0, dtype)))
  }

  // MARK: - Writing

  mutating func store(
    _ buffer: Schedule.BufferID, _ at: [LoopNest.Ref], _ value: LoopNest.Ref, in scheduler: Scheduler
  ) {
    builder.effect(.store(buffer: parameter(buffer, scheduler, written: true), at: at, value))
  }

  mutating func fold(
    _ combiner: LoopNest.Combiner, _ buffer: Schedule.BufferID, _ at: [LoopNest.Ref], _ value: LoopNest.Ref,
    start: LoopNest.Ref? = nil, in scheduler: Scheduler
  ) {
    builder.effect(
      .fold(combiner, buffer: parameter(buffer, scheduler, written: true), at: at, value, start: start))
  }

  mutating func append(
    _ condition: LoopNest.Ref, _ buffer: Schedule.BufferID, _ row: [LoopNest.Ref], in scheduler: Scheduler
  ) {
    builder.effect(
      .append(condition: condition, buffer: parameter(buffer, scheduler, written: true), row: row))
  }

  /// One part of an operation that writes operands to places of its result.
  mutating func write(
    _ part: Writes.Part, _ result: Schedule.BufferID, _ inputs: [Graph.ValueID], in scheduler: inout Scheduler
  ) {
    let at = place(part.place, inputs, &scheduler)
    let value = pulled(part.value, identity, inputs, &scheduler)
    let buffer = parameter(result, scheduler, written: true)
    switch (part.mode, part.mayRepeat) {
    case (.set, false): builder.effect(.store(buffer: buffer, at: at, value))
    case (.set, true): builder.effect(.scatter(buffer: buffer, at: at, value))
    case (.add, false):
      let sum = builder.apply(.add, builder.load(buffer, at: at), value)
      builder.effect(.store(buffer: buffer, at: at, sum))
    case (.add, true): builder.effect(.scatterAdd(buffer: buffer, at: at, value))
    }
  }

  private mutating func place(
    _ place:
      @Sendable (
        inout NestBuilder, [LoopNest.Ref], (inout NestBuilder, Int, [LoopNest.Ref]) -> LoopNest.Ref
      ) -> [LoopNest.Ref], _ inputs: [Graph.ValueID], _ scheduler: inout Scheduler
  ) -> [LoopNest.Ref] {
    var builder = self.builder
    let at = place(&builder, identity) { inner, input, at in
      self.builder = inner
      let ref = element(inputs[input], at, in: &scheduler)
      inner = self.builder
      return ref
    }
    self.builder = builder
    return at
  }
}

extension LoopNest.Constant {
  /// The one element of an array.
  init(element array: NDArray) {
    let dtype = array.dtype
    let data = array.data
    self = withExtendedLifetime(array) {
      switch dtype {
      case .float64: .init(dtype, bits: data.load(as: UInt64.self))
      case .float32: .init(dtype, bits: Double(data.load(as: Float.self)).bitPattern)
      case .bool, .uint8: .init(dtype, bits: UInt64(data.load(as: UInt8.self)))
      case .uint16: .init(dtype, bits: UInt64(data.load(as: UInt16.self)))
      case .uint32: .init(dtype, bits: UInt64(data.load(as: UInt32.self)))
      case .int8: .init(dtype, bits: UInt64(bitPattern: Int64(data.load(as: Int8.self))))
      case .int16: .init(dtype, bits: UInt64(bitPattern: Int64(data.load(as: Int16.self))))
      case .int32: .init(dtype, bits: UInt64(bitPattern: Int64(data.load(as: Int32.self))))
      default: .init(dtype, bits: data.load(as: UInt64.self))
      }
    }
  }
}
