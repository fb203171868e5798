import TheanoArrays
import TheanoGraph
import TheanoKernels

/// One of two operands, by a scalar condition; only the chosen one is computed.
package struct IfElse: Operation {
  package init() {}
  package var name: String { "ifElse" }
  package var isConditional: Bool { true }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let (c, a, b) = (inputs[0], inputs[1], inputs[2])
    guard c.ndim == 0 else {
      throw Fault(
        .shape, "the condition is \(c.type.brief), not a scalar",
        hint: "for a choice element by element use T.where", operand: 0)
    }
    guard a.dtype == b.dtype, a.ndim == b.ndim else {
      throw Fault(
        .shape, "the branches are \(a.type.brief) and \(b.type.brief)",
        hint: "both need one dtype and one rank",
        operand: 2)
    }
    // Lengths that differ between the branches are known only when one of them has been computed.
    return [TensorType(a.dtype, zip(a.dims, b.dims).map { $0 == $1 ? $0 : .unknown })]
  }

  /// The result's gradient is that of the branch which is taken; of the other there is none. What is made of a branch's gradient is
  /// computed only where the branch is taken: `accumulate` sees to that.
  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    [nil, 1, 2].map { k in k.flatMap { call.wanted[$0] ? call.outputGradients[0] : nil } }
  }

  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { [nil, call.masks[0], call.masks[0]] }

  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    if call.directions[1] == nil && call.directions[2] == nil { return [nil] }
    return [
      T.ifElse(
        call.inputs[0], call.directions[1] ?? T.zerosLike(call.inputs[1]),
        call.directions[2] ?? T.zerosLike(call.inputs[2]))
    ]
  }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    [try HostLoops.doubles(inputs[0])[0] != 0 ? inputs[1] : inputs[2]]
  }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    .steps(
      Lowering.Steps(uses: [.whole, .inRegion(0), .inRegion(1)], regions: 2) { writer in
        let condition = writer.memory(of: 0)
        let result = writer.pointer(0)
        func branch(_ k: Int) -> [Step] {
          writer.region(k) {
            writer.add(.point(result, to: writer.memory(of: k + 1)))
            for (axis, length) in writer.shape(of: k + 1).enumerated() {
              if let symbol = writer.found(0, axis: axis) { writer.define(symbol, as: length) }
            }
          }
        }
        let (then, otherwise) = (branch(0), branch(1))
        writer.add(.branch(condition: condition, then: then, otherwise: otherwise))
        writer.find(0)
      })
  }
}

extension T {
  /// `a` if the condition holds, else `b`; only the one that is chosen is computed.
  ///
  /// - Parameters:
  ///   - condition: A scalar.
  ///   - a: What is computed if the condition holds (is not 0).
  ///   - b: What is computed otherwise; of the same dtype and rank as `a`.
  public static func ifElse(
    _ condition: any TensorConvertible, _ a: any TensorConvertible, _ b: any TensorConvertible,
    fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let note = SourceNote.here(fileID, line)
    let branches = Promotion.together([a.tensorVariable, b.tensorVariable], floating: false, note)
    let c = condition.tensorVariable
    let truth = c.dtype == .bool || c.node.isPoisoned ? c : T.neq.apply([c, 0], note)
    return TensorVariable(IfElse(), [truth] + branches, note: note)
  }
}
