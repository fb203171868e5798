import CTheanoSupport
import Synchronization
import TheanoArrays

/// What compiled functions need beside their own code: threads, products and solvers, and the table through which they
/// reach them.
package final class HostServices: Sendable {
  /// How many threads a parallel loop may use.
  package let threads: Int

  /// The threads; shared by all calls.
  package var pool: OpaquePointer? { OpaquePointer(bitPattern: poolBits) }
  private let poolBits: UInt

  /// The table that generated code calls through; it lives as long as this object and does not change.
  package var host: UnsafePointer<th_host> { UnsafePointer(hostTable) }
  // Written in init only, and freed in deinit.
  nonisolated(unsafe) private let hostTable: UnsafeMutablePointer<th_host>

  private let settings: ToolchainSettings
  private let toolchain: Toolchain
  private let candidates: [NativeLibraries.Candidate]
  private let dense = Mutex<Dense?>(nil)

  /// The process's services, made from the environment when first asked for.
  package static func process() throws(TheanoError) -> HostServices { try ofProcess.get() }
  private static let ofProcess = Result { () throws(TheanoError) in HostServices(try .process()) }

  /// Services for a toolchain's settings. Neither threads are started nor libraries loaded before they are wanted.
  package init(
    _ toolchain: Toolchain, candidates: [NativeLibraries.Candidate] = Platform.denseLibraries
  ) {
    self.toolchain = toolchain
    self.candidates = candidates
    settings = toolchain.settings
    threads = settings.threads ?? Platform.processors
    poolBits = UInt(bitPattern: theano_pool_create(Int32(clamping: threads)))
    hostTable = .allocate(capacity: 1)
    theano_host_fill(hostTable, Int32(clamping: threads))
  }

  deinit {
    theano_pool_destroy(pool)
    hostTable.deallocate()
  }

  /// The products and solvers, once the library that provides them is known.
  private final class Dense: Sendable {
    let libraries: NativeLibraries
    /// The embedded products compiled for this processor, if they were; kept loaded.
    let compiled: LoadedProgram?
    let kernels: String
    // Written in init only.
    nonisolated(unsafe) let table: UnsafeMutablePointer<theano_blas>

    init(_ libraries: NativeLibraries, _ compiled: LoadedProgram?, _ kernels: UnsafeRawPointer) {
      self.libraries = libraries
      self.compiled = compiled
      self.kernels = String(cString: theano_kernels_name(kernels))
      table = .allocate(capacity: 1)
      table.initialize(to: libraries.functions.blas)
      table.pointee.kernels = kernels
    }

    deinit { table.deallocate() }
  }

  /// The products and solvers, loaded when first asked for: a call that uses none need not wait for a library.
  /// The table lives as long as this object.
  package var blas: UnsafePointer<theano_blas> { UnsafePointer(denseServices.table) }

  private var denseServices: Dense {
    dense.withLock { dense in
      if let dense { return dense }
      let libraries = NativeLibraries(settings, candidates: candidates)
      if libraries.products == nil, settings.native != .none {
        Notice.once(
          "no tuned BLAS was found, so that large products are slower than they could be; "
            + Platform.denseLibraryHint)
      }
      let (compiled, kernels) = embeddedProducts(wanted: libraries.products == nil)
      let made = Dense(libraries, compiled, kernels)
      dense = made
      return made
    }
  }

  /// The embedded products. A debug build of this library has them unoptimised, some fifty times slower; then they are
  /// compiled once more, by the compiler that compiles functions, and kept in its cache.
  private func embeddedProducts(wanted: Bool) -> (LoadedProgram?, UnsafeRawPointer) {
    let builtIn: UnsafeRawPointer = theano_kernels_builtin()
    guard wanted, theano_kernels_optimised() == 0 else { return (nil, builtIn) }
    var source = String(cString: theano_host_text())
    var next = theano_kernels_texts()
    while let text = next?.pointee {
      source += String(cString: text)
      next = next?.advanced(by: 1)
    }
    var options = CompileOptions()
    options.contractsProducts = true
    guard let program = try? toolchain.load(source: source, options: options).program else {
      return (nil, builtIn)
    }
    var result = th_result()
    var error = th_error()
    guard program.entry(host, nil, nil, &result, &error) == TH_OK, let table = result.data else {
      return (nil, builtIn)
    }
    return (program, UnsafeRawPointer(table))
  }

  /// Whose products and solvers are used; `nil` for products stands for the embedded ones.
  package var libraries: NativeLibraries { denseServices.libraries }

  /// What the embedded products were compiled for.
  package var embeddedKernels: String { denseServices.kernels }

  /// What is wrong where an operation needs a solver and there is none, and what to do about it.
  package var missingSolver: (what: String, hint: String) {
    settings.native == .none
      ? (
        what: "it needs a LAPACK library, and all native libraries are hidden by THEANO_NATIVE=none",
        hint: "unset THEANO_NATIVE"
      )
      : (what: "it needs a LAPACK library, and none was found", hint: Platform.denseLibraryHint)
  }
}
