import Testing
import Theano
import TheanoEmission

@Suite(.enabled(if: hasCompiler, "needs a C compiler")) struct ExplainTests {
  private func trained() throws -> Function<NDArray> {
    let x = T.dmatrix("x")
    let w = shared(NDArray.zeros([200, 30]), name: "w")
    #sourceLocation(file:"CompiledTests/Training.swift",line:1)
    let h = T.tanh(T.dot(x, w))
    let cost = T.sum(h ** 2)
    #sourceLocation()
    return try function(
      inputs: [x], outputs: cost, updates: [(w, w - 0.1 * grad(cost, wrt: w))], name: "training")
  }

  @Test func everythingIsExplained() throws {
    let text = try trained().explain()
    for part in [
      "training(x: float64 matrix): 1 result, 1 shared variable updated; native code, ",
      "Stages\n", "graph: ", "rewriting: ", "schedule: ", "memory plan: ", "emission: ",
      "C compiler and loader: ",
      "Rewriting\n", "1 x x ** 2", "What the rules did\n", "x ** 2 (CompiledTests/Training.swift:2)",
      "Graph\n", "Steps\n", "product ", "multiplications are at most 4096",
      "sum((tanh(dot(x, w)) ** 2.0), axis: [0, 1])    CompiledTests/Training.swift:2",
      "Workspace\n", "place 0, ",
    ] {
      #expect(text.contains(part), "\(part) is missing in\n\(text)")
    }
  }

  /// A summary comes first: about ten lines, each of which says where time or memory goes.
  @Test func itBeginsWithASummary() throws {
    let lines = try trained().explain().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[1].isEmpty && lines[2] == "Summary")
    let summary = lines[3...].prefix { !$0.isEmpty }
    #expect((8...12).contains(summary.count))
    let words = [
      "made in ", "code ", "operations ", "loop nests ", "products ", "libraries ", "callbacks ", "largest ",
      "workspace ", "constants ",
    ]
    for (line, word) in zip(summary, words) { #expect(line.hasPrefix("  \(word)"), "\(line)") }
    let text = summary.joined(separator: "\n")
    for part in [
      " ms: mostly ", "2 gemm, large ones by ", "'gemm' float64[n0_0, n1_1]", " bytes at most, in 1 place",
    ] {
      #expect(text.contains(part), "\(part) is missing in\n\(text)")
    }
  }

  /// Branches count too, and what there is none of is said.
  @Test func aSummaryCountsBranches() throws {
    let x = T.dvector("x")
    let said = T.custom("said", [x], outputs: [x.type]) { $0 }[0]
    let text = try function(inputs: [x], outputs: T.ifElse(T.sum(x) .> 0, T.sum(said), T.max(x))).explain()
    #expect(text.contains("  callbacks     1\n"))
    #expect(text.contains("  products      none\n"))
  }

  @Test func whyAProductGoesWhere() throws {
    let big = T.tensor("big", shape: [40, 50])
    let wide = T.tensor("wide", shape: [50, 60])
    let column = T.tensor("column", shape: [5000])
    let row = T.tensor("row", shape: [1, 5000])
    let text = try function(
      inputs: [big, wide, row, column], outputs: [T.dot(big, wide), T.dot(row, column)]
    ).explain()
    #expect(text.contains("by dgemm of "))
    #expect(text.contains("since 40 x 50 x 60 multiplications are more than 4096"))
    #expect(text.contains("by dgemv of "))
  }

  @Test func kernelsBearExpressionsAndLines() throws {
    let source = try trained().cSource
    #expect(source.hasPrefix("// training\n"))
    // The program's own kernels and entry come first, what every program has behind them; nothing is left out.
    let halves = source.split(separator: CompilationReport.boilerplate, omittingEmptySubsequences: false)
    try #require(halves.count == 2)
    #expect(halves[0].contains("static ") && halves[0].contains("theano_entry"))
    #expect(!halves[0].contains("th_host;") && halves[1].contains("th_host;"))
    let compiled = try trained().compilation.source
    #expect(halves[1].count > compiled.count / 2)
    #expect(compiled.hasPrefix(halves[1].drop { $0 == "\n" }.prefix(1000)))
    #expect(source.contains("// tanh(dot(x, w))    CompiledTests/Training.swift:1"))
    #expect(!source.contains("//@"))
  }

  /// A line added above an expression must not make a new program of it.
  @Test func linesAndNamesAreNotCompiled() throws {
    func source(_ name: String, _ shifted: Bool) throws -> String {
      let x = T.dvector(name)
      let result = shifted ? T.exp(x) + 1 : T.exp(x) + 1
      return try function(inputs: [x], outputs: result, name: name).compilation.source
    }
    #expect(try source("x", false) == source("y", true))
  }

  @Test func stagesHaveTimes() throws {
    let stages = try trained().compilation.stages
    #expect(
      stages.map(\.name) == [
        "graph", "rewriting", "schedule", "memory plan", "program", "emission", "C compiler and loader",
      ])
    #expect(stages.allSatisfy { $0.seconds >= 0 && !$0.detail.isEmpty })
  }
}
