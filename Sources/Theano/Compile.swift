import CTheanoSupport
import TheanoArrays
import TheanoEmission
import TheanoGraph
import TheanoInterpreter
import TheanoKernels
import TheanoRewriting
import TheanoRules
import TheanoRuntime
import TheanoScheduling
import TheanoToolchain

/// How a function was made: each stage with its time and its result.
public struct CompilationReport: Sendable {
  /// One stage on the way from the expression to the function.
  public struct Stage: Sendable {
    /// What was done.
    public var name: String
    /// How long it took, in seconds.
    public var seconds: Double
    /// What came of it.
    public var detail: String
  }

  /// The stages, in order.
  public internal(set) var stages: [Stage] = []
  /// The C that was compiled, without comments on where it comes from (``Function/cSource`` has them); empty for a function
  /// that is interpreted.
  public internal(set) var source = ""
  /// Where the native code came from, in words: memory, the disk cache, or the compiler.
  public internal(set) var origin = ""
  /// What rewriting did, and the graph that it left.
  package internal(set) var rewrites = RewriteReport()
  package internal(set) var graph = Graph()
  /// How the graph runs natively; `nil` for a function that is interpreted.
  package internal(set) var schedule: Schedule?
  package internal(set) var plan: MemoryPlan?
  package internal(set) var program: Program?

  mutating func measure<R, E: Error>(_ name: String, _ body: () throws(E) -> (R, String)) throws(E) -> R {
    let clock = ContinuousClock()
    let start = clock.now
    let (result, detail) = try body()
    let seconds =
      Double((clock.now - start).components.attoseconds) * 1e-18
      + Double((clock.now - start).components.seconds)
    stages.append(Stage(name: name, seconds: seconds, detail: detail))
    return result
  }
}

extension CompilationReport: CustomStringConvertible {
  /// A line for each stage.
  public var description: String {
    stages.map { stage in
      let milliseconds = (stage.seconds * 1e5).rounded() / 100
      return "\(stage.name): \(milliseconds) ms\(stage.detail.isEmpty ? "" : ", \(stage.detail)")"
    }.joined(separator: "\n")
  }
}

/// The pipeline: expression, graph, rewritten graph, schedule, memory plan, C, library.
struct Compilation {
  let name: String
  let mode: Mode
  var report = CompilationReport()

  init(name: String, mode: Mode) {
    self.name = name
    self.mode = mode
  }

  mutating func compile(
    outputs: [TensorVariable], inputs: [TensorVariable], givens: [TensorVariable: TensorVariable],
    assuming assumed: (SharedState) -> [Int]?
  ) throws(TheanoError) -> (graph: Graph, backend: FunctionCore.Backend) {
    var graph = try report.measure("graph") { () throws(TheanoError) in
      let graph = try Graph(computing: outputs, from: inputs, givens: givens, assuming: assumed)
      return (graph, "\(graph.nodes.count) nodes")
    }
    if mode.rewrites { try rewrite(&graph) }
    report.graph = graph
    if try usesInterpreter() {
      return (graph, .interpreter(Interpreter(graph)))
    }
    do throws(Fault) { try SharedBranches.separate(&graph) } catch {
      throw TheanoError(graph.diagnosis(error, at: nil))
    }
    return (graph, .native(try native(graph)))
  }

  private mutating func rewrite(_ graph: inout Graph) throws(TheanoError) {
    var options = RewriteOptions()
    options.assumesFinite = mode.assumesFinite
    options.disabled = mode.excludedRules
    var rewritten = graph
    report.rewrites = try report.measure("rewriting") { () throws(TheanoError) in
      let before = rewritten
      let log = try TheanoRules.rewrite(&rewritten, options: options) { pass, graph in
        // Lengths that shared variables happen to have may be wrong ones from the start; the call says so.
        assert(
          graph.violations(rewrittenFrom: before).isEmpty || !before.violations().isEmpty,
          "after \(pass): \(graph.violations(rewrittenFrom: before))")
      }
      return (log, "\(rewritten.sorted().count) nodes left")
    }
    graph = rewritten
  }

  /// Whether the function is interpreted.
  func usesInterpreter() throws(TheanoError) -> Bool {
    switch mode.linker {
    case .native: return false
    case .interpreter: return true
    case .automatic:
      let toolchain = try Toolchain.process()
      // A compiler that was asked for by name and is missing is an error. If none was asked for, the interpreter takes over.
      guard toolchain.settings.compiler == .automatic else { return toolchain.settings.compiler == .none }
      do { _ = try toolchain.compiler } catch {
        Notice.once(
          "no C compiler was found, so that functions are interpreted, many times slower; "
            + (error.diagnoses.first?.hint ?? ""))
        return true
      }
      return false
    }
  }

  private mutating func native(_ graph: Graph) throws(TheanoError) -> CompiledProgram {
    let schedule = report.measure("schedule") {
      let schedule = Scheduler.schedule(graph)
      return (schedule, "\(schedule.steps.count) steps, \(schedule.buffers.count) buffers")
    }
    let plan = report.measure("memory plan") {
      let plan = MemoryPlan(schedule)
      return (plan, "\(plan.slotOf.count) buffers in \(plan.slots.count) places, \(plan.inPlace) in place")
    }
    assert(plan.violations(of: schedule).isEmpty, "\(plan.violations(of: schedule))")
    (report.schedule, report.plan) = (schedule, plan)
    let program = report.measure("program") {
      var program = ProgramBuilder.program(schedule, plan)
      program.gatherRuns()
      return (program, "\(program.kernels.count) kernels, \(program.callCount) calls")
    }
    report.program = program
    let source = report.measure("emission") {
      let source = ProgramText.write(program, hostText: String(cString: theano_host_text()))
      return (source, "\(source.unit.utf8.count) bytes")
    }
    report.source = source.unit
    let missing = PreludeParts.missing(source.functions)
    if !missing.isEmpty {
      throw TheanoError(
        .defect, in: name, "the vector maths have no function \(missing.joined(separator: ", "))",
        hint: "this is a fault of Theano itself: please report it, with the program")
    }
    let loaded = try report.measure("C compiler and loader") { () throws(TheanoError) in
      let loaded = try Toolchain.process().load(source: source.unit)
      return (loaded, loaded.details)
    }
    report.origin = loaded.origin.description
    let host = try Compilation.host.get()
    host.fillImports(of: loaded.program, program.routines)
    let graphChecks = graph.checks
    // Also those that the program leaves out, since another demands the same.
    let entryChecks = graphChecks.indices.filter {
      graphChecks[$0].isCertain && graphChecks[$0].check.isKnown(graph.isEntrySymbol)
    }
    let kernelChecks = schedule.kernelChecks
    let constants = try schedule.constants.map { (value) throws(TheanoError) in
      try Argument.memory("a constant of shape \(value.shape)", in: name) { () throws(TheanoError) in
        try value.checked.contiguous()
      }
    }
    let interface = CompiledProgram.Interface(
      name: name, leafCount: schedule.leafCount, constants: constants,
      resultTypes: graph.outputs.map { graph.values[$0].type }, scratchSlots: schedule.scratchSlots,
      callbacks: schedule.callbacks.map { callback in
        let node = graph.nodes[callback.node]
        return .init(
          operation: callback.operation, origin: node.origin,
          inputs: node.inputs.map { graph.values[graph.resolve($0)].type }, outputs: callback.types)
      },
      usesProducts: schedule.usesProducts || !program.routines.isEmpty,
      routines: program.routines.map { schedule.origin(of: $0) },
      resultOrigins: graph.outputs.map { graph.producer($0).flatMap { graph.nodes[$0].origin } },
      largest: { schedule.largestIntermediate(length: $0.length, value: $0.integer) },
      faults: { frame, check, values in
        guard check < graphChecks.count else {
          let failed = kernelChecks[check - graphChecks.count]
          return TheanoError(Compilation.diagnosis(failed.fault(values), failed.origin))
        }
        // The program stops at the first pair of lengths that does not fit; all that its arguments decide are told at once.
        if entryChecks.contains(check) {
          do throws(TheanoError) {
            var sizes = SizeValues()
            try graph.checkSizes(entryChecks, &sizes) {
              graph.entryLength($0, length: frame.length, value: frame.integer)
            }
          } catch {
            return error
          }
        }
        let failed = graphChecks[check]
        return TheanoError(Compilation.diagnosis(failed.check.fault(values[0], values[1]), failed.origin))
      })
    return CompiledProgram(
      interface, entry: loaded.program.entry, code: loaded.program, host: host)
  }

  private static func diagnosis(_ fault: Fault, _ origin: ApplyNode?) -> Diagnosis {
    guard let origin else { return Diagnosis(fault.kind, in: "function", fault.what, hint: fault.hint) }
    return fault.diagnosis(of: origin.op, operands: origin.inputs, note: origin.note)
  }

  /// One table serves every program of the process.
  private static let host = Result { () throws(TheanoError) in HostTable(try .process()) }
}

extension Toolchain.Loaded {
  /// Where the program came from, and what took the time.
  fileprivate var details: String {
    let parts = [
      ("key", times.hash), ("look-up", times.lookup), ("compiling", times.compile), ("linking", times.link),
      ("storing", times.store), ("loading", times.load),
    ].filter { $0.1 >= 5e-5 }.map { "\($0.0) \(($0.1 * 1e4).rounded() / 10)" }
    return parts.isEmpty ? origin.description : "\(origin.description) (\(parts.joined(separator: ", ")) ms)"
  }
}

extension LoadedProgram.Origin {
  /// Where the program came from, in words.
  fileprivate var description: String {
    switch self {
    case .memory: "loaded before"
    case .disk: "from the cache on disk"
    case .compiled: "compiled just now"
    }
  }
}
