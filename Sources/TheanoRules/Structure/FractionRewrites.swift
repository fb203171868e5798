import TheanoArrays
import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// Products and quotients as one fraction, in which equal factors cancel and numbers meet.
///
/// What `grad` writes is full of `(g / (e / d)) * e / d`: cancelled it is `g`, computed as it stands it is `0 * infinity`
/// where `e` underflows.
enum FractionRewrites {
  static let rules: [Rewrite] = [cancel, cancelTerms, cancelIntegerTerms]

  /// A fraction with more factors, or deeper, is left as it is, so that a chain of products takes linear time.
  private static let largest = 12
  private static let deepest = 5

  private struct Fraction {
    var above: [Graph.ValueID] = []
    var below: [Graph.ValueID] = []
    var coefficient = 1.0
    var constants = 0

    mutating func collect(_ graph: borrowing Graph, _ id: Graph.ValueID, _ depth: Int, inverted: Bool) -> Bool
    {
      if let number = graph.number(id), graph.dims(id).isEmpty || graph.constant(id) != nil {
        coefficient = inverted ? coefficient / number : coefficient * number
        constants += 1
        return true
      }
      if depth < deepest {
        if let operands = graph.operands(of: id, Ops.multiply) {
          return collect(graph, operands[0], depth + 1, inverted: inverted)
            && collect(graph, operands[1], depth + 1, inverted: inverted)
        }
        if let operands = graph.operands(of: id, Ops.divide) {
          return collect(graph, operands[0], depth + 1, inverted: inverted)
            && collect(graph, operands[1], depth + 1, inverted: !inverted)
        }
        if let operands = graph.operands(of: id, Ops.negate) {
          coefficient = -coefficient
          return collect(graph, operands[0], depth + 1, inverted: inverted)
        }
      }
      if inverted { below.append(id) } else { above.append(id) }
      return above.count + below.count <= largest
    }
  }

  static let cancel = Rewrite(
    "fraction", .canonical, .assumesFinite, at: .kind(Elementwise.self), depth: deepest
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    let root = application.firstOutput
    guard let op = application.op as? Elementwise, op == Ops.multiply || op == Ops.divide,
      graph.dtype(root).isFloating
    else { return nil }
    var fraction = Fraction()
    guard fraction.collect(graph, root, 0, inverted: false) else { return nil }
    var cancelled = 0
    // Of integers 0 is an ordinary number, and 0 / 0 is not 1.
    for factor in fraction.below where !graph.isConvertedInteger(factor) {
      if let at = fraction.above.firstIndex(of: factor) {
        fraction.above.remove(at: at)
        fraction.below.remove(at: fraction.below.firstIndex(of: factor)!)
        cancelled += 1
      }
    }
    // Numbers meet only where that leaves at most one quotient: a product of quotients is an ordinary number where the
    // quotient of the products has overflowed.
    guard cancelled > 0 || (fraction.constants > 1 && fraction.above.count + fraction.below.count <= 2) else {
      return nil
    }
    let coefficient = fraction.coefficient
    let dtype = graph.dtype(root)
    guard coefficient.isNormal, dtype != .float32 || Float(coefficient).isNormal else { return nil }
    func product(_ graph: inout Graph, _ factors: [Graph.ValueID]) throws(Fault) -> Graph.ValueID? {
      guard var result = factors.first else { return nil }
      for factor in factors.dropFirst() { result = try graph.add(Ops.multiply, [result, factor])[0] }
      return result
    }
    let number = { (graph: inout Graph, value: Double) in
      graph.addConstant(NDArray(scalar: value).astype(dtype))
    }
    var above = try product(&graph, fraction.above)
    if let factors = above {
      if coefficient == -1 {
        above = try graph.add(Ops.negate, [factors])[0]
      } else if coefficient != 1 {
        above = try graph.add(Ops.multiply, [factors, number(&graph, coefficient)])[0]
      }
    }
    let numerator = above ?? number(&graph, coefficient)
    guard let denominator = try product(&graph, fraction.below) else { return [numerator] }
    return try graph.add(Ops.divide, [numerator, denominator])
  }

  static let cancelTerms = terms("sum of terms", .assumesFinite) { $0.isFloating }
  static let cancelIntegerTerms = terms("sum of terms of integers", []) { $0.isInteger }

  /// `(x + y) - x` is `y`.
  private static func terms(
    _ name: String, _ flags: Rewrite.Flags, _ admits: @escaping @Sendable (DType) -> Bool
  ) -> Rewrite {
    Rewrite(name, .canonical, flags, at: .kind(Elementwise.self), depth: 3) { graph, node throws(Fault) in
      let application = graph.nodes[node]
      let root = application.firstOutput
      guard let op = application.op as? Elementwise, op == Ops.add || op == Ops.subtract,
        admits(graph.dtype(root))
      else { return nil }
      var plus: [Graph.ValueID] = []
      var minus: [Graph.ValueID] = []
      collect(graph, root, 0, negative: false, &plus, &minus)
      var cancelled = 0
      for term in minus {
        if let at = plus.firstIndex(of: term) {
          plus.remove(at: at)
          minus.remove(at: minus.firstIndex(of: term)!)
          cancelled += 1
        }
      }
      guard cancelled > 0 else { return nil }
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
