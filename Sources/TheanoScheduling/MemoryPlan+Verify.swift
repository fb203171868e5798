import TheanoArrays
import TheanoKernels

extension MemoryPlan {
  /// What is illegal in the plan; empty if nothing. Run in debug builds and tests.
  ///
  /// It counts when each buffer is written and read on its own account, not by the lifetimes that the plan was made
  /// from: buffers in one place must not be needed at the same time, but for a nest that writes each element of a new
  /// buffer after its last reading of the old one's element there.
  package func violations(of schedule: Schedule) -> [String] {
    var uses = PlanUses(schedule)
    schedule.steps.walk { uses.visit($0) }
    var found = uses.violations
    var tenants: [Int: [BufferID]] = [:]
    for (id, span) in uses.spans.sorted(by: { $0.key < $1.key }) {
      guard let slot = slotOf[id], slots.indices.contains(slot) else {
        found.append("buffer \(id) has no place")
        continue
      }
      // The workspace is asked for at the entry, so that its size must be known there.
      if !schedule.buffers[id].shape.allSatisfy({ $0.isKnown(schedule.isKnownAtEntry) }) {
        found.append("buffer \(id) lies in the workspace, and its shape is found later")
      }
      let need = schedule.buffers[id].bytes
      let room = slots[slot].bytes
      let fits = need == room || (need.constant.map { n in room.constant.map { n <= $0 } ?? false } ?? false)
      if !fits { found.append("buffer \(id) of \(need) bytes lies in place \(slot) of \(room)") }
      if span.isReadFirst { found.append("buffer \(id) is read at step \(span.first) before it is written") }
      tenants[slot, default: []].append(id)
    }
    for (slot, ids) in tenants {
      let order = ids.sorted { (uses.spans[$0]!.first, $0) < (uses.spans[$1]!.first, $1) }
      for (k, old) in order.enumerated() {
        for new in order[(k + 1)...] {
          let (before, after) = (uses.spans[old]!, uses.spans[new]!)
          if before.last < after.first { continue }
          if before.last == after.first, uses.replaces(new, old, at: after.first) { continue }
          found.append(
            "buffers \(old) (steps \(before.first) to \(before.last)) and \(new) (steps \(after.first) to "
              + "\(after.last)) are both needed in place \(slot)")
        }
      }
    }
    return found
  }
}

/// When the buffers of a schedule's workspace are used, its branches laid out one after the other.
private struct PlanUses {
  struct Span {
    var first: Int
    var last: Int
    var isReadFirst: Bool
  }

  let schedule: Schedule
  var spans: [BufferID: Span] = [:]
  var violations: [String] = []
  private var position = 0
  /// What each pointer may refer to.
  private var targets: [BufferID: Set<BufferID>] = [:]
  private var nests: [Int: (nest: LoopNest, buffers: [BufferID])] = [:]

  init(_ schedule: Schedule) { self.schedule = schedule }

  /// The buffers of the workspace that a buffer's elements may lie in.
  private func places(_ id: BufferID) -> Set<BufferID> {
    var found: Set<BufferID> = []
    var seen: Set<BufferID> = []
    var pending = [schedule.root(id)]
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      if schedule.buffers[next].storage == .workspace { found.insert(next) }
      pending += (targets[next] ?? []).map(schedule.root)
    }
    return found
  }

  private mutating func use(_ id: BufferID, writing: Bool) {
    for place in places(id) {
      if spans[place] == nil {
        spans[place] = Span(first: position, last: position, isReadFirst: !writing)
      } else {
        spans[place]!.last = position
      }
    }
  }

  mutating func visit(_ step: Step) {
    position += 1
    let accesses = step.accesses
    if let unknown = accesses.first(where: { !schedule.buffers.indices.contains($0.buffer) }) {
      violations.append("step \(position) uses buffer \(unknown.buffer), which there is not")
      return
    }
    if case .nest(let nest) = step { check(nest) }
    for access in accesses {
      let root = schedule.root(access.buffer)
      let isPointer = schedule.buffers[root].storage == .pointer
      switch access.kind {
      case .reads, .updates: use(access.buffer, writing: false)
      case .writes: use(access.buffer, writing: true)
      case .points:
        if !isPointer {
          violations.append("step \(position) points buffer \(access.buffer), which is no pointer")
        }
      }
      if isPointer, access.kind == .writes || access.kind == .updates {
        violations.append("step \(position) writes through a pointer")
      }
    }
    if case .point(let pointer, let target) = step {
      targets[schedule.root(pointer), default: []].insert(target)
    }
  }

  private mutating func check(_ step: Step.Nest) {
    nests[position] = (step.nest, step.buffers)
    violations += step.nest.violations().map { "step \(position): \($0)" }
    if step.nest.buffers.count != step.buffers.count {
      violations.append("step \(position) has \(step.buffers.count) buffers for \(step.nest.buffers.count)")
    }
    for (own, id) in zip(step.nest.buffers, step.buffers) {
      let buffer = schedule.buffers[id]
      if own.dtype != buffer.dtype || Size.product(own.shape.map { step.nest.sizes[$0] }) != buffer.count {
        violations.append("step \(position) takes buffer \(id) for another dtype or length than it has")
      }
    }
  }

  /// Whether a nest only stores to `new` where, at the same point, it has loaded the element of `old` for the last time.
  func replaces(_ new: BufferID, _ old: BufferID, at position: Int) -> Bool {
    guard let (nest, ids) = nests[position] else { return false }
    let (writes, reads) = (
      ids.indices.filter { schedule.root(ids[$0]) == new },
      ids.indices.filter { places(ids[$0]).contains(old) }
    )
    guard writes.count == 1, reads.count == 1, !nest.buffers[reads[0]].isWritten else { return false }
    let (written, read) = (nest.buffers[writes[0]], nest.buffers[reads[0]])
    guard written.shape == read.shape, written.dtype.itemSize == read.dtype.itemSize else { return false }
    var stored: [[LoopNest.Ref]] = []
    for effect in nest.effects where effect.target?.buffer == writes[0] {
      guard case .store(_, let at, _) = effect else { return false }
      stored.append(at)
    }
    var loaded: [[LoopNest.Ref]] = []
    for case .load(reads[0], let at) in nest.instructions { loaded.append(at) }
    return stored.count == 1 && loaded.allSatisfy { $0 == stored[0] }
  }
}
