import CTheanoSupport
import Synchronization
import TheanoArrays

/// The value of a shared variable, and what guards it.
package final class SharedState: Sendable {
  /// Functions take the shared variables they use in ascending order of this, so that no two wait for each other.
  package let id: UInt64
  /// The value; taken for no longer than it takes to copy a reference.
  package let value: Mutex<NDArray>
  /// Held for the length of a call: by readers together, by a function that updates the variable alone.
  package let lock: ReadWriteLock
  private static let count = Atomic<UInt64>(0)

  package init(_ value: NDArray) {
    id = SharedState.count.add(1, ordering: .relaxed).newValue
    self.value = Mutex(value)
    lock = ReadWriteLock()
  }
}

/// A lock that readers share and writers have alone.
///
/// Unchecked `Sendable`: the pointer is constant, and what it points to is a lock.
package final class ReadWriteLock: @unchecked Sendable {
  private let lock: OpaquePointer

  package init() {
    guard let lock = theano_rwlock_create() else { preconditionFailure("no memory for a lock") }
    self.lock = lock
  }

  deinit { theano_rwlock_destroy(lock) }

  package func read() { theano_rwlock_read(lock) }
  package func write() { theano_rwlock_write(lock) }
  package func unlock() { theano_rwlock_unlock(lock) }
}
