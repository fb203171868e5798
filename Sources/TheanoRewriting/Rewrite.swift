import TheanoGraph

/// One entry of a rule set: a name, a phase, where it applies, and what stands there afterwards.
///
/// Most entries are rules, written as two expressions with `rule(...)`. What no pattern can say (axes that merge, lengths
/// that must fit) is written as a function with `Rewrite(...)`; the driver treats both alike. A class, since one entry stands in
/// the rule sets of several passes.
package final class Rewrite: Sendable {
  /// When an entry is used: each phase also runs the entries of those before it, so that what it makes is tidied up.
  package enum Phase: Int, Sendable, CaseIterable, Comparable {
    /// Brings expressions into the form that later entries are written for.
    case canonical
    /// Avoids overflow and cancellation.
    case stable
    /// The cheaper way to compute the same.
    case fast

    package static func < (a: Phase, b: Phase) -> Bool { a.rawValue < b.rawValue }
  }

  package struct Flags: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// Assumes that leaves are finite and that no operation overflows: `0 * x` is 0, `x - x` too. It may not assume away a NaN that
    /// finite operands make: where such a thing could be hidden (`x / x` at 0, `exp(log(x))` at -2) the entry has a guard. Nor
    /// may what it puts there overflow where what is written does not.
    package static let assumesFinite = Flags(rawValue: 1)
    /// Cannot be switched off, since the rule sets count on it: without folding, rules about constants would go in circles.
    package static let essential = Flags(rawValue: 2)
  }

  /// The nodes at which an entry is tried.
  package enum Root: Sendable {
    case any
    case ofType(ObjectIdentifier)
    case ofKind(OperationKind)

    /// Operations of one type, whatever their names and attributes.
    package static func kind<O: Operation>(_ type: O.Type) -> Root { .ofType(ObjectIdentifier(type)) }

    /// Operations of the type and the name of this one.
    package static func operation(_ op: any Operation) -> Root { .ofKind(OperationKind(op)) }

    func covers(_ kind: OperationKind) -> Bool {
      switch self {
      case .any: true
      case .ofType(let type): kind.type == type
      case .ofKind(let own): kind == own
      }
    }
  }

  /// What stands for the node's outputs, or `nil` if there is nothing to do. New nodes are made with `graph.add`; where
  /// they came from and in which shape and dtype they are needed is the driver's business.
  package typealias Body =
    @Sendable (_ graph: inout Graph, _ node: Graph.NodeID) throws(Fault) -> [Graph.ValueID]?

  package let name: String
  package let phase: Phase
  package let flags: Flags
  package let root: Root
  /// How many levels of nodes it looks at: a change that deep below a node may let it apply there.
  package let depth: Int
  /// The two sides, if it is a rule.
  package let rule: Rule?
  package let body: Body

  package init(
    _ name: String, _ phase: Phase, _ flags: Flags = [], at root: Root, depth: Int = 2, body: @escaping Body
  ) {
    self.name = name
    self.phase = phase
    self.flags = flags
    self.root = root
    self.depth = depth
    rule = nil
    self.body = body
  }

  init(_ name: String, _ phase: Phase, _ flags: Flags, _ rule: Rule) {
    self.name = name
    self.phase = phase
    self.flags = flags
    self.rule = rule
    root = rule.root
    depth = rule.pattern.depth
    body = { (graph: inout Graph, node: Graph.NodeID) throws(Fault) -> [Graph.ValueID]? in
      try rule.apply(&graph, node)
    }
  }
}
