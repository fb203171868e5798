import CTheanoSupport
import Testing
import TheanoArrays
import TheanoTestSupport
import TheanoToolchain

@Suite struct LibraryFaults {
  func services(_ change: (inout ToolchainSettings) -> Void) throws -> HostServices {
    var settings = try ToolchainSettings.process()
    change(&settings)
    return HostServices(Toolchain(settings))
  }

  @Test func hiddenLibraries() throws {
    let services = try services { $0.native = .none }
    #expect(services.libraries.products == nil && services.libraries.solvers == nil)
    #expect(services.libraries.solver("dgesv_") == nil)
    #expect(
      services.missingSolver == (
        "it needs a LAPACK library, and all native libraries are hidden by THEANO_NATIVE=none",
        "unset THEANO_NATIVE"
      ))
    // Set, not inherited: the suite also runs under THEANO_NATIVE=none.
    let open = try self.services { $0.native = .automatic }
    #expect(open.missingSolver.hint.contains("OpenBLAS"))
  }

  @Test func librariesThatAreNotThereOrAreNotLibraries() {
    let folder = TemporaryFolder()
    let candidates: [NativeLibraries.Candidate] = [
      .init(name: "absent", files: ["libtheano-absent.so.7"]),
      .init(name: "text", files: [folder.write("libtext.so", "no library")]),
    ]
    let found = NativeLibraries(ToolchainSettings(), candidates: candidates)
    #expect(found.products == nil && found.solvers == nil)
  }

  /// A library that has products but no solvers, and one that has the solvers.
  @Test(.enabled(if: (try? Toolchain.process().compiler) != nil, "needs a C compiler"))
  func librariesThatHaveOnlySome() throws {
    let folder = TemporaryFolder()
    let toolchain = try faultToolchain(folder.path)
    func library(_ name: String, _ functions: [String]) throws -> NativeLibraries.Candidate {
      let text = (["theano_entry"] + functions).map {
        "__attribute__((visibility(\"default\"))) void \($0)(void) {}\n"
      }
      return .init(
        name: name, files: [try toolchain.load(source: text.joined()).program.path])
    }
    let products = ["gemm", "gemv", "ger", "dot"].flatMap { ["cblas_d\($0)", "cblas_s\($0)"] }
    let found = NativeLibraries(
      ToolchainSettings(),
      candidates: [
        try library("half", ["cblas_dgemm", "dgesv_"]), try library("products", products),
        try library("solvers", ["dgesv_", "sgesv_"]),
      ])
    #expect(found.products?.name == "products" && found.solvers?.name == "solvers")
    #expect(found.products?.path.hasPrefix(folder.path) == true)
  }

  @Test func theReportNamesWhatIsMissing() throws {
    var settings = try ToolchainSettings.process()
    let folder = TemporaryFolder()
    settings.cacheFolder = folder.path
    settings.native = .none
    settings.compiler = .none
    settings.threads = 2
    let toolchain = Toolchain(settings)
    let report = DoctorReport(toolchain, HostServices(toolchain))
    #expect(
      report.findings.map(\.role) == ["C compiler", "cache", "matrix products", "linear algebra", "threads"])
    #expect(report.findings.map(\.isFound) == [false, true, true, false, true])
    #expect(
      report.description.contains(
        "missing  C compiler       the C compiler is switched off by THEANO_CC=none"))
    #expect(report.description.contains("0 compiled functions, 0 of 512 MB"))
    #expect(report.description.contains("unset THEANO_NATIVE"))
  }

  @Test func aCallThatCannotBeServedSaysWhy() throws {
    let services = try services { $0.native = .none }
    var call = th_call()
    theano_call_init(&call, services.pool, services.blas)
    defer { theano_call_destroy(&call) }
    let host = services.host.pointee
    #expect(host.abi == TH_ABI)
    withUnsafeMutablePointer(to: &call) { call in
      let first = host.workspace(call, 1000)
      #expect(first != nil && UInt(bitPattern: first) % 64 == 0)
      #expect(host.workspace(call, 10) == first, "kept from call to call")
      #expect(call.pointee.refusal == 0)
      #expect(host.workspace(call, Int64.max) == nil)
      #expect(call.pointee.refusal == Int32(theano_refusal_memory))
      #expect(call.pointee.refusal_value == Int64.max)
      call.pointee.refusal = 0
      #expect(host.callback(call, 7, nil, nil) != 0)
      #expect(call.pointee.refusal == Int32(theano_refusal_callback))
      #expect(host.workspace(call, -1) == nil)
      #expect(call.pointee.refusal == Int32(theano_refusal_callback), "the first reason stays")
      #expect(host.result(call, 0, 0, nil) == nil)
    }
  }
}
