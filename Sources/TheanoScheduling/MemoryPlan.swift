import TheanoArrays
import TheanoKernels

/// Which workspace buffers share memory: two may if one is dead before the other is born.
package struct MemoryPlan {
  package struct Slot {
    /// The length in bytes.
    package var bytes: Size
    package init(bytes: Size) { self.bytes = bytes }
  }

  package private(set) var slots: [Slot] = []
  /// The slot of each workspace buffer.
  package private(set) var slotOf: [BufferID: Int] = [:]
  /// How many buffers took the place of one that a loop nest had just read.
  package private(set) var inPlace = 0

  private struct Lifetime {
    var born: Int
    var dies: Int
    /// The nest at whose end it is born may overwrite these of its operands.
    var mayReplace: [BufferID] = []
  }

  package init(_ schedule: Schedule) {
    var lifetimes: [BufferID: Lifetime] = [:]
    // Which buffers a pointer may lead to, in the order in which that came about, and when each pointer is last read.
    var leads: [(pointer: BufferID, to: BufferID)] = []
    var isLedTo: Set<BufferID> = []
    var lastReading: [BufferID: Int] = [:]
    var position = 0
    func isPointer(_ id: BufferID) -> Bool { schedule.buffers[schedule.root(id)].storage == .pointer }
    schedule.steps.walk { step in
      position += 1
      let accesses = step.accesses
      for access in accesses {
        let root = schedule.root(access.buffer)
        switch schedule.buffers[root].storage {
        case .workspace: lifetimes[root, default: Lifetime(born: position, dies: position)].dies = position
        case .pointer: lastReading[root] = position
        case .leaf, .constant, .result, .alias, .scratch: break
        }
      }
      if case .point(let pointer, let target) = step {
        leads.append((schedule.root(pointer), schedule.root(target)))
        isLedTo.insert(schedule.root(target))
      }
      for (written, read) in step.replacements {
        let (new, old) = (schedule.root(written), schedule.root(read))
        // Through another shape the step may read the old elements at other places too.
        guard accesses.count(where: { schedule.root($0.buffer) == old }) == 1,
          !isLedTo.contains(old) || !accesses.contains(where: { isPointer($0.buffer) }),
          lifetimes[new]?.born == position
        else { continue }
        lifetimes[new]!.mayReplace.append(old)
      }
    }
    // What a pointer leads to lives as long as the pointer is read. A pointer leads to others only that were set before it,
    // so backwards every pointer's own last reading is known before it is passed on.
    for (pointer, target) in leads.reversed() {
      guard let last = lastReading[pointer] else { continue }
      if lifetimes[target] != nil {
        lifetimes[target]!.dies = max(lifetimes[target]!.dies, last)
      } else if isPointer(target) {
        lastReading[target] = max(lastReading[target] ?? 0, last)
      }
    }
    assign(schedule, lifetimes)
  }

  private mutating func assign(_ schedule: Schedule, _ lifetimes: [BufferID: Lifetime]) {
    let order = lifetimes.sorted { ($0.value.born, $0.key) < ($1.value.born, $1.key) }
    var freeByBytes: [Size: [Int]] = [:]
    var dying: [Int: [BufferID]] = [:]
    for (id, life) in order { dying[life.dies, default: []].append(id) }
    var released: Set<BufferID> = []
    var swept = 0
    let lastDeaths = dying.keys.sorted()
    func bytes(_ id: BufferID) -> Size { schedule.buffers[id].bytes }
    func release(_ id: BufferID) {
      guard let slot = slotOf[id], released.insert(id).inserted else { return }
      freeByBytes[slots[slot].bytes, default: []].append(slot)
    }
    for (id, life) in order {
      while swept < lastDeaths.count, lastDeaths[swept] < life.born {
        for dead in dying[lastDeaths[swept]] ?? [] { release(dead) }
        swept += 1
      }
      let need = bytes(id)
      if let old = life.mayReplace.first(where: {
        lifetimes[$0]?.dies == life.born && slotOf[$0] != nil && !released.contains($0) && bytes($0) == need
      }) {
        slotOf[id] = slotOf[old]
        released.insert(old)
        inPlace += 1
        continue
      }
      if let slot = freeByBytes[need]?.popLast() {
        slotOf[id] = slot
      } else if let n = need.constant, let (size, slot) = nearest(freeByBytes, n) {
        freeByBytes[size]?.removeAll { $0 == slot }
        slotOf[id] = slot
      } else {
        slots.append(Slot(bytes: need))
        slotOf[id] = slots.count - 1
      }
    }
  }

  /// The smallest free slot of a known length that is at most four times too large.
  private func nearest(_ free: [Size: [Int]], _ bytes: Int) -> (Size, Int)? {
    var best: (Int, Size, Int)?
    for (size, slots) in free {
      guard let n = size.constant, let slot = slots.last, n >= bytes, n / 4 <= bytes else { continue }
      if best == nil || n < best!.0 { best = (n, size, slot) }
    }
    return best.map { ($0.1, $0.2) }
  }
}

extension Step {
  /// The pairs (written, read) of buffers of which an element is written only after it was read, at one place.
  var replacements: [(written: BufferID, read: BufferID)] {
    guard case .nest(let step) = self else { return [] }
    let nest = step.nest
    // A value that a later run over the row reads again must still be there.
    guard !nest.instructions.contains(where: { if case .folded = $0 { true } else { false } }) else {
      return []
    }
    var readAt: [Int: Set<[LoopNest.Ref]>] = [:]
    for case .load(let buffer, let at) in nest.instructions { readAt[buffer, default: []].insert(at) }
    var pairs: [(Int, Int)] = []
    for case .store(let written, let at, _) in nest.effects {
      for (read, places) in readAt where read != written && places == [at] {
        if nest.buffers[read].shape == nest.buffers[written].shape,
          nest.buffers[read].dtype.itemSize == nest.buffers[written].dtype.itemSize
        {
          pairs.append((written, read))
        }
      }
    }
    return pairs.sorted { $0 < $1 }.map { (step.buffers[$0.0], step.buffers[$0.1]) }
  }
}
