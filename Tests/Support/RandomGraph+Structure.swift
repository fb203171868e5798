import Theano
import TheanoArrays
import TheanoGraph
import TheanoOperations

/// The random steps that move elements about.
extension GraphMaker {
  mutating func move() {
    guard let a = pick({ _, _ in true }) else { return }
    let shape = node(a).shape
    let (bound, exact) = (node(a).bound, node(a).isExact)
    let rank = shape.count
    switch random.below(6) {
    case 0 where rank >= 2:
      var order = Array(0..<rank)
      for k in order.indices.reversed() { order.swapAt(k, random.below(k + 1)) }
      let chosen: [Int?] = order
      add("permute \(order)", [a], order.map { shape[$0] }, exact: exact, bound: bound) {
        T.dimshuffle($0[0], chosen)
      }
    case 1 where rank < 3:
      var order: [Int?] = Array(0..<rank)
      let place = random.below(rank + 1)
      order.insert(nil, at: place)
      let chosen = order
      var longer = shape
      longer.insert(1, at: place)
      add("new axis \(place)", [a], longer, exact: exact, bound: bound) { T.dimshuffle($0[0], chosen) }
    case 2:
      guard let axis = shape.indices.first(where: { stretches(a, $0) }) else { return }
      let order: [Int?] = shape.indices.filter { $0 != axis }
      var shorter = shape
      shorter.remove(at: axis)
      add("drop axis \(axis)", [a], shorter, exact: exact, bound: bound) { T.dimshuffle($0[0], order) }
    case 3:
      add("flatten", [a], [shape.reduce(1, *)], exact: exact, bound: bound) { $0[0].reshaped(-1) }
    case 4 where rank == 2:
      add("reshape to reversed lengths", [a], shape.reversed(), exact: exact, bound: bound) {
        $0[0].reshaped($0[0].shape[1], $0[0].shape[0])
      }
    case 5 where rank <= 2:
      guard let like = pick({ !$0.node($1).shape.isEmpty }) else { return }
      let count = node(like).shape[0]
      add("alloc of \(rank + 1) axes", [a, like], [count] + shape, exact: exact, bound: bound) {
        T.alloc($0[0], [$0[1].shape[0]] + $0[0].shape)
      }
    default: break
    }
  }

  /// What stands in a subscript along one axis, with the positions that it selects.
  private enum Entry {
    case index(Int)
    case slice(Int?, Int?, Int)
    case gather([Int])

    var entry: AxisIndex {
      switch self {
      case .index(let i): AxisIndex(integerLiteral: i)
      case .slice(let a, let b, let step): .slice(from: a, to: b, step: step)
      case .gather(let list): list.axisIndex
      }
    }

    /// Python's rule, spelled out.
    func positions(_ n: Int) -> [Int] {
      switch self {
      case .index(let i): return [i < 0 ? i + n : i]
      case .gather(let list): return list.map { $0 < 0 ? $0 + n : $0 }
      case .slice(let from, let to, let step):
        func place(_ bound: Int?, _ missing: Int) -> Int {
          guard let bound else { return missing }
          let wrapped = bound < 0 ? bound + n : bound
          return step > 0 ? Swift.min(Swift.max(wrapped, 0), n) : Swift.min(Swift.max(wrapped, -1), n - 1)
        }
        let start = place(from, step > 0 ? 0 : n - 1)
        let stop = place(to, step > 0 ? n : -1)
        return Array(stride(from: start, to: stop, by: step))
      }
    }
  }

  private mutating func entry(_ n: Int) -> Entry {
    switch random.below(4) {
    case 0 where n > 0: return .index(random.below(2 * n) - n)
    case 1 where n > 0: return .gather((0..<(1 + random.below(4))).map { _ in random.below(2 * n) - n })
    default:
      func bound() -> Int? { random.below(3) == 0 ? nil : random.below(2 * n + 4) - n - 2 }
      return .slice(bound(), bound(), [1, 1, 2, -1, -2][random.below(5)])
    }
  }

  /// A subscript of a node with one or two entries, at most one of them a list.
  private mutating func subscripted(_ a: Int) -> (
    entries: [AxisIndex], shape: [Int], text: String, repeats: Bool
  ) {
    let shape = node(a).shape
    var (entries, result, text): ([AxisIndex], [Int], [String]) = ([], [], [])
    var (hasList, hasNumber) = (false, false)
    for axis in shape.indices {
      if random.below(3) == 0 {
        entries.append(.all)
        result.append(shape[axis])
        text.append("all")
        continue
      }
      var chosen = entry(shape[axis])
      // One list; and no number beside it, where a slice may stand between the two.
      if case .gather = chosen {
        if hasList || hasNumber { chosen = .slice(nil, nil, -1) } else { hasList = true }
      }
      if case .index = chosen {
        if hasList { chosen = .slice(nil, nil, -1) } else { hasNumber = true }
      }
      entries.append(chosen.entry)
      text.append("\(chosen)")
      if case .index = chosen { continue }
      result.append(chosen.positions(shape[axis]).count)
    }
    return (entries, result, text.joined(separator: ", "), hasList)
  }

  mutating func selection() {
    guard let a = pick({ !$0.node($1).shape.isEmpty }) else { return }
    let (bound, exact, shape) = (node(a).bound, node(a).isExact, node(a).shape)
    switch random.below(5) {
    case 0 where shape[0] > 0:
      // Positions that are computed.
      guard let k = pick({ $0.isInt($1) && $0.node($1).shape.count == 1 }) else { return }
      let count = node(k).shape[0]
      add("gather", [a, k], [count] + shape.dropFirst(), exact: exact, bound: bound) {
        $0[0][$0[1] % $0[0].shape[0]]
      }
    case 1 where shape[0] > 0:
      guard let k = pick({ $0.isInt($1) && $0.node($1).shape.isEmpty }) else { return }
      add("element", [a, k], Array(shape.dropFirst()), exact: exact, bound: bound) {
        $0[0][$0[1] % $0[0].shape[0]]
      }
    default:
      let (entries, result, text, _) = subscripted(a)
      add("[\(text)]", [a], result, exact: exact, bound: bound) { T.subtensor($0[0], entries, .none) }
    }
  }

  mutating func update() {
    guard let a = pick({ $0.isFloat($1) && !$0.node($1).shape.isEmpty }) else { return }
    let (entries, part, text, _) = subscripted(a)
    guard
      let b = pick({ maker, k in
        // The new part broadcasts, but does not stretch the part.
        guard maker.isFloat(k), maker.node(k).shape.count <= part.count else { return false }
        let offset = part.count - maker.node(k).shape.count
        return maker.node(k).shape.indices.allSatisfy { axis in
          maker.stretches(k, axis)
            || (maker.node(k).shape[axis] == part[axis + offset] && part[axis + offset] != 1)
        }
      })
    else { return }
    let adds = random.below(2) == 0
    // A place that is named several times is incremented several times.
    let bound = adds ? node(a).bound + 4 * node(b).bound : Swift.max(node(a).bound, node(b).bound)
    guard bound <= 60 else { return }
    let exact = !adds && node(a).isExact && node(b).isExact
    add("\(adds ? "increment" : "set") [\(text)]", [a, b], node(a).shape, exact: exact, bound: bound) {
      let target = T.subtensor($0[0], entries, .none)
      // Whole axes alone select everything: then there is no part to set.
      guard target != $0[0] else { return $0[0] }
      return adds ? T.incSubtensor(target, by: $0[1]) : T.setSubtensor(target, to: $0[1])
    }
  }

  mutating func join() {
    guard let a = pick({ !$0.node($1).shape.isEmpty }) else { return }
    let shape = node(a).shape
    let axis = random.below(shape.count)
    func others(_ shape: [Int]) -> [Int] {
      shape.indices.filter { $0 != axis }.map { shape[$0] }
    }
    guard
      let b = pick({
        $0.node($1).dtype == $0.node(a).dtype && $0.node($1).shape.count == shape.count
          && others($0.node($1).shape) == others(shape)
      })
    else { return }
    let (bound, exact) = (
      Swift.max(node(a).bound, node(b).bound), node(a).isExact && node(b).isExact
    )
    if node(b).shape == shape, shape.count < 3, random.below(2) == 0 {
      add("stack \(axis)", [a, b], Array(shape[..<axis] + [2] + shape[axis...]), exact: exact, bound: bound) {
        T.stack([$0[0], $0[1]], axis: axis)
      }
    } else {
      var longer = shape
      longer[axis] += node(b).shape[axis]
      add("concatenate \(axis)", [a, b], longer, exact: exact, bound: bound) {
        T.concatenate([$0[0], $0[1]], axis: axis)
      }
    }
  }

  mutating func rarity() {
    let target = float
    switch random.below(6) {
    case 0:
      guard let a = pick({ $0.isFloat($1) && ($0.node($1).shape.last ?? 0) > 0 }) else { return }
      add("softmax", [a], node(a).shape, exact: false, bound: 1) { T.nnet.softmax($0[0]) }
    case 1:
      guard let a = pick({ !$0.node($1).shape.isEmpty }) else { return }
      let n = node(a).shape[0]
      add("arange of the length", [a], [n], exact: true, bound: Double(n)) { T.arange($0[0].shape[0]) }
    case 2:
      guard let a = pick({ $0.isFloat($1) }) else { return }
      add("onesLike", [a], node(a).shape, exact: true, bound: 1) { T.onesLike($0[0]) }
    case 3:
      guard let a = pick({ $0.isFloat($1) && !$0.node($1).shape.isEmpty }),
        let m = pick({ $0.isBool($1) && $0.node($1).shape == [$0.node(a).shape[0]] })
      else { return }
      let bound = node(a).bound * Double(Swift.max(node(a).shape[0], 1))
      guard bound <= 60 else { return }
      add("sum where", [a, m], Array(node(a).shape.dropFirst()), exact: false, bound: bound) {
        T.sum($0[0][T.nonzero($0[1])[0]], axis: 0)
      }
    case 4:
      guard let a = pick({ $0.isFloat($1) }) else { return }
      let rank = node(a).shape.count
      add("custom", [a], node(a).shape, exact: node(a).isExact, bound: node(a).bound) {
        T.custom("identity", [$0[0]], outputs: [TensorType(target, ndim: rank)], gradient: { _, _, g in g }) {
          $0
        }[0]
      }
    default:
      guard let a = pick({ $0.isFloat($1) && $0.node($1).shape.count == 1 }),
        let b = pick({ $0.isFloat($1) && $0.node($1).shape.count == 1 })
      else { return }
      let bound = node(a).bound * node(b).bound
      guard bound <= 60 else { return }
      add("outer", [a, b], [node(a).shape[0], node(b).shape[0]], exact: false, bound: bound) {
        T.outer($0[0], $0[1])
      }
    }
  }
}
