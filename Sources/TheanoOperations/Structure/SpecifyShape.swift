import TheanoArrays
import TheanoGraph
import TheanoKernels

/// What somebody gave to go with a variable, element by element: a gradient, a direction. Its lengths must be the variable's,
/// without broadcasting. Operands: what was given, the variable.
package struct SpecifyShape: Operation {
  package let name: String
  let kind: Diagnosis.Kind
  let giver: String
  let target: String
  package var shapeOnlyOperands: Set<Int> { [1] }

  /// What was given, converted to the variable's dtype, its lengths checked now or by the call.
  ///
  /// - Parameters:
  ///   - kind: What sort of fault it is if they do not fit.
  ///   - name: The operation that the fault is found in.
  ///   - giver: What the fault's text begins with: "the gradient has".
  ///   - target: What the variable is to the user: "input 0".
  package static func fit(
    _ given: TensorVariable, to x: TensorVariable, _ kind: Diagnosis.Kind, _ name: String, giver: String,
    target: String, _ note: SourceNote
  ) -> TensorVariable {
    let converted = Promotion.convert(given, to: x.dtype, note)
    if converted.type.dims == x.type.dims, !x.type.dims.contains(.unknown) { return converted }
    let fitted = SpecifyShape(name: name, kind: kind, giver: giver, target: target)
    return TensorVariable(fitted, [converted, x], note: note)
  }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    var dims: [Dim] = []
    for axis in inputs[0].dims.indices {
      dims.append(
        try rules.equal(inputs[0].dims[axis], inputs[1].dims[axis]) { [kind, giver, target] given, due in
          Fault(
            kind, "\(giver) length \(given) on axis \(axis) for \(target), which has length \(due) there",
            hint: "a gradient or direction has the shape of what it belongs to", operand: 0)
        })
    }
    return [TensorType(inputs[0].dtype, dims)]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] { [call.outputGradients[0], nil] }
  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { [call.masks[0], nil] }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] { [call.directions[0]] }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] { [inputs[0]] }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    .pull { builder, index, operand in operand(&builder, 0, index) }
  }
}
