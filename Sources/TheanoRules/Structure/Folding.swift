import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Computes what can be computed before the call, through the operations' own host evaluation.
enum Folding {
  /// Results with more elements are left to the program, which would otherwise carry them as a table.
  static let largest = 1024

  /// Before the stable rules have run, only what is exact is computed: a quotient of exponentials of constants must still be one when
  /// the rules come that compute it without overflow.
  static let exactRules: [Rewrite] = [knownLengths, exact]
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

  static let exact = folding("exact constants", .canonical) { op, operands, results in
    guard let op = op as? Elementwise, results[0].dtype.isFloating else { return true }
    switch op.definition.name {
    case "add", "subtract", "multiply", "divide": return isExact(op.definition, operands, results[0])
    case "exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "pow", "sigmoid", "softplus", "sin", "cos",
      "tanh":
      return false
    default: return true
    }
  }

  static let constants = folding("constant folding", .fast) { _, _, _ in true }

  private static func folding(
    _ name: String, _ phase: Rewrite.Phase,
    _ admits: @escaping @Sendable (_ op: any Operation, _ operands: [NDArray], _ results: [NDArray]) -> Bool
  ) -> Rewrite {
    Rewrite(name, phase, .essential, at: .any, depth: 1) { graph, node throws(Fault) in
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
      let types = application.outputs.map { graph.values[$0].type }
      guard let results = try? application.op.evaluate(operands, types),
        admits(application.op, operands, results)
      else { return nil }
      return results.map { graph.addConstant($0) }
    }
  }

  /// Whether sums, differences, products or quotients of floats have been rounded nowhere.
  private static func isExact(
    _ definition: ElementwiseDefinition, _ operands: [NDArray], _ result: NDArray
  ) -> Bool {
    let shape = result.shape
    guard let r = try? HostLoops.doubles(result),
      let a = try? HostLoops.doubles(operands[0].broadcast(to: shape)),
      let b = try? HostLoops.doubles(operands[1].broadcast(to: shape))
    else { return false }
    return r.indices.allSatisfy { k in
      guard r[k].isFinite else { return !a[k].isFinite || !b[k].isFinite }
      switch definition.name {
      case "add": return r[k] - a[k] == b[k] && r[k] - b[k] == a[k]
      case "subtract": return r[k] + b[k] == a[k] && a[k] - r[k] == b[k]
      case "multiply":
        return (-r[k]).addingProduct(a[k], b[k]) == 0 && (r[k].isNormal || a[k] == 0 || b[k] == 0)
      default: return (-a[k]).addingProduct(r[k], b[k]) == 0 && (r[k].isNormal || a[k] == 0)
      }
    }
  }
}
