import CTheanoSupport
import Testing
import TheanoTestSupport
import TheanoGraph
import TheanoToolchain

/// A unit whose entry puts `value` into its first result.
private func unit(_ value: Int) -> String {
  String(cString: theano_host_text()) + """

    __attribute__((visibility("default")))
    th_i32 theano_entry(const th_host *host, th_call *call, const th_arg *in, th_result *out, th_error *error) {
      out[0].inline_scalar[0] = \(value);
      return host->abi == TH_ABI ? TH_OK : TH_CHECK;
    }
    """
}

private func run(_ program: LoadedProgram) -> UInt64 {
  var host = th_host()
  host.abi = TH_ABI
  var result = th_result()
  var error = th_error()
  return program.entry(&host, nil, nil, &result, &error) == TH_OK ? result.inline_scalar.0 : 0
}

@Suite struct LoadTests {
  let folder = TemporaryFolder()

  func toolchain(_ change: (inout ToolchainSettings) -> Void = { _ in }) throws -> Toolchain {
    var settings = try ToolchainSettings.process()
    settings.cacheFolder = folder.path
    change(&settings)
    return Toolchain(settings)
  }

  @Test func compiledThenInMemoryThenOnDisk() throws {
    let first = try toolchain()
    do {
      let compiled = try first.load(source: unit(41))
      #expect(compiled.origin == .compiled)
      #expect(run(compiled.program) == 41)
      #expect(compiled.times.compile > 0)
      let again = try first.load(source: unit(41))
      #expect(again.origin == .memory)
      #expect(again.program === compiled.program)
    }
    #expect(folder.names.count == 1, "work folders are removed")
    // Nobody holds the program now, so it was unloaded.
    let warm = try first.load(source: unit(41))
    #expect(warm.origin == .disk)
    #expect(run(warm.program) == 41)
    #expect(try toolchain().load(source: unit(41)).origin == .disk, "as another process would find it")
    #expect(warm.times.compile == 0)
  }

  @Test func whatTheBytesDependOnIsInTheKey() throws {
    let toolchain = try toolchain()
    let plain = try toolchain.load(source: unit(1)).program
    #expect(try toolchain.load(source: unit(2)).program.key != plain.key)
    #expect(try toolchain.load(source: unit(1), options: .init(optimization: 1)).program.key != plain.key)
    #expect(run(try toolchain.load(source: unit(2)).program) == 2)
  }

  @Test func manyThreadsCompileOnce() async throws {
    let toolchain = try toolchain()
    let origins = try await withThrowingTaskGroup(of: (LoadedProgram, LoadedProgram.Origin).self) { group in
      for _ in 0..<16 {
        group.addTask {
          let loaded = try toolchain.load(source: unit(7))
          return (loaded.program, loaded.origin)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(origins.count { $0.1 == .compiled } == 1)
    #expect(Set(origins.map { ObjectIdentifier($0.0) }).count == 1)
  }

  private static func has(_ name: String) -> Bool {
    guard var settings = try? ToolchainSettings.process() else { return false }
    settings.compiler = .named(name)
    return (try? Toolchain(settings).compiler) != nil
  }

  @Test(.enabled(if: has("cc"), "needs cc")) func compilesWithCC() throws { try compiles(with: "cc") }
  @Test(.enabled(if: has("gcc"), "needs gcc")) func compilesWithGCC() throws { try compiles(with: "gcc") }
  @Test(.enabled(if: has("clang"), "needs clang")) func compilesWithClang() throws {
    try compiles(with: "clang")
  }

  private func compiles(with name: String) throws {
    let toolchain = try toolchain { $0.compiler = .named(name) }
    #expect(run(try toolchain.load(source: unit(3)).program) == 3)
    #expect(try toolchain.compiler.version()?.isEmpty == false)
  }

  @Test func theDriverLinksWhereNoLinkerIsKnown() throws {
    var compiler = try toolchain().compiler
    compiler.linker = nil
    let alone = Toolchain(try toolchain().settings, compiler: compiler)
    #expect(run(try alone.load(source: unit(4)).program) == 4)
  }

  @Test func theFolderStaysWithinItsSize() throws {
    let toolchain = try toolchain { $0.cacheSize = 60_000 }
    var last = ""
    for value in 0..<8 { last = try toolchain.load(source: unit(value)).program.path }
    let sizes = folder.names.map { folder.read($0).count }
    #expect(sizes.reduce(0, +) <= 60_000 && sizes.count < 8)
    #expect(folder.names.contains { last.hasSuffix($0) })
  }
}

extension LoadTests {
  @inline(never) func site(_ depth: Int) -> CallSite { depth > 0 ? site(depth - 1) : CallSite.capture() }

  /// Symbolising walks the list of loaded libraries, which a library that is just being unloaded must not shake.
  @Test func programsComeAndGoWhileLinesAreResolved() async throws {
    let toolchain = try toolchain()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for n in 0..<400 {
          let program = try toolchain.load(source: unit(n % 4)).program
          #expect(run(program) == n % 4)
        }
      }
      group.addTask {
        for _ in 0..<4 {
          for depth in 0..<12 { #expect(CallSite.resolve([self.site(depth)], afresh: true)[0]?.line != nil) }
        }
      }
      try await group.waitForAll()
    }
  }
}
