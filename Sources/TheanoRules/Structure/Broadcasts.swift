import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Operands need not be stretched where broadcasting does it, and what is stretched need not be computed stretched.
enum BroadcastRewrites {
  static let rules: [Rewrite] = [
    ownShape, broadcastOfBroadcast, nearerShape, allocOfFull, operands, impliedAxes,
  ]

  static let ownShape = Rewrite("broadcast to own shape", .canonical, at: .kind(BroadcastLike.self), depth: 1)
  {
    graph, node throws(Fault) in
    let inputs = graph.nodes[node].inputs
    return graph.dims(inputs[0]) == graph.dims(inputs[1]) ? [inputs[0]] : nil
  }

  static let broadcastOfBroadcast = Rewrite(
    "broadcast of broadcast", .canonical, at: .kind(BroadcastLike.self)
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let inner = graph.stretched(application.inputs[0]) else { return nil }
    return try graph.add(application.op, [inner, application.inputs[1]])
  }

  /// Takes the shape from an input where that has it, so that nothing is kept alive for its shape alone.
  static let nearerShape = Rewrite("shape from an input", .canonical, at: .kind(BroadcastLike.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    let like = application.inputs[1]
    guard graph.producer(like) != nil else { return nil }
    let dims = graph.dims(like)
    for leaf in graph.leaves.prefix(64) where graph.dims(leaf.value) == dims {
      return try graph.add(application.op, [application.inputs[0], leaf.value])
    }
    var nearest = like
    search: for _ in 0..<8 {
      guard let producer = graph.producer(nearest) else { break }
      for input in graph.nodes[producer].inputs where graph.dims(input) == dims {
        nearest = input
        continue search
      }
      break
    }
    if nearest == like { return nil }
    return try graph.add(application.op, [application.inputs[0], nearest])
  }

  static let allocOfFull = Rewrite("alloc of what fills it", .canonical, at: .kind(Alloc.self), depth: 1) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    if graph.dims(application.inputs[0]) == graph.dims(application.firstOutput) {
      return [application.inputs[0]]
    }
    guard let inner = graph.stretched(application.inputs[0]) else { return nil }
    return try graph.add(application.op, [inner] + application.inputs.dropFirst())
  }

  /// `f(stretched(a), b)` is `f(a, b)`; where no operand has the whole shape, the driver stretches the result.
  /// Rules about constants count on it: what they make of a constant that was stretched, or moved in whatever way, must
  /// fold.
  static let operands = Rewrite(
    "elementwise of broadcast", .canonical, .essential, at: .kind(Elementwise.self)
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    var inputs = application.inputs
    for k in inputs.indices {
      if let inner = graph.stretched(inputs[k]) {
        inputs[k] = inner
      } else if graph.producer(inputs[k]) != nil, let number = graph.uniform(inputs[k]) {
        inputs[k] = graph.addConstant(number)
      }
    }
    return inputs == application.inputs ? nil : try graph.add(application.op, inputs)
  }

  /// `f(a, dimshuffle(b, [nil, 0]))` is `f(a, b)`: leading axes are implied.
  static let impliedAxes = Rewrite("implied axes", .canonical, at: .kind(Elementwise.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard application.inputs.count > 1 else { return nil }
    var inputs = application.inputs
    for k in inputs.indices {
      guard let shuffle = graph.application(inputs[k], DimShuffle.self) else { continue }
      let bare = graph.dims(shuffle.inputs[0]).indices.map { Optional($0) }
      let leading = shuffle.op.order.count - bare.count
      guard leading > 0, shuffle.op.order[..<leading].allSatisfy({ $0 == nil }),
        Array(shuffle.op.order[leading...]) == bare
      else { continue }
      var trial = inputs
      trial[k] = shuffle.inputs[0]
      if graph.met(trial) == graph.dims(application.firstOutput) { inputs = trial }
    }
    return inputs == application.inputs ? nil : try graph.add(application.op, inputs)
  }
}
