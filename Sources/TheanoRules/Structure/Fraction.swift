import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// A product of quotients as a list of factors above and below one line, and a number.
struct Fraction {
  var above: [Graph.ValueID] = []
  var below: [Graph.ValueID] = []
  var coefficient = 1.0

  /// A fraction with more factors, or deeper, is left as it is, so that a chain of products takes linear time.
  static let largest = 12
  static let deepest = 6

  init() {}

  /// The factors of a value; `nil` if they are too many.
  init?(_ id: Graph.ValueID, _ graph: inout Graph) throws(Fault) {
    guard try collect(id, 0, inverted: false, &graph) else { return nil }
  }

  private mutating func collect(
    _ id: Graph.ValueID, _ depth: Int, inverted: Bool, _ graph: inout Graph
  ) throws(Fault) -> Bool {
    if let number = graph.number(id), graph.dims(id).isEmpty || graph.constant(id) != nil {
      coefficient = inverted ? coefficient / number : coefficient * number
      return true
    }
    if depth < Fraction.deepest, let (operands, isQuotient, isNegative) = try Fraction.parts(id, &graph) {
      if isNegative { coefficient = -coefficient }
      for (k, operand) in operands.enumerated() {
        let isBelow = isQuotient && k == 1 ? !inverted : inverted
        guard try collect(operand, depth + 1, inverted: isBelow, &graph) else { return false }
      }
      return true
    }
    if inverted { below.append(id) } else { above.append(id) }
    return above.count + below.count <= Fraction.largest
  }

  /// The operands of a product, a quotient or a negative, also under new axes, which then go to the operands.
  private static func parts(
    _ id: Graph.ValueID, _ graph: inout Graph
  ) throws(Fault) -> (operands: [Graph.ValueID], isQuotient: Bool, isNegative: Bool)? {
    if let operands = graph.operands(of: id, Ops.multiply) { return (operands, false, false) }
    if let operands = graph.operands(of: id, Ops.divide) { return (operands, true, false) }
    if let operand = graph.operand(of: id, Ops.negate) { return ([operand], false, true) }
    guard let shuffle = graph.application(id, DimShuffle.self),
      var inner = graph.operands(of: shuffle.inputs[0], Ops.multiply)
        ?? graph.operands(of: shuffle.inputs[0], Ops.divide)
        ?? graph.operands(of: shuffle.inputs[0], Ops.negate)
    else { return nil }
    let rank = graph.dims(shuffle.inputs[0]).count
    for k in inner.indices {
      let missing = rank - graph.dims(inner[k]).count
      let order = shuffle.op.order.map { $0.flatMap { $0 >= missing ? $0 - missing : nil } }
      // Axes that the permutation drops must be dropped of each operand, which may lack them.
      inner[k] = graph.dims(inner[k]).isEmpty ? inner[k] : try graph.shuffled(inner[k], order)
    }
    let isQuotient = graph.operands(of: shuffle.inputs[0], Ops.divide) != nil
    return (inner, isQuotient, inner.count == 1)
  }

  /// Multiplies by another fraction.
  mutating func multiply(by other: Fraction) {
    above += other.above
    below += other.below
    coefficient *= other.coefficient
  }

  /// Removes factors that stand above and below.
  ///
  /// - Parameter isAllowed: Whether nothing is hidden if a factor goes.
  /// - Returns: What was removed.
  mutating func cancel(_ isAllowed: (Graph.ValueID) -> Bool) -> [Graph.ValueID] {
    var removed: [Graph.ValueID] = []
    for factor in below {
      guard let at = above.firstIndex(of: factor), isAllowed(factor) else { continue }
      above.remove(at: at)
      below.remove(at: below.firstIndex(of: factor)!)
      removed.append(factor)
    }
    return removed
  }

  /// The value; `nil` if its number does not exist in the dtype.
  ///
  /// Products and quotients take turns, so that no product is much larger than it has to be.
  func build(_ dtype: DType, _ graph: inout Graph) throws(Fault) -> Graph.ValueID? {
    guard Graph.isNormal(coefficient, dtype) else { return nil }
    var result = above.first
    for k in 0..<max(above.count, below.count) {
      if k > 0, k < above.count, let left = result {
        result = try graph.add(Ops.multiply, [left, above[k]])[0]
      }
      if k < below.count {
        let number = coefficient
        let left = result ?? graph.addConstant(NDArray(scalar: number).astype(dtype))
        result = try graph.add(Ops.divide, [left, below[k]])[0]
      }
    }
    guard let value = result else { return graph.addConstant(NDArray(scalar: coefficient).astype(dtype)) }
    if coefficient == 1 || above.isEmpty { return value }
    if coefficient == -1 { return try graph.add(Ops.negate, [value])[0] }
    return try graph.add(Ops.multiply, [value, graph.literal(coefficient, like: value)])[0]
  }
}
