import TheanoArrays
import TheanoGraph

/// An expression as one line of maths, as Theano's `pp` writes it.
///
/// ```swift
/// let x = T.dscalar("x")
/// pp(T.exp(x) * (x + 1))      // exp(x) * (x + 1)
/// ```
///
/// Parts that would be longer than `limit` characters are shown as `...`: an expression that uses its parts more than
/// once can be exponentially longer than its graph.
///
/// - Parameters:
///   - expression: What is printed.
///   - limit: How long a part may be.
public func pp(_ expression: TensorVariable, limit: Int = 2000) -> String {
  var texts: [TensorVariable: String] = [:]
  var stack = [expression]
  while let variable = stack.last {
    if texts[variable] != nil {
      stack.removeLast()
      continue
    }
    // A name stands for what it names, but for the expression that is asked for.
    guard let owner = variable.node.owner, variable == expression || variable.name == nil else {
      texts[variable] = ExpressionText.text(variable, 0)
      continue
    }
    let missing = owner.inputs.filter { texts[$0] == nil }
    if missing.isEmpty {
      let operands = owner.inputs.map { input in
        let text = texts[input] ?? "..."
        return text.utf8.count > limit ? "..." : text
      }
      texts[variable] = owner.op.text(withoutNeedlessParentheses(operands, of: owner.op))
    } else {
      stack.append(contentsOf: missing)
    }
  }
  return withoutOuterParentheses(texts[expression] ?? "")
}

/// The operands, without their outer parentheses where the operation puts each between brackets or commas of its own.
private func withoutNeedlessParentheses(_ operands: [String], of op: any Operation) -> [String] {
  let marks = operands.indices.map { "\u{1}\($0)\u{2}" }
  let form = Array(op.text(marks))
  var result = operands
  var start: Int?
  for (k, character) in form.enumerated() {
    if character == "\u{1}" { start = k }
    guard character == "\u{2}", let from = start, let number = Int(String(form[(from + 1)..<k])) else {
      continue
    }
    let before = String(form[..<from].suffix(2))
    let after = k + 1 < form.count ? form[k + 1] : " "
    if before.hasSuffix("(") || before == ", ", after == "," || after == ")" {
      result[number] = withoutOuterParentheses(operands[number])
    }
  }
  return result
}

/// `(a + b)` as `a + b`, and `(a) + (b)` as it is.
func withoutOuterParentheses(_ text: String) -> String {
  guard text.hasPrefix("("), text.hasSuffix(")") else { return text }
  var depth = 0
  for (k, character) in text.enumerated() {
    if character == "(" { depth += 1 }
    if character == ")" { depth -= 1 }
    if depth == 0, k < text.count - 1 { return text }
  }
  return String(text.dropFirst().dropLast())
}
