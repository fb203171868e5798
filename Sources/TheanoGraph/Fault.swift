import TheanoArrays
import TheanoKernels

/// What an operation finds wrong with its operands. The node that keeps it knows the expression and the line.
package struct Fault: Error, Sendable, Hashable {
  package var kind: Diagnosis.Kind
  package var what: String
  package var hint: String?
  /// The operand that is to blame: it is underlined.
  package var operand: Int?

  package init(_ kind: Diagnosis.Kind, _ what: String, hint: String? = nil, operand: Int? = nil) {
    self.kind = kind
    self.what = what
    self.hint = hint
    self.operand = operand
  }
}

extension Fault {
  /// An axis that an array does not have.
  package init(noAxis axis: Int, of type: TensorType, operand: Int) {
    let n = type.ndim
    self.init(
      .shape, "there is no axis \(axis): \(type.brief) has \(counted(n, "axis", "axes"))",
      hint: n == 0 ? "a scalar has no axes" : "axes run from 0 to \(n - 1), or from -\(n) to -1",
      operand: operand)
  }

  /// What an array's own code found wrong, as the fault of the expression that was to hold the array.
  package init(_ error: TheanoError) {
    let first = error.diagnoses.first
    self.init(first?.kind ?? .argument, first?.what ?? "unknown", hint: first?.hint)
  }

  /// The fault as the user sees it, in the operation and at the line of the node that has it.
  package func diagnosis(of op: any Operation, operands: [TensorVariable], note: SourceNote) -> Diagnosis {
    let (text, caret) = ExpressionText.render(op, operands, underlining: operand, located: true)
    return Diagnosis(
      kind, in: op.name, what, hint: hint, expression: operands.isEmpty ? nil : text, caret: caret,
      location: note.location)
  }
}

extension TensorVariable {
  /// Throws everything that is wrong in the expression, all at once; does nothing if it is sound.
  ///
  /// - Throws: ``TheanoError`` with one diagnosis for each impossible operation, in the order they were written.
  public func validate() throws(TheanoError) { try validateAll([self]) }
}

/// Throws everything that is wrong in the expressions.
package func validateAll(_ variables: [TensorVariable]) throws(TheanoError) {
  guard variables.contains(where: { $0.node.isPoisoned }) else { return }
  var faulty: [(serial: UInt64, node: ApplyNode)] = []
  var seen: Set<ObjectIdentifier> = []
  var pending = variables
  while let variable = pending.popLast() {
    guard variable.node.isPoisoned, let owner = variable.node.owner,
      seen.insert(ObjectIdentifier(owner)).inserted
    else { continue }
    if owner.fault != nil { faulty.append((variable.node.serial, owner)) }
    pending.append(contentsOf: owner.inputs)
  }
  faulty.sort { $0.serial < $1.serial }
  var diagnoses: [Diagnosis] = []
  for (_, node) in faulty {
    guard let fault = node.fault else { continue }
    let diagnosis = fault.diagnosis(of: node.op, operands: node.inputs, note: node.note)
    if !diagnoses.contains(diagnosis) { diagnoses.append(diagnosis) }
  }
  throw TheanoError(diagnoses)
}

/// An application that is impossible: it carries its fault, and its text, but computes nothing.
package struct Impossible: Operation {
  package let name: String
  /// What stands before, between and after the operands as they were written; `nil` for a call by name.
  package var written: [String]?

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    [TensorType(.float64, ndim: 0)]
  }
  package func text(_ operands: [String]) -> String {
    guard let written, written.count == operands.count + 1 else {
      return "\(name)(\(operands.joined(separator: ", ")))"
    }
    return zip(written, operands).map { $0 + $1 }.joined() + written[operands.count]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] { call.inputs.map { _ in nil } }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    throw Fault(.argument, "an impossible expression has no value")
  }
  package func lower(_ context: inout LoweringContext) -> Lowering { .view }
}
