import Testing
import Theano
import TheanoTestSupport
import TheanoToolchain

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Sums of many `float32` numbers, alone and beside other reductions, in every form that reductions have.
@Suite(.enabled(if: hasCompiler, "needs a C compiler")) struct ReductionTests {
  private static let value = Float(0.1)

  /// The relative error of a sum of equal numbers.
  private func error(_ sum: NDArray, _ count: Int) -> Double {
    let exact = Double(Self.value) * Double(count)
    return sum.doubles.map { abs($0 - exact) / exact }.max() ?? 0
  }

  @Test func longSums() throws {
    let v = T.fvector("v")
    let n = 8_000_000
    let outputs = [T.sum(v), T.max(v), T.sum(v * v), T.argmax(v), T.mean(v)]
    let results = try function(inputs: [v], outputs: outputs)(NDArray.full([n], NDArray(Self.value)))
    #expect(error(results[0], n) < 1e-6)
    #expect(error(results[4], 1) < 1e-6)
    #expect(abs(Double(results[2]) / (Double(Self.value * Self.value) * Double(n)) - 1) < 1e-6)
    #expect(Int(results[3]) == 0)
  }

  @Test(arguments: [[1, 6_000_000], [3000, 2, 1000], [64, 3, 200, 200], [2_000_000, 3]])
  func sumsOverAxes(_ shape: [Int]) throws {
    let x = T.tensor("x", .float32, shape: shape.map { _ in nil })
    let all = Array(shape.indices)
    for axes in [[shape.count - 1], [0], all.filter { $0 != 1 }, all.filter { $0 != 0 }] where !axes.isEmpty {
      let outputs = [
        T.sum(x, axis: axes), T.max(x, axis: axes), T.min(x, axis: axes), T.prod(x * 0 + 1, axis: axes),
      ]
      let results = try function(inputs: [x], outputs: outputs)(NDArray.full(shape, NDArray(Self.value)))
      #expect(error(results[0], axes.reduce(1) { $0 * shape[$1] }) < 1e-6, "\(shape) over \(axes)")
      #expect(results[1].doubles.allSatisfy { $0 == Double(Self.value) })
      #expect(results[3].doubles.allSatisfy { $0 == 1 })
    }
  }

  /// Sums whose last digits depend on the order of the terms, large enough to be cut for threads: whole, over rows and
  /// over columns.
  private static func roundedSums() throws -> [UInt64] {
    let n = T.lscalar("n")
    let terms = T.sin(T.cast(T.arange(n), .float64) * 1.7)
    let table = T.reshape(terms, [-1, 1000])
    let single = T.cast(terms, .float32)
    let outputs = [
      T.sum(terms), T.sum(single), T.sum(terms * terms), T.sum(T.sum(table, axis: 1) ** 3),
      T.sum(T.sum(table, axis: 0) ** 3),
    ]
    return try function(inputs: [n], outputs: outputs)(1_000_000).map { $0.doubles[0].bitPattern }
  }

  @Test func sumsAreTheSameInEveryCall() throws {
    let first = try Self.roundedSums()
    for _ in 0..<5 { #expect(try Self.roundedSums() == first) }
  }

  /// In processes of their own, since the number of threads is the process's.
  @Test(arguments: ["1", "3", "8"]) func sumsDoNotDependOnTheThreads(count: String) async throws {
    let here = try Self.roundedSums()
    await #expect(processExitsWith: .success) { [count = count as String, here = here as [UInt64]] in
      setenv("THEANO_NUM_THREADS", count, 1)
      let (threads, sums) = (try HostServices.process().threads, try ReductionTests.roundedSums())
      #expect(threads == Int(count) && sums == here)
    }
  }

  /// The largest and smallest, and where they stand, wherever they stand, with NaN and infinities among them; alone, where a
  /// position is looked for block by block, and all in one nest, where it is not.
  @Test(arguments: [DType.float32, .float64, .int32, .uint8, .bool]) func extremes(_ dtype: DType) throws {
    let x = T.tensor("x", dtype, shape: [nil, nil])
    func outputs(_ axis: Int?) -> [TensorVariable] {
      let axes = axis.map { [$0] } ?? [0, 1]
      return [T.max(x, axis: axes), T.min(x, axis: axes)]
        + (axis.map { [T.argmax(x, axis: $0), T.argmin(x, axis: $0)] }
          ?? [T.argmax(x), T.argmin(x), T.argmax(x.T), T.argmin(x.T)])
    }
    var draw = Draw(seed: "extremes \(dtype)")
    var arrays: [NDArray] = []
    for shape in [[1, 1], [1, 5], [7, 1], [3, 100], [130, 67], [2, 4099], [2, 1025]] {
      for special in [nil, Double.nan, .infinity, -.infinity] where special == nil || dtype.isFloating {
        var array = draw.array(shape, dtype, dtype == .bool ? 0...1 : 0...100)
        if let special {
          for _ in 0..<2 {
            array[draw.below(shape[0]), draw.below(shape[1])] = NDArray(special).astype(dtype)
          }
          arrays.append(NDArray.full(shape, NDArray(special).astype(dtype)))
        }
        arrays += [array, NDArray.zeros(shape, dtype: dtype)]
      }
    }
    for axis in [nil, 0, 1] {
      let expressions = outputs(axis)
      let together = try function(inputs: [x], outputs: expressions)
      let alone = try expressions.map { try function(inputs: [x], outputs: $0) }
      let interpreted = try function(inputs: [x], outputs: expressions, mode: .interpreted)
      for array in arrays {
        let theirs = try interpreted(array)
        let ours = [try together(array), try alone.map { try $0(array) }]
        for results in ours {
          for (k, (a, b)) in zip(results, theirs).enumerated() {
            #expect(
              zip(a.doubles, b.doubles).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN },
              "\(array.shape) axis \(String(describing: axis)), output \(k)")
          }
        }
      }
    }
  }

  /// Positions in many parts, of which each has many blocks: the first of equals, and NaN before all numbers.
  @Test func longSearches() throws {
    let v = T.fvector("v")
    // Alone, where what costs more is kept, and where arguments in and out of reach are told apart.
    let largest = try [v, T.exp(v * v) + T.sqrt(v + 5), T.sin(v)].map {
      try function(inputs: [v], outputs: T.argmax($0))
    }
    let smallest = try function(inputs: [v], outputs: T.argmin(v))
    let n = 1_000_003
    for (first, second) in [(0, n - 1), (517_123, 517_124), (1023, 1024), (n - 2, n - 1)] {
      var array = NDArray.full([n], NDArray(Float(1)))
      array[first] = NDArray(Float(2))
      array[second] = NDArray(Float(2))
      var negated = NDArray.full([n], NDArray(Float(-1)))
      negated[first] = NDArray(Float(-2))
      negated[second] = NDArray(Float(-2))
      for f in largest { #expect(try Int(f(array)) == first) }
      #expect(try Int(smallest(negated)) == first)
      array[second] = NDArray(Float.nan)
      for f in largest { #expect(try Int(f(array)) == second) }
      #expect(try Int(smallest(array)) == second)
    }
  }
}
