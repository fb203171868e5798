import CTheanoSupport
import TheanoArrays
import TheanoGraph

/// The places in memory of one call: arguments, results, the pending error.
///
/// Only numbers and pointers, so that a call counts no references to reach them; a ``CallContext`` owns the memory.
@usableFromInline
package struct CallFrame {
  @usableFromInline package let arguments: UnsafeMutablePointer<th_arg>
  @usableFromInline package let results: UnsafeMutablePointer<th_result>
  @usableFromInline package let error: UnsafeMutablePointer<th_error>
  /// What the host's functions see: threads, products, the workspace.
  @usableFromInline package let call: UnsafeMutablePointer<th_call>
  @usableFromInline package let types: UnsafeMutablePointer<(dtype: DType, rank: Int)>
  /// The arrays of the results. Between calls, the old values of shared variables and the scalars that were returned stay here, and
  /// the next call reuses them if nothing else refers to them.
  @usableFromInline package let arrays: UnsafeMutablePointer<NDArray?>
  /// The memory of those arrays, as the program's requests for results find it; null where there is none.
  @usableFromInline package let spares: UnsafeMutablePointer<th_arg>
  @usableFromInline package let owner: Unmanaged<CallContext>
  @usableFromInline package let usesCallbacks: Bool

  /// An array as the program sees it; the array must outlive the call.
  @inlinable
  package static func argument(_ array: NDArray) -> th_arg { argument(array.object) }

  @inlinable
  static func argument(_ object: ArrayObject) -> th_arg {
    let shape = UnsafeRawPointer(object.geometry).assumingMemoryBound(to: th_i64.self)
    return th_arg(data: object.pointer.pointee.data, shape: shape)
  }

  /// Sets an argument; the array must be contiguous, of the leaf's dtype and rank, and outlive the call.
  @inlinable
  package func set(_ leaf: Int, _ array: NDArray) { arguments[leaf] = CallFrame.argument(array) }

  /// Sets the first arguments as another call has them.
  package func setArguments(of other: CallFrame, count: Int) {
    arguments.update(from: other.arguments, count: count)
  }

  /// The length of an axis of an argument.
  package func length(_ leaf: Int, _ axis: Int) -> Int? { arguments[leaf].shape.map { Int($0[axis]) } }

  /// The value of an argument that is an integer scalar.
  package func integer(_ leaf: Int, _ dtype: DType) -> Int? {
    guard let data = arguments[leaf].data else { return nil }
    let value = NDArray(uninitialized: [], dtype: dtype)
    value.data.copyMemory(from: data, byteCount: dtype.itemSize)
    return value.asLength
  }

  /// The value of a result.
  @inlinable
  package func take(_ index: Int) -> NDArray {
    let (dtype, rank) = types[index]
    if rank != 0 { return takeArray(index, dtype) }
    let bits = results[index].inline_scalar
    // Reuses the scalar that the previous call returned, if nothing refers to it any more: making and freeing one takes twice as long.
    if arrays[index] != nil, arrays[index]!.setScalarBits(bits.0, bits.1) { return arrays[index]! }
    return makeScalar(index, dtype)
  }

  @usableFromInline @inline(never)
  func makeScalar(_ index: Int, _ dtype: DType) -> NDArray {
    let bits = results[index].inline_scalar
    let scalar = NDArray(scalarBits: bits.0, bits.1, dtype: dtype)
    arrays[index] = scalar
    return scalar
  }

  @usableFromInline
  func takeArray(_ index: Int, _ dtype: DType) -> NDArray {
    // A program that succeeded has asked for each of its results.
    guard let array = arrays[index].take() else { return NDArray(uninitialized: [0], dtype: dtype) }
    return array
  }

  /// Before the call: offers the program the array kept for a shared variable's new value, if it is uniquely referenced and
  /// contiguous.
  func offerSpare(_ result: Int) {
    guard arrays[result] != nil else { return }
    let isContiguous = arrays[result]!.object.pointer.pointee.isContiguous
    if !(isContiguous && arrays[result]!.isUnique()) { dropSpare(result) }
  }

  func dropSpare(_ result: Int) {
    spares[result].data = nil
    arrays[result] = nil
  }

  /// After the call: the result becomes the value of the shared variable, and the old value the next one's memory.
  @inline(__always)
  func exchange(_ result: Int, with shared: CallPlan.Shared) {
    if types[result].rank == 0 { moveScalar(result) }
    // A program that succeeded has asked for each of its results. The references change places as they are: counting
    // them up and down again would cost more than all the rest.
    let place = UnsafeMutableRawPointer(arrays + result)
    let address = place.load(as: UInt.self)
    guard let new = UnsafeRawPointer(bitPattern: address) else { return }
    let old = theano_cell_exchange(shared.cell, address)
    theano_rwlock_drain(shared.readers)
    place.storeBytes(of: old, as: UInt.self)
    spares[result] = shared.view.pointee
    shared.view.pointee = Unmanaged<ArrayObject>.fromOpaque(new)._withUnsafeGuaranteedRef {
      CallFrame.argument($0)
    }
  }

  /// A new value of rank 0 goes from the result into an array, the one that waits for it if there is one.
  @inline(never)
  private func moveScalar(_ result: Int) {
    let bits = results[result].inline_scalar
    if arrays[result] == nil {
      arrays[result] = NDArray(scalarBits: bits.0, bits.1, dtype: types[result].dtype)
    } else {
      let data = arrays[result]!.data
      let size = types[result].dtype.itemSize
      withUnsafeBytes(of: bits) { data.copyMemory(from: $0.baseAddress!, byteCount: size) }
    }
  }
}
