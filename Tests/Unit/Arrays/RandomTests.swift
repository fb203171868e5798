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

  /// Streams are for ever: these bits come from Philox's and this library's definitions as worked out in Python.
  @Test func normalBits() {
    var generator = RandomGenerator(seed: 2008)
    var numbers = NDArray.randomNormal([24], dtype: .float64, using: &generator)
    #expect(
      numbers.withUnsafeBuffer(of: Double.self) { $0.map(\.bitPattern) } == [
        0x3faa_b8ec_6343_f038, 0xbfe5_516d_3e62_29ca, 0x3fc8_deeb_2dc3_a3db, 0x3ffe_4765_55d0_0612,
        0x3fe2_3eab_c687_b2c2, 0xbfd3_58cb_0bbe_84cd, 0x3f8c_f80c_3dc2_4421, 0x3fd9_b830_4c10_bac1,
        0x3ff8_cdc9_2475_c2e2, 0xbfc3_81d9_8d0a_69b8, 0x3fea_42c7_5de8_95eb, 0xbfe9_d7c4_ff23_aeb2,
        0xbff8_923e_1f7e_da67, 0x3fed_d2e5_9a73_6b8a, 0xbfe1_c53a_a34e_6c85, 0xc004_5be7_bf03_b852,
        0xbfdc_40ee_d23a_e536, 0xc003_3d9b_34b9_2d81, 0x3fe8_2a88_5c4c_bf00, 0xbfef_e77f_fd74_adc1,
        0xbfe5_cf87_5888_427a, 0xbfd5_a9e1_8f53_5806, 0xbfee_b6ee_0b38_365c, 0x4002_724a_6929_5593,
      ])
    generator = RandomGenerator(seed: 2008)
    numbers = NDArray.randomNormal([24], dtype: .float32, using: &generator)
    #expect(
      numbers.withUnsafeBuffer(of: Float.self) { $0.map(\.bitPattern) } == [
        0xbe70_8561, 0xbeeb_aa20, 0x3e32_8030, 0xc00e_66be, 0x4019_d400, 0x3f18_c561, 0x3e0c_a4b3,
        0x3fab_39d3, 0xbeee_b846, 0xbf8e_de11, 0x400d_6fde, 0xbf95_faf2, 0x3e2c_3f77, 0xbf0c_7f9e,
        0x3d46_e88b, 0x3fb0_9894, 0x3fa1_8ece, 0x4017_f32b, 0x3ebc_277f, 0xbd13_f9dd, 0xbee2_ba32,
        0x3eba_a2a1, 0x3f62_f13a, 0xbf5f_547c,
      ])
  }

  /// Likewise.
  @Test func integerPermutationAndSplitBits() {
    var generator = RandomGenerator(seed: 2008)
    var integers = NDArray.randomIntegers(in: -5..<6, [24], using: &generator)
    #expect(
      [Int](integers) == [
        3, 0, 0, 4, 4, -5, 2, -2, 5, -4, 2, -4, 3, 0, 5, -1, -4, -2, 1, -3, 2, -3, 0, 5,
      ])
    generator = RandomGenerator(seed: 2008)
    integers = NDArray.randomIntegers(in: 0..<1_000_003, [12], using: &generator)
    #expect(
      [Int](integers) == [
        778253, 470488, 512891, 836873, 857288, 66234, 646728, 314840, 958404, 114782, 666292, 140524,
      ])
    generator = RandomGenerator(seed: 2008)
    #expect(
      [Int](NDArray.permutation(24, using: &generator)) == [
        10, 13, 2, 14, 12, 19, 7, 9, 3, 5, 1, 0, 16, 4, 23, 15, 21, 8, 22, 11, 6, 18, 20, 17,
      ])
    generator = RandomGenerator(seed: 2008)
    var child = generator.split()
    #expect(child == RandomGenerator(seed: 0x2450_a8cd_0130_95e6))
    #expect(generator.split() == RandomGenerator(seed: 0x67e6_dd1f_02ff_279f))
    #expect(child.split() == RandomGenerator(seed: 0xaffe_c79e_2d33_406d))
  }

  /// From the last place down, each changes places with one drawn from those up to it, under the key of a child.
  @Test(arguments: [2, 3, 50]) func permutationByTheBook(count: Int) {
    var generator = RandomGenerator(seed: 77)
    let key = RandomGenerator(seed: 77).key
    let child = theano_random_split_key(key, 0)
    var order = Array(0..<count)
    for i in (1..<count).reversed() {
      order.swapAt(i, Int(th_random_integer(child, UInt64(i), UInt64(i + 1))))
    }
    #expect([Int](NDArray.permutation(count, using: &generator)) == order)
    #expect(generator.position == 1)
  }

  /// Narrower numbers are rounded from `float32`, complex ones have no imaginary part.
  @Test(arguments: [
    (DType.float16, DType.float32), (.bfloat16, .float32), (.complex64, .float32), (.complex128, .float64),
  ]) func numbersOfOtherTypes(dtype: DType, drawn: DType) {
    func draw(_ dtype: DType) -> (normal: NDArray, uniform: NDArray, place: UInt64) {
      var generator = RandomGenerator(seed: 31)
      let normal = NDArray.randomNormal(
        [999], mean: 2, standardDeviation: 0.5, dtype: dtype, using: &generator)
      return (normal, NDArray.random([999], dtype: dtype, using: &generator), generator.position)
    }
    let (numbers, due) = (draw(dtype), draw(drawn))
    #expect(numbers.normal == due.normal.astype(dtype) && numbers.place == due.place)
    if dtype.isComplex { #expect(numbers.uniform == due.uniform.astype(dtype)) }
    #expect(numbers.normal.dtype == dtype && numbers.uniform.dtype == dtype)
    #expect(
      Set([Double](numbers.normal[..<100].astype(dtype.isComplex ? drawn : dtype).astype(.float64))).count
        > 60)
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

  /// As far out as every integer is a value, no further.
  @Test(arguments: [
    (DType.float64, 53), (.float32, 24), (.float16, 11), (.bfloat16, 8), (.complex128, 53), (.complex64, 24),
  ]) func integersOfFloatingTypes(dtype: DType, digits: Int) throws {
    let most = 1 << digits
    let numbers = try NDArray.Checked.randomIntegers(in: -most..<most + 1, 500, dtype: dtype)
    #expect(numbers.dtype == dtype)
    let integers = numbers.astype(.int64)
    #expect(integers.astype(dtype) == numbers && [Int](integers).contains { $0.magnitude > most / 2 })
    for range in [-most..<most + 3, -most - 2..<0, most..<most + 3] {
      #expect(throws: TheanoError.self) { try NDArray.Checked.randomIntegers(in: range, 5, dtype: dtype) }
    }
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
