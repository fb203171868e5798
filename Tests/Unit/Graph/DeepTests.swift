import CTheanoSupport
import Testing
import Theano
import TheanoArrays
import TheanoEmission
import TheanoGraph
import TheanoInterpreter
import TheanoKernels
import TheanoRewriting
import TheanoRules
import TheanoScheduling
import TheanoTestSupport

/// Expressions of a hundred thousand nodes: no stage may use the thread's stack for them, or be quadratic.
@Suite struct DeepTests {
  static let depth = 100_000

  /// Chains of different kinds, each node of which stands on the one before.
  static let chains:
    [(name: String, grow: @Sendable (TensorVariable, TensorVariable, Int) -> TensorVariable)] = [
      ("sum", { y, x, k in y + x }), ("alternating", { y, x, k in k % 2 == 0 ? T.tanh(y) : y * 0.5 }),
      ("shared operand", { y, x, k in y * y }),
      ("moves", { y, x, k in k % 2 == 0 ? y[.slice(step: -1)] : y.reshaped(-1) }),
      ("reductions", { y, x, k in T.sum(y) + x }),
    ]

  @Test(arguments: chains.map(\.name)) func buildLowerInterpretDrop(name: String) throws {
    let chain = try #require(Self.chains.first { $0.name == name })
    let x = T.dvector("x")
    var y = x
    // One kind at the full depth, the others deep enough to overflow a stack.
    let depth = name == "sum" ? Self.depth : Self.depth / 5
    for k in 0..<depth { y = chain.grow(y, x, k) }
    let graph = try Graph(computing: [y], from: [x])
    #expect(graph.sorted().count >= depth)
    let result = try Interpreter(graph).run([NDArray([0.0, 1])])[0]
    #expect(result.shape == [2])
    if name == "sum" { #expect(result.doubles == [0, Double(Self.depth) + 1]) }
  }

  @Test func validationOfDeepMistakes() {
    var y = T.dvector("x") + T.dot(T.dvector("a"), T.dtensor3("b"))
    for _ in 0..<Self.depth { y = -y }
    #expect(throws: TheanoError.self) { try function(inputs: [], outputs: y) }
  }

  /// The gradient is as deep again.
  @Test func gradient() throws {
    let x = T.dscalar("x")
    var y = x
    for k in 0..<Self.depth { y = k % 2 == 0 ? y * 0.999 : T.sin(y) }
    let graph = try Graph(computing: [grad(y, wrt: x)], from: [x])
    let slope = try Interpreter(graph).run([NDArray(0.0)])[0].doubles[0]
    // sin'(0) = 1, so the slope is 0.999 to the power of half the depth.
    var expected = 1.0
    for _ in 0..<(Self.depth / 2) { expected *= 0.999 }
    #expect(Agreement.same(slope / expected, 1, 1e-6))
  }

  /// Rewriting, scheduling, planning and writing C of a chain; a tenth of the depth, since debug builds are slow. The
  /// whole depth is a matter of `THEANO_TEST_DEPTH`.
  @Test func stages() throws {
    let depth = TestBudget.number("THEANO_TEST_DEPTH") ?? Self.depth / 20
    let x = T.dvector("x")
    var y = x
    for k in 0..<depth { y = k % 7 == 0 ? T.exp(y * 0.1) : k % 2 == 0 ? y * 0.5 + x : T.tanh(y) }
    var graph = try Graph(computing: [T.sum(y)], from: [x])
    let report = try TheanoRules.rewrite(&graph)
    #expect(report.passes.allSatisfy { $0.stop == .fixedPoint })
    let schedule = Scheduler.schedule(graph)
    let plan = MemoryPlan(schedule)
    #expect(plan.violations(of: schedule).isEmpty)
    // Each nest hands one vector to the next, or a few: not one for each node.
    #expect(plan.slots.count <= 8, "\(plan.slots.count) places")
    #expect(schedule.steps.count < depth / 5)
    // As much as a nest may hold, and no more.
    let work = schedule.nests.map(\.work).max() ?? 0
    #expect((LoopNest.mostWork / 2...LoopNest.mostWork).contains(work), "\(work)")
    var program = ProgramBuilder.program(schedule, plan)
    program.gatherRuns()
    #expect(program.callCount >= schedule.nests.count)
    // Equal kernels are written once, whatever the depth.
    let source = ProgramText.write(program, hostText: String(cString: theano_host_text()))
    #expect(source.unit.utf8.count < 200_000, "\(source.unit.utf8.count) bytes")
  }

  /// One expression over many vectors: each loop reads a few of them.
  @Test func wideSums() throws {
    let inputs = (0..<200).map { T.dvector("x\($0)") }
    let y = inputs.dropFirst().reduce(inputs[0]) { $0 + $1 }
    let schedule = Scheduler.schedule(try Graph(computing: [y], from: inputs))
    let reads = schedule.nests.map(\.reads)
    #expect(
      reads.allSatisfy { $0 <= LoopNest.mostReads } && reads.max()! > LoopNest.mostReads / 2, "\(reads)")
    #expect(reads.count < 15)
  }
}
