import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Booleans that mark places along some axes of an array, from one axis on: their lengths must be those of the axes. Operands: the
/// booleans, the array, of which only the shape is read.
package struct Mask: Operation {
  package let axis: Int
  package var name: String { "subtensor" }
  package var shapeOnlyOperands: Set<Int> { [1] }
  package var movedOperand: Int? { 0 }
  package var isWrittenAsOperand: Bool { true }

  /// What is wrong with a mask of length `m` on an axis of length `n`.
  static func misfit(_ m: Int, _ n: Int, axis: Int, ofMask own: Int, rank: Int) -> (
    what: String, hint: String
  ) {
    let place = rank == 1 ? "" : "axis \(own) of "
    return (
      what: "\(place)the mask has length \(m), but axis \(axis) of the array has length \(n)",
      hint: "a mask has a boolean for each place of the axes that it stands for"
    )
  }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let (mask, x) = (inputs[0], inputs[1])
    var dims: [Dim] = []
    for (own, dim) in mask.dims.enumerated() {
      let (axis, rank) = (axis + own, mask.ndim)
      dims.append(
        try rules.equal(dim, x.dims[axis]) { m, n in
          let (what, hint) = Mask.misfit(m, n, axis: axis, ofMask: own, rank: rank)
          return Fault(.index, what, hint: hint, operand: 0)
        })
    }
    return [TensorType(.bool, dims)]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] { [nil, nil] }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] { [nil] }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    for (own, m) in inputs[0].shape.enumerated() where m != inputs[1].shape[axis + own] {
      let (what, hint) = Mask.misfit(
        m, inputs[1].shape[axis + own], axis: axis + own, ofMask: own, rank: inputs[0].ndim)
      throw Fault(.index, what, hint: hint, operand: 0)
    }
    return [inputs[0]]
  }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    .pull { builder, index, operand in operand(&builder, 0, index) }
  }
  package func text(_ operands: [String]) -> String {
    "\(operands[1])[\(String(repeating: ".all, ", count: axis))\(operands[0])]"
  }
}
