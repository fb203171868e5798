import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations

/// A sum of exponentials as it is written: along axes (`sum(exp(x), axis: 1)`), of terms (`exp(x) + exp(y)`), with weights, as a mean.
///
/// It overflows where an exponent is large and is 0 where all are small, though its logarithm and its quotients are ordinary
/// numbers. As `exp(shift)` times a sum of `exp(x - shift)`, the shift being the largest exponent, neither happens.
indirect enum ExponentialSum {
  case exponential(of: Graph.ValueID)
  case number(Graph.ValueID)
  case weighted(ExponentialSum, by: Graph.ValueID, isQuotient: Bool, value: Graph.ValueID)
  case sum(ExponentialSum, ExponentialSum, isDifference: Bool, value: Graph.ValueID)
  case reduced(ExponentialSum, axes: [Int], value: Graph.ValueID)
  case shuffled(ExponentialSum, order: [Int?], value: Graph.ValueID)

  /// The sum that a value is; `nil` if it is none, or if its exponents have been shifted already.
  init?(_ id: Graph.ValueID, in graph: borrowing Graph) {
    // A sum of many terms is not searched to the end again for each of them.
    var budget = 32
    guard let found = ExponentialSum.find(id, graph, &budget), found.isSum else { return nil }
    let exponents = found.exponents
    guard !exponents.isEmpty, !exponents.allSatisfy({ graph.isShifted($0) }) else { return nil }
    // 1 + exp(x) is what softplus and sigmoid are for.
    if exponents.count == 1, case .sum(let a, let b, false, _) = found, a.isOne(graph) || b.isOne(graph) {
      return nil
    }
    self = found
  }

  private static func find(
    _ id: Graph.ValueID, _ graph: borrowing Graph, _ budget: inout Int
  ) -> ExponentialSum? {
    budget -= 1
    guard budget > 0, graph.dtype(id).isFloating else { return nil }
    if let exponent = graph.operand(of: id, Ops.exp) { return .exponential(of: exponent) }
    if let number = graph.number(id), number > 0, number.isFinite { return .number(id) }
    if let factors = graph.operands(of: id, Ops.multiply) {
      for (inner, weight) in [(factors[0], factors[1]), (factors[1], factors[0])] {
        guard let found = find(inner, graph, &budget), !found.exponents.isEmpty else { continue }
        return .weighted(found, by: weight, isQuotient: false, value: id)
      }
      return nil
    }
    if let parts = graph.operands(of: id, Ops.divide) {
      guard let found = find(parts[0], graph, &budget), !found.exponents.isEmpty else { return nil }
      return .weighted(found, by: parts[1], isQuotient: true, value: id)
    }
    for (function, isDifference) in [(Ops.add, false), (Ops.subtract, true)] {
      guard let terms = graph.operands(of: id, function) else { continue }
      guard let a = find(terms[0], graph, &budget), let b = find(terms[1], graph, &budget) else { return nil }
      // exp(x) - 1 is expm1(x).
      if isDifference, a.exponents.isEmpty || b.exponents.isEmpty { return nil }
      return .sum(a, b, isDifference: isDifference, value: id)
    }
    if let (op, inputs) = graph.application(id, Reduction.self), op.kind == .sum,
      let inner = find(inputs[0], graph, &budget), graph.dtype(inputs[0]) == graph.dtype(id)
    {
      return .reduced(inner, axes: op.axes, value: id)
    }
    if let (op, inputs) = graph.application(id, DimShuffle.self), let inner = find(inputs[0], graph, &budget)
    {
      return .shuffled(inner, order: op.order, value: id)
    }
    return nil
  }

  /// Whether anything is added in it.
  private var isSum: Bool {
    switch self {
    case .exponential, .number: false
    case .sum, .reduced: true
    case .weighted(let inner, _, _, _), .shuffled(let inner, _, _): inner.isSum
    }
  }

  private func isOne(_ graph: borrowing Graph) -> Bool {
    if case .number(let id) = self { graph.number(id) == 1 } else { false }
  }

  /// What the exponentials in it are of.
  var exponents: [Graph.ValueID] {
    switch self {
    case .exponential(let x): [x]
    case .number: []
    case .weighted(let inner, _, _, _), .reduced(let inner, _, _), .shuffled(let inner, _, _): inner.exponents
    case .sum(let a, let b, _, _): a.exponents + b.exponents
    }
  }

  private func value(_ graph: borrowing Graph) -> Graph.ValueID? {
    switch self {
    case .exponential: nil
    case .number(let id): id
    case .weighted(_, _, _, let id), .sum(_, _, _, let id), .reduced(_, _, let id), .shuffled(_, _, let id):
      id
    }
  }

  /// The largest exponent, of the sum's own shape: 0 where that is no finite number.
  func shift(_ graph: inout Graph) throws(Fault) -> Graph.ValueID {
    let largest = try largest(&graph)
    let infinity = graph.literal(.infinity, like: largest)
    let size = try graph.add(Ops.abs, [largest])[0]
    let isFinite = try graph.add(Ops.less, [size, infinity])[0]
    return try graph.add(Ops.choice, [isFinite, largest, graph.literal(0, like: largest)])[0]
  }

  private func largest(_ graph: inout Graph) throws(Fault) -> Graph.ValueID {
    switch self {
    case .exponential(let x): return x
    case .number(let id): return graph.literal(0, like: id)
    case .weighted(let inner, let weight, let isQuotient, let id):
      let found = try inner.largest(&graph)
      let range = graph.range(weight)
      if isQuotient || range.isNonZero { return found }
      // What counts nothing does not say how large the others are.
      let counts = try graph.add(Ops.differs, [weight, graph.literal(0, like: weight)])[0]
      let none = graph.literal(-.infinity, like: id)
      return try graph.add(Ops.choice, [counts, found, none])[0]
    case .sum(let a, let b, _, _):
      return try graph.add(Ops.maximum, [try a.largest(&graph), try b.largest(&graph)])[0]
    case .reduced(let inner, let axes, _):
      let found = try inner.wholeLargest(&graph)
      let mayBeEmpty = !axes.allSatisfy { (graph.dims(found)[$0].constant ?? 0) > 0 }
      return try graph.add(Reduction(.max, axes: axes, takesEmpty: mayBeEmpty), [found])[0]
    case .shuffled(let inner, let order, _):
      return try graph.shuffled(try inner.wholeLargest(&graph), order)
    }
  }

  /// The largest exponent at each place of the value, which it may have been stretched from.
  private func wholeLargest(_ graph: inout Graph) throws(Fault) -> Graph.ValueID {
    let found = try largest(&graph)
    guard let whole = value(graph), graph.dims(found) != graph.dims(whole) else { return found }
    return try graph.add(BroadcastLike(), [found, whole])[0]
  }

  /// The sum divided by the exponential of a shift; `nil` if the shift differs between the terms of a sum along axes.
  func shifted(by shift: Graph.ValueID, _ graph: inout Graph) throws(Fault) -> Graph.ValueID? {
    switch self {
    case .exponential(let x): return try graph.shiftedExponential(x, by: shift)
    case .number(let id):
      let factor = try graph.add(Ops.exp, [try graph.add(Ops.negate, [shift])[0]])[0]
      return try graph.add(Ops.multiply, [id, factor])[0]
    case .weighted(let inner, let weight, let isQuotient, _):
      guard var found = try inner.shifted(by: shift, &graph) else { return nil }
      if !isQuotient, !graph.range(weight).isNonZero {
        // What does not count may be larger than the shift.
        let zero = graph.literal(0, like: weight)
        let counts = try graph.add(Ops.differs, [weight, zero])[0]
        found = try graph.add(Ops.choice, [counts, found, zero])[0]
      }
      return try graph.add(isQuotient ? Ops.divide : Ops.multiply, [found, weight])[0]
    case .sum(let a, let b, let isDifference, _):
      guard let left = try a.shifted(by: shift, &graph), let right = try b.shifted(by: shift, &graph) else {
        return nil
      }
      return try graph.add(isDifference ? Ops.subtract : Ops.add, [left, right])[0]
    case .reduced(let inner, let axes, let id):
      guard let own = graph.fitting(shift, id) else { return nil }
      var order: [Int?] = []
      var next = 0
      for axis in 0..<(graph.dims(id).count + axes.count) {
        order.append(axes.contains(axis) ? nil : next)
        if !axes.contains(axis) { next += 1 }
      }
      let wide = graph.dims(own).isEmpty ? own : try graph.shuffled(own, order)
      guard let found = try inner.shifted(by: wide, &graph) else { return nil }
      return try graph.add(Reduction(.sum, axes: axes), [found])[0]
    case .shuffled(let inner, let order, let id):
      guard let own = graph.fitting(shift, id) else { return nil }
      guard let whole = inner.value(graph) ?? inner.exponents.first else { return nil }
      let rank = graph.dims(whole).count
      let back = (0..<rank).map { axis in order.firstIndex(of: axis) }
      let narrow = graph.dims(own).isEmpty ? own : try graph.shuffled(own, back)
      guard let found = try inner.shifted(by: narrow, &graph) else { return nil }
      return try graph.shuffled(found, order)
    }
  }
}

extension Graph {
  /// A shift that goes below a reduction or permutation has that one's shape, or is one number.
  fileprivate func fitting(_ shift: ValueID, _ id: ValueID) -> ValueID? {
    dims(shift) == dims(id) || dims(shift).isEmpty ? shift : nil
  }

  mutating func shiftedExponential(_ x: ValueID, by shift: ValueID) throws(Fault) -> ValueID {
    try add(Ops.exp, [try add(Ops.subtract, [x, shift])[0]])[0]
  }

  /// Whether an exponent has had the largest one subtracted, in whichever form other rules have brought the difference.
  func isShifted(_ exponent: ValueID, depth: Int = 0) -> Bool {
    guard depth < 5 else { return false }
    let terms =
      operands(of: exponent, Ops.subtract) ?? operands(of: exponent, Ops.add)
      ?? operands(of: exponent, Ops.negate)
    return terms?.contains { isExtreme($0, 0) || isShifted($0, depth: depth + 1) } ?? false
  }

  /// Whether a value is a largest one, or that where it is finite, whatever its axes.
  func isExtreme(_ id: ValueID, _ depth: Int) -> Bool {
    guard depth < 6, let node = producer(id) else { return false }
    let inputs = nodes[node].inputs
    if nodes[node].op is DimShuffle || nodes[node].op is BroadcastLike {
      return isExtreme(inputs[0], depth + 1)
    }
    if let reduction = nodes[node].op as? Reduction { return reduction.kind == .max }
    if operands(of: id, Ops.maximum) != nil { return true }
    return operands(of: id, Ops.choice) != nil && isExtreme(inputs[1], depth + 1)
  }
}
