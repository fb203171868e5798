import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Computes what can be computed before the call, through the operations' own host evaluation.
enum Folding {
  /// Results with more elements are left to the program, which would otherwise carry them as a table.
  static let largest = 1024

  static let rules: [Rewrite] = [knownLengths, constants]

  /// An integer scalar whose value follows from known lengths, such as `x.shape[0] * 2`.
  static let knownLengths = Rewrite("known lengths", .canonical, .essential, at: .any, depth: 1) {
    graph, node throws(Fault) in
    let outputs = graph.nodes[node].outputs
    guard outputs.count == 1, graph.nodes[node].op.isPure,
      let n = graph.values[outputs.lowerBound].length.constant
    else { return nil }
    return [graph.addConstant(NDArray(scalar: Int64(n)).astype(graph.dtype(outputs.lowerBound)))]
  }

  static let constants = Rewrite("constant folding", .canonical, .essential, at: .any, depth: 1) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard application.op.isPure, !application.op.isConditional, !application.inputs.isEmpty else {
      return nil
    }
    for output in application.outputs {
      var elements = 1
      for dim in graph.dims(output) {
        guard let n = dim.constant, n <= largest else { return nil }
        elements *= n
        if elements > largest { return nil }
      }
      // One number throughout is better known as that than as a table of equal numbers.
      if graph.dims(output).count > 0, application.op.movedOperand != nil, graph.uniform(output) != nil {
        return nil
      }
    }
    var operands: [NDArray] = []
    for input in application.inputs {
      guard let value = graph.constant(input) else { return nil }
      operands.append(value)
    }
    // What fails here would fail at the call, and is reported there with its line.
    guard
      let results = try? application.op.evaluate(operands, application.outputs.map { graph.values[$0].type })
    else {
      return nil
    }
    return results.map { graph.addConstant($0) }
  }
}
