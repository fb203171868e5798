import TheanoToolchain

/// What this machine has beyond a Swift toolchain.
package enum Machine {
  /// Whether a LAPACK library was found.
  package static var hasSolver: Bool {
    get throws { try HostServices.process().libraries.solvers != nil }
  }

  /// Whether functions are compiled; otherwise the interpreter runs them.
  package static var hasCompiler: Bool {
    get throws { try Toolchain.process().settings.compiler != .none }
  }
}
