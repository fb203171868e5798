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
    uses.walk(schedule.steps)
    var found = uses.violations
    var tenants: [Int: [Schedule.BufferID]] = [:]
    for (id, span) in uses.spans.sorted(by: { $0.key < $1.key }) {
      guard let slot = slotOf[id], slots.indices.contains(slot) else {
        found.append("buffer \(id) has no place")
        continue
      }
      // The workspace is asked for at the entry, so that its size must be known there.
      if !schedule.buffers[id].shape.allSatisfy({ $0.isKnown(schedule.isKnownAtEntry) }) {
        found.append("buffer \(id) lies in the workspace, and its shape is found later")
      }
      let need = schedule.buffers[id].count * Size(schedule.buffers[id].dtype.itemSize)
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
  var spans: [Schedule.BufferID: Span] = [:]
  var violations: [String] = []
  private var position = 0
  /// What each pointer may refer to.
  private var targets: [Schedule.BufferID: Set<Schedule.BufferID>] = [:]
  private var nests: [Int: (nest: LoopNest, buffers: [Schedule.BufferID])] = [:]

  init(_ schedule: Schedule) { self.schedule = schedule }

  /// The buffers of the workspace that a buffer's elements may lie in.
  private func places(_ id: Schedule.BufferID) -> Set<Schedule.BufferID> {
    var found: Set<Schedule.BufferID> = []
    var seen: Set<Schedule.BufferID> = []
    var pending = [schedule.root(id)]
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      if schedule.buffers[next].storage == .workspace { found.insert(next) }
      pending += (targets[next] ?? []).map(schedule.root)
    }
    return found
  }

  private mutating func use(_ id: Schedule.BufferID, writing: Bool) {
    guard schedule.buffers.indices.contains(id) else {
      violations.append("step \(position) uses buffer \(id), which there is not")
      return
    }
    if writing, case .pointer = schedule.buffers[schedule.root(id)].storage {
      violations.append("step \(position) writes through a pointer")
    }
    for place in places(id) {
      if spans[place] == nil {
        spans[place] = Span(first: position, last: position, isReadFirst: !writing)
      } else {
        spans[place]!.last = position
      }
    }
  }

  mutating func walk(_ steps: [Schedule.Step]) {
    for step in steps {
      position += 1
      switch step {
      case .nest(let nest, let buffers):
        nests[position] = (nest, buffers)
        violations += nest.violations().map { "step \(position): \($0)" }
        if nest.buffers.count != buffers.count {
          violations.append("step \(position) has \(buffers.count) buffers for \(nest.buffers.count)")
        }
        for (own, id) in zip(nest.buffers, buffers) {
          if own.dtype != schedule.buffers[id].dtype || own.shape.count != schedule.buffers[id].shape.count {
            violations.append(
              "step \(position) takes buffer \(id) for \(own.dtype) of rank \(own.shape.count)")
          }
          use(id, writing: own.isWritten)
        }
        for case .load(let own, _) in nest.instructions where nest.buffers[own].isWritten {
          for place in places(buffers[own]) where spans[place]?.first == position {
            spans[place]!.isReadFirst = true
          }
        }
      case .product(let p):
        for id in [p.a, p.b, p.alpha.buffer, p.beta.buffer].compactMap({ $0 }) { use(id, writing: false) }
        use(p.out, writing: p.beta.constant == 0)
      case .library(_, let operands, _): for id in operands { use(id, writing: false) }
      case .callback(_, let inputs, let outputs):
        for id in inputs { use(id, writing: false) }
        for id in outputs where schedule.buffers[schedule.root(id)].storage != .pointer {
          violations.append("the callback at step \(position) gives no pointer")
        }
      case .branch(let condition, let then, let otherwise):
        use(condition, writing: false)
        walk(then)
        walk(otherwise)
      case .point(let pointer, let to):
        use(to, writing: false)
        targets[schedule.root(pointer), default: []].insert(to)
      case .bind(_, let buffer): use(buffer, writing: false)
      case .allocate, .define, .check: break
      }
    }
  }

  /// Whether a nest only stores to `new` where, at the same point, it has loaded the element of `old` for the last time.
  func replaces(_ new: Schedule.BufferID, _ old: Schedule.BufferID, at position: Int) -> Bool {
    guard let (nest, ids) = nests[position] else { return false }
    let (writes, reads) = (
      ids.indices.filter { schedule.root(ids[$0]) == new },
      ids.indices.filter { places(ids[$0]).contains(old) }
    )
    guard writes.count == 1, reads.count == 1, !nest.buffers[reads[0]].isWritten else { return false }
    let (written, read) = (nest.buffers[writes[0]], nest.buffers[reads[0]])
    guard written.shape == read.shape, written.dtype.itemSize == read.dtype.itemSize else { return false }
    var stored: [[LoopNest.Ref]] = []
    for effect in nest.effects where effect.parts.buffer == writes[0] {
      guard case .store(_, let at, _) = effect else { return false }
      stored.append(at)
    }
    var loaded: [[LoopNest.Ref]] = []
    for case .load(reads[0], let at) in nest.instructions { loaded.append(at) }
    return stored.count == 1 && loaded.allSatisfy { $0 == stored[0] }
  }
}
