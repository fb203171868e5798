import TheanoArrays
import TheanoKernels

/// One fold of a nest, as text that every dialect writes alike.
struct Fold {
  let combiner: LoopNest.Combiner
  let buffer: Int
  let at: [LoopNest.Ref]
  let value: LoopNest.Ref
  let start: LoopNest.Ref?
  /// The dtype of what is combined.
  let dtype: DType

  /// The folds of a nest, in order.
  static func all(of nest: LoopNest) -> [Fold] {
    nest.effects.compactMap { effect in
      guard case .fold(let combiner, let buffer, let at, let value, let start) = effect else { return nil }
      return Fold(
        combiner: combiner, buffer: buffer, at: at, value: value, start: start, dtype: nest.dtype(value))
    }
  }

  /// Whether the result is where the best value stands, rather than the value.
  var isPosition: Bool { combiner == .argMax || combiner == .argMin }

  /// The fold that finds the best value itself.
  var extremum: Fold {
    let combiner: LoopNest.Combiner = combiner == .argMax ? .maximum : .minimum
    return Fold(combiner: combiner, buffer: buffer, at: at, value: value, start: start, dtype: dtype)
  }

  /// What leaves every value as it is.
  func neutral(_ dialect: Dialect = .c) -> String {
    switch combiner {
    case .sum, .or: return "0"
    case .product, .and: return "1"
    case .maximum, .argMax: return extreme(lowest: true, dialect)
    case .minimum, .argMin: return extreme(lowest: false, dialect)
    }
  }

  private func extreme(lowest: Bool, _ dialect: Dialect) -> String {
    switch dtype.kind {
    case .floating: return (lowest ? "-" : "") + dialect.infinity(dtype)
    case .bool: return lowest ? "0" : "1"
    case .unsigned: return lowest ? "0" : "(\(dtype.cName))~(th_u64)0"
    default:
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
}
