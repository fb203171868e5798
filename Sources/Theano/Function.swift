import Synchronization
import TheanoArrays
import TheanoGraph
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

/// What a function does, whatever it returns.
package final class FunctionCore: Sendable {
  package struct Input: Sendable {
    package var variable: TensorVariable
    package var type: TensorType
    /// The value of an argument that is not given.
    package var defaultValue: NDArray?
    /// Whether an argument of the right dtype and rank needs no further look.
    package var isOpen: Bool
  }

  /// A shared variable that calls read or update. A class, so that walking the list copies one reference each.
  package final class Shared: Sendable {
    package let state: SharedState
    /// Its leaf in the program; -1 if it is only updated.
    package let leaf: Int
    /// The result that is its next value; -1 if it is only read.
    package let update: Int
    /// The shape that the program was made for; `nil` if any.
    package let assumed: [Int]?

    package init(state: SharedState, leaf: Int, update: Int, assumed: [Int]? = nil) {
      self.state = state
      self.leaf = leaf
      self.update = update
      self.assumed = assumed
    }

    @inline(__always)
    func fits(_ array: NDArray) -> Bool {
      guard let assumed else { return true }
      for axis in assumed.indices where array.object.extent(axis) != assumed[axis] { return false }
      return true
    }
  }

  package enum Backend: Sendable {
    case native(CompiledProgram)
    case interpreter(@Sendable ([NDArray]) throws(TheanoError) -> [NDArray])
  }

  package let name: String
  package let inputs: [Input]
  /// The shared variables that are read or updated, ascending by id, with their leaf or -1, and their update or -1.
  package let shared: [Shared]
  package let outputCount: Int
  package let backend: Backend
  package let report: CompilationReport

  package init(
    name: String, inputs: [Input], shared: [Shared], outputCount: Int, backend: Backend,
    report: CompilationReport,
    general: @escaping @Sendable () throws(TheanoError) -> FunctionCore
  ) {
    self.name = name
    self.inputs = inputs
    self.shared = shared
    self.outputCount = outputCount
    self.backend = backend
    self.report = report
    makeGeneral = general
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

  /// An argument as the program takes it.
  @inline(__always)
  func prepare(_ argument: NDArray, _ k: Int) throws(TheanoError) -> NDArray {
    let input = inputs[k]
    if input.isOpen, argument.dtype == input.type.dtype, argument.ndim == input.type.ndim,
      argument.isContiguous
    {
      return argument
    }
    return try convert(argument, k)
  }

  @inline(never)
  private func convert(_ argument: NDArray, _ k: Int) throws(TheanoError) -> NDArray {
    let input = inputs[k]
    let fitted = try Argument.fit(argument, to: input.type, in: name) { _ in
      "argument \(k + 1), \(input.variable.name ?? "unnamed"),"
    }
    return fitted.contiguous()
  }

  @inline(never)
  func wrongCount(_ count: Int) -> TheanoError {
    let names = inputs.map { $0.variable.name ?? $0.type.brief }.joined(separator: ", ")
    let required = inputs.filter { $0.defaultValue == nil }.count
    let wanted = required == inputs.count ? "\(inputs.count)" : "\(required) to \(inputs.count)"
    return TheanoError(
      .argument, in: name, "\(count) arguments were given, but the function takes \(wanted): (\(names))",
      mend: "pass one value for each input")
  }

  /// Calls the function with all its arguments, already of the right types.
  func call(_ arguments: [NDArray]) throws(TheanoError) -> [NDArray] {
    var all = arguments
    if all.count != inputs.count {
      guard all.count < inputs.count else { throw wrongCount(all.count) }
      for input in inputs[all.count...] {
        guard let value = input.defaultValue else { throw wrongCount(arguments.count) }
        all.append(value)
      }
    }
    for k in all.indices { all[k] = try prepare(all[k], k) }
    switch backend {
    case .native(let program):
      return try withExtendedLifetime(all) { () throws(TheanoError) in
        try run(program) { context in
          for k in all.indices { context.set(k, all[k]) }
        } take: { context in
          (0..<outputCount).map { context.take($0) }
        }
      }
    case .interpreter(let evaluate): return try interpret(evaluate, all)
    }
  }

  /// One call of the native program, with the shared variables held, changed only if it succeeds.
  @inline(__always)
  func run<R>(
    _ program: CompiledProgram, set: (CallContext) -> Void, take: (CallContext) -> R
  ) throws(TheanoError) -> R {
    if shared.isEmpty {
      let context = program.begin()
      set(context)
      defer { program.finish(context) }
      try program.run(context)
      context.clear()
      return take(context)
    }
    for item in shared { item.update >= 0 ? item.state.lock.write() : item.state.lock.read() }
    defer { for item in shared { item.state.lock.unlock() } }
    let context = program.begin()
    set(context)
    if let result = try runShared(program, context, take) { return result }
    return try runGeneral(set, take)
  }

  /// A shared variable has another shape than the program was made for: the general program takes over.
  @inline(never)
  private func runGeneral<R>(
    _ set: (CallContext) -> Void, _ take: (CallContext) -> R
  ) throws(TheanoError) -> R {
    let core = try general()
    guard case .native(let program) = core.backend else {
      throw TheanoError(
        .compiler, in: name, "the function cannot be compiled for shared variables of new shapes")
    }
    let context = program.begin()
    set(context)
    guard let result = try core.runShared(program, context, take) else {
      throw TheanoError(.shape, in: name, "shared variables changed their shapes during the call")
    }
    return result
  }

  /// The call proper, under the locks; `nil` if a shared variable has a shape that the program was not made for.
  private func runShared<R>(
    _ program: CompiledProgram, _ context: CallContext, _ take: (CallContext) -> R
  ) throws(TheanoError) -> R? {
    defer { program.finish(context) }
    // The snapshots keep what the program reads alive and unchanged, whatever others do with the variables.
    defer { for item in shared where item.leaf >= 0 { context.release(item.leaf) } }
    for item in shared where item.leaf >= 0 {
      let value = item.state.value.withLock { $0 }
      if !item.fits(value) { return nil }
      context.read(item.leaf, value)
    }
    try program.run(context)
    context.clear()
    let result = take(context)
    for item in shared where item.update >= 0 {
      if item.leaf >= 0 { context.release(item.leaf) }
      var value = context.take(item.update)
      item.state.value.withLock { swap(&$0, &value) }
      context.keep(value, for: item.update)
    }
    return result
  }

  private func interpret(
    _ evaluate: ([NDArray]) throws(TheanoError) -> [NDArray], _ arguments: [NDArray]
  ) throws(TheanoError) -> [NDArray] {
    for item in shared { item.update >= 0 ? item.state.lock.write() : item.state.lock.read() }
    defer { for item in shared { item.state.lock.unlock() } }
    var leaves = arguments
    for item in shared.filter({ $0.leaf >= 0 }).sorted(by: { $0.leaf < $1.leaf }) {
      leaves.append(item.state.value.withLock { $0 })
    }
    let results = try evaluate(leaves)
    for item in shared where item.update >= 0 {
      let value = results[item.update].contiguous()
      item.state.value.withLock { $0 = value }
    }
    return Array(results.prefix(outputCount))
  }
}
