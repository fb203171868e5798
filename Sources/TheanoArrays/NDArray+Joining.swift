extension NDArray {
  /// Arrays one after another along an axis that they have; the other axes must have the same lengths. The dtype is
  /// what theirs promote to.
  public static func concatenated(
    _ arrays: [NDArray], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.concatenated(arrays, axis: axis) }
  }

  /// Arrays of one shape beside each other along a new axis.
  public static func stacked(
    _ arrays: [NDArray], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.stacked(arrays, axis: axis) }
  }

  /// The array cut along an axis into parts of equal length. Views.
  public func split(into count: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line)
    -> [NDArray]
  {
    trapping(file, line) { () throws(TheanoError) in try checked.split(into: count, axis: axis) }
  }

  /// The array cut along an axis before the given places; places beyond the end give empty parts. Views.
  public func split(at places: [Int], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line)
    -> [NDArray]
  {
    trapping(file, line) { () throws(TheanoError) in try checked.split(at: places, axis: axis) }
  }
}

extension NDArray.Checked {
  /// As ``NDArray/concatenated(_:axis:)``.
  public static func concatenated(_ arrays: [NDArray], axis: Int = 0) throws(TheanoError) -> NDArray {
    guard let first = arrays.first else {
      throw TheanoError(.argument, in: "concatenated", "no arrays to join", hint: "give it at least one")
    }
    guard first.ndim > 0 else {
      throw TheanoError(
        .shape, in: "concatenated", "0-d arrays have no axis to be joined along", hint: "use stacked(_:axis:)"
      )
    }
    let axis = try resolvedAxis(axis, ndim: first.ndim, in: "concatenated")
    var shape = first.shape
    var kind = (dtype: first.dtype, isWeak: first.isWeak)
    for (position, array) in arrays.enumerated().dropFirst() {
      guard array.ndim == shape.count,
        (0..<shape.count).allSatisfy({ $0 == axis || array.object.extent($0) == shape[$0] })
      else {
        throw TheanoError(
          .shape, in: "concatenated",
          "array 0 of shape \(shapeText(first.object.extents)) and array \(position) of shape "
            + "\(shapeText(array.object.extents)) do not fit along axis \(axis)",
          hint: "all axes but axis \(axis) must have the same lengths")
      }
      let (length, overflow) = shape[axis].addingReportingOverflow(array.object.extent(axis))
      guard !overflow else {
        throw TheanoError(
          .shape, in: "concatenated", "the arrays together are longer along axis \(axis) than can be counted")
      }
      shape[axis] = length
      kind = DType.promoted(kind, (array.dtype, array.isWeak))
    }
    let result = try NDArray.allocate(shape, dtype: kind.dtype)
    let strides = result.strides
    var offset = 0
    for array in arrays {
      array.write(to: result.data + offset * kind.dtype.itemSize, kind.dtype, strides: strides)
      offset += array.object.extent(axis) * strides[axis]
    }
    return result.made(weak: kind.isWeak)
  }

  /// As ``NDArray/stacked(_:axis:)``.
  public static func stacked(_ arrays: [NDArray], axis: Int = 0) throws(TheanoError) -> NDArray {
    guard let first = arrays.first else {
      throw TheanoError(.argument, in: "stacked", "no arrays to join", hint: "give it at least one")
    }
    let axis = try resolvedAxis(axis, ndim: first.ndim + 1, in: "stacked")
    var parts: [NDArray] = []
    for (position, array) in arrays.enumerated() {
      guard array.object.extents.elementsEqual(first.object.extents) else {
        throw TheanoError(
          .shape, in: "stacked",
          "array 0 has shape \(shapeText(first.object.extents)), array \(position) has shape "
            + shapeText(array.object.extents), hint: "give all arrays one shape")
      }
      parts.append(try array.checked.expanded([axis]))
    }
    return try concatenated(parts, axis: axis)
  }

  /// As ``NDArray/split(into:axis:)``.
  public func split(into count: Int, axis: Int = 0) throws(TheanoError) -> [NDArray] {
    let axis = try resolvedAxis(axis, ndim: array.ndim, in: "split")
    let extent = array.object.extent(axis)
    guard count > 0, extent % count == 0 else {
      throw TheanoError(
        .argument, in: "split",
        "axis \(axis) of shape \(shapeText(array.object.extents)) cannot be cut into \(count) "
          + "equal parts", hint: "cut it at places of your choice: split(at:axis:)")
    }
    // An axis of length 0 can be cut into any number of parts, and each is an object of some 128 bytes.
    try requireMemory(count, times: 128, in: "split", "parts")
    let length = extent / count
    return try split(at: (1..<count).map { $0 * length }, axis: axis)
  }

  /// As ``NDArray/split(at:axis:)``.
  public func split(at places: [Int], axis: Int = 0) throws(TheanoError) -> [NDArray] {
    let axis = try resolvedAxis(axis, ndim: array.ndim, in: "split")
    let whole: [any ArrayIndex] = Array(
      repeating: IndexItem.slice(start: nil, stop: nil, step: 1), count: axis)
    let starts: [Int?] = [nil] + places
    let stops: [Int?] = places + [nil]
    var parts: [NDArray] = []
    for (start, stop) in zip(starts, stops) {
      parts.append(try part(whole + [IndexItem.slice(start: start, stop: stop, step: 1)]))
    }
    return parts
  }
}

extension NDArray {
  /// Writes the elements to memory with the given strides, converted.
  func write(to target: UnsafeMutableRawPointer, _ dtype: DType, strides: [Int]) {
    let (source, from) = (data, self.dtype)
    TheanoArrays.forEachRun(extents: object.geometry, ndim: ndim, strides, object.geometry + ndim) {
      convertElements(
        from: source + $1 * from.itemSize, from, step: $4, to: target + $0 * dtype.itemSize, dtype, step: $3,
        count: $2)
    }
    withExtendedLifetime(object) {}
  }
}
