import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Recognises `alpha * op(a) op(b) + beta * c`, which BLAS computes in one call, in products of matrices (`gemm`) and of
/// matrices with vectors (`gemv`).
///
/// With `beta = 0` BLAS does not read `c`, so that a NaN in it is lost: `beta` is a number that is known not to be 0. `alpha` may be a
/// value that only the call knows; the host's products look for what is no number if it is 0. A quotient becomes a product with
/// the inverse only where that neither overflows nor underflows.
///
/// Outer products of vectors (`ger`) are not among them: they are elementwise products by then, which the scheduler
/// computes in one pass together with what they are added to.
enum Products {
  static let rules: [Rewrite] = [start, scaled, divided, negated, added, subtracted]

  private typealias Product = (op: Gemm, inputs: [Graph.ValueID])

  /// The product that computes a value, if nothing else needs the value.
  private static func product(_ graph: borrowing Graph, _ id: Graph.ValueID) -> Product? {
    guard graph.values[id].useCount == 1 else { return nil }
    return graph.application(id, Gemm.self)
  }

  /// `dot` with the transposes of its operands taken in.
  static let start = Rewrite("gemm", .fast, at: .kind(Dot.self)) { graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard graph.dtype(application.firstOutput).isFloating, !graph.dims(application.firstOutput).isEmpty else {
      return nil
    }
    var product = MatrixProduct()
    var inputs = application.inputs
    for k in 0...1 {
      if let shuffle = graph.application(inputs[k], DimShuffle.self), shuffle.op.order == [1, 0] {
        inputs[k] = shuffle.inputs[0]
        if k == 0 { product.transposeA = true } else { product.transposeB = true }
      }
    }
    return try graph.add(Gemm(product: product), inputs)
  }

  /// A 0-d operand, or the one number of something larger, by which a product is multiplied.
  private enum Scalar {
    case number(Double)
    case value(Graph.ValueID)
  }

  private static func scalar(_ graph: borrowing Graph, _ id: Graph.ValueID) -> Scalar? {
    if let number = graph.number(id) {
      return Graph.isNormal(number, graph.dtype(id)) ? .number(number) : nil
    }
    return graph.dims(id).isEmpty ? .value(id) : nil
  }

  /// The product with everything multiplied, if there is room for the factor.
  private static func times(
    _ scalar: Scalar, _ product: Product, _ graph: inout Graph
  ) throws(Fault) -> Product? {
    var (op, inputs) = product
    var result = op.product
    switch scalar {
    case .number(let number):
      result.alpha.constant *= number
      result.beta.constant *= number
      let dtype = graph.dtype(inputs[0])
      guard Graph.isNormal(result.alpha.constant, dtype),
        result.c == nil || Graph.isNormal(result.beta.constant, dtype)
      else {
        return nil
      }
    case .value(let value):
      guard result.c == nil else { return nil }
      result.alpha = try multiplied(result.alpha, value, &inputs, &graph)
    }
    op = Gemm(product: result)
    return (op, inputs)
  }

  private static func multiplied(
    _ factor: MatrixProduct.Factor, _ value: Graph.ValueID, _ inputs: inout [Graph.ValueID],
    _ graph: inout Graph
  ) throws(Fault) -> MatrixProduct.Factor {
    var factor = factor
    if let own = factor.operand {
      inputs[own] = try graph.add(Ops.multiply, [inputs[own], value])[0]
    } else {
      factor.operand = inputs.count
      inputs.append(value)
    }
    return factor
  }

  static let scaled = Rewrite("gemm times a scalar", .fast, at: .operation(Ops.multiply)) {
    graph, node throws(Fault) in
    let inputs = graph.nodes[node].inputs
    for (x, y) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
      guard let scalar = scalar(graph, x), let found = product(graph, y) else { continue }
      guard let (op, operands) = try times(scalar, found, &graph) else { continue }
      return try graph.add(op, operands)
    }
    return nil
  }

  static let divided = Rewrite("gemm by a scalar", .fast, at: .operation(Ops.divide)) {
    graph, node throws(Fault) in
    let inputs = graph.nodes[node].inputs
    guard let divisor = scalar(graph, inputs[1]), let found = product(graph, inputs[0]) else { return nil }
    let factor: Scalar
    switch divisor {
    case .number(let number):
      factor = .number(1 / number)
    case .value(let value):
      // The inverse of a whole number is no larger than 1.
      guard graph.isConvertedInteger(value) else { return nil }
      let one = graph.addConstant(NDArray(scalar: 1.0).astype(graph.dtype(value)))
      factor = .value(try graph.add(Ops.divide, [one, value])[0])
    }
    guard let (op, operands) = try times(factor, found, &graph) else { return nil }
    return try graph.add(op, operands)
  }

  static let negated = Rewrite("minus gemm", .fast, at: .operation(Ops.negate)) { graph, node throws(Fault) in
    guard let found = product(graph, graph.nodes[node].inputs[0]) else { return nil }
    guard let (op, operands) = try times(.number(-1), found, &graph) else { return nil }
    return try graph.add(op, operands)
  }

  static let added = Rewrite("gemm plus c", .fast, at: .operation(Ops.add)) { graph, node throws(Fault) in
    let inputs = graph.nodes[node].inputs
    // Of two products the second is added to the first.
    if let sum = try accumulated(inputs[1], onto: inputs[0], 1, 1, node, &graph) { return sum }
    return try accumulated(inputs[0], onto: inputs[1], 1, 1, node, &graph)
  }

  static let subtracted = Rewrite("gemm minus c", .fast, at: .operation(Ops.subtract)) {
    graph, node throws(Fault) in
    let inputs = graph.nodes[node].inputs
    if let sum = try accumulated(inputs[1], onto: inputs[0], -1, 1, node, &graph) { return sum }
    return try accumulated(inputs[0], onto: inputs[1], 1, -1, node, &graph)
  }

  /// `sign * product + other * base`, where that spares a pass over the result.
  ///
  /// If the sum goes on into an elementwise function, or its other term comes from one, a fused loop adds them for
  /// nothing; then the product stays alone.
  private static func accumulated(
    _ x: Graph.ValueID, onto base: Graph.ValueID, _ sign: Double, _ other: Double, _ node: Graph.NodeID,
    _ graph: inout Graph
  ) throws(Fault) -> [Graph.ValueID]? {
    guard let found = product(graph, x), found.op.product.c == nil else { return nil }
    let output = graph.nodes[node].firstOutput
    guard graph.dims(base) == graph.dims(output), graph.dims(x) == graph.dims(output) else { return nil }
    var c = base
    var beta = MatrixProduct.Factor(other)
    var (_, inputs) = found
    var result = found.op.product
    if graph.values[base].useCount == 1, let factors = graph.operands(of: base, Ops.multiply) {
      for (s, rest) in [(factors[0], factors[1]), (factors[1], factors[0])]
      where graph.dims(rest) == graph.dims(base) && isMaterial(graph, rest) {
        guard case .number(let number)? = scalar(graph, s) else { continue }
        c = rest
        beta.constant *= number
        break
      }
    }
    guard isMaterial(graph, c) else { return nil }
    let isProduct = graph.application(c, Gemm.self) != nil && graph.values[c].useCount == 1
    guard isProduct || !feedsElementwise(graph, output) else { return nil }
    result.alpha.constant *= sign
    // The operands are a, b, c and then the factors: those of alpha move by one.
    if let operand = result.alpha.operand {
      result.alpha.operand = operand + 1
    }
    inputs.insert(c, at: 2)
    result.c = 2
    result.beta = beta
    return try graph.add(Gemm(product: result), inputs)
  }

  /// Whether a value lies in memory anyway: an input, or the result of something that is no loop over elements.
  private static func isMaterial(_ graph: borrowing Graph, _ id: Graph.ValueID) -> Bool {
    guard let node = graph.producer(id) else { return graph.uniform(id) == nil }
    return !(graph.nodes[node].op is Elementwise) && graph.nodes[node].op.movedOperand == nil
  }

  private static func feedsElementwise(_ graph: borrowing Graph, _ id: Graph.ValueID) -> Bool {
    graph.users(of: id).contains { graph.nodes[$0].op is Elementwise || graph.nodes[$0].op is Reduction }
  }
}
