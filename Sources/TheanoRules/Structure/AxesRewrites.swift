import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Permutations and reshapes that do nothing, or that follow each other.
enum AxesRewrites {
  static let rules: [Rewrite] = [
    identityShuffle, shuffleOfShuffle, sameShape, reshapeOfReshape, reshapeOfShuffle, lengthOfLeaf,
  ]

  static let identityShuffle = Rewrite(
    "identical dimshuffle", .canonical, at: .kind(DimShuffle.self), depth: 1
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let op = application.op as? DimShuffle, graph.isIdentity(op.order, on: application.inputs[0]) else {
      return nil
    }
    return [application.inputs[0]]
  }

  static let shuffleOfShuffle = Rewrite("dimshuffle of dimshuffle", .canonical, at: .kind(DimShuffle.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let outer = application.op as? DimShuffle,
      let inner = graph.application(application.inputs[0], DimShuffle.self)
    else { return nil }
    let order = outer.order.map { $0.flatMap { inner.op.order[$0] } }
    return [try graph.shuffled(inner.inputs[0], order)]
  }

  static let sameShape = Rewrite("reshape to own shape", .canonical, at: .kind(Reshape.self), depth: 1) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    return graph.dims(application.inputs[0]) == graph.dims(application.firstOutput)
      ? [application.inputs[0]] : nil
  }

  static let reshapeOfReshape = Rewrite("reshape of reshape", .canonical, at: .kind(Reshape.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let inner = graph.application(application.inputs[0], Reshape.self) else { return nil }
    return try graph.add(application.op, [inner.inputs[0]] + application.inputs.dropFirst())
  }

  /// Axes of length 1 that come or go before a reshape do not matter to it.
  static let reshapeOfShuffle = Rewrite("reshape of new axes", .canonical, at: .kind(Reshape.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let inner = graph.application(application.inputs[0], DimShuffle.self) else { return nil }
    let kept = inner.op.order.compactMap { $0 }
    guard kept == kept.sorted() else { return nil }
    return try graph.add(application.op, [inner.inputs[0]] + application.inputs.dropFirst())
  }

  /// A length that an input has is read from the input.
  static let lengthOfLeaf = Rewrite("length from an input", .canonical, at: .kind(AxisLength.self), depth: 1)
  {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard case .symbolic(let size) = graph.values[application.firstOutput].length, let symbol = size.symbol
    else { return nil }
    switch symbol {
    case .axis(let leaf, let axis):
      guard graph.leaves.indices.contains(leaf) else { return nil }
      // Lengths that were found equal have one name, which the leaf's own axis may not be known by.
      let value = graph.leaves[leaf].value
      guard graph.dims(value)[axis] == .symbolic(size) else { return nil }
      return try graph.add(AxisLength(axis: axis), [value])
    case .value(let value):
      let value = graph.resolve(value)
      return value != application.firstOutput && graph.dtype(value) == .int64 ? [value] : nil
    case .found, .function: return nil
    }
  }
}
