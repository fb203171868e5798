import CTheanoSupport
import Synchronization
import TheanoArrays
import TheanoGraph

/// What one call of a compiled program needs beside its arguments: scratch memory, places for results, the pending
/// error. Leased for the length of a call and kept for the next, so that in the steady state nothing is allocated but
/// the arrays that are returned.
///
/// Unchecked `Sendable`: between calls it lies in the pool, during a call it belongs to that call alone.
package final class CallContext: @unchecked Sendable {
  let arguments: UnsafeMutablePointer<th_arg>
  let results: UnsafeMutablePointer<th_result>
  let error: UnsafeMutablePointer<th_error>
  private let resultCount: Int
  private let shapes: UnsafeMutablePointer<th_i64>
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  private var scratch: [(memory: UnsafeMutableRawPointer, capacity: Int)?]

  let program: CompiledProgram.Interface
  /// The arrays that the program asked for, by result.
  var arrays: [NDArray?]
  /// Arrays of earlier calls that were swapped out of shared variables: the next new value goes into them.
  var spares: [NDArray?]
  /// What callbacks gave, kept until the program has read it.
  var held: [NDArray] = []
  /// The values of shared variables that the call reads.
  package var snapshot: [NDArray] = []
  /// What the host could not do.
  var pending: TheanoError?

  static let maxRank = Int(TH_MAX_RANK)

  init(_ program: CompiledProgram.Interface) {
    self.program = program
    let argumentCount = program.leafCount + program.constants.count
    arguments = .allocate(capacity: max(argumentCount, 1))
    resultCount = program.resultTypes.count
    results = .allocate(capacity: max(resultCount, 1))
    shapes = .allocate(capacity: max(resultCount, 1) * CallContext.maxRank)
    error = .allocate(capacity: 1)
    error.initialize(to: th_error())
    arrays = Array(repeating: nil, count: resultCount)
    spares = Array(repeating: nil, count: resultCount)
    scratch = Array(repeating: nil, count: program.scratchSlots)
    for k in 0..<resultCount {
      var result = th_result()
      result.shape = shapes + k * CallContext.maxRank
      (results + k).initialize(to: result)
    }
    for (k, constant) in program.constants.enumerated() {
      (arguments + program.leafCount + k).initialize(to: CallContext.argument(constant))
    }
  }

  deinit {
    arguments.deallocate()
    results.deallocate()
    shapes.deallocate()
    error.deallocate()
    memory?.deallocate()
    for piece in scratch { piece?.memory.deallocate() }
  }

  /// An array as the program sees it; the array must outlive the call.
  @inline(__always)
  static func argument(_ array: NDArray) -> th_arg {
    let shape = UnsafeRawPointer(array.object.extents.baseAddress)?.assumingMemoryBound(to: th_i64.self)
    return th_arg(data: array.data, shape: shape)
  }

  /// Scratch memory of at least so many bytes; a larger request loses what was there.
  func workspace(_ bytes: Int) -> UnsafeMutableRawPointer? {
    if bytes <= capacity, let memory { return memory }
    memory?.deallocate()
    memory = CallContext.allocate(max(bytes, 64))
    capacity = memory == nil ? 0 : max(bytes, 64)
    if memory == nil { outOfMemory(bytes) }
    return memory
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

  /// Keeps an array that was swapped out of its shared variable: the next new value goes into it, if nobody else has it.
  @inline(__always)
  package func keep(_ array: NDArray, for result: Int) { spares[result] = array.ndim == 0 ? nil : array }

  private func outOfMemory(_ bytes: Int) {
    pending = TheanoError(
      .system, in: program.name, "there is no memory for \(bytes) bytes of intermediate values",
      mend: "use smaller batches")
  }

  /// `nil` where the machine has not so much: `malloc` says so, Swift's own allocation would end the process.
  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    var memory: UnsafeMutableRawPointer?
    return theano_allocate(bytes, &memory) == 0 ? memory : nil
  }

  /// Memory for a result: that of an array that was swapped out of its shared variable, if it fits.
  func result(_ index: Int, _ rank: Int, _ shape: UnsafePointer<th_i64>) -> UnsafeMutableRawPointer? {
    let extents = UnsafeRawPointer(shape).assumingMemoryBound(to: Int.self)
    if var spare = spares[index] {
      spares[index] = nil
      if spare.ndim == rank, (0..<rank).allSatisfy({ spare.object.extent($0) == extents[$0] }),
        spare.isUnique()
      {
        arrays[index] = spare
        return spare.data
      }
    }
    do throws(TheanoError) {
      let array = try NDArray.allocate(
        Array(UnsafeBufferPointer(start: extents, count: rank)), dtype: program.resultTypes[index].dtype)
      arrays[index] = array
      return array.data
    } catch {
      pending = error
      return nil
    }
  }
}

/// Leases contexts: the usual one call at a time costs one atomic exchange each way.
final class ContextPool: Sendable {
  private let first = Atomic<UInt>(0)
  private let others = Mutex<[CallContext]>([])
  private let program: CompiledProgram.Interface

  init(_ program: CompiledProgram.Interface) { self.program = program }

  func lease() -> CallContext {
    if let pointer = UnsafeRawPointer(bitPattern: first.exchange(0, ordering: .acquiring)) {
      return Unmanaged<CallContext>.fromOpaque(pointer).takeRetainedValue()
    }
    return others.withLock { $0.popLast() } ?? CallContext(program)
  }

  func giveBack(_ context: CallContext) {
    let pointer = Unmanaged.passRetained(context).toOpaque()
    let (stored, _) = first.compareExchange(
      expected: 0, desired: UInt(bitPattern: pointer), successOrdering: .releasing, failureOrdering: .relaxed)
    if !stored {
      Unmanaged<CallContext>.fromOpaque(pointer).release()
      others.withLock { $0.append(context) }
    }
  }

  deinit {
    if let pointer = UnsafeRawPointer(bitPattern: first.exchange(0, ordering: .acquiring)) {
      Unmanaged<CallContext>.fromOpaque(pointer).release()
    }
  }
}
