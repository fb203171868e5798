import CTheanoPrelude
import Testing

@testable import TheanoArrays

@Suite("Random arrays are functions of seed and position") struct RandomTests {
  /// The known answer of Random123's distribution for counter 0 and key 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  @Test func knownAnswer() {
    var generator = RandomGenerator(seed: 0)
    #expect(generator.next() == 0xe169_c58d_6627_e8d5)
    #expect(generator.next() == 0x9b00_dbd8_bc57_ac4c)
  }

  /// The three known answers that come with the authors' implementation: zeros, ones, digits of pi.
  @Test(
    arguments: [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [.max, .max, .max, .max], [.max, .max], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func philox(counter: [UInt32], key: [UInt32], answer: [UInt32]) {
    var result: [UInt32] = [0, 0, 0, 0]
    theano_philox4x32(counter, key, &result)
    #expect(result == answer)
  }

  /// The greatest random bits give the greatest number below 1, the least give 0.
  @Test func uniformNumbersNeverReach1() {
    #expect(th_unit_f64(.max, .max) == 1 - 0x1p-53 && th_unit_f64(0, 0) == 0)
    #expect(th_unit_f32(.max) == 1 - 0x1p-24 && th_unit_f32(0) == 0)
    // The lowest bits make no difference; the next ones do.
    #expect(
      th_unit_f64(0x3f, 0x1f) == 0 && th_unit_f64(0x40, 0) == 0x1p-53 && th_unit_f64(0, 0x20) == 0x1p-27)
    #expect(th_unit_f32(0xff) == 0 && th_unit_f32(0x100) == 0x1p-24)
  }

  /// Integers are Lemire's, drawn here by the book: a product whose low half falls into the part that would make some
  /// numbers likelier is thrown away.
  @Test(arguments: [1, 2, 3, 7, 1000, 1 << 32, 3 << 62, 1 << 63, (1 << 63) + 1, .max, 5 << 61] as [UInt64])
  func integersByTheBook(bound: UInt64) {
    let key: UInt64 = 0x0123_4567_89ab_cdef
    var thrownAway = 0
    for position in 0..<200 as Range<UInt64> {
      var draws: [UInt64] = []
      for attempt in 0..<40 as Range<UInt32> {
        var words: [UInt32] = [0, 0, 0, 0]
        theano_philox4x32(
          [UInt32(truncatingIfNeeded: position), UInt32(position >> 32), attempt, 2],
          [UInt32(truncatingIfNeeded: key), UInt32(key >> 32)], &words)
        draws.append(UInt64(words[0]) | UInt64(words[1]) << 32)
        draws.append(UInt64(words[2]) | UInt64(words[3]) << 32)
      }
      let rejected = UInt64.max % bound + 1 == bound ? 0 : UInt64.max % bound + 1
      let first = draws.firstIndex { bound.multipliedFullWidth(by: $0).low >= rejected }!
      thrownAway += first
      #expect(th_random_integer(key, position, bound) == bound.multipliedFullWidth(by: draws[first]).high)
    }
    // Just above 2^63 half of the draws are thrown away, below 2^33 practically none.
    if bound == (1 << 63) + 1 { #expect(thrownAway > 100) }
    if bound < 1 << 33 || bound == 1 << 63 { #expect(thrownAway == 0) }
  }

  /// Streams of children share no word with each other, with their parent's, or with their own children's.
  @Test func splitStreamsAreApart() {
    var parent = RandomGenerator(seed: 21)
    var seen: Set<UInt64> = []
    var count = 0
    func draw(_ generator: inout RandomGenerator) {
      for _ in 0..<200 { seen.insert(generator.next()) }
      count += 200
    }
    for _ in 0..<20 {
      var child = parent.split()
      draw(&parent)
      var grandchild = child.split()
      draw(&child)
      draw(&grandchild)
    }
    #expect(seen.count == count)
    // A child depends on key and place alone, not on what was drawn from its siblings.
    var (a, b) = (RandomGenerator(seed: 3), RandomGenerator(seed: 3))
    var first = a.split()
    _ = first.next()
    _ = b.split()
    #expect(a.split() == b.split())
  }

  /// Whatever the order and the threads, a number is a function of key and position.
  @Test func anyOrderAndThreads() async {
    let count = 1000
    var generator = RandomGenerator(seed: 8)
    let key = generator.key
    let normal = [Double](NDArray.randomNormal([count], dtype: .float64, using: &generator))
    await withTaskGroup(of: [(Int, Double)].self) { group in
      for part in 0..<8 {
        group.addTask {
          stride(from: part, to: count, by: 8).reversed().map { ($0, th_normal_f64(key, UInt64($0))) }
        }
      }
      for await pairs in group { #expect(pairs.allSatisfy { normal[$0.0] == $0.1 }) }
    }
  }

  @Test func aGeneratorIsAValue() {
    var a = RandomGenerator(seed: 42)
    _ = a.next()
    var b = a
    #expect(a == b && a.next() == b.next())
    var child = a.split()
    var other = a.split()
    #expect(child.next() != other.next())
    #expect(a != b)
  }

  /// However a stream is cut into arrays, its numbers are the same.
  @Test(arguments: [DType.float64, .float32]) func piecesOfAStream(dtype: DType) {
    var whole = RandomGenerator(seed: 7)
    let all = NDArray.random([64], dtype: dtype, using: &whole)
    let normal = NDArray.randomNormal([64], dtype: dtype, using: &whole)
    let integers = NDArray.randomIntegers(in: -5..<6, [64], using: &whole)
    for size in [1, 2, 3, 8, 16] {
      var pieces = RandomGenerator(seed: 7)
      // A float32 array takes whole positions, two numbers each.
      let size = dtype == .float32 ? 2 * size : size
      func collect(_ draw: (Int) -> NDArray) -> NDArray {
        var parts: [NDArray] = []
        var left = 64
        while left > 0 {
          parts.append(draw(min(size, left)))
          left -= size
        }
        return .concatenated(parts)
      }
      #expect(collect { NDArray.random([$0], dtype: dtype, using: &pieces) } == all)
      #expect(collect { NDArray.randomNormal([$0], dtype: dtype, using: &pieces) } == normal)
      #expect(collect { NDArray.randomIntegers(in: -5..<6, [$0], using: &pieces) } == integers)
      #expect(pieces == whole)
    }
  }

  @Test func uniformNumbersAreTheGeneratorsBits() {
    var a = RandomGenerator(seed: 5)
    var b = RandomGenerator(seed: 5)
    let numbers = [Double](NDArray.random([10], dtype: .float64, using: &a))
    // The upper 27 bits of the upper word, then the upper 26 of the lower.
    let expected = (0..<10).map { _ in
      let bits = b.next()
      return Double((bits >> 37) << 26 | (bits & 0xffff_ffff) >> 6) * 0x1p-53
    }
    #expect(numbers == expected)
  }

  @Test(arguments: [DType.float64, .float32, .float16, .bfloat16]) func uniformBounds(dtype: DType) {
    var generator = RandomGenerator(seed: 11)
    let numbers = [Double](NDArray.random([20_000], dtype: dtype, using: &generator))
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(numbers.max()! > 0.98 && numbers.min()! < 0.02)
  }

  @Test func integerBounds() {
    var generator = RandomGenerator(seed: 12)
    let numbers = [Int](NDArray.randomIntegers(in: -2..<3, [1000], dtype: .int8, using: &generator))
    #expect(Set(numbers) == [-2, -1, 0, 1, 2])
    let wide = [Int](NDArray.randomIntegers(in: Int.min..<Int.max, [100], using: &generator))
    #expect(wide.contains { $0 < 0 } && wide.contains { $0 > 1 << 60 })
    #expect([Int](NDArray.randomIntegers(in: 4..<5, [3], using: &generator)) == [4, 4, 4])
  }

  @Test func permutations() {
    var generator = RandomGenerator(seed: 13)
    for count in [0, 1, 2, 10, 1000] {
      let order = [Int](NDArray.permutation(count, using: &generator))
      #expect(order.sorted() == Array(0..<count))
    }
    #expect(NDArray.permutation(50, using: &generator) != NDArray.permutation(50, using: &generator))
  }

  // The only test that touches the process's generator, so that it can say what it draws.
  @Test func theProcessGenerator() {
    #expect(RandomGenerator(seed: RandomGenerator.initialSeed).position == 0)
    RandomGenerator.processDefault = RandomGenerator(seed: 99)
    let a = NDArray.random(3, 3)
    let b = NDArray.randomNormal(2)
    var generator = RandomGenerator(seed: 99)
    #expect(a == NDArray.random([3, 3], using: &generator))
    #expect(b == NDArray.randomNormal([2], using: &generator))
    typealias Checked = NDArray.Checked
    #expect((try? Checked.random(2)) == NDArray.random([2], using: &generator))
    #expect((try? Checked.randomNormal(2, mean: 1)) == NDArray.randomNormal([2], mean: 1, using: &generator))
    #expect(
      (try? Checked.randomIntegers(in: 0..<9, 2)) == NDArray.randomIntegers(in: 0..<9, [2], using: &generator)
    )
    #expect((try? Checked.permutation(5)) == NDArray.permutation(5, using: &generator))
    #expect(RandomGenerator.processDefault == generator)
    #expect(a.shape == [3, 3] && a.dtype == config.floatX)
  }
}
