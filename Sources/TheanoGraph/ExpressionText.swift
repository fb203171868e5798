import TheanoArrays

/// Expressions as one line of text, for errors and listings.
package enum ExpressionText {
  /// Deeper than this an operand is shown as `...`: an error wants a line, not a page.
  private static let depth = 4

  /// The expression of an application, and where the blamed operand stands in it.
  package static func render(
    _ op: any Operation, _ operands: [TensorVariable], underlining blamed: Int?
  ) -> (text: String, caret: Range<Int>?) {
    var texts = operands.map { text($0, depth) }
    guard let blamed, texts.indices.contains(blamed) else { return (op.text(texts), nil) }
    // Two characters that no expression holds mark the place through whatever form the op gives its operands.
    texts[blamed] = "\u{1}\(texts[blamed])\u{2}"
    let marked = Array(op.text(texts))
    guard let start = marked.firstIndex(of: "\u{1}"), let end = marked.firstIndex(of: "\u{2}") else {
      return (String(marked), nil)
    }
    return (String(marked.filter { $0 != "\u{1}" && $0 != "\u{2}" }), start..<(end - 1))
  }

  package static func text(_ variable: TensorVariable, _ depth: Int = depth) -> String {
    let node = variable.node
    if let name = node.name { return name }
    switch node.kind {
    case .input: return "<\(node.type.brief)>"
    case .shared: return "<shared \(node.type.brief)>"
    case .placeholder(let k): return "_\(k)"
    case .constant(let value):
      return value.size == 1 && value.ndim == 0 ? "\(value)" : "<constant \(node.type.brief)>"
    case .result:
      guard let owner = node.owner else { return "<released>" }
      if depth == 0 { return "..." }
      if owner.op.isWrittenAsOperand { return text(owner.inputs[0], depth) }
      return owner.op.text(owner.inputs.map { text($0, depth - 1) })
    }
  }
}

extension TensorVariable: CustomStringConvertible {
  /// The expression, cut short where it is deep.
  public var description: String { ExpressionText.text(self) }
}
