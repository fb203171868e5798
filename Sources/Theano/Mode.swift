import TheanoArrays

/// How a function is made: what is rewritten and how it runs.
public struct Mode: Sendable, Hashable {
  /// Who runs the function.
  public enum Linker: Sendable, Hashable {
    /// Native code from the C compiler.
    case native
    /// The interpreter: slow, needs no compiler.
    case interpreter
    /// Native code, or the interpreter if `THEANO_CC=none` or the machine has no C compiler.
    case automatic
  }

  /// Who runs the function.
  public var linker: Linker
  /// Whether the expression is rewritten at all.
  public var rewrites: Bool
  /// Whether rules apply that assume finite inputs and shared variables and operations that do not overflow, such as x - x = 0. What
  /// finite numbers make of themselves stays: the logarithm of -2 is no number in every mode.
  public var assumesFinite: Bool
  /// Rules that are not applied, by name.
  public var excludedRules: Set<String>

  /// A mode from its parts.
  public init(
    linker: Linker = .automatic, rewrites: Bool = true, assumesFinite: Bool = true,
    excludedRules: Set<String> = []
  ) {
    self.linker = linker
    self.rewrites = rewrites
    self.assumesFinite = assumesFinite
    self.excludedRules = excludedRules
  }

  /// Everything on.
  public static let fastRun = Mode()
  /// Nothing is rewritten: what is written is what runs.
  public static let unrewritten = Mode(rewrites: false)
  /// The interpreter, rewriting as usual.
  public static let interpreted = Mode(linker: .interpreter)
}
