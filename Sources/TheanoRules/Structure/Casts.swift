import TheanoArrays
import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// Conversions that do nothing, and conversions of conversions.
enum CastRewrites {
  static let rules: [Rewrite] = [chains]

  static let chains = Rewrite("cast of cast", .canonical, at: .kind(Elementwise.self)) {
    graph, node throws(Fault) in
    let outer = graph.nodes[node]
    guard let target = conversion(outer.op) else { return nil }
    let middle = outer.inputs[0]
    if graph.dtype(middle) == target { return [middle] }
    guard let inner = graph.application(middle, Elementwise.self), conversion(inner.op) != nil,
      holds(graph.dtype(middle), all: graph.dtype(inner.inputs[0]))
    else { return nil }
    if graph.dtype(inner.inputs[0]) == target { return [inner.inputs[0]] }
    return try graph.add(outer.op, [inner.inputs[0]])
  }

  private static func conversion(_ op: any Operation) -> DType? {
    guard let op = op as? Elementwise, case .conversion(let dtype) = op.definition.typing else { return nil }
    return dtype
  }

  /// Whether every number of one dtype is a number of another.
  static func holds(_ wide: DType, all narrow: DType) -> Bool {
    if wide == narrow { return true }
    let digits = { (dtype: DType) -> Int in
      switch dtype {
      case .float32: 24
      case .float64: 53
      default: dtype.itemSize * 8 - (dtype.kind == .signed ? 1 : 0)
      }
    }
    switch (narrow.kind, wide.kind) {
    case (.bool, .unsigned), (.bool, .signed), (.bool, .floating): return true
    case (.unsigned, .unsigned), (.unsigned, .signed), (.signed, .signed), (.floating, .floating),
      (.unsigned, .floating), (.signed, .floating):
      return digits(narrow) <= digits(wide)
    default: return false
    }
  }
}
