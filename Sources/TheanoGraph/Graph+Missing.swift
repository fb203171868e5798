import TheanoArrays
import TheanoKernels

/// Variables that are no inputs. An expression may mention one for its shape alone, as the gradient of `sum(x * c)` does `x`; if
/// the shape follows from that of what is given, no value is needed.
extension Graph {
  /// A value that stands for a variable which is not given. Its lengths are symbols like a leaf's, with a number below 0.
  mutating func addMissing(_ variable: TensorVariable, number: Int) -> ValueID {
    let leaf = -1 - number
    let dims = variable.type.dims.enumerated().map { axis, dim in
      dim == .unknown ? Dim(Size(.axis(leaf: leaf, axis: axis))) : dim
    }
    return addValue(TensorType(variable.dtype, dims), .leaf(leaf), name: variable.name)
  }

  /// Takes the lengths of variables that are not given from what they must be equal to.
  ///
  /// - Parameter missing: The values that stand for them.
  /// - Returns: Those whose values are needed, or of which a length is needed that nothing else has.
  mutating func findMissing(_ missing: [ValueID]) -> Set<ValueID> {
    if missing.isEmpty { return [] }
    takeMissingLengths()
    var needed: Set<ValueID> = []
    func need(_ size: Size?) {
      guard let size else { return }
      for leaf in size.missingLeaves { needed.insert(missing[-1 - leaf]) }
      needed.formUnion(size.valuesRead.filter(missing.contains))
    }
    needed.formUnion(outputs.filter(missing.contains))
    let computed = sorted()
    for node in computed {
      let shapeOnly = nodes[node].op.shapeOnlyOperands
      for (k, input) in nodes[node].inputs.enumerated() {
        if shapeOnly.contains(k) {
          for dim in values[input].type.dims { need(dim.size) }
        } else if missing.contains(input) {
          needed.insert(input)
        }
      }
      for output in nodes[node].outputs {
        for dim in values[output].type.dims { need(dim.size) }
        need(values[output].length.size)
      }
    }
    let demanding = Set(computed)
    for check in checks where check.nodes.contains(where: demanding.contains) {
      need(check.check.left)
      need(check.check.right)
    }
    return needed
  }

  /// Puts what they must equal in the place of the lengths of variables that are not given. What demands it may be computed or not:
  /// an expression that mentions the variable is possible only if the lengths fit.
  private mutating func takeMissingLengths() {
    var equal: [Size.Symbol: Size] = [:]
    let numbers = checks.indices.filter { checks[$0].check.relation == .equal }
    var open = numbers.filter { checks[$0].isCertain } + numbers.filter { !checks[$0].isCertain }
    var isChanging = true
    while isChanging {
      isChanging = false
      for number in open {
        let check = checks[number].check
        let difference = (check.left - check.right).substituting { equal[$0] }
        guard let (symbol, value) = difference.solvedForMissing else { continue }
        for (known, size) in equal { equal[known] = size.substituting { $0 == symbol ? value : nil } }
        equal[symbol] = value
        open.removeAll { $0 == number }
        isChanging = true
      }
    }
    guard !equal.isEmpty else { return }
    let lengths = equal
    var taken = SizeSubstitution { lengths[$0] }
    func settled(_ dim: Dim) -> Dim { if case .symbolic(let size) = dim { Dim(taken(size)) } else { dim } }
    for id in values.indices {
      values[id].type = TensorType(values[id].type.dtype, values[id].type.dims.map(settled))
      values[id].length = settled(values[id].length)
    }
    for k in checks.indices {
      checks[k].check.left = taken(checks[k].check.left)
      checks[k].check.right = taken(checks[k].check.right)
    }
  }
}

extension Size {
  /// The numbers of the variables that are not given whose lengths it is made of.
  fileprivate var missingLeaves: [Int] {
    bases.compactMap { if case .axis(let leaf, _) = $0, leaf < 0 { leaf } else { nil } }
  }

  /// Solves `self == 0` for a length of a variable that is not given.
  fileprivate var solvedForMissing: (symbol: Symbol, value: Size)? {
    for term in terms where term.symbols.count == 1 && abs(term.coefficient) == 1 {
      guard case .axis(let leaf, _) = term.symbols[0], leaf < 0 else { continue }
      let rest = self - Size(term.symbols[0]) * Size(term.coefficient)
      guard !rest.bases.contains(term.symbols[0]) else { continue }
      return (term.symbols[0], rest * Size(-term.coefficient))
    }
    return nil
  }
}
