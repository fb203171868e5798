import Theano
import TheanoArrays
import TheanoGraph
import TheanoOperations

/// A well-typed random expression, kept as a list of nodes from which it can be built again, whole or in part.
///
/// Every node knows the shape that its value must have, worked out here and not by the library, so that shape rules
/// are tested as well.
package struct RandomGraph: Sendable {
  package struct Node: Sendable {
    /// How the node is made, for the report of a failure: `$k` is node k.
    package var text: String
    package var operands: [Int] = []
    package var shape: [Int]
    package var dtype: DType
    /// Whether the value is computed without rounding, so that comparisons and positions cannot depend on how.
    package var isExact: Bool
    /// No element is larger than this.
    package var bound: Double
    /// The value of a leaf.
    package var value: NDArray?
    package var build: @Sendable ([TensorVariable]) -> TensorVariable
  }

  /// The parts of a graph that has been built: what `function` and the interpreter take.
  package struct Built {
    package var inputs: [TensorVariable] = []
    package var arguments: [NDArray] = []
    package var outputs: [TensorVariable] = []
    /// The shape of each output, if it is no gradient.
    package var shapes: [[Int]?] = []
  }

  package var nodes: [Node] = []
  package var outputs: [Int] = []
  /// Whether the gradients of a scalar made of the outputs are outputs too.
  package var differentiates = true

  /// The nodes that the outputs need, in order.
  package var needed: [Int] {
    var seen = Set(outputs)
    for k in nodes.indices.reversed() where seen.contains(k) { seen.formUnion(nodes[k].operands) }
    return seen.sorted()
  }

  package func build() -> Built {
    var built = Built()
    var variables: [Int: TensorVariable] = [:]
    var leaves: [TensorVariable] = []
    for k in needed {
      let node = nodes[k]
      let variable = node.build(node.operands.map { variables[$0]! })
      variables[k] = variable
      guard let value = node.value else { continue }
      if variable.dtype.isFloating, variable.constantValue == nil { leaves.append(variable) }
      if case .input = variable.node.kind {
        built.inputs.append(variable)
        built.arguments.append(value)
      }
    }
    built.outputs = outputs.map { variables[$0]! }
    built.shapes = outputs.map { nodes[$0].shape }
    if differentiates {
      let costs = outputs.compactMap { k -> TensorVariable? in
        let y = variables[k]!
        return y.dtype.isFloating ? T.sum(T.sin(y)) : nil
      }
      if let first = costs.first, !leaves.isEmpty {
        let cost = costs.dropFirst().reduce(first) { $0 + $1 }
        built.outputs += [cost] + grad(cost, wrt: leaves, disconnected: .zero)
        built.shapes += [[Int]?](repeating: nil, count: leaves.count + 1)
      }
    }
    return built
  }
}

extension RandomGraph: CustomStringConvertible {
  /// The nodes that the outputs need, one line each.
  package var description: String {
    let lines = needed.map { k in
      let value = nodes[k].value.map { " = \($0.isContiguous ? "" : "strided ")\($0)" } ?? ""
      return "  $\(k): \(nodes[k].dtype) \(nodes[k].shape) \(nodes[k].text)\(value)"
    }
    let result = "  return \(outputs.map { "$\($0)" }.joined(separator: ", "))"
    return (lines + [result + (differentiates ? " and gradients" : "")]).joined(separator: "\n")
  }
}

// MARK: - Shrinking

extension RandomGraph {
  /// A smaller graph that fails in some way too: without gradients, with one output, an early one, and with whatever
  /// can be an input made one.
  ///
  /// - Parameters:
  ///   - evaluate: Values of the given nodes, to put in their place.
  ///   - fails: Whether a graph fails.
  package func shrunk(
    evaluate: (RandomGraph) -> [NDArray]?, fails: (RandomGraph) -> Bool
  ) -> RandomGraph {
    var best = self
    func attempt(_ change: (inout RandomGraph) -> Void) -> Bool {
      var candidate = best
      change(&candidate)
      guard !candidate.outputs.isEmpty, fails(candidate) else { return false }
      best = candidate
      return true
    }
    _ = attempt { $0.differentiates = false }
    for k in best.outputs where best.outputs.count > 1 { if attempt({ $0.outputs = [k] }) { break } }
    // The first node that fails by itself has few below it.
    for k in best.needed where nodes[k].value == nil { if attempt({ $0.outputs = [k] }) { break } }
    for k in best.needed.reversed() where !best.outputs.contains(k) {
      guard best.needed.contains(k), best.nodes[k].value == nil else { continue }
      var inner = best
      inner.outputs = [k]
      inner.differentiates = false
      guard let value = evaluate(inner)?.first else { continue }
      _ = attempt { graph in
        let node = graph.nodes[k]
        let type = TensorType(node.dtype, shape: value.shape.map { $0 == 1 ? 1 : nil })
        graph.nodes[k] = Node(
          text: "input, once \(node.text)", shape: node.shape, dtype: node.dtype, isExact: node.isExact,
          bound: node.bound, value: value
        ) { _ in .input(type, name: "x\(k)", note: .none) }
      }
    }
    return best
  }
}
