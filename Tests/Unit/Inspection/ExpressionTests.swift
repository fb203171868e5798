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
    add(x + 1, "x + 1.0")
    add(T.exp(x) * (x + 1), "exp(x) * (x + 1.0)")
    add(T.exp(x + 1), "exp(x + 1.0)")
    add(-(x ** 2), "-(x ** 2.0)")
    add(T.dot(x, w + 1), "dot(x, w + 1.0)")
    add((x + 1) * (w - 1), "(x + 1.0) * (w - 1.0)")
    add(T.sum(x * x), "sum(x * x, axis: [0, 1])")
    add(x[0], "x[0, .all]")
    add(x[1..<3, .all], "x[1..<3, .all]")
    add(
      x[[2, 0], .newAxis, .slice(step: 2)], "dimshuffle(x[<constant int64 (2,)>, .slice(step: 2)], 0 x 1)")
    add(x[1..., ..<2], "x[1..., ..<2]")
    add(x[1..<3, .slice(from: 1, step: -2)], "x[1..<3, .slice(from: 1, step: -2)]")
    return all
  }()

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
          n0 [shape = space, label = "multiply"];
          n1 [shape = space, label = "exp"];
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
    #expect(text.hasPrefix("f(x: float64 vector): 1 result; interpreted\n\nStages\n"))
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
