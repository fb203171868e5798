import TheanoArrays
import TheanoGraph

/// A value as it was at some moment of rewriting. What it says is put into words only if somebody asks: rewriting takes many
/// such notes, and hardly anybody reads them.
package indirect enum ValueNote: Sendable {
  case named(String)
  case constant(NDArray, TensorType)
  /// An operation's result, with its number if there are several.
  case result(any Operation, [ValueNote], Int?)
  /// Deeper operands than were looked at.
  case more
}

extension ValueNote: CustomStringConvertible {
  /// One line of text.
  package var description: String {
    switch self {
    case .named(let name): return name
    case .constant(let array, let type): return array.ndim == 0 ? "\(array)" : "<\(type.brief)>"
    case .result(let op, let operands, let number):
      let whole = op.text(operands.map(\.description))
      return number.map { "\(whole)#\($0)" } ?? whole
    case .more: return "..."
    }
  }
}

extension Graph {
  /// What a value is now, down to `depth` operands below each other.
  package func note(_ id: ValueID, depth: Int = 4) -> ValueNote {
    switch values[id].origin {
    case .leaf(let leaf): return .named(values[id].name ?? "<input \(leaf)>")
    case .constant(let array):
      return values[id].name.map { .named($0) } ?? .constant(array, values[id].type)
    case .node(let node):
      guard depth > 0 else { return .more }
      let application = nodes[node]
      return .result(
        application.op, application.inputs.map { note($0, depth: depth - 1) },
        application.op.outputCount == 1 ? nil : id - application.firstOutput)
    }
  }

  /// A value as one line of text; deeper than `depth` operands are shown as `...`.
  package func text(_ id: ValueID, depth: Int = 4) -> String { note(id, depth: depth).description }
}
