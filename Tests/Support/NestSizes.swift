import TheanoArrays
import TheanoKernels
import TheanoScheduling

extension Schedule {
  /// All loop nests, those of branches too.
  package var nests: [LoopNest] {
    func nests(_ steps: [Step]) -> [LoopNest] {
      steps.flatMap { step -> [LoopNest] in
        switch step {
        case .nest(let nest, _): [nest]
        case .branch(_, let then, let otherwise): nests(then) + nests(otherwise)
        default: []
        }
      }
    }
    return nests(steps)
  }
}

extension LoopNest {
  /// The most that a nest may cost, and the most values that it may read (`Groups.swift`).
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
