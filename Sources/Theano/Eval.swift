import TheanoArrays
import TheanoGraph

extension TensorVariable {
  /// The value of an expression.
  ///
  /// ```swift
  /// let x = T.dvector("x")
  /// print(try T.sum(x ** 2).eval([x: [1, 2, 3]]))       // 14.0
  /// ```
  ///
  /// For trying things out. A small expression over small arrays is interpreted, within the accuracy that compiled code has
  /// too; anything else becomes a function that is called once, whose code does not depend on the lengths of the arrays. What
  /// is computed more than once is worth a ``function(inputs:outputs:updates:givens:mode:name:onUnusedInput:fileID:line:)``.
  ///
  /// - Parameters:
  ///   - values: The values of inputs, or of any other variables that are to be taken as such: arrays, numbers or nested lists.
  ///     Shared variables have values of their own, and take one given here for this evaluation only.
  ///   - mode: How the function is made. `.fastRun` may interpret; a mode with a linker of its own is obeyed.
  /// - Returns: An array of the expression's dtype and rank.
  /// - Throws: ``TheanoError`` with all that is wrong with the expression; inputs without a value, and values that nothing needs;
  ///   values that do not fit, and whatever a call can find.
  public func eval(
    _ values: [TensorVariable: any NDArrayConvertible] = [:], mode: Mode = .fastRun, fileID: String = #fileID,
    line: Int = #line
  ) throws(TheanoError) -> NDArray {
    try Evaluation(of: self, values, mode, .line(fileID, line)).run()
  }
}

/// One evaluation of an expression: what it is computed from, and how.
package struct Evaluation {
  private let expression: TensorVariable
  private var mode: Mode
  private let note: SourceNote
  /// What is given a value, in the order of their making, since a dictionary's own changes from run to run.
  private var given: [TensorVariable] = []
  /// The function's inputs: what is given, but for stand-ins for shared variables and constants.
  private var inputs: [TensorVariable] = []
  private var arguments: [NDArray] = []
  private var givens: [TensorVariable: TensorVariable] = [:]
  /// What the expression is made of.
  private var parts = Parts()

  /// An expression of more applications is compiled.
  static let mostApplications = 200
  /// A computation in which all arrays together have more elements is compiled: the interpreter takes up to a tenth of a
  /// microsecond for each, the compiler a tenth of a second for all.
  static let mostElements = 1 << 16

  package init(
    of expression: TensorVariable, _ values: [TensorVariable: any NDArrayConvertible], _ mode: Mode,
    _ note: SourceNote
  ) throws(TheanoError) {
    (self.expression, self.mode, self.note) = (expression, mode, note)
    let sorted = values.sorted { $0.key.node.serial < $1.key.node.serial }
    given = sorted.map(\.key)
    try validateAll([expression] + given)
    parts = Parts(of: expression, given: Set(given))
    try checkGiven()
    for (variable, value) in sorted {
      let subject = "the value of \(variable.located)"
      var array: NDArray
      do throws(TheanoError) { array = try value.asNDArray() } catch {
        throw Argument.noArray(error, subject, in: "eval", at: note.location)
      }
      array = try Argument.fit(array, to: variable, in: "eval", at: note.location) { subject }
      if variable.sharedState == nil {
        inputs.append(variable)
        arguments.append(array)
      } else {
        replace(variable, by: array)
      }
    }
  }

  /// Throws if an input has no value, or a value no use.
  private func checkGiven() throws(TheanoError) {
    var wrong = parts.missing.map { variable in
      Diagnosis(
        .argument, in: "eval",
        "the expression needs \(variable.located) (\(variable.type.brief)), which has no value",
        hint: "give it one: eval([\(variable.name ?? "variable"): value])", location: note.location)
    }
    wrong += given.filter { !parts.found.contains($0) }.map { variable in
      Diagnosis(
        .argument, in: "eval", "the expression does not need the value of \(variable.located)",
        hint: "leave it out",
        location: note.location)
    }
    wrong += given.filter { $0.constantValue != nil }.map { variable in
      Diagnosis(
        .argument, in: "eval", "a value is given for the constant \(variable.located)",
        hint: "make an input of it, with T.dscalar, T.dvector, T.dmatrix ...", location: note.location)
    }
    if !wrong.isEmpty { throw TheanoError(wrong) }
  }

  /// Puts an input in the place of a shared variable or a constant, with the value as argument.
  private mutating func replace(_ variable: TensorVariable, by value: NDArray) {
    // Lengths are left to the call, but for 1, which lets an axis broadcast.
    let shape: [Int?] = variable.type.shape.map { $0 == 1 ? 1 : nil }
    let input = TensorVariable.input(
      TensorType(value.dtype, shape: shape), name: variable.name, note: variable.node.note)
    givens[variable] = input
    inputs.append(input)
    arguments.append(value)
  }

  func run() throws(TheanoError) -> NDArray {
    if let value = try interpreted() { return value }
    // What needs the lengths of constants, such as an axis that part of one has by being of length 1, is compiled as it is, and
    // says what is wrong, if anything is.
    if mode.linker != .interpreter, !parts.constants.isEmpty {
      let lifted = lifted()
      if let core = try? lifted.make(), let value = try? core.call(OneOutput.self, lifted.arguments) {
        return value
      }
    }
    return try make().call(OneOutput.self, arguments)
  }

  /// The value without a compiler; `nil` if that would take longer than to compile.
  package func interpreted() throws(TheanoError) -> NDArray? {
    guard mode.linker == .automatic, parts.mayBeInterpreted else { return nil }
    var inPlace = self
    inPlace.mode.linker = .interpreter
    return try inPlace.make().interpret(arguments, most: Self.mostElements)?[0]
  }

  /// The same with constants among the arguments, so that one program serves arrays of any length.
  package func lifted() -> Evaluation {
    var result = self
    for (variable, value) in parts.constants { result.replace(variable, by: value) }
    return result
  }

  package func make() throws(TheanoError) -> FunctionCore {
    try Theano.make(
      inputs, [expression], [], givens, mode, "eval", .ignore, note, specialized: false)
  }
}

/// What an expression is made of, down to the variables that are given values.
private struct Parts {
  /// Inputs without a value.
  var missing: [TensorVariable] = []
  /// The variables with a value that were met.
  var found: Set<TensorVariable> = []
  /// The constants that depend on lengths: those that are no scalars, and the counts and bounds that come from them.
  var constants: [(TensorVariable, NDArray)] = []
  private var applications = 0
  private var isPure = true
  private var isSmall = true

  init() {}

  init(of expression: TensorVariable, given: Set<TensorVariable>) {
    var seen: Set<ObjectIdentifier> = []
    var pending = [expression]
    while let variable = pending.popLast() {
      guard seen.insert(ObjectIdentifier(variable.node)).inserted else { continue }
      if given.contains(variable) {
        found.insert(variable)
        continue
      }
      switch variable.node.kind {
      case .input, .placeholder: missing.append(variable)
      case .shared(let state): isSmall = isSmall && state.value.size <= Evaluation.mostElements
      case .constant(let value):
        isSmall = isSmall && value.size <= Evaluation.mostElements
        if value.ndim > 0 || Parts.mayBeLength(value) { constants.append((variable, value)) }
      case .result:
        guard let owner = variable.node.owner, seen.insert(ObjectIdentifier(owner)).inserted else { continue }
        applications += 1
        isPure = isPure && owner.op.isPure
        pending.append(contentsOf: owner.inputs)
      }
    }
    missing.sort { $0.node.serial < $1.node.serial }
  }

  /// Whether a number may be the length of an array that is large enough to be compiled for. Smaller ones stay, since rules
  /// match exponents and factors.
  private static func mayBeLength(_ value: NDArray) -> Bool {
    guard !value.dtype.isComplex, let number = try? value.astype(.float64).item(as: Double.self) else {
      return false
    }
    return number.magnitude >= 256 && number == number.rounded()
  }

  /// Whether interpreting it may be faster than compiling it. What prints is compiled: an attempt that turns out to be too
  /// large would print twice.
  var mayBeInterpreted: Bool { isPure && isSmall && applications <= Evaluation.mostApplications }
}
