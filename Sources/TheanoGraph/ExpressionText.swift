import TheanoArrays

/// Expressions as one line of text, for errors and listings.
package enum ExpressionText {
  /// Operands nested more deeply than this are shown as `...`, so that an error's expression fits on a line.
  private static let depth = 4

  /// The expression of an application, and where the blamed operand stands in it.
  ///
  /// - Parameter located: Whether variables without a name say where they were made, as they do in errors.
  package static func render(
    _ op: any Operation, _ operands: [TensorVariable], underlining blamed: Int?, located: Bool = false
  ) -> (text: String, caret: Range<Int>?) {
    var texts = operands.map { text($0, depth, located: located) }
    guard let blamed, texts.indices.contains(blamed) else { return (op.text(texts), nil) }
    // Two control characters mark the operand, so that it is found in whatever notation the operation uses.
    texts[blamed] = "\u{1}\(texts[blamed])\u{2}"
    let marked = Array(op.text(texts))
    guard let start = marked.firstIndex(of: "\u{1}"), let end = marked.firstIndex(of: "\u{2}") else {
      return (String(marked), nil)
    }
    return (String(marked.filter { $0 != "\u{1}" && $0 != "\u{2}" }), start..<(end - 1))
  }

  package static func text(
    _ variable: TensorVariable, _ depth: Int = depth, located: Bool = false
  ) -> String {
    let node = variable.node
    if let name = node.name { return name }
    func leaf(_ what: String) -> String {
      let place = located ? node.note.shortLocation : nil
      return "<\(what)\(node.type.brief)\(place.map { " made at \($0)" } ?? "")>"
    }
    switch node.kind {
    case .input: return leaf("")
    case .shared: return leaf("shared ")
    case .placeholder(let k): return "_\(k)"
    case .constant(let value):
      // Mostly an array in the line that is shown, so that its place says nothing new.
      return value.size == 1 && value.ndim == 0 ? "\(value)" : "<constant \(node.type.brief)>"
    case .result:
      guard let owner = node.owner else { return "<released>" }
      if depth == 0 { return "..." }
      if owner.op.isWrittenAsOperand { return text(owner.inputs[0], depth, located: located) }
      return owner.op.text(owner.inputs.map { text($0, depth - 1, located: located) })
    }
  }
}

extension TensorVariable: CustomStringConvertible {
  /// The expression, cut short where it is deep.
  public var description: String { ExpressionText.text(self) }

  /// The expression as errors write it: what has no name says where it was made.
  package var located: String { ExpressionText.text(self, located: true) }
}
