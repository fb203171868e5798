import CTheanoSupport
import Testing
import TheanoArrays
import TheanoEmission
import TheanoTestSupport
import TheanoToolchain

/// The prelude's random functions as generated programs carry them: text, compiled by the C compiler with its flags.
@Suite("Random bits in emitted C") struct RandomBitsTests {
  /// Number `i` of each stream, for the key and the positions of the first argument, backwards and on the pool's threads.
  private static let source =
    String(cString: theano_host_text())
    + PreludeParts.text(for: ["uniform_f64", "uniform_f32", "normal_f64", "normal_f32", "integers"]) + """

      __attribute__((visibility("default")))
      th_i32 theano_entry(const th_host *host, th_call *call, const th_arg *in, th_result *out, th_error *error) {
        const th_u64 *ask = (const th_u64 *)(const void *)call;
        th_u64 key = ask[0], first = ask[1], count = ask[2];
        th_f64 *f64 = (th_f64 *)ask[3], *n64 = (th_f64 *)ask[4];
        th_f32 *f32 = (th_f32 *)ask[5], *n32 = (th_f32 *)ask[6];
        th_u64 *whole = (th_u64 *)ask[7];
        for (th_u64 k = count; k-- > 0;) {
          th_u64 i = first + k;
          f64[k] = th_uniform_f64(key, i);
          n64[k] = th_normal_f64(key, i);
          f32[k] = th_uniform_f32(key, i);
          n32[k] = th_normal_f32(key, i);
          whole[k] = th_random_integer(key, i, 1000003);
        }
        return host->abi == TH_ABI ? TH_OK : TH_CHECK;
      }
      """

  /// What one call fills.
  private struct Piece: Sendable {
    var f64: [Double], n64: [Double], f32: [Float], n32: [Float], whole: [UInt64]

    init(_ program: LoadedProgram, key: UInt64, first: Int, count: Int) {
      f64 = Array(repeating: -1, count: count)
      n64 = f64
      f32 = Array(repeating: -1, count: count)
      n32 = f32
      whole = Array(repeating: .max, count: count)
      var host = th_host()
      host.abi = TH_ABI
      var result = th_result()
      var error = th_error()
      var code: Int32 = -1
      f64.withUnsafeMutableBytes { a in
        n64.withUnsafeMutableBytes { b in
          f32.withUnsafeMutableBytes { c in
            n32.withUnsafeMutableBytes { d in
              whole.withUnsafeMutableBytes { e in
                let targets = [a, b, c, d, e].map { UInt64(UInt(bitPattern: $0.baseAddress)) }
                var ask = [key, UInt64(first), UInt64(count)] + targets
                ask.withUnsafeMutableBytes { ask in
                  code = program.entry(
                    &host, ask.baseAddress?.assumingMemoryBound(to: th_call.self), nil, &result, &error)
                }
              }
            }
          }
        }
      }
      #expect(code == TH_OK)
    }
  }

  @Test("the numbers are Swift's, in any order and on any thread", .enabled(if: try Machine.hasCompiler))
  func sameNumbers() async throws {
    let folder = TemporaryFolder()
    var settings = try ToolchainSettings.process()
    settings.cacheFolder = folder.path
    let program = try Toolchain(settings).load(source: Self.source).program
    let count = 1024
    let start = RandomGenerator(seed: 77)
    let key = start.key
    let pieces = await withTaskGroup(of: (Int, Piece).self) { group in
      for first in stride(from: 0, to: count, by: 128) {
        group.addTask { (first, Piece(program, key: key, first: first, count: 128)) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    func drawn(_ draw: (inout RandomGenerator) -> NDArray) -> NDArray {
      var generator = start
      return draw(&generator)
    }
    let f64 = [Double](drawn { NDArray.random([count], dtype: .float64, using: &$0) })
    let n64 = [Double](drawn { NDArray.randomNormal([count], dtype: .float64, using: &$0) })
    let f32 = [Float](drawn { NDArray.random([count], dtype: .float32, using: &$0) })
    let n32 = [Float](drawn { NDArray.randomNormal([count], dtype: .float32, using: &$0) })
    let whole = [UInt64](drawn { NDArray.randomIntegers(in: 0..<1_000_003, [count], using: &$0) })
    #expect(pieces.count == 8)
    for (first, piece) in pieces {
      let range = first..<first + 128
      #expect(piece.f64 == Array(f64[range]) && piece.n64 == Array(n64[range]), "from \(first)")
      #expect(piece.f32 == Array(f32[range]) && piece.n32 == Array(n32[range]), "from \(first)")
      #expect(piece.whole == Array(whole[range]), "from \(first)")
    }
  }
}
