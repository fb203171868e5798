import CTheanoSupport
import TheanoArrays
import TheanoGraph

/// The table of functions through which generated code reaches the host.
///
/// Unchecked `Sendable`: written once, before any program sees it.
package final class HostTable: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<th_host>

  /// - Parameter native: A table in which the native libraries and the threads are filled in; the services of the call
  ///   itself are added here.
  package init(native: th_host) {
    pointer = .allocate(capacity: 1)
    var host = native
    host.abi = TH_ABI
    host.workspace = { call, bytes in CallContext.of(call).workspace(Int(bytes)) }
    host.scratch = { call, slot, bytes in CallContext.of(call).scratch(Int(slot), Int(bytes)) }
    host.result = { call, index, rank, shape in
      guard let shape else { return nil }
      return CallContext.of(call).result(Int(index), Int(rank), shape)
    }
    host.callback = { call, id, inputs, outputs in
      guard let inputs, let outputs else { return TH_HOST }
      return CallContext.of(call).callback(Int(id), inputs, outputs)
    }
    pointer.initialize(to: host)
  }

  deinit { pointer.deallocate() }
}

extension CallContext {
  @inline(__always)
  static func of(_ call: OpaquePointer?) -> CallContext {
    Unmanaged<CallContext>.fromOpaque(UnsafeRawPointer(call!)).takeUnretainedValue()
  }

  /// Runs one of the program's callbacks: the operation's host evaluation on copies of its operands.
  func callback(
    _ id: Int, _ inputs: UnsafePointer<th_arg>, _ outputs: UnsafeMutablePointer<th_result>
  ) -> Int32 {
    let callback = program.callbacks[id]
    let operands = callback.inputs.enumerated().map { k, type -> NDArray in
      let shape = (0..<type.ndim).map { Int(inputs[k].shape[$0]) }
      let array = NDArray(uninitialized: shape, dtype: type.dtype)
      if array.size > 0 { array.data.copyMemory(from: inputs[k].data, byteCount: array.size * type.dtype.itemSize) }
      return array
    }
    do throws(Fault) {
      let results = try callback.operation.evaluate(operands, callback.outputs)
      for (k, result) in results.enumerated() {
        let array = result.contiguous()
        held.append(array)
        outputs[k].data = array.data
        for (axis, length) in array.shape.enumerated() { outputs[k].shape[axis] = th_i64(length) }
      }
      return TH_OK
    } catch {
      if let origin = callback.origin {
        pending = TheanoError(error.diagnosis(of: origin.op, operands: origin.inputs, note: origin.note))
      } else {
        pending = TheanoError(Diagnosis(error.kind, in: callback.operation.name, error.what, mend: error.mend))
      }
      return TH_HOST
    }
  }
}
