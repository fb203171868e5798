import TheanoArrays
import TheanoGraph
import TheanoKernels

/// What an operation writes its steps with, in a schedule.
final class OperationWriter: StepWriter {
  private let scheduler: Scheduler
  private let node: Graph.NodeID
  private let operands: [Graph.ValueID]
  private let outputs: Range<Graph.ValueID>
  private var storage: Storage { scheduler.storage }

  init(_ scheduler: Scheduler, _ node: Graph.NodeID) {
    self.scheduler = scheduler
    self.node = node
    operands = scheduler.graph.nodes[node].inputs.map { scheduler.graph.resolve($0) }
    outputs = scheduler.graph.nodes[node].outputs
  }

  var notes: [Int] { scheduler.notes(node) }
  var operandCount: Int { operands.count }

  func memory(of operand: Int) -> BufferID { storage.buffer(of: operands[operand]) }
  func shape(of operand: Int) -> [Size] { scheduler.grouping.shape(operands[operand]) }
  func buffer(_ id: BufferID) -> Buffer { storage.buffers[id] }
  func result(_ number: Int) -> BufferID { scheduler.newBuffer(outputs.lowerBound + number) }

  func pointer(_ number: Int) -> BufferID {
    let value = outputs.lowerBound + number
    let id = storage.add(value, .pointer)
    storage.setBuffer(of: value, to: id)
    return id
  }

  func scratch(_ dtype: DType, _ shape: [Size]) -> BufferID { scheduler.scratch(dtype, shape) }

  func copy(_ operand: Int, to buffer: BufferID) {
    scheduler.copy(operands[operand], to: buffer, operandsOf: node)
  }

  func nest(over space: [Size], reduced: [Int], _ write: (any NestScope) -> Void) {
    let nest = NestWriter(storage, space: space, reduced: reduced, operands: operands)
    write(nest)
    nest.builder.comment(notes)
    if let step = nest.step { scheduler.add(step) }
  }

  func add(_ step: Step) { scheduler.add(step) }

  func region(_ number: Int, _ write: () -> Void) -> [Step] {
    guard let regions = scheduler.grouping.regions.regionsOf[node], regions.indices.contains(number) else {
      return []
    }
    return scheduler.region(regions[number], write)
  }

  func found(_ number: Int, axis: Int) -> Size.Symbol? {
    let value = outputs.lowerBound + number
    let symbol = Size.Symbol.found(value: value, slot: axis)
    return scheduler.grouping.shape(value)[axis] == Size(symbol) ? symbol : nil
  }

  func bind(_ symbol: Size.Symbol, from buffer: BufferID) {
    scheduler.add(.bind(symbol, from: buffer))
    scheduler.bound(symbol)
  }

  func define(_ symbol: Size.Symbol, as size: Size) {
    scheduler.add(.define(symbol, size))
    scheduler.bound(symbol)
  }

  func find(_ number: Int) {
    for axis in scheduler.grouping.shape(outputs.lowerBound + number).indices {
      if let symbol = found(number, axis: axis) { scheduler.bound(symbol) }
    }
  }

  func callback() -> Int { scheduler.addCallback(node) }
}
