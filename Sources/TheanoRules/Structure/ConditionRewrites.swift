import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// Lazy choices that are no choices.
enum ConditionRewrites {
  static let rules: [Rewrite] = [decided, same]

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
