import Synchronization

/// A source of random bits that is a value: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3", SC 2011).
///
/// The bits are a function of a key and a position, nothing else: the same seed gives the same numbers in Swift and in
/// compiled functions, on every machine and on any number of threads. A copy goes on independently from the same place.
///
/// Numbers of 64 bits are words `2i` and `2i + 1` of the stream, the lower first.
public struct RandomGenerator: RandomNumberGenerator, Sendable, Hashable {
  /// What selects the stream.
  package var key: UInt64
  /// How many 64-bit numbers have been drawn.
  package var position: UInt64

  /// The generator of a seed; different seeds give unrelated streams.
  public init(seed: UInt64) {
    key = seed
    position = 0
  }

  package init(key: UInt64, position: UInt64) {
    self.key = key
    self.position = position
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let block = Philox.block(key: key, counter: position / 2)
    let result = position % 2 == 0 ? block.low : block.high
    position &+= 1
    return result
  }

  /// A generator of an unrelated stream; this one goes on after the number that the new key was drawn from.
  public mutating func split() -> RandomGenerator {
    // The key is drawn from a part of the counter space that `next` never reaches, so that no output tells it.
    let block = Philox.block(key: key, counter: position, domain: 1)
    position &+= 1
    return RandomGenerator(seed: block.low)
  }
}

/// The block function of Philox4x32-10.
package enum Philox {
  /// The 128 bits at a counter, as two 64-bit numbers; `domain` is the upper half of the counter.
  package static func block(key: UInt64, counter: UInt64, domain: UInt64 = 0) -> (low: UInt64, high: UInt64) {
    var c = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
      UInt32(truncatingIfNeeded: domain), UInt32(truncatingIfNeeded: domain >> 32))
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let p0 = UInt64(c[0]) &* 0xD251_1F53
      let p1 = UInt64(c[2]) &* 0xCD9E_8D57
      c = SIMD4(
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c[1] ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c[3] ^ k1, UInt32(truncatingIfNeeded: p0))
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (UInt64(c[1]) << 32 | UInt64(c[0]), UInt64(c[3]) << 32 | UInt64(c[2]))
  }
}

extension RandomGenerator {
  /// The seed that the process's generator starts from, unless the program reseeds it: runs repeat.
  public static let initialSeed: UInt64 = 2008

  private static let process = Mutex(RandomGenerator(seed: initialSeed))

  /// The process's generator, from which calls draw that are given none. Set it to reseed:
  ///
  /// ```swift
  /// RandomGenerator.processDefault = RandomGenerator(seed: 42)
  /// ```
  public static var processDefault: RandomGenerator {
    get { process.withLock { $0 } }
    set { process.withLock { $0 = newValue } }
  }

  /// Draws from the process's generator while no other thread does.
  static func withProcessDefault<R: Sendable>(_ body: (inout RandomGenerator) -> R) -> R {
    process.withLock { body(&$0) }
  }
}
