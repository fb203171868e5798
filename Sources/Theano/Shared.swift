import TheanoKernels
import TheanoArrays
import TheanoGraph

/// A variable with a value that functions share: weights, counters, data.
///
/// Functions read the value when they are called and may change it through `updates:`. The shape may change from call
/// to call, dtype and rank may not.
///
/// - Parameters:
///   - value: The first value: an array, a number, or nested lists of numbers.
///   - name: A name for listings and errors.
public func shared(
  _ value: any NDArrayConvertible, name: String? = nil, fileID: String = #fileID, line: Int = #line
) -> TensorVariable {
  let array = value.ndarray.contiguous().strong()
  return TensorVariable(
    VariableNode(
      TensorType(array.dtype, ndim: array.ndim), .shared(SharedState(array)), name: name,
      note: .line(fileID, line)))
}

extension TensorVariable {
  /// The value of a shared variable, or of a constant: a snapshot, which later changes do not touch.
  ///
  /// - Throws: ``TheanoError`` if the variable has no value: an input or an expression.
  public var value: NDArray {
    get throws(TheanoError) {
      if let constant = constantValue { return constant }
      guard let state = sharedState else { throw notShared("value") }
      return state.value
    }
  }

  /// Replaces the value of a shared variable.
  ///
  /// - Parameter value: An array of the variable's rank, whose dtype can be converted to the variable's without loss;
  ///   numbers written in Swift are converted.
  /// - Throws: ``TheanoError`` if the variable is not shared or the value does not fit; the old value then stays.
  public func setValue(_ value: any NDArrayConvertible) throws(TheanoError) {
    guard let state = sharedState else { throw notShared("setValue") }
    let array = try Argument.fit(value.ndarray, to: type, in: "setValue") { _ in
      "the shared variable \(self)"
    }
    state.set(array.contiguous().strong())
  }

  private func notShared(_ operation: String) -> TheanoError {
    TheanoError(
      .argument, in: operation, "\(self) is no shared variable, so it has no value of its own",
      mend: "make it with shared(...), or compute it: try function(inputs: [...], outputs: \(self))(...)",
      at: node.note.location)
  }
}

/// Arguments of calls, brought to the types that the function declares.
enum Argument {
  /// An array as one of the given type: the same one if it fits, else converted where nothing is lost.
  static func fit(
    _ array: NDArray, to type: TensorType, in operation: String, _ subject: (()) -> String
  ) throws(TheanoError) -> NDArray {
    var array = array
    if array.ndim != type.ndim {
      throw TheanoError(
        .shape, in: operation,
        "\(subject(())) is declared as \(type.brief) but got \(array.dtype) of shape \(array.shape), which has "
          + "\(array.ndim) \(array.ndim == 1 ? "axis" : "axes") instead of \(type.ndim)",
        mend: "reshape the value, or declare the variable with \(array.ndim) axes")
    }
    if array.dtype != type.dtype {
      let converted = array.astype(type.dtype)
      let isSafe = array.dtype.canCastSafely(to: type.dtype)
      let keeps = isSafe || (array.isWeak && weaklyFits(array, converted))
      guard keeps else {
        throw TheanoError(
          .dtype, in: operation,
          "\(subject(())) is declared as \(type.brief) but got \(array.dtype)\(array.isWeak ? " \(array)" : ""), which would lose precision",
          mend: "convert it: value.astype(.\(type.dtype)), or declare the variable as \(array.dtype)")
      }
      array = converted
    }
    for (axis, dim) in type.dims.enumerated() {
      if let n = dim.constant, array.object.extent(axis) != n {
        throw TheanoError(
          .shape, in: operation,
          "axis \(axis) of \(subject(())) is declared to have length \(n) but got shape \(array.shape)",
          mend: "declare the axis without a length, or pass an array that has it")
      }
    }
    return array
  }

  /// A number written in Swift fits where its value survives; any float fits any float.
  private static func weaklyFits(_ array: NDArray, _ converted: NDArray) -> Bool {
    if array.dtype.isFloating && converted.dtype.isFloating { return true }
    if array.dtype.isInteger && converted.dtype.isFloating { return true }
    return converted.astype(array.dtype) == array.strong()
  }
}
