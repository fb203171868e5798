import TheanoArrays
import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// Products and quotients as one fraction, in which equal factors cancel, and numbers that meet.
///
/// What `grad` writes is full of `(g / (e / d)) * e / d`: cancelled it is `g`, computed as it stands it is `0 * infinity`
/// where `e` underflows.
enum FractionRewrites {
  static let rules: [Rewrite] = [cancel, numbers, cancelTerms, cancelIntegerTerms]

  /// Only what cannot be 0 cancels: `(x * y) / x` is no number at 0, and stays so.
  static let cancel = Rewrite(
    "fraction", .canonical, .assumesFinite, at: .kind(Elementwise.self), depth: Fraction.deepest
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    let root = application.firstOutput
    guard let op = application.op as? Elementwise, op == Ops.multiply || op == Ops.divide,
      graph.dtype(root).isFloating, var fraction = try Fraction(root, &graph)
    else { return nil }
    guard !fraction.cancel({ graph.range($0).isFiniteNonZero }).isEmpty else { return nil }
    return try fraction.build(graph.dtype(root), &graph).map { [$0] }
  }

  /// `c * (d * x)` is `(c * d) * x`, and so are the like with quotients: in one number times or by one value nothing overflows that
  /// is an ordinary number in the end. Factors of more than one value stay where they are, since there something could.
  static let numbers = Rewrite(
    "numbers of a product", .canonical, .assumesFinite, at: .kind(Elementwise.self), depth: 4
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    let root = application.firstOutput
    let dtype = graph.dtype(root)
    guard let op = application.op as? Elementwise, op == Ops.multiply || op == Ops.divide, dtype.isFloating
    else { return nil }
    var (coefficient, count, isInverse) = (1.0, 0, false)
    var core = root
    for _ in 0..<4 {
      func number(_ id: Graph.ValueID) -> Double? {
        graph.number(id).flatMap { Graph.isNormal($0, dtype) ? $0 : nil }
      }
      if let inner = graph.operand(of: core, Ops.negate) {
        (core, coefficient) = (inner, -coefficient)
        continue
      } else if let factors = graph.operands(of: core, Ops.multiply),
        let k = factors.indices.first(where: { number(factors[$0]) != nil }), let c = number(factors[k])
      {
        coefficient = isInverse ? coefficient / c : coefficient * c
        core = factors[1 - k]
      } else if let parts = graph.operands(of: core, Ops.divide), let c = number(parts[1]) {
        coefficient = isInverse ? coefficient * c : coefficient / c
        core = parts[0]
      } else if let parts = graph.operands(of: core, Ops.divide), let c = number(parts[0]) {
        coefficient = isInverse ? coefficient / c : coefficient * c
        (core, isInverse) = (parts[1], !isInverse)
      } else {
        break
      }
      count += 1
    }
    guard count > 1 else { return nil }
    var fraction = Fraction()
    fraction.coefficient = coefficient
    if isInverse { fraction.below = [core] } else { fraction.above = [core] }
    return try fraction.build(dtype, &graph).map { [$0] }
  }

  static let cancelTerms = terms("sum of terms", .assumesFinite) { $0.isFloating }
  static let cancelIntegerTerms = terms("sum of terms of integers", []) { $0.isInteger }

  /// `(x + y) - x` is `y`. Of floats only finite terms cancel, and at most two may be left: more could overflow on their way to a sum
  /// that does not.
  private static func terms(
    _ name: String, _ flags: Rewrite.Flags, _ admits: @escaping @Sendable (DType) -> Bool
  ) -> Rewrite {
    Rewrite(name, .canonical, flags, at: .kind(Elementwise.self), depth: 3) { graph, node throws(Fault) in
      let application = graph.nodes[node]
      let root = application.firstOutput
      guard let op = application.op as? Elementwise, op == Ops.add || op == Ops.subtract,
        admits(graph.dtype(root))
      else { return nil }
      let isFloat = graph.dtype(root).isFloating
      var plus: [Graph.ValueID] = []
      var minus: [Graph.ValueID] = []
      collect(graph, root, 0, negative: false, &plus, &minus)
      var cancelled = 0
      for term in minus {
        if let at = plus.firstIndex(of: term), !isFloat || graph.range(term).isFinite {
          plus.remove(at: at)
          minus.remove(at: minus.firstIndex(of: term)!)
          cancelled += 1
        }
      }
      guard cancelled > 0, !isFloat || plus.count + minus.count <= 2 else { return nil }
      var sum: Graph.ValueID?
      for term in plus {
        sum = try sum.map { (s) throws(Fault) in try graph.add(Ops.add, [s, term])[0] } ?? term
      }
      for term in minus {
        if let s = sum {
          sum = try graph.add(Ops.subtract, [s, term])[0]
        } else {
          sum = try graph.add(Ops.negate, [term])[0]
        }
      }
      return [sum ?? graph.addConstant(NDArray(scalar: 0.0).astype(graph.dtype(root)))]
    }
  }

  private static func collect(
    _ graph: borrowing Graph, _ id: Graph.ValueID, _ depth: Int, negative: Bool,
    _ plus: inout [Graph.ValueID],
    _ minus: inout [Graph.ValueID]
  ) {
    if depth < 3 {
      if let operands = graph.operands(of: id, Ops.add) {
        collect(graph, operands[0], depth + 1, negative: negative, &plus, &minus)
        collect(graph, operands[1], depth + 1, negative: negative, &plus, &minus)
        return
      }
      if let operands = graph.operands(of: id, Ops.subtract) {
        collect(graph, operands[0], depth + 1, negative: negative, &plus, &minus)
        collect(graph, operands[1], depth + 1, negative: !negative, &plus, &minus)
        return
      }
      if let operands = graph.operands(of: id, Ops.negate) {
        collect(graph, operands[0], depth + 1, negative: !negative, &plus, &minus)
        return
      }
    }
    if negative { minus.append(id) } else { plus.append(id) }
  }
}
