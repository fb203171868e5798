import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Products of sums in which a factor cancels the denominator of a term.
///
/// The gradient of a cross-entropy is `(y / p - (1 - y) / (1 - p)) * p * (1 - p)`: computed as it stands it is infinite, or no number,
/// where p is so near to 0 or 1 that a quotient overflows. Term by term it is `y * (1 - p) - (1 - y) * p`.
enum DistributionRewrites {
  static let rules: [Rewrite] = [cancelVisible, distribute, distributeFinite, share]
  /// Used where none of the others is: what they leave costs more.
  static let last: [Rewrite] = [cancelMarked, distributeMarked]

  /// What becomes of a NaN in a factor that goes.
  private enum Hiding {
    /// There is none.
    case assumed
    /// It is in another factor or term, too: `y / p * p * (1 - p)` is `y * (1 - p)`, which is no number where p is none.
    case visible
    /// A difference that is 0 or no number, `p - p`, is added.
    case marked
  }

  static let cancelVisible = cancellation("fraction of what stays", .visible)
  static let cancelMarked = cancellation("fraction of what may be no number", .marked)

  private static func cancellation(_ name: String, _ hiding: Hiding) -> Rewrite {
    Rewrite(name, .stable, at: .kind(Elementwise.self), depth: Fraction.deepest) {
      graph, node throws(Fault) in
      let application = graph.nodes[node]
      let root = application.firstOutput
      guard let op = application.op as? Elementwise, op == Ops.multiply || op == Ops.divide,
        graph.dtype(root).isFloating, !isInner(graph, root), var fraction = try Fraction(root, &graph)
      else { return nil }
      let gone = Set(fraction.cancel { graph.range($0).isFinitePositive })
      guard !gone.isEmpty, let value = try fraction.build(graph.dtype(root), &graph) else { return nil }
      return try with(value, gone, left: Set(fraction.above + fraction.below), hiding, &graph).map { [$0] }
    }
  }

  /// A value from whose computation factors have gone, so that it is no number where they are none; `nil` if that is not so.
  private static func with(
    _ value: Graph.ValueID, _ gone: Set<Graph.ValueID>, left: Set<Graph.ValueID>, _ hiding: Hiding,
    _ graph: inout Graph
  ) throws(Fault) -> Graph.ValueID? {
    if hiding == .assumed { return value }
    let sources = Set(left.flatMap { graph.sources($0) })
    var value = value
    for factor in gone.sorted() where !sources.isSuperset(of: graph.sources(factor)) {
      if hiding == .visible { return nil }
      // Exponents are ordinary numbers where exponentials overflow.
      var mark = graph.operand(of: factor, Ops.exp) ?? factor
      if let sum = ExponentialSum(factor, in: graph) {
        let shift = try sum.shift(&graph)
        mark = try sum.shifted(by: shift, &graph) ?? factor
      }
      value = try graph.add(Ops.add, [value, try graph.add(Ops.subtract, [mark, mark])[0]])[0]
    }
    return value
  }

  static let distribute = distribution("product of a sum of quotients", [], .visible)
  static let distributeFinite = distribution("product of finite quotients in a sum", .assumesFinite, .assumed)
  static let distributeMarked = distribution("product of quotients in a sum", [], .marked)

  private static func distribution(_ name: String, _ flags: Rewrite.Flags, _ hiding: Hiding) -> Rewrite {
    Rewrite(name, .stable, flags, at: .kind(Elementwise.self), depth: Fraction.deepest + 3) {
      graph, node throws(Fault) in
      let application = graph.nodes[node]
      let root = application.firstOutput
      guard let op = application.op as? Elementwise,
        op == Ops.multiply || op == Ops.divide || op == Ops.negate,
        graph.dtype(root).isFloating, !isInner(graph, root), let fraction = try Fraction(root, &graph)
      else { return nil }
      for (k, factor) in fraction.above.enumerated() {
        guard let terms = Term.list(factor, graph), try !awaitsShare(root, factor, &graph) else { continue }
        var rest = fraction
        rest.above.remove(at: k)
        guard let sum = try sum(of: terms, times: &rest, hiding, &graph) else { continue }
        // What did not go into the terms.
        rest.above.insert(sum, at: 0)
        return try rest.build(graph.dtype(root), &graph).map { [$0] }
      }
      return nil
    }
  }

  /// Whether a product is subtracted from, or by, another one of the same sum: the two become one first.
  private static func awaitsShare(
    _ id: Graph.ValueID, _ sum: Graph.ValueID, _ graph: inout Graph
  ) throws(Fault) -> Bool {
    for user in graph.users(of: id) {
      guard let op = graph.nodes[user].op as? Elementwise, op == Ops.subtract || op == Ops.add else {
        continue
      }
      for other in graph.nodes[user].inputs where other != id {
        if try Fraction(other, &graph)?.above.contains(sum) ?? false { return true }
      }
    }
    return false
  }

  /// Whether a product is a factor of a larger one, whose turn will come.
  private static func isInner(_ graph: borrowing Graph, _ id: Graph.ValueID) -> Bool {
    guard graph.values[id].useCount == 1, let user = graph.users(of: id).first,
      let op = graph.nodes[user].op as? Elementwise
    else { return false }
    return op == Ops.multiply || op == Ops.negate || op == Ops.divide && graph.nodes[user].inputs[0] == id
  }

  /// The sum of the terms, each times those factors that cancel something in one of them; `nil` if none does.
  ///
  /// - Parameter rest: The factors; those that are used go.
  private static func sum(
    of terms: [Term], times rest: inout Fraction, _ hiding: Hiding, _ graph: inout Graph
  ) throws(Fault) -> Graph.ValueID? {
    var fractions: [Fraction] = []
    for term in terms {
      guard let fraction = try Fraction(term.value, &graph) else { return nil }
      fractions.append(fraction)
    }
    try rest.splitSlopesOfTanh(fractions, &graph)
    var used = Fraction()
    for factor in rest.above where fractions.contains(where: { $0.meets(factor, graph) }) {
      used.above.append(factor)
      rest.above.remove(at: rest.above.firstIndex(of: factor)!)
    }
    guard !used.above.isEmpty else { return nil }
    var left = Set<Graph.ValueID>()
    var gone = Set<Graph.ValueID>()
    var sum: Graph.ValueID?
    for (term, own) in zip(terms, fractions) {
      var product = own
      product.multiply(by: used)
      gone.formUnion(product.cancel { graph.range($0).isFinitePositive })
      _ = try product.stabilise(&graph)
      left.formUnion(product.above)
      if term.isNegative { product.coefficient = -product.coefficient }
      guard var value = try product.build(graph.dtype(term.value), &graph) else { return nil }
      for (condition, isThen) in term.conditions.reversed() {
        let zero = graph.literal(0, like: value)
        value = try graph.add(Ops.choice, isThen ? [condition, value, zero] : [condition, zero, value])[0]
      }
      if let before = sum {
        let negative = graph.operand(of: value, Ops.negate)
        sum = try graph.add(negative == nil ? Ops.add : Ops.subtract, [before, negative ?? value])[0]
      } else {
        sum = value
      }
    }
    guard let sum else { return nil }
    return try with(sum, gone, left: left, hiding, &graph)
  }

  /// `a - a * p` is `a * (1 - p)` if p is a sigmoid: as it is written, the difference of what overflows is no number.
  static let share = Rewrite(
    "difference with a share", .stable, at: .operation(Ops.subtract), depth: Fraction.deepest + 1
  ) {
    graph, node throws(Fault) in
    let inputs = graph.nodes[node].inputs
    guard let whole = try Fraction(inputs[0], &graph), let part = try Fraction(inputs[1], &graph),
      part.coefficient == whole.coefficient, part.below.sorted() == whole.below.sorted(),
      part.above.count == whole.above.count + 1
    else { return nil }
    var extra = part.above
    for factor in whole.above {
      guard let at = extra.firstIndex(of: factor) else { return nil }
      extra.remove(at: at)
    }
    guard let argument = graph.operand(of: extra[0], Ops.sigmoid) else { return nil }
    let other = try graph.add(Ops.sigmoid, [try graph.add(Ops.negate, [argument])[0]])[0]
    return try graph.add(Ops.multiply, [inputs[0], other])
  }
}

/// A term of a sum, and the conditions under which it counts.
private struct Term {
  var value: Graph.ValueID
  var isNegative = false
  var conditions: [(Graph.ValueID, isThen: Bool)] = []

  private static let most = 8

  /// The terms of a sum, or of one term that counts under a condition; `nil` for anything else.
  static func list(_ id: Graph.ValueID, _ graph: borrowing Graph) -> [Term]? {
    var terms: [Term] = []
    guard collect(Term(value: id), 0, graph, &terms), terms.count > 1 || !terms[0].conditions.isEmpty else {
      return nil
    }
    return terms
  }

  private static func collect(
    _ term: Term, _ depth: Int, _ graph: borrowing Graph, _ terms: inout [Term]
  ) -> Bool {
    if depth > 2 * most || terms.count == most { return false }
    func with(_ value: Graph.ValueID, negative: Bool = false) -> Term {
      var inner = term
      inner.value = value
      if negative { inner.isNegative.toggle() }
      return inner
    }
    if let operands = graph.operands(of: term.value, Ops.add) {
      return collect(with(operands[0]), depth + 1, graph, &terms)
        && collect(with(operands[1]), depth + 1, graph, &terms)
    }
    if let operands = graph.operands(of: term.value, Ops.subtract) {
      return collect(with(operands[0]), depth + 1, graph, &terms)
        && collect(with(operands[1], negative: true), depth + 1, graph, &terms)
    }
    if let operand = graph.operand(of: term.value, Ops.negate) {
      return collect(with(operand, negative: true), depth + 1, graph, &terms)
    }
    if let choice = graph.operands(of: term.value, Ops.choice) {
      for k in 1...2 where graph.number(choice[3 - k]) == 0 {
        var inner = with(choice[k])
        inner.conditions.append((choice[0], isThen: k == 1))
        return collect(inner, depth + 1, graph, &terms)
      }
    }
    terms.append(term)
    return true
  }
}

extension Fraction {
  /// Whether a factor has something to cancel here, or to meet.
  fileprivate func meets(_ factor: Graph.ValueID, _ graph: borrowing Graph) -> Bool {
    if below.contains(factor) { return graph.range(factor).isFinitePositive }
    guard let exponent = graph.operand(of: factor, Ops.exp) else { return false }
    return below.contains { ExponentialSum($0, in: graph)?.exponents.contains(exponent) ?? false }
  }

  /// The slope of tanh(x), `1 - tanh(x) ** 2`, is `4 sigmoid(2 x) sigmoid(-2 x)`: written so where a denominator is one of the two.
  fileprivate mutating func splitSlopesOfTanh(_ terms: [Fraction], _ graph: inout Graph) throws(Fault) {
    for (k, factor) in above.enumerated().reversed() {
      guard let difference = graph.operands(of: factor, Ops.subtract), graph.number(difference[0]) == 1,
        let square = graph.operands(of: difference[1], Ops.multiply), square[0] == square[1],
        let argument = graph.operand(of: square[0], Ops.tanh)
      else { continue }
      let twice = 2 * graph.linear(argument)
      let sigmoids = terms.flatMap(\.below).filter { id in
        guard let own = graph.operand(of: id, Ops.sigmoid).map({ graph.linear($0) }) else { return false }
        return own == twice || own == -1 * twice
      }
      guard let found = sigmoids.first, let own = graph.operand(of: found, Ops.sigmoid) else { continue }
      let opposite = sigmoids.first { id in
        graph.operand(of: id, Ops.sigmoid).map { graph.linear($0) == -1 * graph.linear(own) } ?? false
      }
      let mirrored =
        opposite == nil ? try graph.add(Ops.sigmoid, [try graph.add(Ops.negate, [own])[0]])[0] : nil
      guard let other = opposite ?? mirrored else { continue }
      above.remove(at: k)
      above += [found, other]
      coefficient *= 4
    }
  }
}

extension Graph {
  /// What a value is computed from at a short distance, itself included.
  fileprivate func sources(_ id: ValueID, depth: Int = 4) -> [ValueID] {
    guard depth > 0, let node = producer(id) else { return constant(id) == nil ? [id] : [] }
    let inputs = nodes[node].inputs
    let shapeOnly = nodes[node].op.shapeOnlyOperands
    return inputs.indices.filter { !shapeOnly.contains($0) }.flatMap { sources(inputs[$0], depth: depth - 1) }
  }
}
