// All that differs between operating systems and processors, and nothing else.

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import CTheanoSupport

/// The machine that the program runs on.
package enum Platform {
  /// The process's environment.
  static func environment() -> [String: String] {
    var result: [String: String] = [:]
    var next = environmentPointer()
    while let entry = next?.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        let name = String(text[..<equals])
        if result[name] == nil { result[name] = String(text[text.index(after: equals)...]) }
      }
      next = next?.advanced(by: 1)
    }
    return result
  }

  static func environmentPointer() -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    #if canImport(Darwin)
      _NSGetEnviron().pointee
    #else
      theano_environment()
    #endif
  }

  /// A library with all its symbols bound now and none lent to others; `nil` if it cannot be loaded.
  package static func load(_ path: String) -> UnsafeMutableRawPointer? { dlopen(path, RTLD_NOW | RTLD_LOCAL) }

  /// The user's home folder by the system's records, for a process without `HOME`.
  static func homeFolder() -> String? {
    guard let record = getpwuid(geteuid()), let home = record.pointee.pw_dir else { return nil }
    return String(cString: home)
  }

  /// The folder of compiled functions, if the environment names none.
  static func defaultCacheFolder(_ settings: ToolchainSettings) -> String? {
    let home = settings.home ?? homeFolder()
    #if canImport(Darwin)
      return home.map { $0 + "/Library/Caches/theano" }
    #else
      return settings.cacheHome.map { $0 + "/theano" } ?? home.map { $0 + "/.cache/theano" }
    #endif
  }

  /// How many processors are online.
  package static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// What `-march=native` depends on.
  static func processorIdentity() -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: Int(theano_cpu_words)) { buffer, count in
      count = Int(theano_cpu_identity(buffer.baseAddress))
    }
  }

  /// What a shared library is called.
  static var librarySuffix: String {
    #if canImport(Darwin)
      "dylib"
    #else
      "so"
    #endif
  }

  /// Folders of programs that `PATH` may lack, as in a program started from a desktop.
  static let programFolders = ["/usr/bin", "/usr/local/bin"]

  /// The flag that means "this very processor".
  static var processorFlag: String {
    #if arch(x86_64)
      "-march=native"
    #else
      "-mcpu=native"
    #endif
  }

  /// How a compiler's driver is told to make a loadable library without start files.
  ///
  /// Generated code calls nothing but what compilers themselves call (`memcpy`, `memset`, and at times `fmod` and its
  /// like), which the process has loaded already; the loader finds them there.
  static var libraryFlags: [String] {
    #if canImport(Darwin)
      ["-dynamiclib", "-undefined", "dynamic_lookup"]
    #else
      ["-shared", "-nostdlib"]
    #endif
  }

  /// Whether an object file can be made a library by the linker alone, which saves the driver's second process.
  static var linksDirectly: Bool {
    #if canImport(Darwin)
      false
    #else
      true
    #endif
  }

  /// What finds the compiler of the system's developer tools, where that is not simply in a folder of programs.
  static var toolLauncher: String? {
    #if canImport(Darwin)
      "/usr/bin/xcrun"
    #else
      nil
    #endif
  }

  /// Seconds and nanoseconds of a file's last change.
  static func modified(_ status: stat) -> timespec {
    #if canImport(Darwin)
      status.st_mtimespec
    #else
      status.st_mtim
    #endif
  }

  /// The libraries that bring dense products and solvers, the fastest first.
  ///
  /// The reference BLAS (`libblas`) is left out for products, since it is slower than the embedded ones; the reference
  /// LAPACK is better than none. Accelerate has no function that sets its threads; they share the processor's matrix units, so
  /// that little would be won by sharing its products out.
  static let denseLibraries: [NativeLibraries.Candidate] = {
    #if canImport(Darwin)
      [
        .init(
          name: "Accelerate", files: ["/System/Library/Frameworks/Accelerate.framework/Accelerate"]),
        .init(
          name: "OpenBLAS",
          files: ["libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib"],
          threadSetter: "openblas_set_num_threads", parallelism: "openblas_get_parallel",
          version: "openblas_get_config"),
      ]
    #else
      [
        .init(
          name: "OpenBLAS", files: ["libopenblas.so.0", "libopenblas.so"],
          threadSetter: "openblas_set_num_threads", parallelism: "openblas_get_parallel",
          version: "openblas_get_config"),
        .init(
          name: "MKL", files: ["libmkl_rt.so.2", "libmkl_rt.so.3", "libmkl_rt.so"],
          threadSetter: "MKL_Set_Num_Threads"),
        .init(
          name: "BLIS", files: ["libblis.so.4", "libblis.so"],
          threadSetter: "bli_thread_set_num_threads", version: "bli_info_get_version_str"),
        .init(name: "LAPACK", files: ["liblapack.so.3"], solvesOnly: true),
      ]
    #endif
  }()

  /// How a user gets a fast BLAS and LAPACK.
  static var denseLibraryHint: String {
    #if canImport(Darwin)
      "Accelerate is part of macOS; if it cannot be loaded, run brew install openblas"
    #else
      "install OpenBLAS (Debian, Ubuntu: apt-get install libopenblas0; Fedora: dnf install openblas; "
        + "Arch: pacman -S openblas)"
    #endif
  }
}
