import TheanoArrays
import TheanoGraph

extension Graph {
  /// A value as one line of text; deeper than `depth` operands are shown as `...`.
  package func text(_ id: ValueID, depth: Int = 4) -> String {
    switch values[id].origin {
    case .leaf(let leaf): return values[id].name ?? "<input \(leaf)>"
    case .constant(let array):
      if let name = values[id].name { return name }
      return array.ndim == 0 ? "\(array)" : "<\(values[id].type.brief)>"
    case .node(let node):
      guard depth > 0 else { return "..." }
      let application = nodes[node]
      let whole = application.op.text(application.inputs.map { text($0, depth: depth - 1) })
      return application.op.outputCount == 1 ? whole : "\(whole)#\(id - application.firstOutput)"
    }
  }
}
