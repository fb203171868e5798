import TheanoArrays

extension LoopNest {
  /// The nest with its uncommon numbers and its fixed positions as parameters: those of equal nests that differ in such
  /// numbers alone are equal.
  ///
  /// - Returns: The nest, and the numbers that the caller passes to compute what the original does.
  package func parametrised() -> (nest: LoopNest, numbers: [Constant]) {
    var nest = self
    var numbers: [Constant] = []
    let positions = fixedPositions
    for (k, instruction) in instructions.enumerated() {
      guard case .constant(let constant) = instruction, constant.isUncommon || positions.contains(k) else {
        continue
      }
      nest.instructions[k] = .parameter(numbers.count)
      numbers.append(constant)
    }
    return (nest, numbers)
  }

  /// The constants by which elements are found: what stands in an index alone or as a term of it.
  private var fixedPositions: Set<Int> {
    var found: Set<Int> = []
    func look(_ ref: Ref) {
      switch self[ref] {
      case .constant: found.insert(Int(ref.id))
      case .apply(.add, let terms): terms.forEach(look)
      default: break
      }
    }
    for case .load(_, let at) in instructions { at.forEach(look) }
    for effect in effects { for (_, at) in effect.targets { at.forEach(look) } }
    return found
  }

  /// The buffers that a nest which does nothing else copies from and to, element by element.
  package var copied: (from: Int, to: Int)? {
    guard effects.count == 1, case .store(let to, let at, let value) = effects[0],
      case .load(let from, let same) = self[value], at == same, buffers[from].shape == buffers[to].shape
    else { return nil }
    return (from, to)
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
