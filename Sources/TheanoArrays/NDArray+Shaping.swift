// Shapes changed without copying. Each method here is its throwing twin in `Checked` under `trapping`.

extension NDArray {
  /// The same elements in C order, in another shape; one length may be -1 and is then found from the others.
  ///
  /// A view wherever strides can express it, which for a contiguous array is always.
  ///
  /// ```swift
  /// NDArray(0..<6).reshaped(2, -1)   // [[0 1 2]
  ///                                  //  [3 4 5]]
  /// ```
  public func reshaped(_ shape: Int..., file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    reshaped(shape, file: file, line: line)
  }

  /// The same elements in C order, in another shape; one length may be -1 and is then found from the others.
  public func reshaped(_ shape: [Int], file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try checked.reshaped(shape) }
  }

  /// The elements in C order along one axis.
  public func flattened(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try checked.flattened() }
  }

  /// The array with its axes in another order: `axes[i]` says which axis becomes axis `i`. Without arguments, in
  /// reverse order. A view.
  public func transposed(_ axes: Int..., file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    transposed(axes, file: file, line: line)
  }

  /// The array with its axes in another order: `axes[i]` says which axis becomes axis `i`. A view.
  public func transposed(_ axes: [Int], file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try checked.transposed(axes) }
  }

  /// The array with its axes in reverse order: the transpose of a matrix. A view.
  public var T: NDArray { transposed([]) }

  /// The array with two axes exchanged. A view.
  public func swappedAxes(_ a: Int, _ b: Int, file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try checked.swappedAxes(a, b) }
  }

  /// The array with one axis moved to another place, the others in their order. A view.
  public func movedAxis(_ axis: Int, to destination: Int, file: StaticString = #fileID, line: UInt = #line)
    -> NDArray
  {
    trapping(file, line) { () throws(TheanoError) in try checked.movedAxis(axis, to: destination) }
  }

  /// The array without the given axes, which must have length 1; without arguments, without all such axes. A view.
  public func squeezed(_ axes: Int..., file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try checked.squeezed(axes) }
  }

  /// The array with new axes of length 1, at the given places of the result. A view.
  public func expanded(_ axes: Int..., file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try checked.expanded(axes) }
  }

  /// The array repeated along axes of length 1, and along new leading axes, until it has the given shape. A view with
  /// zero strides, by NumPy's rules.
  public func broadcast(to shape: [Int], file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try checked.broadcast(to: shape) }
  }

  /// The array with the order of the elements reversed along an axis. A view.
  public func flipped(_ axis: Int, file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try checked.flipped(axis) }
  }

  /// The shape that arrays of the given shapes broadcast to; `nil` if they do not fit each other.
  public static func broadcastShape(_ shapes: [[Int]]) -> [Int]? {
    var result: [Int] = []
    for shape in shapes {
      if shape.count > result.count {
        result.insert(contentsOf: repeatElement(1, count: shape.count - result.count), at: 0)
      }
      let lead = result.count - shape.count
      for (axis, extent) in shape.enumerated() where extent != result[lead + axis] && extent != 1 {
        guard result[lead + axis] == 1 else { return nil }
        result[lead + axis] = extent
      }
    }
    return result
  }
}

extension NDArray {
  /// A view with the given geometry, from this array's element at `offset`. The geometry must stay inside it.
  package func view(shape: [Int], strides: [Int], offset: Int = 0) -> NDArray {
    view(ndim: shape.count, size: shape.reduce(1, *), offset: offset) { geometry in
      for axis in shape.indices {
        (geometry + axis).initialize(to: shape[axis])
        (geometry + shape.count + axis).initialize(to: strides[axis])
      }
    }
  }
}

extension NDArray.Checked {
  /// As ``NDArray/reshaped(_:)-(Int...)``.
  public func reshaped(_ shape: Int...) throws(TheanoError) -> NDArray { try reshaped(shape) }

  /// As ``NDArray/reshaped(_:)-([Int])``.
  public func reshaped(_ shape: [Int]) throws(TheanoError) -> NDArray {
    try NDArray.checkRank(shape.count, in: "reshaped")
    let shape = try resolved(shape)
    let source = array.object
    if source.isContiguous {
      return array.view(ndim: shape.count, size: array.size, offset: 0) { geometry in
        // The strides are canonical, and set so by the view.
        for (axis, extent) in shape.enumerated() { (geometry + axis).initialize(to: extent) }
        var stride = 1
        for axis in shape.indices.reversed() {
          (geometry + shape.count + axis).initialize(to: stride)
          stride *= max(shape[axis], 1)
        }
      }
    }
    if let strides = stridesReshaping(source, to: shape) { return array.view(shape: shape, strides: strides) }
    return try copied().checked.reshaped(shape)
  }

  /// The shape with its -1 replaced, if it has the right number of elements.
  private func resolved(_ shape: [Int]) throws(TheanoError) -> [Int] {
    func misfit(_ why: String, hint: String? = nil) -> TheanoError {
      TheanoError(
        .shape, in: "reshaped",
        "an array of shape \(shapeText(array.object.extents)) (\(array.size) elements) cannot take shape "
          + "\(shapeText(shape)): \(why)", hint: hint)
    }
    // The product of the lengths that are not 0, which must be countable for the sake of the strides.
    var product = 1
    var unknown: Int?
    for (axis, extent) in shape.enumerated() {
      if extent == -1 {
        if unknown != nil { throw misfit("only one length can be -1") }
        unknown = axis
      } else {
        if extent < 0 { throw misfit("a length is negative") }
        let (next, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
        if overflow || next > Int.max / array.dtype.itemSize { throw misfit("it has too many elements") }
        product = next
      }
    }
    let known = shape.contains(0) ? 0 : product
    guard let unknown else {
      if known != array.size {
        throw misfit("it has \(known)", hint: "one length may be -1, to be found from the others")
      }
      return shape
    }
    if known == 0 { throw misfit("-1 beside a length of 0 could be anything") }
    if array.size % known != 0 { throw misfit("\(array.size) is not a multiple of \(known)") }
    var shape = shape
    shape[unknown] = array.size / known
    return shape
  }

  /// The strides with which a strided array takes another shape without copying, if there are any.
  ///
  /// Both shapes are cut into the shortest groups of axes with equal numbers of elements; inside a group the old axes must
  /// follow one another without gaps.
  private func stridesReshaping(_ source: ArrayObject, to shape: [Int]) -> [Int]? {
    let old = (0..<source.ndim).filter { source.extent($0) != 1 }
    var strides = [Int](repeating: 0, count: shape.count)
    var i = 0
    var j = 0
    while i < old.count {
      var oldProduct = source.extent(old[i])
      var oldEnd = i + 1
      guard j < shape.count else { return nil }
      var newProduct = shape[j]
      var newEnd = j + 1
      while oldProduct != newProduct {
        if newProduct < oldProduct {
          newProduct *= shape[newEnd]
          newEnd += 1
        } else {
          oldProduct *= source.extent(old[oldEnd])
          oldEnd += 1
        }
      }
      for k in i..<(oldEnd - 1)
      where source.stride(old[k]) != source.stride(old[k + 1]) * source.extent(old[k + 1]) { return nil }
      var stride = source.stride(old[oldEnd - 1])
      for k in (j..<newEnd).reversed() {
        strides[k] = stride
        stride *= shape[k]
      }
      i = oldEnd
      j = newEnd
    }
    return strides
  }

  /// As ``NDArray/flattened()``.
  public func flattened() throws(TheanoError) -> NDArray { try reshaped([array.size]) }

  /// As ``NDArray/transposed(_:)-(Int...)``.
  public func transposed(_ axes: Int...) throws(TheanoError) -> NDArray { try transposed(axes) }

  /// As ``NDArray/transposed(_:)-([Int])``.
  public func transposed(_ axes: [Int]) throws(TheanoError) -> NDArray {
    let source = array.object
    let ndim = source.ndim
    var order: [Int] = axes.isEmpty ? (0..<ndim).reversed() : []
    var seen = [Bool](repeating: false, count: ndim)
    for axis in axes {
      let axis = try resolvedAxis(axis, ndim: ndim, in: "transposed")
      if seen[axis] {
        throw TheanoError(.argument, in: "transposed", "axis \(axis) is named twice in \(axes)")
      }
      seen[axis] = true
      order.append(axis)
    }
    guard order.count == ndim else {
      throw TheanoError(
        .argument, in: "transposed",
        "\(axes) does not name each axis of an array of shape "
          + "\(shapeText(source.extents))", hint: "name all \(ndim) axes, or none to reverse them")
    }
    return array.view(shape: order.map(source.extent), strides: order.map(source.stride))
  }

  /// As ``NDArray/swappedAxes(_:_:)``.
  public func swappedAxes(_ a: Int, _ b: Int) throws(TheanoError) -> NDArray {
    let ndim = array.ndim
    var order = Array(0..<ndim)
    order.swapAt(
      try resolvedAxis(a, ndim: ndim, in: "swappedAxes"), try resolvedAxis(b, ndim: ndim, in: "swappedAxes"))
    return try transposed(order)
  }

  /// As ``NDArray/movedAxis(_:to:)``.
  public func movedAxis(_ axis: Int, to destination: Int) throws(TheanoError) -> NDArray {
    let ndim = array.ndim
    var order = Array(0..<ndim)
    let moved = order.remove(at: try resolvedAxis(axis, ndim: ndim, in: "movedAxis"))
    order.insert(moved, at: try resolvedAxis(destination, ndim: ndim, in: "movedAxis"))
    return try transposed(order)
  }

  /// As ``NDArray/squeezed(_:)``.
  public func squeezed(_ axes: Int...) throws(TheanoError) -> NDArray { try squeezed(axes) }

  func squeezed(_ axes: [Int]) throws(TheanoError) -> NDArray {
    let source = array.object
    var dropped = [Bool](repeating: false, count: source.ndim)
    for axis in axes {
      let axis = try resolvedAxis(axis, ndim: source.ndim, in: "squeezed")
      guard source.extent(axis) == 1 else {
        throw TheanoError(
          .shape, in: "squeezed",
          "axis \(axis) of shape \(shapeText(source.extents)) has length "
            + "\(source.extent(axis)), not 1")
      }
      dropped[axis] = true
    }
    let kept = (0..<source.ndim).filter { axes.isEmpty ? source.extent($0) != 1 : !dropped[$0] }
    return array.view(shape: kept.map(source.extent), strides: kept.map(source.stride))
  }

  /// As ``NDArray/expanded(_:)``.
  public func expanded(_ axes: Int...) throws(TheanoError) -> NDArray { try expanded(axes) }

  func expanded(_ axes: [Int]) throws(TheanoError) -> NDArray {
    let source = array.object
    let ndim = source.ndim + axes.count
    try NDArray.checkRank(ndim, in: "expanded")
    var isNew = [Bool](repeating: false, count: ndim)
    for axis in axes {
      let axis = try resolvedAxis(axis, ndim: ndim, in: "expanded")
      if isNew[axis] {
        throw TheanoError(.argument, in: "expanded", "axis \(axis) is named twice in \(axes)")
      }
      isNew[axis] = true
    }
    var shape: [Int] = []
    var strides: [Int] = []
    var next = 0
    for axis in 0..<ndim {
      shape.append(isNew[axis] ? 1 : source.extent(next))
      strides.append(isNew[axis] ? 0 : source.stride(next))
      if !isNew[axis] { next += 1 }
    }
    return array.view(shape: shape, strides: strides)
  }

  /// As ``NDArray/broadcast(to:)``.
  public func broadcast(to shape: [Int]) throws(TheanoError) -> NDArray {
    guard let strides = shape.withUnsafeBufferPointer({ broadcastStrides(array.object, to: $0) }) else {
      throw TheanoError(
        .shape, in: "broadcast",
        "an array of shape \(shapeText(array.object.extents)) cannot be broadcast to \(shapeText(shape))",
        hint: "each axis, counted from the last, must have length 1 or the wanted length")
    }
    _ = try NDArray.elementCount(of: shape, dtype: array.dtype)
    return array.view(shape: shape, strides: strides)
  }

  /// As ``NDArray/flipped(_:)``.
  public func flipped(_ axis: Int) throws(TheanoError) -> NDArray {
    let source = array.object
    let axis = try resolvedAxis(axis, ndim: source.ndim, in: "flipped")
    var strides = source.strides
    let offset = (source.extent(axis) - 1) * strides[axis]
    strides[axis] = -strides[axis]
    return array.view(shape: source.shape, strides: strides, offset: offset)
  }
}

/// The strides with which an array is read as one of a larger shape; `nil` if it does not broadcast to that.
func broadcastStrides(_ source: ArrayObject, to shape: UnsafeBufferPointer<Int>) -> [Int]? {
  let lead = shape.count - source.ndim
  guard lead >= 0 else { return nil }
  var strides = [Int](repeating: 0, count: shape.count)
  for axis in 0..<source.ndim {
    let extent = source.extent(axis)
    if extent == shape[lead + axis] {
      strides[lead + axis] = source.stride(axis)
    } else if extent != 1 {
      return nil
    }
  }
  return strides
}
