#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The C written by hand, compiled when the program starts.
///
/// It could be a C target of this package, but then it would get the package's flags and not those of generated code
/// (`-march=native` above all), and would not follow `THEANO_CC`. So it is compiled as generated code is: by the same
/// compiler, with the same flags, into a library that is called through pointers.
struct Reference {
  let compiler: [String]
  let compilerVersion: String
  /// The BLAS that the library would find too.
  let blasName: String?
  private let libraries: [String: UInt]
  private let blas: UInt?

  /// The flags of every generated unit.
  static var flags: [String] {
    #if arch(x86_64)
      let processor = "-march=native"
    #else
      let processor = "-mcpu=native"
    #endif
    return [
      "-x", "c", "-std=gnu11", "-O2", processor, "-fwrapv", "-fno-math-errno", "-fno-trapping-math",
      "-ffp-contract=off", "-fPIC", "-fvisibility=hidden", "-fno-stack-protector", "-w",
    ]
  }

  /// As many as the library uses.
  static let threads = Child.variable("THEANO_NUM_THREADS").flatMap { Int($0) } ?? Machine.processors

  /// The folder with the C.
  static let folder: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/Reference"
  }()

  private static let files = ["xor", "scalar", "elementwise"]

  /// Further flags of single files.
  private static let extra: [String: [String]] = [
    // Contracted to fused multiply-adds, as one would write it by hand for this one purpose.
    "products": ["-ffp-contract=fast"]
  ]

  init(in scratch: String) throws {
    compiler = [try Reference.findCompiler()]
    compilerVersion =
      Child.run(compiler + ["--version"])?.output.split(separator: "\n").first.map(String.init) ?? "unknown"
    var libraries: [String: UInt] = [:]
    for name in Reference.files {
      let library = "\(scratch)/\(name).so"
      let prelude = "\(Reference.folder)/../../Sources/CTheanoPrelude/include"
      let command =
        compiler + Reference.flags + (Reference.extra[name] ?? []) + [
          "-I\(prelude)", "-shared", "-o", library, "\(Reference.folder)/\(name).c", "-lm", "-lpthread",
        ] + Reference.vectorLibraries
      guard let outcome = Child.run(command), outcome.code == 0 else {
        throw BenchmarkError("\(command.joined(separator: " ")) failed")
      }
      guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
        throw BenchmarkError("\(library) cannot be loaded: \(dlerror().map { String(cString: $0) } ?? "")")
      }
      libraries[name] = UInt(bitPattern: handle)
      // Those with loops on several threads have a team each, which sleeps while others are measured.
      if let start = dlsym(handle, "start_threads") {
        unsafeBitCast(start, to: (@convention(c) (Int32) -> Void).self)(Int32(Reference.threads))
      }
    }
    self.libraries = libraries
    let candidates = ["libopenblas.so.0", "libopenblas.so"]
    let found =
      Child.variable("THEANO_NATIVE") == "none" ? nil : candidates.first { dlopen($0, RTLD_NOW) != nil }
    blas = found.flatMap { dlopen($0, RTLD_NOW) }.map { UInt(bitPattern: $0) }
    blasName = found
  }

  /// glibc's vector functions, where there are any.
  private static var vectorLibraries: [String] {
    #if os(Linux) && arch(x86_64)
      ["-lmvec"]
    #else
      []
    #endif
  }

  /// A function of `Reference/FILE.c`, as a C function pointer of the type that the caller names.
  func function<F>(_ name: String, in file: String, as type: F.Type) throws -> F {
    try Reference.symbol(name, libraries[file])
  }

  /// A function of the BLAS.
  func blas<F>(_ name: String, as type: F.Type) throws -> F { try Reference.symbol(name, blas) }

  var hasBLAS: Bool { blas != nil }

  private static func symbol<F>(_ name: String, _ handle: UInt?) throws -> F {
    guard let handle, let address = dlsym(UnsafeMutableRawPointer(bitPattern: handle), name) else {
      throw BenchmarkError("there is no C function \(name)")
    }
    return unsafeBitCast(address, to: F.self)
  }

  /// The compiler that the library would take: `THEANO_CC`, or the clang beside swift, or the first of the usual names.
  private static func findCompiler() throws -> String {
    if let named = Child.variable("THEANO_CC"), !named.isEmpty, named != "none" { return named }
    let folders = (Child.variable("PATH") ?? "").split(separator: ":").map(String.init) + ["/usr/bin"]
    for folder in folders where access("\(folder)/swift", X_OK) == 0 {
      if access("\(folder)/clang", X_OK) == 0 { return "\(folder)/clang" }
      if let path = realpath("\(folder)/swift", nil) {
        defer { free(path) }
        let beside =
          String(cString: path).split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/clang"
        if access(beside, X_OK) == 0 { return beside }
      }
    }
    for name in ["cc", "gcc", "clang"] {
      for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
    }
    throw BenchmarkError("no C compiler was found")
  }
}
