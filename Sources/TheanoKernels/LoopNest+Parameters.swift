import TheanoArrays

extension LoopNest {
  /// The nest with its uncommon numbers as parameters: those of equal nests that differ in such numbers alone are equal.
  ///
  /// - Returns: The nest, and the numbers that the caller passes to compute what the original does.
  package func parametrised() -> (nest: LoopNest, numbers: [Constant]) {
    var nest = self
    var numbers: [Constant] = []
    for (k, instruction) in instructions.enumerated() {
      guard case .constant(let constant) = instruction, constant.isUncommon else { continue }
      nest.instructions[k] = .parameter(numbers.count)
      numbers.append(constant)
    }
    return (nest, numbers)
  }

  /// The dtypes of the parameters, in order.
  package var parameters: [DType] {
    zip(instructions, dtypes).compactMap { instruction, dtype in
      if case .parameter = instruction { dtype } else { nil }
    }
  }
}

extension LoopNest.Constant {
  /// Whether the compiler gains nothing from knowing the number, as it does from knowing 0, 1 and 2.
  fileprivate var isUncommon: Bool {
    dtype.isFloating && !(double == double.rounded() && double.magnitude <= 16)
  }
}
