import CTheanoSupport
import TheanoArrays
import TheanoEmission
import TheanoGraph
import TheanoInspection
import TheanoKernels
import TheanoRewriting
import TheanoScheduling
import TheanoToolchain

extension Function: CustomStringConvertible {
  /// The name that was given to `function(...)`.
  public var name: String { core.name }
  /// The C that was generated, to be read: the program's own kernels and its entry first, each kernel under the expressions
  /// that it computes and the lines they were written at; what every program has behind them, under a heading. What is compiled
  /// is ``CompilationReport/source``, in which that comes first. Empty for a function that is interpreted.
  public var cSource: String {
    guard core.report.schedule != nil else { return "" }
    return """
      // \(core.name)
      // The program: its kernels, and at the end the entry that calls them.

      \(ownSource)
      \(CompilationReport.boilerplate)

      \(sourceText.foundation)
      """
  }

  /// The part of ``cSource`` that is the program's own.
  package var ownSource: String { sourceText.own }

  private var sourceText: (own: String, foundation: String) {
    guard let schedule = core.report.schedule, let program = core.report.program else { return ("", "") }
    SourceNote.lookUp(schedule.notes.map(\.note))
    let text = ProgramText.write(
      program, hostText: String(cString: theano_host_text()), comment: schedule.text(ofNote:))
    return (text.own, text.foundation)
  }

  /// Each stage of the compilation with its time.
  public var compilation: CompilationReport { core.report }

  /// The graph that the function computes, after rewriting: one line for each operation.
  public var graphText: String { core.report.graph.listing() }

  /// How the function came about: first a summary of where time and memory go, then stages with their times, which rule fired
  /// where, the rewritten graph, the steps of the program, and how its memory is used.
  ///
  /// ```swift
  /// print(f.explain())
  /// ```
  public func explain() -> String {
    let report = core.report
    var sections = [heading]
    func section(_ title: String, _ text: String) {
      guard !text.isEmpty else { return }
      let indented = text.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.isEmpty ? "" : "  \($0)"
      }
      sections.append("\(title)\n\(indented.joined(separator: "\n"))")
    }
    section("Summary", report.summary(library: report.schedule.map(productLibrary)))
    section("Stages", report.description)
    section("Rewriting", report.rewrites.description)
    section("What the rules did", report.rewrites.explanation)
    section("Graph", graphText)
    if let schedule = report.schedule, let plan = report.plan {
      section("Terms", Self.terms)
      section("Steps", schedule.listing(library: productLibrary(schedule)))
      section("Workspace", plan.listing(of: schedule))
    }
    return sections.joined(separator: "\n\n")
  }

  /// The words of what follows.
  private static var terms: String {
    """
    nest      loops over one iteration space that compute several operations at once; a kernel is its C function
    product   a matrix product, by a library or by loops, whichever is faster for its lengths
    leaf      an argument or a shared variable, in the order of the graph's first lines
    result    an output, or the new value of a shared variable
    b7        a buffer of the workspace: an intermediate value that has to be written to memory
    n0_1      the length of axis 1 of leaf 0, known at the call
    place     a part of the workspace that buffers take in turn, one after the other
    callback  a call from the program into Swift: T.custom, T.print
    """
  }

  private func productLibrary(_ schedule: Schedule) -> String {
    guard schedule.usesProducts, let services = try? HostServices.process() else { return "BLAS" }
    return services.libraries.products?.name ?? "the embedded BLAS"
  }

  /// The function's name, its arguments and their types, the types of what it returns, and the shared variables that it updates.
  ///
  /// `train(x: float64 matrix, y: float64 vector, rate: float64 scalar = 0.1) -> float64 scalar, updates w, b`
  public var description: String {
    let arguments = core.inputs.map { input in
      let name = input.variable.name.map { "\($0): " } ?? ""
      let value = input.defaultValue.map { $0.ndim == 0 ? " = \($0)" : " = ..." } ?? ""
      return name + input.type.brief + value
    }
    let outputs = core.outputTypes.map(\.brief)
    let result =
      Outputs.self == [NDArray].self ? "[\(outputs.joined(separator: ", "))]" : outputs.first ?? "Void"
    let updates = core.updatedNames.isEmpty ? "" : ", updates \(core.updatedNames.joined(separator: ", "))"
    return "\(core.name)(\(arguments.joined(separator: ", "))) -> \(result)\(updates)"
  }

  private var heading: String {
    let arguments = core.inputs.map { "\($0.variable): \($0.type.brief)" }.joined(separator: ", ")
    let updates = core.updateCount
    let results = core.outputCount == 1 ? "1 result" : "\(core.outputCount) results"
    let changes = updates == 0 ? "" : ", \(updates) shared \(updates == 1 ? "variable" : "variables") updated"
    let how =
      switch core.backend {
      case .native: "native code, \(core.report.origin)"
      case .interpreter: "interpreted"
      }
    return "\(core.name)(\(arguments)): \(results)\(changes); \(how)"
  }
}

extension CompilationReport {
  /// What stands between a program's own text and the text that every program has.
  package static let boilerplate =
    "// Boilerplate, which is compiled before the above: the host's table, vector maths, services."

  /// Where time and memory go, in about ten lines.
  ///
  /// - Parameter library: Who does the large products; `nil` for a function that is interpreted.
  fileprivate func summary(library: String?) -> String {
    func milliseconds(_ seconds: Double) -> String { "\((seconds * 1e5).rounded() / 100) ms" }
    let total = stages.reduce(0) { $0 + $1.seconds }
    let slowest = stages.sorted { $0.seconds > $1.seconds }.prefix(3).map {
      "\($0.name) \(milliseconds($0.seconds))"
    }
    var lines = [
      "made in       \(milliseconds(total)): mostly \(slowest.joined(separator: ", "))",
      "code          \(origin.isEmpty ? "none, since the graph is interpreted" : origin), \(source.utf8.count) bytes of C",
      "operations    \(graph.sorted().count) after rewriting, \(rewrites.passes.reduce(0) { $0 + $1.firingCount }) rules applied",
    ]
    guard let schedule, let plan else { return lines.joined(separator: "\n") }
    let work = Work(schedule.steps)
    lines += [
      "loop nests    \(work.nests), with \(counted(work.operations, "operation", "operations")) for a point of each",
      "products      \(work.routines.isEmpty ? "none" : "\(listed(work.routines)), large ones by \(library ?? "BLAS")")",
      "libraries     \(work.libraries.isEmpty ? "none" : listed(work.libraries))",
      "callbacks     \(work.callbacks == 0 ? "none" : "\(work.callbacks)")",
      "largest       \(largest(schedule))",
      "workspace     \(plan.slots.isEmpty ? "none" : workspace(plan))",
      "constants     \(schedule.constants.count), \(schedule.constants.reduce(0) { $0 + $1.size * $1.dtype.itemSize }) bytes",
    ]
    return lines.joined(separator: "\n")
  }

  /// What the steps of a program do, branches included.
  private struct Work {
    var nests = 0
    var operations = 0
    var routines: [String: Int] = [:]
    var libraries: [String: Int] = [:]
    var callbacks = 0

    init(_ steps: [Step]) {
      steps.walk { step in
        switch step {
        case .nest(let step):
          nests += 1
          operations += step.nest.instructions.count { if case .apply = $0 { true } else { false } }
        case .product(let product): routines[product.routine, default: 0] += 1
        case .call(let call): libraries[call.routine.symbol, default: 0] += 1
        case .callback: callbacks += 1
        case .branch, .point, .bind, .define, .check, .allocate: break
        }
      }
    }
  }

  private func listed(_ counts: [String: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }

  /// The three largest buffers of the workspace: those of known length by it, the others by their number of axes before them.
  private func largest(_ schedule: Schedule) -> String {
    let buffers = schedule.buffers.indices.filter { schedule.buffers[$0].storage == .workspace }
    let sorted = buffers.sorted { a, b in
      let (a, b) = (schedule.buffers[a], schedule.buffers[b])
      let (m, n) = (a.count.constant, b.count.constant)
      if let m, let n { return m * a.dtype.itemSize > n * b.dtype.itemSize }
      return m == nil && n == nil ? a.shape.count > b.shape.count : m == nil
    }
    let texts = sorted.prefix(3).map { id in
      let buffer = schedule.buffers[id]
      return
        "\(schedule.name(id)) \(buffer.dtype)[\(buffer.shape.map(\.description).joined(separator: ", "))]"
    }
    return texts.isEmpty ? "no buffer between the steps" : texts.joined(separator: "; ")
  }

  private func workspace(_ plan: MemoryPlan) -> String {
    let total = plan.slots.reduce(Size(0)) { $0 + $1.bytes }
    let saved = plan.slotOf.count - plan.slots.count
    return "\(total) bytes at most, in \(counted(plan.slots.count, "place", "places"))"
      + (saved > 0 ? "; \(counted(saved, "buffer reuses", "buffers reuse")) the place of another" : "")
  }
}

/// Prints the graph that a function computes, after rewriting.
public func debugPrint<Outputs>(_ function: Function<Outputs>) { print(function.graphText) }
