import CTheanoSupport
import Synchronization
import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoToolchain

/// The table of functions through which generated code reaches the host: the toolchain's, with what a call's context
/// serves itself.
///
/// Unchecked `Sendable`: written once, before any program sees it.
package final class HostTable: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<th_host>
  package let services: HostServices
  /// The table for programs without matrix products, which do not wait for native libraries to be loaded.
  private let noProducts: UnsafeMutablePointer<theano_blas>

  package init(_ services: HostServices) {
    self.services = services
    pointer = .allocate(capacity: 1)
    var host = services.host.pointee
    host.scratch = { call, slot, bytes in CallContext.of(call).scratch(Int(slot), Int(bytes)) }
    pointer.initialize(to: host)
    noProducts = .allocate(capacity: 1)
    noProducts.initialize(to: theano_blas())
  }

  deinit {
    pointer.deallocate()
    noProducts.deallocate()
  }

  /// Puts the addresses of a program's native routines where it looks for them; null for those that the machine lacks.
  package func fillImports(of program: LoadedProgram, _ routines: [Routine]) {
    guard !routines.isEmpty, let address = program.symbol("theano_imports") else { return }
    let imports = address.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    let libraries = services.libraries
    importing.withLock { _ in
      for (k, routine) in routines.enumerated() where imports[k] == nil {
        switch routine.provider {
        case .lapack: imports[k] = libraries.solver(routine.symbol)
        }
      }
    }
  }
  private let importing = Mutex<Void>(())

  func products(wanted: Bool) -> UnsafePointer<theano_blas> {
    wanted ? services.blas : UnsafePointer(noProducts)
  }
}

extension CallContext {
  @inline(__always)
  static func of(_ call: UnsafeMutablePointer<th_call>?) -> CallContext { of(owner: call?.pointee.owner) }

  @inline(__always)
  static func of(owner: UnsafeMutableRawPointer?) -> CallContext {
    // A program is only ever given the call record of a context.
    Unmanaged<CallContext>.fromOpaque(owner!).takeUnretainedValue()
  }

  /// Lets the host's functions find their way back to this context.
  func connect(_ call: UnsafeMutablePointer<th_call>) {
    call.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
    call.pointee.allocate = { owner, index, rank, shape in
      guard let shape else { return nil }
      return CallContext.of(owner: owner).result(Int(index), Int(rank), shape)
    }
    call.pointee.call_back = { owner, id, inputs, outputs in
      guard let inputs, let outputs else { return TH_HOST }
      return CallContext.of(owner: owner).callback(Int(id), inputs, outputs)
    }
  }

  /// Runs one of the program's callbacks: the operation's host evaluation on copies of its operands.
  func callback(
    _ id: Int, _ inputs: UnsafePointer<th_arg>, _ outputs: UnsafeMutablePointer<th_result>
  ) -> Int32 {
    let callback = program.callbacks[id]
    do throws(Fault) {
      var operands: [NDArray] = []
      for (k, type) in callback.inputs.enumerated() {
        let shape = (0..<type.ndim).map { Int(inputs[k].shape[$0]) }
        let array = try CallContext.copy(of: inputs[k].data, shape, type.dtype)
        operands.append(array)
      }
      let results = try callback.operation.evaluate(operands, callback.outputs)
      for (k, result) in results.enumerated() {
        let array = try CallContext.memory { () throws(TheanoError) in try result.checked.contiguous() }
        held.append(array)
        outputs[k].data = array.data
        for (axis, length) in array.shape.enumerated() { outputs[k].shape[axis] = th_i64(length) }
      }
      return TH_OK
    } catch {
      if let origin = callback.origin {
        pending = TheanoError(error.diagnosis(of: origin.op, operands: origin.inputs, note: origin.note))
      } else {
        pending = TheanoError(
          Diagnosis(error.kind, in: callback.operation.name, error.what, hint: error.hint))
      }
      return TH_HOST
    }
  }

  private static func memory(_ body: () throws(TheanoError) -> NDArray) throws(Fault) -> NDArray {
    do { return try body() } catch { throw Fault(error) }
  }

  /// A copy of what a program has at a place.
  private static func copy(
    of data: UnsafeMutableRawPointer?, _ shape: [Int], _ dtype: DType
  ) throws(Fault) -> NDArray {
    let array = try memory { () throws(TheanoError) in try NDArray.allocate(shape, dtype: dtype) }
    if array.size > 0, let data { array.data.copyMemory(from: data, byteCount: array.size * dtype.itemSize) }
    return array
  }
}
