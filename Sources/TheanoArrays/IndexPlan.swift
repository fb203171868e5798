/// What a list of indices selects from an array of a given geometry.
///
/// Places and slices give a strided selection at once: `shape`, `strides`, `offset`. Index arrays add `gathered`: the
/// offsets they lead to, whose axes stand at `gatherAxis` among those of the selection.
struct IndexPlan {
  /// The selection without its gathered axes.
  var shape: [Int] = []
  var strides: [Int] = []
  var offset = 0
  var gathered: Gather?

  struct Gather {
    /// The common shape of the index arrays.
    var shape: [Int]
    /// The offset, in elements, of each place, in C order.
    var offsets: [Int]
    /// Before which axis of the rest the gathered axes stand.
    var axis: Int
  }

  /// The shape of what is selected.
  var resultShape: [Int] {
    guard let gathered else { return shape }
    return Array(shape[..<gathered.axis]) + gathered.shape + Array(shape[gathered.axis...])
  }

  init(_ indices: [any ArrayIndex], of source: ArrayObject) throws(TheanoError) {
    var items = indices.map(\.indexItem)
    try IndexPlan.expand(&items, of: source)
    let isGathering = items.contains { if case .array = $0 { true } else { false } }
    var lists: [(indices: NDArray, axis: Int)] = []
    // Where index arrays stand among the axes of the rest: once, together, or apart.
    var places: [Int] = []
    var lastWasList = false
    var axis = 0
    for item in items {
      switch item {
      case .at(let index):
        let place = try IndexPlan.place(index, axis: axis, of: source)
        offset += place * source.stride(axis)
        axis += 1
        // Beside index arrays an integer is one of them, of no axes: NumPy's rule, which decides where their axes go.
        if isGathering && !lastWasList { places.append(shape.count) }
        lastWasList = lastWasList || isGathering
        continue
      case .array(let indices):
        lists.append((indices, axis))
        axis += 1
        if !lastWasList { places.append(shape.count) }
        lastWasList = true
        continue
      case .insertion:
        shape.append(1)
        strides.append(0)
      case .slice(let start, let stop, let step):
        let (first, count) = try IndexPlan.slice(start, stop, step, axis: axis, of: source)
        offset += first * source.stride(axis)
        shape.append(count)
        strides.append(step * source.stride(axis))
        axis += 1
      case .rest: preconditionFailure("expanded above")
      }
      lastWasList = false
    }
    if !lists.isEmpty { gathered = try gather(lists, at: places.count == 1 ? places[0] : 0, of: source) }
  }

  /// Replaces the ellipsis, or the missing end, by whole axes, and boolean arrays by the places that they mark.
  private static func expand(_ items: inout [IndexItem], of source: ArrayObject) throws(TheanoError) {
    var named = 0
    var ellipses = 0
    for item in items {
      switch item {
      case .insertion: break
      case .rest: ellipses += 1
      case .array(let mask) where mask.dtype == .bool: named += mask.ndim
      case .array, .at, .slice: named += 1
      }
    }
    if ellipses > 1 { throw TheanoError(.index, in: "subscript", "an index can hold only one .ellipsis") }
    guard named <= source.ndim else {
      throw TheanoError(
        .index, in: "subscript",
        "\(named) indices for an array of \(source.ndim) axes (shape \(shapeText(source.extents)))")
    }
    if ellipses == 0 { items.append(.rest) }
    var expanded: [IndexItem] = []
    var axis = 0
    for item in items {
      switch item {
      case .insertion: expanded.append(item)
      case .rest:
        expanded.append(contentsOf: repeatElement(.all, count: source.ndim - named))
        axis += source.ndim - named
      case .array(let mask) where mask.dtype == .bool:
        guard mask.ndim > 0,
          (0..<mask.ndim).allSatisfy({ mask.object.extent($0) == source.extent(axis + $0) })
        else {
          throw TheanoError(
            .index, in: "subscript",
            "a boolean index of shape \(shapeText(mask.object.extents)) does not fit the axes from \(axis) on of an "
              + "array of shape \(shapeText(source.extents))",
            mend: "give it the lengths of the axes that it stands for")
        }
        expanded.append(contentsOf: mask.nonzero().map { .array($0) })
        axis += mask.ndim
      case .array(let list):
        guard list.dtype.isInteger || list.size == 0 else {
          throw TheanoError(
            .dtype, in: "subscript", "an index array of \(list.dtype)",
            mend: "use integers or booleans as indices")
        }
        expanded.append(item)
        axis += 1
      case .at, .slice:
        expanded.append(item)
        axis += 1
      }
    }
    items = expanded
  }

  static func place(_ index: Int, axis: Int, of source: ArrayObject) throws(TheanoError) -> Int {
    let extent = source.extent(axis)
    let place = index < 0 ? index + extent : index
    guard place >= 0 && place < extent else {
      throw TheanoError(
        .index, in: "subscript",
        "index \(index) is outside axis \(axis), of length \(extent), of an array of shape "
          + shapeText(source.extents))
    }
    return place
  }

  /// The first place of a slice and the number of places, by Python's rules.
  static func slice(
    _ start: Int?, _ stop: Int?, _ step: Int, axis: Int, of source: ArrayObject
  ) throws(TheanoError) -> (first: Int, count: Int) {
    guard step != 0, step != .min else {
      throw TheanoError(.index, in: "subscript", "a slice with step \(step)", mend: "use a step of 1 or -1")
    }
    let extent = source.extent(axis)
    func cut(_ bound: Int, lowest: Int, highest: Int) -> Int {
      let place = bound < 0 ? bound + extent : bound
      return min(max(place, lowest), highest)
    }
    if step > 0 {
      let first = start.map { cut($0, lowest: 0, highest: extent) } ?? 0
      let end = stop.map { cut($0, lowest: 0, highest: extent) } ?? extent
      let count = end > first ? (end - first - 1) / step + 1 : 0
      return (count == 0 ? 0 : first, count)
    }
    let first = start.map { cut($0, lowest: -1, highest: extent - 1) } ?? extent - 1
    let end = stop.map { cut($0, lowest: -1, highest: extent - 1) } ?? -1
    let count = first > end ? (first - end - 1) / -step + 1 : 0
    return (count == 0 ? 0 : first, count)
  }

  private func gather(
    _ lists: [(indices: NDArray, axis: Int)], at axis: Int, of source: ArrayObject
  ) throws(TheanoError) -> Gather {
    guard let common = NDArray.broadcastShape(lists.map(\.indices.shape)) else {
      throw TheanoError(
        .index, in: "subscript",
        "index arrays of shapes "
          + lists.map { shapeText($0.indices.object.extents) }.joined(separator: ", ")
          + " do not broadcast together")
    }
    var offsets = [Int](repeating: 0, count: common.reduce(1, *))
    for (indices, sourceAxis) in lists {
      let stride = source.stride(sourceAxis)
      let places = [Int](try indices.astype(.int64).checked.broadcast(to: common))
      for (position, index) in places.enumerated() {
        // An `uint64` too large for `Int` has become negative; its true value is nowhere an index.
        if index < 0 && indices.dtype == .uint64 {
          throw TheanoError(
            .index, in: "subscript",
            "index \(UInt64(bitPattern: Int64(index))) is outside axis \(sourceAxis) of an "
              + "array of shape \(shapeText(source.extents))")
        }
        offsets[position] += try IndexPlan.place(index, axis: sourceAxis, of: source) * stride
      }
    }
    return Gather(shape: common, offsets: offsets, axis: axis)
  }
}

extension NDArray {
  /// For each axis, the places along it of the elements that are not zero, in C order.
  public func nonzero() -> [NDArray] {
    let flags = [Bool](self)
    let count = flags.reduce(0) { $0 + ($1 ? 1 : 0) }
    let shape = shape
    var places = [[Int]](repeating: [], count: shape.count)
    for axis in places.indices { places[axis].reserveCapacity(count) }
    var index = [Int](repeating: 0, count: shape.count)
    for flag in flags {
      if flag {
        for axis in shape.indices { places[axis].append(index[axis]) }
      }
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
    return places.map { NDArray(copying: $0) }
  }
}
