import TheanoArrays
import TheanoGraph

/// Prints expressions as trees, operands below what uses them: Theano's `debugprint`.
///
/// ```swift
/// let x = T.dscalar("x")
/// debugPrint(T.exp(x) * x)
/// // multiply [id A] <TensorType(float64, scalar)>
/// //  ├─ exp [id B] <TensorType(float64, scalar)>
/// //  │  └─ x [id C] <TensorType(float64, scalar)>
/// //  └─ x [id C]
/// ```
///
/// What is used in several places is unfolded once; after that only its id is repeated.
///
/// - Parameters:
///   - expressions: What is printed.
///   - types: Whether types are printed.
///   - lines: Whether the line that each operation was written at is printed. Looking lines up takes up to a quarter of a
///     second.
///   - depth: How many levels are printed.
public func debugPrint(
  _ expressions: TensorVariable..., types: Bool = true, lines: Bool = false, depth: Int = 100
) {
  print(debugText(expressions, types: types, lines: lines, depth: depth))
}

/// The text that ``debugPrint(_:types:lines:depth:)`` prints.
public func debugText(
  _ expressions: [TensorVariable], types: Bool = true, lines: Bool = false, depth: Int = 100
) -> String {
  var tree = ExpressionTree(types: types, showsLines: lines, depth: depth)
  if lines { SourceNote.lookUp(notes(of: expressions)) }
  for expression in expressions { tree.add(expression) }
  return tree.lines.joined(separator: "\n")
}

/// The notes of all applications in the expressions.
private func notes(of expressions: [TensorVariable]) -> [SourceNote] {
  var seen: Set<ObjectIdentifier> = []
  var found: [SourceNote] = []
  var pending = expressions
  while let variable = pending.popLast() {
    guard let owner = variable.node.owner, seen.insert(ObjectIdentifier(owner)).inserted else { continue }
    found.append(owner.note)
    pending.append(contentsOf: owner.inputs)
  }
  return found
}

/// Draws trees with an explicit stack, since recursion would overflow the thread's stack on deep expressions.
private struct ExpressionTree {
  let types: Bool
  let showsLines: Bool
  let depth: Int
  private(set) var lines: [String] = []
  private var ids: [TensorVariable: String] = [:]

  init(types: Bool, showsLines: Bool, depth: Int) {
    self.types = types
    self.showsLines = showsLines
    self.depth = depth
  }

  private struct Entry {
    var variable: TensorVariable
    /// What stands before the variable, and before what is below it.
    var head: String
    var below: String
    var level: Int
  }

  mutating func add(_ root: TensorVariable) {
    var stack = [Entry(variable: root, head: "", below: " ", level: 0)]
    while let entry = stack.popLast() {
      let node = entry.variable.node
      if let id = ids[entry.variable] {
        let more = node.owner.map { !$0.inputs.isEmpty } ?? false
        lines.append("\(entry.head)\(label(entry.variable)) [id \(id)]\(more ? " ..." : "")")
        continue
      }
      let id = ExpressionTree.letters(ids.count)
      ids[entry.variable] = id
      var line = "\(entry.head)\(label(entry.variable)) [id \(id)]"
      if types, !node.isPoisoned { line += " <\(node.type)>" }
      if showsLines, let location = node.owner?.note.location { line += " at \(location)" }
      if let fault = node.owner?.fault { line += "  !! \(fault.what)" }
      lines.append(line)
      guard let owner = node.owner, !owner.inputs.isEmpty else { continue }
      if entry.level + 1 >= depth {
        lines.append("\(entry.below)└─ ... below level \(depth)")
        continue
      }
      for (k, input) in owner.inputs.enumerated().reversed() {
        let isLast = k == owner.inputs.count - 1
        stack.append(
          Entry(
            variable: input, head: entry.below + (isLast ? "└─ " : "├─ "),
            below: entry.below + (isLast ? "   " : "│  "), level: entry.level + 1))
      }
    }
  }

  private func label(_ variable: TensorVariable) -> String {
    let node = variable.node
    guard let owner = node.owner, case .result(let index) = node.kind else {
      return ExpressionText.text(variable, 0)
    }
    let listing = owner.op.listing(owner.inputs.count)
    let operation = owner.op.outputCount == 1 ? listing : "\(listing).\(index)"
    return node.name.map { "\(operation) '\($0)'" } ?? operation
  }

  /// A, B, ..., Z, AA, AB, ...
  private static func letters(_ number: Int) -> String {
    var rest = number
    var text = ""
    repeat {
      text = String(UnicodeScalar(UInt8(65 + rest % 26))) + text
      rest = rest / 26 - 1
    } while rest >= 0
    return text
  }
}

extension Operation {
  /// The operation in a list: its name, and its attributes where its written form shows any.
  ///
  /// Attributes are found by comparing the operation's notation with a plain call, so that no list of operations is needed here.
  package func listing(_ operands: Int) -> String {
    let marks = Array(repeating: "·", count: operands)
    let written = text(marks)
    if written == "\(name)(\(marks.joined(separator: ", ")))" { return name }
    if written.hasPrefix("\(name)(") { return written }
    return written.contains { $0.isLetter || $0.isNumber } ? "\(name){\(written)}" : name
  }
}
