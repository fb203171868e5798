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
}

extension ValueWriter {
  /// The calls at a depth that have a cheaper sibling.
  private func calls(at depth: Int) -> [(name: String, suffix: String, operands: [LoopNest.Ref])] {
    nest.instructions.enumerated().compactMap { k, instruction in
      guard case .apply(.call(let name), let operands) = instruction, depths[k] == depth,
        Reach.of[name] != nil, nest.dtype(operands[0]).isFloating
      else { return nil }
      return (name, nest.dtype(operands[0]).suffix, operands)
    }
  }

  /// Whether a loop at this depth is to be written for arguments in and out of reach.
  func hasReach(at depth: Int) -> Bool { !calls(at: depth).isEmpty }

  /// Expressions that tell, each for one call, whether its arguments are out of reach.
  func reachTests(at depth: Int) -> [String] {
    calls(at: depth).compactMap { call in
      Reach.of[call.name].map {
        "th_\($0.test)_\(call.suffix)(\(call.operands.map(text).joined(separator: ", ")))"
      }
    }
  }

  /// A statement with the siblings' names.
  func near(_ statement: String) -> String { renamed(statement) { "\($0)_near" } }

  /// A statement with the names of the functions that take all arguments without branching where that can be had.
  func whole(_ statement: String) -> String { renamed(statement) { $0 } }

  private func renamed(_ statement: String, _ name: (String) -> String) -> String {
    guard statement.contains("th_") else { return statement }
    var result = statement
    for (function, reach) in Reach.of {
      for suffix in ["f32", "f64"] {
        result = result.replacing("th_\(reach.scalar)_\(suffix)(", with: "th_\(name(function))_\(suffix)(")
      }
    }
    return result
  }
}
