import Testing
import TheanoArrays
import TheanoGraph
import TheanoOperations
import TheanoRewriting
import TheanoRules

/// What the verifier of graphs says, and what it found.
@Suite struct VerifierTests {
  /// Rewriting `-(-(-x))` merges the whole with the innermost `-x`, which until then only the replaced part needed.
  @Test(arguments: 2...6) func aMergerKeepsWhatOnlyTheReplacedNeeded(depth: Int) throws {
    let x = TensorVariable.input(TensorType(.float64, ndim: 1), name: "x", note: .none)
    var y = x
    for _ in 0..<depth { y = -y }
    let lowered = try Graph(computing: [y, T.exp(y)], from: [x])
    #expect(lowered.violations() == [])
    var rewritten = lowered
    var passes: [String] = []
    _ = try TheanoRules.rewrite(&rewritten) { pass, graph in
      passes.append(pass)
      #expect(graph.violations(rewrittenFrom: lowered) == [], "after \(pass)")
    }
    #expect(passes == Pipeline.passes.map(\.name))
    #expect(try TheanoRules.rewrite(&rewritten).isUnchanged)
  }

  /// Other outputs than those that it was made from are told.
  @Test func changedOutputsAreTold() throws {
    let x = TensorVariable.input(TensorType(.float64, shape: [2]), name: "x", note: .none)
    let i = TensorVariable.input(TensorType(.int64, shape: [2]), name: "i", note: .none)
    let before = try Graph(computing: [T.exp(x), T.sum(i)], from: [x, i])
    func found(_ change: (inout Graph) -> Void) -> [String] {
      var graph = before
      change(&graph)
      return graph.violations(rewrittenFrom: before)
    }
    #expect(found { _ in } == [])
    #expect(found { $0.setOutputs([$0.outputs[0]]) } == ["there are 1 outputs, not 2"])
    let swapped = found { $0.setOutputs($0.outputs.reversed()) }
    #expect(swapped.count == 2 && swapped.allSatisfy { $0.contains("not") }, "\(swapped)")
    #expect(found { _ = $0.addLeaf(x) } == ["the leaves are others"])
  }

  /// A value put in the place of one of another type, and one that is computed from what it replaces.
  @Test func wrongReplacementsAreTold() throws {
    let x = TensorVariable.input(TensorType(.float64, shape: [2]), name: "x", note: .none)
    let i = TensorVariable.input(TensorType(.int64, shape: [2]), name: "i", note: .none)
    var typed = try Graph(computing: [T.exp(x) * 2], from: [x, i])
    typed.replace(typed.leaves[0].value, with: typed.leaves[1].value)
    #expect(typed.violations().contains { $0.hasPrefix("node 0 (exp)") })
    var circular = try Graph(computing: [T.tanh(T.exp(x))], from: [x])
    let exp = try #require(circular.nodes.first { $0.op.name == "exp" }).outputs.lowerBound
    circular.replace(exp, with: circular.outputs[0])
    #expect(circular.violations().contains { $0.contains("which waits for it") })
  }
}
