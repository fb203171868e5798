import TheanoArrays
import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// The passes in their order. Merging is not among them: equal applications are one node in a graph.
package enum Pipeline {
  /// One pass: a name and the entries that it runs to a fixed point.
  package struct Pass: Sendable {
    package let name: String
    package let phase: Rewrite.Phase
    /// Made when it is first asked for: a pass can run while the rule sets of the next are still being made.
    package var entries: [Rewrite] { make() }
    private let make: @Sendable () -> [Rewrite]

    init(name: String, phase: Rewrite.Phase, entries: @autoclosure @escaping @Sendable () -> [Rewrite]) {
      self.name = name
      self.phase = phase
      make = entries
    }
  }

  /// The form that later passes are written for.
  static let canonical: [Rewrite] = Folding.exactRules + tidying
  private static let tidying: [Rewrite] =
    CastRewrites.rules + BroadcastRewrites.rules + AxesRewrites.rules
    + SelectionRewrites.rules
    + ConditionRewrites.rules + CanonicalRules.rules + FractionRewrites.rules + ReductionRewrites.rules
    + DotRewrites.rules
  private static let stabilising: [Rewrite] =
    StableRules.rules + ExponentialRewrites.rules + DistributionRewrites.rules
  static let stable: [Rewrite] = stabilising + canonical + DistributionRewrites.last
  static let fast: [Rewrite] =
    Folding.rules + stabilising + FastRules.rules + tidying + DistributionRewrites.last

  /// What rewriting does, in order.
  package static let passes: [Pass] = [
    Pass(name: "canonical", phase: .canonical, entries: canonical),
    Pass(name: "stable", phase: .stable, entries: stable),
    Pass(name: "fast", phase: .fast, entries: fast),
    Pass(name: "product chains", phase: .fast, entries: ProductChains.rules),
    Pass(name: "products", phase: .fast, entries: Products.rules),
  ]

  /// Every entry of every rule set, once: what the generic tests walk through.
  package static let all: [Rewrite] = [Folding.exact] + fast + ProductChains.rules + Products.rules

  /// Makes the rule sets of all passes.
  package static func prepare() {
    for pass in passes { _ = pass.entries }
  }

  package static let vocabulary = Driver.Vocabulary(cast: { Ops.cast($0) }, broadcast: BroadcastLike())
}

/// Rewrites a graph in place, pass by pass.
///
/// - Parameters:
///   - graph: What is rewritten.
///   - options: How much.
///   - afterPass: Called with the name of each pass that was run and what it left: the tests verify the graph there.
/// - Returns: What was done, pass by pass.
/// - Throws: Nothing at present that a user could cause; faults of rules are refused and listed in the report.
package func rewrite(
  _ graph: inout Graph, options: RewriteOptions = RewriteOptions(),
  afterPass: (_ name: String, _ graph: borrowing Graph) -> Void = { _, _ in }
) throws(TheanoError) -> RewriteReport {
  var report = RewriteReport()
  guard let last = options.upTo else { return report }
  for pass in Pipeline.passes where pass.phase <= last && !options.disabled.contains(pass.name) {
    var driver = Driver(pass.entries, Pipeline.vocabulary, options)
    driver.run(&graph, pass: pass.name, &report)
    afterPass(pass.name, graph)
  }
  graph.settleLengths()
  return report
}
