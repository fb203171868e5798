import TheanoArrays
import TheanoGraph
import TheanoKernels

/// One entry of a subscript: what of an axis is meant.
///
/// Integers, ranges (`1..<3`, `1 ..< -1`, `2...`, `..<4`), `.all`, `.ellipsis`, `.newAxis`, `.slice(from:to:step:)`, scalar
/// integer expressions and ranges of them (`i * b ..< (i + 1) * b`, `i...`), integer arrays of positions, and boolean arrays.
public struct AxisIndex: Sendable {
  enum Form: Sendable {
    case position(TensorVariable)
    case slice(TensorVariable?, TensorVariable?, Int)
    /// A stride of places of which none counts from the end, as arrays have it.
    case places(first: Int, last: Int, step: Int)
    case ellipsis
    case newAxis
  }
  let form: Form
}

extension AxisIndex {
  /// The expressions that it is made of.
  var variables: [TensorVariable] {
    switch form {
    case .position(let v): [v]
    case .slice(let start, let stop, _): [start, stop].compactMap { $0 }
    case .ellipsis, .newAxis, .places: []
    }
  }

  /// How it is written: what stands before, between and after its expressions.
  var written: [String] {
    switch form {
    case .places(let first, let last, let step):
      return ["stride(from: \(first), through: \(last), by: \(step))"]
    case .position: return ["", ""]
    case .ellipsis: return [".ellipsis"]
    case .newAxis: return [".newAxis"]
    case .slice(nil, nil, 1): return [".all"]
    case .slice(_?, nil, 1): return ["", "..."]
    case .slice(nil, _?, 1): return ["..<", ""]
    case .slice(_?, _?, 1): return ["", "..<", ""]
    case .slice(let start, let stop, let step):
      var parts = [".slice("]
      if start != nil {
        parts[0] += "from: "
        parts.append(", ")
      }
      if stop != nil {
        parts[parts.count - 1] += "to: "
        parts.append(", ")
      }
      parts[parts.count - 1] += "step: \(step))"
      return parts
    }
  }

  /// Whether it says something of one axis of the array.
  var takesAxis: Bool {
    switch form {
    case .ellipsis, .newAxis: false
    case .position, .slice, .places: true
    }
  }

  /// How many axes of the array it speaks of: a mask of as many as it has.
  var axisCount: Int {
    if case .position(let v) = form, v.dtype == .bool { return max(v.ndim, 1) }
    return takesAxis ? 1 : 0
  }
}

extension AxisIndex: ExpressibleByIntegerLiteral {
  /// One position; negative ones count from the end.
  public init(integerLiteral value: Int) { form = .position(.constant(NDArray(scalar: Int64(value)))) }
}

/// What can stand in the brackets of `x[...]`.
public protocol AxisIndexConvertible: Sendable {
  /// The entry that it means.
  var axisIndex: AxisIndex { get }
}

/// An ``AxisIndexConvertible`` that is none of Swift's own ranges of two bounds.
///
/// The subscripts prefer these, so that in `x[1 ..< -1]` the operator is this library's, which makes a slice of any two
/// bounds, and not that of Swift's `Range`, which ends the program where they do not ascend.
public protocol PlainAxisIndex: AxisIndexConvertible {}

// Here and not in `AxisIndex` itself, so that they can stand beside ranges: `x[1..<3, .all]`.
extension AxisIndexConvertible where Self == AxisIndex {
  /// The whole axis.
  public static var all: AxisIndex { AxisIndex(form: .slice(nil, nil, 1)) }
  /// As many whole axes as are not named otherwise.
  public static var ellipsis: AxisIndex { AxisIndex(form: .ellipsis) }
  /// A new axis of length 1.
  public static var newAxis: AxisIndex { AxisIndex(form: .newAxis) }

  /// Every `step`-th position from one bound up to, not including, the other.
  ///
  /// Negative bounds count from the end, bounds outside are moved in, as in Python.
  ///
  /// - Parameters:
  ///   - start: The first position; `nil` for the end that the step comes from.
  ///   - stop: The bound; `nil` for the end that the step goes to.
  ///   - step: Not 0; negative to run backwards.
  public static func slice(
    from start: (any TensorConvertible)? = nil, to stop: (any TensorConvertible)? = nil, step: Int = 1
  ) -> AxisIndex {
    AxisIndex(form: .slice(start?.tensorVariable, stop?.tensorVariable, step))
  }
}

extension AxisIndex {
  /// The bound of a slice that ends with a position; `nil` where that is the end of the axis.
  fileprivate static func bound(after position: Int) -> Int? {
    position == -1 || position == .max ? nil : position + 1
  }

  /// Steps are cut to this: no axis is so long that a larger one could be told from it.
  static let longestStep = 1 << 48
}

extension AxisIndex: PlainAxisIndex {
  /// Itself.
  public var axisIndex: AxisIndex { self }
}
extension Int: PlainAxisIndex {
  /// One position.
  public var axisIndex: AxisIndex { AxisIndex(integerLiteral: self) }
}
extension TensorVariable: PlainAxisIndex {
  /// One position (a scalar), or the positions that an array names or marks.
  public var axisIndex: AxisIndex { AxisIndex(form: .position(self)) }
}
extension NDArray: PlainAxisIndex {
  /// The positions that an array names or marks.
  public var axisIndex: AxisIndex { AxisIndex(form: .position(tensorVariable)) }
}
extension Array: AxisIndexConvertible, PlainAxisIndex where Element: NDArrayScalar {
  /// The positions that the list names or marks.
  public var axisIndex: AxisIndex {
    let list = isEmpty ? NDArray(copying: [Int]()) : NDArray(copying: self)
    return AxisIndex(form: .position(.constant(list)))
  }
}
extension Range: AxisIndexConvertible where Bound == Int {
  /// The positions of the range.
  public var axisIndex: AxisIndex { .slice(from: lowerBound, to: upperBound) }
}
extension ClosedRange: AxisIndexConvertible where Bound == Int {
  /// The positions of the range.
  public var axisIndex: AxisIndex { .slice(from: lowerBound, to: AxisIndex.bound(after: upperBound)) }
}
extension PartialRangeFrom: AxisIndexConvertible, PlainAxisIndex where Bound == Int {
  /// The positions from the bound on.
  public var axisIndex: AxisIndex { .slice(from: lowerBound) }
}
extension PartialRangeUpTo: AxisIndexConvertible, PlainAxisIndex where Bound == Int {
  /// The positions before the bound.
  public var axisIndex: AxisIndex { .slice(to: upperBound) }
}
extension PartialRangeThrough: AxisIndexConvertible, PlainAxisIndex where Bound == Int {
  /// The positions up to the bound.
  public var axisIndex: AxisIndex { .slice(to: AxisIndex.bound(after: upperBound)) }
}

extension IndexItem: PlainAxisIndex {
  /// The same entry of an expression's subscript.
  public var axisIndex: AxisIndex {
    switch self {
    case .at(let position): position.axisIndex
    case .slice(let start, let stop, let step): .slice(from: start, to: stop, step: step)
    case .places(let first, let last, let step):
      AxisIndex(form: .places(first: first, last: last, step: step))
    case .rest: .ellipsis
    case .insertion: .newAxis
    case .array(let array): array.axisIndex
    }
  }
}

// Ranges whose bounds are expressions. Generic, so that they are no candidates where nothing is an expression.
extension TensorVariable {
  /// The positions from one bound up to, not including, the other: `x[i * b ..< (i + 1) * b]`.
  @_disfavoredOverload
  public static func ..< <Bound: TensorConvertible>(start: TensorVariable, stop: Bound) -> AxisIndex {
    .slice(from: start, to: stop)
  }

  /// The positions from one bound up to, not including, the other: `x[1 ..< n]`.
  @_disfavoredOverload
  public static func ..< <Bound: BinaryInteger & TensorConvertible>(start: Bound, stop: TensorVariable)
    -> AxisIndex
  {
    .slice(from: start, to: stop)
  }

  /// The positions from one bound through the other, of which -1 is the last there is: `x[i ... j]`.
  @inline(never) @_disfavoredOverload
  public static func ... <Bound: TensorConvertible>(start: TensorVariable, last: Bound) -> AxisIndex {
    .slice(from: start, to: AxisIndex.bound(after: last.tensorVariable, .operatorSite()))
  }

  /// The positions from one bound through the other, of which -1 is the last there is: `x[1 ... j]`.
  @inline(never) @_disfavoredOverload
  public static func ... <Bound: BinaryInteger & TensorConvertible>(start: Bound, last: TensorVariable)
    -> AxisIndex
  {
    .slice(from: start, to: AxisIndex.bound(after: last, .operatorSite()))
  }

  /// The positions from a bound on: `x[i...]`.
  public static postfix func ... (start: TensorVariable) -> AxisIndex { .slice(from: start) }

  /// The positions before a bound: `x[..<n]`.
  public static prefix func ..< (stop: TensorVariable) -> AxisIndex { .slice(to: stop) }

  /// The positions through a bound, of which -1 is the last there is: `x[...j]`.
  @inline(never)
  public static prefix func ... (last: TensorVariable) -> AxisIndex {
    .slice(to: AxisIndex.bound(after: last, .operatorSite()))
  }
}

extension AxisIndex {
  /// The bound of a slice that ends with a position that may be an expression.
  fileprivate static func bound(after last: TensorVariable, _ note: SourceNote) -> TensorVariable {
    guard last.ndim == 0, last.dtype.isInteger, !last.node.isPoisoned else { return last }
    let last = Promotion.position(last, note)
    if let position = last.constantValue?.asLength {
      return .constant(NDArray(scalar: Int64(bound(after: position) ?? .max)))
    }
    return SourceNote.with(note) {
      TheanoOperations.T.where(
        TheanoOperations.T.ge(last, 0) .| TheanoOperations.T.lt(last, -1), last + 1, Int.max)
    }
  }
}

extension TensorVariable {
  /// Part of the array: `x[0]`, `x[1..<3, .all]`, `x[1 ..< -1]`, `x[.ellipsis, .newAxis]`, `x[indices]`, `x[x .> 0]`.
  ///
  /// Negative positions and bounds count from the end. Fewer entries than axes mean the first axes. An index outside its
  /// axis is an error, while building if it can be known, else at the call; bounds of slices outside are moved in. A boolean
  /// array stands for as many axes as it has, and has their lengths.
  public subscript(_ entries: any PlainAxisIndex..., fileID fileID: String = #fileID, line line: Int = #line)
    -> TensorVariable
  {
    TheanoOperations.T.subtensor(self, entries.map(\.axisIndex), .here(fileID, line))
  }

  /// Part of the array where an entry is a variable that holds one of Swift's own ranges.
  ///
  /// The second choice: a range that is written in the brackets is a slice of this library's.
  @_disfavoredOverload
  public subscript(_ entries: any AxisIndexConvertible..., fileID fileID: String = #fileID,
    line line: Int = #line
  )
    -> TensorVariable
  {
    TheanoOperations.T.subtensor(self, entries.map(\.axisIndex), .here(fileID, line))
  }
}
