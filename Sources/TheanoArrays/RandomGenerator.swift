import CTheanoPrelude
import Synchronization

/// A source of random bits that is a value: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3", SC 2011).
///
/// The bits are a function of a key and a position, nothing else: the same seed gives the same numbers in Swift and in
/// compiled functions, on every machine and on any number of threads. A copy goes on independently from the same place.
///
/// Position `i` holds the `i`-th number of 64 bits, and with it the `i`-th `float64`, normal number or integer, each kind from bits of its
/// own; two `float32` take one position. Filling an array takes as many positions as it needs and no more.
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
    var result: UInt64 = 0
    theano_random_words_u64(key, position, 1, &result)
    position &+= 1
    return result
  }

  /// A generator of an unrelated stream, itself splittable; each call gives another. What this one draws afterwards
  /// does not depend on how much the other draws.
  public mutating func split() -> RandomGenerator {
    defer { position &+= 1 }
    return RandomGenerator(seed: theano_random_split_key(key, position))
  }

  /// Claims the next `count` positions, so that no later draw shares bits with what is drawn from them.
  mutating func advance(by count: Int) -> UInt64 {
    defer { position &+= UInt64(count) }
    return position
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
  ///
  /// Reading it gives a copy, and what is drawn from that leaves it where it is. Reading and setting are each safe on any thread, but
  /// a change of it (`processDefault.next()`, `processDefault.split()`) is one after the other, so that two threads may get the same
  /// numbers; give each thread a generator of its own instead.
  public static var processDefault: RandomGenerator {
    get { process.withLock { $0 } }
    set { process.withLock { $0 = newValue } }
  }

  /// Draws from the process's generator while no other thread does.
  static func withProcessDefault<R: Sendable, E: Error>(
    _ body: (inout RandomGenerator) throws(E) -> R
  ) throws(E) -> R {
    try process.withLock { (generator) throws(E) in try body(&generator) }
  }
}
