import TheanoArrays
import TheanoKernels

extension Graph {
  /// Makes a check of its own for each node that demands one which not every call must meet: the branches that the nodes belong to
  /// may be several.
  package mutating func splitUncertainChecks() {
    checks = checks.flatMap { check in
      if check.isCertain || check.nodes.count < 2 { return [check] }
      return check.nodes.map { node in
        var own = check
        own.nodes = [node]
        return own
      }
    }
  }

  /// Compares pairs of lengths that must fit, as far as they are known.
  ///
  /// - Parameters:
  ///   - numbers: Which of the checks.
  ///   - sizes: What is known of lengths already.
  ///   - symbol: What a symbol is, or `nil` if that is not known (yet).
  /// - Throws: Every pair that does not fit, at the line of the operation that demands it.
  package func checkSizes(
    _ numbers: [Int], _ sizes: inout SizeValues, _ symbol: (Size.Symbol) -> Int?
  ) throws(TheanoError) {
    var diagnoses: [Diagnosis] = []
    // Only the first failed check of an application is reported: the others would repeat it in other words.
    var faulty: Set<ObjectIdentifier> = []
    for check in numbers.lazy.map({ checks[$0] }) {
      if let origin = check.origin, faulty.contains(ObjectIdentifier(origin)) { continue }
      guard let left = sizes(check.check.left, symbol), let right = sizes(check.check.right, symbol) else {
        continue
      }
      if !check.check.admits(left, right) {
        if let origin = check.origin { faulty.insert(ObjectIdentifier(origin)) }
        let diagnosis = diagnosis(check.check.fault(left, right), at: check.origin)
        if !diagnoses.contains(diagnosis) { diagnoses.append(diagnosis) }
      }
    }
    if !diagnoses.isEmpty { throw TheanoError(diagnoses) }
  }

  /// What a symbol is that arguments decide.
  ///
  /// - Parameters:
  ///   - length: The length of an axis of a leaf.
  ///   - value: The value of a leaf that is an integer scalar of a dtype.
  package func entryLength(
    _ symbol: Size.Symbol, length: (_ leaf: Int, _ axis: Int) -> Int?,
    value: (_ leaf: Int, _ dtype: DType) -> Int?
  ) -> Int? {
    switch symbol {
    case .axis(let leaf, let axis): return length(leaf, axis)
    case .value(let id):
      guard case .leaf(let leaf) = values[resolve(id)].origin else { return nil }
      return value(leaf, values[resolve(id)].type.dtype)
    case .found, .function: return nil
    }
  }

  /// The checks as a program makes them that is made for the assumed lengths alone.
  package var checksOfProgram: [SizeCheck] {
    var known = SizeSubstitution { [assumed] in assumed[$0] }
    return checks.map { check in
      var own = check.check
      own.left = known(own.left)
      own.right = known(own.right)
      return own
    }
  }

  /// A fault as the user sees it: in the application of theirs that it comes from.
  package func diagnosis(_ fault: Fault, at origin: ApplyNode?, op: (any Operation)? = nil) -> Diagnosis {
    if let origin { return fault.diagnosis(of: origin.op, operands: origin.inputs, note: origin.note) }
    return Diagnosis(fault.kind, in: op?.name ?? "function", fault.what, hint: fault.hint)
  }
}
