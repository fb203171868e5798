import Testing
import Theano

@Suite struct ExpressionTests {
  @Test func treeUnfoldsWhatIsSharedOnce() {
    let x = T.dscalar("x")
    let y = T.exp(x)
    #expect(
      debugText([y * y + x]) == """
        add [id A] <TensorType(float64, scalar)>
         ├─ multiply [id B] <TensorType(float64, scalar)>
         │  ├─ exp [id C] <TensorType(float64, scalar)>
         │  │  └─ x [id D] <TensorType(float64, scalar)>
         │  └─ exp [id C] ...
         └─ x [id D]
        """)
  }

  @Test func treesOfSeveralExpressionsShareTheirIds() {
    let x = T.dscalar("x")
    #expect(debugText([x, x], types: false) == "x [id A]\nx [id A]")
  }

  @Test func linesAreTheUsers() {
    let x = T.dscalar("x")
    #sourceLocation(file:"UnitTests/Lines.swift",line:7)
    let y = T.exp(x)
    #sourceLocation()
    #expect(
      debugText([y], types: false, lines: true) == "exp [id A] at UnitTests/Lines.swift:7\n └─ x [id B]")
    let sum = debugText([x + 1], types: false, lines: true)
    #expect(sum.contains("ExpressionTests.swift:\(#line - 1)"), "\(sum)")
  }

  @Test func treeShowsWhatIsWrong() {
    let x = T.tensor("x", shape: [3, 4])
    let y = T.tensor("y", shape: [5, 2])
    #expect(debugText([T.dot(x, y)]).contains("!! shapes (3, 4) and (5, 2) do not fit"))
  }

  @Test func depthIsLimited() {
    var y = T.dscalar("x")
    for _ in 0..<5000 { y = T.exp(y) }
    #expect(debugText([y]).split(separator: "\n").count == 101)
    #expect(debugText([y], types: false, depth: 10_000).split(separator: "\n").count == 5001)
    #expect(debugText([T.exp(T.exp(T.dscalar("x")))], types: false, depth: 2).hasSuffix("... below level 2"))
  }

  static let x = T.dmatrix("x")
  static let w = T.dmatrix("w")

  static let lines: [(TensorVariable, String)] = {
    var all: [(TensorVariable, String)] = []
    func add(_ expression: TensorVariable, _ text: String) { all.append((expression, text)) }
    add(x, "x")
    add(x + 1, "x + 1")
    add(T.exp(x) * (x + 1), "exp(x) * (x + 1)")
    add(T.exp(x + 1), "exp(x + 1)")
    add(-(x ** 2), "-(x ** 2)")
    add((-x) ** 2, "(-x) ** 2")
    add(x - (w - 1), "x - (w - 1)")
    add(x - w - 0.5, "x - w - 0.5")
    add(x / (w / x), "x / (w / x)")
    add(x ** (w ** 2), "x ** (w ** 2)")
    add(T.dot(x, w + 1), "dot(x, w + 1)")
    add((x + 1) * (w - 1), "(x + 1) * (w - 1)")
    add((x .> 0) .& (w + 1 .<= 2), "(x .> 0) .& (w + 1 .<= 2)")
    add(T.where(x .> w, x, 0), "where(x .> w, x, 0)")
    add((x + w).T, "(x + w).T")
    add(T.sum(x * x), "sum(x * x)")
    add(T.sum(x * x, axis: 1), "sum(x * x, axis: 1)")
    add(T.max(x, axis: 1, keepDims: true), "max(x, axis: 1, keepDims: true)")
    add(T.nnet.relu(x), "(x + abs(x)) * 0.5")
    add(T.cast(x, .float32) + 1, "cast<float32>(x) + 1")
    add(T.dmatrix("a") + T.fmatrix("b"), "a + b")
    add(T.fmatrix("b") * 0.1, "b * 0.1")
    add(T.lvector("k") * 9_007_199_254_740_993, "k * 9007199254740993")
    add(x[0], "x[0, .all]")
    add(x[1..<3, .all], "x[1..<3, .all]")
    add(
      x[[2, 0], .newAxis, .slice(step: 2)], "dimshuffle(x[<constant int64 (2,)>, .slice(step: 2)], 0 x 1)")
    add(x[1..., ..<2], "x[1..., ..<2]")
    add(x[1..<3, .slice(from: 1, step: -2)], "x[1..<3, .slice(from: 1, step: -2)]")
    return all
  }()

  /// A mean is a sum divided by a count, known or not, over whichever axes.
  static let means: [(TensorVariable, String)] = [
    (T.mean(x), "mean(x)"), (T.mean(x, axis: 0), "mean(x, axis: 0)"),
    (T.mean(x * w, axis: [0, -1]), "mean(x * w)"),
    (T.mean(x, axis: 1, keepDims: true), "mean(x, axis: 1, keepDims: true)"),
    (T.mean(T.tensor("k", .int32, shape: [3, nil])), "mean(k)"),
    (T.mean(T.tensor("f", .float32, shape: [3, 4]), axis: 1), "mean(f, axis: 1)"),
    (T.mean((T.dot(x, w) - 1) ** 2) + 0.5, "mean((dot(x, w) - 1) ** 2) + 0.5"),
    (T.sum(x) / 4, "sum(x) / 4"),
    (T.sum(x) / T.cast(w.shape[0], .float64), "sum(x) / cast<float64>(w.shape[0])"),
  ]

  @Test(arguments: means) func meansAreMeans(_ expression: TensorVariable, _ text: String) {
    #expect(pp(expression) == text)
  }

  static let v = T.dvector("v")
  static let b = T.dvector("b")
  static let s = T.dscalar("s")

  static let gradients: [(TensorVariable, String)] = [
    (grad(T.sum(v ** 2), wrt: v), "2 * v"), (grad(T.sum(x ** 3), wrt: x), "3 * x ** 2"),
    (grad(s ** 2, wrt: s), "2 * s"), (grad(T.sum(v), wrt: v), "broadcast(1, v)"),
    (grad(T.sum(T.exp(v)), wrt: v), "exp(v)"), (grad(T.sum(v * b), wrt: v), "b"),
    (grad(T.sum(T.sin(v) - v), wrt: v), "cos(v) - 1"),
    (grad(T.sum(T.fvector("f") * 0.5), wrt: T.fvector("g"), disconnected: .zero), "broadcast(0, g)"),
    (grad(T.sum(T.dot(x, w)), wrt: w), "dot(x.T, broadcast(1, dot(x, w)))"),
    (grad(T.sum(T.log(v)), wrt: v), "1 / v"), (grad(T.mean(v ** 2), wrt: v), "1 / v.shape[0] * 2 * v"),
  ]

  @Test(arguments: gradients) func gradientsAreReadable(_ expression: TensorVariable, _ text: String) {
    #expect(pp(expression) == text)
  }

  @Test(arguments: lines) func oneLine(_ expression: TensorVariable, _ text: String) {
    #expect(pp(expression) == text)
  }

  @Test func oneLineStaysShort() {
    var y = T.dscalar("x")
    for _ in 0..<200 { y = y * y }
    #expect(pp(y).utf8.count < 5000)
    #expect(pp(y, limit: 10).contains("..."))
  }

  @Test func drawing() {
    let x = T.dscalar("x")
    let w = shared(2.0, name: "w\"\\")
    #expect(
      toDot(T.exp(x) * w) == """
        digraph theano {
          rankdir = BT;
          node [fontname = "monospace"];
          n0 [shape = box, label = "multiply"];
          n1 [shape = box, label = "exp"];
          n2 [shape = ellipse, style = filled, fillcolor = palegreen, label = "x"];
          n3 [shape = ellipse, style = filled, fillcolor = lightblue, label = "w\\"\\\\"];
          n1 -> n0 [label = "0: float64 scalar"];
          n3 -> n0 [label = "1: float64 scalar"];
          n2 -> n1 [label = "float64 scalar"];
          r0 [shape = plaintext, label = "result"];
          n0 -> r0;
        }
        """)
    let m = T.tensor("m", shape: [3, 4])
    #expect(toDot(T.dot(m, m)).contains("color = red"))
  }

  @Test func anInterpretedFunctionIsExplainedToo() throws {
    let x = T.dvector("x")
    let f = try function(inputs: [x], outputs: T.sum(x * 1), mode: .interpreted, name: "f")
    let text = f.explain()
    #expect(text.hasPrefix("f(x: float64 vector): 1 result; interpreted\n\nSummary\n  made in "))
    #expect(text.contains("1 x x * 1"))
    #expect(!text.contains("\nSteps"))
    #expect(f.cSource.isEmpty)
    #expect(
      f.graphText == """
        %0 = input 'x': float64[n0_0]
        %1 = sum(%0, axis: 0): float64[]
        return %1
        """)
  }
}
