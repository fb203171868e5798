/// How much is rewritten.
package struct RewriteOptions: Sendable, Hashable {
  /// The last phase that is run; `nil` for none: only what programs need to be lowered at all.
  package var upTo: Rewrite.Phase? = .fast
  /// Whether entries may be used that can hide a NaN or an infinity.
  package var assumesFinite = true
  /// Entries and passes that are switched off, by name.
  package var disabled: Set<String> = []
  /// How many firings a log keeps with their texts; the rest are only counted.
  package var logLimit = 200
  /// How many firings are allowed for each node of the graph that a pass starts with.
  package var firingsPerNode = 20

  package init() {}

  package func allows(_ rewrite: Rewrite) -> Bool {
    if rewrite.flags.contains(.essential) { return true }
    return !disabled.contains(rewrite.name) && (assumesFinite || !rewrite.flags.contains(.assumesFinite))
  }
}
