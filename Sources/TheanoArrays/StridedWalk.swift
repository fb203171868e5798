/// Walks two operands of one shape, run by run, in C order.
///
/// Axes that can be taken as one in both operands are merged first, so that a contiguous pair is a single run. The
/// body gets the offsets of the run's first elements, the run's length, and both steps, in elements.
package func forEachRun(
  extents: UnsafePointer<Int>, ndim: Int, _ stridesA: UnsafePointer<Int>, _ stridesB: UnsafePointer<Int>,
  _ body: (_ offsetA: Int, _ offsetB: Int, _ count: Int, _ stepA: Int, _ stepB: Int) -> Void
) {
  _ = everyRun(extents: extents, ndim: ndim, stridesA, stridesB) {
    body($0, $1, $2, $3, $4)
    return true
  }
}

/// As ``forEachRun(extents:ndim:_:_:_:)`` until the body returns false; whether it never did.
@inline(__always)
func everyRun(
  extents: UnsafePointer<Int>, ndim: Int, _ stridesA: UnsafePointer<Int>, _ stridesB: UnsafePointer<Int>,
  _ body: (_ offsetA: Int, _ offsetB: Int, _ count: Int, _ stepA: Int, _ stepB: Int) -> Bool
) -> Bool {
  if ndim == 0 { return body(0, 0, 1, 1, 1) }
  return withUnsafeTemporaryAllocation(of: Int.self, capacity: 4 * ndim) { scratch in
    let lengths = scratch.baseAddress!
    let a = lengths + ndim
    let b = a + ndim
    let index = b + ndim
    // Merged axes, innermost first.
    var axes = 0
    var axis = ndim - 1
    while axis >= 0 {
      let extent = extents[axis]
      if extent == 0 { return true }
      if extent != 1 {
        if axes > 0, stridesA[axis] == a[axes - 1] * lengths[axes - 1],
          stridesB[axis] == b[axes - 1] * lengths[axes - 1]
        {
          lengths[axes - 1] *= extent
        } else {
          (lengths + axes).initialize(to: extent)
          (a + axes).initialize(to: stridesA[axis])
          (b + axes).initialize(to: stridesB[axis])
          (index + axes).initialize(to: 0)
          axes += 1
        }
      }
      axis -= 1
    }
    if axes == 0 { return body(0, 0, 1, 1, 1) }
    var offsetA = 0
    var offsetB = 0
    while true {
      guard body(offsetA, offsetB, lengths[0], a[0], b[0]) else { return false }
      var axis = 1
      while true {
        if axis == axes { return true }
        index[axis] += 1
        offsetA += a[axis]
        offsetB += b[axis]
        if index[axis] < lengths[axis] { break }
        offsetA -= lengths[axis] * a[axis]
        offsetB -= lengths[axis] * b[axis]
        index[axis] = 0
        axis += 1
      }
    }
  }
}

extension NDArray {
  /// Walks the elements in C order, run by run: the address of a run's first element, the number in C order of that
  /// element, the run's length and its step in elements.
  package func forEachRun(
    _ body: (_ first: UnsafeMutableRawPointer, _ position: Int, _ count: Int, _ step: Int) -> Void
  ) {
    let itemSize = dtype.itemSize
    let data = data
    if isContiguous {
      if size > 0 { body(data, 0, size, 1) }
    } else {
      let ndim = ndim
      withUnsafeTemporaryAllocation(of: Int.self, capacity: ndim) { canonical in
        object.fillCanonicalStrides(canonical.baseAddress!)
        TheanoArrays.forEachRun(
          extents: object.geometry, ndim: ndim, object.geometry + ndim, canonical.baseAddress!
        ) { offset, position, count, step, _ in
          body(data + offset * itemSize, position, count, step)
        }
      }
    }
    withExtendedLifetime(object) {}
  }
}

extension ArrayObject {
  func fillCanonicalStrides(_ strides: UnsafeMutablePointer<Int>) {
    var stride = 1
    var axis = ndim - 1
    while axis >= 0 {
      (strides + axis).initialize(to: stride)
      stride *= Swift.max(geometry[axis], 1)
      axis -= 1
    }
  }
}
