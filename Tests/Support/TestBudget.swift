#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How long engines run: environment variables lengthen them for long runs.
package enum TestBudget {
  /// Where engines begin that take something else in each run of several: `THEANO_TEST_SEED`.
  package static let first = number("THEANO_TEST_SEED") ?? 0

  /// A number that the environment sets.
  package static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
}
