/// Where the time went between a source text and a loaded function, in seconds.
package struct StageTimes: Sendable, Hashable {
  /// Making the key of the source.
  package var hash = 0.0
  /// Looking for it in memory and on disk, and checking what was found.
  package var lookup = 0.0
  /// Running the C compiler.
  package var compile = 0.0
  /// Running the linker.
  package var link = 0.0
  /// Putting the result into the cache.
  package var store = 0.0
  /// Loading the library.
  package var load = 0.0

  /// The sum.
  package var total: Double { hash + lookup + compile + link + store + load }

  /// Times `body`, adding to one of the stages.
  mutating func measure<R, E: Error>(
    _ stage: WritableKeyPath<StageTimes, Double>, _ body: () throws(E) -> R
  ) throws(E) -> R {
    let start = ContinuousClock.now
    defer { self[keyPath: stage] += (ContinuousClock.now - start) / .seconds(1) }
    return try body()
  }
}
