import TheanoGraph

/// One entry of a rule book: a name, a phase, where it applies, and what stands there afterwards.
///
/// Most entries are rules, written as two expressions with `rule(...)`. What no pattern can say (axes that merge, lengths
/// that must fit) is written as a function with `Rewrite(...)`; the driver treats both alike. A class, since one entry stands in
/// the books of several passes.
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
    /// May hide a NaN or an infinity (`x / x`, `0 * x`), so that results differ where operands are not finite, or where
    /// an intermediate value overflows.
    package static let assumesFinite = Flags(rawValue: 1)
    /// Cannot be switched off, since the books count on it: without folding, rules about constants would go in circles.
    package static let essential = Flags(rawValue: 2)
  }

  /// The nodes at which an entry is tried.
  package struct Root: Sendable {
    /// The type and the name that a node's operation must have; `nil` where any will do.
    fileprivate let type: ObjectIdentifier?
    fileprivate let name: String?

    package static let any = Root(type: nil, name: nil)

    /// Operations of one type, whatever their attributes.
    package static func kind<O: Operation>(_ type: O.Type) -> Root {
      Root(type: ObjectIdentifier(type), name: nil)
    }

    /// Operations of the type and the name of this one.
    package static func operation(_ op: any Operation) -> Root {
      Root(type: ObjectIdentifier(Swift.type(of: op)), name: op.name)
    }

    func covers(_ type: ObjectIdentifier, _ name: String) -> Bool {
      (self.type == nil || self.type == type) && (self.name == nil || self.name == name)
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
