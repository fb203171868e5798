import TheanoArrays
import TheanoKernels

/// An expression graph lowered into an arena, where rewriting is cheap.
///
/// Values and nodes are integers, equal applications are one node, and each value lists the nodes that use it. No change to a
/// graph takes more time than is proportional to the nodes it touches.
package struct Graph {
  package typealias ValueID = Int
  package typealias NodeID = Int

  package struct Node {
    package var op: any Operation
    package var inputs: [ValueID]
    package let firstOutput: ValueID
    /// The user's application that this node came from, through whatever rewriting.
    package var origin: ApplyNode?
    package var isAlive = true

    package var outputs: Range<ValueID> { firstOutput..<(firstOutput + op.outputCount) }
  }

  package struct Value {
    package var type: TensorType
    package var origin: Origin
    package var name: String?
    /// If it is an integer scalar: its value as a length.
    package var length: Dim
    /// The nodes that use it; may list some that no longer do.
    fileprivate(set) package var users: [NodeID] = []
    /// How many operands and outputs it is.
    fileprivate(set) package var useCount = 0
  }

  package enum Origin {
    case leaf(Int)
    case constant(NDArray)
    case node(NodeID)
  }

  /// The graph's leaves: the function's inputs, then the shared variables that it reads.
  package struct Leaf {
    package var variable: TensorVariable
    package var value: ValueID
  }

  /// A condition on lengths, with the application that made it.
  package struct Check {
    package var check: SizeCheck
    package var origin: ApplyNode?
    /// The nodes that demand it.
    package var nodes: [NodeID] = []
    /// Whether every call must meet it, whichever side of a conditional it takes: the graph's lengths count on it.
    package fileprivate(set) var isCertain = false
  }

  package private(set) var nodes: [Node] = []
  package internal(set) var values: [Value] = []
  package private(set) var leaves: [Leaf] = []
  package private(set) var outputs: [ValueID] = []
  package internal(set) var checks: [Check] = []
  /// The values that checks of every call compare, beside those that a call begins with: they are computed even if no output
  /// needs them any more.
  package private(set) var checkedValues: [ValueID] = []
  /// The lengths that a program of this graph is made for, and that the caller vouches for.
  private(set) var assumed: [Size.Symbol: Size] = [:]
  private var checkNumbers: [CheckKey: Int] = [:]
  private var interned: [Int: [NodeID]] = [:]
  private var internedConstants: [ConstantKey: ValueID] = [:]
  /// For each value that was replaced, the one that stands in its place.
  private var forward: [ValueID: ValueID] = [:]
  private var replacedBy: [ValueID: [ValueID]] = [:]
  /// Nodes to visit again by the rewriting driver are found from these: values whose users changed since they were last asked for.
  package var touched: [NodeID] = []

  private struct CheckKey: Hashable {
    let relation: SizeCheck.Relation
    let left: Size
    let right: Size
  }

  private enum ConstantKey: Hashable {
    case bits(DType, UInt64, UInt64)
    case object(ObjectIdentifier)
  }

  package init() {}

  // MARK: - Adding

  package mutating func addLeaf(_ variable: TensorVariable) -> ValueID {
    let leaf = leaves.count
    let dims = variable.type.dims.enumerated().map { axis, dim in
      dim == .unknown ? Dim(Size(.axis(leaf: leaf, axis: axis))) : dim
    }
    let id = addValue(TensorType(variable.dtype, dims), .leaf(leaf), name: variable.name)
    leaves.append(Leaf(variable: variable, value: id))
    return id
  }

  package mutating func addConstant(_ array: NDArray, name: String? = nil) -> ValueID {
    // All operands have been promoted: a number written in Swift is one of its dtype from here on.
    let array = array.strong()
    let key: ConstantKey
    if array.ndim == 0 {
      let bits = array.scalarBits
      key = .bits(array.dtype, bits.0, bits.1)
    } else {
      key = .object(ObjectIdentifier(array.object))
    }
    if let id = internedConstants[key] { return id }
    let id = addValue(TensorType(array.dtype, shape: array.shape), .constant(array), name: name)
    internedConstants[key] = id
    return id
  }

  mutating func addValue(_ type: TensorType, _ origin: Origin, name: String? = nil) -> ValueID {
    let id = values.count
    var length = Dim.unknown
    if type.ndim == 0, type.dtype.isInteger {
      if case .constant(let array) = origin, let n = array.asLength {
        length = .known(n)
      } else {
        length = .symbolic(Size(.value(id)))
      }
    }
    values.append(Value(type: type, origin: origin, name: name, length: length))
    return id
  }

  /// Applies an operation; an application that exists already is given again.
  package mutating func add(
    _ op: any Operation, _ inputs: [ValueID], origin: ApplyNode? = nil
  ) throws(Fault) -> [ValueID] {
    let inputs = inputs.map(resolve)
    let key = Graph.key(op, inputs)
    if op.isPure, let node = existing(key, op, inputs) { return Array(nodes[node].outputs) }
    let operands = inputs.map(operand)
    var rules = ShapeRules()
    let types = try op.infer(operands, &rules)
    let id = nodes.count
    for check in rules.checks {
      let key = CheckKey(relation: check.relation, left: check.left, right: check.right)
      if let known = checkNumbers[key] {
        checks[known].nodes.append(id)
      } else {
        checkNumbers[key] = checks.count
        checks.append(Check(check: check, origin: origin, nodes: [id]))
      }
    }
    let first = values.count
    for type in types { _ = addValue(Graph.settled(type, value: values.count), .node(id)) }
    if types.count == 1, let length = op.lengthValue(operands), length != .unknown {
      values[first].length = length
    }
    nodes.append(Node(op: op, inputs: inputs, firstOutput: first, origin: origin))
    for input in inputs {
      values[input].users.append(id)
      values[input].useCount += 1
    }
    if op.isPure { interned[key, default: []].append(id) }
    return Array(first..<(first + types.count))
  }

  /// Gives every unknown length a symbol: one that no rule can infer becomes known when the kernel that computes the value has run.
  private static func settled(_ type: TensorType, value: ValueID) -> TensorType {
    guard type.dims.contains(.unknown) else { return type }
    let dims = type.dims.enumerated().map { axis, dim in
      dim == .unknown ? Dim(Size(.found(value: value, slot: axis))) : dim
    }
    return TensorType(type.dtype, dims)
  }

  package func operand(_ id: ValueID) -> Operand {
    let value = values[id]
    var operand = Operand(type: value.type, length: value.length)
    if case .constant(let array) = value.origin { operand.constant = array }
    return operand
  }

  private static func key(_ op: any Operation, _ inputs: [ValueID]) -> Int {
    var hasher = Hasher()
    hasher.combine(op)
    hasher.combine(inputs)
    return hasher.finalize()
  }

  private func existing(_ key: Int, _ op: any Operation, _ inputs: [ValueID], besides: NodeID = -1) -> NodeID?
  {
    interned[key]?.first {
      $0 != besides && nodes[$0].isAlive && nodes[$0].inputs == inputs && nodes[$0].op.equals(op)
    }
  }

  /// Gives nodes that rewriting made the origin of the application that they replace.
  package mutating func setOrigin(of made: Range<NodeID>, to origin: ApplyNode?) {
    for node in made where nodes[node].origin == nil { nodes[node].origin = origin }
  }

  package mutating func nameValue(_ id: ValueID, _ name: String) {
    if values[id].name == nil { values[id].name = name }
  }

  // MARK: - Looking

  /// The value that stands where this one stood.
  package func resolve(_ id: ValueID) -> ValueID {
    var id = id
    while let next = forward[id] { id = next }
    return id
  }

  /// The value and all that it replaced.
  package func replaced(by id: ValueID) -> [ValueID] {
    [id] + (replacedBy[id] ?? []).flatMap { replaced(by: $0) }
  }

  package func producer(_ id: ValueID) -> NodeID? {
    if case .node(let node) = values[id].origin { node } else { nil }
  }

  package func constant(_ id: ValueID) -> NDArray? {
    if case .constant(let array) = values[id].origin { array } else { nil }
  }

  /// The nodes that use a value.
  package func users(of id: ValueID) -> [NodeID] {
    var seen: Set<NodeID> = []
    return values[id].users.filter {
      nodes[$0].isAlive && nodes[$0].inputs.contains(id) && seen.insert($0).inserted
    }
  }

  /// What a program computes: the outputs, and what checks of every call compare.
  package var roots: [ValueID] { checkedValues + outputs }

  /// Every node that the outputs and the checks need, operands first. Walks with an explicit stack, since graphs can be deep.
  package func sorted(from roots: [ValueID]? = nil) -> [NodeID] {
    var order: [NodeID] = []
    var state = [UInt8](repeating: 0, count: nodes.count)
    var stack: [NodeID] = (roots ?? self.roots).reversed().compactMap { producer(resolve($0)) }
    while let node = stack.last {
      if state[node] == 0 {
        state[node] = 1
        for need in needs(node).reversed() where state[need] == 0 { stack.append(need) }
      } else {
        stack.removeLast()
        if state[node] == 1 {
          state[node] = 2
          order.append(node)
        }
      }
    }
    return order
  }

  /// The nodes that a node waits for: those of its operands, and those whose results are lengths of its own results.
  package func needs(_ node: NodeID) -> [NodeID] {
    let shapeOnly = nodes[node].op.shapeOnlyOperands
    var needs = nodes[node].inputs.enumerated().compactMap {
      shapeOnly.contains($0.offset) ? nil : producer(resolve($0.element))
    }
    for value in lengthsRead(by: node) {
      if let need = producer(value), !needs.contains(need) { needs.append(need) }
    }
    return needs
  }

  /// The values that must be known before the lengths are that a node reads: those of its results, and of the operands
  /// of which it reads nothing else.
  package func lengthsRead(by node: NodeID) -> [ValueID] {
    var found: [ValueID] = []
    func add(_ type: TensorType) {
      for case .symbolic(let size) in type.dims {
        for value in size.valuesRead.map(resolve) where producer(value) != node && !found.contains(value) {
          found.append(value)
        }
      }
    }
    for output in nodes[node].outputs { add(values[output].type) }
    for k in nodes[node].op.shapeOnlyOperands where k < nodes[node].inputs.count {
      add(values[resolve(nodes[node].inputs[k])].type)
    }
    return found
  }

  // MARK: - Changing

  package mutating func setOutputs(_ ids: [ValueID]) {
    for id in outputs { values[id].useCount -= 1 }
    outputs = ids.map(resolve)
    for id in outputs { values[id].useCount += 1 }
  }

  /// Lets every user of `old` use `new` in its place; users that thereby become equal to others are merged.
  ///
  /// Nothing is released before the last merger: the node that a user turns out to equal may be needed by nothing but
  /// what was just replaced, as in `-(-(-x))`, where `-(-x)` becomes `x` and the whole becomes the innermost `-x`.
  package mutating func replace(_ old: ValueID, with new: ValueID) {
    var pending = [(old, new)]
    var abandoned: [NodeID] = []
    while let (a, b) = pending.popLast() {
      let old = resolve(a)
      let new = resolve(b)
      if old == new { continue }
      let users = users(of: old)
      forward[old] = new
      replacedBy[new, default: []].append(old)
      if values[new].name == nil { values[new].name = values[old].name }
      for k in outputs.indices where outputs[k] == old {
        outputs[k] = new
        values[old].useCount -= 1
        values[new].useCount += 1
      }
      for k in checkedValues.indices where checkedValues[k] == old {
        checkedValues[k] = new
        values[old].useCount -= 1
        values[new].useCount += 1
      }
      for user in users {
        redirect(user, from: old, to: new)
        // A node that is about to be released must not be merged with another.
        if isReplaced(user) { continue }
        let key = Graph.key(nodes[user].op, nodes[user].inputs)
        if nodes[user].op.isPure,
          let twin = existing(key, nodes[user].op, nodes[user].inputs, besides: user)
        {
          for (x, y) in zip(nodes[user].outputs, nodes[twin].outputs) { pending.append((x, y)) }
        } else {
          if nodes[user].op.isPure { interned[key, default: []].append(user) }
          touched.append(user)
        }
      }
      values[old].users = []
      if let node = producer(old) {
        abandoned.append(node)
        if isReplaced(node) { unintern(node) }
      }
    }
    for node in abandoned { releaseIfUnused(node) }
  }

  /// Lets some of the users of a value use another one of its type in its place.
  package mutating func substitute(_ old: ValueID, with new: ValueID, in users: [NodeID]) {
    for user in users {
      redirect(user, from: old, to: new)
      if nodes[user].op.isPure {
        interned[Graph.key(nodes[user].op, nodes[user].inputs), default: []].append(user)
      }
    }
  }

  /// Lets a node read another value in the place of one; it is no longer found by its operands.
  private mutating func redirect(_ user: NodeID, from old: ValueID, to new: ValueID) {
    unintern(user)
    for k in nodes[user].inputs.indices where nodes[user].inputs[k] == old {
      nodes[user].inputs[k] = new
      values[old].useCount -= 1
      values[new].useCount += 1
    }
    values[new].users.append(user)
  }

  private func isReplaced(_ node: NodeID) -> Bool {
    nodes[node].outputs.allSatisfy { forward[$0] != nil }
  }

  private mutating func unintern(_ node: NodeID) {
    let key = Graph.key(nodes[node].op, nodes[node].inputs)
    interned[key]?.removeAll { $0 == node }
  }

  /// Marks a node dead that nobody uses any more, and what only it used.
  package mutating func releaseIfUnused(_ node: NodeID) {
    var pending = [node]
    while let id = pending.popLast() {
      guard nodes[id].isAlive, nodes[id].op.isPure, nodes[id].outputs.allSatisfy({ values[$0].useCount == 0 })
      else {
        continue
      }
      nodes[id].isAlive = false
      unintern(id)
      for input in nodes[id].inputs {
        values[input].useCount -= 1
        if let below = producer(input) {
          pending.append(below)
          // A value with one user left may now match a rule that wants just that.
          if values[input].useCount == 1 { touched.append(contentsOf: users(of: input)) }
        }
      }
    }
  }

  /// Whether a symbol is known when a program begins: the length of a leaf, or the value of one.
  package func isEntrySymbol(_ symbol: Size.Symbol) -> Bool {
    switch symbol {
    case .axis: true
    case .value(let id): if case .leaf = values[resolve(id)].origin { true } else { false }
    case .found, .function: false
    }
  }

  /// Brings lengths up to date after rewriting: symbols of values that became numbers are replaced by the numbers, symbols of
  /// replaced values by those of their replacements.
  package mutating func settleLengths() {
    // Looked up in a copy of what is not changed below: lengths refer to values, not to their types.
    let before = self
    var settled = SizeSubstitution { symbol in
      switch symbol {
      case .value(let id):
        let now = before.resolve(id)
        if let n = before.constant(now)?.asLength { return Size(n) }
        return now == id ? nil : Size(.value(now))
      case .found(let id, let axis):
        let now = before.resolve(id)
        return now == id ? nil : before.values[now].type.dims[axis].size
      case .axis, .function: return nil
      }
    }
    for id in values.indices {
      let dims = values[id].type.dims
      guard dims.contains(where: { if case .symbolic = $0 { true } else { false } }) else { continue }
      let new = dims.map { dim in if case .symbolic(let size) = dim { Dim(settled(size)) } else { dim } }
      if new != dims { values[id].type = TensorType(values[id].type.dtype, new) }
    }
    for k in checks.indices {
      checks[k].check.left = settled(checks[k].check.left)
      checks[k].check.right = settled(checks[k].check.right)
    }
    settleCheckedValues()
  }

  /// Finds which checks every call must meet: those of nodes that the outputs need whatever conditions say.
  package mutating func findCertainChecks() {
    let certain = Set(reached(from: outputs, throughBranches: false))
    for k in checks.indices where checks[k].nodes.contains(where: certain.contains) {
      checks[k].isCertain = true
    }
    holdCheckedValues()
  }

  /// Keeps alive what the checks of every call compare: rewriting may leave no other use of a length that is computed, and the
  /// check is made all the same.
  private mutating func holdCheckedValues() {
    var seen = Set(checkedValues)
    for check in checks where check.isCertain && !check.check.isMet && check.check.left != check.check.right {
      for value in (check.check.left.valuesRead + check.check.right.valuesRead).map(resolve)
      where producer(value) != nil && seen.insert(value).inserted {
        checkedValues.append(value)
        values[value].useCount += 1
      }
    }
  }

  /// Lets go of what the checks turned out not to compare: lengths that became numbers, or values that stand twice.
  private mutating func settleCheckedValues() {
    let before = checkedValues
    checkedValues = []
    holdCheckedValues()
    for value in before {
      values[value].useCount -= 1
      if let node = producer(value) { releaseIfUnused(node) }
    }
  }

  /// The nodes that stand for those that demand a check, after whatever rewriting.
  package func demanding(_ check: Check) -> [NodeID] {
    check.nodes.compactMap { producer(resolve(nodes[$0].firstOutput)) }
  }

  /// Replaces lengths by equal ones, so that axes which every call must find equal are one size.
  ///
  /// - Parameter assumed: Lengths that the caller vouches for: the program is made for them alone. They are put in only
  ///   now, when all types have been inferred: an axis that just happens to have length 1 must not broadcast.
  package mutating func unifySizes(assuming assumed: [Size.Symbol: Size] = [:]) {
    self.assumed = assumed
    var equal: [Size.Symbol: Size] = [:]
    var known = SizeSubstitution { assumed[$0] }
    func settle(_ size: Size) -> Size {
      var size = known(size)
      for _ in 0..<64 {
        let next = size.substituting { equal[$0] }
        if next == size { break }
        size = next
      }
      return size
    }
    for check in checks where check.check.relation == .equal && check.isCertain {
      let difference = settle(check.check.left) - settle(check.check.right)
      // Only what the entry of a program knows stands for an axis: a length that is computed later would come too late
      // for what reads the axis before.
      guard difference.isKnown(isEntrySymbol) else { continue }
      if let (symbol, value) = difference.solved { equal[symbol] = value }
    }
    guard !equal.isEmpty || !assumed.isEmpty else { return }
    let settled = equal.mapValues(settle)
    var settle = SizeSubstitution { assumed[$0] ?? settled[$0] }
    var memo: [[Dim]: [Dim]] = [:]
    for id in values.indices {
      let dims = values[id].type.dims
      guard dims.contains(where: { if case .symbolic = $0 { true } else { false } }) else { continue }
      let new: [Dim]
      if let known = memo[dims] {
        new = known
      } else {
        new = dims.map { if case .symbolic(let size) = $0 { Dim(settle(size)) } else { $0 } }
        memo[dims] = new
      }
      values[id].type = TensorType(values[id].type.dtype, new)
    }
  }
}

extension Size {
  /// The graph's values that must be known before the size is.
  package var valuesRead: [Int] {
    bases.compactMap { symbol in
      switch symbol {
      case .axis, .function: nil
      case .value(let v), .found(let v, _): v
      }
    }
  }

  /// Solves `self == 0` for the length of an axis, the latest leaf's if there are several.
  fileprivate var solved: (symbol: Symbol, value: Size)? {
    var best: (order: (Int, Int), symbol: Symbol, value: Size)?
    for term in terms where term.symbols.count == 1 && abs(term.coefficient) == 1 {
      guard case .axis(let leaf, let axis) = term.symbols[0] else { continue }
      let rest = self - Size(term.symbols[0]) * Size(term.coefficient)
      guard !rest.bases.contains(term.symbols[0]), best == nil || best!.order < (leaf, axis) else { continue }
      best = ((leaf, axis), term.symbols[0], rest * Size(-term.coefficient))
    }
    return best.map { ($0.symbol, $0.value) }
  }
}
