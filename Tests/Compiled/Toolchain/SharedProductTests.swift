import CTheanoSupport
import Testing
import TheanoTestSupport
import TheanoToolchain

/// Products that are shared out over threads: a native library's, of which each thread calls one for its block, and the embedded ones.
@Suite struct SharedProductTests {
  enum Source: String, CaseIterable { case embedded, native }

  /// What keeps the functions of a source loaded; `nil` where there are none.
  private static func services(_ source: Source) -> HostServices? {
    guard var settings = try? ToolchainSettings.process() else { return nil }
    settings.native = source == .native ? .automatic : .none
    let services = HostServices(Toolchain(settings))
    return source == .native && services.libraries.products == nil ? nil : services
  }
  private static let loaded = Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, services($0)) })
  static let sources = Source.allCases.filter { (loaded[$0] ?? nil) != nil }

  private func blas(_ source: Source) throws -> theano_blas {
    try #require(Self.loaded[source] ?? nil).blas.pointee
  }

  /// Numbers without a pattern, whose sums round.
  private func values<T: BinaryFloatingPoint>(_ count: Int, _ seed: UInt64, whole: Bool) -> [T] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return whole ? T(Int(state >> 61) - 4) : T(Int(state >> 40)) / T(1 << 24) - 0.5
    }
  }

  /// What a body computes on pools of several sizes.
  private func results<R>(_ body: (OpaquePointer?) -> R) -> [R] {
    [1, 2, 3, 5, 16].map { threads in
      let pool = theano_pool_create(Int32(threads))
      defer { theano_pool_destroy(pool) }
      return body(pool)
    }
  }

  /// Shapes that are cut by rows, by columns and in grids, with edges; thin ones in every direction.
  private static let shapes = [
    (130, 90, 70), (7, 300, 200), (300, 7, 200), (301, 299, 3), (16, 2048, 33), (2048, 9, 33), (64, 64, 64),
    (1, 700, 600), (700, 1, 600),
  ]

  @Test(arguments: sources) func blocksMakeTheWholeProduct(_ source: Source) throws {
    var blas = try blas(source)
    for (k, shape) in Self.shapes.enumerated() {
      for flags in 0..<4 {
        check(shape, flags, k % 2 == 0 ? 0.0 : -1) { pool, call in
          theano_dgemm(
            &blas, pool, call.ta, call.tb, call.m, call.n, call.k, 2, call.a, call.lda, call.b, call.ldb,
            call.beta, call.c, call.ldc)
        }
        check(shape, flags, k % 2 == 0 ? Float(3) : 0) { pool, call in
          theano_sgemm(
            &blas, pool, call.ta, call.tb, call.m, call.n, call.k, 2, call.a, call.lda, call.b, call.ldb,
            call.beta, call.c, call.ldc)
        }
      }
    }
  }

  private struct Call<T> {
    var ta, tb: Int32
    var m, n, k, lda, ldb, ldc: Int64
    var a, b: UnsafePointer<T>
    var c: UnsafeMutablePointer<T>
    var beta: T
  }

  private func check<T: BinaryFloatingPoint>(
    _ shape: (Int, Int, Int), _ flags: Int, _ beta: T, _ gemm: (OpaquePointer?, Call<T>) -> Void
  ) {
    let (m, n, k) = shape, (ta, tb) = (flags & 1, flags >> 1)
    let lda = (ta == 1 ? m : k) + 1, ldb = (tb == 1 ? k : n) + 2, ldc = n + 3
    let a: [T] = values((ta == 1 ? k : m) * lda, 1, whole: true)
    let b: [T] = values((tb == 1 ? n : k) * ldb, 2, whole: true)
    let start: [T] = values(m * ldc, 3, whole: true)
    // Rows of A and columns of B, so that the sums below are of neighbours.
    let rows = (0..<m).map { i in (0..<k).map { a[ta == 1 ? $0 * lda + i : i * lda + $0] } }
    let columns = (0..<n).map { j in (0..<k).map { b[tb == 1 ? j * ldb + $0 : $0 * ldb + j] } }
    var expected = start
    for i in 0..<m {
      for j in 0..<n {
        var sum: T = 0
        for p in 0..<k { sum += rows[i][p] * columns[j][p] }
        expected[i * ldc + j] = 2 * sum + (beta == 0 ? 0 : beta * start[i * ldc + j])
      }
    }
    for result in results({ pool in
      var c = start
      if beta == 0 { for i in 0..<m { for j in 0..<n { c[i * ldc + j] = .nan } } }
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          c.withUnsafeMutableBufferPointer { c in
            gemm(
              pool,
              Call(
                ta: Int32(ta), tb: Int32(tb), m: Int64(m), n: Int64(n), k: Int64(k), lda: Int64(lda),
                ldb: Int64(ldb), ldc: Int64(ldc), a: a.baseAddress!, b: b.baseAddress!, c: c.baseAddress!,
                beta: beta))
          }
        }
      }
      return c
    }) {
      #expect(result == expected, "\(T.self) \(shape) transposed \(ta) \(tb), beta \(beta)")
    }
  }

  /// Vectors of sums are cut by the shape alone, so that they are the same to the bit on any number of threads.
  @Test(arguments: sources) func sumsDoNotDependOnTheNumberOfThreads(_ source: Source) throws {
    var blas = try blas(source)
    for (m, n) in [(60_000, 10), (9_000, 64), (9_000, 65), (5_000, 1), (3, 40_000), (600, 700)] {
      for (incx, incy) in [(1, 1), (2, 3)] {
        let a: [Double] = values(m * (n + 1), 4, whole: false)
        for transpose in [0, 1] {
          let used = transpose == 1 ? m : n, made = transpose == 1 ? n : m
          let x: [Double] = values(used * incx, 5, whole: false)
          let start: [Double] = values(made * incy, 6, whole: false)
          let found = results { pool in
            var y = start
            theano_dgemv(
              &blas, pool, Int32(transpose), Int64(m), Int64(n), 1.5, a, Int64(n + 1), x, Int64(incx), -0.5,
              &y,
              Int64(incy))
            return y
          }
          for other in found.dropFirst() {
            // A thread's rows or columns are computed alike wherever a library's kernels begin; its columns' edges may differ.
            #expect(
              zip(other, found[0]).allSatisfy { abs($0 - $1) <= 1e-11 }
                && (transpose == 0 || n > 64 || other == found[0]), "\(m) \(n) \(transpose) \(incx)")
          }
          for at in [0, made / 2, made - 1] {
            let sum = (0..<used).reduce(0.0) {
              $0 + a[transpose == 1 ? $1 * (n + 1) + at : at * (n + 1) + $1] * x[$1 * incx]
            }
            #expect(abs(found[1][at * incy] - (1.5 * sum - 0.5 * start[at * incy])) < 1e-9)
          }
        }
      }
    }
    for (n, incx) in [(10, 1), (40_000, 1), (300_001, 1), (300_000, 2)] {
      let x: [Double] = values(n * incx, 7, whole: false), y: [Double] = values(n, 8, whole: false)
      let found = results { theano_ddot(&blas, $0, Int64(n), x, Int64(incx), y, 1) }
      #expect(found.allSatisfy { $0 == found[0] })
      let sum = (0..<n).reduce(0.0) { $0 + x[$1 * incx] * y[$1] }
      #expect(abs(found[0] - sum) < 1e-9)
    }
  }

  /// Several threads that call products at once share one pool and one library.
  @Test(arguments: sources) func manyCallersAtOnce(_ source: Source) async throws {
    nonisolated(unsafe) var blas = try blas(source)
    let n = 150
    let a: [Double] = values(n * n, 1, whole: true), b: [Double] = values(n * n, 2, whole: true)
    nonisolated(unsafe) let pool = theano_pool_create(3)
    func product(_ pool: OpaquePointer?) -> [Double] {
      var c = [Double](repeating: 0, count: n * n)
      theano_dgemm(
        &blas, pool, 0, 0, Int64(n), Int64(n), Int64(n), 1, a, Int64(n), b, Int64(n), 0, &c, Int64(n))
      return c
    }
    let expected = product(nil)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<6 {
        group.addTask { (0..<20).allSatisfy { _ in product(pool) == expected } }
      }
      for await isRight in group { #expect(isRight) }
    }
    theano_pool_destroy(pool)
  }
}
