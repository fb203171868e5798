import TheanoArrays
import TheanoKernels

/// One fold of a nest, as text that every dialect writes alike.
struct Fold {
  /// Its number among the nest's effects.
  let effect: Int
  let fold: LoopNest.Fold
  /// The dtype of the values that are combined.
  let dtype: DType

  /// The folds of a nest, in order.
  static func all(of nest: LoopNest) -> [Fold] {
    nest.effects.enumerated().compactMap { k, effect in
      guard case .fold(let fold) = effect else { return nil }
      return Fold(effect: k, fold: fold, dtype: nest.dtype(fold.value))
    }
  }

  var combiner: LoopNest.Combiner { fold.combiner }
  var value: LoopNest.Ref { fold.value }
  /// Whether the result is where the best value stands, rather than the value.
  var isPosition: Bool { fold.isPosition }
  var isSum: Bool { combiner == .sum || combiner == .product }

  /// The type of the accumulator: sums and products of floats are carried in `float64`.
  var carrier: DType { isSum && dtype.isFloating ? .float64 : dtype }

  /// The name of the accumulator.
  var accumulator: String { "acc\(effect)" }
  /// The name of the best value's position.
  var place: String { "at\(effect)" }
  /// The name of the result.
  var result: String { "r\(effect)" }

  /// The fold that finds the best value itself.
  var extremum: Fold {
    var best = fold
    best.combiner = combiner == .argMax ? .maximum : .minimum
    return Fold(effect: effect, fold: best, dtype: dtype)
  }

  /// What leaves every value as it is.
  func neutral(_ dialect: Dialect = .c) -> String {
    switch combiner {
    case .sum, .or: "0"
    case .product, .and: "1"
    case .maximum, .argMax: extreme(lowest: true, dialect)
    case .minimum, .argMin: extreme(lowest: false, dialect)
    }
  }

  private func extreme(lowest: Bool, _ dialect: Dialect) -> String {
    switch dtype.kind {
    case .floating, .complex: return (lowest ? "-" : "") + dialect.infinity(dtype)
    case .bool: return lowest ? "0" : "1"
    case .unsigned: return lowest ? "0" : "(\(dtype.cName))~(th_u64)0"
    case .signed:
      let bits = dtype.itemSize * 8
      return lowest
        ? "(\(dtype.cName))((th_u64)1 << \(bits - 1))" : "(\(dtype.cName))(((th_u64)1 << \(bits - 1)) - 1)"
    }
  }

  /// Whether a value takes the place of the best one: NaN is better than any number, the first of equals stays.
  ///
  /// - Parameter first: The condition under which there is no best value yet.
  func isBetter(_ value: String, _ best: String, first: String) -> String {
    let compare = combiner == .argMax ? ">" : "<"
    // Without branches, so that loops can become vector code.
    let nan = dtype.isFloating ? " | ((\(value) != \(value)) & (\(best) == \(best)))" : ""
    return "((\(first)) | (\(value) \(compare) \(best))\(nan))"
  }

  /// One accumulator joined with one value.
  ///
  /// - Parameter isHost: Whether the services of programs for the host are there.
  func join(_ total: String, _ value: String, isHost: Bool = true) -> String {
    switch combiner {
    case .sum: return "\(total) += \(value);"
    case .product: return "\(total) *= \(value);"
    case .or: return "\(total) |= \(value);"
    case .and: return "\(total) &= \(value);"
    case .maximum where dtype.isFloating && isHost: return "\(total) = TH_MAXIMUM(\(total), \(value));"
    case .minimum where dtype.isFloating && isHost: return "\(total) = TH_MINIMUM(\(total), \(value));"
    case .maximum, .minimum:
      let nan = dtype.isFloating ? " || \(value) != \(value)" : ""
      let compare = combiner == .maximum ? ">" : "<"
      return "\(total) = (\(value) \(compare) \(total)\(nan)) ? \(value) : \(total);"
    case .argMax, .argMin: return ""
    }
  }

  /// The result, given the accumulator, the position and what a sum starts at.
  func final(_ total: String, _ place: String, start: String?) -> String {
    if isPosition { return place }
    let sum = start.map { "(\(total) + \($0))" } ?? total
    return carrier == fold.dtype.arithmetic && start == nil ? sum : "(\(fold.dtype.arithmetic.cName))\(sum)"
  }
}
