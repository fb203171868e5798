import Testing
import TheanoTestSupport
@testable import TheanoToolchain

/// What a program is told when its machine lacks something: run in processes of their own, on machines made poor.
@Suite(.enabled(if: RunningProgram.path("tour") != nil, "the executable was not built"))
struct NoticeTests {
  private func tour(_ environment: [String: String]) throws -> RunningProgram {
    RunningProgram(try #require(RunningProgram.path("tour")), [], environment: environment)
  }

  /// Whether the folders that are always looked through hold a compiler, whatever `PATH` says.
  static let hasSystemCompiler: Bool = {
    var settings = ToolchainSettings()
    settings.searchPath = ["/nonexistent"]
    return (try? Compiler.find(settings)) != nil
  }()

  @Test(
    .enabled(if: !hasSystemCompiler, "this machine has a compiler in a folder that is always looked through"))
  func withoutACompilerFunctionsAreInterpretedAndItIsSaidOnce() throws {
    let run = try tour(["PATH": "/nonexistent"])
    #expect(run.code == 0 && run.output.contains("[2. 4. 6.]"))
    #expect(run.errors.split(separator: "\n").count { $0.hasPrefix("Theano: no C compiler was found") } == 1)
  }

  @Test func whatIsSwitchedOffIsNoNews() throws {
    let run = try tour(["THEANO_CC": "none", "THEANO_NATIVE": "none"])
    #expect(run.code == 0 && run.errors.isEmpty)
  }

  @Test func aCompilerThatWasNamedAndIsNotThereIsAnError() throws {
    let run = try tour(["THEANO_CC": "/nonexistent/cc"])
    #expect(run.code != 0 && !run.output.contains("14.0"))
  }
}
