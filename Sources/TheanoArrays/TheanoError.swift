/// Something that the user of the library can mend: a wrong shape, file, argument or machine.
///
/// One error carries every diagnosis that was found, so that a program with three mistakes is told of all three at
/// once. `print(error)` shows them in full.
public struct TheanoError: Error, Sendable, Hashable {
  /// What was found, in the order in which the expressions were built.
  public let diagnoses: [Diagnosis]

  /// An error with the given diagnoses.
  public init(_ diagnoses: [Diagnosis]) { self.diagnoses = diagnoses }

  /// An error with one diagnosis.
  public init(_ diagnosis: Diagnosis) { diagnoses = [diagnosis] }

  /// An error with one diagnosis made from its parts.
  public init(
    _ kind: Diagnosis.Kind, in operation: String, _ what: String, hint: String? = nil,
    at location: String? = nil
  ) {
    diagnoses = [Diagnosis(kind, in: operation, what, hint: hint, location: location)]
  }

  /// The kind of the first diagnosis: what a `catch` usually wants to know.
  public var kind: Diagnosis.Kind? { diagnoses.first?.kind }
}

/// One thing that is wrong: what, in which operation, where, and what to do about it.
public struct Diagnosis: Sendable, Hashable {
  /// What sort of thing is wrong.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Shapes or ranks that do not fit.
    case shape
    /// Element types that do not fit.
    case dtype
    /// An index outside its axis.
    case index
    /// A wrong argument: number, name, value.
    case argument
    /// A gradient that does not exist.
    case gradient
    /// An update that cannot be stored in its shared variable.
    case update
    /// Values that a computation cannot go on with, such as a singular matrix.
    case numeric
    /// A file that is missing, malformed or not what it claims.
    case file
    /// A native library that is missing or unusable.
    case library
    /// A C compiler that is missing or failed.
    case compiler
    /// The machine: memory, disk, permissions.
    case system
    /// An error thrown by code of the user's own that the library called.
    case custom
    /// A fault of the library itself and not of the program. Please report it, with the text.
    case defect
  }

  /// What sort of thing is wrong.
  public var kind: Kind
  /// The operation or function that found it, such as `dot` or `function`.
  public var operation: String
  /// What is wrong, with the shapes, dtypes and values that matter.
  public var what: String
  /// What to do about it, if that can be said.
  public var hint: String?
  /// The expression, one line; the part that is wrong is underlined with carets.
  public var expression: String?
  /// The part of `expression` to underline, in characters.
  public var caret: Range<Int>?
  /// Where the expression was written, as `file:line`; `nil` if it has no place in the user's source.
  public var location: String?

  /// A diagnosis from its parts.
  public init(
    _ kind: Kind, in operation: String, _ what: String, hint: String? = nil, expression: String? = nil,
    caret: Range<Int>? = nil, location: String? = nil
  ) {
    self.kind = kind
    self.operation = operation
    self.what = what
    self.hint = hint
    self.expression = expression
    self.caret = caret
    self.location = location
  }
}

extension Diagnosis: CustomStringConvertible {
  /// The diagnosis as it is shown to a person.
  public var description: String {
    var lines = ["[\(operation)] \(what)"]
    if let expression {
      lines.append("    " + expression)
      if let caret, !caret.isEmpty {
        lines.append(
          "    " + String(repeating: " ", count: caret.lowerBound)
            + String(repeating: "^", count: caret.count))
      }
    }
    if let location { lines.append("  at \(location)") }
    if let hint { lines.append("  hint: \(hint)") }
    return lines.joined(separator: "\n")
  }
}

extension TheanoError: CustomStringConvertible {
  /// Every diagnosis, in full.
  public var description: String {
    if diagnoses.count == 1 { return "TheanoError: \(diagnoses[0])" }
    let numbered = diagnoses.enumerated().map { "\($0 + 1). \($1)" }
    return "TheanoError: \(diagnoses.count) things are wrong\n" + numbered.joined(separator: "\n")
  }
}
