#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import TheanoArrays

/// A C compiler that was found on this machine.
package struct Compiler: Sendable, Hashable {
  /// What is run: a path, after a launcher on systems that have one.
  package var command: [String]
  /// The linker that makes a library of an object file without the compiler's help, if there is one.
  package var linker: String?
  /// What tells this compiler from any other: resolved path, size and time of change.
  ///
  /// A new version is a new file, so that no process need be started to ask for the version.
  package var identity: String
  /// How it was found, in words.
  package var origin: String

  /// The compiler's path.
  package var path: String { command[command.count - 1] }

  /// The compiler's own words on its version; this runs it.
  package func version() -> String? {
    let outcome = Subprocess.run(command + ["--version"], seconds: 20)
    guard outcome.succeeded else { return nil }
    return outcome.output.split(separator: "\n").first.map(String.init)
  }
}

extension Compiler {
  /// The compiler that the settings ask for, or the first that is found.
  package static func find(_ settings: ToolchainSettings) throws(TheanoError) -> Compiler {
    switch settings.compiler {
    case .none:
      throw TheanoError(
        .compiler, in: "compile", "the C compiler is switched off by THEANO_CC=none",
        hint: "unset THEANO_CC, or let the interpreter run the function")
    case .named(let name):
      if let path = look(up: name, settings), let found = at(path, settings, origin: "THEANO_CC") {
        return found
      }
      throw TheanoError(
        .compiler, in: "compile", "THEANO_CC names \"\(name)\", which is not a program that can be run",
        hint: "set THEANO_CC to the path of a C compiler, to none, or unset it")
    case .automatic:
      if let found = automatic(settings) { return found }
      throw TheanoError(
        .compiler, in: "compile",
        "no C compiler was found: no clang beside swift, and no cc, gcc or clang in PATH",
        hint:
          "put the Swift toolchain's folder into PATH (it brings clang), set THEANO_CC to a C compiler's path, "
          + "or let the interpreter run the function with THEANO_CC=none")
    }
  }

  private static func automatic(_ settings: ToolchainSettings) -> Compiler? {
    for folder in folders(settings) {
      let swift = folder + "/swift"
      guard FileSystem.isExecutable(swift) else { continue }
      // A version manager's swift is a link or a stub with a clang of the same sort beside it.
      for place in [folder, FileSystem.resolved(swift).map(FileSystem.folder(of:))].compactMap({ $0 }) {
        let clang = place + "/clang"
        if FileSystem.isExecutable(clang), let found = at(clang, settings, origin: "clang beside swift") {
          return found
        }
      }
    }
    if let launcher = Platform.toolLauncher, FileSystem.isExecutable(launcher),
      var found = at(launcher, settings, origin: "the system's developer tools")
    {
      found.command = [launcher, "clang"]
      found.linker = nil
      return found
    }
    for name in ["cc", "gcc", "clang"] {
      if let path = look(up: name, settings), let found = at(path, settings, origin: "\(name) in PATH") {
        return found
      }
    }
    return nil
  }

  private static func folders(_ settings: ToolchainSettings) -> [String] {
    settings.searchPath + settings.programFolders.filter { !settings.searchPath.contains($0) }
  }

  private static func look(up name: String, _ settings: ToolchainSettings) -> String? {
    if name.contains("/") { return FileSystem.isExecutable(name) ? name : nil }
    return folders(settings).lazy.map { "\($0)/\(name)" }.first(where: FileSystem.isExecutable)
  }

  /// A program's path, and what changes with its version.
  private static func identity(_ path: String) -> String {
    guard let resolved = FileSystem.resolved(path), let status = FileSystem.status(resolved) else {
      return path
    }
    let time = Platform.modified(status)
    return "\(path) -> \(resolved) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)"
  }

  private static func at(_ path: String, _ settings: ToolchainSettings, origin: String) -> Compiler? {
    guard let resolved = FileSystem.resolved(path) else { return nil }
    var linker: String?
    if Platform.linksDirectly {
      // The system's own linker is the faster by 6 ms a function; lld comes with every Swift toolchain.
      let candidates = [look(up: "ld", settings), FileSystem.folder(of: resolved) + "/ld.lld"]
      linker = candidates.lazy.compactMap { $0 }.first(where: FileSystem.isExecutable)
    }
    let identity = [path, linker].compactMap { $0 }.map(Compiler.identity).joined(separator: "; ")
    return Compiler(command: [path], linker: linker, identity: identity, origin: origin)
  }
}
