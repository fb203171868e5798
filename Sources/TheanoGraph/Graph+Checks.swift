import TheanoArrays
import TheanoKernels

extension Graph {
  /// Compares pairs of lengths that must fit, as far as they are known.
  ///
  /// - Parameters:
  ///   - numbers: Which of the checks.
  ///   - symbol: What a symbol is, or `nil` if that is not known (yet).
  /// - Throws: Every pair that does not fit, at the line of the operation that demands it.
  package func checkSizes(_ numbers: [Int], _ symbol: (Size.Symbol) -> Int?) throws(TheanoError) {
    var diagnoses: [Diagnosis] = []
    // What is wrong with an application first makes its other checks say the same thing in other words.
    var faulty: Set<ObjectIdentifier> = []
    for check in numbers.lazy.map({ checks[$0] }) {
      if let origin = check.origin, faulty.contains(ObjectIdentifier(origin)) { continue }
      guard let left = check.check.left.value(symbol), let right = check.check.right.value(symbol) else {
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
