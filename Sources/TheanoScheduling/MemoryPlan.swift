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
  package private(set) var slotOf: [Schedule.BufferID: Int] = [:]
  /// How many buffers took the place of one that a loop nest had just read.
  package private(set) var inPlace = 0

  private struct Lifetime {
    var born: Int
    var dies: Int
    /// The nest at whose end it is born may overwrite these of its operands.
    var mayReplace: [Schedule.BufferID] = []
  }

  package init(_ schedule: Schedule) {
    var lifetimes: [Schedule.BufferID: Lifetime] = [:]
    // Which buffers a pointer may lead to, in the order in which that came about, and when each pointer is last read.
    var leads: [(pointer: Schedule.BufferID, to: Schedule.BufferID)] = []
    var isLedTo: Set<Schedule.BufferID> = []
    var lastReading: [Schedule.BufferID: Int] = [:]
    var position = 0
    func touch(_ id: Schedule.BufferID) {
      let root = schedule.root(id)
      switch schedule.buffers[root].storage {
      case .workspace: lifetimes[root, default: Lifetime(born: position, dies: position)].dies = position
      case .pointer: lastReading[root] = position
      default: break
      }
    }
    func isPointer(_ id: Schedule.BufferID) -> Bool {
      if case .pointer = schedule.buffers[schedule.root(id)].storage { true } else { false }
    }
    func walk(_ steps: [Schedule.Step]) {
      for step in steps {
        position += 1
        switch step {
        case .nest(let nest, let buffers):
          for id in buffers { touch(id) }
          for (written, read) in MemoryPlan.replacements(nest) {
            let (new, old) = (schedule.root(buffers[written]), schedule.root(buffers[read]))
            // Through another shape the nest may read the old elements at other places too.
            guard buffers.count(where: { schedule.root($0) == old }) == 1,
              !isLedTo.contains(old) || !buffers.contains(where: isPointer)
            else { continue }
            if lifetimes[new]?.born == position { lifetimes[new]!.mayReplace.append(old) }
          }
        case .product(let p):
          for id in [p.a, p.b, p.out] + [p.alpha.buffer, p.beta.buffer].compactMap({ $0 }) { touch(id) }
        case .library(_, let operands, _): operands.forEach(touch)
        case .callback(_, let inputs, let outputs): (inputs + outputs).forEach(touch)
        case .branch(let condition, let then, let otherwise):
          touch(condition)
          walk(then)
          walk(otherwise)
        case .point(let pointer, let to):
          leads.append((schedule.root(pointer), schedule.root(to)))
          isLedTo.insert(schedule.root(to))
          touch(to)
        case .bind(_, let buffer): touch(buffer)
        case .allocate, .define, .check: break
        }
      }
    }
    walk(schedule.steps)
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

  /// The pairs (written, read) of a nest's buffers where an element is written only after it was read, at one place.
  private static func replacements(_ nest: LoopNest) -> [(Int, Int)] {
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
    return pairs.sorted { $0 < $1 }
  }

  private mutating func assign(_ schedule: Schedule, _ lifetimes: [Schedule.BufferID: Lifetime]) {
    let order = lifetimes.sorted { ($0.value.born, $0.key) < ($1.value.born, $1.key) }
    var freeByBytes: [Size: [Int]] = [:]
    var dying: [Int: [Schedule.BufferID]] = [:]
    for (id, life) in order { dying[life.dies, default: []].append(id) }
    var released: Set<Schedule.BufferID> = []
    var swept = 0
    let lastDeaths = dying.keys.sorted()
    func bytes(_ id: Schedule.BufferID) -> Size {
      let buffer = schedule.buffers[id]
      return buffer.count * Size(buffer.dtype.itemSize)
    }
    func release(_ id: Schedule.BufferID) {
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
