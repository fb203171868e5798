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
  static let exp = Elementwise(T.exp.definition)
  static let log = Elementwise(T.log.definition)
  static let log2 = Elementwise(T.log2.definition)
  static let log10 = Elementwise(T.log10.definition)
  static let sigmoid = Elementwise(T.sigmoid.definition)
  static let softplus = Elementwise(T.softplus.definition)
  static let tanh = Elementwise(T.tanh.definition)
  static let abs = Elementwise(T.abs.definition)
  static let maximum = Elementwise(T.maximum.definition)
  static let choice = Elementwise(T.where.definition)
  static let less = Elementwise(T.lt.definition)
  static let differs = Elementwise(T.neq.definition)
  static let and = Elementwise(T.and.definition)
  static let not = Elementwise(T.not.definition)
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

  /// The operand of a value that an elementwise function of one operand computes.
  func operand(of id: ValueID, _ function: Elementwise) -> ValueID? { operands(of: id, function)?.first }

  /// A float in the dtype of a value.
  mutating func literal(_ number: Double, like id: ValueID) -> ValueID {
    addConstant(NDArray(scalar: number).astype(dtype(id)))
  }

  /// Whether a number is neither 0 nor subnormal, infinite or NaN in a dtype.
  static func isNormal(_ number: Double, _ dtype: DType) -> Bool {
    number.isNormal && (dtype != .float32 || Float(number).isNormal)
  }

  /// A value as a number times another value.
  func linear(_ id: ValueID) -> Linear {
    var (id, factor) = (id, 1.0)
    for _ in 0..<8 {
      if let inner = operand(of: id, Ops.negate) {
        (id, factor) = (inner, -factor)
      } else if let factors = operands(of: id, Ops.multiply),
        let k = factors.firstIndex(where: { number($0) != nil }),
        dims(factors[k]).isEmpty
      {
        (id, factor) = (factors[1 - k], factor * number(factors[k])!)
      } else if let parts = operands(of: id, Ops.divide), let n = number(parts[1]), dims(parts[1]).isEmpty {
        (id, factor) = (parts[0], factor / n)
      } else {
        break
      }
    }
    return Linear(factor: factor, base: id)
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
    if let inner = application(id, DimShuffle.self) {
      return try shuffled(inner.inputs[0], order.map { $0.flatMap { inner.op.order[$0] } })
    }
    return isIdentity(order, on: id) ? id : try add(DimShuffle(order: order), [id])[0]
  }

  /// Whether a permutation of axes changes nothing: an axis of length 1 may go if one comes in its place.
  func isIdentity(_ order: [Int?], on id: ValueID) -> Bool {
    let dims = dims(id)
    guard order.count == dims.count else { return false }
    return order.indices.allSatisfy { axis in
      order[axis] == axis || (order[axis] == nil && dims[axis] == 1 && !order.contains(axis))
    }
  }

  /// The length of an axis, as a value.
  mutating func length(_ id: ValueID, _ axis: Int) throws(Fault) -> ValueID {
    if let n = dims(id)[axis].constant { return addConstant(NDArray(scalar: Int64(n))) }
    return try add(AxisLength(axis: axis), [id])[0]
  }
}

/// A number times a value.
struct Linear: Equatable {
  var factor: Double
  var base: Graph.ValueID

  static func * (c: Double, x: Linear) -> Linear { Linear(factor: c * x.factor, base: x.base) }
}
