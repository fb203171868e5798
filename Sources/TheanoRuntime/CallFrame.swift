import CTheanoSupport
import TheanoArrays

/// The places in memory of one call: arguments, results, the pending error.
///
/// Only numbers and pointers, so that a call counts no references to reach them; a ``CallContext`` owns the memory.
package struct CallFrame {
  let arguments: UnsafeMutablePointer<th_arg>
  let results: UnsafeMutablePointer<th_result>
  let error: UnsafeMutablePointer<th_error>
  /// What the host's functions see: threads, products, the workspace.
  let call: UnsafeMutablePointer<th_call>
  let types: UnsafeMutablePointer<(dtype: DType, rank: Int)>
  /// The arrays that the program asked for, by result. Between calls, what was swapped out of a shared variable: the
  /// next new value goes into it, if nobody else has it.
  let arrays: UnsafeMutablePointer<NDArray?>
  /// The memory of those arrays, as the program's requests for results find it; null where there is none.
  let spares: UnsafeMutablePointer<th_arg>
  let owner: Unmanaged<CallContext>
  let usesCallbacks: Bool

  /// An array as the program sees it; the array must outlive the call.
  @inline(__always)
  static func argument(_ array: NDArray) -> th_arg {
    let shape = UnsafeRawPointer(array.object.extents.baseAddress)?.assumingMemoryBound(to: th_i64.self)
    return th_arg(data: array.data, shape: shape)
  }

  /// Sets an argument; the array must be contiguous, of the leaf's dtype and rank, and outlive the call.
  package func set(_ leaf: Int, _ array: NDArray) { arguments[leaf] = CallFrame.argument(array) }

  /// Sets the first arguments as another call has them.
  package func setArguments(of other: CallFrame, count: Int) {
    arguments.update(from: other.arguments, count: count)
  }

  /// The value of a result.
  package func take(_ index: Int) -> NDArray {
    let (dtype, rank) = types[index]
    if rank == 0 {
      let bits = results[index].inline_scalar
      return NDArray(scalarBits: bits.0, bits.1, dtype: dtype)
    }
    // A program that succeeded has asked for each of its results.
    guard let array = arrays[index].take() else { return NDArray(uninitialized: [0], dtype: dtype) }
    return array
  }

  /// Before the call: the memory that waits for a shared variable's new value is offered only if it is nobody else's.
  func offerSpare(_ result: Int) {
    guard arrays[result] != nil else { return }
    if !arrays[result]!.isUnique() { dropSpare(result) }
  }

  func dropSpare(_ result: Int) {
    spares[result].data = nil
    arrays[result] = nil
  }

  /// After the call: the result becomes the value of the shared variable, and the old value the next one's memory.
  func exchange(
    _ result: Int, with cell: UnsafeMutablePointer<NDArray>, under lock: UnsafeMutablePointer<theano_rwlock>
  ) {
    if types[result].rank == 0 {
      let bits = results[result].inline_scalar
      if arrays[result] == nil {
        arrays[result] = NDArray(scalarBits: bits.0, bits.1, dtype: types[result].dtype)
      } else {
        let data = arrays[result]!.data
        let size = types[result].dtype.itemSize
        withUnsafeBytes(of: bits) { data.copyMemory(from: $0.baseAddress!, byteCount: size) }
      }
    }
    // A program that succeeded has asked for each of its results.
    guard var value = arrays[result].take() else { return }
    theano_rwlock_write(lock)
    swap(&value, &cell.pointee)
    theano_rwlock_unlock_write(lock)
    spares[result] = CallFrame.argument(value)
    arrays[result] = value
  }
}
