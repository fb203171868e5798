import CTheanoPrelude
import CTheanoSupport
import Testing
import TheanoTestSupport

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// NVIDIA's compiler as a library, which needs no device (the wheel `nvidia-cuda-nvrtc-cu12` has it, as CUDA's kit does).
private struct NVIDIACompiler: Sendable {
  typealias Make =
    @Sendable @convention(c) (
      UnsafeMutablePointer<OpaquePointer?>, UnsafePointer<CChar>, UnsafePointer<CChar>, CInt, OpaquePointer?,
      OpaquePointer?
    ) -> CInt
  typealias Compile =
    @Sendable @convention(c) (
      OpaquePointer?, CInt, UnsafePointer<UnsafePointer<CChar>?>
    ) -> CInt
  typealias LogSize = @Sendable @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int>) -> CInt
  typealias Log = @Sendable @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>) -> CInt
  typealias Destroy = @Sendable @convention(c) (UnsafeMutablePointer<OpaquePointer?>) -> CInt

  let make: Make
  let compile: Compile
  let logSize: LogSize
  let log: Log
  let destroy: Destroy

  static let found: NVIDIACompiler? = {
    let names = ["libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"]
    guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else { return nil }
    func function<F>(_ name: String, _: F.Type) -> F? {
      dlsym(library, name).map { unsafeBitCast($0, to: F.self) }
    }
    guard let make = function("nvrtcCreateProgram", Make.self),
      let compile = function("nvrtcCompileProgram", Compile.self),
      let logSize = function("nvrtcGetProgramLogSize", LogSize.self),
      let log = function("nvrtcGetProgramLog", Log.self),
      let destroy = function("nvrtcDestroyProgram", Destroy.self)
    else { return nil }
    return NVIDIACompiler(make: make, compile: compile, logSize: logSize, log: log, destroy: destroy)
  }()

  /// What it says of a text, and whether it compiled it.
  func run(_ text: String) -> (output: String, succeeded: Bool) {
    var program: OpaquePointer?
    guard make(&program, text, "unit.cu", 0, nil, nil) == 0 else { return ("no program", false) }
    defer { _ = destroy(&program) }
    // The flag that the head of the text asks for; what no kernel calls is no fault.
    let code = "--fmad=false".withCString { first in
      "--disable-warnings".withCString { second in compile(program, 2, [first, second]) }
    }
    var size = 0
    guard logSize(program, &size) == 0 else { return ("no log", false) }
    var bytes = [CChar](repeating: 0, count: size + 1)
    _ = log(program, &bytes)
    return (
      String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), code == 0
    )
  }
}

@Suite("The vector maths as NVIDIA's compiler reads it") struct NVIDIATests {
  @Test(.enabled(if: NVIDIACompiler.found != nil, "needs libnvrtc")) func wholeText() throws {
    let result = try #require(NVIDIACompiler.found).run(String(cString: theano_prelude_text()))
    #expect(result.succeeded, "\(result.output)")
  }

  /// Kernels as they are emitted, without words that stand for CUDA's own.
  @Test(
    .enabled(if: NVIDIACompiler.found != nil, "needs libnvrtc"), arguments: ["elementwise", "rows", "whole"])
  func kernels(_ name: String) throws {
    let kernel = String(
      decoding: fileBytes("\(packageRoot)/Tests/Compiled/Golden/Emission/\(name).cu.txt"), as: UTF8.self)
    #expect(!kernel.isEmpty)
    let result = try #require(NVIDIACompiler.found).run(
      String(cString: theano_prelude_text()) + "\n" + kernel)
    #expect(result.succeeded, "\(result.output)")
  }
}
