import Testing
import TheanoTestSupport
@testable import TheanoToolchain

/// The command `theano`, run.
@Suite(.enabled(if: RunningProgram.path("theano") != nil, "the executable was not built"))
struct CommandTests {
  let folder = TemporaryFolder()

  func theano(_ words: String..., environment: [String: String] = [:]) throws -> RunningProgram {
    let program = try #require(RunningProgram.path("theano"))
    var all = ["THEANO_CACHE_DIR": folder.path, "THEANO_CC": "none", "THEANO_NATIVE": "none"]
    all.merge(environment) { $1 }
    return RunningProgram(program, words, environment: all)
  }

  @Test func version() throws {
    let answer = try theano("--version")
    #expect(answer.output == "theano \(Toolchain.number)\n" && answer.errors.isEmpty && answer.code == 0)
  }

  @Test(arguments: [["--help"], ["-h"], ["help"], ["cache", "--help"], ["doctor", "-h"]])
  func help(_ words: [String]) throws {
    let program = try #require(RunningProgram.path("theano"))
    let answer = RunningProgram(program, words, environment: [:])
    #expect(answer.code == 0 && answer.errors.isEmpty)
    for part in ["theano doctor", "theano cache verify", "THEANO_NUM_THREADS", "Exit codes"] {
      #expect(answer.output.contains(part))
    }
  }

  @Test(arguments: [
    ([], "theano: a command is missing"),
    (["docter"], "theano: there is no command \"docter\"; did you mean doctor?"),
    (["train"], "theano: there is no command \"train\": cache, doctor, help, version"),
    (["cache"], "theano: cache wants one of clear, list, size, verify"),
    (["cache", "lst"], "theano: there is no cache command \"lst\"; did you mean list?"),
    (["cache", "clear", "all"], "theano: cache clear takes no argument, but there is \"all\""),
    (["doctor", "--fast"], "theano: doctor takes no argument, but there is \"--fast\""),
    (["--version", "1"], "theano: --version takes no argument, but there is \"1\""),
  ]) func misunderstood(_ words: [String], _ complaint: String) throws {
    let program = try #require(RunningProgram.path("theano"))
    let answer = RunningProgram(program, words, environment: ["THEANO_CACHE_DIR": folder.path])
    #expect(answer.errors == complaint + "\nSee theano --help.\n")
    #expect(answer.output.isEmpty && answer.code == 2)
  }

  @Test func doctor() throws {
    let answer = try theano("doctor", environment: ["THEANO_NUM_THREADS": "3"])
    #expect(answer.code == 0 && answer.errors.isEmpty)
    let lines = answer.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("missing  C compiler") && $0.contains("THEANO_CC=none") })
    #expect(lines.contains { $0.hasPrefix("ok       cache") && $0.contains(folder.path) })
    #expect(lines.contains { $0.hasPrefix("ok       matrix products") && $0.contains("embedded") })
    #expect(lines.contains { $0.hasPrefix("missing  linear algebra") && $0.contains("THEANO_NATIVE=none") })
    #expect(lines.contains { $0.hasPrefix("ok       threads") && $0.contains("3 for parallel loops") })
  }

  @Test func aWrongEnvironmentIsAnError() throws {
    let answer = try theano("doctor", environment: ["THEANO_NUM_THREADS": "many"])
    #expect(answer.code == 1 && answer.output.isEmpty)
    #expect(answer.errors.contains("THEANO_NUM_THREADS is \"many\", which is not a number from 1 to 4096"))
  }

  /// A file such as the cache would have, sealed as it seals.
  private func put(_ name: String, broken: Bool = false) {
    var bytes = CompilationCache.sealed(Array("code of \(name)".utf8))
    if broken { bytes[0] ^= 1 }
    folder.write(name, bytes)
  }

  @Test func cacheFromFullToEmpty() throws {
    #expect(try theano("cache", "list").output == "\(folder.path) is empty\n")
    let suffix = Platform.librarySuffix
    put("aa.\(suffix)")
    put("bb.\(suffix)")
    put("cc.\(suffix)", broken: true)
    folder.write("failed-dd.c", "int f(")
    let list = try theano("cache", "list")
    #expect(list.output.split(separator: "\n").count == 4 && list.code == 0)
    #expect(list.output.contains("  aa.\(suffix)") && list.output.contains("  failed-dd.c"))
    let size = try theano("cache", "size", environment: ["THEANO_CACHE_SIZE": "1M"])
    #expect(size.output.hasPrefix("\(folder.path): 3 compiled functions, 1 source that failed to compile, "))
    #expect(size.output.hasSuffix(" of 1048576 bytes\n"))
    let verify = try theano("cache", "verify")
    #expect(
      verify.output == "\(folder.path): 2 compiled functions sound\nbroken and removed: cc.\(suffix)\n")
    #expect(verify.code == 1)
    let again = try theano("cache", "verify")
    #expect(again.output == "\(folder.path): 2 compiled functions sound\n" && again.code == 0)
    let clear = try theano("cache", "clear")
    #expect(clear.output.hasPrefix("\(folder.path): removed 2 compiled functions, ") && clear.code == 0)
    #expect(folder.names.isEmpty)
  }

  @Test func aFolderThatCannotBeUsedIsSaid() throws {
    let file = folder.write("file", "")
    let answer = try theano("cache", "size", environment: ["THEANO_CACHE_DIR": file])
    #expect(answer.code == 1 && answer.errors.contains("it is not a folder"))
  }
}
