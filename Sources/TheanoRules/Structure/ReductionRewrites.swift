import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Sums, products and extrema of what need not be summed.
enum ReductionRewrites {
  static let rules: [Rewrite] = [
    shortAxes, nested, permuted, negated, scaled, scaledIntegers, stretched, stretchedExtremum,
  ]

  private typealias Found = (op: Reduction, input: Graph.ValueID, output: Graph.ValueID)

  private static func reduction(_ graph: borrowing Graph, _ node: Graph.NodeID) -> Found? {
    guard let op = graph.nodes[node].op as? Reduction else { return nil }
    return (op, graph.nodes[node].inputs[0], graph.nodes[node].firstOutput)
  }

  private static func isPositional(_ kind: Reduction.Kind) -> Bool { kind == .argmax || kind == .argmin }

  /// An axis of length 1 is reduced by dropping it.
  static let shortAxes = Rewrite("reduction of length 1", .canonical, at: .kind(Reduction.self), depth: 1) {
    graph, node throws(Fault) in
    guard let (op, x, _) = reduction(graph, node), !isPositional(op.kind) else { return nil }
    let dims = graph.dims(x)
    let short = op.axes.filter { dims[$0] == 1 }
    guard !short.isEmpty else { return nil }
    let order = dims.indices.filter { !short.contains($0) }
    let squeezed = try graph.shuffled(x, order.map { $0 })
    let rest = op.axes.filter { !short.contains($0) }.map { axis in axis - short.count { $0 < axis } }
    if !rest.isEmpty { return try graph.add(Reduction(op.kind, axes: rest), [squeezed]) }
    // The dtype to which sums of integers widen is the driver's to restore.
    return [squeezed]
  }

  static let nested = Rewrite("reduction of reduction", .canonical, at: .kind(Reduction.self)) {
    graph, node throws(Fault) in
    guard let (outer, x, _) = reduction(graph, node), !isPositional(outer.kind),
      let inner = graph.application(x, Reduction.self), inner.op.kind == outer.kind
    else { return nil }
    let rank = graph.dims(inner.inputs[0]).count
    let left = (0..<rank).filter { !inner.op.axes.contains($0) }
    let axes = (inner.op.axes + outer.axes.map { left[$0] }).sorted()
    return try graph.add(Reduction(outer.kind, axes: axes), [inner.inputs[0]])
  }

  /// Axes may be reduced where they stood before they were moved.
  static let permuted = Rewrite("reduction of dimshuffle", .canonical, at: .kind(Reduction.self)) {
    graph, node throws(Fault) in
    guard let (op, x, _) = reduction(graph, node), !isPositional(op.kind),
      let shuffle = graph.application(x, DimShuffle.self)
    else { return nil }
    let order = shuffle.op.order
    // Axes of length 1 that the shuffle made or dropped are other entries' business.
    guard order.count == graph.dims(shuffle.inputs[0]).count, !order.contains(nil) else { return nil }
    let source = order.compactMap { $0 }
    let axes = op.axes.map { source[$0] }.sorted()
    let kept = source.indices.filter { !op.axes.contains($0) }.map { source[$0] }
    let reduced = try graph.add(Reduction(op.kind, axes: axes), shuffle.inputs)[0]
    let ranks = kept.sorted()
    return [try graph.shuffled(reduced, kept.map { ranks.firstIndex(of: $0) })]
  }

  static let negated = Rewrite("sum of minus", .canonical, at: .kind(Reduction.self)) {
    graph, node throws(Fault) in
    guard let (op, x, output) = reduction(graph, node), op.kind == .sum,
      let inner = graph.operands(of: x, Ops.negate),
      graph.dtype(x) == graph.dtype(output)
    else { return nil }
    let sum = try graph.add(op, inner)
    return try graph.add(Ops.negate, sum)
  }

  static let scaled = scaling("sum of c * x", .assumesFinite) { $0.isFloating }
  /// Integers wrap alike before and after, if the sum does not widen them.
  static let scaledIntegers = scaling("sum of c * x of integers", []) { $0.isInteger }

  /// A factor that is the same for all that is summed goes before the sum, if the sum does not get larger thereby: what is
  /// made small to be summed must stay so.
  private static func scaling(
    _ name: String, _ flags: Rewrite.Flags, _ admits: @escaping @Sendable (DType) -> Bool
  ) -> Rewrite {
    Rewrite(name, .canonical, flags, at: .kind(Reduction.self)) { graph, node throws(Fault) in
      guard let (op, x, output) = reduction(graph, node), op.kind == .sum, admits(graph.dtype(x)),
        graph.dtype(x) == graph.dtype(output)
      else { return nil }
      if let factors = graph.operands(of: x, Ops.multiply) {
        for (scalar, rest) in [(factors[0], factors[1]), (factors[1], factors[0])]
        where graph.dims(scalar).isEmpty && graph.dims(rest) == graph.dims(x)
          && (!graph.dtype(x).isFloating
            || graph.number(scalar).map { $0.isFinite && $0.magnitude >= 1 } ?? false)
        {
          let sum = try graph.add(op, [rest])[0]
          return try graph.add(Ops.multiply, [sum, scalar])
        }
      }
      if let parts = graph.operands(of: x, Ops.divide), graph.dims(parts[1]).isEmpty,
        graph.number(parts[1]).map({ $0.isNormal && $0.magnitude <= 1 }) ?? false
      {
        let sum = try graph.add(op, [parts[0]])[0]
        return try graph.add(Ops.divide, [sum, parts[1]])
      }
      return nil
    }
  }

  /// The sum of something stretched is a product with the number of its copies.
  static let stretched = Rewrite(
    "sum of broadcast", .canonical, .assumesFinite, at: .kind(Reduction.self), depth: 2
  ) {
    graph, node throws(Fault) in
    guard let (op, x, output) = reduction(graph, node), op.kind == .sum,
      let (inner, rest) = try unstretched(&graph, op, x, output),
      !graph.dtype(x).isFloating || graph.range(inner).isFinite
    else { return nil }
    var count: Graph.ValueID?
    for axis in op.axes {
      let length = try graph.length(x, axis)
      count =
        try count.map { (product) throws(Fault) in try graph.add(Ops.multiply, [product, length])[0] }
        ?? length
    }
    guard rest, let count else { return nil }
    let dtype = graph.dtype(output)
    let factor = dtype == .int64 ? count : try graph.add(Ops.cast(dtype), [count])[0]
    let summand = graph.dtype(inner) == dtype ? inner : try graph.add(Ops.cast(dtype), [inner])[0]
    return try graph.add(Ops.multiply, [summand, factor])
  }

  /// The extremum of copies is the one, unless there are none.
  static let stretchedExtremum = Rewrite(
    "extremum of broadcast", .canonical, at: .kind(Reduction.self), depth: 2
  ) {
    graph, node throws(Fault) in
    guard let (op, x, output) = reduction(graph, node), op.kind == .max || op.kind == .min,
      op.axes.allSatisfy({ (graph.dims(x)[$0].constant ?? 0) > 0 }),
      let (inner, rest) = try unstretched(&graph, op, x, output), rest
    else { return nil }
    return [inner]
  }

  /// What is stretched along all of the reduced axes and none of the others, with those axes dropped.
  private static func unstretched(
    _ graph: inout Graph, _ op: Reduction, _ x: Graph.ValueID, _ output: Graph.ValueID
  ) throws(Fault) -> (inner: Graph.ValueID, fits: Bool)? {
    guard let inner = graph.stretched(x) else { return nil }
    let missing = graph.dims(x).count - graph.dims(inner).count
    let own = graph.dims(inner)
    var order: [Int?] = []
    for axis in graph.dims(x).indices where axis >= missing {
      if op.axes.contains(axis) {
        guard own[axis - missing] == 1 else { return nil }
      } else {
        order.append(axis - missing)
      }
    }
    let dropped = try graph.shuffled(inner, order)
    return (
      dropped,
      graph.dims(dropped) == graph.dims(output) || graph.dims(dropped).isEmpty && graph.dims(output).isEmpty
    )
  }
}
