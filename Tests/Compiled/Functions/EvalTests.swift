import Synchronization
import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Evaluations: what is small is interpreted, and what is compiled serves arrays of any length.
@Suite struct EvalTests {
  private func evaluation(
    _ expression: TensorVariable, _ values: [TensorVariable: any NDArrayConvertible] = [:],
    _ mode: Mode = .fastRun
  ) throws -> Evaluation {
    try Evaluation(of: expression, values, mode, .none)
  }

  /// Expressions over a constant, a shared variable and an input of some length.
  private static func expressions(_ n: Int) -> [(TensorVariable, [TensorVariable: any NDArrayConvertible])] {
    let values = NDArray((0..<n).map { Double($0 % 7) - 3 })
    let x = T.dvector("x")
    let (c, w) = (T.constant(values), shared(values))
    let column = T.constant(values.reshaped([n, 1]))
    return [
      (T.sum(c ** 2) + T.max(c), [:]), (T.sum(T.exp(-w) * w), [:]), (T.mean(T.tanh(x) + c), [x: values]),
      (c[.slice(step: -1)] + w, [:]), (T.sum(column * 2 + x, axis: 0), [x: [1, 2, 3]]),
      (T.where(c .> 0, c, 0), [:]), (T.concatenate([c, w])[1...], [:]), (c[[0, 0, -1]], [:]),
    ]
  }

  @Test(arguments: [1, 2, 5, 40_000], Modes.both) func aFunctionHasTheSameValue(_ n: Int, _ mode: Mode) throws
  {
    for (expression, values) in Self.expressions(n) {
      let inputs = Array(values.keys)
      let expected = try function(inputs: inputs, outputs: expression, mode: mode).call(
        inputs.map { try values[$0]!.asNDArray() })
      let found = try expression.eval(values, mode: mode)
      #expect(found.shape == expected.shape && found.dtype == expected.dtype)
      for (a, b) in zip(found.doubles, expected.doubles) {
        #expect(abs(a - b) <= 1e-11 * max(1, abs(b)), "\(expression)")
      }
    }
  }

  @Test func whatIsSmallIsInterpreted() throws {
    for (expression, values) in Self.expressions(100) {
      #expect(try evaluation(expression, values).interpreted() != nil, "\(expression)")
    }
    let x = T.dvector("x")
    // A mode with a linker of its own is obeyed.
    #expect(try evaluation(T.sum(x), [x: [1]], Mode(linker: .native)).interpreted() == nil)
    // Many elements, in a leaf or on the way, and many operations are the compiler's.
    #expect(try evaluation(T.sum(x), [x: NDArray.zeros([1 << 17])]).interpreted() != nil)
    #expect(try evaluation(T.sum(x + 1), [x: NDArray.zeros([1 << 17])]).interpreted() == nil)
    #expect(try evaluation(T.sum(T.outer(x, x)), [x: NDArray.ones([5000])]).interpreted() == nil)
    var deep = x
    for _ in 0..<300 { deep = T.sin(deep) }
    #expect(try evaluation(deep, [x: [1]]).interpreted() == nil)
  }

  /// Lengths of constants, shared variables and inputs are no part of the program.
  @Test func oneProgramServesAllLengths() throws {
    // Those of few elements are compiled too if the mode says so.
    for lengths in [[40_000, 50_000], [300, 400]] {
      let sources = try lengths.map { n in
        try Self.expressions(n).map {
          try evaluation($0.0, $0.1, Mode(linker: .native)).lifted().make().report.source
        }
      }
      for (k, (one, other)) in zip(sources[0], sources[1]).enumerated() {
        #expect(!one.isEmpty && one == other, "expression \(k)")
      }
    }
  }

  /// A part of a constant that is known to have length 1 broadcasts, which takes the constant's length.
  @Test func whatNeedsALengthHasIt() throws {
    let c = T.constant(NDArray((0..<70_000).map(Double.init)))
    let x = T.dvector("x")
    let y = T.sum(c[(-1)...] * x)
    #expect(try Double(y.eval([x: [1, 2]])) == 69_999 * 3)
  }

  @Test func sharedVariablesTakeValues() throws {
    let w = shared([1.0, 2], name: "w")
    #expect(try Double(T.sum(w * 2).eval([w: [5, 6, 7]])) == 36)
    #expect(try Double(T.sum(w * 2).eval([w: [5, 6]], mode: Mode(linker: .native))) == 22)
    #expect(try w.value.doubles == [1, 2])
  }

  @Test func whatPrintsPrintsOnce() throws {
    let heard = Mutex(0)
    let x = T.dvector("x")
    _ = try T.sum(T.print(x, listener: { _, _ in heard.withLock { $0 += 1 } })).eval([x: [1, 2]])
    #expect(heard.withLock { $0 } == 1)
  }
}
