import TheanoArrays
import TheanoGraph
import TheanoKernels

/// A subscript that is read: from the entries as they were written to a selection and its operands.
private struct Subscript {
  let written: [AxisIndex]
  let note: SourceNote
  /// What is indexed: the array, with axes merged that a mask covers together.
  var base: TensorVariable
  /// One entry for each axis of the base that was passed.
  var selected: [Selection.Entry] = []
  var operands: [TensorVariable] = []
  /// The axes of the result: those of the selection, and `nil` for new ones.
  var order: [Int?] = []
  private var resultAxes = 0
  /// Integers and arrays of positions in the order in which they stand, as far as NumPy's rule wants to know it.
  private var places = PositionPlaces()

  init(_ x: TensorVariable, _ entries: [AxisIndex], _ note: SourceNote) {
    (base, written, self.note) = (x, entries, note)
  }

  /// What is wrong, and the entry that is to blame if it is one.
  struct Misfit: Error {
    var what: String
    var hint: String
    var entry: Int?
    init(_ what: String, hint: String, at entry: Int? = nil) {
      (self.what, self.hint, self.entry) = (what, hint, entry)
    }
  }

  mutating func read() throws(Misfit) {
    let indexed = written.reduce(0) { $0 + $1.axisCount }
    let rank = base.ndim
    if indexed > rank {
      throw Misfit(
        "\(indexed) \(indexed == 1 ? "index" : "indices") for \(base.type.brief), which has "
          + counted(rank, "axis", "axes"), hint: "give at most one index for each axis")
    }
    var sawEllipsis = false
    for (k, entry) in written.enumerated() {
      switch entry.form {
      case .newAxis:
        order.append(nil)
        places.part()
      case .ellipsis:
        if sawEllipsis {
          throw Misfit(
            "only one .ellipsis can stand in a subscript", hint: "write .all for the other axes", at: k)
        }
        sawEllipsis = true
        for _ in 0..<(rank - indexed) { keep(.full) }
        places.part()
      case .slice(nil, nil, 1): keep(.full)
      case .slice(let start, let stop, let step): try slice(start, stop, step, at: k)
      case .places:
        throw Misfit(
          "a stride of places selects no part of an expression",
          hint: "write a slice: .slice(from: 0, to: 9, step: 2)", at: k)
      case .position(let v): try position(v, at: k)
      }
    }
    if !sawEllipsis { for _ in 0..<(rank - indexed) { keep(.full) } }
    if places.areMoved {
      throw Misfit(
        "an integer and an array stand apart in a subscript: NumPy then puts the array's axes before all others",
        hint:
          "index with the integer first and with the array then, as in x[0][.all, positions]; T.dimshuffle moves its axes"
      )
    }
  }

  private mutating func operand(_ v: TensorVariable) -> Int {
    operands.append(v)
    return operands.count
  }

  /// An axis that stays.
  private mutating func keep(_ entry: Selection.Entry) {
    selected.append(entry)
    order.append(resultAxes)
    resultAxes += 1
    places.part()
  }

  private mutating func slice(
    _ start: TensorVariable?, _ stop: TensorVariable?, _ step: Int, at k: Int
  ) throws(Misfit) {
    if step == 0 {
      throw Misfit("a slice cannot have step 0", hint: "give a step of at least 1, or at most -1", at: k)
    }
    for bound in [start, stop].compactMap({ $0 }) where bound.ndim != 0 || !bound.dtype.isInteger {
      throw Misfit(
        "the bound of a slice is \(bound.type.brief), not an integer scalar",
        hint: bound.ndim == 0 ? "cast it: T.cast(bound, .int64)" : "index or reduce it to one number", at: k)
    }
    var bounds: [Int?] = []
    for bound in [start, stop] {
      bounds.append(bound.map { operand(T.folded(Promotion.position($0, note))) })
    }
    let longest = AxisIndex.longestStep
    keep(.slice(start: bounds[0], stop: bounds[1], step: Swift.min(Swift.max(step, -longest), longest)))
  }

  private mutating func position(_ v: TensorVariable, at k: Int) throws(Misfit) {
    if v.dtype == .bool {
      guard v.ndim > 0 else {
        throw Misfit(
          "an index is a bool scalar, not an integer",
          hint: "choose between whole arrays with T.ifElse, between elements with T.where", at: k)
      }
      try gather(try mask(v, at: k), rank: 1, at: k)
    } else if !v.dtype.isInteger {
      throw Misfit(
        "an index is \(v.type.brief), not an integer",
        hint: "cast it: T.cast(index, .int64), or compare to get booleans of the array's shape", at: k)
    } else if v.ndim == 0 {
      selected.append(.index(operand: operand(Promotion.position(v, note))))
      places.index()
    } else {
      try gather(v.dtype == .uint64 ? Promotion.position(v, note) : v, rank: v.ndim, at: k)
    }
  }

  private mutating func gather(_ positions: TensorVariable, rank: Int, at k: Int) throws(Misfit) {
    if places.hasArray {
      throw Misfit(
        "only one array can stand in a subscript",
        hint:
          "for pairs of positions index the flattened matrix: T.reshape(x, [-1])[rows * x.shape[1] + columns]; for every row "
          + "with every column index twice: x[rows][.all, columns]", at: k)
    }
    places.array(before: order.count)
    selected.append(.gather(operand: operand(positions)))
    for _ in 0..<rank {
      order.append(resultAxes)
      resultAxes += 1
    }
  }

  /// The positions that a mask marks along the next axis, which it has merged from as many axes as it has itself.
  private mutating func mask(_ v: TensorVariable, at k: Int) throws(Misfit) -> TensorVariable {
    let axis = selected.count
    let (count, dims) = (v.ndim, base.type.dims)
    for (own, length) in v.type.dims.enumerated() {
      guard let m = length.constant, let n = dims[axis + own].constant, m != n else { continue }
      let (what, hint) = Mask.misfit(m, n, axis: axis + own, ofMask: own, rank: count)
      throw Misfit(what, hint: hint, at: k)
    }
    let x = base
    return SourceNote.with(note) {
      var fitted = TensorVariable(Mask(axis: axis), [v, x], note: note)
      if count > 1 {
        let lengths = T.lengths(of: x)
        let merged = lengths[axis..<(axis + count)].reduce(TensorVariable.one) { $0 * $1 }
        let shape = lengths[..<axis] + [merged] + lengths[(axis + count)...]
        base = TensorVariable(Reshape(mergesAxes: true), [x] + shape.map(T.folded), note: note)
        fitted = T.reshape(fitted, [-1])
      }
      return T.nonzero(fitted)[0]
    }
  }
}

extension TensorVariable {
  /// A length of 1.
  fileprivate static var one: TensorVariable { .constant(NDArray(scalar: Int64(1))) }
}

/// Where integers and arrays of positions stand in a subscript. NumPy counts both as positions, beside an array: where others
/// part them, the array's axes come first in the result.
private struct PositionPlaces {
  private(set) var hasArray = false
  private var groups = 0
  private var isInGroup = false
  /// Whether an axis of the result stands before the array's.
  private var isPreceded = false

  mutating func part() { isInGroup = false }

  mutating func index() {
    if !isInGroup { groups += 1 }
    isInGroup = true
  }

  mutating func array(before axes: Int) {
    index()
    hasArray = true
    isPreceded = axes > 0
  }

  /// Whether the array's axes would stand elsewhere than the array.
  var areMoved: Bool { hasArray && groups > 1 && isPreceded }
}

extension T {
  /// Part of an array. Always an application of its own, also of a whole array: what `setSubtensor` changes is the array
  /// that the subscript was written after.
  package static func subtensor(_ x: TensorVariable, _ entries: [AxisIndex], _ note: SourceNote)
    -> TensorVariable
  {
    let named = entries.flatMap(\.variables)
    if x.node.isPoisoned || named.contains(where: { $0.node.isPoisoned }) {
      return .carrying("subtensor", [x] + named, note: note)
    }
    var reader = Subscript(x, entries, note)
    do throws(Subscript.Misfit) {
      try reader.read()
    } catch {
      return impossible(x, entries, error, note)
    }
    let selection = Selection(entries: reader.selected)
    let result = TensorVariable(
      Subtensor(selection: selection), [reader.base] + reader.operands, note: note)
    let order = reader.order
    return order.contains(nil) ? SourceNote.with(note) { dimshuffle(result, order) } : result
  }

  /// The subscript as it was written, with the entry underlined that is to blame, if it is one and has an expression.
  private static func impossible(
    _ x: TensorVariable, _ entries: [AxisIndex], _ misfit: Subscript.Misfit, _ note: SourceNote
  ) -> TensorVariable {
    var written = ["", "["]
    for (k, entry) in entries.enumerated() {
      let parts = entry.written
      written[written.count - 1] += (k == 0 ? "" : ", ") + parts[0]
      written += parts.dropFirst()
    }
    written[written.count - 1] += "]"
    var blamed = 0
    if let entry = misfit.entry, !entries[entry].variables.isEmpty {
      blamed = 1 + entries[..<entry].reduce(0) { $0 + $1.variables.count }
    }
    return .impossible(
      "subtensor", Fault(.index, misfit.what, hint: misfit.hint, operand: blamed),
      operands: [x] + entries.flatMap(\.variables), written: written, note: note)
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
      let cause = value.node.owner == nil ? nil : Widening(of: value, beyond: x.dtype)
      return .impossible(
        name,
        Fault(
          .dtype, "a part of \(x.type.brief) cannot take \(value.type.brief)" + (cause?.text ?? ""),
          hint: Widening.hint(cause, x.dtype), operand: 1), operands: [part, value],
        note: note)
    }
    let result = TensorVariable(
      UpdateSubtensor(selection: op.selection.shifted(by: 1), mode: mode),
      [x, Promotion.convert(value, to: x.dtype, note)] + owner.inputs.dropFirst(), note: note)
    // A mask of several axes had them merged.
    guard let merging = x.node.owner, (merging.op as? Reshape)?.mergesAxes == true else { return result }
    return SourceNote.with(note) { reshape(result, lengths(of: merging.inputs[0])) }
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

  /// The elements, rows, or whatever lies along an axis, at the positions that an integer array names.
  ///
  /// - Parameters:
  ///   - x: An expression or an array.
  ///   - indices: Integers, negative ones counting from the end. Booleans are refused, as by NumPy: they mark places in a
  ///     subscript, `x[mask]`.
  ///   - axis: The axis, whose place the axes of `indices` take; `nil` for positions in the flattened array.
  public static func take(
    _ x: any TensorConvertible, _ indices: any TensorConvertible, axis: Int? = 0, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable {
    let (x, indices) = (x.tensorVariable, indices.tensorVariable)
    let note = SourceNote.here(fileID, line)
    if x.node.isPoisoned || indices.node.isPoisoned { return .carrying("take", [x, indices], note: note) }
    guard indices.dtype != .bool else {
      let fault = Fault(
        .index, "the positions are \(indices.type.brief), not integers",
        hint: "a mask stands in a subscript: x[mask]", operand: 1)
      return .impossible("take", fault, operands: [x, indices], note: note)
    }
    guard let axis else {
      return subtensor(SourceNote.with(note) { reshape(x, [-1]) }, [indices.axisIndex], note)
    }
    guard let position = x.type.position(ofAxis: axis) else {
      return .impossible("take", Fault(noAxis: axis, of: x.type, operand: 0), operands: [x], note: note)
    }
    var entries = [AxisIndex](repeating: .all, count: x.ndim)
    entries[position] = indices.axisIndex
    return subtensor(x, entries, note)
  }
}
