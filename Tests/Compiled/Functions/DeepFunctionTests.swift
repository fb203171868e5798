import Testing
import Theano
import TheanoTestSupport

/// Functions of expressions that are tens of thousands of nodes deep, through every stage to native code.
@Suite(.enabled(if: hasCompiler, "needs a C compiler")) struct DeepFunctionTests {
  @Test func aDeepChain() throws {
    let x = T.dvector("x")
    var y = x
    let depth = TestBudget.number("THEANO_TEST_DEPTH") ?? 20_000
    for k in 0..<depth { y = k % 2 == 0 ? T.abs(y) + x : y * 0.5 }
    let f = try function(inputs: [x], outputs: T.sum(y), mode: .unrewritten)
    var expected = [1.0, 4]
    for k in 0..<depth { expected = zip(expected, [1.0, 4]).map { k % 2 == 0 ? $0 + $1 : $0 * 0.5 } }
    #expect(Agreement.same(Double(try f([1.0, 4])), expected[0] + expected[1], 1e-12))
  }
}
