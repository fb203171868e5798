import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Where the values of a graph lie, as far as it is decided.
final class Storage {
  let graph: Graph
  let grouping: Grouping
  private(set) var buffers: [Buffer] = []
  private(set) var contents: [Schedule.Content] = []
  private(set) var constants: [NDArray] = []
  private(set) var scratchSlots = 0
  /// The buffer that holds a value, once there is one.
  private var bufferOf: [Graph.ValueID: BufferID] = [:]
  /// The results that a value is, in the order of the outputs.
  private var resultOf: [Graph.ValueID: Int] = [:]
  /// The values that are read from elsewhere than where they are computed.
  private let stored: Set<Graph.ValueID>

  init(_ graph: Graph, _ grouping: Grouping, order: [Graph.NodeID]) {
    self.graph = graph
    var grouping = grouping
    stored = Storage.stored(graph, &grouping, order)
    self.grouping = grouping
    for (k, output) in graph.outputs.enumerated()
    where resultOf[output] == nil && graph.producer(output) != nil {
      resultOf[output] = k
    }
    for (k, leaf) in graph.leaves.enumerated() { bufferOf[leaf.value] = add(leaf.value, .leaf(k)) }
  }

  private static func stored(
    _ graph: Graph, _ grouping: inout Grouping, _ order: [Graph.NodeID]
  ) -> Set<Graph.ValueID> {
    var stored = grouping.materialised
    for reader in order where grouping.role(reader) != .inlined {
      let region = grouping.region(of: reader)
      for value in grouping.inputs(reader) {
        for source in grouping.sources(value) {
          guard let node = graph.producer(source) else { continue }
          let isTogether =
            grouping.region(of: node) == region && grouping.groupOf[node] == grouping.groupOf[reader]
          switch grouping.role(node) {
          case .computed: if !(isTogether && source == value) { stored.insert(source) }
          case .reduced:
            if !(isTogether && grouping.rowReads.contains(.init(reader: reader, reduction: node))) {
              stored.insert(source)
            }
          case .inlined, .steps: break
          }
        }
      }
    }
    return stored
  }

  /// Whether a value that a nest computes must be written to memory.
  func isStored(_ value: Graph.ValueID) -> Bool { stored.contains(value) }
  /// Whether a value has a buffer already.
  func holds(_ value: Graph.ValueID) -> Bool { bufferOf[value] != nil }
  func result(of value: Graph.ValueID) -> Int? { resultOf[value] }

  /// The buffer that a value is read from: it has one, or is a constant.
  func buffer(of value: Graph.ValueID) -> BufferID {
    if let known = bufferOf[value] { return known }
    guard let array = graph.constant(value) else {
      preconditionFailure("value \(value) is read before it is computed")
    }
    constants.append(array)
    let id = add(value, .constant(constants.count - 1))
    bufferOf[value] = id
    return id
  }

  func setBuffer(of value: Graph.ValueID, to id: BufferID) { bufferOf[value] = id }

  /// What one branch computed the other has not.
  func forgetting<R>(_ body: () -> R) -> R {
    let known = bufferOf
    defer { bufferOf = known.merging(bufferOf.filter { graph.constant($0.key) != nil }) { old, _ in old } }
    return body()
  }

  func add(_ value: Graph.ValueID, _ storage: Buffer.Storage) -> BufferID {
    let type = graph.values[value].type
    return add(
      Buffer(type.dtype, type.dims.map { $0.size ?? 0 }, storage), comment(value),
      graph.producer(value).flatMap { graph.nodes[$0].origin })
  }

  func add(_ buffer: Buffer, _ comment: String = "", _ origin: ApplyNode? = nil) -> BufferID {
    buffers.append(buffer)
    contents.append(.init(comment: comment, origin: origin))
    return buffers.count - 1
  }

  /// The storage of new memory of a shape: a place in the workspace if its size is known at the entry, else scratch.
  func memory(_ shape: [Size]) -> Buffer.Storage {
    if shape.allSatisfy({ $0.isKnown(graph.isEntrySymbol) }) { return .workspace }
    scratchSlots += 1
    return .scratch(slot: scratchSlots - 1)
  }

  private func comment(_ value: Graph.ValueID) -> String {
    if let name = graph.values[value].name { return name }
    return graph.producer(value).map { graph.nodes[$0].op.name } ?? ""
  }
}
