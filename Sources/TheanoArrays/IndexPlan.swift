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
    /// The offset, in elements, of each place, in C order. An `NDArray`, since allocating one can throw, unlike a Swift array.
    var offsets: NDArray
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
        take(try IndexPlan.slice(start, stop, step, axis: axis, of: source), step, axis: axis, of: source)
        axis += 1
      case .places(let first, let last, let step):
        take(try IndexPlan.places(first, last, step, axis: axis, of: source), step, axis: axis, of: source)
        axis += 1
      case .rest: break  // Its axes follow; even without any it parts the index arrays on its sides.
      }
      lastWasList = false
    }
    if !lists.isEmpty { gathered = try gather(lists, at: places.count == 1 ? places[0] : 0, of: source) }
    try NDArray.checkRank(shape.count + (gathered?.shape.count ?? 0), in: "subscript")
  }

  /// Adds an axis of evenly spaced places.
  private mutating func take(
    _ places: (first: Int, count: Int), _ step: Int, axis: Int, of source: ArrayObject
  ) {
    let stride = source.stride(axis)
    offset += places.first * stride
    shape.append(places.count)
    // The stride of a single place says nothing, and times a step beyond the axis it might not fit.
    strides.append(places.count > 1 ? step * stride : stride)
  }

  /// Puts whole axes behind the ellipsis or at the missing end, and replaces boolean arrays by the places that they mark.
  private static func expand(_ items: inout [IndexItem], of source: ArrayObject) throws(TheanoError) {
    var named = 0
    var ellipses = 0
    for item in items {
      switch item {
      case .insertion: break
      case .rest: ellipses += 1
      case .array(let mask) where mask.dtype == .bool: named += mask.ndim
      case .array, .at, .slice, .places: named += 1
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
        expanded.append(item)
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
            hint: "give it the lengths of the axes that it stands for")
        }
        expanded.append(contentsOf: try mask.checked.nonzero().map { .array($0) })
        axis += mask.ndim
      case .array(let list):
        guard list.dtype.isInteger || list.size == 0 else {
          throw TheanoError(
            .dtype, in: "subscript", "an index array of \(list.dtype)",
            hint: "use integers or booleans as indices")
        }
        expanded.append(item)
        axis += 1
      case .at, .slice, .places:
        expanded.append(item)
        axis += 1
      }
    }
    items = expanded
  }

  static func place(_ index: Int, axis: Int, of source: ArrayObject) throws(TheanoError) -> Int {
    let extent = source.extent(axis)
    let place = index < 0 ? index + extent : index
    guard place >= 0 && place < extent else { throw outside(index, axis: axis, of: source) }
    return place
  }

  private static func outside(_ index: some BinaryInteger, axis: Int, of source: ArrayObject) -> TheanoError {
    TheanoError(
      .index, in: "subscript",
      "index \(index) is outside axis \(axis), of length \(source.extent(axis)), of an array of shape "
        + shapeText(source.extents))
  }

  /// The first place of a slice and the number of places, by Python's rules.
  static func slice(
    _ start: Int?, _ stop: Int?, _ step: Int, axis: Int, of source: ArrayObject
  ) throws(TheanoError) -> (first: Int, count: Int) {
    guard step != 0, step != .min else {
      throw TheanoError(.index, in: "subscript", "a slice with step \(step)", hint: "use a step of 1 or -1")
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

  /// The first of the places of a stride that an axis has, and how many of them it has.
  private static func places(
    _ first: Int, _ last: Int, _ step: Int, axis: Int, of source: ArrayObject
  ) throws(TheanoError) -> (first: Int, count: Int) {
    guard first >= 0, last >= 0 else {
      throw TheanoError(
        .index, in: "subscript", "the places of a stride, from \(first) to \(last), must be at least 0",
        hint: "use .slice(from:to:step:) to count places from the end")
    }
    let end = source.extent(axis) - 1
    if step > 0 {
      return first > end ? (0, 0) : (first, (min(last, end) - first) / step + 1)
    }
    if last > end { return (0, 0) }
    // Counted from the other end: the last is a place of the axis, and as many before it as there are up to its end.
    let count = UInt(min(first, end) - last) / step.magnitude
    return (last + Int(count * step.magnitude), Int(count) + 1)
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
    let result = try NDArray.allocate(common, dtype: .int64, zeroed: true)
    let offsets = result.data.assumingMemoryBound(to: Int.self)
    for (indices, sourceAxis) in lists {
      let (extent, stride) = (source.extent(sourceAxis), source.stride(sourceAxis))
      // An `uint64` too large for `Int` becomes negative; its true value is nowhere an index.
      let isUnsigned = indices.dtype == .uint64
      var misplaced: Int?
      let places = try indices.checked.astype(.int64).checked.broadcast(to: common)
      places.forEachRun { first, position, count, step in
        let run = first.assumingMemoryBound(to: Int.self)
        for i in 0..<count {
          let index = run[i * step]
          let place = index < 0 ? index + extent : index
          if place < 0 || place >= extent || (isUnsigned && index < 0) {
            misplaced = misplaced ?? index
          } else {
            offsets[position + i] += place * stride
          }
        }
      }
      if let misplaced {
        throw isUnsigned
          ? IndexPlan.outside(UInt(bitPattern: misplaced), axis: sourceAxis, of: source)
          : IndexPlan.outside(misplaced, axis: sourceAxis, of: source)
      }
    }
    return Gather(shape: common, offsets: result, axis: axis)
  }
}

extension NDArray {
  /// For each axis, the places along it of the elements that are not zero, in C order.
  public func nonzero(file: StaticString = #fileID, line: UInt = #line) -> [NDArray] {
    trapping(file, line) { () throws(TheanoError) in try checked.nonzero() }
  }
}

extension NDArray.Checked {
  /// As ``NDArray/nonzero()``.
  public func nonzero() throws(TheanoError) -> [NDArray] {
    let flags = try astype(.bool).checked.contiguous()
    defer { withExtendedLifetime(flags) {} }
    // A byte from a file may be neither 0 nor 1.
    let bytes = UnsafeBufferPointer(start: flags.data.assumingMemoryBound(to: UInt8.self), count: flags.size)
    let count = bytes.reduce(0) { $1 != 0 ? $0 + 1 : $0 }
    let shape = flags.shape
    var places: [NDArray] = []
    for _ in shape { places.append(try NDArray.allocate([count], dtype: .int64)) }
    let targets = places.map { $0.data.assumingMemoryBound(to: Int.self) }
    var index = [Int](repeating: 0, count: shape.count)
    var found = 0
    for byte in bytes {
      if byte != 0 {
        for axis in shape.indices { targets[axis][found] = index[axis] }
        found += 1
      }
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
    return places
  }
}
