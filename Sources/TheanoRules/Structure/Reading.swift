import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations

/// The elementwise operations that structural rewrites speak of.
enum Ops {
  static let multiply = Elementwise(T.multiply.definition)
  static let divide = Elementwise(T.divide.definition)
  static let add = Elementwise(T.add.definition)
  static let subtract = Elementwise(T.subtract.definition)
  static let negate = Elementwise(T.negate.definition)
  static func cast(_ dtype: DType) -> Elementwise { Elementwise(Casts.to(dtype)) }
}

extension Graph {
  /// The operation that computes a value and its operands, if it is of a kind.
  func application<O: Operation>(_ id: ValueID, _ kind: O.Type = O.self) -> (op: O, inputs: [ValueID])? {
    guard let node = producer(id), let op = nodes[node].op as? O else { return nil }
    return (op, nodes[node].inputs)
  }

  /// The operands of a value that an elementwise function computes.
  func operands(of id: ValueID, _ function: Elementwise) -> [ValueID]? {
    guard let found = application(id, Elementwise.self), found.op == function else { return nil }
    return found.inputs
  }

  func dims(_ id: ValueID) -> [Dim] { values[id].type.dims }
  func dtype(_ id: ValueID) -> DType { values[id].type.dtype }

  /// What is stretched, if a value is something stretched.
  func stretched(_ id: ValueID) -> ValueID? {
    guard let node = producer(id) else { return nil }
    return nodes[node].op is BroadcastLike || nodes[node].op is Alloc ? nodes[node].inputs[0] : nil
  }

  /// The shape in which operands meet, if every axis agrees to the symbol.
  func met(_ ids: [ValueID]) -> [Dim]? {
    let rank = ids.map { dims($0).count }.max() ?? 0
    var result = [Dim](repeating: 1, count: rank)
    for id in ids {
      let own = dims(id)
      for (k, dim) in own.enumerated() where dim != 1 {
        let axis = rank - own.count + k
        if result[axis] == 1 { result[axis] = dim } else if result[axis] != dim { return nil }
      }
    }
    return result
  }

  /// The axes of a value permuted, inserted and dropped; the value itself where nothing would change.
  mutating func shuffled(_ id: ValueID, _ order: [Int?]) throws(Fault) -> ValueID {
    if order == dims(id).indices.map({ $0 }) { return id }
    return try add(DimShuffle(order: order), [id])[0]
  }

  /// The length of an axis, as a value.
  mutating func length(_ id: ValueID, _ axis: Int) throws(Fault) -> ValueID {
    if let n = dims(id)[axis].constant { return addConstant(NDArray(scalar: Int64(n))) }
    return try add(AxisLength(axis: axis), [id])[0]
  }
}
