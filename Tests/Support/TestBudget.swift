#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How long engines run: environment variables lengthen them for long runs.
package enum TestBudget {
  /// A number that the environment sets.
  package static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
}
