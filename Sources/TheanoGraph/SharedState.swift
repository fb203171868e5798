import CTheanoSupport
import Synchronization
import TheanoArrays

/// The value of a shared variable, and what guards it.
///
/// Unchecked `Sendable`: the pointers are constant and the locks are made for sharing. `cell` is read and exchanged
/// atomically: exchanged by who holds `lock` for writing, who gives the old object up only when no reader is inside; `view` is
/// changed by who holds `lock` for writing, and read by who holds it.
package final class SharedState: @unchecked Sendable {
  /// Functions take the shared variables they use in ascending order of this, so that no two wait for each other.
  package let id: UInt64
  /// The variable's name, for errors.
  package let name: String?
  /// The value's object, counted. A pointer, as the locks are, so that a call counts no references on its way to it;
  /// changed by `theano_cell_exchange` alone, by who holds `lock`.
  package let cell: UnsafeMutablePointer<UInt>
  /// The value as programs see it: its memory and its lengths. Read and changed by who holds `lock`.
  package let view: UnsafeMutablePointer<th_arg>
  /// Held for the length of a call: by readers together, by a function that updates the variable alone.
  package let lock: UnsafeMutablePointer<theano_rwlock>
  /// The value is read without waiting for a call: readers hold this for as long as it takes to count a reference, and who
  /// has exchanged the value waits for them before the old one is written or freed.
  package let readers: UnsafeMutablePointer<theano_rwlock>
  private static let count = Atomic<UInt64>(0)

  package init(_ value: NDArray, name: String? = nil) {
    self.name = name.flatMap { $0.isEmpty ? nil : printable($0) }
    id = SharedState.count.add(1, ordering: .relaxed).newValue
    cell = .allocate(capacity: 1)
    cell.initialize(to: SharedState.counted(value))
    view = .allocate(capacity: 1)
    view.initialize(to: SharedState.view(of: value))
    lock = .allocate(capacity: 2)
    lock.initialize(repeating: theano_rwlock(), count: 2)
    readers = lock + 1
  }

  deinit {
    SharedState.release(cell.pointee)
    cell.deallocate()
    view.deallocate()
    lock.deallocate()
  }

  // An array's object as a number that counts as a reference, and back.

  private static func counted(_ array: NDArray) -> UInt {
    UInt(bitPattern: Unmanaged.passRetained(array.object).toOpaque())
  }

  private static func unmanaged(_ address: UInt) -> Unmanaged<ArrayObject>? {
    UnsafeRawPointer(bitPattern: address).map { Unmanaged.fromOpaque($0) }
  }

  private static func release(_ address: UInt) { unmanaged(address)?.release() }

  private static func view(of value: NDArray) -> th_arg {
    th_arg(
      data: value.data, shape: UnsafeRawPointer(value.object.geometry).assumingMemoryBound(to: th_i64.self))
  }

  /// A snapshot: the value before or after the call that is under way.
  package var value: NDArray {
    theano_rwlock_read(readers)
    defer { theano_rwlock_unlock_read(readers) }
    // There is always a value.
    return NDArray(object: SharedState.unmanaged(theano_cell_read(cell))!.takeUnretainedValue())
  }

  /// Waits for the calls that use the value, and replaces it.
  package func set(_ value: NDArray) {
    theano_rwlock_write(lock)
    put(value)
    theano_rwlock_unlock_write(lock)
  }

  /// Replaces the value; the caller holds the lock for writing.
  package func put(_ value: consuming NDArray) {
    view.pointee = SharedState.view(of: value)
    let old = theano_cell_exchange(cell, SharedState.counted(value))
    theano_rwlock_drain(readers)
    // Freeing a large one takes its time; readers need not wait for it.
    SharedState.release(old)
  }
}
