import CTheanoSupport
import TheanoArrays
import TheanoGraph
import TheanoToolchain

/// What one call of a compiled program needs beside its arguments: workspace, places for results, the pending error. A call leases
/// one from a pool and gives it back, so that repeated calls allocate nothing but the arrays that they return.
///
/// Unchecked `Sendable`: between calls it lies in the pool, during a call it belongs to that call alone.
@usableFromInline
package final class CallContext: @unchecked Sendable {
  /// The fields that every call uses. Behind a pointer, since Swift checks properties of a class for exclusive access each time,
  /// which costs more than a small program.
  let frame: UnsafeMutablePointer<CallFrame>
  private let resultCount: Int
  private let shapes: UnsafeMutablePointer<th_i64>
  private var scratch: [(memory: UnsafeMutableRawPointer, capacity: Int)?]

  let program: CompiledProgram.Interface
  /// What callbacks gave, kept until the program has read it.
  var held: [NDArray] = []
  /// The error of a host function, to be thrown when the program has returned.
  var pending: TheanoError?

  init(_ program: CompiledProgram.Interface, _ host: HostTable) {
    func places<T>(_ count: Int, _ value: T) -> UnsafeMutablePointer<T> {
      let places = UnsafeMutablePointer<T>.allocate(capacity: max(count, 1))
      places.initialize(repeating: value, count: count)
      return places
    }
    self.program = program
    resultCount = program.resultTypes.count
    let maxRank = Int(TH_MAX_RANK)
    shapes = places(resultCount * maxRank, 0)
    scratch = Array(repeating: nil, count: program.scratchSlots)
    frame = .allocate(capacity: 1)
    let arguments = places(program.leafCount + program.constants.count, th_arg())
    for (k, constant) in program.constants.enumerated() {
      arguments[program.leafCount + k] = CallFrame.argument(constant)
    }
    let results = places(resultCount, th_result())
    let types = places(resultCount, (dtype: DType.bool, rank: 0))
    for (k, type) in program.resultTypes.enumerated() {
      results[k].shape = shapes + k * maxRank
      types[k] = (type.dtype, type.ndim)
    }
    let call = places(1, th_call())
    theano_call_init(call, host.services.pool, host.products(wanted: program.usesProducts))
    frame.initialize(
      to: CallFrame(
        arguments: arguments, results: results, error: places(1, th_error()), call: call, types: types,
        arrays: places(resultCount, nil), spares: places(resultCount, th_arg()), owner: .passUnretained(self),
        usesCallbacks: !program.callbacks.isEmpty))
    call.pointee.spares = frame.pointee.spares
    connect(call)
  }

  deinit {
    let frame = frame.pointee
    frame.arguments.deallocate()
    frame.results.deallocate()
    frame.error.deallocate()
    theano_call_destroy(frame.call)
    frame.call.deallocate()
    frame.types.deallocate()
    frame.arrays.deinitialize(count: resultCount)
    frame.arrays.deallocate()
    frame.spares.deallocate()
    self.frame.deallocate()
    shapes.deallocate()
    for piece in scratch { piece?.memory.deallocate() }
  }

  func scratch(_ slot: Int, _ bytes: Int) -> UnsafeMutableRawPointer? {
    if let piece = scratch[slot], piece.capacity >= bytes { return piece.memory }
    scratch[slot]?.memory.deallocate()
    scratch[slot] = nil
    guard let memory = CallContext.allocate(max(bytes, 64)) else {
      outOfMemory(bytes)
      return nil
    }
    scratch[slot] = (memory, max(bytes, 64))
    return memory
  }

  static func noMemory(
    _ name: String, _ bytes: Int, _ largest: (text: String, origin: ApplyNode?)? = nil
  ) -> TheanoError {
    let what =
      (bytes < 0
        ? "the intermediate values have more bytes than can be addressed"
        : "there is no memory for \(bytes) bytes of intermediate values")
      + (largest.map { "; the largest is \($0.text)" } ?? "")
    return error(
      Fault(.system, what, hint: "give smaller arguments, or compute it in pieces"), largest?.origin, name)
  }

  /// A fault at the user's operation that it comes from, if that is known.
  private static func error(_ fault: Fault, _ origin: ApplyNode?, _ name: String) -> TheanoError {
    TheanoError(
      origin.map { fault.diagnosis(of: $0.op, operands: $0.inputs, note: $0.note) }
        ?? Diagnosis(fault.kind, in: name, fault.what, hint: fault.hint))
  }

  /// Forgets what a failed call left behind.
  func abandon() {
    pending = nil
    frame.pointee.call.pointee.refusal = 0
    held.removeAll()
    for k in 0..<resultCount { frame.pointee.dropSpare(k) }
  }

  private func outOfMemory(_ bytes: Int) {
    pending = CallContext.noMemory(program.name, bytes)
  }

  /// `nil` where the machine has not so much: `malloc` says so, Swift's own allocation would end the process.
  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    var memory: UnsafeMutableRawPointer?
    return theano_allocate(bytes, &memory) == 0 ? memory : nil
  }

  /// Allocates a result: the array kept from an earlier call, if there is one, has another shape.
  func result(_ index: Int, _ rank: Int, _ shape: UnsafePointer<th_i64>) -> UnsafeMutableRawPointer? {
    let extents = UnsafeRawPointer(shape).assumingMemoryBound(to: Int.self)
    frame.pointee.dropSpare(index)
    do throws(TheanoError) {
      let array = try NDArray.allocate(
        Array(UnsafeBufferPointer(start: extents, count: rank)), dtype: program.resultTypes[index].dtype)
      frame.pointee.arrays[index] = array
      return array.data
    } catch {
      let (what, hint) = (error.diagnoses.first?.what ?? "", error.diagnoses.first?.hint)
      pending = CallContext.error(
        Fault(
          .system, "result \(index + 1) of the function: \(what)",
          hint: hint ?? "give smaller arguments, or compute it in pieces"), program.resultOrigins[index],
        program.name)
      return nil
    }
  }
}
