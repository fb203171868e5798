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

  package enum Backend: Sendable {
    case native(CompiledProgram)
    case interpreter(@Sendable ([NDArray]) throws(TheanoError) -> [NDArray])
  }

  package let name: String
  package let inputs: [Input]
  /// The shared variables that are read or updated, ascending by id, with their leaf or -1, and their update or -1.
  package let shared: [(state: SharedState, leaf: Int, update: Int)]
  package let outputCount: Int
  package let backend: Backend
  package let report: CompilationReport

  package init(
    name: String, inputs: [Input], shared: [(state: SharedState, leaf: Int, update: Int)], outputCount: Int,
    backend: Backend, report: CompilationReport
  ) {
    self.name = name
    self.inputs = inputs
    self.shared = shared
    self.outputCount = outputCount
    self.backend = backend
    self.report = report
  }

  /// An argument as the program takes it.
  @inline(__always)
  func prepare(_ argument: NDArray, _ k: Int) throws(TheanoError) -> NDArray {
    let input = inputs[k]
    if input.isOpen, argument.dtype == input.type.dtype, argument.ndim == input.type.ndim, argument.isContiguous {
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
    let context = program.begin()
    set(context)
    if shared.isEmpty {
      defer { program.finish(context) }
      try program.run(context)
      context.clear()
      return take(context)
    }
    return try runShared(program, context, take)
  }

  @inline(never)
  private func runShared<R>(
    _ program: CompiledProgram, _ context: CallContext, _ take: (CallContext) -> R
  ) throws(TheanoError) -> R {
    defer { program.finish(context) }
    for item in shared { item.update >= 0 ? item.state.lock.write() : item.state.lock.read() }
    defer { for item in shared { item.state.lock.unlock() } }
    // The snapshots keep what the program reads alive and unchanged, whatever others do with the variables.
    context.snapshot.removeAll(keepingCapacity: true)
    for item in shared where item.leaf >= 0 {
      let value = item.state.value.withLock { $0 }
      context.set(item.leaf, value)
      context.snapshot.append(value)
    }
    defer { context.snapshot.removeAll(keepingCapacity: true) }
    try program.run(context)
    context.clear()
    let result = take(context)
    context.snapshot.removeAll(keepingCapacity: true)
    for item in shared where item.update >= 0 {
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
