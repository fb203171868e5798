import CTheanoPrelude
import CTheanoSupport
import Testing
import TheanoArrays
import TheanoEmission
import TheanoTestSupport
import TheanoToolchain

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One loop over each function, as generated code would have it.
private struct Loops {
  struct Loop {
    var name: String
    var arity: Int32
    var suffix: String
    /// Where it stands in the unit.
    var line: Int
  }

  var loops: [Loop] = []
  private var lines: [String]

  /// - Parameter skipped: Functions that are not to be there.
  init(without skipped: Set<String> = []) {
    lines = String(cString: theano_host_text()).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
    lines += String(cString: theano_prelude_text()).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    var count = 0
    let first = theano_prelude_table(&count)
    for entry in UnsafeBufferPointer(start: first, count: count) {
      let name = String(cString: entry.name)
      guard !skipped.contains(name) else { continue }
      for (suffix, type) in [("f32", "th_f32"), ("f64", "th_f64")] {
        lines.append("void loop\(loops.count)(th_i64 n, const \(type) *x, const \(type) *y, \(type) *r) {")
        lines.append("  _Pragma(\"clang loop vectorize(assume_safety) interleave(enable)\")")
        lines.append("  for (th_i64 i = 0; i < n; i++)")
        loops.append(Loop(name: name, arity: entry.arity, suffix: suffix, line: lines.count))
        lines.append("    r[i] = th_\(name)_\(suffix)(x[i]\(entry.arity == 2 ? ", y[i]" : ""));")
        lines.append("}")
      }
    }
  }

  var text: String { lines.joined(separator: "\n") + "\n" }

  /// The unit as a program whose entry calls the loop that the first argument names.
  var program: String {
    var text = text
    text += """
      __attribute__((visibility("default")))
      th_i32 theano_entry(const th_host *host, th_call *call, const th_arg *in, th_result *out, th_error *error) {
        const th_i64 *which = in[0].data;
        switch (which[0]) {

      """
    for k in loops.indices {
      text += "case \(k): loop\(k)(which[1], in[1].data, in[2].data, in[3].data); break;\n"
    }
    return text + "}\nreturn TH_OK;\n}\n"
  }
}

private let toolchain: Toolchain? = {
  guard let toolchain = try? Toolchain.process(), (try? toolchain.compiler) != nil else { return nil }
  return toolchain
}()

/// Whether there is a clang, which alone says what it made vector code of, and reads OpenCL C and CUDA C.
private let clang: String? = {
  guard let compiler = try? toolchain?.compiler else { return nil }
  return compiler.version()?.contains("clang") == true ? compiler.command.joined(separator: " ") : nil
}()

/// Runs a command of the shell; its output and whether it succeeded.
private func shell(_ command: String) -> (output: String, succeeded: Bool) {
  guard let pipe = popen("( \(command) ) 2>&1", "r") else { return ("", false) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while case let got = fread(&block, 1, block.count, pipe), got > 0 { bytes += block[..<got] }
  return (String(decoding: bytes, as: UTF8.self), pclose(pipe) == 0)
}

@Suite("The vector maths in generated code") struct VectorCodeTests {
  /// With the flags of generated code, for this processor, in vectors and in what is left over.
  @Test(.enabled(if: toolchain != nil, "needs a C compiler")) func isAccurate() throws {
    let loops = Loops()
    let program = try #require(toolchain).load(source: loops.program).program
    let float64 = PreludeGolden<Double>.all(), float32 = PreludeGolden<Float>.all()
    for (k, loop) in loops.loops.enumerated() {
      if loop.suffix == "f64", let golden = float64.first(where: { $0.name == loop.name }) {
        check(golden, k, program)
      } else if let golden = float32.first(where: { $0.name == loop.name }) {
        check(golden, k, program)
      }
    }
  }

  private func check<Number>(_ golden: PreludeGolden<Number>, _ k: Int, _ program: LoadedProgram) {
    // Three times over, so that each point comes by a vector and the last ones also by the rest of the loop.
    let points = golden.points + golden.points + golden.points
    var which = [Int64(k), Int64(points.count)]
    var x = points.map(\.x), y = points.map(\.y), result = [Number](repeating: 0, count: points.count)
    var host = th_host()
    which.withUnsafeMutableBytes { which in
      x.withUnsafeMutableBytes { x in
        y.withUnsafeMutableBytes { y in
          result.withUnsafeMutableBytes { result in
            let arguments = [which, x, y, result].map { bytes in
              var argument = th_arg()
              argument.data = bytes.baseAddress
              return argument
            }
            _ = program.entry(&host, nil, arguments, nil, nil)
          }
        }
      }
    }
    for (point, value) in zip(points, result) {
      let error = golden.error(value, at: point)
      #expect(
        error <= golden.bound(at: point.x).ulps,
        "\(golden.name)(\(point.x), \(point.y)) is \(value), not \(point.rounded): \(error) ulp")
    }
  }

  /// Loops that hang on the data: the quotient of a remainder may have two thousand bits. Generated code calls their
  /// siblings `*_near` wherever a block of arguments allows.
  static let notVectorised: Set = ["fmod", "mod", "floordiv"]

  /// Processors that loops are compiled for; a clang may have been built for fewer.
  private enum Processor: String {
    case sse2 = "--target=x86_64-linux-gnu"
    case avx2 = "--target=x86_64-linux-gnu -march=x86-64-v3"
    case avx512 = "--target=x86_64-linux-gnu -march=x86-64-v4"
    case neon = "--target=aarch64-linux-gnu"

    var isKnown: Bool {
      guard let clang else { return false }
      return shell("\(clang) \(rawValue) -x c -S -o /dev/null /dev/null").succeeded
    }
  }

  @Test(.enabled(if: Processor.sse2.isKnown, "needs a clang for x86-64")) func isVectorCodeForSSE2() throws {
    try isVectorCode(.sse2)
  }
  @Test(.enabled(if: Processor.avx2.isKnown, "needs a clang for x86-64")) func isVectorCodeForAVX2() throws {
    try isVectorCode(.avx2)
  }
  @Test(.enabled(if: Processor.avx512.isKnown, "needs a clang for x86-64"))
  func isVectorCodeForAVX512() throws { try isVectorCode(.avx512) }
  @Test(.enabled(if: Processor.neon.isKnown, "needs a clang for arm64")) func isVectorCodeForNEON() throws {
    try isVectorCode(.neon)
  }

  private func isVectorCode(_ processor: Processor) throws {
    let clang = try #require(clang)
    let (name, target) = (processor, processor.rawValue)
    let folder = TemporaryFolder()
    let loops = Loops(without: Self.notVectorised)
    folder.write("unit.c", loops.text)
    let remarks = shell(
      "\(clang) \(target) -std=gnu11 -O2 -fwrapv -fno-math-errno -fno-trapping-math -ffp-contract=off -w "
        + "-Rpass=loop-vectorize -S -o \(folder.path)/unit.s \(folder.path)/unit.c")
    #expect(remarks.succeeded, "\(remarks.output)")
    let vectorised = Set(
      remarks.output.split(separator: "\n").compactMap { line -> Int? in
        guard line.contains("vectorized loop (vectorization width") else { return nil }
        let words = line.split(separator: ":")
        return words.count > 1 ? Int(words[1]) : nil
      })
    for loop in loops.loops {
      // The remark names the loop's line, which is the one before its body.
      #expect(vectorised.contains(loop.line), "\(loop.name)_\(loop.suffix) for \(name)")
    }
    let assembly = String(decoding: folder.read("unit.s"), as: UTF8.self)
    let calls = assembly.split(separator: "\n").filter { line in
      let words = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
      return words.first.map { ["call", "callq", "bl", "jmp_tail"].contains($0) } ?? false
    }
    #expect(calls.isEmpty, "\(name) calls \(calls)")
  }

  /// The languages that the text is written in at once, as clang's flags.
  private enum Language: String {
    case c11 = "-x c -std=c11 -Wextra"
    case openCL12 = "-x cl -cl-std=CL1.2"
    case openCL30 = "-x cl -cl-std=CL3.0"
    case cuda =
      "-x cuda --cuda-device-only -nocudainc -nocudalib -Wno-unknown-cuda-version -Wno-unused-const-variable"

    var isKnown: Bool {
      guard let clang else { return false }
      return shell("\(clang) \(rawValue) -fsyntax-only /dev/null").succeeded
    }
  }

  @Test(.enabled(if: Language.c11.isKnown, "needs clang")) func isC11() throws { try compiles(as: .c11) }
  @Test(.enabled(if: Language.openCL12.isKnown, "needs a clang that reads OpenCL C 1.2"))
  func isOpenCL12() throws { try compiles(as: .openCL12) }
  @Test(.enabled(if: Language.openCL30.isKnown, "needs a clang that reads OpenCL C 3.0"))
  func isOpenCL30() throws { try compiles(as: .openCL30) }
  @Test(.enabled(if: Language.cuda.isKnown, "needs a clang that reads CUDA C"))
  func isCUDA() throws { try compiles(as: .cuda) }

  private func compiles(as language: Language) throws {
    let clang = try #require(clang)
    let (name, flags) = (language, language.rawValue)
    let folder = TemporaryFolder()
    folder.write("unit", String(cString: theano_prelude_text()))
    let result = shell(
      "\(clang) \(flags) -Wall -Wno-unused-function -Werror -fsyntax-only \(folder.path)/unit")
    #expect(result.succeeded, "as \(name):\n\(result.output)")
  }

  /// A permutation drawn by generated code is Swift's.
  @Test(.enabled(if: toolchain != nil, "needs a C compiler"), arguments: [0, 1, 2, 1000])
  func permutes(count: Int) throws {
    let program = try #require(toolchain).load(
      source: String(cString: theano_host_text()) + PreludeParts.text(for: ["permutation"]) + """

        __attribute__((visibility("default")))
        th_i32 theano_entry(const th_host *host, th_call *call, const th_arg *in, th_result *out, th_error *error) {
          const th_i64 *what = in[0].data;
          th_random_permutation((th_u64)what[0], what[1], in[1].data);
          return TH_OK;
        }

        """
    ).program
    var generator = RandomGenerator(seed: 5)
    let due = [Int64](NDArray.permutation(count, using: &generator))
    var parent = RandomGenerator(seed: 5)
    var what = [Int64(bitPattern: parent.split().key), Int64(count)]
    var result = [Int64](repeating: -1, count: count)
    var host = th_host()
    what.withUnsafeMutableBytes { what in
      result.withUnsafeMutableBytes { result in
        let arguments = [what, result].map { bytes in
          var argument = th_arg()
          argument.data = bytes.baseAddress
          return argument
        }
        #expect(program.entry(&host, nil, arguments, nil, nil) == TH_OK)
      }
    }
    #expect(result == due)
  }

  /// Each part with no more than the parts that it names: what a program with that one function has.
  @Test(.enabled(if: toolchain != nil, "needs a C compiler")) func partsStandOnWhatTheyName() throws {
    let clang = try #require(toolchain).compiler.command.joined(separator: " ")
    let folder = TemporaryFolder()
    var names: [String] = []
    for line in String(cString: theano_prelude_text()).split(separator: "\n")
    where line.hasPrefix("//@ part ") {
      names.append(String(line.split(separator: " ")[2]))
    }
    #expect(names.count > 100)
    #expect(Set(names).count == names.count)
    var files: [String] = []
    for name in names { files.append(folder.write("\(name).c", PreludeParts.text(for: [name]) + "\n")) }
    let result = shell("\(clang) -std=gnu11 -fsyntax-only -w \(files.joined(separator: " "))")
    #expect(result.succeeded, "\(result.output)")
  }
}
