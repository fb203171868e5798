import Testing
import TheanoTestSupport

/// The README says what is true: its Swift is the tour's, and its outputs are what the tour prints.
@Suite(
  .enabled(if: hasCompiler && RunningProgram.path("tour") != nil, "needs a C compiler and the built examples")
)
struct ReadmeTests {
  let readme: String
  let tour: String

  init() throws {
    readme = try #require(SourceText.read("README.md"))
    tour = try #require(SourceText.read("Examples/tour/main.swift"))
  }

  /// The README's blocks of one kind.
  private func blocks(_ language: String) -> [String] {
    readme.split(separator: "```\(language)\n", omittingEmptySubsequences: false).dropFirst().map {
      String($0[..<($0.firstRange(of: "```")?.lowerBound ?? $0.endIndex)])
    }
  }

  @Test func itsSwiftIsCompiled() {
    #expect(blocks("swift").count > 5)
    for block in blocks("swift") { #expect(tour.contains(block), "not in the tour:\n\(block)") }
  }

  @Test func itsOutputsArePrinted() throws {
    let program = try #require(RunningProgram.path("tour"))
    let run = RunningProgram(program, [], environment: [:])
    #expect(run.code == 0, "\(run.errors)")
    var rest = run.output[...]
    func expect(_ text: String) {
      let found = rest.firstRange(of: text + "\n")
      #expect(found != nil, "\(text) is not printed, or not here:\n\(rest)")
      if let found { rest = rest[found.upperBound...] }
    }
    for line in tour.split(separator: "\n") where line.hasPrefix("print(") {
      guard let comment = line.firstRange(of: "  // ") else { continue }
      expect(String(line[comment.upperBound...]))
    }
    #expect(blocks("text").count > 1)
    for block in blocks("text") {
      #expect(run.output.contains(block), "not printed:\n\(block)\n\(run.output)")
    }
  }
}
