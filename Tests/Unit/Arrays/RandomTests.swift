import Testing

@testable import TheanoArrays

@Suite("Random arrays are functions of seed and position") struct RandomTests {
  /// The known answer of Random123's distribution for counter 0 and key 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  @Test func knownAnswer() {
    var generator = RandomGenerator(seed: 0)
    #expect(generator.next() == 0xe169_c58d_6627_e8d5)
    #expect(generator.next() == 0x9b00_dbd8_bc57_ac4c)
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
    #expect(RandomGenerator.processDefault == generator)
    #expect(a.shape == [3, 3] && a.dtype == config.floatX)
  }
}
