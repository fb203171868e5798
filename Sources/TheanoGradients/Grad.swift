import TheanoArrays
import TheanoGraph
import TheanoOperations

/// What `grad` does where the cost does not depend on a variable.
public enum DisconnectedInputs: Sendable, Hashable {
  /// The gradient is an error, which `function(...)` throws: a forgotten term is the usual reason.
  case raise
  /// The gradient is zero.
  case zero
}

/// The gradient of a scalar cost with respect to a variable: a symbolic expression of the variable's shape and dtype.
///
/// ```swift
/// let x = T.dvector("x")
/// let g = grad(T.sum(x ** 2), wrt: x)      // 2 * x
/// ```
///
/// Reverse accumulation: each operation of the expression contributes its L-op once, so that the gradient costs a
/// small multiple of the expression, however many variables there are.
///
/// - Parameters:
///   - cost: A float scalar.
///   - wrt: An input, a shared variable, or any variable that the cost is computed from; of a float dtype.
///   - considerConstant: Variables that are treated as constants on the way.
///   - disconnected: What to do if the cost does not depend on `wrt`.
/// - Returns: The gradient. If there is none, a variable that carries the reason; `function(...)` throws it.
public func grad(
  _ cost: TensorVariable, wrt: TensorVariable, considerConstant: [TensorVariable] = [],
  disconnected: DisconnectedInputs = .raise, fileID: String = #fileID, line: Int = #line
) -> TensorVariable {
  grad(
    cost, wrt: [wrt], considerConstant: considerConstant, disconnected: disconnected, fileID: fileID,
    line: line)[0]
}

/// The gradients of a scalar cost with respect to several variables, in one sweep.
///
/// - Parameters:
///   - cost: A float scalar.
///   - wrt: The variables.
///   - considerConstant: Variables that are treated as constants on the way.
///   - disconnected: What to do where the cost does not depend on one of them.
public func grad(
  _ cost: TensorVariable, wrt: [TensorVariable], considerConstant: [TensorVariable] = [],
  disconnected: DisconnectedInputs = .raise, fileID: String = #fileID, line: Int = #line
) -> [TensorVariable] {
  let note = SourceNote.here(fileID, line)
  func impossible(_ what: String, hint: String?) -> TensorVariable {
    .impossible("grad", Fault(.gradient, what, hint: hint, operand: 0), operands: [cost], note: note)
  }
  if cost.node.isPoisoned { return wrt.map { .carrying("grad", [cost, $0], note: note) } }
  if cost.ndim != 0 {
    return wrt.map { _ in
      impossible(
        "the cost is \(cost.type.brief), not a scalar",
        hint: "reduce it to one number first: T.sum(cost) or T.mean(cost)")
    }
  }
  if !cost.dtype.isFloating {
    return wrt.map { _ in
      impossible(
        "the cost is \(cost.dtype), which has no gradient",
        hint: "cast what it is computed from to a float dtype")
    }
  }
  let one = TensorVariable.constant(NDArray(1.0).astype(cost.dtype), note: note)
  let gradients = accumulate([(cost, one)], wrt: wrt, considerConstant: considerConstant)
  return zip(wrt, gradients).map { x, g in
    if x.node.isPoisoned { return x }
    if !x.dtype.isFloating {
      return .impossible(
        "grad",
        Fault(
          .gradient, "\(x.located) is \(x.dtype): there is no gradient with respect to integers or booleans",
          hint: "declare it with a float dtype, as in T.dvector, or cast it before it is used", operand: 1),
        operands: [cost, x], note: note)
    }
    if let g { return g }
    if disconnected == .zero { return SourceNote.with(note) { T.zerosLike(x) } }
    return .impossible(
      "grad",
      Fault(
        .gradient, "the cost does not depend on \(x.located) in a differentiable way",
        hint: "check that it takes part in the cost, or pass disconnected: .zero", operand: 1),
      operands: [cost, x],
      note: note)
  }
}

/// The L-op: the gradients of `sum(output * gradient)` with respect to variables, for outputs of any shape.
///
/// - Parameters:
///   - outputs: Expressions.
///   - wrt: The variables.
///   - gradients: One for each output, of its shape; converted to its dtype.
public func Lop(
  _ outputs: [TensorVariable], wrt: [TensorVariable], _ gradients: [TensorVariable], fileID: String = #fileID,
  line: Int = #line
) -> [TensorVariable] {
  let note = SourceNote.here(fileID, line)
  if let wrong = mismatch("Lop", outputs, wrt, pairing: outputs, with: gradients, "gradient", "output", note)
  {
    return wrt.map { _ in wrong }
  }
  return SourceNote.with(note) {
    let seeds = zip(outputs, gradients).enumerated().map { k, pair in
      (
        pair.0,
        SpecifyShape.fit(
          pair.1, to: pair.0, .gradient, "Lop", giver: "the gradient has", target: "output \(k)", note)
      )
    }
    return zip(wrt, accumulate(seeds, wrt: wrt, considerConstant: [])).map { x, g in
      g ?? T.zerosLike(x)
    }
  }
}

/// What is wrong with the operands of an L-op or R-op, if anything is: operands that are impossible, partners that are
/// missing or of another shape.
///
/// - Parameters:
///   - variables: What has partners.
///   - partners: One for each, of its shape: gradients or directions.
///   - partner: What a partner is called.
///   - kind: What a variable that has one is called.
func mismatch(
  _ operation: String, _ outputs: [TensorVariable], _ wrt: [TensorVariable],
  pairing variables: [TensorVariable], with partners: [TensorVariable], _ partner: String, _ kind: String,
  _ note: SourceNote
) -> TensorVariable? {
  let all = outputs + wrt + partners
  if all.contains(where: { $0.node.isPoisoned }) { return .carrying(operation, all, note: note) }
  if variables.count != partners.count {
    let fault = Fault(
      .argument,
      "\(counted(variables.count, kind, kind + "s")) but \(counted(partners.count, partner, partner + "s"))",
      hint: "give one \(partner) for each \(kind), of its shape")
    return .impossible(operation, fault, note: note)
  }
  for (x, p) in zip(variables, partners) where x.ndim != p.ndim || !p.dtype.isFloating || !x.dtype.isFloating
  {
    let fault = Fault(
      .gradient, "the \(partner) for \(x.located) is \(p.type.brief), but \(x.located) is \(x.type.brief)",
      hint: "give one \(partner) for each \(kind), of its shape and of a float dtype", operand: 1)
    return .impossible(operation, fault, operands: [x, p], note: note)
  }
  return nil
}

/// What tells variables apart: results of one application are the same variable whoever holds them.
package struct VariableKey: Hashable {
  let object: ObjectIdentifier
  let index: Int

  package init(_ variable: TensorVariable) {
    if let owner = variable.node.owner, case .result(let index) = variable.node.kind {
      object = ObjectIdentifier(owner)
      self.index = index
    } else {
      object = ObjectIdentifier(variable.node)
      index = -1
    }
  }
}

/// The applications between variables and expressions, operands first; only those that depend on a variable.
package func applications(
  of outputs: [TensorVariable], dependingOn wrt: [TensorVariable], stopping: Set<VariableKey>
) -> (order: [(apply: ApplyNode, outputs: [TensorVariable])], depends: Set<VariableKey>) {
  let sources = Set(wrt.map(VariableKey.init))
  var depends = sources
  var dependent: Set<ObjectIdentifier> = []
  var finished: Set<ObjectIdentifier> = []
  var order: [(ApplyNode, [TensorVariable])] = []
  var held: [ObjectIdentifier: Int] = [:]
  var stack: [(TensorVariable, Bool)] = outputs.map { ($0, false) }
  while let (variable, expanded) = stack.popLast() {
    let key = VariableKey(variable)
    guard let owner = variable.node.owner, !stopping.contains(key) else { continue }
    let id = ObjectIdentifier(owner)
    if finished.contains(id) {
      if dependent.contains(id) {
        depends.insert(key)
        if let at = held[id], !order[at].1.contains(where: { VariableKey($0) == key }) {
          order[at].1.append(variable)
        }
      }
      continue
    }
    if !expanded {
      stack.append((variable, true))
      for input in owner.inputs
      where input.node.owner.map({ !finished.contains(ObjectIdentifier($0)) }) ?? false {
        stack.append((input, false))
      }
    } else {
      finished.insert(id)
      if owner.inputs.contains(where: { depends.contains(VariableKey($0)) }) {
        dependent.insert(id)
        depends.insert(key)
        for k in 0..<owner.op.outputCount { depends.insert(VariableKey(owner, k)) }
        held[id] = order.count
        order.append((owner, [variable]))
      }
    }
  }
  return (order, depends)
}

extension VariableKey {
  init(_ apply: ApplyNode, _ index: Int) {
    object = ObjectIdentifier(apply)
    self.index = index
  }
}

/// The outputs of an application as variables: those that are at hand, and new handles for the others.
func allOutputs(of apply: ApplyNode, _ held: [TensorVariable]) -> [TensorVariable] {
  if apply.op.outputCount == 1 { return [held[0]] }
  var rules = ShapeRules()
  let types = (try? apply.op.infer(apply.inputs.map { Operand($0) }, &rules)) ?? held.map(\.type)
  return types.enumerated().map { k, type in
    held.first { if case .result(k) = $0.node.kind { true } else { false } }
      ?? TensorVariable(VariableNode(type, .result(k), note: apply.note, owner: apply))
  }
}

/// Reverse accumulation from seeds; `nil` where nothing arrives.
func accumulate(
  _ seeds: [(output: TensorVariable, gradient: TensorVariable)], wrt: [TensorVariable],
  considerConstant: [TensorVariable]
) -> [TensorVariable?] {
  let stopping = Set(considerConstant.map(VariableKey.init))
  let (order, depends) = applications(of: seeds.map(\.output), dependingOn: wrt, stopping: stopping)
  func isWanted(_ input: TensorVariable) -> Bool {
    let key = VariableKey(input)
    return depends.contains(key) && !stopping.contains(key) && input.dtype.isFloating
  }
  let branches = Branches(order.map(\.apply), of: seeds.map(\.output), isWanted)
  let equal = EqualVariables(
    in: seeds.map(\.output), order.map(\.apply), apart: stopping.union(wrt.map(VariableKey.init)), branches)
  var gradients = GradientSums(branches, equal)
  for (output, gradient) in seeds { gradients.add(GradientTerm(gradient, nil), to: output, in: 0) }
  // The first of equal applications comes last here, when all gradients of the others have arrived.
  for (apply, held) in order.reversed() where !equal.isRepeated(apply) {
    let branch = branches.branch(of: apply)
    SourceNote.with(apply.note) {
      let outputs = allOutputs(of: apply, held)
      let arrived = outputs.map { gradients.total(of: $0, in: branch) }
      if arrived.allSatisfy({ $0 == nil }) { return }
      let call = GradientCall(
        inputs: apply.inputs, outputs: outputs, outputGradients: arrived.map { $0?.gradient },
        wanted: apply.inputs.map(isWanted), masks: arrived.map { $0?.mask })
      let masks = apply.op.gradientMasks(call)
      for (k, slope) in apply.op.gradient(call).enumerated() where call.wanted[k] {
        guard let slope else { continue }
        let place = branches.branch(ofOperand: k, of: apply)
        gradients.add(GradientTerm(slope, masks[k]), to: apply.inputs[k], in: place)
      }
    }
  }
  return wrt.map { gradients.total(of: $0, in: 0)?.gradient }
}
