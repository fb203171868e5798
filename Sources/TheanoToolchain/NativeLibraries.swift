#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import CTheanoSupport

/// The native libraries found on this machine: loaded once, with their threads and their waiting set, and never unloaded.
package struct NativeLibraries: Sendable {
  /// A library that may be there.
  package struct Candidate: Sendable, Hashable {
    /// Its name among people.
    package var name: String
    /// The files to try, by name or path.
    package var files: [String]
    /// The environment variables from which it takes its number of threads when it is loaded.
    package var threadVariables: [String]
    /// Its function that sets the number of threads (`void f(int)`).
    package var threadSetter: String?
    /// Its function that says its version (`const char *f(void)`).
    package var version: String?
    /// Whether only its solvers are wanted.
    package var solvesOnly: Bool

    /// A candidate from its parts.
    package init(
      name: String, files: [String], threadVariables: [String] = [], threadSetter: String? = nil,
      version: String? = nil, solvesOnly: Bool = false
    ) {
      self.name = name
      self.files = files
      self.threadVariables = threadVariables
      self.threadSetter = threadSetter
      self.version = version
      self.solvesOnly = solvesOnly
    }
  }

  /// A library that is loaded.
  package struct Library: Sendable, Hashable {
    /// Its name among people.
    package var name: String
    /// The file it came from.
    package var path: String
    /// Its own words on its version, if it has any.
    package var version: String?
  }

  /// Whose products are used; `nil` stands for the embedded ones.
  package private(set) var products: Library?
  /// Whose solvers are used; `nil` if there are none.
  package private(set) var solvers: Library?
  /// `dlopen`'s handle of the library with the solvers, as a number; 0 if there is none.
  private var solverHandle: UInt = 0
  /// The functions found, without the embedded ones.
  package private(set) var functions = FunctionTable()

  /// Pointers to functions of libraries that stay loaded, which any thread may call.
  package struct FunctionTable: @unchecked Sendable {
    package var blas = theano_blas()
  }

  /// The libraries that the settings allow; each may use `threads` threads.
  package init(_ settings: ToolchainSettings, threads: Int, candidates: [Candidate] = Platform.denseLibraries)
  {
    guard settings.native == .automatic else { return }
    for candidate in candidates where products == nil || solvers == nil {
      if candidate.solvesOnly && solvers != nil { continue }
      for file in candidate.files {
        guard let handle = NativeLibraries.load(file, candidate, threads) else { continue }
        take(handle, candidate)
        break
      }
    }
  }

  /// Takes the functions that are still wanted from a library; from a library that has only some of a kind, none.
  private mutating func take(_ handle: UnsafeMutableRawPointer, _ candidate: Candidate) {
    func symbols(_ names: [String]) -> [UnsafeMutableRawPointer]? {
      let found = names.compactMap { dlsym(handle, $0) }
      return found.count == names.count ? found : nil
    }
    if products == nil, !candidate.solvesOnly,
      let found = symbols(["gemm", "gemv", "ger", "dot"].flatMap { ["cblas_d" + $0, "cblas_s" + $0] })
    {
      functions.blas.cblas_dgemm = found[0]
      functions.blas.cblas_sgemm = found[1]
      functions.blas.cblas_dgemv = found[2]
      functions.blas.cblas_sgemv = found[3]
      functions.blas.cblas_dger = found[4]
      functions.blas.cblas_sger = found[5]
      functions.blas.cblas_ddot = found[6]
      functions.blas.cblas_sdot = found[7]
      products = NativeLibraries.describe(candidate, handle, found[0])
    }
    if solvers == nil, let found = symbols(["dgesv_", "sgesv_"]) {
      solverHandle = UInt(bitPattern: handle)
      solvers = NativeLibraries.describe(candidate, handle, found[0])
    }
  }

  /// The address of a routine of the machine's LAPACK; `nil` if there is none.
  package func solver(_ symbol: String) -> UnsafeMutableRawPointer? {
    UnsafeMutableRawPointer(bitPattern: solverHandle).flatMap { dlsym($0, symbol) }
  }

  /// Loads a library so that it uses as many threads as we do and does not burn time while it waits for work.
  ///
  /// Some of this can be said only by environment variables that are read while the library is loaded. Those that the
  /// user has set are left alone.
  private static func load(_ file: String, _ candidate: Candidate, _ threads: Int) -> UnsafeMutableRawPointer?
  {
    theano_loader_lock()
    defer { theano_loader_unlock() }
    let usersOwn = (candidate.threadVariables + ["OMP_NUM_THREADS"]).contains { getenv($0) != nil }
    var variables = candidate.threadVariables.map { ($0, String(threads)) }
    // OpenBLAS's threads spin for 2 to this power cycles before they sleep (0.3 ms instead of 0.1 s); OpenMP's sleep.
    variables += [("OPENBLAS_THREAD_TIMEOUT", "20"), ("OMP_WAIT_POLICY", "PASSIVE")]
    let missing = variables.filter { getenv($0.0) == nil }
    for (name, value) in missing { setenv(name, value, 0) }
    let handle = theano_load(file)
    // What the program starts later should not find our wishes in its environment.
    for (name, _) in missing { unsetenv(name) }
    guard let handle else { return nil }
    if !usersOwn, let setter = candidate.threadSetter, let symbol = dlsym(handle, setter) {
      unsafeBitCast(symbol, to: (@convention(c) (CInt) -> Void).self)(CInt(clamping: threads))
    }
    return handle
  }

  private static func describe(
    _ candidate: Candidate, _ handle: UnsafeMutableRawPointer, _ function: UnsafeMutableRawPointer
  ) -> Library {
    var library = Library(name: candidate.name, path: candidate.files[0], version: nil)
    if let path = theano_file_of(function) { library.path = String(cString: path) }
    if let name = candidate.version, let symbol = dlsym(handle, name),
      let text = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<CChar>?).self)()
    {
      library.version = String(cString: text)
    }
    return library
  }
}
