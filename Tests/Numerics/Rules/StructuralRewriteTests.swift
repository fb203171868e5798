import Testing
import Theano
import TheanoArrays
import TheanoGraph
import TheanoInterpreter
import TheanoOperations
import TheanoRewriting
import TheanoRules
import TheanoTestSupport

/// The entries that are functions and no rules: each fires where it should, and leaves the expression that it is for.
/// Values alone would agree if none ever fired.
@Suite struct StructuralRewriteTests {
  /// An expression that an entry is for, and what the whole pipeline makes of it.
  struct Case: Sendable, CustomTestStringConvertible {
    let entry: String
    let text: String
    let build: @Sendable (Operands) -> TensorVariable
    init(_ entry: String, _ text: String, _ build: @escaping @Sendable (Operands) -> TensorVariable) {
      (self.entry, self.text, self.build) = (entry, text, build)
    }
    var testDescription: String { "\(entry): \(text)" }
  }

  /// Inputs with their values; lengths are unknown but for those of `k`, the 1 of `col` and the 1 of `row`.
  struct Operands {
    let s = T.dscalar("s"), x = T.dvector("x"), y = T.dvector("y")
    let m = T.dmatrix("m"), n = T.dmatrix("n"), c = T.dmatrix("c")
    let col = T.tensor("col", shape: [nil, 1]), row = T.tensor("row", shape: [1, nil])
    let k = T.tensor("k", shape: [3, 4])
    let i = T.tensor("i", .int64, shape: [nil]), j = T.tensor("j", .int64, shape: [nil])
    let small = T.tensor("small", .int16, shape: [nil])

    var inputs: [TensorVariable] { [s, x, y, m, n, c, col, row, k, i, j, small] }

    static func values() -> [NDArray] {
      var random = Draw(seed: "structural")
      let shapes = [[], [4], [4], [3, 4], [4, 3], [3, 3], [3, 1], [1, 4], [3, 4]]
      let floats = shapes.map { random.array($0, .float64, 0.5...2) }
      return floats + [.int64, .int64, .int16].map { random.array([4], $0, -3...3) }
    }
  }

  /// What the face does not make: it has no update of what is no part.
  private static func update(_ o: Operands, _ mode: UpdateSubtensor.Mode) -> TensorVariable {
    let whole = Selection(entries: [.full])
    return TensorVariable(UpdateSubtensor(selection: whole, mode: mode), [o.x, o.y], note: .none)
  }

  static let selections: [Case] = [
    Case("whole slices", "x") { $0.x[.slice(from: 0)] },
    Case("subtensor of everything", "m") { $0.m[.slice(from: 0), .slice(from: 0)] },
    Case("subtensor of what was set there", "(k[1..<3, .all] * 2.0)") { o in
      T.setSubtensor(o.k[0..<2], to: o.k[1..<3] * 2)[0..<2]
    },
    Case("subtensor of subtensor", "m[1..<3, 0..<2]") { $0.m[1..<3, .all][.all, 0..<2] },
    Case("update of everything", "y") { update($0, .set) },
    Case("update of everything", "(x + y)") { update($0, .add) },
    Case("increment by 0", "x") { T.incSubtensor($0.x[1..<3], by: 0) },
    Case("sum with an increment of zeros", "incSubtensor((x * y)[1..<3], s)") { o in
      T.incSubtensor(T.zerosLike(o.x)[1..<3], by: o.s) + o.x * o.y
    },
  ]

  static let axes: [Case] = [
    Case("identical dimshuffle", "m") { TensorVariable(DimShuffle(order: [0, 1]), [$0.m], note: .none) },
    Case("dimshuffle of dimshuffle", "m") { $0.m.T.T },
    Case("reshape to own shape", "x") { T.reshape($0.x, [$0.x.shape[0]]) },
    Case("reshape of reshape", "reshape(m, 12)") { T.reshape(T.reshape($0.m, [2, 6]), [12]) },
    Case("reshape of new axes", "reshape(x, 2, 2)") { T.reshape(T.dimshuffle($0.x, [nil, 0]), [2, 2]) },
    Case("length from an input", "x.shape[0]") { T.exp($0.x).shape[0] },
    Case("broadcast to own shape", "x") { T.broadcast($0.x, like: T.exp($0.x)) },
    Case("broadcast of broadcast", "broadcast(s, m)") {
      T.broadcast(T.broadcast($0.s, like: $0.x), like: $0.m)
    },
    Case("shape from an input", "broadcast(s, x)") { T.broadcast($0.s, like: T.exp($0.x)) },
    Case("alloc of what fills it", "x") { T.alloc($0.x, [$0.x.shape[0]]) },
    Case("elementwise of broadcast", "broadcast(exp(s), x)") { T.exp(T.broadcast($0.s, like: $0.x)) },
    Case("elementwise of broadcast", "broadcast((-3.0 * s), dimshuffle(3.0, x x))") {
      -(T.dimshuffle(3.0, [nil, nil]) * $0.s)
    },
    Case("elementwise of broadcast", "(-3.0 * m)") {
      -(T.dimshuffle(T.broadcast(3.0, like: $0.x), [nil, 0]) * $0.m)
    },
    Case("implied axes", "(x + m)") { T.dimshuffle($0.x, [nil, 0]) + $0.m },
  ]

  static let numbers: [Case] = [
    Case("known lengths", "6") { $0.k.shape[0] * 2 },
    Case("exact constants", "6.0") { _ in T.constant(2.0) * 3.0 },
    Case("constant folding", "1.0986122886681098") { _ in T.log(T.constant(3.0)) },
    Case("cast of cast", "cast<float64>(small)") { T.cast(T.cast($0.small, .int64), .float64) },
    Case("ifElse of a constant", "y") { T.ifElse(T.constant(true), $0.y, $0.y * 2) },
    Case("ifElse of same", "x") { T.ifElse($0.s .> 0, $0.x, $0.x) },
    Case("fraction", "y") { (T.exp($0.x) * $0.y) / T.exp($0.x) },
    Case("numbers of a product", "(x * 0.5)") { (2 * $0.x) / 4 },
    Case("numbers of a product", "(12.0 / x)") { 3 / ($0.x / 4) },
    Case("choice within a choice", "where((x .> 0.0), (y * x), 0.0)") { o in
      T.where(o.x .> 0, T.where(o.x .> 0, o.y, o.x) * o.x, 0)
    },
    Case("sum of terms", "y") { ($0.x + $0.y) - $0.x },
    Case("sum of terms of integers", "j") { ($0.i + $0.j) - $0.i },
  ]

  static let reductions: [Case] = [
    Case("reduction of length 1", "dimshuffle(row, 1)") { T.sum($0.row, axis: 0) },
    Case("reduction of reduction", "sum(m, axis: [0, 1])") { T.sum(T.sum($0.m, axis: 0)) },
    Case("reduction of dimshuffle", "sum(m, axis: 1)") { T.sum($0.m.T, axis: 0) },
    Case("sum of minus", "-sum(x, axis: 0)") { T.sum(-$0.x) },
    Case("sum of c * x", "(sum(x, axis: 0) * 2.0)") { T.sum(2 * $0.x) },
    Case("sum of c * x", "(sum(x, axis: 0) * 2.0)") { T.sum($0.x / 0.5) },
    Case("sum of c * x of integers", "(sum(i, axis: 0) * 2)") { T.sum(2 * $0.i) },
    Case("sum of broadcast", "(s * cast<float64>(x.shape[0]))") { T.sum(T.broadcast($0.s, like: $0.x)) },
    Case("extremum of broadcast", "s") { T.max(T.broadcast($0.s, like: $0.k)) },
  ]

  static let products: [Case] = [
    Case("transpose of dot", "1.0 * dot(n.T, m.T)") { T.dot($0.m, $0.n).T },
    Case("dot with zeros", "alloc(0.0, m.shape[0], n.shape[1])") { T.dot($0.m, T.zerosLike($0.n)) },
    Case("dot with zeros of integers", "0") { T.dot(T.zerosLike($0.i), $0.j) },
    Case("dot of column and row", "(col * dimshuffle(row, 1))") { T.dot($0.col, $0.row) },
    Case("gemm", "1.0 * dot(m, n)") { T.dot($0.m, $0.n) },
    Case("gemm", "1.0 * dot(m.T, c)") { T.dot($0.m.T, $0.c) },
    Case("gemm", "1.0 * dot(m, k.T)") { T.dot($0.m, $0.k.T) },
    Case("gemm", "1.0 * dot(m, x)") { T.dot($0.m, $0.x) },
    Case("gemm times a scalar", "s * dot(m, n)") { $0.s * T.dot($0.m, $0.n) },
    Case("gemm times a scalar", "3.0 * dot(m, n)") { T.dot($0.m, $0.n) * 3 },
    Case("gemm by a scalar", "0.2 * dot(m, n)") { T.dot($0.m, $0.n) / 5 },
    Case("gemm by a scalar", "(1.0 / cast<float64>(x.shape[0])) * dot(m, n)") {
      T.dot($0.m, $0.n) / T.cast($0.x.shape[0], .float64)
    },
    Case("minus gemm", "-1.0 * dot(m, x)") { -T.dot($0.m, $0.x) },
    Case("gemm plus c", "(s * dot(m, n) + 3.0 * c)") { $0.s * T.dot($0.m, $0.n) + 3 * $0.c },
    Case("gemm plus c", "(1.0 * dot(k, n) + 1.0 * 1.0 * dot(m, n))") {
      T.dot($0.m, $0.n) + T.dot($0.k, $0.n)
    },
    Case("gemm minus c", "(-0.5 * dot(m, n) + 1.0 * c)") { $0.c - 0.5 * T.dot($0.m, $0.n) },
    Case("gemm minus c", "(-1.0*s * dot(m, n) + 1.0 * c)") { $0.c - $0.s * T.dot($0.m, $0.n) },
    Case("order of a product chain", "1.0 * dot(m, 1.0 * dot(n, col))") { T.dot(T.dot($0.m, $0.n), $0.col) },
  ]

  static let exponentials: [Case] = [
    Case("log of exponentials", "((x * 1.4426950408889634) + log2(y))") { T.log2(T.exp($0.x) * $0.y) },
    Case("quotient of exponentials", "(sigmoid(-x) * y)") { (T.sigmoid($0.x) * $0.y) * T.exp(-$0.x) },
    Case("sum of quotients by exponentials", "(sum(y, axis: 0) / sum(exp(x), axis: 0))") { o in
      T.sum(o.y / T.sum(T.exp(o.x), keepDims: true))
    },
    Case(
      "x - log of sum of exp",
      "((m - dimshuffle(where(..., ..., 0.0), 0 x)) - dimshuffle(log(sum(..., axis: 1)), 0 x))"
    ) { o in o.m - T.dimshuffle(T.log(T.sum(T.exp(o.m), axis: 1)), [0, nil]) },
    Case("product of a sum of quotients", "((y * sigmoid(-x)) - (x * sigmoid(x)))") { o in
      let p = T.sigmoid(o.x)
      return (o.y / p - o.x / (1 - p)) * p * (1 - p)
    },
    Case("product of finite quotients in a sum", "where((y .> 0.0), s, 0.0)") { o in
      let e = T.exp(o.x)
      return T.where(o.y .> 0, o.s / e, 0) * e
    },
    Case("difference with a share", "(y * sigmoid(-x))") { o in o.y - o.y * T.sigmoid(o.x) },
  ]

  /// What is left where nothing is assumed: a difference that is 0, or no number where what went is none.
  static let unassuming: [Case] = [
    Case("fraction of what stays", "(y * sigmoid(-x))") { o in
      (o.y / T.sigmoid(o.x)) * T.sigmoid(o.x) * (1 - T.sigmoid(o.x))
    },
    Case("fraction of what may be no number", "(y + (x - x))") { ($0.y / T.exp($0.x)) * T.exp($0.x) },
    Case("product of quotients in a sum", "(where((y .> 0.0), s, 0.0) + (x - x))") { o in
      let e = T.exp(o.x)
      return T.where(o.y .> 0, o.s / e, 0) * e
    },
  ]

  static let cases = selections + axes + numbers + reductions + products + exponentials

  @Test(arguments: cases) func firesAndLeaves(item: Case) throws { try check(item, RewriteOptions()) }

  @Test(arguments: unassuming) func firesAndLeavesUnassuming(item: Case) throws {
    var options = RewriteOptions()
    options.assumesFinite = false
    try check(item, options)
  }

  private func check(_ item: Case, _ options: RewriteOptions) throws {
    let operands = Operands()
    let graph = try Graph(computing: [item.build(operands)], from: operands.inputs)
    var rewritten = graph
    let report = try TheanoRules.rewrite(&rewritten, options: options)
    #expect(report.count(of: item.entry) > 0, "\(report)")
    #expect(report.passes.allSatisfy { $0.stop == .fixedPoint }, "\(report)")
    #expect(rewritten.text(rewritten.outputs[0]) == item.text)
    let values = Operands.values()
    let (before, after) = (try Interpreter(graph).run(values)[0], try Interpreter(rewritten).run(values)[0])
    #expect(Agreement.compare(before, after), "\(before) became \(after)")
  }

  /// The order with the least multiplications, whichever it was written in.
  @Test(arguments: [
    ([10, 100, 5, 50], "dot(dot(a, b), c)"), ([50, 5, 100, 10], "dot(a, dot(b, c))"),
    ([40, 20, 30, 10, 30], "dot(dot(a, dot(b, c)), d)"),
    ([30, 35, 15, 5, 10, 20, 25], "dot(dot(a, dot(b, c)), dot(dot(d, e), f))"),
  ])
  func chainsTakeTheLeastWork(lengths: [Int], text: String) throws {
    let factors = zip("abcdef", zip(lengths, lengths.dropFirst())).map { name, shape in
      T.tensor("\(name)", shape: [shape.0, shape.1])
    }
    let fromLeft = factors.dropFirst().reduce(factors[0]) { T.dot($0, $1) }
    let fromRight = factors.dropLast().reversed().reduce(factors[factors.count - 1]) { T.dot($1, $0) }
    var options = RewriteOptions()
    options.disabled = ["products"]
    for product in [fromLeft, fromRight] {
      var graph = try Graph(computing: [product], from: factors)
      _ = try TheanoRules.rewrite(&graph, options: options)
      #expect(graph.text(graph.outputs[0], depth: 9) == text)
    }
  }

  /// A new entry is a new case.
  @Test func everyEntryHasACase() {
    let entries = Set(Pipeline.all.filter { $0.rule == nil }.map(\.name))
    let tried = Set((Self.cases + Self.unassuming).map(\.entry))
    #expect(entries.subtracting(tried).isEmpty)
    #expect(tried.subtracting(entries).isEmpty)
  }
}
