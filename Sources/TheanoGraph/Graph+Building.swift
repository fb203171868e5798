import TheanoArrays
import TheanoKernels

extension Graph {
  /// Lowers expressions into a graph.
  ///
  /// - Parameters:
  ///   - outputs: What is computed.
  ///   - inputs: The arguments, in their order; they become leaves whether or not they are used.
  ///   - givens: What stands for what: wherever a key is met, its value is used instead; in the values, keys stand for
  ///     themselves.
  ///   - assumed: The shapes that shared variables are taken to have; the caller checks them at each call.
  /// - Throws: Every diagnosis that the expressions carry; inputs that are needed but not given; replacements that do
  ///   not fit.
  package init(
    computing outputs: [TensorVariable], from inputs: [TensorVariable] = [],
    givens: [TensorVariable: TensorVariable] = [:], assuming assumed: (SharedState) -> [Int]? = { _ in nil }
  ) throws(TheanoError) {
    self.init()
    try validateAll(outputs + Array(givens.values))
    var lowering = Lowering()
    var seen: Set<TensorVariable> = []
    for input in inputs where seen.insert(input).inserted {
      lowering.known[ObjectIdentifier(input.node)] = addLeaf(input)
    }
    // First the replacements that are needed, in which keys stand for themselves; then what they are put into.
    let replaced = replacedVariables(in: outputs, givens)
    try lower(replaced.map { givens[$0]! }, &lowering)
    let standIns = replaced.map { lowering.known[ObjectIdentifier(givens[$0]!.node)]! }
    if !replaced.isEmpty {
      lowering = Lowering(missing: lowering.missing)
      for leaf in leaves { lowering.known[ObjectIdentifier(leaf.variable.node)] = leaf.value }
      for (key, value) in zip(replaced, standIns) { lowering.known[ObjectIdentifier(key.node)] = value }
    }
    try lower(outputs, &lowering)
    let known = lowering.known
    setOutputs(outputs.map { known[ObjectIdentifier($0.node)]! })
    findCertainChecks()
    let missing = findMissing(lowering.missing.map(\.value))
    if !missing.isEmpty {
      throw TheanoError(
        lowering.missing.filter { missing.contains($0.value) }.map { variable, _ in
          Diagnosis(
            .argument, in: "function",
            "the outputs need \(variable.located) (\(variable.type.brief)), which is no input of the function",
            hint: "add it to inputs:, or say what it stands for in givens:",
            location: variable.node.note.location)
        })
    }
    var lengths: [Size.Symbol: Size] = [:]
    for (k, leaf) in leaves.enumerated() {
      guard let state = leaf.variable.sharedState, let shape = assumed(state) else { continue }
      for (axis, n) in shape.enumerated() { lengths[.axis(leaf: k, axis: axis)] = Size(n) }
    }
    unifySizes(assuming: lengths)
  }

  /// Which value stands for which variable, and for the first result of which application.
  private struct Lowering {
    var known: [ObjectIdentifier: ValueID] = [:]
    var results: [ObjectIdentifier: ValueID] = [:]
    /// What is mentioned and was not given.
    var missing: [(variable: TensorVariable, value: ValueID)] = []
  }

  /// Adds what variables are computed from, down to what is known.
  private mutating func lower(
    _ roots: [TensorVariable], _ lowering: inout Lowering
  ) throws(TheanoError) {
    var stack: [(variable: TensorVariable, expanded: Bool)] = roots.reversed().map { ($0, false) }
    while let (variable, expanded) = stack.popLast() {
      let key = ObjectIdentifier(variable.node)
      if lowering.known[key] != nil { continue }
      switch variable.node.kind {
      case .constant(let array): lowering.known[key] = addConstant(array, name: variable.name)
      case .shared: lowering.known[key] = addLeaf(variable)
      case .input, .placeholder:
        let number = lowering.missing.firstIndex { $0.variable == variable } ?? lowering.missing.count
        if number == lowering.missing.count {
          lowering.missing.append((variable, addMissing(variable, number: number)))
        }
        lowering.known[key] = lowering.missing[number].value
      case .result(let index):
        guard let owner = variable.node.owner else { continue }
        if let first = lowering.results[ObjectIdentifier(owner)] {
          lowering.known[key] = first + index
        } else if !expanded {
          stack.append((variable, true))
          for input in owner.inputs.reversed() where lowering.known[ObjectIdentifier(input.node)] == nil {
            stack.append((input, false))
          }
        } else {
          let operands = owner.inputs.map { lowering.known[ObjectIdentifier($0.node)]! }
          do throws(Fault) {
            let results = try add(owner.op, operands, origin: owner)
            lowering.results[ObjectIdentifier(owner)] = results[0]
            lowering.known[key] = results[index]
            if let name = variable.name { nameValue(results[index], name) }
          } catch {
            throw TheanoError(error.diagnosis(of: owner.op, operands: owner.inputs, note: owner.note))
          }
        }
      }
    }
  }
}

/// The keys of `givens` that expressions are computed from, in the order of being met.
package func replacedVariables(
  in outputs: [TensorVariable], _ givens: [TensorVariable: TensorVariable]
) -> [TensorVariable] {
  if givens.isEmpty { return [] }
  var replaced: [TensorVariable] = []
  var seen: Set<ObjectIdentifier> = []
  var stack: [TensorVariable] = outputs.reversed()
  while let variable = stack.popLast() {
    guard seen.insert(ObjectIdentifier(variable.node)).inserted else { continue }
    if givens[variable] != nil {
      replaced.append(variable)
    } else if let owner = variable.node.owner, seen.insert(ObjectIdentifier(owner)).inserted {
      stack.append(contentsOf: owner.inputs.reversed())
    }
  }
  return replaced
}
