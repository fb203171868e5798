import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// Choices that are no choices.
enum ConditionRewrites {
  static let rules: [Rewrite] = [decided, same, known]

  /// Within what is chosen where a condition holds, a choice by the same condition is made. Gradients are full of such: where a value
  /// does not count its slope does not, nor does the slope of what it is made from.
  static let known = Rewrite("choice within a choice", .canonical, at: .operation(Ops.choice), depth: 5) {
    graph, node throws(Fault) in
    var inputs = graph.nodes[node].inputs
    for k in 1...2 {
      var truths: [Graph.ValueID: Bool] = [:]
      learn(inputs[0], k == 1, graph, &truths)
      if let simpler = try simplified(inputs[k], truths, 4, &graph) { inputs[k] = simpler }
    }
    return inputs == graph.nodes[node].inputs ? nil : try graph.add(Ops.choice, inputs)
  }

  /// What is known where a condition holds, or where it does not.
  private static func learn(
    _ condition: Graph.ValueID, _ truth: Bool, _ graph: borrowing Graph, _ truths: inout [Graph.ValueID: Bool]
  ) {
    guard truths.count < 8 else { return }
    truths[condition] = truth
    if let parts = graph.operands(of: condition, Ops.and), truth {
      for part in parts { learn(part, true, graph, &truths) }
    }
    if let part = graph.operand(of: condition, Ops.not) { learn(part, !truth, graph, &truths) }
  }

  /// A value that nothing else needs, with the choices made that are known; `nil` if there are none.
  private static func simplified(
    _ id: Graph.ValueID, _ truths: [Graph.ValueID: Bool], _ depth: Int, _ graph: inout Graph
  ) throws(Fault) -> Graph.ValueID? {
    guard depth > 0, let (op, inputs) = graph.application(id, Elementwise.self) else { return nil }
    if op == Ops.choice, let truth = truths[inputs[0]] {
      let chosen = inputs[truth ? 1 : 2]
      return try simplified(chosen, truths, depth - 1, &graph) ?? chosen
    }
    guard graph.values[id].useCount == 1 else { return nil }
    var simpler = inputs
    for k in inputs.indices { simpler[k] = try simplified(inputs[k], truths, depth - 1, &graph) ?? inputs[k] }
    return simpler == inputs ? nil : try graph.add(op, simpler)[0]
  }

  static let decided = Rewrite("ifElse of a constant", .canonical, at: .kind(IfElse.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let truth = graph.number(application.inputs[0]) else { return nil }
    let chosen = application.inputs[truth != 0 ? 1 : 2]
    // A result whose length only the call finds has users that ask it for that length.
    return graph.dims(chosen) == graph.dims(application.firstOutput) ? [chosen] : nil
  }

  static let same = Rewrite("ifElse of same", .canonical, at: .kind(IfElse.self), depth: 1) {
    graph, node throws(Fault) in
    let inputs = graph.nodes[node].inputs
    return inputs[1] == inputs[2] ? [inputs[1]] : nil
  }
}
