import TheanoArrays
import TheanoKernels

extension Graph {
  /// Lowers expressions into a graph.
  ///
  /// - Parameters:
  ///   - outputs: What is computed.
  ///   - inputs: The arguments, in their order; they become leaves whether or not they are used.
  ///   - givens: What stands for what: wherever a key is met, its value is used instead.
  ///   - assumed: The shapes that shared variables are taken to have; the caller checks them at each call.
  /// - Throws: Every diagnosis that the expressions carry; inputs that are needed but not given; replacements that do
  ///   not fit.
  package init(
    computing outputs: [TensorVariable], from inputs: [TensorVariable] = [],
    givens: [TensorVariable: TensorVariable] = [:], assuming assumed: (SharedState) -> [Int]? = { _ in nil }
  ) throws(TheanoError) {
    self.init()
    try validateAll(outputs + Array(givens.values))
    var known: [ObjectIdentifier: ValueID] = [:]
    var nodeOutputs: [ObjectIdentifier: ValueID] = [:]
    var seen: Set<TensorVariable> = []
    for input in inputs where seen.insert(input).inserted {
      let leaf = addLeaf(input)
      if givens[input] == nil { known[ObjectIdentifier(input.node)] = leaf }
    }
    var missing: [TensorVariable] = []
    // Keys of `givens` whose replacement is being lowered: to meet one of them again means going in circles.
    var open: Set<TensorVariable> = []
    var stack: [(variable: TensorVariable, expanded: Bool)] = outputs.reversed().map { ($0, false) }
    while let (variable, expanded) = stack.popLast() {
      let key = ObjectIdentifier(variable.node)
      if known[key] != nil { continue }
      if let given = givens[variable] {
        if let value = known[ObjectIdentifier(given.node)] {
          known[key] = value
          open.remove(variable)
        } else {
          guard open.insert(variable).inserted else { throw Graph.circular(variable, given) }
          stack.append((variable, true))
          stack.append((given, false))
        }
        continue
      }
      switch variable.node.kind {
      case .constant(let array): known[key] = addConstant(array, name: variable.name)
      case .shared: known[key] = addLeaf(variable)
      case .input, .placeholder:
        missing.append(variable)
        known[key] = addLeaf(variable)
      case .result(let index):
        guard let owner = variable.node.owner else { continue }
        if let first = nodeOutputs[ObjectIdentifier(owner)] {
          known[key] = first + index
        } else if !expanded {
          stack.append((variable, true))
          for input in owner.inputs.reversed() where known[ObjectIdentifier(input.node)] == nil {
            stack.append((input, false))
          }
        } else {
          let operands = owner.inputs.map { known[ObjectIdentifier($0.node)]! }
          do throws(Fault) {
            let results = try add(owner.op, operands, origin: owner)
            nodeOutputs[ObjectIdentifier(owner)] = results[0]
            known[key] = results[index]
            if let name = variable.name { nameValue(results[index], name) }
          } catch {
            throw TheanoError(error.diagnosis(of: owner.op, operands: owner.inputs, note: owner.note))
          }
        }
      }
    }
    if !missing.isEmpty {
      throw TheanoError(
        missing.map { variable in
          Diagnosis(
            .argument, in: "function",
            "the outputs need \(variable) (\(variable.type.brief)), which is no input of the function",
            mend: "add it to inputs:, or say what it stands for in givens:",
            location: variable.node.note.location)
        })
    }
    setOutputs(outputs.map { known[ObjectIdentifier($0.node)]! })
    findCertainChecks()
    var lengths: [Size.Atom: Size] = [:]
    for (k, leaf) in leaves.enumerated() {
      guard let state = leaf.variable.sharedState, let shape = assumed(state) else { continue }
      for (axis, n) in shape.enumerated() { lengths[.axis(leaf: k, axis: axis)] = Size(n) }
    }
    unifySizes(assuming: lengths)
  }

  private static func circular(_ key: TensorVariable, _ given: TensorVariable) -> TheanoError {
    TheanoError(
      .argument, in: "function", "givens: \(key) is replaced by an expression that needs \(key) again",
      mend: "make the replacement from other variables",
      at: given.node.note.location ?? key.node.note.location)
  }
}
