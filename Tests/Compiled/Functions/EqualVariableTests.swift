import Testing
import Theano
import TheanoTestSupport

/// Gradients of expressions in which something is written more than once: those of the same program with one variable for it.
@Suite struct EqualVariableTests {
  /// Value k of a random program: an operation of two earlier ones. Without a memory, everything is written out anew.
  private struct Program {
    let steps: [(left: Int, right: Int, kind: Int)]
    var memory: [Int: TensorVariable]?

    init(seed: Int, remembers: Bool) {
      var random = Draw(seed: "equal \(seed)")
      steps = (0..<6).map { k in
        (random.below(k + 1), random.below(k + 1), random.below(4))
      }
      memory = remembers ? [:] : nil
    }

    mutating func value(_ k: Int, of x: TensorVariable) -> TensorVariable {
      if k == 0 { return x }
      if let known = memory?[k] { return known }
      let step = steps[k - 1]
      let (a, b) = (value(step.left, of: x), value(step.right, of: x))
      let result =
        switch step.kind {
        case 0: T.sin(a) * b
        case 1: a + T.cos(b)
        case 2: T.tanh(a) - b * 0.5
        default: T.sum(a) * 0.25 + b
        }
      memory?[k] = result
      return result
    }
  }

  @Test(arguments: 0..<30) func writtenOutOrKept(seed: Int) throws {
    let x = T.dvector("x")
    var results: [TensorVariable] = []
    for remembers in [true, false] {
      var program = Program(seed: seed, remembers: remembers)
      let cost = T.sum(program.value(6, of: x) ** 2)
      results += [cost, grad(cost, wrt: x)]
    }
    let f = try function(inputs: [x], outputs: results, mode: .interpreted)
    let found = try f([0.3, -0.7, 1.1]).map(\.doubles)
    for (a, b) in zip(found[0] + found[1], found[2] + found[3]) { #expect(Agreement.same(a, b, 1e-12)) }
  }

  /// What gradients are wanted of, and what counts as constant, is told apart from what equals it.
  @Test func namedVariablesStayApart() throws {
    let x = T.dvector("x")
    let (a, b) = (T.exp(x), T.exp(x))
    let cost = T.sum(a * b)
    let f = try function(
      inputs: [x],
      outputs: [
        grad(cost, wrt: a), grad(cost, wrt: x, considerConstant: [b]), grad(cost, wrt: x),
        grad(T.sum(T.sin(a) * T.sin(T.exp(x))), wrt: a),
      ], mode: .unrewritten)
    let e = 7.38905609893065
    let results = try f([2]).map { $0.doubles[0] }
    for (result, wanted) in zip(results, [e, e * e, 2 * e * e, 0.40076544831576044]) {
      #expect(Agreement.same(result, wanted, 1e-12), "\(results)")
    }
  }

  /// Numbers are told apart by their values, and what has effects by where it was written.
  @Test func differentThingsStayDifferent() throws {
    let x = T.dvector("x")
    let cost = T.sum((x + 1) * (x + 2) + T.exp(x * 2.0) * T.exp(x * 3.0))
    let f = try function(inputs: [x], outputs: grad(cost, wrt: x), mode: .interpreted)
    #expect(try f([0]).doubles == [8])
  }

  /// Equal variables in the two branches of a conditional belong to their branches.
  @Test func branchesKeepTheirOwn() throws {
    let (x, c) = (T.dvector("x"), T.dscalar("c"))
    let cost = T.ifElse(c .> 0, T.sum(T.exp(x) * 2), T.sum(T.exp(x) * T.exp(x))) + T.sum(T.exp(x))
    for mode in Modes.all {
      let f = try function(inputs: [x, c], outputs: grad(cost, wrt: x), mode: mode)
      #expect(try f([0], 1).doubles == [3])
      #expect(try f([0], -1).doubles == [3])
    }
  }

  /// The gradient does the work of one copy.
  @Test func nothingIsDoneTwice() throws {
    let x = T.dvector("x")
    func h() -> TensorVariable { T.tanh(T.exp(x) + 1) }
    func lines(_ cost: TensorVariable) throws -> Int {
      try function(inputs: [x], outputs: grad(cost, wrt: x), mode: .unrewritten).graphText.split(
        separator: "\n"
      )
      .count
    }
    let kept = h()
    #expect(try lines(T.sum(h() * h() + h())) == lines(T.sum(kept * kept + kept)))
  }
}
