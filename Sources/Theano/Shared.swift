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
/// - Returns: The variable. If the value is ragged, one that carries the diagnosis; whatever uses it throws it.
public func shared(
  _ value: any NDArrayConvertible, name: String? = nil, fileID: String = #fileID, line: Int = #line
) -> TensorVariable {
  // A program that makes a shared variable will soon compile a function: slow preparations can begin in the background.
  Preparation.begin()
  do throws(TheanoError) {
    let array = try value.asNDArray().checked.contiguous().strong()
    return TensorVariable(
      VariableNode(
        TensorType(array.dtype, ndim: array.ndim),
        .shared(SharedState(array, name: name, note: .line(fileID, line))), name: name,
        note: .line(fileID, line)))
  } catch {
    return .impossible("shared", Fault(error), note: .line(fileID, line))
  }
}

extension TensorVariable {
  /// The value of a shared variable, or of a constant: a snapshot, which later changes do not touch.
  ///
  /// - Throws: ``TheanoError`` if the variable has no value: an input or an expression.
  public var value: NDArray {
    get throws(TheanoError) {
      try validate()
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
    try validate()
    guard let state = sharedState else { throw notShared("setValue") }
    let given: NDArray
    do throws(TheanoError) { given = try value.asNDArray() } catch {
      throw Argument.noArray(
        error, "the new value of \(located)", in: "setValue", at: SourceNote.callLocation())
    }
    let array = try Argument.fit(given, to: self, in: "setValue", at: SourceNote.callLocation()) {
      "the shared variable \(located)"
    }
    let own = try Argument.memory("the new value of \(self)", in: "setValue") { () throws(TheanoError) in
      try array.checked.contiguous().strong()
    }
    try HeldVariables.check(state, isWritten: true, in: "setValue", "a closure sets")
    state.set(own)
  }

  private func notShared(_ operation: String) -> TheanoError {
    let isRead = operation == "value"
    return TheanoError(
      .argument, in: operation, "\(located) is no shared variable, so it has no value of its own",
      hint: isRead
        ? "make it with shared(...), or compute it: try \(name ?? "expression").eval([input: value])"
        : "make it with shared(...)", at: SourceNote.callLocation() ?? node.note.location)
  }
}

/// Arguments of calls, brought to the types that the function declares.
enum Argument {
  /// What was wrong with nested lists that were to be an array.
  static func noArray(
    _ error: TheanoError, _ subject: String, in operation: String, at location: String? = nil
  ) -> TheanoError {
    TheanoError(
      error.diagnoses.map {
        Diagnosis($0.kind, in: operation, "\(subject) is \($0.what)", hint: $0.hint, location: location)
      })
  }

  /// An array as one of the given type: the same one if it fits, else converted where nothing is lost.
  ///
  /// - Parameters:
  ///   - location: The line that gives the array, asked for if it does not fit.
  ///   - subject: What the array is given for, as the beginning of a sentence.
  static func fit(
    _ array: NDArray, to variable: TensorVariable, in operation: String,
    at location: @autoclosure () -> String?,
    _ subject: () -> String
  ) throws(TheanoError) -> NDArray {
    let type = variable.type
    func wrong(_ kind: Diagnosis.Kind, _ what: String, hint: String) -> TheanoError {
      TheanoError(kind, in: operation, what, hint: hint, at: location() ?? variable.node.note.location)
    }
    /// Where the variable was declared, unless its own text says so.
    func declared() -> String {
      variable.name == nil ? "" : variable.node.note.shortLocation.map { " at \($0)" } ?? ""
    }
    var array = array
    if array.ndim != type.ndim {
      throw wrong(
        .shape,
        "\(subject()) is declared as \(type.brief)\(declared()) but got \(array.dtype) of shape \(array.shape), which has "
          + "\(counted(array.ndim, "axis", "axes")) instead of \(type.ndim)",
        hint: "reshape the value, or declare the variable with \(counted(array.ndim, "axis", "axes"))")
    }
    if array.dtype != type.dtype {
      guard array.dtype.canCastSafely(to: type.dtype) || (array.isWeak && weaklyFits(array, type.dtype))
      else {
        throw wrong(
          .dtype,
          "\(subject()) is declared as \(type.brief)\(declared()) but got \(array.dtype)\(array.isWeak && array.size <= 8 ? " \(array)" : ""), which would lose precision",
          hint: "convert it: value.astype(.\(type.dtype)), or declare the variable as \(array.dtype)")
      }
      let given = array
      array = try memory(subject(), in: operation, at: location() ?? variable.node.note.location) {
        () throws(TheanoError) in
        try given.checked.astype(type.dtype)
      }
    }
    for (axis, dim) in type.dims.enumerated() {
      if let n = dim.constant, array.object.extent(axis) != n {
        throw wrong(
          .shape,
          "axis \(axis) of \(subject()) is declared to have length \(n)\(declared()) but got shape \(array.shape)",
          hint: "declare the axis without a length, or pass an array that has it")
      }
    }
    return array
  }

  /// A number written in Swift fits where its value survives; any float fits any float, and any integer.
  private static func weaklyFits(_ array: NDArray, _ dtype: DType) -> Bool {
    if dtype.isInteger { return array.isRepresentable(in: dtype) }
    if dtype.isFloating { return array.dtype.isFloating || array.dtype.isInteger }
    return array.isPreserved(in: dtype)
  }

  /// What needs memory for an argument, with an error that says which.
  static func memory(
    _ subject: @autoclosure () -> String, in operation: String, at location: @autoclosure () -> String? = nil,
    _ body: () throws(TheanoError) -> NDArray
  ) throws(TheanoError) -> NDArray {
    do throws(TheanoError) { return try body() } catch {
      throw TheanoError(
        error.diagnoses.map {
          Diagnosis(
            $0.kind, in: operation, "\(subject()) cannot be copied: \($0.what)",
            hint: "give a smaller array, or free others first", location: location() ?? $0.location)
        })
    }
  }
}
