import TheanoArrays
import TheanoGraph

/// Expressions as a drawing for Graphviz: `print(toDot(cost))`, then `dot -Tsvg`.
///
/// Boxes are operations, ellipses what enters: green inputs, blue shared variables, grey constants; what is wrong is
/// red. Edges carry the number of the operand where there is more than one, and the type of what flows along them.
public func toDot(_ expressions: TensorVariable...) -> String {
  var numbers: [ObjectIdentifier: Int] = [:]
  var lines = ["digraph theano {", "  rankdir = BT;", "  node [fontname = \"monospace\"];"]
  func number(_ object: ObjectIdentifier) -> (Int, isNew: Bool) {
    if let known = numbers[object] { return (known, false) }
    numbers[object] = numbers.count
    return (numbers.count - 1, true)
  }
  /// The node that stands for a variable: its operation, or itself if it is a leaf.
  func place(_ variable: TensorVariable) -> ObjectIdentifier {
    variable.node.owner.map { ObjectIdentifier($0) } ?? ObjectIdentifier(variable.node)
  }
  var stack = Array(expressions.reversed())
  while let variable = stack.popLast() {
    let (id, isNew) = number(place(variable))
    guard isNew else { continue }
    guard let owner = variable.node.owner else {
      let colour = colour(variable.node.kind)
      let label = variable.name ?? ExpressionText.text(variable, 0)
      lines.append(
        "  n\(id) [shape = ellipse, style = filled, fillcolor = \(colour), label = \(quoted(label))];")
      continue
    }
    let label = owner.op.listing(owner.inputs.count) + (owner.fault.map { "\n\($0.what)" } ?? "")
    let style = owner.fault == nil ? "" : ", color = red, fontcolor = red"
    lines.append("  n\(id) [shape = box\(style), label = \(quoted(label))];")
    stack.append(contentsOf: owner.inputs.reversed())
  }
  var drawn: Set<ObjectIdentifier> = []
  stack = Array(expressions.reversed())
  while let variable = stack.popLast() {
    guard let owner = variable.node.owner, drawn.insert(ObjectIdentifier(owner)).inserted else { continue }
    let (to, _) = number(ObjectIdentifier(owner))
    for (k, input) in owner.inputs.enumerated() {
      let (from, _) = number(place(input))
      let type = input.node.isPoisoned ? "" : input.type.brief
      lines.append(
        "  n\(from) -> n\(to) [label = \(quoted(owner.inputs.count > 1 ? "\(k): \(type)" : type))];")
    }
    stack.append(contentsOf: owner.inputs.reversed())
  }
  for (k, expression) in expressions.enumerated() {
    let (from, _) = number(place(expression))
    let label = expression.name ?? (expressions.count == 1 ? "result" : "result \(k)")
    lines.append("  r\(k) [shape = plaintext, label = \(quoted(label))];")
    lines.append("  n\(from) -> r\(k);")
  }
  return (lines + ["}"]).joined(separator: "\n")
}

private func colour(_ kind: VariableNode.Kind) -> String {
  switch kind {
  case .input, .placeholder: "palegreen"
  case .shared: "lightblue"
  case .constant, .result: "lightgrey"
  }
}

private func quoted(_ text: String) -> String {
  let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  return "\"\(escaped)\""
}
