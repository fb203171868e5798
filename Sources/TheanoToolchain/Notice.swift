#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import Synchronization

/// What a program is told of its machine without having asked: that something is missing and what takes its place.
///
/// Each notice goes to the standard error once a process. What the user switched off by an environment variable is no
/// news and gets none.
package enum Notice {
  private static let given = Mutex<Set<String>>([])

  /// Gives a notice, unless it was given before.
  package static func once(_ text: String) {
    guard given.withLock({ $0.insert(text).inserted }) else { return }
    let bytes = Array("Theano: \(text)\n".utf8)
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }
}
