import Testing
import TheanoArrays

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Whether drawn numbers follow the distributions they should, at fixed seeds. The bounds are those that a right generator exceeds with a
/// probability of about one in a million.
@Suite("Random numbers follow their distributions") struct DistributionTests {
  static let count = 40_000

  /// The greatest distance between the distribution of a sample and the one it should have, times the square root of its
  /// size (Kolmogorov's statistic; P(K > 2.7) is 2 exp(-2 * 2.7^2), about 1e-6).
  static func kolmogorov(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
    let n = Double(sample.count)
    var worst = 0.0
    for (rank, value) in sample.sorted().enumerated() {
      let p = distribution(value)
      worst = max(worst, p - Double(rank) / n, Double(rank + 1) / n - p)
    }
    return worst * n.squareRoot()
  }

  @Test(arguments: [DType.float64, .float32], [1, 2, 3] as [UInt64]) func uniform(dtype: DType, seed: UInt64)
  {
    var generator = RandomGenerator(seed: seed)
    let sample = [Double](NDArray.random([Self.count], dtype: dtype, using: &generator))
    #expect(Self.kolmogorov(sample) { $0 } < 2.7)
    let n = Double(Self.count)
    let mean = sample.reduce(0, +) / n
    #expect(abs(mean - 0.5) < 5 * (1 / 12.0 / n).squareRoot())
    // Neighbours do not know of each other: the serial correlation has a variance of 1/n.
    var product = 0.0
    for i in 1..<sample.count { product += (sample[i] - mean) * (sample[i - 1] - mean) }
    #expect(abs(product / n * 12) < 5 / n.squareRoot())
  }

  @Test(arguments: [DType.float64, .float32], [1, 2, 3] as [UInt64]) func normal(dtype: DType, seed: UInt64) {
    var generator = RandomGenerator(seed: seed)
    let sample = [Double](
      NDArray.randomNormal([Self.count], mean: 3, standardDeviation: 2, dtype: dtype, using: &generator)
    ).map { ($0 - 3) / 2 }
    #expect(Self.kolmogorov(sample) { erfc(-$0 / 2.0.squareRoot()) / 2 } < 2.7)
    let n = Double(Self.count)
    // Moments of the standard normal distribution, with the variances of their estimates: 1, 2, 15, 96 over n.
    let moments: [(power: Double, value: Double, variance: Double)] = [
      (1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96),
    ]
    for moment in moments {
      let estimate = sample.reduce(0) { $0 + pow($1, moment.power) } / n
      #expect(abs(estimate - moment.value) < 5 * (moment.variance / n).squareRoot(), "power \(moment.power)")
    }
    #expect(sample.contains { abs($0) > 3.5 })
  }

  @Test(arguments: [2, 3, 7, 10, 64, 1000]) func integers(bound: Int) {
    var generator = RandomGenerator(seed: UInt64(bound))
    let sample = [Int](NDArray.randomIntegers(in: 0..<bound, [Self.count], using: &generator))
    var counts = [Double](repeating: 0, count: bound)
    for value in sample { counts[value] += 1 }
    let expected = Double(Self.count) / Double(bound)
    let chi2 = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    let freedom = Double(bound - 1)
    // Wilson and Hilferty: the cube root of chi2 over its degrees of freedom is nearly normal.
    let z = (cbrt(chi2 / freedom) - (1 - 2 / (9 * freedom))) / (2 / (9 * freedom)).squareRoot()
    #expect(abs(z) < 5)
  }

  /// Every number is as likely to come to any place of a permutation.
  @Test func permutations() {
    var generator = RandomGenerator(seed: 4)
    let (length, draws) = (6, 6000)
    var counts = [Double](repeating: 0, count: length * length)
    for _ in 0..<draws {
      for (place, value) in [Int](NDArray.permutation(length, using: &generator)).enumerated() {
        counts[place * length + value] += 1
      }
    }
    let expected = Double(draws) / Double(length)
    let chi2 = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    // 25 degrees of freedom; beyond 75 with a probability of 6e-7.
    #expect(chi2 < 75)
  }
}
