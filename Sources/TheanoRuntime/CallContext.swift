import CTheanoSupport
import Synchronization
import TheanoArrays
import TheanoGraph
import TheanoToolchain

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
  private var scratch: [(memory: UnsafeMutableRawPointer, capacity: Int)?]

  // What every call touches lies behind pointers: Swift's arrays and class properties would be checked for exclusive
  // access each time, which costs more than a small program.
  /// What the host's functions see: threads, products, the workspace.
  let call: UnsafeMutablePointer<th_call>
  private let types: UnsafeMutablePointer<(dtype: DType, rank: Int)>
  /// The arrays that the program asked for, by result.
  let arrays: UnsafeMutablePointer<NDArray?>
  /// Arrays of earlier calls that were swapped out of shared variables: the next new value goes into them.
  private let spares: UnsafeMutablePointer<NDArray?>
  /// The values of shared variables that the call reads, by leaf.
  private let snapshot: UnsafeMutablePointer<NDArray?>
  private let usesCallbacks: Bool

  let program: CompiledProgram.Interface
  /// What callbacks gave, kept until the program has read it.
  var held: [NDArray] = []
  /// What the host could not do.
  var pending: TheanoError?

  static let maxRank = Int(TH_MAX_RANK)

  init(_ program: CompiledProgram.Interface, _ host: HostTable) {
    self.program = program
    let argumentCount = program.leafCount + program.constants.count
    arguments = .allocate(capacity: max(argumentCount, 1))
    resultCount = program.resultTypes.count
    results = .allocate(capacity: max(resultCount, 1))
    shapes = .allocate(capacity: max(resultCount, 1) * CallContext.maxRank)
    error = .allocate(capacity: 1)
    error.initialize(to: th_error())
    call = .allocate(capacity: 1)
    theano_call_init(call, host.services.pool, host.products(wanted: program.usesProducts))
    types = .allocate(capacity: max(resultCount, 1))
    for (k, type) in program.resultTypes.enumerated() { (types + k).initialize(to: (type.dtype, type.ndim)) }
    arrays = .allocate(capacity: max(resultCount, 1))
    arrays.initialize(repeating: nil, count: resultCount)
    spares = .allocate(capacity: max(resultCount, 1))
    spares.initialize(repeating: nil, count: resultCount)
    snapshot = .allocate(capacity: max(program.leafCount, 1))
    snapshot.initialize(repeating: nil, count: program.leafCount)
    usesCallbacks = !program.callbacks.isEmpty
    scratch = Array(repeating: nil, count: program.scratchSlots)
    for k in 0..<resultCount {
      var result = th_result()
      result.shape = shapes + k * CallContext.maxRank
      (results + k).initialize(to: result)
    }
    for (k, constant) in program.constants.enumerated() {
      (arguments + program.leafCount + k).initialize(to: CallContext.argument(constant))
    }
    connect(call)
  }

  deinit {
    arguments.deallocate()
    results.deallocate()
    shapes.deallocate()
    error.deallocate()
    theano_call_destroy(call)
    call.deallocate()
    types.deallocate()
    for list in [arrays, spares] {
      list.deinitialize(count: resultCount)
      list.deallocate()
    }
    snapshot.deinitialize(count: program.leafCount)
    snapshot.deallocate()
    for piece in scratch { piece?.memory.deallocate() }
  }

  /// An array as the program sees it; the array must outlive the call.
  @inline(__always)
  static func argument(_ array: NDArray) -> th_arg {
    let shape = UnsafeRawPointer(array.object.extents.baseAddress)?.assumingMemoryBound(to: th_i64.self)
    return th_arg(data: array.data, shape: shape)
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

  static func noMemory(_ name: String, _ bytes: Int) -> TheanoError {
    TheanoError(
      .system, in: name, "there is no memory for \(bytes) bytes of intermediate values",
      mend: "use smaller batches")
  }

  /// Keeps an array that was swapped out of its shared variable: the next new value goes into it, if nobody else has it.
  @inline(__always)
  package func keep(_ array: consuming NDArray, for result: Int) {
    if types[result].rank > 0 { spares[result] = array }
  }

  /// Sets a leaf to the value of a shared variable, which is kept until `release`.
  @inline(__always)
  package func read(_ leaf: Int, _ value: consuming NDArray) {
    arguments[leaf] = CallContext.argument(value)
    snapshot[leaf] = value
  }

  @inline(__always)
  package func release(_ leaf: Int) { snapshot[leaf] = nil }

  /// The value of a result.
  @inline(__always)
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

  /// Forgets what callbacks gave.
  @inline(__always)
  package func clear() { if usesCallbacks { held.removeAll() } }

  /// Forgets what a failed call left behind.
  func abandon() {
    pending = nil
    call.pointee.refusal = 0
    held.removeAll()
    for k in 0..<resultCount { arrays[k] = nil }
  }

  private func outOfMemory(_ bytes: Int) {
    pending = CallContext.noMemory(program.name, bytes)
  }

  /// `nil` where the machine has not so much: `malloc` says so, Swift's own allocation would end the process.
  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    var memory: UnsafeMutableRawPointer?
    return theano_allocate(bytes, &memory) == 0 ? memory : nil
  }

  /// Memory for a result: that of an array that was swapped out of its shared variable, if it fits.
  func result(_ index: Int, _ rank: Int, _ shape: UnsafePointer<th_i64>) -> UnsafeMutableRawPointer? {
    let extents = UnsafeRawPointer(shape).assumingMemoryBound(to: Int.self)
    if spares[index] != nil {
      if spares[index]!.ndim == rank,
        (0..<rank).allSatisfy({ spares[index]!.object.extent($0) == extents[$0] }),
        spares[index]!.isUnique()
      {
        swap(&arrays[index], &spares[index])
        spares[index] = nil
        return arrays[index]!.data
      }
      spares[index] = nil
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
  private let host: HostTable

  init(_ program: CompiledProgram.Interface, _ host: HostTable) {
    self.program = program
    self.host = host
  }

  func lease() -> CallContext {
    if let pointer = UnsafeRawPointer(bitPattern: first.exchange(0, ordering: .acquiring)) {
      return Unmanaged<CallContext>.fromOpaque(pointer).takeRetainedValue()
    }
    return others.withLock { $0.popLast() } ?? CallContext(program, host)
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
