import TheanoArrays
import TheanoKernels

extension Graph {
  /// What is illegal in the graph; empty if nothing. Run by tests after every pass of rewriting.
  ///
  /// Everything is derived again from the nodes that the outputs need, and compared with what the graph keeps: types with what
  /// the operations infer from their operands, the order of computing, the lists and numbers of users, and that equal
  /// applications are one node.
  package func violations() -> [String] {
    var found: [String] = []
    for (k, output) in outputs.enumerated() where resolve(output) != output {
      found.append("output \(k) is value \(output), which was replaced")
    }
    let order = sorted()
    var place: [NodeID: Int] = [:]
    for (k, node) in order.enumerated() { place[node] = k }
    for node in order {
      verifyWiring(of: node, &found)
      for need in needs(node) where place[need] == nil || place[need]! >= place[node]! {
        found.append("\(label(node)) waits for \(label(need)), which waits for it")
      }
      verifyTypes(of: node, &found)
    }
    verifyUses(order, &found)
    verifyMerging(order, &found)
    return found
  }

  /// What rewriting must have left alone and has not: the leaves, and the types of the outputs, among which are the new
  /// values of shared variables.
  package func violations(rewrittenFrom before: Graph) -> [String] {
    var found = violations()
    if leaves.map(\.variable) != before.leaves.map(\.variable) { found.append("the leaves are others") }
    if outputs.count != before.outputs.count {
      return found + ["there are \(outputs.count) outputs, not \(before.outputs.count)"]
    }
    for (k, (new, old)) in zip(outputs, before.outputs).enumerated() {
      let (type, wanted) = (values[new].type, before.values[old].type)
      if type != wanted {
        found.append("output \(k) is \(type.dtype) \(type.dims), not \(wanted.dtype) \(wanted.dims)")
      }
    }
    return found
  }

  private func label(_ node: NodeID) -> String { "node \(node) (\(nodes[node].op.name))" }

  /// The node lives, its operands stand for themselves and know it, and its results know it too.
  private func verifyWiring(of node: NodeID, _ found: inout [String]) {
    if !nodes[node].isAlive { found.append("\(label(node)) is needed and was released") }
    for input in nodes[node].inputs {
      if resolve(input) != input {
        found.append("\(label(node)) reads value \(input), which was replaced")
      } else if !values[input].users.contains(node) {
        found.append("\(label(node)) reads value \(input), which does not know of it")
      }
    }
    for output in nodes[node].outputs where producer(output) != node {
      found.append("value \(output) is not known to come from \(label(node))")
    }
  }

  /// What the operation infers from the operands as they are now is what its results are said to be.
  ///
  /// Lengths are compared as far as they can be: folding may have made a length known, and lengths that checks make equal
  /// may be written in two ways.
  private func verifyTypes(of node: NodeID, _ found: inout [String]) {
    var rules = ShapeRules()
    let types: [TensorType]
    do throws(Fault) {
      types = try nodes[node].op.infer(nodes[node].inputs.map(operand), &rules)
    } catch {
      found.append("\(label(node)) refuses its operands: \(error.what)")
      return
    }
    guard types.count == nodes[node].outputs.count else {
      found.append("\(label(node)) has \(nodes[node].outputs.count) results, not \(types.count)")
      return
    }
    for (output, type) in zip(nodes[node].outputs, types) where Graph.contradict(type, values[output].type) {
      let own = values[output].type
      found.append(
        "\(label(node)) makes \(type.dtype) \(type.dims), and its result is said to be \(own.dtype) \(own.dims)"
      )
    }
  }

  private static func contradict(_ a: TensorType, _ b: TensorType) -> Bool {
    a.dtype != b.dtype || a.ndim != b.ndim
      || zip(a.dims, b.dims).contains { one, other in
        switch (one, other) {
        case (.unknown, _), (_, .unknown): false
        case (.known(let m), .known(let n)): m != n
        case (.symbolic(let s), .known(let n)), (.known(let n), .symbolic(let s)):
          (s - Size(n)).constant.map { $0 != 0 } ?? false
        case (.symbolic(let s), .symbolic(let t)): (s - t).constant.map { $0 != 0 } ?? false
        }
      }
  }

  /// The numbers of uses, which say when a node may be released and which rules may see a value.
  private func verifyUses(_ order: [NodeID], _ found: inout [String]) {
    var count: [ValueID: Int] = [:]
    for root in roots { count[root, default: 0] += 1 }
    for node in nodes.indices where nodes[node].isAlive {
      for input in nodes[node].inputs { count[input, default: 0] += 1 }
    }
    for node in order {
      for output in nodes[node].outputs where values[output].useCount != count[output, default: 0] {
        found.append(
          "value \(output) of \(label(node)) has \(count[output, default: 0]) uses, and \(values[output].useCount) "
            + "are counted")
      }
    }
  }

  /// No two nodes are the same application.
  private func verifyMerging(_ order: [NodeID], _ found: inout [String]) {
    var seen: [[ValueID]: [NodeID]] = [:]
    for node in order where nodes[node].op.isPure {
      let inputs = nodes[node].inputs
      if let twin = seen[inputs]?.first(where: { nodes[$0].op.equals(nodes[node].op) }) {
        found.append("\(label(node)) and \(label(twin)) are the same application")
      }
      seen[inputs, default: []].append(node)
    }
  }
}
