import CTheanoSupport
import Testing
import TheanoTestSupport
import TheanoToolchain

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a library that brings threads of its own is told: by variables while it is loaded and by its setter after that.
/// In processes of their own, since the variables are the process's.
@Suite(.enabled(if: (try? Toolchain.process().compiler) != nil, "needs a C compiler"))
struct ThreadPolicyTests {
  /// A library that notes what it finds when it is loaded, and what its setter is told.
  private static let source = """
    char *getenv(const char *);
    static int number(const char *name) {
      const char *text = getenv(name);
      if (!text) return -1;
      if (*text < '0' || *text > '9') return -2;
      int n = 0;
      while (*text) n = 10 * n + (*text++ - '0');
      return n;
    }
    static int threads = -3, omp, timeout, waits, set;
    __attribute__((constructor)) static void loaded(void) {
      threads = number("FAKE_NUM_THREADS");
      omp = number("OMP_NUM_THREADS");
      timeout = number("OPENBLAS_THREAD_TIMEOUT");
      waits = number("OMP_WAIT_POLICY");
    }
    #define SHOWN __attribute__((visibility("default")))
    SHOWN void fake_set_num_threads(int n) { set = n; }
    SHOWN int noted(int k) { return k == 0 ? threads : k == 1 ? omp : k == 2 ? timeout : k == 3 ? waits : set; }
    SHOWN void theano_entry(void) {}
    """

  /// Loads the library as a BLAS that may use 3 threads, and returns what it noted: its own variable, OpenMP's, OpenBLAS's
  /// time before it sleeps, OpenMP's policy, and what its setter was told.
  private static func notes(in folder: String) throws -> [Int32] {
    let path = try faultToolchain(folder).load(source: source).program.path
    let candidate = NativeLibraries.Candidate(
      name: "fake", files: [path], threadVariables: ["FAKE_NUM_THREADS"], threadSetter: "fake_set_num_threads"
    )
    let found = NativeLibraries(ToolchainSettings(), threads: 3, candidates: [candidate])
    #expect(found.products == nil, "it has no products to take")
    let handle = try #require(dlopen(path, RTLD_NOW | RTLD_NOLOAD), "it stays loaded")
    let symbol = try #require(dlsym(handle, "noted"))
    let noted = unsafeBitCast(symbol, to: (@convention(c) (CInt) -> CInt).self)
    return (0..<5).map { noted($0) }
  }

  @Test func threadsAndWaitingAreSetWhileItIsLoaded() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      for name in ["OMP_NUM_THREADS", "OPENBLAS_THREAD_TIMEOUT", "OMP_WAIT_POLICY"] { unsetenv(name) }
      let noted = try ThreadPolicyTests.notes(in: folder.path)
      #expect(noted == [3, -1, 20, -2, 3])
      // What this process starts later does not find them.
      for name in ["FAKE_NUM_THREADS", "OPENBLAS_THREAD_TIMEOUT", "OMP_WAIT_POLICY"] {
        #expect(getenv(name) == nil, "\(name)")
      }
    }
  }

  @Test(arguments: ["FAKE_NUM_THREADS", "OMP_NUM_THREADS"])
  func whatTheUserHasSetIsLeftAlone(variable: String) async {
    await #expect(processExitsWith: .success) { [variable = variable as String] in
      let folder = TemporaryFolder()
      for name in ["OMP_NUM_THREADS", "OMP_WAIT_POLICY"] { unsetenv(name) }
      setenv(variable, "7", 1)
      setenv("OPENBLAS_THREAD_TIMEOUT", "5", 1)
      let own = variable == "FAKE_NUM_THREADS"
      // The user's number is not the setter's to change.
      let noted = try ThreadPolicyTests.notes(in: folder.path)
      #expect(noted == [own ? 7 : 3, own ? -1 : 7, 5, -2, 0])
      #expect(getenv(variable).map { String(cString: $0) } == "7")
      #expect(getenv("OPENBLAS_THREAD_TIMEOUT").map { String(cString: $0) } == "5")
    }
  }

  /// Where it was switched off, that is no news.
  @Test func thatThereIsNoTunedBLASIsSaidOnce() async throws {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      // In the process's cache, where the embedded products are compiled already.
      var settings = try ToolchainSettings.process()
      for native in [ToolchainSettings.NativeChoice.none, .automatic, .automatic] {
        settings.native = native
        #expect(HostServices(Toolchain(settings), candidates: []).libraries.products == nil)
      }
    }
    let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let notices = said.split(separator: "\n").filter { $0.hasPrefix("Theano: ") }
    #expect(notices.count == 1, "\(said)")
    #expect(
      notices.first?.hasPrefix(
        "Theano: no tuned BLAS was found, so that large products are slower than they could be; ") == true)
  }
}
