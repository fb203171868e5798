import Testing
import Theano
import TheanoArrays
import TheanoGraph
import TheanoTestSupport

/// Expressions that are dropped are freed: nothing keeps them. What is interned and stays, the places where they were
/// written, does not grow with their number.
@Suite struct LeakTests {
  /// A weak reference to a node.
  private struct Weak {
    weak var variable: VariableNode?
    weak var apply: ApplyNode?
  }

  @Test func droppedExpressionsAreFreed() {
    var seen: [Weak] = []
    let kept = shared([1.0, 2])
    for round in 0..<10_000 {
      let x = T.dvector("x")
      let y = T.sum(T.tanh(x * Double(round) + kept) ** 2)
      let slope = grad(y, wrt: x)
      let bad = T.dot(x, T.dtensor3("t")) + 1
      if round % 100 == 0 {
        for v in [x, y, slope, bad] { seen.append(Weak(variable: v.node, apply: v.node.owner)) }
        #expect(seen.suffix(4).allSatisfy { $0.variable != nil })
      }
    }
    #expect(seen.allSatisfy { $0.variable == nil && $0.apply == nil })
  }

  @Test func aLineIsOnePlaceHoweverOftenItRuns() {
    let x = T.dvector("x")
    let notes = Set((0..<1000).map { k in (x + Double(k)).node.owner?.note })
    #expect(notes.count == 1)
  }

  /// A part that is still held stays, and alone.
  @Test func whatIsHeldStays() {
    let x = T.dscalar("x")
    var part: TensorVariable?
    var above = Weak()
    var below = Weak()
    do {
      let a = T.exp(x)
      let b = a + 1
      let c = b * b
      part = b
      above = Weak(variable: c.node, apply: c.node.owner)
      below = Weak(variable: a.node, apply: a.node.owner)
    }
    #expect(above.variable == nil && above.apply == nil)
    #expect(below.variable != nil && below.apply != nil)
    #expect(part?.node.owner != nil)
    part = nil
    #expect(below.variable == nil && below.apply == nil)
  }

  @Test func droppedFunctionsAreFreed() throws {
    var seen: [Weak] = []
    for round in 0..<200 {
      let x = T.dvector("x")
      let w = shared([Double(round)])
      let f = try function(
        inputs: [x], outputs: T.sum(x * w), updates: [(w, w + 1)], mode: .interpreted)
      #expect(try f([2.0]).doubles == [Double(2 * round)])
      seen.append(Weak(variable: x.node))
      seen.append(Weak(variable: w.node))
    }
    #expect(seen.allSatisfy { $0.variable == nil })
  }
}
