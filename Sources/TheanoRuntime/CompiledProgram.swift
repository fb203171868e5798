import CTheanoSupport
import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoScheduling
import TheanoToolchain

/// A loaded program with everything that its calls need. A function that is compiled has one.
@usableFromInline
package final class CompiledProgram: Sendable {
  /// What every call of the program shares.
  package struct Interface: Sendable {
    package var name: String
    package var leafCount: Int
    package var constants: [NDArray]
    package var resultTypes: [TensorType]
    package var scratchSlots: Int
    package var callbacks: [Callback]
    /// Whether it calls matrix products or solvers of the host.
    package var usesProducts: Bool
    /// The user's operation behind each native routine.
    package var routines: [ApplyNode?]
    /// The user's operation behind each result.
    package var resultOrigins: [ApplyNode?]
    /// The dtype and shape of the largest intermediate value of a call, in words, and the user's operation behind it.
    package var largest: @Sendable (CallFrame) -> (text: String, origin: ApplyNode?)?
    /// What is wrong with a call that fails a check, by the check's number and the values that it met.
    package var faults: @Sendable (_ frame: CallFrame, _ check: Int, _ values: [Int]) -> TheanoError

    package init(
      name: String, leafCount: Int, constants: [NDArray], resultTypes: [TensorType], scratchSlots: Int,
      callbacks: [Callback], usesProducts: Bool, routines: [ApplyNode?], resultOrigins: [ApplyNode?],
      largest: @escaping @Sendable (CallFrame) -> (text: String, origin: ApplyNode?)?,
      faults: @escaping @Sendable (CallFrame, Int, [Int]) -> TheanoError
    ) {
      self.name = name
      self.leafCount = leafCount
      self.constants = constants
      self.resultTypes = resultTypes
      self.scratchSlots = scratchSlots
      self.callbacks = callbacks
      self.usesProducts = usesProducts
      self.routines = routines
      self.resultOrigins = resultOrigins
      self.largest = largest
      self.faults = faults
    }
  }

  /// An operation that the program calls back into Swift for.
  package struct Callback: Sendable {
    package var operation: any Operation
    package var origin: ApplyNode?
    package var inputs: [TensorType]
    package var outputs: [TensorType]
    package init(operation: any Operation, origin: ApplyNode?, inputs: [TensorType], outputs: [TensorType]) {
      self.operation = operation
      self.origin = origin
      self.inputs = inputs
      self.outputs = outputs
    }
  }

  package let interface: Interface
  let entry: th_entry
  let pool: ContextPool
  let host: HostTable
  /// What keeps the code loaded.
  private let code: any AnyObject & Sendable

  package init(
    _ interface: Interface, entry: @escaping th_entry, code: any AnyObject & Sendable, host: HostTable
  ) {
    self.interface = interface
    self.entry = entry
    self.code = code
    self.host = host
    pool = ContextPool(interface, host)
  }

  /// Why a call failed.
  @inline(never)
  func failure(_ status: Int32, _ frame: CallFrame) -> TheanoError {
    let context = frame.owner.takeUnretainedValue()
    defer { context.abandon() }
    if status == TH_CHECK {
      let error = frame.error.pointee
      let values = withUnsafeBytes(of: error.values) { raw in
        Array(raw.bindMemory(to: Int64.self).prefix(Int(error.count)).map { Int($0) })
      }
      return interface.faults(frame, Int(error.check), values)
    }
    if status == TH_MISSING {
      let (what, hint) = host.services.missingSolver
      let fault = Fault(.library, what, hint: hint)
      return TheanoError(
        interface.routines[Int(frame.error.pointee.check)].map {
          fault.diagnosis(of: $0.op, operands: $0.inputs, note: $0.note)
        } ?? Diagnosis(.library, in: interface.name, what, hint: hint))
    }
    switch Int(frame.call.pointee.refusal) {
    case Int(theano_refusal_memory) where context.pending == nil:
      return CallContext.noMemory(
        interface.name, Int(frame.call.pointee.refusal_value), interface.largest(frame))
    default: break
    }
    return context.pending
      ?? TheanoError(.system, in: interface.name, "the call failed for an unknown reason")
  }
}
