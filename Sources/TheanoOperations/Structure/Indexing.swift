import TheanoArrays
import TheanoGraph
import TheanoKernels

/// One entry of a subscript: what of an axis is meant.
///
/// Integers, ranges (`1..<3`, `2...`, `..<4`), `.all`, `.ellipsis`, `.newAxis`, `.slice(from:to:step:)`, scalar integer
/// expressions, and integer arrays or vectors of positions.
public struct AxisIndex: Sendable {
  enum Form: Sendable {
    case position(TensorVariable)
    case slice(TensorVariable?, TensorVariable?, Int)
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
    case .ellipsis, .newAxis: []
    }
  }

  /// How it is written: what stands before, between and after its expressions.
  fileprivate var written: [String] {
    switch form {
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
    case .position, .slice: true
    }
  }
}

extension AxisIndex: ExpressibleByIntegerLiteral {
  /// One position; negative ones count from the end.
  public init(integerLiteral value: Int) { form = .position(.constant(NDArray(scalar: Int64(value)))) }
}

/// What can stand in the brackets of `x[...]`.
public protocol AxisIndexConvertible {
  /// The entry that it means.
  var axisIndex: AxisIndex { get }
}

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
  fileprivate static let longestStep = 1 << 48
}

extension AxisIndex: AxisIndexConvertible {
  /// Itself.
  public var axisIndex: AxisIndex { self }
}
extension Int: AxisIndexConvertible {
  /// One position.
  public var axisIndex: AxisIndex { AxisIndex(integerLiteral: self) }
}
extension TensorVariable: AxisIndexConvertible {
  /// One position (a scalar), or the positions that an integer array names.
  public var axisIndex: AxisIndex { AxisIndex(form: .position(self)) }
}
extension NDArray: AxisIndexConvertible {
  /// The positions that an integer array names.
  public var axisIndex: AxisIndex { AxisIndex(form: .position(tensorVariable)) }
}
extension Array: AxisIndexConvertible where Element == Int {
  /// The positions that the list names.
  public var axisIndex: AxisIndex { AxisIndex(form: .position(.constant(ndarray.strong()))) }
}
extension Range: AxisIndexConvertible where Bound == Int {
  /// The positions of the range.
  public var axisIndex: AxisIndex { .slice(from: lowerBound, to: upperBound) }
}
extension ClosedRange: AxisIndexConvertible where Bound == Int {
  /// The positions of the range.
  public var axisIndex: AxisIndex { .slice(from: lowerBound, to: AxisIndex.bound(after: upperBound)) }
}
extension PartialRangeFrom: AxisIndexConvertible where Bound == Int {
  /// The positions from the bound on.
  public var axisIndex: AxisIndex { .slice(from: lowerBound) }
}
extension PartialRangeUpTo: AxisIndexConvertible where Bound == Int {
  /// The positions before the bound.
  public var axisIndex: AxisIndex { .slice(to: upperBound) }
}
extension PartialRangeThrough: AxisIndexConvertible where Bound == Int {
  /// The positions up to the bound.
  public var axisIndex: AxisIndex { .slice(to: AxisIndex.bound(after: upperBound)) }
}

extension TensorVariable {
  /// Part of the array: `x[0]`, `x[1..<3, .all]`, `x[.ellipsis, .newAxis]`, `x[indices]`.
  ///
  /// Fewer entries than axes mean the first axes. An index outside its axis is an error, while building if it can be
  /// known, else at the call; bounds of slices outside are moved in.
  @_disfavoredOverload
  public subscript(_ entries: any AxisIndexConvertible..., fileID fileID: String = #fileID,
    line line: Int = #line
  ) -> TensorVariable {
    TheanoOperations.T.subtensor(self, entries.map(\.axisIndex), .here(fileID, line))
  }

  /// Part of the array, from entries of the form `.all`, `.newAxis`, `.slice(...)` and integers.
  public subscript(_ entries: AxisIndex..., fileID fileID: String = #fileID, line line: Int = #line)
    -> TensorVariable
  {
    TheanoOperations.T.subtensor(self, entries, .here(fileID, line))
  }
}

extension T {
  package static func subtensor(_ x: TensorVariable, _ entries: [AxisIndex], _ note: SourceNote)
    -> TensorVariable
  {
    let named = entries.flatMap(\.variables)
    if x.node.isPoisoned || named.contains(where: { $0.node.isPoisoned }) {
      return .carrying("subtensor", [x] + named, note: note)
    }
    /// The subscript as it was written, with the entry underlined that is to blame, if it is one and has an expression.
    func impossible(_ what: String, _ hint: String?, at entry: Int? = nil) -> TensorVariable {
      var written = ["", "["]
      for (k, entry) in entries.enumerated() {
        let parts = entry.written
        written[written.count - 1] += (k == 0 ? "" : ", ") + parts[0]
        written += parts.dropFirst()
      }
      written[written.count - 1] += "]"
      let before = entry.map { entries[..<$0].reduce(0) { $0 + $1.variables.count } }
      let blamed = entry.flatMap { entries[$0].variables.isEmpty ? nil : 1 + (before ?? 0) }
      return .impossible(
        "subtensor", Fault(.index, what, hint: hint, operand: blamed ?? 0), operands: [x] + named,
        written: written, note: note)
    }
    let indexed = entries.filter(\.takesAxis).count
    if indexed > x.ndim {
      return impossible(
        "\(indexed) \(indexed == 1 ? "index" : "indices") for \(x.type.brief), which has \(x.ndim) "
          + (x.ndim == 1 ? "axis" : "axes"), "give at most one index for each axis")
    }
    var selected: [Selection.Entry] = []
    var operands: [TensorVariable] = []
    // After the selection: which axes of the result are new.
    var order: [Int?] = []
    var resultAxes = 0
    var sawEllipsis = false
    func operand(_ v: TensorVariable) -> Int {
      operands.append(v)
      return operands.count
    }
    func keep(_ count: Int) {
      for _ in 0..<count {
        order.append(resultAxes)
        resultAxes += 1
      }
    }
    func fill() {
      for _ in 0..<(x.ndim - indexed) {
        selected.append(.full)
        keep(1)
      }
    }
    for (k, entry) in entries.enumerated() {
      switch entry.form {
      case .newAxis: order.append(nil)
      case .ellipsis:
        if sawEllipsis {
          return impossible(
            "only one .ellipsis can stand in a subscript", "write .all for the other axes", at: k)
        }
        sawEllipsis = true
        fill()
      case .slice(nil, nil, 1):
        selected.append(.full)
        keep(1)
      case .slice(let start, let stop, let step):
        if step == 0 {
          return impossible("a slice cannot have step 0", "give a step of at least 1, or at most -1", at: k)
        }
        for bound in [start, stop].compactMap({ $0 }) where bound.ndim != 0 || !bound.dtype.isInteger {
          return impossible(
            "the bound of a slice is \(bound.type.brief), not an integer scalar",
            "cast it: T.cast(bound, .int64)", at: k)
        }
        func bound(_ v: TensorVariable?) -> Int? {
          v.map { operand(folded(Promotion.position($0, note))) }
        }
        let longest = AxisIndex.longestStep
        selected.append(
          .slice(
            start: bound(start), stop: bound(stop), step: Swift.min(Swift.max(step, -longest), longest)))
        keep(1)
      case .position(let v):
        if v.dtype == .bool, v.ndim == 1 {
          if selected.contains(where: { if case .gather = $0 { true } else { false } }) {
            return impossible(
              "only one array can stand in a subscript", "index with one array after the other", at: k)
          }
          selected.append(.gather(operand: operand(SourceNote.with(note) { nonzero(v)[0] })))
          keep(1)
        } else if !v.dtype.isInteger {
          return impossible(
            "an index is \(v.type.brief), not an integer",
            "cast it to int64, or compare to get a boolean vector", at: k)
        } else if v.ndim == 0 {
          selected.append(.index(operand: operand(Promotion.position(v, note))))
        } else {
          if selected.contains(where: { if case .gather = $0 { true } else { false } }) {
            return impossible(
              "only one array can stand in a subscript", "index with one array after the other", at: k)
          }
          selected.append(.gather(operand: operand(v.dtype == .uint64 ? Promotion.position(v, note) : v)))
          keep(v.ndim)
        }
      }
    }
    if !sawEllipsis { fill() }
    var result = x
    if selected.contains(where: { $0 != .full }) {
      result = TensorVariable(Subtensor(selection: Selection(entries: selected)), [x] + operands, note: note)
    }
    return order.contains(nil) ? SourceNote.with(note) { dimshuffle(result, order) } : result
  }

  /// The positions from one bound to another along one axis.
  package static func slice(
    _ x: TensorVariable, axis: Int, from start: TensorVariable, to stop: TensorVariable
  ) -> TensorVariable {
    var entries = [AxisIndex](repeating: .all, count: x.ndim)
    entries[axis] = .slice(from: start, to: stop)
    return subtensor(x, entries, SourceNote.ambient ?? .none)
  }

  private static func update(
    _ part: TensorVariable, _ mode: UpdateSubtensor.Mode, _ value: any TensorConvertible, _ note: SourceNote
  ) -> TensorVariable {
    let name = mode == .set ? "setSubtensor" : "incSubtensor"
    if part.node.isPoisoned { return .carrying(name, [part, value.tensorVariable], note: note) }
    guard let owner = part.node.owner, let op = owner.op as? Subtensor else {
      return .impossible(
        name,
        Fault(
          .argument, "the first argument is no part of an array",
          hint: "write it as a subscript: T.\(name)(x[1..<3], ...); new axes cannot be set", operand: 0),
        operands: [part],
        note: note)
    }
    let x = owner.inputs[0]
    let value = value.tensorVariable
    // A number written in Swift takes the array's dtype, but a fraction is no integer.
    let fits =
      value.isWeak
      ? !value.dtype.isFloating || x.dtype.isFloating : DType.promoted(value.dtype, x.dtype) == x.dtype
    guard fits || value.node.isPoisoned else {
      return .impossible(
        name,
        Fault(
          .dtype, "a part of \(x.type.brief) cannot take \(value.type.brief)",
          hint: "cast the new value: T.cast(value, .\(x.dtype))", operand: 1), operands: [part, value],
        note: note)
    }
    return TensorVariable(
      UpdateSubtensor(selection: op.selection.shifted(by: 1), mode: mode),
      [x, Promotion.convert(value, to: x.dtype, note)] + owner.inputs.dropFirst(), note: note)
  }

  /// The array of which `part` is a part, with that part replaced: `T.setSubtensor(x[0], to: 1)`. Of a position that is named
  /// more than once, the last value stays, and that value has the slope.
  ///
  /// - Parameters:
  ///   - part: A subscript of the array.
  ///   - value: What the part becomes; it broadcasts to the part.
  public static func setSubtensor(
    _ part: TensorVariable, to value: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { update(part, .set, value, .here(fileID, line)) }

  /// The array of which `part` is a part, with that part incremented; positions named twice are incremented twice.
  ///
  /// - Parameters:
  ///   - part: A subscript of the array.
  ///   - value: What is added; it broadcasts to the part.
  public static func incSubtensor(
    _ part: TensorVariable, by value: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { update(part, .add, value, .here(fileID, line)) }

  /// Rows (or whatever lies along `axis`) at the positions that an integer array names.
  public static func take(
    _ x: any TensorConvertible, _ indices: any TensorConvertible, axis: Int = 0, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable {
    let (x, indices) = (x.tensorVariable, indices.tensorVariable)
    let note = SourceNote.here(fileID, line)
    if x.node.isPoisoned || indices.node.isPoisoned { return .carrying("take", [x, indices], note: note) }
    guard let position = x.type.position(ofAxis: axis) else {
      return .impossible("take", Fault(noAxis: axis, of: x.type, operand: 0), operands: [x], note: note)
    }
    var entries = [AxisIndex](repeating: .all, count: x.ndim)
    entries[position] = indices.axisIndex
    return subtensor(x, entries, note)
  }
}
