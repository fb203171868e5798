import TheanoArrays
import TheanoGraph
import TheanoOperations

/// The R-op: the directional derivatives of expressions, that is the Jacobian times a vector, without the Jacobian.
///
/// - Parameters:
///   - outputs: Expressions.
///   - wrt: The variables that move.
///   - directions: How each of them moves: one for each, of its shape; converted to its dtype.
/// - Returns: How each output moves, of its shape; zeros where it does not.
public func Rop(
  _ outputs: [TensorVariable], wrt: [TensorVariable], _ directions: [TensorVariable],
  fileID: String = #fileID,
  line: Int = #line
) -> [TensorVariable] {
  let note = SourceNote.here(fileID, line)
  if let wrong = mismatch("Rop", outputs, wrt, pairing: wrt, with: directions, "direction", "variable", note)
  {
    return outputs.map { _ in wrong }
  }
  let (order, _) = applications(of: outputs, dependingOn: wrt, stopping: [])
  var moves: [VariableKey: TensorVariable] = [:]
  for (k, (x, direction)) in zip(wrt, directions).enumerated() {
    moves[VariableKey(x)] = SpecifyShape.fit(
      direction, to: x, .gradient, "Rop", giver: "the direction has", target: "variable \(k)", note)
  }
  for (apply, held) in order {
    let results = allOutputs(of: apply, held)
    let arrived = apply.inputs.map { moves[VariableKey($0)] }
    SourceNote.with(apply.note) {
      let call = PushforwardCall(inputs: apply.inputs, outputs: results, directions: arrived) {
        doubleBackward(apply, results, arrived)
      }
      for (result, move) in zip(results, apply.op.pushforward(call)) {
        // A variable that is asked for keeps its own direction even if it is itself a result.
        if let move, moves[VariableKey(result)] == nil { moves[VariableKey(result)] = move }
      }
    }
  }
  return outputs.map { output in
    moves[VariableKey(output)] ?? SourceNote.with(note) { T.zerosLike(output) }
  }
}

/// Directional derivatives from the L-op alone: `L(v) = sum_i gradient_i(v) . direction_i` is linear in the stand-ins
/// `v` for the outputs' gradients, and its gradient with respect to them is what is wanted.
private func doubleBackward(
  _ apply: ApplyNode, _ outputs: [TensorVariable], _ directions: [TensorVariable?]
) -> [TensorVariable?] {
  // A slope may go on reading a stand-in's shape (a broadcast's gradient does), so it has the output's, and a value.
  let standIns = outputs.map { T.zerosLike($0) }
  let slopes = apply.op.gradient(
    GradientCall(
      inputs: apply.inputs, outputs: outputs, outputGradients: standIns, wanted: directions.map { $0 != nil })
  )
  var total: TensorVariable?
  for (slope, direction) in zip(slopes, directions) {
    guard let slope, let direction else { continue }
    let term = T.sum(slope * direction)
    total = total.map { $0 + term } ?? term
  }
  guard let total else { return outputs.map { _ in nil } }
  let one = TensorVariable.constant(NDArray(1.0).astype(total.dtype))
  return accumulate([(total, one)], wrt: standIns, considerConstant: [])
}
