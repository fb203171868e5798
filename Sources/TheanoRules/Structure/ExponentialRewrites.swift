import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Logarithms and quotients of exponentials and their sums, without overflow and underflow between: what softmax, cross-entropy
/// and their gradients are made of, however they are written.
enum ExponentialRewrites {
  static let rules: [Rewrite] = [logarithm, quotient, factorOfSum, logSoftmax]

  /// The logarithm of a product is taken factor by factor where a factor is an exponential, a sum of exponentials or a sigmoid.
  static let logarithm = Rewrite(
    "log of exponentials", .stable, at: .kind(Elementwise.self), depth: Fraction.deepest + 2
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    let scales = [(Ops.log, 1.0), (Ops.log2, 1 / 0.6931471805599453), (Ops.log10, 1 / 2.302585092994046)]
    guard let op = application.op as? Elementwise, let (_, scale) = scales.first(where: { $0.0 == op }),
      var fraction = try Fraction(application.inputs[0], &graph)
    else { return nil }
    var terms: [(id: Graph.ValueID, isNegative: Bool)] = []
    func take(_ factor: Graph.ValueID, isBelow: Bool, _ graph: inout Graph) throws(Fault) -> Graph.ValueID? {
      if let exponent = graph.operand(of: factor, Ops.exp) {
        terms.append((exponent, isBelow))
        return nil
      }
      if let argument = graph.operand(of: factor, Ops.sigmoid) {
        let minus = try graph.add(Ops.negate, [argument])[0]
        terms.append((try graph.add(Ops.softplus, [minus])[0], !isBelow))
        return nil
      }
      if let sum = ExponentialSum(factor, in: graph) {
        let shift = try sum.shift(&graph)
        guard let rest = try sum.shifted(by: shift, &graph) else { return factor }
        terms.append((shift, isBelow))
        return rest
      }
      return factor
    }
    var (above, below): ([Graph.ValueID], [Graph.ValueID]) = ([], [])
    for factor in fraction.above {
      if let rest = try take(factor, isBelow: false, &graph) { above.append(rest) }
    }
    for factor in fraction.below {
      if let rest = try take(factor, isBelow: true, &graph) { below.append(rest) }
    }
    guard !terms.isEmpty else { return nil }
    // Large numbers that cancel are added first, and what is left of them to the logarithm of the rest.
    var sum: Graph.ValueID?
    for (term, isNegative) in terms.filter({ !$0.isNegative }) + terms.filter(\.isNegative) {
      if let left = sum {
        sum = try graph.add(isNegative ? Ops.subtract : Ops.add, [left, term])[0]
      } else {
        sum = isNegative ? try graph.add(Ops.negate, [term])[0] : term
      }
    }
    guard var result = sum else { return nil }
    if scale != 1 { result = try graph.add(Ops.multiply, [result, graph.literal(scale, like: result)])[0] }
    let isInverse = above.isEmpty && fraction.coefficient == 1 && !below.isEmpty
    (fraction.above, fraction.below) = isInverse ? (below, []) : (above, below)
    if fraction.above.isEmpty && fraction.below.isEmpty && fraction.coefficient == 1 { return [result] }
    guard let rest = try fraction.build(graph.dtype(application.firstOutput), &graph) else { return nil }
    let logarithm = try graph.add(op, [rest])[0]
    return try graph.add(isInverse ? Ops.subtract : Ops.add, [result, logarithm])
  }

  /// `exp(x) / sum(exp(x))` is `exp(x - m) / sum(exp(x - m))`, m being the largest of the exponents; exponentials and sigmoids of opposite
  /// arguments meet.
  static let quotient = Rewrite(
    "quotient of exponentials", .stable, at: .kind(Elementwise.self), depth: Fraction.deepest + 2
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    let root = application.firstOutput
    guard let op = application.op as? Elementwise, op == Ops.multiply || op == Ops.divide,
      graph.dtype(root).isFloating, var fraction = try Fraction(root, &graph),
      try fraction.stabilise(&graph)
    else { return nil }
    return try fraction.build(graph.dtype(root), &graph).map { [$0] }
  }

  /// A sum of exponentials that divides all that is summed divides the sum: in gradients it then meets the exponentials above it.
  static let factorOfSum = Rewrite(
    "sum of quotients by exponentials", .stable, at: .kind(Reduction.self), depth: Fraction.deepest + 3
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    let dtype = graph.dtype(application.firstOutput)
    guard let op = application.op as? Reduction, op.kind == .sum, dtype.isFloating else { return nil }
    let x = application.inputs[0]
    let choice = graph.operands(of: x, Ops.choice)
    guard choice == nil || graph.number(choice![2]) == 0,
      var fraction = try Fraction(choice?[1] ?? x, &graph)
    else { return nil }
    let rank = graph.dims(x).count
    var divisors: [Graph.ValueID] = []
    for factor in fraction.below where ExponentialSum(factor, in: graph) != nil {
      let missing = rank - graph.dims(factor).count
      guard op.axes.allSatisfy({ $0 < missing || graph.dims(factor)[$0 - missing] == 1 }) else { continue }
      fraction.below.remove(at: fraction.below.firstIndex(of: factor)!)
      divisors.append(factor)
    }
    guard !divisors.isEmpty, var inner = try fraction.build(dtype, &graph) else { return nil }
    if let choice { inner = try graph.add(Ops.choice, [choice[0], inner, choice[2]])[0] }
    if graph.dims(inner) != graph.dims(x) { inner = try graph.add(BroadcastLike(), [inner, x])[0] }
    var result = try graph.add(op, [inner])[0]
    for divisor in divisors {
      let missing = rank - graph.dims(divisor).count
      let kept = graph.dims(divisor).indices.filter { !op.axes.contains($0 + missing) }
      result = try graph.add(Ops.divide, [result, try graph.shuffled(divisor, kept.map { $0 })])[0]
    }
    return [result]
  }

  /// `x - (m + l)`, m being the largest x, is `(x - m) - l`: of large numbers the difference is exact.
  static let logSoftmax = Rewrite(
    "x - log of sum of exp", .stable, at: .operation(Ops.subtract), depth: 4
  ) {
    graph, node throws(Fault) in
    let inputs = graph.nodes[node].inputs
    guard let sum = graph.summands(under: inputs[1]) else { return nil }
    for (shift, rest) in [(sum.terms[0], sum.terms[1]), (sum.terms[1], sum.terms[0])]
    where graph.isExtreme(shift, 0) && graph.logarithm(rest) {
      let left = try graph.add(Ops.subtract, [inputs[0], try sum.shuffled(shift, &graph)])[0]
      return try graph.add(Ops.subtract, [left, try sum.shuffled(rest, &graph)])
    }
    return nil
  }
}

/// The terms of a sum that may have got new axes.
private struct Summands {
  var terms: [Graph.ValueID]
  var order: [Int?]?

  func shuffled(_ id: Graph.ValueID, _ graph: inout Graph) throws(Fault) -> Graph.ValueID {
    guard let order, !graph.dims(id).isEmpty else { return id }
    return try graph.shuffled(id, order)
  }
}

extension Graph {
  fileprivate func summands(under id: ValueID) -> Summands? {
    if let terms = operands(of: id, Ops.add) { return Summands(terms: terms, order: nil) }
    guard let shuffle = application(id, DimShuffle.self),
      let terms = operands(of: shuffle.inputs[0], Ops.add),
      terms.allSatisfy({ dims($0).isEmpty || dims($0) == dims(shuffle.inputs[0]) })
    else { return nil }
    return Summands(terms: terms, order: shuffle.op.order)
  }

  fileprivate func logarithm(_ id: ValueID) -> Bool {
    if let shuffle = application(id, DimShuffle.self) { return logarithm(shuffle.inputs[0]) }
    return operand(of: id, Ops.log) != nil
  }
}

extension Fraction {
  /// Lets exponentials, their sums and sigmoids meet; whether anything did.
  mutating func stabilise(_ graph: inout Graph) throws(Fault) -> Bool {
    var isChanged = false
    while try meet(&graph) { isChanged = true }
    return isChanged
  }

  private mutating func meet(_ graph: inout Graph) throws(Fault) -> Bool {
    for (k, factor) in above.enumerated() {
      if let exponent = graph.operand(of: factor, Ops.exp) {
        for (j, other) in below.enumerated() {
          guard let sum = ExponentialSum(other, in: graph), sum.exponents.contains(exponent) else { continue }
          let shift = try sum.shift(&graph)
          guard let rest = try sum.shifted(by: shift, &graph) else { continue }
          above[k] = try graph.shiftedExponential(exponent, by: shift)
          below[j] = rest
          return true
        }
      }
      guard let argument = graph.operand(of: factor, Ops.sigmoid) else { continue }
      let own = graph.linear(argument)
      // exp(-x) sigmoid(x) and sigmoid(x) / exp(x) are sigmoid(-x).
      func isOpposite(_ id: Graph.ValueID, _ sign: Double) -> Bool {
        guard let exponent = graph.operand(of: id, Ops.exp) else { return false }
        return graph.linear(exponent) == sign * own
      }
      let above = above
      let partner = above.firstIndex { isOpposite($0, -1) }
      let divisor = below.firstIndex { isOpposite($0, 1) }
      guard partner != nil || divisor != nil else { continue }
      self.above[k] = try graph.add(Ops.sigmoid, [try graph.add(Ops.negate, [argument])[0]])[0]
      if let partner { self.above.remove(at: partner) } else { below.remove(at: divisor!) }
      return true
    }
    return false
  }
}
