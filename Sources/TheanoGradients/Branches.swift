import TheanoArrays
import TheanoGraph
import TheanoOperations

/// The branches of lazy conditionals, and which of them each application of an expression belongs to: the innermost one that
/// holds all its users. Conditionals with one condition in one place, such as a choice and its gradient, have their branches in common.
/// Number 0 is the expression itself, outside of all conditionals.
///
/// The gradient of what only one branch needs is itself computed only if that branch is taken.
struct Branches {
  struct Branch {
    let parent: Int
    /// Its condition, and whether it is the branch that is taken if that holds.
    let condition: TensorVariable
    let isThen: Bool
  }

  private struct Place: Hashable {
    let parent: Int
    let condition: VariableKey
  }

  /// Number k is at k - 1.
  private var list: [Branch] = []
  private var tree = BranchTree()
  private var ofApplication: [ObjectIdentifier: Int] = [:]
  /// The first of each conditional's two branches.
  private var firstBranch: [ObjectIdentifier: Int] = [:]
  private var known: [Place: Int] = [:]

  /// - Parameters:
  ///   - order: The applications, operands first.
  ///   - outputs: What they compute.
  ///   - isUsed: Whether an operand counts: one whose gradient nobody wants belongs nowhere.
  init(_ order: [ApplyNode], of outputs: [TensorVariable], _ isUsed: (TensorVariable) -> Bool) {
    guard order.contains(where: { $0.op.isConditional }) else { return }
    func use(_ variable: TensorVariable, in branch: Int) {
      guard let owner = variable.node.owner, isUsed(variable) else { return }
      let id = ObjectIdentifier(owner)
      ofApplication[id] = ofApplication[id].map { tree.common($0, branch) } ?? branch
    }
    for output in outputs {
      if let owner = output.node.owner { ofApplication[ObjectIdentifier(owner)] = 0 }
    }
    for apply in order.reversed() {
      let branch = branch(of: apply)
      if apply.op.isConditional {
        let condition = apply.inputs[0]
        let place = Place(parent: branch, condition: VariableKey(condition))
        if known[place] == nil {
          known[place] = list.count + 1
          for isThen in [true, false] {
            _ = tree.add(in: branch)
            list.append(Branch(parent: branch, condition: condition, isThen: isThen))
          }
        }
        firstBranch[ObjectIdentifier(apply)] = known[place]
      }
      for (k, input) in apply.inputs.enumerated() { use(input, in: self.branch(ofOperand: k, of: apply)) }
    }
  }

  subscript(branch: Int) -> Branch { list[branch - 1] }
  func depth(_ branch: Int) -> Int { tree.depth(branch) }

  /// The branch that an application belongs to.
  func branch(of apply: ApplyNode) -> Int { ofApplication[ObjectIdentifier(apply)] ?? 0 }

  /// The branch in which an application uses an operand: its own, but for a conditional's two.
  func branch(ofOperand k: Int, of apply: ApplyNode) -> Int {
    guard k > 0, let first = firstBranch[ObjectIdentifier(apply)] else { return branch(of: apply) }
    return first + k - 1
  }
}

/// A gradient, and where it can be other than zero.
struct GradientTerm {
  var gradient: TensorVariable
  var mask: GradientMask?

  init(_ gradient: TensorVariable, _ mask: GradientMask?) {
    self.gradient = gradient
    self.mask = mask
  }

  /// The sum: it is zero for certain where both are.
  static func + (a: GradientTerm, b: GradientTerm) -> GradientTerm {
    guard let x = a.mask, let y = b.mask else { return GradientTerm(a.gradient + b.gradient, nil) }
    let mask = x === y ? x : GradientMask(from: [x, y]) { T.or(x.condition, y.condition) }
    return GradientTerm(a.gradient + b.gradient, mask)
  }
}

/// The gradients that have arrived so far, each in the branch that it comes from.
struct GradientSums {
  private let branches: Branches
  private var sums: [VariableKey: [(branch: Int, term: GradientTerm)]] = [:]

  private let equal: EqualVariables

  init(_ branches: Branches, _ equal: EqualVariables) { (self.branches, self.equal) = (branches, equal) }

  mutating func add(_ term: GradientTerm, to variable: TensorVariable, in branch: Int) {
    sums[equal[VariableKey(variable)], default: []].add(term, branch)
  }

  /// All that has arrived at a variable, as it is seen from a branch: what branches inside of it gave counts if they are taken.
  func total(of variable: TensorVariable, in target: Int) -> GradientTerm? {
    guard var terms = sums[equal[VariableKey(variable)]] else { return nil }
    // The deepest branches end first, both of a conditional at once.
    while let (branch, _) = terms.filter({ $0.branch != target }).max(by: {
      branches.depth($0.branch) < branches.depth($1.branch)
    }) {
      guard branch != 0 else { break }
      let then = branches[branch].isThen ? branch : branch - 1
      func take(_ branch: Int) -> GradientTerm? {
        terms.firstIndex { $0.branch == branch }.map { terms.remove(at: $0).term }
      }
      let parent = branches[branch].parent
      let condition = branches[branch].condition
      terms.add(GradientSums.choice(condition, take(then), take(then + 1), like: variable), parent)
    }
    return terms.first?.term
  }

  /// What arrives from the branch that is taken.
  private static func choice(
    _ condition: TensorVariable, _ then: GradientTerm?, _ otherwise: GradientTerm?, like x: TensorVariable
  ) -> GradientTerm {
    let gradient = T.ifElse(
      condition, then?.gradient ?? T.zerosLike(x), otherwise?.gradient ?? T.zerosLike(x))
    switch (then, otherwise) {
    case (let then?, nil) where then.mask == nil: return GradientTerm(gradient, GradientMask { condition })
    case (nil, let other?) where other.mask == nil:
      return GradientTerm(gradient, GradientMask { .!condition })
    default:
      if let then, let otherwise, then.mask == nil, otherwise.mask == nil {
        return GradientTerm(gradient, nil)
      }
      return GradientTerm(
        gradient,
        GradientMask(from: [then?.mask, otherwise?.mask]) {
          func mask(_ term: GradientTerm?) -> TensorVariable {
            let own = term.map { $0.mask?.condition ?? NDArray(true).tensorVariable }
            return T.broadcast(own ?? NDArray(false).tensorVariable, like: x)
          }
          return T.ifElse(condition, mask(then), mask(otherwise))
        })
    }
  }
}

extension [(branch: Int, term: GradientTerm)] {
  fileprivate mutating func add(_ term: GradientTerm, _ branch: Int) {
    if let at = firstIndex(where: { $0.branch == branch }) {
      self[at].term = self[at].term + term
    } else {
      append((branch, term))
    }
  }
}
