import Testing
import Theano

/// Something that fails, and the exact text that it fails with.
///
/// The text is what a person reads, down to the last character. Only the places are made relative: `File.swift:+2` is two
/// lines below the entry's first, whoever moves the entry.
struct Pinned: Sendable, CustomTestStringConvertible {
  let body: @Sendable (Mode) throws -> Void
  let text: String
  let line: Int

  /// A call, or the making of a function, that throws.
  init(_ body: @escaping @Sendable (Mode) throws -> Void, _ text: String, line: Int = #line) {
    (self.body, self.text, self.line) = (body, text, line)
  }

  /// An expression that is impossible.
  init(_ build: @escaping @Sendable () -> TensorVariable, _ text: String, line: Int = #line) {
    self.init({ _ in try build().validate() }, text, line: line)
  }

  var testDescription: String { String(text.prefix { $0 != "\n" }) }

  /// Fails unless the body throws exactly this text.
  func check(_ mode: Mode = .fastRun, sourceLocation: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: TheanoError.self, sourceLocation: sourceLocation) { try body(mode) }
    guard let error else { return }
    let place = /(?:(?:ErrorsTests|Errors)\/)?(\w+\.swift):(\d+)/
    let found = error.description.replacing(place) { match in
      let distance = (Int(match.2) ?? 0) - line
      return "\(match.1):\(distance < 0 ? "" : "+")\(distance)"
    }
    #expect(found == text, sourceLocation: sourceLocation)
  }
}

/// Makes a function of the inputs and calls it.
func call(
  _ mode: Mode, _ inputs: [TensorVariable], _ output: TensorVariable, _ arguments: [NDArray]
) throws {
  _ = try function(inputs: inputs, outputs: output, mode: mode).call(arguments)
}
