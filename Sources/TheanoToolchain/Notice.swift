#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import Synchronization

/// A message on standard error that something is missing on this machine, and what is used instead.
///
/// Each notice is written once a process. There is none for what the user switched off by an environment variable.
package enum Notice {
  private static let given = Mutex<Set<String>>([])

  /// Gives a notice, unless it was given before.
  package static func once(_ text: String) {
    guard given.withLock({ $0.insert(text).inserted }) else { return }
    let bytes = Array("Theano: \(text)\n".utf8)
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }
}
