import Testing
import Theano
import TheanoTestSupport

/// A hint, a program that gets it, and the same program after doing what it says.
struct Advice: Sendable, CustomTestStringConvertible {
  /// The hint as the source has it, with `…` for what is filled in.
  let hint: String
  let fails: @Sendable () throws -> Any
  let works: @Sendable () throws -> Any
  /// The value that was meant all along.
  let value: String

  init(
    _ hint: String, _ fails: @escaping @Sendable () throws -> Any,
    then works: @escaping @Sendable () throws -> Any, gives value: String
  ) {
    (self.hint, self.fails, self.works, self.value) = (hint, fails, works, value)
  }

  var testDescription: String { hint }

  /// The text of a program's outcome; expressions are evaluated.
  static func outcome(_ program: () throws -> Any) throws -> String {
    let result = try program()
    guard let expression = result as? TensorVariable else { return "\(result)" }
    return "\(try expression.eval())"
  }

  /// Whether a hint that was given is this one with its gaps filled in.
  func matches(_ given: String) -> Bool {
    var rest = given[...]
    let parts = hint.split(separator: "…", omittingEmptySubsequences: false)
    for (k, part) in parts.enumerated() {
      if k == 0 {
        guard rest.hasPrefix(part) else { return false }
        rest = rest.dropFirst(part.count)
      } else if k == parts.count - 1 {
        return part.isEmpty || rest.hasSuffix(part)
      } else if !part.isEmpty {
        guard let found = rest.firstRange(of: part) else { return false }
        rest = rest[found.upperBound...]
      }
    }
    return rest.isEmpty
  }
}

@Suite struct AdviceTests {
  static let tried =
    Advice.expressions + Advice.shapes + Advice.functions + Advice.arrays + Advice.files + Advice.strangeFiles

  @Test(arguments: tried) func followedItHelps(_ advice: Advice) throws {
    let error = #expect(throws: TheanoError.self) { try Advice.outcome(advice.fails) }
    // What a closure threw is told within the text, its hint included.
    let given = (error?.description.split(separator: "\n") ?? []).compactMap { line in
      line.firstRange(of: "hint: ").map { String(line[$0.upperBound...]) }
    }
    #expect(given.contains { advice.matches($0) }, "\(given)")
    #expect(try Advice.outcome(advice.works) == advice.value)
  }

  /// A hint that is added to the library needs a program that follows it, or the reason why none can.
  @Test func everyHintIsTried() throws {
    let scanner = HintScanner(folder: "\(packageRoot)/Sources")
    try #require(!scanner.hints.isEmpty)
    #expect(scanner.unknown.isEmpty, "hints from elsewhere: \(scanner.unknown.joined(separator: "\n"))")
    let known = Set(Self.tried.map(\.hint)).union(Advice.untried.keys)
    let missing = scanner.hints.filter { !known.contains($0.key) }.map { "\($0.key)   (\($0.value))" }
    #expect(
      missing.isEmpty,
      "\(missing.count) hints that nothing follows:\n\(missing.sorted().joined(separator: "\n"))")
    let gone = known.subtracting(scanner.hints.keys)
    #expect(gone.isEmpty, "no error gives these:\n\(gone.sorted().joined(separator: "\n"))")
  }
}
