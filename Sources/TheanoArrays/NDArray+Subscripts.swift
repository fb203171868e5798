extension NDArray {
  /// The part at a place along the first axis, such as a row of a matrix: a view. Negative places count from the end.
  ///
  /// Written, it takes any array that broadcasts to the part's shape, converted to this array's dtype.
  public subscript(index: Int, file file: StaticString = #fileID, line line: UInt = #line) -> NDArray {
    get {
      let base = object
      let header = base.pointer
      let ndim = header.pointee.ndim
      guard ndim > 0 else { misplaced(index, file, line) }
      let geometry = base.geometry
      let extent = geometry[0]
      let place = index < 0 ? index + extent : index
      guard place >= 0 && place < extent else { misplaced(index, file, line) }
      let offset = place * geometry[ndim]
      let dtype = header.pointee.dtype
      if ndim == 1 {
        // One element is smaller than a view of it.
        let result = ArrayObject.make(
          dtype: dtype, ndim: 0, size: 1, tailBytes: 16, isContiguous: true, isWeak: header.pointee.isWeak)
        TheanoArrays.copyElements(
          from: header.pointee.data + offset * dtype.itemSize, step: 1, to: result.data, step: 1,
          itemSize: dtype.itemSize, count: 1)
        withExtendedLifetime(base) {}
        return NDArray(object: result)
      }
      if header.pointee.isContiguous {
        // The strides of a contiguous array are canonical: the first one is the size of a part.
        let result = ArrayObject.make(
          dtype: dtype, ndim: ndim - 1, size: header.pointee.size == 0 ? 0 : geometry[ndim], tailBytes: 0,
          isContiguous: true, isWeak: header.pointee.isWeak)
        let target = result.geometry
        // A loop: for one or two axes faster than two calls of `memmove`.
        for axis in 1..<ndim {
          (target + (axis - 1)).initialize(to: geometry[axis])
          (target + (ndim + axis - 2)).initialize(to: geometry[ndim + axis])
        }
        result.pointer.pointee.adoptMemory(of: base, offset: offset * dtype.itemSize)
        return NDArray(object: result)
      }
      return view(ndim: ndim - 1, size: header.pointee.size / extent, offset: offset) { target in
        target.initialize(from: geometry + 1, count: ndim - 1)
        (target + (ndim - 1)).initialize(from: geometry + (ndim + 1), count: ndim - 1)
      }
    }
    set {
      if object.ndim == 1 && newValue.object.ndim == 0 && object.isContiguous && isUnique() {
        let extent = object.extent(0)
        let place = index < 0 ? index + extent : index
        guard place >= 0 && place < extent else { misplaced(index, file, line) }
        let dtype = dtype
        return convertElements(
          from: newValue.data, newValue.dtype, step: 1, to: data + place * dtype.itemSize, dtype, step: 1,
          count: 1)
      }
      trapping(file, line) { () throws(TheanoError) in try checked.assign(newValue, at: index) }
    }
  }

  /// The part that indices select: see ``ArrayIndex``. A view, unless an index is an array.
  ///
  /// Written, it takes any array that broadcasts to the part's shape, converted to this array's dtype.
  public subscript(
    indices: any PlainArrayIndex..., file file: StaticString = #fileID, line line: UInt = #line
  ) -> NDArray {
    get { trapping(file, line) { () throws(TheanoError) in try checked.part(indices) } }
    set { trapping(file, line) { () throws(TheanoError) in try checked.assign(newValue, at: indices) } }
  }

  /// The part that indices select where one of them is a variable that holds one of Swift's own ranges.
  ///
  /// The second choice: a range that is written in the brackets is an ``IndexItem``.
  @_disfavoredOverload
  public subscript(
    indices: any ArrayIndex..., file file: StaticString = #fileID, line line: UInt = #line
  ) -> NDArray {
    get { trapping(file, line) { () throws(TheanoError) in try checked.part(indices) } }
    set { trapping(file, line) { () throws(TheanoError) in try checked.assign(newValue, at: indices) } }
  }

  @inline(never)
  private func misplaced(_ index: Int, _ file: StaticString, _ line: UInt) -> Never {
    _ = trapping(file, line) { () throws(TheanoError) in try checked.part([index]) }
    fatalError("index \(index) is outside the array", file: file, line: line)
  }
}

extension NDArray.Checked {
  /// As ``NDArray/subscript(_:)-(PlainArrayIndex...)``.
  public subscript(indices: any PlainArrayIndex...) -> NDArray {
    get throws(TheanoError) { try part(indices) }
  }

  /// As ``NDArray/subscript(_:)-(ArrayIndex...)``.
  @_disfavoredOverload
  public subscript(indices: any ArrayIndex...) -> NDArray {
    get throws(TheanoError) { try part(indices) }
  }

  func part(_ indices: [any ArrayIndex]) throws(TheanoError) -> NDArray {
    let plan = try IndexPlan(indices, of: array.object)
    guard let gathered = plan.gathered else {
      return array.view(shape: plan.shape, strides: plan.strides, offset: plan.offset)
    }
    let result = try NDArray.allocate(plan.resultShape, dtype: array.dtype)
    let dtype = array.dtype
    let strides = result.strides
    forEachGathered(plan, gathered, strides) { source, target, count, sourceStep, targetStep in
      convertElements(
        from: array.data + source * dtype.itemSize, dtype, step: sourceStep,
        to: result.data + target * dtype.itemSize, dtype, step: targetStep, count: count)
    }
    return result
  }

  /// Writes the part that indices select; `value` broadcasts to its shape (leading axes of length 1 too many are dropped)
  /// and is converted to this array's dtype.
  public mutating func assign(_ value: NDArray, at indices: any PlainArrayIndex...) throws(TheanoError) {
    try assign(value, at: indices)
  }

  /// As ``assign(_:at:)-(_,PlainArrayIndex...)``, also for variables that hold Swift's own ranges.
  @_disfavoredOverload
  public mutating func assign(_ value: NDArray, at indices: any ArrayIndex...) throws(TheanoError) {
    try assign(value, at: indices)
  }

  mutating func assign(_ value: NDArray, at indices: [any ArrayIndex]) throws(TheanoError) {
    // All that can be wrong is found before anything is written or copied.
    let shape = try IndexPlan(indices, of: array.object).resultShape
    let value = value.droppingLeadingOnes(beyond: shape.count)
    guard let strides = shape.withUnsafeBufferPointer({ broadcastStrides(value.object, to: $0) }) else {
      throw TheanoError(
        .shape, in: "assign",
        "a value of shape \(shapeText(value.object.extents)) does not broadcast to the part's "
          + "shape \(shapeText(shape))")
    }
    try makeUnique()
    let plan = try IndexPlan(indices, of: array.object)
    let (from, to) = (value.dtype, array.dtype)
    let (source, target) = (value.data, array.data)
    func write(_ targetOffset: Int, _ sourceOffset: Int, _ count: Int, _ targetStep: Int, _ sourceStep: Int) {
      convertElements(
        from: source + sourceOffset * from.itemSize, from, step: sourceStep,
        to: target + targetOffset * to.itemSize, to, step: targetStep, count: count)
    }
    if let gathered = plan.gathered {
      forEachGathered(plan, gathered, strides, write)
    } else {
      forEachRun(extents: shape, ndim: shape.count, plan.strides, strides) {
        write(plan.offset + $0, $1, $2, $3, $4)
      }
    }
    withExtendedLifetime((value, array)) {}
  }
}

extension NDArray {
  /// The array without those leading axes of length 1 that are too many for `ndim` axes: NumPy assigns it like that.
  fileprivate func droppingLeadingOnes(beyond ndim: Int) -> NDArray {
    let surplus = object.ndim - ndim
    guard surplus > 0, (0..<surplus).allSatisfy({ object.extent($0) == 1 }) else { return self }
    return view(shape: Array(shape.dropFirst(surplus)), strides: Array(strides.dropFirst(surplus)))
  }
}

/// Walks the elements that a plan gathers beside an array of the result's shape and the given strides.
private func forEachGathered(
  _ plan: IndexPlan, _ gathered: IndexPlan.Gather, _ strides: [Int],
  _ body: (_ source: Int, _ other: Int, _ count: Int, _ sourceStep: Int, _ otherStep: Int) -> Void
) {
  let axes = gathered.shape.count
  let rest = Array(strides[..<gathered.axis]) + Array(strides[(gathered.axis + axes)...])
  let places = strides[gathered.axis..<(gathered.axis + axes)]
  // The offset in the other array of each gathered place.
  var position = 0
  let canonical = [Int](repeating: 0, count: axes)
  let offsets = gathered.offsets.data.assumingMemoryBound(to: Int.self)
  defer { withExtendedLifetime(gathered.offsets) {} }
  forEachRun(extents: gathered.shape, ndim: axes, Array(places), canonical) { first, _, count, step, _ in
    for i in 0..<count {
      let source = plan.offset + offsets[position]
      let other = first + i * step
      position += 1
      if plan.shape.isEmpty {
        body(source, other, 1, 1, 1)
      } else {
        forEachRun(extents: plan.shape, ndim: plan.shape.count, plan.strides, rest) {
          body(source + $0, other + $1, $2, $3, $4)
        }
      }
    }
  }
}
