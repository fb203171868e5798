#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import CTheanoSupport

/// The native libraries found on this machine: loaded once and never unloaded.
///
/// A library computes on the thread that calls it, and large products are shared out by us, among the threads that loops run
/// on. Threads of its own would have to be told how many they are and how long they may spin, some of it by environment
/// variables alone; and the environment of a running process must not be changed, since any other thread may be reading it.
package struct NativeLibraries: Sendable {
  /// A library that may be there.
  package struct Candidate: Sendable, Hashable {
    /// Its name, for messages.
    package var name: String
    /// The files to try, by name or path.
    package var files: [String]
    /// Its function that sets the number of its threads (`void f(int)`). A library without one keeps its threads, and its
    /// products are not shared out.
    package var threadSetter: String?
    /// Its function that says how it computes in parallel (`int f(void)`): 1 with threads of its own, 0 not at all, 2 through
    /// OpenMP. Only in the first case is its number of threads one for all who call it, and it made to be called by many.
    package var parallelism: String?
    /// Its function that says its version (`const char *f(void)`).
    package var version: String?
    /// Whether only its solvers are wanted.
    package var solvesOnly: Bool

    /// A candidate from its parts.
    package init(
      name: String, files: [String], threadSetter: String? = nil, parallelism: String? = nil,
      version: String? = nil, solvesOnly: Bool = false
    ) {
      self.name = name
      self.files = files
      self.threadSetter = threadSetter
      self.parallelism = parallelism
      self.version = version
      self.solvesOnly = solvesOnly
    }
  }

  /// A library that is loaded.
  package struct Library: Sendable, Hashable {
    /// Its name, for messages.
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

  /// The libraries that the settings allow.
  package init(_ settings: ToolchainSettings, candidates: [Candidate] = Platform.denseLibraries) {
    guard settings.native == .automatic else { return }
    for candidate in candidates where products == nil || solvers == nil {
      if candidate.solvesOnly && solvers != nil { continue }
      for file in candidate.files {
        guard let handle = Platform.load(file) else { continue }
        take(handle, candidate, isSingleThreaded: NativeLibraries.keepToOneThread(handle, candidate))
        break
      }
    }
  }

  /// Takes the functions that are still wanted from a library; from a library that has only some of a kind, none.
  private mutating func take(
    _ handle: UnsafeMutableRawPointer, _ candidate: Candidate, isSingleThreaded: Bool
  ) {
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
      functions.blas.threads_itself = isSingleThreaded ? 0 : 1
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

  /// Tells a library to compute on the thread that calls it: whether it could be told.
  private static func keepToOneThread(_ handle: UnsafeMutableRawPointer, _ candidate: Candidate) -> Bool {
    if let name = candidate.parallelism, let symbol = dlsym(handle, name),
      unsafeBitCast(symbol, to: (@convention(c) () -> CInt).self)() != 1
    {
      return false
    }
    guard let setter = candidate.threadSetter, let symbol = dlsym(handle, setter) else { return false }
    // As a whole word: some libraries count threads in 64 bits.
    unsafeBitCast(symbol, to: (@convention(c) (Int) -> Void).self)(1)
    return true
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
