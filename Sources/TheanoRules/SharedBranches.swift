import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations

/// Values that several conditionals need, all of them under one condition: a branch and its gradient both need what the branch
/// computes.
///
/// A program computes in a branch what that branch alone needs, and everything else always. Such a value would be computed
/// whatever the condition says. Behind a conditional of its own it is computed once, and only if the condition holds; the
/// others read its result.
package enum SharedBranches {
  /// Puts every such value of a graph behind a conditional of its own. The interpreter, which computes what it is asked for, has no
  /// need of it.
  package static func separate(_ graph: inout Graph) throws(Fault) {
    guard graph.nodes.count(where: { $0.isAlive && $0.op.isConditional }) > 1 else { return }
    defer { graph.splitUncertainChecks() }
    // What is separated may show that what it is made from is shared, too.
    for _ in 0..<16 {
      let found = Finder(graph).shared
      if found.isEmpty { return }
      for item in found { try separate(item, &graph) }
    }
  }

  private static func separate(_ item: Finder.Shared, _ graph: inout Graph) throws(Fault) {
    let dtype = graph.dtype(item.value)
    let users = graph.users(of: item.value)
    let zero = graph.addConstant(NDArray(scalar: 0.0).astype(dtype))
    let nothing =
      graph.dims(item.value).isEmpty ? zero : try graph.add(BroadcastLike(), [zero, item.value])[0]
    let sides = item.isThen ? [item.value, nothing] : [nothing, item.value]
    let first = graph.nodes.count
    let chosen = try graph.add(IfElse(), [item.condition] + sides)[0]
    guard graph.values[chosen].type == graph.values[item.value].type else { return }
    graph.setOrigin(
      of: first..<graph.nodes.count, to: graph.producer(item.value).flatMap { graph.nodes[$0].origin })
    let own = graph.producer(chosen)
    // Who reads the shape alone goes on reading it from where it is known.
    graph.substitute(
      item.value, with: chosen,
      in: users.filter { user in
        user != own
          && graph.nodes[user].inputs.enumerated().contains { k, input in
            input == item.value && !graph.nodes[user].op.shapeOnlyOperands.contains(k)
          }
      })
  }
}

/// Finds the values that are needed under one condition by several conditionals.
private struct Finder {
  struct Shared {
    let value: Graph.ValueID
    let condition: Graph.ValueID
    let isThen: Bool
  }

  /// The places of a tree of branches; 0 is outside of all.
  private struct Tree<Key: Hashable> {
    struct Place: Hashable {
      let parent: Int
      let key: Key
    }
    private(set) var places: [Place?] = [nil]
    private var numbers: [Place: Int] = [:]
    private var tree = BranchTree()

    mutating func place(_ parent: Int, _ key: Key) -> Int {
      let place = Place(parent: parent, key: key)
      if let known = numbers[place] { return known }
      places.append(place)
      let number = tree.add(in: parent)
      numbers[place] = number
      return number
    }

    func common(_ a: Int, _ b: Int) -> Int { tree.common(a, b) }

    func isWithin(_ inner: Int, _ outer: Int) -> Bool { common(inner, outer) == outer }
  }

  private struct Side: Hashable {
    /// A condition, or a conditional.
    let id: Int
    let isThen: Bool
  }

  private(set) var shared: [Shared] = []

  init(_ graph: Graph) {
    let order = graph.sorted()
    // Branches by their conditions, and by the conditionals that have them, as a program has them.
    var (conditions, conditionals) = (Tree<Side>(), Tree<Side>())
    var placeOf: [Graph.NodeID: Int] = [:]
    var branchOf: [Graph.NodeID: Int] = [:]
    var conditionOfBranch = [0]
    var isLength: Set<Graph.NodeID> = []
    func use(_ value: Graph.ValueID, _ place: Int, _ branch: Int) {
      guard let node = graph.producer(graph.resolve(value)) else { return }
      placeOf[node] = placeOf[node].map { conditions.common($0, place) } ?? place
      branchOf[node] = branchOf[node].map { conditionals.common($0, branch) } ?? branch
    }
    for output in graph.outputs { use(output, 0, 0) }
    for node in order.reversed() {
      let (place, branch) = (placeOf[node] ?? 0, branchOf[node] ?? 0)
      for value in graph.lengthsRead(by: node) {
        use(value, place, branch)
        if let producer = graph.producer(value) { isLength.insert(producer) }
      }
      let inputs = graph.nodes[node].inputs.map { graph.resolve($0) }
      if graph.nodes[node].op.isConditional {
        use(inputs[0], place, branch)
        for isThen in [true, false] {
          let side = conditions.place(place, Side(id: inputs[0], isThen: isThen))
          let own = conditionals.place(branch, Side(id: node, isThen: isThen))
          conditionOfBranch.append(side)
          use(inputs[isThen ? 1 : 2], side, own)
        }
      } else {
        let shapeOnly = graph.nodes[node].op.shapeOnlyOperands
        for (k, input) in inputs.enumerated() where !shapeOnly.contains(k) { use(input, place, branch) }
      }
    }
    let isShared = { (node: Graph.NodeID) in conditionOfBranch[branchOf[node] ?? 0] != placeOf[node] ?? 0 }
    for node in order where isShared(node) && !isLength.contains(node) {
      guard let place = conditions.places[placeOf[node] ?? 0] else { continue }
      for output in graph.nodes[node].outputs where graph.values[output].useCount > 0 {
        let users = graph.users(of: output)
        // With a single user that is shared itself, it is computed where that is.
        guard users.count > 1 || !users.allSatisfy(isShared) else { continue }
        // The side that is not taken has the shape, too.
        let isKnown = graph.values[output].type.dims.allSatisfy { dim in
          (dim.size?.valuesRead ?? []).allSatisfy { value in
            guard let producer = graph.producer(graph.resolve(value)) else { return true }
            return conditions.isWithin(place.parent, placeOf[producer] ?? 0)
          }
        }
        guard isKnown else { continue }
        shared.append(Shared(value: output, condition: place.key.id, isThen: place.key.isThen))
      }
    }
  }
}
