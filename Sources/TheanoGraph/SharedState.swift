import CTheanoSupport
import Synchronization
import TheanoArrays

/// The value of a shared variable, and what guards it.
///
/// Unchecked `Sendable`: the pointers are constant and the locks are made for sharing. `cell` is read and exchanged atomically. Only
/// the thread that holds `lock` for writing exchanges it, and it releases the old object only when no reader is inside. `view` is
/// changed under `lock` held for writing, and read under `lock`.
package final class SharedState: @unchecked Sendable {
  /// Functions take the shared variables they use in ascending order of this, so that no two wait for each other.
  package let id: UInt64
  /// The variable's name, if it has one.
  package let name: String?
  private let type: TensorType
  private let note: SourceNote
  /// The value's object, with a reference counted. Behind a pointer, like the locks, so that a call reaches it without counting
  /// references. Changed only by `theano_cell_exchange`, under `lock`.
  package let cell: UnsafeMutablePointer<UInt>
  /// The value as programs see it: its memory and its lengths. Read and changed under `lock`.
  package let view: UnsafeMutablePointer<th_arg>
  /// Held for the length of a call: by readers together, by a function that updates the variable alone.
  package let lock: UnsafeMutablePointer<theano_rwlock>
  /// Lets `value` be read while a call is under way. Readers hold this only while they count a reference; after an exchange, the
  /// writer waits for them before the old value is overwritten or freed.
  package let readers: UnsafeMutablePointer<theano_rwlock>
  private static let count = Atomic<UInt64>(0)

  package init(_ value: NDArray, name: String? = nil, note: SourceNote = .none) {
    self.name = name.flatMap { $0.isEmpty ? nil : printable($0) }
    type = TensorType(value.dtype, ndim: value.ndim)
    self.note = note
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

  /// The variable as errors call it: by its name, or by what it is and where it was made.
  package var located: String {
    name ?? "<shared \(type.brief)\(note.shortLocation.map { " made at \($0)" } ?? "")>"
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
