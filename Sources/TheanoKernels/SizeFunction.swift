import Synchronization

/// A function of two sizes that is no polynomial, as a shared node: equal functions of equal sizes are one object.
///
/// Lengths of slices of slices mention the length before several times over. As trees their text would double at each
/// level; as shared nodes they are compared by identity, and what is asked of all that they are made of is kept here.
package final class SizeFunction: @unchecked Sendable {
  // Unchecked: every field is constant but for `operands`, which is emptied only while the node is released, when no
  // other reference to it exists.

  package let function: Size.Function
  package private(set) var operands: [Size]
  /// The symbols that are no functions, here or below, without repetitions.
  package let bases: [Size.Symbol]
  /// Whether its value is never negative, given that lengths are not.
  package let isSurelyNonNegative: Bool
  /// One more than the deepest function that it mentions: operands have a smaller one.
  package let depth: Int
  /// A number made of what it says, the same in every process: it orders terms.
  package let fingerprint: UInt64

  private struct Key: Hashable {
    let function: Size.Function
    let operands: [Size]
  }

  /// Unchecked: read and made under the table's lock.
  private final class Entry: @unchecked Sendable {
    weak var node: SizeFunction?
    let identity: ObjectIdentifier

    init(_ node: SizeFunction) {
      self.node = node
      identity = ObjectIdentifier(node)
    }
  }

  private static let table = Mutex<[Key: Entry]>([:])

  private init(_ key: Key) {
    function = key.function
    operands = key.operands
    var bases: [Size.Symbol] = []
    var seen: Set<Size.Symbol> = []
    var depth = 0
    var fingerprint = function.fingerprint
    for operand in key.operands {
      for symbol in operand.symbols {
        if case .function(let node) = symbol {
          depth = max(depth, node.depth)
          for base in node.bases where seen.insert(base).inserted { bases.append(base) }
        } else if seen.insert(symbol).inserted {
          bases.append(symbol)
        }
      }
      fingerprint = Size.mixed(fingerprint, operand.fingerprint)
    }
    self.bases = bases
    self.depth = depth + 1
    self.fingerprint = fingerprint
    isSurelyNonNegative =
      switch function {
      case .sliceBound: true
      case .maximum: key.operands.contains(where: \.isSurelyNonNegative)
      case .minimum, .floorDivide, .named: key.operands.allSatisfy(\.isSurelyNonNegative)
      case .modulo, .sliceBoundBackwards: false
      }
  }

  /// The node of a function of sizes: the one there is, or a new one.
  static func node(_ function: Size.Function, _ operands: [Size]) -> SizeFunction {
    let key = Key(function: function, operands: operands)
    if let known = table.withLock({ $0[key]?.node }) { return known }
    let new = SizeFunction(key)
    return table.withLock { table in
      // Another thread may have made it meanwhile.
      if let known = table[key]?.node { return known }
      table[key] = Entry(new)
      return new
    }
  }

  /// Releases what only this node holds with a stack of its own: nodes lie thousands deep.
  deinit {
    var pending = children(forgetting: true)
    while var node = pending.popLast() {
      // Looked at under the table's lock, through which alone another thread could still come by the node.
      let isLast = SizeFunction.table.withLock { table in
        guard isKnownUniquelyReferenced(&node) else { return false }
        node.leave(&table)
        return true
      }
      if isLast { pending.append(contentsOf: node.children(forgetting: false)) }
    }
  }

  /// The nodes right below, which this one lets go of.
  private func children(forgetting: Bool) -> [SizeFunction] {
    if forgetting { SizeFunction.table.withLock { leave(&$0) } }
    let nodes = operands.flatMap { operand in
      operand.symbols.compactMap { symbol in if case .function(let node) = symbol { node } else { nil } }
    }
    operands = []
    return nodes
  }

  private func leave(_ table: inout [Key: Entry]) {
    if operands.isEmpty { return }
    let key = Key(function: function, operands: operands)
    if table[key]?.identity == ObjectIdentifier(self) { table[key] = nil }
  }
}

extension SizeFunction: Hashable {
  package static func == (a: SizeFunction, b: SizeFunction) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
