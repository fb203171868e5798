import Synchronization
import TheanoKernels
import TheanoArrays
import TheanoGraph
import TheanoOperations
import TheanoRewriting
import TheanoRules

/// What happens to inputs that no output or update needs.
public enum OnUnusedInput: Sendable, Hashable {
  /// They are an error: a forgotten term is the usual reason.
  case raise
  /// They are accepted.
  case ignore
}

/// An input of a function with a value for calls that leave it out.
public struct In: Sendable {
  /// The variable.
  public var variable: TensorVariable
  /// Its value if a call gives none.
  public var value: NDArray?
  /// What is wrong with the default, for `function(...)` to report.
  let fault: TheanoError?

  /// An input, with a default if there is one.
  public init(_ variable: TensorVariable, value: (any NDArrayConvertible)? = nil) {
    self.variable = variable
    do throws(TheanoError) {
      self.value = try value?.asNDArray()
      fault = nil
    } catch {
      self.value = nil
      fault = error
    }
  }
}

/// What can stand in a function's list of inputs: variables, and variables with defaults.
public protocol FunctionInput: Sendable {
  /// The input.
  var functionInput: In { get }
}

extension TensorVariable: FunctionInput {
  /// An input without a default.
  public var functionInput: In { In(self) }
}

extension In: FunctionInput {
  /// Itself.
  public var functionInput: In { self }
}

/// Compiles expressions into a native function.
///
/// ```swift
/// let x = T.dvector("x")
/// let f = try function(inputs: [x], outputs: T.sum(x ** 2))
/// print(try f([1, 2, 3]))                  // 14.0
/// ```
///
/// - Parameters:
///   - inputs: The arguments of calls, in order.
///   - outputs: The expression whose value a call returns.
///   - updates: Shared variables with the expressions of their next values. All right-hand sides see the old values.
///   - givens: What stands for what while compiling: wherever a key is met, its value is used instead. In the values, keys
///     stand for themselves: `[x: x + noise]` adds noise, `[x: y, y: x]` swaps.
///   - mode: How the function is made.
///   - name: A name for errors and listings.
///   - onUnusedInput: What to do about inputs that nothing needs.
/// - Throws: ``TheanoError`` with everything that is wrong with the expressions, the inputs and the updates.
public func function(
  inputs: [any FunctionInput] = [], outputs: TensorVariable, updates: [(TensorVariable, TensorVariable)] = [],
  givens: [TensorVariable: TensorVariable] = [:], mode: Mode = .fastRun, name: String? = nil,
  onUnusedInput: OnUnusedInput = .raise, fileID: String = #fileID, line: Int = #line
) throws(TheanoError) -> Function<NDArray> {
  Function(
    core: try make(inputs, [outputs], updates, givens, mode, name, onUnusedInput, .line(fileID, line)))
}

/// Compiles expressions into a native function that returns a list.
///
/// - Throws: ``TheanoError`` with everything that is wrong with the expressions, the inputs and the updates.
public func function(
  inputs: [any FunctionInput] = [], outputs: [TensorVariable],
  updates: [(TensorVariable, TensorVariable)] = [],
  givens: [TensorVariable: TensorVariable] = [:], mode: Mode = .fastRun, name: String? = nil,
  onUnusedInput: OnUnusedInput = .raise, fileID: String = #fileID, line: Int = #line
) throws(TheanoError) -> Function<[NDArray]> {
  Function(core: try make(inputs, outputs, updates, givens, mode, name, onUnusedInput, .line(fileID, line)))
}

/// Compiles updates of shared variables into a native function that returns nothing.
///
/// - Throws: ``TheanoError`` with everything that is wrong with the expressions, the inputs and the updates.
public func function(
  inputs: [any FunctionInput] = [], updates: [(TensorVariable, TensorVariable)],
  givens: [TensorVariable: TensorVariable] = [:], mode: Mode = .fastRun, name: String? = nil,
  onUnusedInput: OnUnusedInput = .raise, fileID: String = #fileID, line: Int = #line
) throws(TheanoError) -> Function<Void> {
  Function(core: try make(inputs, [], updates, givens, mode, name, onUnusedInput, .line(fileID, line)))
}

/// Compiles an expression into a native function: `function([x], y)`.
///
/// - Throws: ``TheanoError`` with everything that is wrong with the expressions, the inputs and the updates.
public func function(
  _ inputs: [any FunctionInput], _ output: TensorVariable, fileID: String = #fileID, line: Int = #line
) throws(TheanoError) -> Function<NDArray> {
  Function(core: try make(inputs, [output], [], [:], .fastRun, nil, .raise, .line(fileID, line)))
}

/// Compiles expressions into a native function that returns a list: `function([x], [y, z])`.
///
/// - Throws: ``TheanoError`` with everything that is wrong with the expressions, the inputs and the updates.
public func function(
  _ inputs: [any FunctionInput], _ outputs: [TensorVariable], fileID: String = #fileID, line: Int = #line
) throws(TheanoError) -> Function<[NDArray]> {
  Function(core: try make(inputs, outputs, [], [:], .fastRun, nil, .raise, .line(fileID, line)))
}

/// Checks everything that a function is asked to be, and compiles it.
///
/// - Parameter specialized: Whether the program may be made for the shapes that small shared variables have now.
func make(
  _ inputs: [any FunctionInput], _ outputs: [TensorVariable], _ updates: [(TensorVariable, TensorVariable)],
  _ givens: [TensorVariable: TensorVariable], _ mode: Mode, _ name: String?, _ onUnusedInput: OnUnusedInput,
  _ note: SourceNote, specialized: Bool = true
) throws(TheanoError) -> FunctionCore {
  Preparation.begin()
  let inputs = inputs.map(\.functionInput)
  // `x: x` replaces nothing.
  let givens = standIns(givens.filter { $0.key != $0.value }, note)
  let name = printable(name ?? "function")
  var findings = Findings(name: name, note: note)
  checkInputs(inputs, &findings)
  let converted = checkUpdates(updates, &findings)
  checkGivens(givens, &findings)
  checkMode(mode, &findings)
  for (k, output) in (outputs + converted).enumerated() where !output.node.isPoisoned {
    let subject = k < outputs.count ? "output \(k + 1)" : "the new value of an updated variable"
    do throws(Fault) { try output.type.requireComputable(subject) } catch {
      findings.add(error.kind, error.what, hint: error.hint)
    }
  }
  do throws(TheanoError) {
    try validateAll(
      inputs.map(\.variable) + outputs + updates.flatMap { [$0.0, $0.1] }
        + givens.flatMap { [$0.key, $0.value] }
        + converted)
  } catch {
    throw TheanoError(error.diagnoses + findings.diagnoses)
  }
  if !findings.diagnoses.isEmpty { throw TheanoError(findings.diagnoses) }

  if onUnusedInput == .raise { try checkUnused(inputs, outputs + converted, givens, name, note) }
  return try compile(
    inputs, outputs, updates.map(\.0), converted, givens, mode, name, specialized: specialized)
}

/// Shared variables of up to this many elements have their shape compiled in: loops over a few weights unroll, and
/// their places in memory are constants. What is larger gains nothing, and would be compiled anew for each size.
private let specializedSize = 4096

private func compile(
  _ inputs: [In], _ outputs: [TensorVariable], _ updated: [TensorVariable], _ values: [TensorVariable],
  _ givens: [TensorVariable: TensorVariable], _ mode: Mode, _ name: String, specialized: Bool
) throws(TheanoError) -> FunctionCore {
  var pipeline = Compilation(name: name, mode: mode)
  var assumed: [ObjectIdentifier: [Int]] = [:]
  // The interpreter gains nothing from lengths that it knows beforehand.
  let isInterpreted = try pipeline.usesInterpreter()
  let (graph, backend) = try pipeline.compile(
    outputs: outputs + values, inputs: inputs.map(\.variable), givens: givens
  ) { state in
    guard specialized, !isInterpreted else { return nil }
    let value = state.value
    guard value.size <= specializedSize, value.ndim > 0 else { return nil }
    assumed[ObjectIdentifier(state)] = value.shape
    return value.shape
  }
  var shared: [FunctionCore.Shared] = []
  for (k, leaf) in graph.leaves.enumerated() {
    guard let state = leaf.variable.sharedState else { continue }
    shared.append(.init(state: state, leaf: k, update: -1, assumed: assumed[ObjectIdentifier(state)]))
  }
  for (k, variable) in updated.enumerated() {
    guard let state = variable.sharedState else { continue }
    if let at = shared.firstIndex(where: { $0.state === state }) {
      shared[at].update = outputs.count + k
    } else {
      shared.append(.init(state: state, leaf: -1, update: outputs.count + k))
    }
  }
  shared.sort { $0.state.id < $1.state.id }
  return FunctionCore(
    name: name,
    inputs: inputs.map { input in
      .init(
        variable: input.variable, type: input.variable.type, defaultValue: input.value,
        isOpen: input.variable.type.dims.allSatisfy { $0 == .unknown })
    }, shared: shared, outputTypes: outputs.map(\.type), backend: backend, report: pipeline.report
  ) { () throws(TheanoError) in
    try compile(inputs, outputs, updated, values, givens, mode, name, specialized: false)
  }
}

private func checkInputs(_ inputs: [In], _ findings: inout Findings) {
  var seen: Set<TensorVariable> = []
  var sawDefault = false
  for (k, input) in inputs.enumerated() where !input.variable.node.isPoisoned {
    if !seen.insert(input.variable).inserted {
      findings.add(
        .argument, "\(input.variable.located) is given as an input twice", hint: "list each input once")
    }
    switch input.variable.node.kind {
    case .constant:
      findings.add(
        .argument,
        "input \(k + 1) is a constant", hint: "make an input of it, with T.dscalar, T.dvector, T.dmatrix ...")
    case .shared:
      findings.add(
        .argument,
        "input \(k + 1), \(input.variable.located), is a shared variable",
        hint: "leave it out: its value is read at each call; givens: can put something in its place")
    default:
      do throws(Fault) {
        try input.variable.type.requireComputable("input \(k + 1), \(input.variable.located),")
      } catch {
        findings.add(error.kind, error.what, hint: error.hint)
      }
    }
    let hasDefault = input.value != nil || input.fault != nil
    if !hasDefault, sawDefault {
      findings.add(
        .argument,
        "input \(k + 1) without a default follows one with a default", hint: "put inputs with defaults last")
    }
    sawDefault = sawDefault || hasDefault
    let subject = "the default of input \(k + 1), \(input.variable.located),"
    do throws(TheanoError) {
      if let fault = input.fault { throw Argument.noArray(fault, subject, in: findings.name) }
      if let value = input.value {
        _ = try Argument.fit(value, to: input.variable, in: findings.name, at: nil) { subject }
      }
    } catch {
      for diagnosis in error.diagnoses { findings.add(diagnosis.kind, diagnosis.what, hint: diagnosis.hint) }
    }
  }
}

/// What is wrong with what a function is asked to be.
private struct Findings {
  /// The function's name and line.
  let name: String
  let note: SourceNote
  var diagnoses: [Diagnosis] = []

  /// - Parameter cause: What widened a value, to be shown with the expression that it stands in.
  mutating func add(_ kind: Diagnosis.Kind, _ what: String, hint: String?, _ cause: Widening? = nil) {
    let expression = cause?.expression
    diagnoses.append(
      Diagnosis(
        kind, in: name, what, hint: hint, expression: expression?.text, caret: expression?.caret,
        location: note.location))
  }
}

/// The new values in the dtype of their shared variables.
private func checkUpdates(
  _ updates: [(TensorVariable, TensorVariable)], _ findings: inout Findings
) -> [TensorVariable] {
  var seen: Set<TensorVariable> = []
  var values: [TensorVariable] = []
  for (variable, value) in updates {
    if variable.node.isPoisoned { continue }
    guard variable.sharedState != nil else {
      findings.add(
        .update, "\(variable.located) is updated but is no shared variable", hint: "make it with shared(...)")
      continue
    }
    if !seen.insert(variable).inserted {
      findings.add(.update, "\(variable.located) is updated twice", hint: "merge the two updates")
    }
    guard !value.node.isPoisoned else { continue }
    if value.ndim != variable.ndim {
      findings.add(
        .update,
        "the update of \(variable.located) is \(value.type.brief), but the variable is \(variable.type.brief)",
        hint: "the rank of a shared variable cannot change: reduce or reshape the new value")
      continue
    }
    if value.dtype != variable.dtype {
      // A number written in Swift takes the variable's dtype, but a fraction is no integer.
      let isSafe =
        value.isWeak
        ? !value.dtype.isFloating || variable.dtype.isFloating
        : value.dtype.canCastSafely(to: variable.dtype)
      guard isSafe else {
        let cause = Widening(of: value, beyond: variable.dtype)
        findings.add(
          .update,
          "the update of \(variable.located) is \(value.dtype), but the variable is \(variable.dtype)"
            + (cause?.text ?? ""), hint: Widening.hint(cause, variable.dtype), cause)
        continue
      }
    }
    values.append(SourceNote.with(findings.note) { T.cast(value, variable.dtype) })
  }
  return values
}

/// The replacements, numbers written in Swift in the dtypes of what they stand for, and axes that must have length 1, since
/// the expressions count on it, known as such: the call finds others.
private func standIns(
  _ givens: [TensorVariable: TensorVariable], _ note: SourceNote
) -> [TensorVariable: TensorVariable] {
  var standIns: [TensorVariable: TensorVariable] = [:]
  for (key, value) in givens {
    let takesDType =
      value.isWeak && value.dtype != key.dtype && !key.node.isPoisoned
      && (key.dtype.isFloating || key.dtype.isInteger && value.dtype.isInteger)
    let standIn = takesDType ? SourceNote.with(note) { T.cast(value, key.dtype) } : value
    let single =
      standIn.ndim == key.ndim
      ? key.type.dims.indices.filter { key.type.dims[$0] == 1 && standIn.type.dims[$0] != 1 } : []
    // A known length that differs is refused below.
    let isOpen =
      !single.isEmpty && single.allSatisfy { standIn.type.dims[$0] == .unknown } && !standIn.node.isPoisoned
    standIns[key] = isOpen ? SourceNote.with(note) { T.addBroadcast(standIn, axes: single) } : standIn
  }
  return standIns
}

private func checkGivens(
  _ givens: [TensorVariable: TensorVariable], _ findings: inout Findings
) {
  // In the order of the keys' making: a dictionary's own changes from run to run.
  for (key, value) in givens.sorted(by: { $0.key.node.serial < $1.key.node.serial })
  where !value.node.isPoisoned && !key.node.isPoisoned {
    let fits = zip(key.type.shape, value.type.shape).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
    if key.ndim != value.ndim || !fits {
      findings.add(
        .argument,
        "\(value.located), \(value.type.brief), cannot stand for \(key.located), \(key.type.brief)",
        hint: "give something of the same rank and lengths")
    } else if key.dtype != value.dtype {
      let cause = value.node.owner == nil ? nil : Widening(of: value, beyond: key.dtype)
      findings.add(
        .argument,
        "\(value.located), \(value.type.brief), cannot stand for \(key.located), \(key.type.brief)"
          + (cause?.text ?? ""), hint: Widening.hint(cause, key.dtype), cause)
    }
  }
}

private func checkMode(_ mode: Mode, _ findings: inout Findings) {
  if mode.excludedRules.isEmpty { return }
  let known = Set(Pipeline.all.map(\.name) + Pipeline.passes.map(\.name))
  for name in mode.excludedRules.subtracting(known).sorted() {
    findings.add(
      .argument, "the mode excludes \"\(name)\", but no rule or pass has that name",
      hint: "f.explain() names the rules that fired")
  }
}

private func checkUnused(
  _ inputs: [In], _ outputs: [TensorVariable], _ givens: [TensorVariable: TensorVariable], _ name: String,
  _ note: SourceNote
) throws(TheanoError) {
  var seen: Set<ObjectIdentifier> = []
  func look(_ roots: [TensorVariable], through replaced: Set<TensorVariable>) {
    var stack = roots
    // A variable may be met on both sides of `givens`, as what is replaced and as part of a replacement.
    var met: Set<ObjectIdentifier> = []
    while let variable = stack.popLast() {
      if replaced.contains(variable) { continue }
      seen.insert(ObjectIdentifier(variable.node))
      if let owner = variable.node.owner, met.insert(ObjectIdentifier(owner)).inserted {
        stack.append(contentsOf: owner.inputs)
      }
    }
  }
  let replaced = replacedVariables(in: outputs, givens)
  look(outputs, through: Set(replaced))
  look(replaced.map { givens[$0]! }, through: [])
  let unused = inputs.filter { !seen.contains(ObjectIdentifier($0.variable.node)) }
  if unused.isEmpty { return }
  throw TheanoError(
    unused.map { input in
      Diagnosis(
        .argument, in: name, "input \(input.variable.located) is not needed by any output or update",
        hint: "leave it out, or pass onUnusedInput: .ignore", location: note.location)
    })
}
