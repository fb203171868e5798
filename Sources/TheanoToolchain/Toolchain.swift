#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import CTheanoSupport
import Synchronization
import TheanoArrays

/// From C text to a function in memory: finds the compiler, keeps the cache, loads.
package final class Toolchain: Sendable {
  /// The version of the library.
  package static let number = "0.1.0"
  /// The version of what generated code relies on; part of every key, so that a change makes old cache entries unused.
  static let version = "theano-swift \(number)"

  /// What the environment asked for.
  package let settings: ToolchainSettings

  /// The process's toolchain, made from the environment when first asked for.
  package static func process() throws(TheanoError) -> Toolchain { try ofProcess.get() }
  private static let ofProcess = Result { () throws(TheanoError) in Toolchain(try .process()) }

  private let compilerFound: Result<Compiler, TheanoError>

  /// What is loaded or being loaded, by key. A slot's own lock is held while its program is made, so that threads that
  /// want the same program wait for it while others go on.
  private let slots = Mutex<[Digest: Slot]>([:])

  private final class Slot: Sendable {
    struct Reference: Sendable { weak var program: LoadedProgram? }
    let reference = Mutex(Reference())
  }

  /// A toolchain of its own settings, without anything in memory yet.
  package init(_ settings: ToolchainSettings) {
    self.settings = settings
    compilerFound = Result { () throws(TheanoError) in try Compiler.find(settings) }
  }

  /// A toolchain with a given compiler, whatever the settings say of it.
  package init(_ settings: ToolchainSettings, compiler: Compiler) {
    self.settings = settings
    compilerFound = .success(compiler)
  }

  /// The compiler; an error that says what to do if there is none.
  package var compiler: Compiler { get throws(TheanoError) { try compilerFound.get() } }

  /// A program, where it came from, and how long each stage took.
  package struct Loaded: Sendable {
    package let program: LoadedProgram
    package let origin: LoadedProgram.Origin
    package let times: StageTimes
  }

  /// The program of a C text, from memory, from the cache or from the compiler, whichever has it first.
  package func load(source: String, options: CompileOptions = CompileOptions()) throws(TheanoError) -> Loaded
  {
    let compiler = try compiler
    var times = StageTimes()
    let key = times.measure(\.hash) { Toolchain.key(source, options, compiler) }
    let slot = slots.withLock { slots in
      if slots.count >= 64 { Toolchain.prune(&slots) }
      let slot = slots[key] ?? Slot()
      slots[key] = slot
      return slot
    }
    return try slot.reference.withLock { reference throws(TheanoError) in
      if let program = reference.program { return Loaded(program: program, origin: .memory, times: times) }
      let (program, origin) = try make(key, source, options, compiler, &times)
      reference.program = program
      return Loaded(program: program, origin: origin, times: times)
    }
  }

  private func make(
    _ key: Digest, _ source: String, _ options: CompileOptions, _ compiler: Compiler,
    _ times: inout StageTimes
  ) throws(TheanoError) -> (LoadedProgram, LoadedProgram.Origin) {
    let (cache, found) = try times.measure(\.lookup) { () throws(TheanoError) in
      let cache = try CompilationCache.usable(settings)
      return (cache, cache.lookUp(key))
    }
    if let found {
      // Another process may evict the entry between the look and the load; then it is compiled like any other.
      let program = times.measure(\.load) { try? LoadedProgram(loading: found, key: key) }
      if let program { return (program, .disk) }
    }
    return (try compile(key, source, options, compiler, cache, &times), .compiled)
  }

  private func compile(
    _ key: Digest, _ source: String, _ options: CompileOptions, _ compiler: Compiler,
    _ cache: CompilationCache,
    _ times: inout StageTimes
  ) throws(TheanoError) -> LoadedProgram {
    do throws(Unwritable) {
      return try compile(key, source, options, compiler, in: cache, &times)
    } catch {
      switch error {
      case .other(let error): throw error
      case .failure(let failure):
        let unwritable = TheanoError(
          .system, in: "compile", "the compiled function cannot be kept: \(failure.message)",
          hint: "make room in \(cache.folder), or set THEANO_CACHE_DIR to a folder that can be written")
        // The disk may be full, and the one of temporary files not.
        if cache.isTemporary { throw unwritable }
        let passing = try CompilationCache.passing(instead: unwritable)
        do throws(Unwritable) {
          return try compile(key, source, options, compiler, in: passing, &times)
        } catch {
          if case .other(let error) = error { throw error }
          throw unwritable
        }
      }
    }
  }

  /// Why a compiled function could not be kept, or anything else.
  private enum Unwritable: Error {
    case failure(FileSystem.Failure)
    case other(TheanoError)
  }

  private func compile(
    _ key: Digest, _ source: String, _ options: CompileOptions, _ compiler: Compiler,
    in cache: CompilationCache, _ times: inout StageTimes
  ) throws(Unwritable) -> LoadedProgram {
    func keep<R>(_ body: () throws(FileSystem.Failure) -> R) throws(Unwritable) -> R {
      do { return try body() } catch { throw .failure(error) }
    }
    let work = try keep { () throws(FileSystem.Failure) in try cache.workFolder() }
    defer { FileSystem.removeFolder(work) }
    let unit = work + "/unit.c"
    try keep { () throws(FileSystem.Failure) in try FileSystem.write(source.utf8, to: unit) }
    var library = ""
    for step in compiler.steps(in: work, options: options) {
      var outcome = times.measure(step.stage) { Subprocess.run(step.command, seconds: options.seconds) }
      library = step.product
      if outcome.succeeded && FileSystem.status(library) == nil {
        outcome.exit.code = -1
        outcome.output = "it reported success, but wrote nothing"
      }
      if !outcome.succeeded {
        throw .other(failed(step.command, outcome, cache.keepFailed(key, source: unit), cache.folder))
      }
    }
    // Loaded before it gets its name in the cache, from where another process may evict it at once; a file lives on while it
    // is mapped.
    try times.measure(\.store) { () throws(Unwritable) in
      try keep { () throws(FileSystem.Failure) in try cache.seal(library) }
    }
    let program: LoadedProgram
    do throws(TheanoError) {
      program = try times.measure(\.load) { () throws(TheanoError) in
        try LoadedProgram(loading: library, key: key, movingTo: cache.path(key))
      }
    } catch { throw .other(error) }
    try times.measure(\.store) { () throws(Unwritable) in
      try keep { () throws(FileSystem.Failure) in try cache.store(key, sealed: library) }
    }
    return program
  }

  /// The error of a compiler or linker that failed: its own words, and where the source can be read.
  private func failed(_ step: [String], _ outcome: Subprocess.Outcome, _ source: String?, _ folder: String)
    -> TheanoError
  {
    var what = "\(step[0]) \(outcome.description)"
    var said = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    while said.last?.isEmpty == true { said.removeLast() }
    let shown = said.prefix(12).joined(separator: "\n    ")
    if !shown.isEmpty { what += "\n    " + shown }
    if said.count > 12 { what += "\n    ... \(said.count - 12) more lines" }
    var hint = "check that this compiler works, or set THEANO_CC to another"
    if outcome.output.contains(FileSystem.noSpace) {
      hint = "make room in \(folder), or set THEANO_CACHE_DIR to a folder on another disk"
    } else if let source {
      what += "\n    the C source is kept in \(source)"
      hint += "; if it does work, please report this with the C source"
    }
    return TheanoError(.compiler, in: "compile", what, hint: hint)
  }

  /// Everything that the compiled bytes depend on.
  static func key(
    _ source: String, _ options: CompileOptions, _ compiler: Compiler, version: String = Toolchain.version,
    processor: [UInt32] = Platform.processorIdentity()
  ) -> Digest {
    var builder = Digest.Builder()
    builder.add(version)
    builder.add(compiler.identity)
    builder.add(compiler.linker ?? "")
    for word in processor { builder.add(UInt64(word)) }
    builder.add(UInt64(options.flags.count))
    for flag in options.flags { builder.add(flag) }
    builder.add(source)
    return builder.finish()
  }

  /// Forgets programs that nobody uses any more.
  private static func prune(_ slots: inout [Digest: Slot]) {
    for (key, slot) in slots {
      // A slot that is locked is in use.
      if slot.reference.withLockIfAvailable({ $0.program == nil }) == true { slots[key] = nil }
    }
  }
}
