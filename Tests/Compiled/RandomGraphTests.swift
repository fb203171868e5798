import Testing
import Theano
import TheanoArrays
import TheanoGraph
import TheanoInterpreter
import TheanoKernels
import TheanoRewriting
import TheanoRules
import TheanoScheduling
import TheanoTestSupport

/// Random graphs with their gradients: the interpreter on what is written, the interpreter on what each choice of
/// rewrites makes of it, and the compiled program agree, and every stage's product passes its verifier.
///
/// `THEANO_TEST_GRAPHS` sets how many graphs, `THEANO_TEST_SEED` the first one's number.
@Suite struct RandomGraphTests {
  static let count = TestBudget.number("THEANO_TEST_GRAPHS") ?? 24
  static let first = TestBudget.first

  @Test(arguments: first..<(first + count)) func everyWayAgrees(seed: Int) throws {
    let graph = RandomGraph(seed: "graph \(seed)", count: 16 + 11 * (seed % 5))
    guard let failure = GraphCheck.failure(of: graph) else { return }
    let small = graph.shrunk(
      evaluate: { try? GraphCheck.interpreted($0) }, fails: { GraphCheck.failure(of: $0) != nil })
    Issue.record(
      """
      seed \(seed): \(failure)
      The smallest part that fails: \(GraphCheck.failure(of: small) ?? "")
      \(small)
      """)
  }
}

/// What must hold of a random graph.
enum GraphCheck {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// What is wrong; `nil` if nothing.
  static func failure(of graph: RandomGraph) -> String? {
    do {
      try check(graph)
      return nil
    } catch {
      return "\(error)"
    }
  }

  static func interpreted(_ graph: RandomGraph) throws -> [NDArray] {
    let built = graph.build()
    let lowered = try Graph(computing: built.outputs, from: built.inputs)
    return try Interpreter(lowered).run(leaves(lowered, built))
  }

  private static func leaves(_ graph: Graph, _ built: RandomGraph.Built) throws -> [NDArray] {
    try graph.leaves.map { leaf in
      if leaf.variable.sharedState != nil { return try leaf.variable.value }
      return built.arguments[built.inputs.firstIndex(of: leaf.variable)!]
    }
  }

  /// The choices of rewrites that are compared with none.
  static let options: [(name: String, RewriteOptions)] = {
    func make(_ change: (inout RewriteOptions) -> Void) -> RewriteOptions {
      var options = RewriteOptions()
      change(&options)
      return options
    }
    let names = Set(Pipeline.all.map(\.name)).sorted()
    return [
      ("all", make { _ in }), ("canonical only", make { $0.upTo = .canonical }),
      ("up to stable", make { $0.upTo = .stable }), ("not only finite", make { $0.assumesFinite = false }),
      (
        "every other rule",
        make { $0.disabled = Set(names.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)) }
      ),
      (
        "the other rules",
        make { $0.disabled = Set(names.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)) }
      ),
    ]
  }()

  private static func check(_ graph: RandomGraph) throws {
    let built = graph.build()
    let lowered = try Graph(computing: built.outputs, from: built.inputs)
    let leaves = try leaves(lowered, built)
    let wrong = lowered.violations()
    if !wrong.isEmpty { throw Failure(description: "lowered: \(wrong)") }
    let expected = try Interpreter(lowered).run(leaves)
    for (k, (value, shape)) in zip(expected, built.shapes).enumerated() {
      if let shape, value.shape != shape {
        throw Failure(description: "output \(k) has shape \(value.shape), not \(shape)")
      }
      if value.dtype != built.outputs[k].dtype {
        throw Failure(description: "output \(k) is \(value.dtype), not \(built.outputs[k].dtype)")
      }
    }
    for (name, options) in options {
      var rewritten = lowered
      var illegal: [String] = []
      let report = try TheanoRules.rewrite(&rewritten, options: options) { pass, graph in
        illegal += graph.violations(rewrittenFrom: lowered).map { "after \(pass): \($0)" }
      }
      if !illegal.isEmpty { throw Failure(description: "rewritten (\(name)): \(illegal)") }
      if let pass = report.passes.first(where: { $0.stop == .budget }) {
        throw Failure(description: "rewriting (\(name)) does not end: \(pass.name), \(pass.firings)")
      }
      try compare(expected, try Interpreter(rewritten).run(leaves), "rewritten (\(name)) and interpreted")
      let again = try TheanoRules.rewrite(&rewritten, options: options)
      try compare(expected, try Interpreter(rewritten).run(leaves), "rewritten (\(name)) twice")
      if !again.isUnchanged {
        throw Failure(description: "rewritten (\(name)) again, it changes: \(again)\n\(again.explanation)")
      }
    }
    for (name, mode) in [("compiled", Mode.fastRun), ("compiled without rewriting", .unrewritten)] {
      let f = try function(inputs: built.inputs, outputs: built.outputs, mode: mode, onUnusedInput: .ignore)
      if let schedule = f.core.report.schedule, let plan = f.core.report.plan {
        let wrong = plan.violations(of: schedule)
        if !wrong.isEmpty { throw Failure(description: "\(name): \(wrong)") }
        for nest in schedule.nests {
          if nest.work > LoopNest.mostWork || nest.reads > LoopNest.mostReads {
            throw Failure(description: "\(name): a loop of cost \(nest.work) over \(nest.reads) values")
          }
        }
      }
      // Twice: the second call finds the workspace as the first one left it.
      for _ in 0..<2 { try compare(expected, try f.call(built.arguments), name) }
    }
  }

  private static func compare(_ expected: [NDArray], _ found: [NDArray], _ how: String) throws {
    for (k, (a, b)) in zip(expected, found).enumerated() {
      // What cancels is known as well as the largest element.
      let size = a.dtype.isFloating ? a.astype(.float64).doubles.map(\.magnitude).max() ?? 0 : 0
      let bound = (a.dtype == .float32 ? 2e-3 : 1e-9) * max(1, size.isFinite ? size : 1)
      if !Agreement.compare(a, b, tolerance: bound) {
        throw Failure(description: "\(how): output \(k) is \(b.dtype) \(b), not \(a.dtype) \(a)")
      }
    }
  }
}
