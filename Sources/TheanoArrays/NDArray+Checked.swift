extension NDArray {
  /// The throwing twins of the calls in which a shape, an axis, an index or a dtype can be wrong, or which may need more
  /// memory than there is.
  ///
  /// Where `a.reshaped(4, 2)` is a fatal error, `try a.checked.reshaped(4, 2)` throws a ``TheanoError`` with the same
  /// text; likewise `try a.checked[5, .all]`, `try a.checked.assign(0, at: 5)`, and
  /// `try NDArray.Checked.concatenated([a, b])` for what belongs to no single array. For shapes and indices that come
  /// from files or from users.
  public struct Checked: Sendable {
    var array: NDArray
  }

  /// The throwing twins of this array's methods and subscripts: see ``Checked``.
  public var checked: Checked {
    get { Checked(array: self) }
    _modify {
      // The array moves into the twin and back, so that writing through it finds it unique.
      var twin = Checked(array: self)
      self = NDArray.nothing
      defer { self = twin.array }
      yield &twin
    }
  }

  private static let nothing = NDArray(scalar: false)
}

/// The axis that an axis number means in an array of `ndim` axes: negative ones count from the last.
func resolvedAxis(_ axis: Int, ndim: Int, in operation: String) throws(TheanoError) -> Int {
  guard axis >= -ndim && axis < ndim else {
    throw TheanoError(
      .argument, in: operation, "there is no axis \(axis) in an array of \(ndim) axes",
      hint: ndim == 0 ? nil : "axes are numbered from 0 to \(ndim - 1), or from -\(ndim) to -1")
  }
  return axis < 0 ? axis + ndim : axis
}
