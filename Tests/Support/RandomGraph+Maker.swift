import Theano
import TheanoArrays
import TheanoGraph
import TheanoOperations

extension RandomGraph {
  /// A random graph; the same for the same seed everywhere.
  ///
  /// - Parameters:
  ///   - seed: What it is drawn from.
  ///   - count: How many nodes it has, leaves included.
  package init(seed: String, count: Int) {
    var maker = GraphMaker(seed)
    maker.makeLeaves()
    for _ in 0..<(count * 20) where maker.graph.nodes.count < count { maker.step() }
    maker.chooseOutputs()
    self = maker.graph
  }
}

/// Draws the nodes of a random graph one by one.
struct GraphMaker {
  var graph = RandomGraph()
  var random: Draw
  /// The nodes built, so that it is known which lengths the library knows.
  var variables: [TensorVariable] = []
  let float: DType
  /// The lengths that axes have.
  let lengths: [Int]

  init(_ seed: String) {
    random = Draw(seed: seed)
    float = random.below(4) == 0 ? .float32 : .float64
    // One graph in eight has an axis of length 0.
    lengths = random.below(8) == 0 ? [3, 0, 2] : [3, 5, 2]
  }

  typealias Node = RandomGraph.Node

  /// Adds a node; one that the library finds impossible is kept as it is, and fails the test.
  @discardableResult
  mutating func add(
    _ text: String, _ operands: [Int], _ shape: [Int], exact: Bool, bound: Double, value: NDArray? = nil,
    _ build: @escaping @Sendable ([TensorVariable]) -> TensorVariable
  ) -> Int {
    let variable = build(operands.map { variables[$0] })
    variables.append(variable)
    let names = operands.map { "$\($0)" }.joined(separator: ", ")
    graph.nodes.append(
      Node(
        text: operands.isEmpty ? text : "\(text)(\(names))", operands: operands, shape: shape,
        dtype: variable.dtype, isExact: exact, bound: bound, value: value, build: build))
    return graph.nodes.count - 1
  }

  func node(_ k: Int) -> Node { graph.nodes[k] }
  func isFloat(_ k: Int) -> Bool { graph.nodes[k].dtype.isFloating }
  func isInt(_ k: Int) -> Bool { graph.nodes[k].dtype == .int64 }
  func isBool(_ k: Int) -> Bool { graph.nodes[k].dtype == .bool }
  /// Whether the library knows that an axis has length 1.
  func stretches(_ k: Int, _ axis: Int) -> Bool { variables[k].type.shape[axis] == 1 }
  func known(_ k: Int) -> [Int?] { variables[k].type.shape }

  /// A node with a property; recent ones are likelier, so that graphs grow deep.
  mutating func pick(_ holds: (GraphMaker, Int) -> Bool) -> Int? {
    let maker = self
    let candidates = graph.nodes.indices.filter { holds(maker, $0) }
    guard !candidates.isEmpty else { return nil }
    let a = random.below(candidates.count)
    return candidates[Swift.max(a, random.below(candidates.count))]
  }

  /// The shape that nodes broadcast to, if they do by what is known while building.
  func meet(_ operands: [Int]) -> [Int]? {
    let rank = operands.map { node($0).shape.count }.max() ?? 0
    var shape: [Int] = []
    for axis in 0..<rank {
      var length: Int?
      for k in operands {
        let own = axis - (rank - node(k).shape.count)
        guard own >= 0, !stretches(k, own) else { continue }
        if let length, length != node(k).shape[own] { return nil }
        length = node(k).shape[own]
      }
      shape.append(length ?? 1)
    }
    return shape
  }

  // MARK: - Leaves

  mutating func makeLeaves() {
    for rank in [2, 2, 1, 1, 0, 2] { leaf(rank, float) }
    leaf(1, .int64)
    leaf(0, .int64)
    leaf(2, .bool)
    leaf(1, .bool)
  }

  /// An input, a shared variable or a constant.
  private mutating func leaf(_ rank: Int, _ dtype: DType) {
    var shape = (0..<rank).map { _ in lengths[random.below(lengths.count)] }
    var declared: [Int?] = shape.map { _ in nil }
    for axis in 0..<rank {
      switch random.below(6) {
      case 0:
        shape[axis] = 1
        declared[axis] = 1
      case 1: declared[axis] = shape[axis]
      default: break
      }
    }
    let kind = random.below(5)
    var value = random.array(shape, dtype == .int64 ? .float64 : dtype, -2...2)
    if dtype == .int64 {
      value = NDArray((0..<value.size).map { _ in random.below(9) - 4 }).reshaped(shape)
      if shape.isEmpty { value = NDArray(scalar: Int64(random.below(9) - 4)) }
    }
    let bound = dtype == .int64 ? 4.0 : dtype == .bool ? 1 : 2
    let frozen = value
    let number = graph.nodes.count
    let type = TensorType(dtype, shape: declared)
    switch kind {
    case 0:
      add("shared", [], shape, exact: true, bound: bound, value: frozen) { _ in
        shared(frozen, name: "w\(number)")
      }
    case 1:
      add("constant", [], shape, exact: true, bound: bound, value: frozen) { _ in T.constant(frozen) }
    default:
      add("input \(type.brief)", [], shape, exact: true, bound: bound, value: frozen) { _ in
        .input(type, name: "x\(number)", note: .none)
      }
    }
  }

  mutating func chooseOutputs() {
    let used = Set(graph.nodes.flatMap(\.operands))
    let ends = graph.nodes.indices.filter { !used.contains($0) && graph.nodes[$0].value == nil }
    graph.outputs = Array(ends.suffix(4))
    for _ in 0..<2 {
      if let k = pick({ $0.graph.nodes[$1].value == nil }), !graph.outputs.contains(k) {
        graph.outputs.append(k)
      }
    }
  }

  // MARK: - Steps

  mutating func step() {
    switch random.below(24) {
    case 0...3: unary()
    case 4...6: binary()
    case 7...8: reduction()
    case 9...10: product()
    case 11...13: move()
    case 14...15: selection()
    case 16: update()
    case 17: join()
    case 18: conditional()
    case 19: comparison()
    case 20: integers()
    case 21: choice()
    case 22: conversion()
    default: rarity()
    }
  }

  typealias Unary = (String, @Sendable (Double) -> Double, @Sendable (TensorVariable) -> TensorVariable)
  static let unaries: [Unary] = [
    ("tanh", { _ in 1 }, { T.tanh($0) }), ("sigmoid", { _ in 1 }, { T.sigmoid($0) }),
    ("sin", { _ in 1 }, { T.sin($0) }), ("cos", { _ in 1 }, { T.cos($0) }),
    ("exp", { $0 > 3 ? .infinity : 21 }, { T.exp($0) }), ("softplus", { $0 + 1 }, { T.softplus($0) }),
    ("negate", { $0 }, { -$0 }), ("abs", { $0 }, { T.abs($0) }), ("square", { $0 * $0 }, { $0 * $0 }),
    ("cube", { $0 * $0 * $0 }, { $0 ** 3 }), ("power 2", { $0 * $0 }, { $0 ** 2 }),
    ("root of 1 + square", { $0 + 1 }, { T.sqrt($0 * $0 + 1) }),
    ("log of 1 + square", { $0 + 1 }, { T.log(1 + $0 ** 2) }),
    ("1 / (1 + square)", { _ in 1 }, { 1 / (1 + $0 * $0) }),
    ("once and nothing", { $0 }, { $0 * 1 + 0 }), ("minus minus", { $0 }, { -(-$0) }),
    ("log1p of exp", { $0 > 3 ? .infinity : $0 + 1 }, { T.log1p(T.exp($0)) }),
    ("exp over 1 + exp", { $0 > 3 ? .infinity : 1 }, { T.exp($0) / (1 + T.exp($0)) }),
    ("1 - sigmoid", { _ in 1 }, { 1 - T.sigmoid($0) }),
    ("log of sigmoid", { $0 + 1 }, { T.log(T.sigmoid($0)) }),
    ("relu", { $0 }, { T.nnet.relu($0) }), ("doubled and halved", { $0 }, { $0 * 2 / 2 }),
    ("3 up and down", { $0 + 3 }, { ($0 + 3) - 3 }), ("twice", { 2 * $0 }, { $0 + $0 }),
    ("x minus half", { 1.5 * $0 }, { $0 - $0 / 2 }), ("expm1", { $0 > 3 ? .infinity : 21 }, { T.expm1($0) }),
    ("power 1/2", { $0 + 1 }, { ($0 * $0 + 0.5) ** 0.5 }),
    ("product with itself", { $0 * $0 }, { ($0 * 3) * ($0 * 0.5) }),
  ]

  private mutating func unary() {
    guard let a = pick({ $0.isFloat($1) }) else { return }
    let (name, bound, apply) = GraphMaker.unaries[random.below(GraphMaker.unaries.count)]
    let most = bound(node(a).bound)
    guard most <= 60 else { return }
    let isExact = node(a).isExact && (name == "negate" || name == "abs")
    add(name, [a], node(a).shape, exact: isExact, bound: most) { apply($0[0]) }
  }

  private mutating func binary() {
    guard let a = pick({ $0.isFloat($1) }), let b = pick({ $0.isFloat($1) && $0.meet([a, $1]) != nil }),
      let shape = meet([a, b])
    else { return }
    let (x, y) = (node(a).bound, node(b).bound)
    let exact = node(a).isExact && node(b).isExact
    switch random.below(6) {
    case 0 where x + y <= 60: add("add", [a, b], shape, exact: false, bound: x + y) { $0[0] + $0[1] }
    case 1 where x + y <= 60: add("subtract", [a, b], shape, exact: false, bound: x + y) { $0[0] - $0[1] }
    case 2 where x * y <= 60: add("multiply", [a, b], shape, exact: false, bound: x * y) { $0[0] * $0[1] }
    case 3:
      add("divide by 1 + square", [a, b], shape, exact: false, bound: x) { $0[0] / (1 + $0[1] * $0[1]) }
    case 4:
      add("maximum", [a, b], shape, exact: exact, bound: Swift.max(x, y)) { T.maximum($0[0], $0[1]) }
    case 5:
      add("minimum", [a, b], shape, exact: exact, bound: Swift.max(x, y)) { T.minimum($0[0], $0[1]) }
    default: break
    }
  }

  private mutating func reduction() {
    guard let a = pick({ _, _ in true }) else { return }
    let shape = node(a).shape
    var axes = shape.indices.filter { _ in random.below(2) == 0 }
    if axes.isEmpty { axes = Array(shape.indices) }
    let keeps = random.below(3) == 0
    let count = axes.reduce(1) { $0 * shape[$1] }
    let chosen = axes
    func reduced(_ axes: [Int]) -> [Int] {
      shape.indices.compactMap { axes.contains($0) ? (keeps ? 1 : nil) : shape[$0] }
    }
    let result = reduced(axes)
    let (bound, exact) = (node(a).bound, node(a).isExact)
    if isBool(a) {
      if random.below(2) == 0 {
        add("any \(axes) \(keeps)", [a], result, exact: true, bound: 1) {
          T.any($0[0], axis: chosen, keepDims: keeps)
        }
      } else {
        add("all \(axes) \(keeps)", [a], result, exact: true, bound: 1) {
          T.all($0[0], axis: chosen, keepDims: keeps)
        }
      }
      return
    }
    switch random.below(6) {
    case 0, 1:
      let most = bound * Double(Swift.max(count, 1))
      guard most <= 60 || isInt(a) else { return }
      add("sum \(axes) \(keeps)", [a], result, exact: isInt(a), bound: most) {
        T.sum($0[0], axis: chosen, keepDims: keeps)
      }
    case 2 where count > 0 && isFloat(a):
      add("mean \(axes) \(keeps)", [a], result, exact: false, bound: bound) {
        T.mean($0[0], axis: chosen, keepDims: keeps)
      }
    case 3 where count > 0:
      add("max \(axes) \(keeps)", [a], result, exact: exact, bound: bound) {
        T.max($0[0], axis: chosen, keepDims: keeps)
      }
    case 4 where count > 0:
      add("min \(axes) \(keeps)", [a], result, exact: exact, bound: bound) {
        T.min($0[0], axis: chosen, keepDims: keeps)
      }
    case 5 where count > 0 && exact && !shape.isEmpty:
      let axis = axes[0]
      add("argmax \(axis) \(keeps)", [a], reduced([axis]), exact: true, bound: Double(shape[axis])) {
        T.argmax($0[0], axis: axis, keepDims: keeps)
      }
    default: break
    }
  }

  private mutating func product() {
    guard let a = pick({ $0.isFloat($1) && (1...2).contains($0.node($1).shape.count) }),
      let inner = node(a).shape.last
    else { return }
    let transposes = random.below(2) == 0
    guard
      let b = pick({ maker, k in
        guard maker.isFloat(k), (1...2).contains(maker.node(k).shape.count) else { return false }
        return (transposes ? maker.node(k).shape.last : maker.node(k).shape.first) == inner
      })
    else { return }
    let bound = node(a).bound * node(b).bound * Double(Swift.max(inner, 1))
    guard bound <= 60 else { return }
    let right = transposes && node(b).shape.count == 2 ? node(b).shape.reversed() : node(b).shape
    let shape = Array(node(a).shape.dropLast() + right.dropFirst())
    switch random.below(4) {
    case 0 where transposes && shape.count == 2:
      add("dot with transpose, transposed", [a, b], shape.reversed(), exact: false, bound: bound) {
        T.dot($0[0], $0[1].T).T
      }
    case 1:
      add("0.5 dot\(transposes ? " with transpose" : "")", [a, b], shape, exact: false, bound: bound) {
        T.dot($0[0] * 0.5, transposes ? $0[1].T : $0[1])
      }
    default:
      add("dot\(transposes ? " with transpose" : "")", [a, b], shape, exact: false, bound: bound) {
        T.dot($0[0], transposes ? $0[1].T : $0[1])
      }
    }
  }

  private mutating func comparison() {
    guard let a = pick({ !$0.isBool($1) && $0.node($1).isExact }),
      let b = pick({
        $0.node($1).dtype == $0.node(a).dtype && $0.node($1).isExact && $0.meet([a, $1]) != nil
      }), let shape = meet([a, b])
    else { return }
    switch random.below(4) {
    case 0: add("less", [a, b], shape, exact: true, bound: 1) { $0[0] .< $0[1] }
    case 1: add("greaterOrEqual", [a, b], shape, exact: true, bound: 1) { $0[0] .>= $0[1] }
    case 2: add("equal", [a, b], shape, exact: true, bound: 1) { $0[0] .== $0[1] }
    default: add("notEqual", [a, b], shape, exact: true, bound: 1) { .!($0[0] .== $0[1]) }
    }
  }

  private mutating func integers() {
    let wantsBool = random.below(3) == 0
    guard let a = pick({ wantsBool ? $0.isBool($1) : $0.isInt($1) }),
      let b = pick({ $0.node($1).dtype == $0.node(a).dtype && $0.meet([a, $1]) != nil }),
      let shape = meet([a, b])
    else { return }
    let (x, y) = (node(a).bound, node(b).bound)
    if wantsBool {
      switch random.below(3) {
      case 0: add("and", [a, b], shape, exact: true, bound: 1) { $0[0] .& $0[1] }
      case 1: add("or", [a, b], shape, exact: true, bound: 1) { $0[0] .| .!($0[1]) }
      default: add("xor", [a, b], shape, exact: true, bound: 1) { $0[0] .^ $0[1] }
      }
      return
    }
    switch random.below(7) {
    case 0: add("add", [a, b], shape, exact: true, bound: x + y) { $0[0] + $0[1] }
    case 1: add("subtract", [a, b], shape, exact: true, bound: x + y) { $0[0] - $0[1] }
    case 2: add("multiply", [a, b], shape, exact: true, bound: x * y) { $0[0] * $0[1] }
    case 3: add("floorDivide", [a, b], shape, exact: true, bound: x) { T.floorDivide($0[0], $0[1]) }
    case 4: add("mod", [a, b], shape, exact: true, bound: y) { $0[0] % $0[1] }
    case 5: add("maximum", [a, b], shape, exact: true, bound: Swift.max(x, y)) { T.maximum($0[0], -$0[1]) }
    default: add("bits", [a, b], shape, exact: true, bound: .infinity) { ($0[0] .& $0[1]) .^ $0[1] }
    }
  }

  private mutating func choice() {
    guard let c = pick({ $0.isBool($1) }), let a = pick({ $0.isFloat($1) && $0.meet([c, $1]) != nil }),
      let b = pick({ $0.isFloat($1) && $0.meet([c, a, $1]) != nil }), let shape = meet([c, a, b])
    else { return }
    let bound = Swift.max(node(a).bound, node(b).bound)
    add("where", [c, a, b], shape, exact: node(a).isExact && node(b).isExact, bound: bound) {
      T.where($0[0], $0[1], $0[2])
    }
  }

  private mutating func conversion() {
    guard let a = pick({ !$0.isFloat($1) && $0.node($1).bound <= 60 }) else { return }
    let target = float
    add("cast", [a], node(a).shape, exact: true, bound: node(a).bound) { T.cast($0[0], target) }
  }

  private mutating func conditional() {
    guard let c = pick({ !$0.isFloat($1) && $0.node($1).shape.isEmpty }), let a = pick({ $0.isFloat($1) }),
      let b = pick({ $0.isFloat($1) && $0.node($1).shape == $0.node(a).shape })
    else { return }
    let bound = Swift.max(node(a).bound, node(b).bound)
    add("ifElse", [c, a, b], node(a).shape, exact: node(a).isExact && node(b).isExact, bound: bound) {
      T.ifElse($0[0], $0[1], $0[2])
    }
  }
}
