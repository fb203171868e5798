import TheanoArrays
import TheanoGraph

/// What rewriting did: the passes in their order, and which entry fired where.
package struct RewriteReport: Sendable {
  /// One pass over the graph.
  package struct Pass: Sendable {
    package enum Stop: String, Sendable {
      /// Nothing more to do.
      case fixedPoint
      /// So many firings that rules must be undoing each other.
      case budget
    }
    package var name: String
    package var seconds = 0.0
    package var nodesBefore = 0
    package var nodesAfter = 0
    package var visits = 0
    package var stop = Stop.fixedPoint
    /// How often each entry fired, in the order of first firing.
    package var firings: [(name: String, count: Int)] = []
    /// Results that could not be used, because shape or dtype do not fit or an operation refused its operands.
    package var refusals: [(name: String, why: String)] = []

    package var isUnchanged: Bool { firings.isEmpty }
    package var firingCount: Int { firings.reduce(0) { $0 + $1.count } }

    package init(name: String) { self.name = name }
  }

  /// One use of an entry.
  package struct Firing: Sendable {
    package var pass: String
    package var rewrite: String
    package var before: ValueNote
    package var after: ValueNote
    /// Where the user wrote what the expression came from.
    package var note: SourceNote
  }

  package var passes: [Pass] = []
  package var log: [Firing] = []

  package init() {}

  package var seconds: Double { passes.reduce(0) { $0 + $1.seconds } }
  package var isUnchanged: Bool { passes.allSatisfy(\.isUnchanged) }

  /// How often an entry fired, in all passes.
  package func count(of name: String) -> Int {
    passes.reduce(0) { sum, pass in sum + pass.firings.reduce(0) { $0 + ($1.name == name ? $1.count : 0) } }
  }
}

extension RewriteReport: CustomStringConvertible {
  /// One line for each pass, below it the entries that fired.
  package var description: String {
    passes.map { pass in
      let micros = Int(pass.seconds * 1e6)
      let head = "\(pass.name): \(micros) us, "
      if pass.isUnchanged { return head + "\(pass.nodesAfter) nodes, unchanged" }
      let counts = pass.firings.map { "    \($0.count) x \($0.name)" }
      let stop = pass.stop == .budget ? ", stopped: rules undo each other" : ""
      return ([head + "\(pass.nodesBefore) -> \(pass.nodesAfter) nodes" + stop] + counts).joined(
        separator: "\n")
    }.joined(separator: "\n")
  }

  /// Every firing that was kept: the rule, the line, and the expression before and after.
  package var explanation: String {
    SourceNote.lookUp(log.map(\.note))
    return log.map { firing in
      "\(firing.rewrite)\(firing.note.location.map { " (\($0))" } ?? "")\n    \(firing.before)\n -> \(firing.after)"
    }.joined(separator: "\n")
  }
}
