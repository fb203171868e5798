import CTheanoSupport
import Synchronization
import TheanoArrays
import TheanoGraph

/// What a call of a function has to do: which arguments need no conversion, which shared variables are read and updated, and which
/// program is run.
///
/// Only numbers and pointers, as in ``CallFrame``: a small step takes less time than a dozen counted references.
@usableFromInline
package struct CallPlan {
  /// An argument that needs no conversion.
  @usableFromInline
  package struct Input {
    @usableFromInline package var dtype: DType
    @usableFromInline package var ndim: Int
    /// Whether dtype and rank are all that is asked.
    @usableFromInline package var isOpen: Bool

    package init(dtype: DType, ndim: Int, isOpen: Bool) {
      self.dtype = dtype
      self.ndim = ndim
      self.isOpen = isOpen
    }
  }

  /// A shared variable that calls read or update.
  package struct Shared {
    let state: Unmanaged<SharedState>
    let view: UnsafeMutablePointer<th_arg>
    let lock: UnsafeMutablePointer<theano_rwlock>
    let cell: UnsafeMutablePointer<UInt>
    let readers: UnsafeMutablePointer<theano_rwlock>
    /// Its leaf in the program; -1 if it is only updated.
    package let leaf: Int
    /// The result that is its next value; -1 if it is only read.
    package let update: Int
    /// The shape that the program was made for, `rank` lengths; `nil` if any.
    let assumed: UnsafeMutablePointer<th_i64>?
    let rank: Int

    package init(state: SharedState, leaf: Int, update: Int, assumed: [Int]?) {
      self.state = .passRetained(state)
      view = state.view
      lock = state.lock
      cell = state.cell
      readers = state.readers
      self.leaf = leaf
      self.update = update
      rank = assumed?.count ?? 0
      self.assumed = assumed.map { shape in
        let pointer = UnsafeMutablePointer<th_i64>.allocate(capacity: max(shape.count, 1))
        for (axis, length) in shape.enumerated() { (pointer + axis).initialize(to: th_i64(length)) }
        return pointer
      }
    }

    func drop() {
      state.release()
      assumed?.deallocate()
    }

    /// Whether the program was made for the value's shape.
    func fits() -> Bool {
      guard let assumed else { return true }
      let shape = view.pointee.shape
      for axis in 0..<rank where shape![axis] != assumed[axis] { return false }
      return true
    }
  }

  @usableFromInline package let inputCount: Int
  @usableFromInline let inputs: UnsafeMutablePointer<Input>
  @usableFromInline package let sharedCount: Int
  /// Ascending by id, the order in which they are locked.
  let shared: UnsafeMutablePointer<Shared>
  @usableFromInline let program: Unmanaged<CompiledProgram>
  @usableFromInline let entry: th_entry
  @usableFromInline let host: UnsafeMutablePointer<th_host>
  @usableFromInline let idle: UnsafeMutablePointer<IdleFrame>

  /// The plan of a program; `dismantle` gives its memory back.
  package init(_ program: CompiledProgram, inputs: [Input], shared: [Shared]) {
    self.program = .passRetained(program)
    entry = program.entry
    host = program.host.pointer
    idle = program.pool.idle
    inputCount = inputs.count
    self.inputs = .allocate(capacity: max(inputs.count, 1))
    self.inputs.initialize(from: inputs, count: inputs.count)
    sharedCount = shared.count
    self.shared = .allocate(capacity: max(shared.count, 1))
    self.shared.initialize(from: shared, count: shared.count)
  }

  /// Gives the plan's memory back; no call may be under way.
  package func dismantle() {
    for k in 0..<sharedCount { shared[k].drop() }
    inputs.deallocate()
    shared.deallocate()
    program.release()
  }

  /// Whether the program takes an argument as it is.
  @inlinable @inline(__always)
  package func takes(_ argument: NDArray, as k: Int) -> Bool {
    let header = argument.object.pointer
    return inputs[k].isOpen && header.pointee.dtype == inputs[k].dtype
      && header.pointee.ndim == inputs[k].ndim
      && header.pointee.isContiguous
  }

  /// Takes what a call needs; give it back with `finish`.
  @inlinable
  package func begin() -> UnsafeMutablePointer<CallFrame> {
    if let frame = UnsafeMutablePointer<CallFrame>(bitPattern: idle.pointee.exchange(0, ordering: .acquiring))
    {
      return frame
    }
    return another()
  }

  @usableFromInline @inline(never)
  func another() -> UnsafeMutablePointer<CallFrame> {
    program._withUnsafeGuaranteedRef { $0.pool.another() }
  }

  /// Gives back what `begin` took.
  @inlinable
  package func finish(_ frame: UnsafeMutablePointer<CallFrame>) {
    let (stored, _) = idle.pointee.compareExchange(
      expected: 0, desired: UInt(bitPattern: frame), successOrdering: .releasing, failureOrdering: .relaxed)
    if !stored { keep(frame) }
  }

  @usableFromInline @inline(never)
  func keep(_ frame: UnsafeMutablePointer<CallFrame>) {
    program._withUnsafeGuaranteedRef { $0.pool.store(frame) }
  }

  /// Runs the program on the arguments that were set, and changes the shared variables if it succeeds.
  ///
  /// - Returns: Whether it ran: not if a shared variable has a shape that the program was not made for.
  /// - Throws: What a check of the program, or the host on its behalf, found wrong. Results are then undefined and no
  ///   shared variable has changed.
  @inlinable
  package func run(_ frame: CallFrame) throws(TheanoError) -> Bool {
    if sharedCount == 0 {
      try enter(frame)
      return true
    }
    return try runLocked(frame)
  }

  @usableFromInline
  func runLocked(_ frame: CallFrame) throws(TheanoError) -> Bool {
    if HeldVariables.areAny { try checkHeld() }
    for k in 0..<sharedCount {
      if shared[k].update >= 0 {
        theano_rwlock_write(shared[k].lock)
      } else {
        theano_rwlock_read(shared[k].lock)
      }
    }
    defer {
      for k in 0..<sharedCount {
        if shared[k].update >= 0 {
          theano_rwlock_unlock_write(shared[k].lock)
        } else {
          theano_rwlock_unlock_read(shared[k].lock)
        }
      }
    }
    for k in 0..<sharedCount where shared[k].leaf >= 0 {
      guard shared[k].fits() else { return false }
      // While the lock is held nobody replaces the value, so its memory stays.
      frame.arguments[shared[k].leaf] = shared[k].view.pointee
    }
    for k in 0..<sharedCount where shared[k].update >= 0 { frame.offerSpare(shared[k].update) }
    if frame.usesCallbacks {
      try enterHolding(frame)
    } else {
      try enter(frame)
    }
    for k in 0..<sharedCount where shared[k].update >= 0 {
      frame.exchange(shared[k].update, with: shared[k])
    }
    return true
  }

  /// Runs the program while the thread's list of locked variables includes this call's, for closures to be checked against.
  @inline(never)
  private func enterHolding(_ frame: CallFrame) throws(TheanoError) {
    let states = (0..<sharedCount).map { k -> HeldVariables.State in
      (variable: shared[k].state.takeUnretainedValue(), isWritten: shared[k].update >= 0)
    }
    try HeldVariables.holding(states) { () throws(TheanoError) in try enter(frame) }
  }

  /// Throws if the call is made by a closure of one that holds what this needs.
  @inline(never)
  private func checkHeld() throws(TheanoError) {
    let name = program._withUnsafeGuaranteedRef { $0.interface.name }
    for k in 0..<sharedCount {
      let isWritten = shared[k].update >= 0
      try HeldVariables.check(
        shared[k].state.takeUnretainedValue(), isWritten: isWritten, in: name,
        isWritten ? "the function updates" : "the function reads")
    }
  }

  @inlinable
  func enter(_ frame: CallFrame) throws(TheanoError) {
    let status = entry(host, frame.call, frame.arguments, frame.results, frame.error)
    if status != TH_OK { throw failure(status, frame) }
    if frame.usesCallbacks { forget(frame) }
  }

  @usableFromInline @inline(never)
  func failure(_ status: Int32, _ frame: CallFrame) -> TheanoError {
    program._withUnsafeGuaranteedRef { $0.failure(status, frame) }
  }

  /// Lets go of what callbacks gave.
  @usableFromInline @inline(never)
  func forget(_ frame: CallFrame) { frame.owner._withUnsafeGuaranteedRef { $0.held.removeAll() } }
}
