import CTheanoSupport
import Testing
import TheanoTestSupport
import TheanoToolchain

/// The sources of products that are compared: the embedded ones as compiled with the library and as compiled for the
/// processor, and a native library's if there is one.
private enum Source: String, Sendable {
  case builtIn, compiled, native
}

private let services: HostServices? = {
  guard var settings = try? ToolchainSettings.process() else { return nil }
  settings.native = .none
  settings.threads = 3
  return HostServices(Toolchain(settings))
}()

private let nativeServices: HostServices? = {
  guard var settings = try? ToolchainSettings.process() else { return nil }
  settings.threads = 3
  return HostServices(Toolchain(settings))
}()

private func table(_ source: Source) -> theano_blas? {
  switch source {
  case .builtIn:
    var blas = theano_blas()
    blas.kernels = theano_kernels_builtin()
    return blas
  case .compiled: return services?.blas.pointee
  case .native:
    guard let nativeServices, nativeServices.libraries.products != nil else { return nil }
    return nativeServices.blas.pointee
  }
}

/// Small whole numbers, whose products and sums are exact in both types whatever the order.
private func values<T: BinaryFloatingPoint>(_ count: Int, _ seed: Int, _: T.Type) -> [T] {
  var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return T(Int(state >> 60) - 8)
  }
}

@Suite struct ProductTests {
  /// Odd sizes, edges of all kernels (6, 8, 12, 16, 32, 48 and their neighbours), and more than one block of each kind.
  static let sizes = [
    (1, 1, 1), (1, 5, 3), (5, 1, 3), (7, 9, 1), (6, 8, 4), (12, 16, 7), (13, 33, 17), (48, 31, 2),
    (49, 97, 5),
    (100, 3, 300), (2, 200, 257), (97, 40, 513), (0, 3, 2), (3, 0, 2), (3, 2, 0),
  ]

  @Test(arguments: [Source.builtIn, .compiled])
  fileprivate func gemm(_ source: Source) throws {
    var blas = try #require(table(source))
    for (n, size) in Self.sizes.enumerated() {
      for flags in 0..<4 {
        let betas: [(Double, Double)] = [(1, 0), (2, 1), (-1, 3), (0, 2)]
        let (alpha, beta) = betas[(n + flags) % 4]
        check(size, flags & 1, flags >> 1, alpha, beta) {
          theano_dgemm(&blas, services?.pool, $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        }
        check(size, flags & 1, flags >> 1, Float(alpha), Float(beta)) {
          theano_sgemm(&blas, services?.pool, $0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        }
      }
    }
  }

  private typealias Gemm<T> = (
    Int32, Int32, Int64, Int64, Int64, T, UnsafePointer<T>, Int64, UnsafePointer<T>, Int64, T,
    UnsafeMutablePointer<T>, Int64
  ) -> Void

  private func check<T: BinaryFloatingPoint>(
    _ size: (Int, Int, Int), _ ta: Int, _ tb: Int, _ alpha: T, _ beta: T, _ gemm: Gemm<T>
  ) {
    let (m, n, k) = size
    // Rows are longer than what is used, and what lies between is not to be touched.
    let lda = (ta == 1 ? m : k) + 3, ldb = (tb == 1 ? k : n) + 2, ldc = n + 1
    let a = values((ta == 1 ? k : m) * lda + 1, 1, T.self), b = values((tb == 1 ? n : k) * ldb + 1, 2, T.self)
    var c = values(m * ldc + 1, 3, T.self)
    if beta == 0 { for i in 0..<m { for j in 0..<n { c[i * ldc + j] = .nan } } }
    var expected = c
    for i in 0..<m {
      for j in 0..<n {
        var sum: T = 0
        for p in 0..<k {
          sum += a[ta == 1 ? p * lda + i : i * lda + p] * b[tb == 1 ? j * ldb + p : p * ldb + j]
        }
        expected[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j])
      }
    }
    gemm(
      Int32(ta), Int32(tb), Int64(m), Int64(n), Int64(k), alpha, a, Int64(lda), b, Int64(ldb), beta, &c,
      Int64(ldc))
    #expect(c == expected, "\(T.self) \(size) transposed \(ta) \(tb), \(alpha), \(beta)")
  }

  @Test(arguments: [Source.builtIn, .compiled])
  fileprivate func gemvGerAndDot(_ source: Source) throws {
    var blas = try #require(table(source))
    for (m, n) in [(1, 1), (3, 70), (70, 3), (33, 65), (300, 257), (0, 4), (4, 0)] {
      for (incx, incy) in [(1, 1), (2, 1), (1, 3), (2, 3)] {
        let a = values(m * (n + 2) + 1, 4, Double.self), lda = n + 2
        for transpose in [0, 1] {
          let used = transpose == 1 ? m : n, made = transpose == 1 ? n : m
          let x = values(used * incx + 1, 5, Double.self), y = values(made * incy + 1, 6, Double.self)
          for (alpha, beta) in [(1.0, 0.0), (2, -1)] {
            var result = y, expected = y
            for i in 0..<made {
              let sum = (0..<used).reduce(0.0) {
                $0 + a[transpose == 1 ? $1 * lda + i : i * lda + $1] * x[$1 * incx]
              }
              expected[i * incy] = alpha * sum + (beta == 0 ? 0 : beta * y[i * incy])
            }
            if beta == 0 { for i in 0..<made { result[i * incy] = .nan } }
            theano_dgemv(
              &blas, services?.pool, Int32(transpose), Int64(m), Int64(n), alpha, a, Int64(lda), x,
              Int64(incx), beta,
              &result, Int64(incy))
            #expect(result == expected, "gemv \(m) \(n) \(transpose) \(incx) \(incy)")
          }
        }
        let x = values(m * incx + 1, 7, Float.self), y = values(n * incy + 1, 8, Float.self)
        var outer = values(m * lda + 1, 9, Float.self), expected = outer
        for i in 0..<m { for j in 0..<n { expected[i * lda + j] += 3 * x[i * incx] * y[j * incy] } }
        theano_sger(
          &blas, services?.pool, Int64(m), Int64(n), 3, x, Int64(incx), y, Int64(incy), &outer, Int64(lda))
        #expect(outer == expected, "ger \(m) \(n) \(incx) \(incy)")
        let count = min(m, n)
        let dot = (0..<count).reduce(Float(0)) { $0 + x[$1 * incx] * y[$1 * incy] }
        #expect(theano_sdot(&blas, services?.pool, Int64(count), x, Int64(incx), y, Int64(incy)) == dot)
      }
    }
  }

  @Test(.enabled(if: nativeServices?.libraries.products != nil, "needs a BLAS library"))
  func nativeProducts() throws {
    try gemm(.native)
    try gemvGerAndDot(.native)
  }

  @Test func resultsDoNotDependOnTheNumberOfThreads() throws {
    var blas = try #require(table(.compiled))
    let m = 210, n = 190, k = 600
    let a = (0..<m * k).map { Float($0 % 97) * 0.37 }, b = (0..<k * n).map { Float($0 % 89) * 0.11 }
    let results = [1, 2, 5].map { threads in
      var c = [Float](repeating: 0, count: m * n)
      let pool = theano_pool_create(Int32(threads))
      theano_sgemm(
        &blas, pool, 0, 0, Int64(m), Int64(n), Int64(k), 1, a, Int64(k), b, Int64(n), 0, &c, Int64(n))
      theano_pool_destroy(pool)
      return c
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }
}
