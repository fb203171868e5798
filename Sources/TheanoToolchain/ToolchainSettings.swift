import TheanoArrays

/// What the process's environment says about compilers, libraries, caches and threads, as one value.
///
/// The environment is read once, here; tests build values of their own.
package struct ToolchainSettings: Sendable, Hashable {
  /// Which C compiler to use.
  package enum CompilerChoice: Sendable, Hashable {
    /// The first that is found: `clang` beside `swift`, then `cc`, `gcc` and `clang`.
    case automatic
    /// None: everything is interpreted.
    case none
    /// The given one: a path, or a name to look up in `PATH`.
    case named(String)
  }

  /// Which native libraries to use.
  package enum NativeChoice: Sendable, Hashable {
    /// The first of each sort that is found.
    case automatic
    /// None: embedded code only.
    case none
  }

  /// `THEANO_CC`: a path or name, or `none`.
  package var compiler = CompilerChoice.automatic
  /// `THEANO_NATIVE`: `none` hides all native libraries.
  package var native = NativeChoice.automatic
  /// `THEANO_CACHE_DIR`: the folder of compiled functions; `nil` stands for the platform's.
  package var cacheFolder: String?
  /// `THEANO_CACHE_SIZE`: how many bytes of compiled functions are kept (suffixes K, M, G).
  package var cacheSize = 512 << 20
  /// `THEANO_NUM_THREADS`: how many threads a call may use; `nil` stands for the number of processors.
  package var threads: Int?
  /// Where programs are looked up.
  package var searchPath: [String] = []
  /// Where they are looked up after that, whatever `PATH` says.
  package var programFolders = Platform.programFolders
  /// The user's home and cache folders, which the default cache folder is in.
  package var home: String?
  /// `XDG_CACHE_HOME`.
  package var cacheHome: String?

  /// The settings of an empty environment.
  package init() {}

  /// The settings that an environment asks for. A value that makes no sense is an error and not a default.
  package init(environment: [String: String]) throws(TheanoError) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let choice = value("THEANO_CC") { compiler = choice == "none" ? .none : .named(choice) }
    if let choice = value("THEANO_NATIVE") {
      switch choice {
      case "none": native = .none
      case "auto": native = .automatic
      default: throw ToolchainSettings.wrong("THEANO_NATIVE", choice, "none or auto")
      }
    }
    cacheFolder = value("THEANO_CACHE_DIR").map(FileSystem.absolute)
    if let text = value("THEANO_CACHE_SIZE") {
      guard let size = ToolchainSettings.bytes(text) else {
        throw ToolchainSettings.wrong("THEANO_CACHE_SIZE", text, "a number of bytes such as 200M or 1G")
      }
      cacheSize = size
    }
    if let text = value("THEANO_NUM_THREADS") {
      guard let count = Int(text), 1...4096 ~= count else {
        throw ToolchainSettings.wrong("THEANO_NUM_THREADS", text, "a number from 1 to 4096")
      }
      threads = count
    }
    // An empty component of PATH is the current folder, from which nothing should be run unasked.
    searchPath = (value("PATH") ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    home = value("HOME")
    cacheHome = value("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  /// The settings of this process, read when first asked for.
  package static func process() throws(TheanoError) -> ToolchainSettings { try ofProcess.get() }

  private static let ofProcess = Result { () throws(TheanoError) in
    try ToolchainSettings(environment: Platform.environment())
  }

  /// A number with an optional K, M or G.
  private static func bytes(_ text: String) -> Int? {
    let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30]
    let shift = text.last.flatMap { shifts[Character($0.uppercased())] }
    guard let number = Int(shift == nil ? Substring(text) : text.dropLast()), number >= 0 else { return nil }
    let (size, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    return overflow ? nil : size
  }

  private static func wrong(_ name: String, _ value: String, _ expected: String) -> TheanoError {
    TheanoError(
      .argument, in: "environment", "\(name) is \"\(value)\", which is not \(expected)",
      hint: "set \(name) to \(expected), or unset it")
  }
}
