import Testing
import TheanoKernels
import TheanoTestSupport

/// The algebra of lengths: the laws of polynomials, equal polynomials being one value, and evaluation against direct
/// arithmetic.
@Suite struct SizeTests {
  /// A size built at random, with the number that it must be for each of some assignments of its symbols.
  struct Sample {
    var size: Size
    var values: [Int]
  }

  /// What the symbols are, in several worlds: lengths are not negative, computed integers may be.
  static let worlds: [[Size.Symbol: Int]] = {
    var random = Draw(seed: "worlds")
    return (0..<12).map { world in
      Dictionary(
        uniqueKeysWithValues: symbols.map { symbol in
          if case .value = symbol { return (symbol, random.below(21) - 10) }
          return (symbol, world == 0 ? 0 : world == 1 ? 1 : random.below(13))
        })
    }
  }()

  static let symbols: [Size.Symbol] = [
    .axis(leaf: 0, axis: 0), .axis(leaf: 0, axis: 1), .axis(leaf: 1, axis: 0), .value(7),
    .found(value: 3, slot: 0),
  ]

  static func floorDivide(_ a: Int, _ b: Int) -> Int { Int((Double(a) / Double(b)).rounded(.down)) }
  static func bound(_ b: Int, _ n: Int, backwards: Bool) -> Int {
    let wrapped = b < 0 ? b + n : b
    return backwards ? min(max(wrapped, -1), n - 1) : min(max(wrapped, 0), n)
  }

  /// A random expression of a depth; divisors are constants or positive lengths.
  static func sample(_ random: inout Draw, depth: Int) -> Sample {
    if depth == 0 || random.below(6) == 0 {
      if random.below(3) == 0 {
        let n = random.below(9) - 4
        return Sample(size: Size(n), values: worlds.map { _ in n })
      }
      let symbol = symbols[random.below(symbols.count)]
      return Sample(size: Size(symbol), values: worlds.map { $0[symbol]! })
    }
    let a = sample(&random, depth: depth - 1)
    let b = sample(&random, depth: depth - 1)
    func both(_ size: Size, _ f: (Int, Int) -> Int) -> Sample {
      Sample(size: size, values: zip(a.values, b.values).map(f))
    }
    switch random.below(9) {
    case 0, 1: return both(a.size + b.size, +)
    case 2: return both(a.size - b.size, -)
    case 3, 4: return both(a.size * b.size, *)
    case 5: return both(Size.minimum(a.size, b.size), min)
    case 6: return both(Size.maximum(a.size, b.size), max)
    case 7:
      let n = 1 + random.below(4)
      return random.below(2) == 0
        ? Sample(size: .floorDivide(a.size, Size(n)), values: a.values.map { floorDivide($0, n) })
        : Sample(size: .modulo(a.size, Size(n)), values: a.values.map { (($0 % n) + n) % n })
    default:
      // The length that a bound is of is the length of an axis.
      let length = symbols[random.below(3)]
      let backwards = random.below(2) == 0
      return Sample(
        size: .sliceBound(a.size, Size(length), backwards: backwards),
        values: zip(a.values, worlds).map { bound($0, $1[length]!, backwards: backwards) })
    }
  }

  static func samples(_ seed: String, _ count: Int, depth: Int) -> [Sample] {
    var random = Draw(seed: seed)
    return (0..<count).map { _ in sample(&random, depth: depth) }
  }

  @Test(arguments: 1...4) func evaluation(depth: Int) {
    for sample in Self.samples("evaluation \(depth)", 400, depth: depth) {
      for (world, value) in zip(Self.worlds, sample.values) {
        #expect(sample.size.value { world[$0] } == value, "\(sample.size) in \(world)")
      }
      if let constant = sample.size.constant {
        #expect(sample.values.allSatisfy { $0 == constant }, "\(sample.size) is \(sample.values)")
      }
      if sample.size.isSurelyNonNegative {
        #expect(sample.values.allSatisfy { $0 >= 0 }, "\(sample.size) is \(sample.values)")
      }
    }
  }

  /// Laws hold as equality of values, not only of what they evaluate to.
  @Test func laws() {
    let samples = Self.samples("laws", 90, depth: 2)
    for k in 0..<(samples.count / 3) {
      let (a, b, c) = (samples[3 * k].size, samples[3 * k + 1].size, samples[3 * k + 2].size)
      #expect(a + b == b + a)
      #expect(a * b == b * a)
      #expect((a + b) + c == a + (b + c))
      #expect((a * b) * c == a * (b * c))
      #expect(a * (b + c) == a * b + a * c)
      #expect(a + 0 == a)
      #expect(a * 1 == a)
      #expect(a * 0 == 0)
      #expect(a - a == 0)
      #expect((a + b) - b == a)
      #expect((a + 1) * b - b == a * b)
      #expect((a + b) * (a - b) == a * a - b * b)
      #expect(Size.product([a, b, c]) == a * b * c)
      #expect(Size.minimum(a, b) == Size.minimum(b, a))
      #expect(Size.maximum(a, b) == Size.maximum(b, a))
      #expect(Size.minimum(a, a) == a)
      #expect(Size.maximum(a, a + 1) == a + 1)
      #expect(Size.minimum(a, a + 1) == a)
      #expect((a + b).hashValue == (b + a).hashValue)
      #expect((a * b - c).description == (b * a - c).description)
    }
  }

  /// What is multiplied can be divided by again, where the divisor is one product.
  @Test func exactDivision() {
    let (n, m) = (Size(Self.symbols[0]), Size(Self.symbols[1]))
    #expect(Size.floorDivide(n * m, m) == n)
    #expect(Size.floorDivide(n * m * 6 + n * 3, n * 3) == m * 2 + 1)
    #expect(Size.modulo(n * m, m) == 0)
    #expect(Size.floorDivide(n + 1, n) != 1)
    for (a, b) in [(7, 2), (-7, 2), (7, -2), (-7, -2), (6, 3), (0, 5), (-1, 4)] {
      #expect(Size.floorDivide(Size(a), Size(b)).constant == Self.floorDivide(a, b))
    }
  }

  /// Putting numbers or other sizes in the place of symbols gives what evaluation gives.
  @Test func substitution() {
    for sample in Self.samples("substitution", 300, depth: 3) {
      for (world, value) in zip(Self.worlds, sample.values) {
        #expect(sample.size.substituting { world[$0].map { Size($0) } }.constant == value)
      }
      #expect(sample.size.substituting { _ in nil }.value { Self.worlds[5][$0] } == sample.values[5])
      let (n, m) = (Self.symbols[0], Self.symbols[1])
      let swapped = sample.size.substituting { $0 == n ? Size(m) + 2 : nil }
      var world = Self.worlds[6]
      let direct = swapped.value { world[$0] }
      world[n] = world[m]! + 2
      #expect(direct == sample.size.value { world[$0] })
    }
  }

  @Test func unknownSymbols() {
    for sample in Self.samples("unknown", 100, depth: 3) {
      let symbols = Set(Self.symbols.filter { symbol in !sample.size.isKnown { $0 != symbol } })
      if symbols.isEmpty { continue }
      #expect(sample.size.value { symbols.contains($0) || !Self.symbols.contains($0) ? nil : 1 } == nil)
      #expect(sample.size.isKnown { _ in true })
    }
  }

  /// `Dim` is a number as soon as its size is one, and unknown as soon as one operand is.
  @Test func dims() {
    for pair in Self.samples("dims", 60, depth: 2).chunked() {
      let (a, b) = (Dim(pair.0.size), Dim(pair.1.size))
      #expect((a + b) == Dim(pair.0.size + pair.1.size))
      #expect((a - b) == Dim(pair.0.size - pair.1.size))
      #expect((a * b) == Dim(pair.0.size * pair.1.size))
      #expect((a + .unknown) == .unknown)
      #expect((.unknown * a) == (a.constant == 0 ? .known(0) : .unknown))
      #expect(a.constant == pair.0.size.constant)
    }
  }
}

extension [SizeTests.Sample] {
  /// Two and two.
  fileprivate func chunked() -> [(SizeTests.Sample, SizeTests.Sample)] {
    (0..<(count / 2)).map { (self[2 * $0], self[2 * $0 + 1]) }
  }
}
