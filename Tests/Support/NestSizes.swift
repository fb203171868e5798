import TheanoArrays
import TheanoKernels
import TheanoScheduling

extension Schedule {
  /// All loop nests, those of branches too.
  package var nests: [LoopNest] {
    var nests: [LoopNest] = []
    steps.walk { if case .nest(let step) = $0 { nests.append(step.nest) } }
    return nests
  }
}

extension LoopNest {
  /// The most that a nest may cost, and the most values that it may read (`Grouping.swift`).
  package static let (mostWork, mostReads) = (96, 24)

  /// What a point costs, in additions, but for the arithmetic of indices.
  package var work: Int {
    zip(instructions, dtypes).reduce(0) { sum, item in
      guard case .apply(let primitive, _) = item.0, item.1 != .int64 else { return sum }
      return sum + primitive.cost
    }
  }

  /// How many values it reads.
  package var reads: Int { buffers.count { !$0.isWritten } }
}
