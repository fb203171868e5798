import TheanoGraph

extension Function {
  /// The name that was given to `function(...)`.
  public var name: String { core.name }
  /// The C that was generated; empty for a function that is interpreted.
  public var cSource: String { core.report.source }
  /// Each stage of the compilation with its time.
  public var compilation: CompilationReport { core.report }
}
