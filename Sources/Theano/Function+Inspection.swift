import CTheanoSupport
import TheanoArrays
import TheanoEmission
import TheanoGraph
import TheanoInspection
import TheanoRewriting
import TheanoScheduling
import TheanoToolchain

extension Function: CustomStringConvertible {
  /// The name that was given to `function(...)`.
  public var name: String { core.name }
  /// The C that was generated, each kernel with the expressions that it computes and the lines they were written at; empty
  /// for a function that is interpreted.
  public var cSource: String {
    guard let schedule = core.report.schedule, let program = core.report.program else { return "" }
    SourceNote.lookUp(schedule.notes.map(\.note))
    let source = ProgramText.write(
      program, hostText: String(cString: theano_host_text()), comment: schedule.text(ofNote:))
    return """
      // \(core.name): its kernels and its entry; what they stand on follows.
      \(source.own)
      // ---- What the program stands on. The compiler reads it first.
      \(source.foundation)
      """
  }
  /// Each stage of the compilation with its time.
  public var compilation: CompilationReport { core.report }

  /// The graph that the function computes, after rewriting: one line for each operation.
  public var graphText: String { core.report.graph.listing() }

  /// How the function came about: stages with their times, which rule fired where, the rewritten graph, the steps of
  /// the program, and how its memory is used.
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
    section("Stages", report.description)
    section("Rewriting", report.rewrites.description)
    section("What the rules did", report.rewrites.explanation)
    section("Graph", graphText)
    if let schedule = report.schedule, let plan = report.plan {
      section("Steps", schedule.listing(library: productLibrary(schedule)))
      section("Workspace", plan.listing(of: schedule))
    }
    return sections.joined(separator: "\n\n")
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

/// Prints the graph that a function computes, after rewriting.
public func debugPrint<Outputs>(_ function: Function<Outputs>) { print(function.graphText) }
