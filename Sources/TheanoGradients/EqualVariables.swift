import TheanoArrays
import TheanoGraph

/// Which variables of an expression are written several times over: the same operation of the same operands.
///
/// The gradients of all of them arrive at the first, as they do where a program keeps one variable and uses it twice. Terms that cancel,
/// such as those of `p` and `1 - p` in a cross-entropy, then meet before anything overflows; and nothing is computed twice.
struct EqualVariables {
  private struct Key: Hashable {
    let operation: AnyHashable
    let operands: [Identity]
    let branch: Int
  }

  /// What tells values apart: numbers by what they are, all else by where it is made.
  private enum Identity: Hashable {
    case variable(VariableKey)
    case number(DType, UInt64, UInt64, isWeak: Bool)
  }

  /// The variable that stands for another.
  private var first: [VariableKey: VariableKey] = [:]

  /// - Parameters:
  ///   - outputs: The expressions.
  ///   - order: The applications through which gradients go, operands first.
  ///   - separate: Variables that are told apart whatever they are: those that gradients are wanted of, and those that count as
  ///     constants.
  ///   - branches: The branches that applications belong to; what is in another one is another value.
  init(
    in outputs: [TensorVariable], _ order: [ApplyNode], apart separate: Set<VariableKey>, _ branches: Branches
  ) {
    let representatives = EqualVariables.representatives(outputs, separate, branches)
    guard !representatives.isEmpty else { return }
    // The first in that order: all users of the others come after it.
    var chosen: [VariableKey: ApplyNode] = [:]
    for apply in order {
      let own = VariableKey(apply, 0)
      let shared = representatives[own] ?? own
      guard let equal = chosen[shared] else {
        chosen[shared] = apply
        continue
      }
      for k in 0..<apply.op.outputCount { first[VariableKey(apply, k)] = VariableKey(equal, k) }
    }
  }

  /// For results that equal others, one that they all equal.
  private static func representatives(
    _ outputs: [TensorVariable], _ separate: Set<VariableKey>, _ branches: Branches
  ) -> [VariableKey: VariableKey] {
    var representatives: [VariableKey: VariableKey] = [:]
    func identity(_ variable: TensorVariable) -> Identity {
      if let value = variable.constantValue, value.ndim == 0 {
        let bits = value.scalarBits
        return .number(value.dtype, bits.0, bits.1, isWeak: value.isWeak)
      }
      let key = VariableKey(variable)
      return .variable(representatives[key] ?? key)
    }
    var known: [Key: ApplyNode] = [:]
    var finished: Set<ObjectIdentifier> = []
    var stack = outputs
    while let variable = stack.last {
      guard let owner = variable.node.owner, !finished.contains(ObjectIdentifier(owner)) else {
        stack.removeLast()
        continue
      }
      let open = owner.inputs.filter {
        $0.node.owner.map { !finished.contains(ObjectIdentifier($0)) } ?? false
      }
      guard open.isEmpty else {
        stack.append(contentsOf: open)
        continue
      }
      stack.removeLast()
      finished.insert(ObjectIdentifier(owner))
      let results = (0..<owner.op.outputCount).map { VariableKey(owner, $0) }
      guard owner.op.isPure, separate.isDisjoint(with: results) else { continue }
      let key = Key(
        operation: AnyHashable(owner.op), operands: owner.inputs.map(identity),
        branch: branches.branch(of: owner))
      if let equal = known[key] {
        for (k, result) in results.enumerated() { representatives[result] = VariableKey(equal, k) }
      } else {
        known[key] = owner
      }
    }
    return representatives
  }

  /// What stands for a variable: the first that is equal to it.
  subscript(variable: VariableKey) -> VariableKey { first[variable] ?? variable }

  /// Whether another application stands for this one.
  func isRepeated(_ apply: ApplyNode) -> Bool { first[VariableKey(apply, 0)] != nil }
}
