import CTheanoSupport
import Testing
import TheanoTestSupport
import TheanoToolchain

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a library that brings threads of its own is told: by its setter, that it is to have one. The environment stays as it is.
@Suite(.enabled(if: (try? Toolchain.process().compiler) != nil, "needs a C compiler"))
struct ThreadPolicyTests {
  /// A BLAS that notes how many variables it finds when it is loaded, what its setter is told, and in which blocks it is asked
  /// for products.
  private static let source = """
    extern char **environ;
    static int variables;
    static long told;
    static volatile int calls;
    __attribute__((constructor)) static void loaded(void) { while (environ[variables]) variables++; }
    #define SHOWN __attribute__((visibility("default")))
    SHOWN void fake_set_num_threads(long n) { told = n; }
    SHOWN int noted(int k) { return k == 0 ? variables : k == 1 ? (int)told : calls; }
    SHOWN void theano_entry(void) {}
    SHOWN void cblas_dgemm(int order, int ta, int tb, int m, int n, int k, double alpha, const double *a, int lda,
                           const double *b, int ldb, double beta, double *c, int ldc) {
      __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
      for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int p = 0; p < k; p++) sum += a[i * lda + p] * b[p * ldb + j];
          c[i * ldc + j] = alpha * sum;
        }
    }
    SHOWN void cblas_sgemm(void) {}
    SHOWN void cblas_dgemv(void) {}
    SHOWN void cblas_sgemv(void) {}
    SHOWN void cblas_dger(void) {}
    SHOWN void cblas_sger(void) {}
    SHOWN void cblas_ddot(void) {}
    SHOWN void cblas_sdot(void) {}
    """

  /// The process's variables, in order.
  private static var environment: [String] {
    var variables: [String] = []
    var next = theano_environment()
    while let entry = next?.pointee {
      variables.append(String(cString: entry))
      next = next?.advanced(by: 1)
    }
    return variables
  }

  /// `nil` stands for a library without a function that sets its threads.
  @Test(arguments: [1, 0, 2, nil])
  func theLibraryHasOneThreadAndProductsAreSharedOut(parallelism: Int?) throws {
    let hasSetter = parallelism == 1
    let folder = TemporaryFolder()
    let toolchain = try faultToolchain(folder.path)
    // A library of its own for each case: one that is loaded stays so.
    let path = try toolchain.load(
      source: ThreadPolicyTests.source + "SHOWN int fake_get_parallel(void) { return \(parallelism ?? 3); }\n"
    )
    .program.path
    let before = ThreadPolicyTests.environment
    let candidate = NativeLibraries.Candidate(
      name: "fake", files: [path], threadSetter: parallelism == nil ? nil : "fake_set_num_threads",
      parallelism: parallelism == nil ? nil : "fake_get_parallel")
    var settings = toolchain.settings
    settings.threads = 3
    // Whatever the environment says: the library is the test's own.
    settings.native = .automatic
    let services = HostServices(Toolchain(settings), candidates: [candidate])
    #expect(services.libraries.products?.name == "fake")
    let handle = try #require(dlopen(path, RTLD_NOW | RTLD_NOLOAD), "it stays loaded")
    let symbol = try #require(dlsym(handle, "noted"))
    let noted = unsafeBitCast(symbol, to: (@convention(c) (CInt) -> CInt).self)
    #expect(noted(0) == before.count, "nothing is set while it is loaded")
    #expect(noted(1) == (hasSetter ? 1 : 0))

    let n = 120
    let a = (0..<n * n).map { Double($0 % 7) - 3 }, b = (0..<n * n).map { Double($0 % 5) - 2 }
    var c = [Double](repeating: .nan, count: n * n)
    theano_dgemm(
      services.blas, services.pool, 0, 0, Int64(n), Int64(n), Int64(n), 1, a, Int64(n), b, Int64(n), 0, &c,
      Int64(n))
    let expected = (0..<n * n).map { at in
      (0..<n).reduce(0.0) { $0 + a[at / n * n + $1] * b[$1 * n + at % n] }
    }
    #expect(c == expected)
    // One call for each thread, or one where the library cannot be kept to one thread.
    #expect(noted(2) == (hasSetter ? 3 : 1))
    #expect(ThreadPolicyTests.environment == before)
  }

  /// The libraries that this machine has, in a process that has loaded none yet.
  @Test func theFirstProductLeavesTheEnvironmentAlone() async {
    await #expect(processExitsWith: .success) {
      let before = ThreadPolicyTests.environment
      let start = theano_environment()
      var settings = try ToolchainSettings.process()
      settings.native = .automatic
      let services = HostServices(Toolchain(settings))
      let a = [Double](repeating: 0.5, count: 200 * 200)
      var c = a
      theano_dgemm(services.blas, services.pool, 0, 0, 200, 200, 200, 1, a, 200, a, 200, 0, &c, 200)
      #expect(c.allSatisfy { $0 == 50 })
      #expect(ThreadPolicyTests.environment == before && theano_environment() == start)
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
