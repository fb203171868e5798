import CTheanoSupport
import Synchronization
import TheanoArrays
import TheanoGraph
import TheanoInterpreter
import TheanoKernels
import TheanoRuntime
import TheanoScheduling

/// A compiled function: called like any Swift function, from any task or thread.
///
/// `Outputs` is `NDArray` for a function with one output, `[NDArray]` for one with a list, `Void` for one that only
/// updates shared variables.
///
/// A call is a transaction: it either returns and has changed every shared variable that it updates, or throws and has
/// changed none.
public struct Function<Outputs>: Sendable {
  package let core: FunctionCore
}

/// The part of a function that does not depend on the form of its outputs.
package final class FunctionCore: Sendable {
  package struct Input: Sendable {
    package var variable: TensorVariable
    package var type: TensorType
    /// The value of an argument that is not given.
    package var defaultValue: NDArray?
    /// Whether an argument of the right dtype and rank needs no further look.
    package var isOpen: Bool
  }

  package enum Backend: Sendable {
    case native(CompiledProgram)
    case interpreter(Interpreter)
  }

  package let name: String
  package let inputs: [Input]
  package let updateCount: Int
  /// The shared variables that calls update, by name, in the order of `updates:`.
  package let updatedNames: [String]
  package let outputTypes: [TensorType]
  package let outputCount: Int
  package let backend: Backend
  package let report: CompilationReport
  /// How a call reaches the program; `nil` for a function that is interpreted.
  // Safe to share: written once, and what it points to is constant, atomic or guarded by locks.
  nonisolated(unsafe) package let plan: UnsafePointer<CallPlan>?
  /// The shared variables of a function that is interpreted.
  private let shared: [Shared]

  /// A shared variable that calls read or update.
  package struct Shared: Sendable {
    package var state: SharedState
    /// Its leaf in the program; -1 if it is only updated.
    package var leaf: Int
    /// The result that is its next value; -1 if it is only read.
    package var update: Int
    /// The shape that the program was made for; `nil` if any.
    package var assumed: [Int]?
  }

  /// - Parameter shared: the shared variables that are read or updated, ascending by id.
  package init(
    name: String, inputs: [Input], shared: [Shared], outputTypes: [TensorType], backend: Backend,
    report: CompilationReport,
    general: @escaping @Sendable () throws(TheanoError) -> FunctionCore
  ) {
    self.name = name
    self.inputs = inputs
    self.shared = shared
    self.outputTypes = outputTypes
    outputCount = outputTypes.count
    self.backend = backend
    self.report = report
    let updated = shared.filter { $0.update >= 0 }.sorted { $0.update < $1.update }
    updateCount = updated.count
    updatedNames = updated.map { $0.state.name ?? "a shared variable" }
    makeGeneral = general
    guard case .native(let program) = backend else {
      plan = nil
      return
    }
    let plan = UnsafeMutablePointer<CallPlan>.allocate(capacity: 1)
    plan.initialize(
      to: CallPlan(
        program, inputs: inputs.map { .init(dtype: $0.type.dtype, ndim: $0.type.ndim, isOpen: $0.isOpen) },
        shared: shared.map {
          .init(state: $0.state, leaf: $0.leaf, update: $0.update, assumed: $0.assumed)
        }))
    self.plan = UnsafePointer(plan)
  }

  deinit {
    guard let plan else { return }
    plan.pointee.dismantle()
    plan.deallocate()
  }

  /// The same function for shared variables of any shape: made when one first has another shape than it was compiled for.
  private let makeGeneral: @Sendable () throws(TheanoError) -> FunctionCore
  private let madeGeneral = Mutex<FunctionCore?>(nil)

  private func general() throws(TheanoError) -> FunctionCore {
    try madeGeneral.withLock { made throws(TheanoError) in
      if let made { return made }
      let core = try makeGeneral()
      made = core
      return core
    }
  }

  @inline(never)
  private func convert(_ argument: NDArray, _ k: Int) throws(TheanoError) -> NDArray {
    let input = inputs[k]
    func subject() -> String { "argument \(k + 1), \(input.variable.located)," }
    let fitted = try Argument.fit(argument, to: input.variable, in: name, at: SourceNote.callLocation()) {
      subject()
    }
    if fitted.isContiguous { return fitted }
    return try Argument.memory(subject(), in: name, at: SourceNote.callLocation()) { () throws(TheanoError) in
      try fitted.checked.contiguous()
    }
  }

  /// An argument as an array; nested lists may be ragged.
  @inline(never)
  func array(_ argument: any NDArrayConvertible, _ k: Int) throws(TheanoError) -> NDArray {
    do throws(TheanoError) {
      return try argument.asNDArray()
    } catch {
      let named = inputs.indices.contains(k) ? " \(inputs[k].variable.located)," : ""
      throw Argument.noArray(
        error, "argument \(k + 1),\(named)", in: name, at: SourceNote.callLocation())
    }
  }

  @inline(never)
  func wrongCount(_ count: Int) -> TheanoError {
    let names = inputs.map(\.variable.located).joined(separator: ", ")
    let required = inputs.filter { $0.defaultValue == nil }.count
    let wanted = required == inputs.count ? "\(inputs.count)" : "\(required) to \(inputs.count)"
    let given = counted(count, "argument was", "arguments were")
    return TheanoError(
      .argument, in: name, "\(given) given, but the function takes \(wanted): (\(names))",
      hint: "pass one value for each input; a list of values goes to call(_:)", at: SourceNote.callLocation())
  }

  /// Calls the function with any arguments, whatever they need to fit.
  func call<Form: OutputForm>(_ form: Form.Type, _ arguments: [NDArray]) throws(TheanoError) -> Form.Value {
    if let plan, plan.pointee.inputCount == arguments.count,
      arguments.indices.allSatisfy({ plan.pointee.takes(arguments[$0], as: $0) })
    {
      let frame = plan.pointee.begin()
      for (k, argument) in arguments.enumerated() { frame.pointee.set(k, argument) }
      return try withExtendedLifetime(arguments) { () throws(TheanoError) in try run(form, plan, frame) }
    }
    var all = arguments
    if all.count != inputs.count {
      guard all.count < inputs.count else { throw wrongCount(all.count) }
      for input in inputs[all.count...] {
        guard let value = input.defaultValue else { throw wrongCount(arguments.count) }
        all.append(value)
      }
    }
    for k in all.indices { all[k] = try convert(all[k], k) }
    switch backend {
    case .native(let program):
      return try withExtendedLifetime((all, program)) { () throws(TheanoError) in
        guard let plan else { throw noGeneral() }
        let frame = plan.pointee.begin()
        for k in all.indices { frame.pointee.set(k, all[k]) }
        return try run(form, plan, frame)
      }
    case .interpreter(let interpreter):
      let results = try interpret(all) { (leaves) throws(TheanoError) in try interpreter.run(leaves) }
      return form.value(results ?? [])
    }
  }

  /// The outputs by the interpreter, if all that it computes on the way is small; `nil` if not, and nothing has changed.
  ///
  /// - Parameter most: How many elements all intermediate arrays together may have.
  func interpret(_ arguments: [NDArray], most: Int) throws(TheanoError) -> [NDArray]? {
    guard case .interpreter(let interpreter) = backend else { return nil }
    return try interpret(arguments) { (leaves) throws(TheanoError) in
      try interpreter.run(leaves, most: most)
    }
  }

  /// Runs the program on a frame whose arguments are set, and gives the frame back.
  @inline(__always)
  func run<Form: OutputForm>(
    _ form: Form.Type, _ plan: UnsafePointer<CallPlan>, _ frame: UnsafeMutablePointer<CallFrame>
  ) throws(TheanoError) -> Form.Value {
    defer { plan.pointee.finish(frame) }
    if try plan.pointee.run(frame.pointee) { return form.take(frame.pointee, outputCount) }
    return try runGeneral(form, frame.pointee)
  }

  /// A shared variable has another shape than the program was made for: the general program takes over.
  @inline(never)
  private func runGeneral<Form: OutputForm>(
    _ form: Form.Type, _ arguments: CallFrame
  ) throws(TheanoError) -> Form.Value {
    let core = try general()
    guard let plan = core.plan else { throw noGeneral() }
    let frame = plan.pointee.begin()
    defer { plan.pointee.finish(frame) }
    frame.pointee.setArguments(of: arguments, count: inputs.count)
    guard try plan.pointee.run(frame.pointee) else { throw noGeneral() }
    return form.take(frame.pointee, outputCount)
  }

  private func noGeneral() -> TheanoError {
    TheanoError(
      .compiler, in: name, "the function cannot be compiled for shared variables of new shapes",
      hint: "make the function anew with function(...)")
  }

  private func interpret(
    _ arguments: [NDArray], _ evaluate: ([NDArray]) throws(TheanoError) -> [NDArray]?
  ) throws(TheanoError) -> [NDArray]? {
    for item in shared {
      let isWritten = item.update >= 0
      try HeldVariables.check(
        item.state, isWritten: isWritten, in: name, isWritten ? "the function updates" : "the function reads")
    }
    for item in shared {
      item.update >= 0 ? theano_rwlock_write(item.state.lock) : theano_rwlock_read(item.state.lock)
    }
    defer {
      for item in shared {
        item.update >= 0
          ? theano_rwlock_unlock_write(item.state.lock) : theano_rwlock_unlock_read(item.state.lock)
      }
    }
    var leaves = arguments
    for item in shared.filter({ $0.leaf >= 0 }).sorted(by: { $0.leaf < $1.leaf }) {
      leaves.append(item.state.value)
    }
    let states = shared.map { (variable: $0.state, isWritten: $0.update >= 0) }
    let found = try HeldVariables.holding(states) { () throws(TheanoError) in try evaluate(leaves) }
    guard let results = found else { return nil }
    // All of them before the first is put: a call changes all or none.
    let updated = shared.filter { $0.update >= 0 }
    let values = try updated.map { (item) throws(TheanoError) in
      try Argument.memory("the new value of \(item.state.name ?? "a shared variable")", in: name) {
        () throws(TheanoError) in try results[item.update].checked.contiguous()
      }
    }
    for (item, value) in zip(updated, values) { item.state.put(value) }
    return Array(results.prefix(outputCount))
  }
}

/// How the results of a call are handed out: as one array, a list, or not at all.
protocol OutputForm {
  associatedtype Value
  /// The value from the program's results.
  static func take(_ frame: CallFrame, _ count: Int) -> Value
  /// The value from the interpreter's results.
  static func value(_ results: [NDArray]) -> Value
}

enum OneOutput: OutputForm {
  static func take(_ frame: CallFrame, _ count: Int) -> NDArray { frame.take(0) }
  static func value(_ results: [NDArray]) -> NDArray { results[0] }
}

enum OutputList: OutputForm {
  static func take(_ frame: CallFrame, _ count: Int) -> [NDArray] { (0..<count).map { frame.take($0) } }
  static func value(_ results: [NDArray]) -> [NDArray] { results }
}

enum NoOutput: OutputForm {
  static func take(_ frame: CallFrame, _ count: Int) {}
  static func value(_ results: [NDArray]) {}
}
