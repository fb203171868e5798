import TheanoArrays
import TheanoKernels

/// A function of the prelude that is cheap as long as its arguments (angles, quotients) are not huge.
///
/// It has a sibling `name_near` for such arguments. In loops that become vector code, where a branch is no choice, a
/// block of points is looked through first, and then one of two copies of the loop runs over it. Where the sibling may
/// be called both give the same bits, so that a result does not depend on its neighbours.
struct Reach {
  /// What is called outside of such loops: it branches.
  let scalar: String
  /// Tells of an argument that the sibling cannot have.
  let test: String

  private init(_ scalar: String, _ test: String) {
    self.scalar = scalar
    self.test = test
  }

  static let of: [String: Reach] = [
    "sin": Reach("sin_either", "is_far"), "cos": Reach("cos_either", "is_far"),
    "tan": Reach("tan_either", "is_far"), "fmod": Reach("fmod", "is_far_quotient"),
    "mod": Reach("mod", "is_far_quotient"), "floordiv": Reach("floordiv", "is_far_quotient"),
  ]

  /// Which of the siblings code calls.
  enum Form {
    /// The one that branches.
    case scalar
    /// The one for arguments that are not huge.
    case near
    /// The one that takes all arguments without branching, where that can be had.
    case whole
  }
}

extension ValueWriter {
  /// The calls at a depth that have a cheaper sibling.
  private func calls(at depth: Int, in wanted: Set<Int>) -> [(reach: Reach, k: Int)] {
    wanted.sorted().compactMap { k in
      guard case .apply(.call(let name), let operands) = nest.instructions[k], depths[k] == depth,
        let reach = Reach.of[name], nest.dtype(operands[0]).isFloating
      else { return nil }
      return (reach, k)
    }
  }

  /// Whether a loop at this depth is to be written for arguments in and out of reach.
  func hasReach(at depth: Int, in wanted: Set<Int>) -> Bool { !calls(at: depth, in: wanted).isEmpty }

  /// Expressions that tell, each for one call, whether its arguments are out of reach.
  func reachTests(at depth: Int, in wanted: Set<Int>) -> [String] {
    calls(at: depth, in: wanted).map { call in
      let operands = nest.operands(of: call.k)
      return
        "th_\(call.reach.test)_\(nest.dtype(operands[0]).suffix)(\(operands.map(text).joined(separator: ", ")))"
    }
  }
}
