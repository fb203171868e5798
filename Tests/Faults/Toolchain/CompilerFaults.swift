import Testing
import TheanoArrays
import TheanoTestSupport

@testable import TheanoToolchain

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite struct CompilerFaults {
  let folder = TemporaryFolder()
  let programs = TemporaryFolder()

  func error(_ source: String = faultUnit(1), _ options: CompileOptions = .init(), compiler: String)
    -> TheanoError?
  {
    #expect(throws: TheanoError.self) {
      try faultToolchain(folder.path) { $0.compiler = .named(compiler) }.load(
        source: source, options: options)
    }
  }

  @Test func aMistakeInTheSource() throws {
    let compiler = try #require(try? Compiler.find(.process()))
    let error = try #require(
      self.error("int theano_entry(void) { return nonsense; }\n", compiler: compiler.path))
    #expect(error.kind == .compiler)
    let kept = try #require(folder.names.first { $0.hasPrefix("failed-") && $0.hasSuffix(".c") })
    #expect(error.description.contains("failed with exit code 1\n    "))
    #expect(error.description.contains("nonsense"))
    #expect(error.description.contains("the C source is kept in \(folder.path)/\(kept)"))
    #expect(String(decoding: folder.read(kept), as: UTF8.self).contains("return nonsense;"))
    #expect(folder.names.count == 1)
  }

  @Test func aLibraryWithoutTheEntry() throws {
    let compiler = try #require(try? Compiler.find(.process()))
    let error = try #require(self.error("int other(void) { return 0; }\n", compiler: compiler.path))
    #expect(error.description.contains("has no function theano_entry"))
  }

  @Test(arguments: [
    ("exit 3", "failed with exit code 3"), ("kill -9 $$", "was ended by signal 9"),
    ("exit 0", "it reported success, but wrote nothing"),
    ("exec sleep 60", "did not end in time and was stopped"),
    ("exec >/dev/null 2>&1; sleep 60", "did not end in time and was stopped"),
    ("sleep 60 & wait", "did not end in time and was stopped"),
    (
      "sleep 60 & echo 'a server keeps my output'; exit 4",
      "failed with exit code 4\n    a server keeps my output"
    ),
    ("echo 'error: No space left on device' >&2; exit 1", "\n    error: No space left on device"),
  ])
  func compilersThatFail(_ script: String, _ words: String) throws {
    let compiler = programs.write("compiler", "#!/bin/sh\n\(script)\n", mode: 0o700)
    var options = CompileOptions()
    options.seconds = 0.3
    let clock = ContinuousClock()
    let start = clock.now
    let error = try #require(self.error(options, compiler: compiler))
    #expect(error.kind == .compiler)
    #expect(error.description.contains(words), "\(error)")
    #expect(clock.now - start < .seconds(55), "it was not waited for")
    // What has no room is no fault of the compiler's.
    #expect(error.description.contains("make room in \(folder.path)") == words.contains("No space left"))
  }

  private func error(_ options: CompileOptions, compiler: String) -> TheanoError? {
    error(faultUnit(1), options, compiler: compiler)
  }

  @Test func aCompilerThatTalksWithoutEnd() throws {
    let compiler = programs.write(
      "compiler", "#!/bin/sh\nyes 'a line of complaint' | head -n 100000\nexit 1\n", mode: 0o700)
    let error = try #require(self.error(compiler: compiler))
    #expect(error.description.utf8.count < 4000)
    #expect(error.description.contains("more lines"))
  }

  @Test func noCompiler() throws {
    var settings = ToolchainSettings()
    settings.compiler = .named("/nowhere/cc")
    #expect(
      #expect(throws: TheanoError.self) { try Toolchain(settings).load(source: "") }?.description == """
        TheanoError: [compile] THEANO_CC names "/nowhere/cc", which is not a program that can be run
          hint: set THEANO_CC to the path of a C compiler, to none, or unset it
        """)
    settings.compiler = .none
    #expect(
      #expect(throws: TheanoError.self) { try Toolchain(settings).load(source: "") }?.description == """
        TheanoError: [compile] the C compiler is switched off by THEANO_CC=none
          hint: unset THEANO_CC, or let the interpreter run the function
        """)
  }

  /// A machine that has no programs but those that a test makes.
  private func bare() -> ToolchainSettings {
    var settings = ToolchainSettings()
    settings.searchPath = [programs.path]
    settings.programFolders = []
    return settings
  }

  @Test(.disabled(if: Platform.toolLauncher != nil, "the system's developer tools bring a compiler"))
  func noCompilerAnywhere() {
    #expect(
      #expect(throws: TheanoError.self) { try Toolchain(bare()).load(source: "") }?.description == """
        TheanoError: [compile] no C compiler was found: no clang beside swift, and no cc, gcc or clang in PATH
          hint: put the Swift toolchain's folder into PATH (it brings clang), set THEANO_CC to a C compiler's path, \
        or let the interpreter run the function with THEANO_CC=none
        """)
  }

  /// Each that is put there comes before those that were.
  @Test(.disabled(if: Platform.toolLauncher != nil, "the system's developer tools come before these"))
  func theFirstOfSeveral() throws {
    let settings = bare()
    // One that cannot be run is none.
    programs.write("cc", "#!/bin/sh\n", mode: 0o600)
    for name in ["clang", "gcc", "cc"] {
      let path = programs.write(name, "#!/bin/sh\n", mode: 0o700)
      let found = try Compiler.find(settings)
      #expect(found.path == path && found.origin == "\(name) in PATH")
    }
    programs.write("swift", "#!/bin/sh\n", mode: 0o700)
    let found = try Compiler.find(settings)
    #expect(found.path == "\(programs.path)/clang" && found.origin == "clang beside swift")
  }

  /// The folders that are always looked through come last.
  @Test func theSearchPathComesFirst() throws {
    let always = TemporaryFolder()
    var settings = bare()
    settings.programFolders = [always.path]
    for folder in [always, programs] {
      folder.write("swift", "#!/bin/sh\n", mode: 0o700)
      let clang = folder.write("clang", "#!/bin/sh\n", mode: 0o700)
      #expect(try Compiler.find(settings).path == clang)
    }
  }

  @Test func clangBesideSwiftComesFirst() throws {
    programs.write("swift", "#!/bin/sh\n", mode: 0o700)
    let clang = programs.write("clang", "#!/bin/sh\n", mode: 0o700)
    programs.write("cc", "#!/bin/sh\n", mode: 0o700)
    let first = try Compiler.find(bare())
    #expect(first.path == clang)
    programs.write("clang", "#!/bin/sh\n# another version\n", mode: 0o700)
    #expect(try Compiler.find(bare()).identity != first.identity)
  }

  /// What a version manager puts into PATH is a link to a toolchain that has its clang elsewhere.
  @Test func aSwiftThatIsALink() throws {
    let toolchain = TemporaryFolder()
    let swift = toolchain.write("swift", "#!/bin/sh\n", mode: 0o700)
    let clang = toolchain.write("clang", "#!/bin/sh\n", mode: 0o700)
    symlink(swift, "\(programs.path)/swift")
    programs.write("cc", "#!/bin/sh\n", mode: 0o700)
    let found = try Compiler.find(bare())
    #expect(found.path == FileSystem.resolved(clang) && found.origin == "clang beside swift")
  }
}
