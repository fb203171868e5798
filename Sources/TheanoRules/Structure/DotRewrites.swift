import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Products of matrices that are no products of matrices, and transposes in the way of those that are.
enum DotRewrites {
  static let rules: [Rewrite] = [transposed, withZero, withZeroOfIntegers, outer]

  /// `dot(a, b).T` is `dot(b.T, a.T)`: transposes of operands cost nothing, they go into the product.
  static let transposed = Rewrite("transpose of dot", .canonical, at: .kind(DimShuffle.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard (application.op as? DimShuffle)?.order == [1, 0],
      let dot = graph.application(application.inputs[0], Dot.self),
      graph.values[application.inputs[0]].useCount == 1
    else { return nil }
    let b = try graph.shuffled(dot.inputs[1], [1, 0])
    let a = try graph.shuffled(dot.inputs[0], [1, 0])
    return try graph.add(dot.op, [b, a])
  }

  static let withZero = zero("dot with zeros", .assumesFinite) { $0.isFloating }
  static let withZeroOfIntegers = zero("dot with zeros of integers", []) { $0.isInteger }

  private static func zero(
    _ name: String, _ flags: Rewrite.Flags, _ admits: @escaping @Sendable (DType) -> Bool
  ) -> Rewrite {
    Rewrite(name, .canonical, flags, at: .kind(Dot.self)) { graph, node throws(Fault) in
      let application = graph.nodes[node]
      let (a, b) = (application.inputs[0], application.inputs[1])
      let dtype = graph.dtype(application.firstOutput)
      let zero = [a, b].firstIndex { graph.number($0) == 0 }
      // Times infinity, 0 is no number.
      guard admits(dtype), let zero, !dtype.isFloating || graph.range([a, b][1 - zero]).isFinite else {
        return nil
      }
      var lengths: [Graph.ValueID] = []
      if graph.dims(a).count == 2 { lengths.append(try graph.length(a, 0)) }
      if graph.dims(b).count == 2 { lengths.append(try graph.length(b, 1)) }
      let element = graph.addConstant(NDArray(scalar: 0.0).astype(dtype))
      return lengths.isEmpty ? [element] : try graph.add(Alloc(), [element] + lengths)
    }
  }

  /// A sum over one element is that element: a column times a row is an elementwise product, which fuses with what is
  /// around it and runs in one pass, as BLAS's `ger` does.
  static let outer = Rewrite("dot of column and row", .canonical, at: .kind(Dot.self), depth: 1) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    let (a, b) = (application.inputs[0], application.inputs[1])
    guard graph.dims(b)[0] == 1, graph.dims(a).last == 1 else { return nil }
    // (1) (1), (m, 1) (1), (1) (1, n), (m, 1) (1, n): the axis that is summed goes where both have it.
    let left: [Int?] = graph.dims(a).count == 2 ? (graph.dims(b).count == 2 ? [0, nil] : [0]) : []
    let right: [Int?] = graph.dims(b).count == 2 ? [1] : []
    let x = try graph.shuffled(a, left)
    let y = try graph.shuffled(b, right)
    return try graph.add(Ops.multiply, [x, y])
  }
}
