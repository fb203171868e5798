import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// The order in which a chain of matrix products is computed: `(A B) v` costs a matrix product, `A (B v)` two products
/// with a vector.
///
/// Where all lengths are known, dynamic programming over the chain finds the least number of multiplications (Godbole,
/// 1973). Where they are not, lengths of 1 and absent axes are still known to be short.
enum ProductChains {
  static let rules: [Rewrite] = [order]
  /// Longer chains are cut: the programme is cubic.
  private static let longest = 16

  static let order = Rewrite("order of a product chain", .fast, at: .kind(Dot.self), depth: 3) {
    graph, node throws(Fault) in
    let root = graph.nodes[node].firstOutput
    guard !isInner(graph, root) else { return nil }
    var factors: [Graph.ValueID] = []
    let current = collect(graph, root, &factors)
    guard factors.count > 2 else { return nil }
    // A vector can only stand at an end; elsewhere a product ends in a scalar, which is no link of a chain.
    guard factors.dropFirst().dropLast().allSatisfy({ graph.dims($0).count == 2 }) else { return nil }
    guard let lengths = lengths(graph, factors) else { return nil }
    let best = plan(lengths)
    guard best.cost < cost(current, lengths) else { return nil }
    return [try build(&graph, factors, best.cuts, 0, factors.count - 1)]
  }

  private indirect enum Tree {
    case factor
    case product(Tree, Tree, left: Int, right: Int)

    var count: Int {
      switch self {
      case .factor: 1
      case .product(_, _, let left, let right): left + right
      }
    }
  }

  /// Whether a product belongs to a longer chain, whose turn will come.
  private static func isInner(_ graph: borrowing Graph, _ id: Graph.ValueID) -> Bool {
    guard graph.values[id].useCount == 1, let user = graph.users(of: id).first else { return false }
    return graph.nodes[user].op is Dot && !graph.dims(id).isEmpty
  }

  private static func collect(_ graph: borrowing Graph, _ id: Graph.ValueID, _ factors: inout [Graph.ValueID])
    -> Tree
  {
    guard let dot = graph.application(id, Dot.self) else {
      factors.append(id)
      return .factor
    }
    let left = link(graph, dot.inputs[0], &factors)
    let right = link(graph, dot.inputs[1], &factors)
    return .product(left, right, left: left.count, right: right.count)
  }

  private static func link(_ graph: borrowing Graph, _ id: Graph.ValueID, _ factors: inout [Graph.ValueID])
    -> Tree
  {
    if factors.count < longest, graph.values[id].useCount == 1, graph.application(id, Dot.self) != nil {
      return collect(graph, id, &factors)
    }
    factors.append(id)
    return .factor
  }

  /// The lengths between the factors, 1 where a vector has no axis; `nil` if too little is known to compare orders.
  private static func lengths(_ graph: borrowing Graph, _ factors: [Graph.ValueID]) -> [Double]? {
    var dims: [Dim] = []
    let first = graph.dims(factors[0])
    dims.append(first.count == 2 ? first[0] : 1)
    for factor in factors.dropLast() { dims.append(graph.dims(factor).last ?? 1) }
    let last = graph.dims(factors[factors.count - 1])
    dims.append(last.count == 2 ? last[1] : 1)
    if dims.allSatisfy({ $0.constant != nil }) { return dims.map { Double($0.constant ?? 1) } }
    // Only lengths of 1 are known for sure to be short: all others count as equally long.
    return dims.contains(1) ? dims.map { $0 == 1 ? 1 : 1024 } : nil
  }

  private static func plan(_ lengths: [Double]) -> (cost: Double, cuts: [[Int]]) {
    let n = lengths.count - 1
    var costs = [[Double]](repeating: Array(repeating: 0, count: n), count: n)
    var cuts = [[Int]](repeating: Array(repeating: 0, count: n), count: n)
    for span in 1..<n {
      for i in 0..<(n - span) {
        let j = i + span
        costs[i][j] = .infinity
        for k in i..<j {
          let cost = costs[i][k] + costs[k + 1][j] + lengths[i] * lengths[k + 1] * lengths[j + 1]
          if cost < costs[i][j] { (costs[i][j], cuts[i][j]) = (cost, k) }
        }
      }
    }
    return (costs[0][n - 1], cuts)
  }

  private static func cost(_ tree: Tree, _ lengths: [Double]) -> Double {
    func cost(_ tree: Tree, _ first: Int) -> Double {
      guard case .product(let a, let b, let left, let right) = tree else { return 0 }
      return cost(a, first) + cost(b, first + left) + lengths[first] * lengths[first + left]
        * lengths[first + left + right]
    }
    return cost(tree, 0)
  }

  private static func build(
    _ graph: inout Graph, _ factors: [Graph.ValueID], _ cuts: [[Int]], _ i: Int, _ j: Int
  ) throws(Fault) -> Graph.ValueID {
    if i == j { return factors[i] }
    let left = try build(&graph, factors, cuts, i, cuts[i][j])
    let right = try build(&graph, factors, cuts, cuts[i][j] + 1, j)
    return try graph.add(Dot(), [left, right])[0]
  }
}
