import CTheanoSupport
import Synchronization
import TheanoArrays

/// The address of the frame that waits for the next call; 0 if there is none.
@usableFromInline
package typealias IdleFrame = Atomic<UInt>

/// Leases contexts: the usual one call at a time costs one atomic exchange each way.
///
/// Unchecked `Sendable`: the pointer is constant, and what it points to is atomic.
final class ContextPool: @unchecked Sendable {
  let idle: UnsafeMutablePointer<IdleFrame>
  private let others = Mutex<[Unmanaged<CallContext>]>([])
  private let program: CompiledProgram.Interface
  private let host: HostTable

  init(_ program: CompiledProgram.Interface, _ host: HostTable) {
    self.program = program
    self.host = host
    idle = .allocate(capacity: 1)
    idle.initialize(to: IdleFrame(0))
  }

  /// A frame while the usual one is in use.
  func another() -> UnsafeMutablePointer<CallFrame> {
    let context = others.withLock { $0.popLast() } ?? Unmanaged.passRetained(CallContext(program, host))
    return context._withUnsafeGuaranteedRef { $0.frame }
  }

  /// Keeps a frame while another one waits.
  func store(_ frame: UnsafeMutablePointer<CallFrame>) {
    let owner = frame.pointee.owner
    others.withLock { $0.append(owner) }
  }

  deinit {
    if let frame = UnsafeMutablePointer<CallFrame>(bitPattern: idle.pointee.load(ordering: .acquiring)) {
      frame.pointee.owner.release()
    }
    idle.deinitialize(count: 1)
    idle.deallocate()
    others.withLock { contexts in
      for context in contexts { context.release() }
    }
  }
}
