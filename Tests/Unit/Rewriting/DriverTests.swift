import Testing
import Theano
import TheanoArrays
import TheanoGraph
import TheanoInterpreter
import TheanoRewriting
import TheanoRules
import TheanoTestSupport

/// The driver by itself, with entries made here: what it stops at, what it reports, and what it refuses.
@Suite struct DriverTests {
  private static let sineToCosine = rule("sine to cosine", .canonical) { x in (T.sin(x), T.cos(x)) }
  private static let cosineToSine = rule("cosine to sine", .canonical) { x in (T.cos(x), T.sin(x)) }
  private static let hidesNaN = rule("none is left", .canonical, .assumesFinite) { x in (x - x, 0 * x) }

  private func run(
    _ entries: [Rewrite], _ outputs: [TensorVariable], from inputs: [TensorVariable],
    _ options: RewriteOptions = RewriteOptions()
  ) throws -> (graph: Graph, report: RewriteReport) {
    var graph = try Graph(computing: outputs, from: inputs)
    var report = RewriteReport()
    var driver = Driver(entries, Pipeline.vocabulary, options)
    driver.run(&graph, pass: "test", &report)
    return (graph, report)
  }

  @Test func everyPlaceOnceAndTheLineOfEach() throws {
    let x = T.dvector("x")
    let line = #line + 1
    let y = T.sin(T.sin(x))
    let (graph, report) = try run([Self.sineToCosine], [y], from: [x])
    #expect(report.count(of: "sine to cosine") == 2)
    #expect(report.passes[0].stop == .fixedPoint)
    #expect(report.passes[0].nodesBefore == report.passes[0].nodesAfter)
    #expect(report.log.count == 2)
    #expect(report.log.allSatisfy { $0.note.location?.hasSuffix("DriverTests.swift:\(line)") == true })
    #expect(graph.text(graph.outputs[0]) == "cos(cos(x))")
  }

  @Test func rulesThatUndoEachOtherAreStopped() throws {
    let x = T.dvector("x")
    let (_, report) = try run([Self.sineToCosine, Self.cosineToSine], [T.sin(x)], from: [x])
    #expect(report.passes[0].stop == .budget)
    #expect("\(report)".contains("rules undo each other"))
  }

  @Test func nothingToDoIsUnchanged() throws {
    let x = T.dvector("x")
    let (_, report) = try run([Self.sineToCosine], [T.exp(x)], from: [x])
    #expect(report.isUnchanged)
    #expect(report.log.isEmpty)
    #expect("\(report)".hasSuffix("unchanged"))
  }

  @Test func entriesAreSwitchedOffByNameAndByWhatTheyAssume() throws {
    let x = T.dvector("x")
    let outputs = [T.sin(x), x - x]
    let entries = [Self.sineToCosine, Self.hidesNaN]
    var options = RewriteOptions()
    options.disabled = ["sine to cosine"]
    #expect(try run(entries, outputs, from: [x], options).report.log.map(\.rewrite) == ["none is left"])
    options.disabled = []
    options.assumesFinite = false
    #expect(try run(entries, outputs, from: [x], options).report.log.map(\.rewrite) == ["sine to cosine"])
  }

  /// What is longer than what it replaces has another shape: it is refused, said, and the graph stays as it was.
  @Test func aReplacementThatDoesNotFitIsRefused() throws {
    let x = T.dvector("x")
    let y = T.sum(x)
    let sum = try #require(y.node.owner?.op)
    let entry = Rewrite("too long", .canonical, at: .operation(sum)) {
      (graph: inout Graph, node: Graph.NodeID) throws(Fault) -> [Graph.ValueID]? in
      [graph.nodes[node].inputs[0]]
    }
    let (graph, report) = try run([entry], [y], from: [x])
    #expect(report.isUnchanged)
    #expect(report.passes[0].refusals.map(\.name) == ["too long"])
    #expect(try Interpreter(graph).run([NDArray([1.0, 2])])[0].doubles == [3])
  }
}
