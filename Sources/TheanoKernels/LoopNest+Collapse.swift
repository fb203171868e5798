import TheanoArrays

extension LoopNest {
  /// The nest with neighbouring axes made one wherever every buffer lets them: a chain of additions over a matrix is
  /// one long loop.
  package func collapsed() -> LoopNest {
    var nest = self
    var axis = nest.axes.count - 2
    while axis >= 0 {
      if let merged = nest.merging(axis, axis + 1) { nest = merged }
      axis -= 1
    }
    return nest
  }

  private func merging(_ first: Int, _ second: Int) -> LoopNest? {
    guard second < axes.count, axes[first].isReduced == axes[second].isReduced else { return nil }
    var positions: [Int32: Int] = [:]
    for (k, instruction) in instructions.enumerated() {
      if case .index(let a) = instruction, a == first || a == second { positions[Int32(k)] = a }
    }
    func isPosition(_ ref: Ref) -> Bool { positions[ref.id] != nil }
    // Where each buffer has the pair; -1 where it is read without.
    var pairAt: [Int: Int] = [:]
    func visit(_ buffer: Int, _ at: [Ref]) -> Bool {
      let places = at.indices.filter { isPosition(at[$0]) }
      let place: Int
      if places.isEmpty {
        place = -1
      } else if places.count == 2, places[1] == places[0] + 1, positions[at[places[0]].id] == first,
        positions[at[places[1]].id] == second, buffers[buffer].shape[places[1]] == axes[second].extent
      {
        place = places[0]
      } else {
        return false
      }
      if let known = pairAt[buffer], known != place { return false }
      pairAt[buffer] = place
      return true
    }
    for instruction in instructions {
      switch instruction {
      case .load(let buffer, let at): if !visit(buffer, at) { return nil }
      case .apply(_, let operands): if operands.contains(where: isPosition) { return nil }
      case .checkedIndex(let i, let bound, _): if isPosition(i) || isPosition(bound) { return nil }
      case .constant, .parameter, .extent, .index, .folded: break
      }
    }
    for effect in effects {
      if isPosition(effect.value) { return nil }
      if case .fold(let fold) = effect, let start = fold.start, isPosition(start) { return nil }
      if case .append = effect { return nil }
      for (buffer, at) in effect.targets where !visit(buffer, at) { return nil }
    }
    return merged(first, second, pairAt)
  }

  private func merged(_ first: Int, _ second: Int, _ pairAt: [Int: Int]) -> LoopNest {
    var nest = self
    func product(_ a: Int, _ b: Int) -> Int {
      let size = nest.sizes[a] * nest.sizes[b]
      if let known = nest.sizes.firstIndex(of: size) { return known }
      nest.sizes.append(size)
      return nest.sizes.count - 1
    }
    nest.axes[first].extent = product(axes[first].extent, axes[second].extent)
    nest.axes.remove(at: second)
    for (buffer, place) in pairAt where place >= 0 {
      let merged = product(buffers[buffer].shape[place], buffers[buffer].shape[place + 1])
      nest.buffers[buffer].shape[place] = merged
      nest.buffers[buffer].shape.remove(at: place + 1)
    }
    func shortened(_ buffer: Int, _ at: [Ref]) -> [Ref] {
      guard let place = pairAt[buffer], place >= 0 else { return at }
      var at = at
      at.remove(at: place + 1)
      return at
    }
    for (k, instruction) in instructions.enumerated() {
      switch instruction {
      case .index(let a) where a > first: nest.instructions[k] = .index(a - 1)
      case .load(let buffer, let at): nest.instructions[k] = .load(buffer: buffer, at: shortened(buffer, at))
      default: break
      }
    }
    for (k, effect) in effects.enumerated() {
      switch effect {
      case .store(let b, let at, let v): nest.effects[k] = .store(buffer: b, at: shortened(b, at), v)
      case .scatter(let b, let at, let v): nest.effects[k] = .scatter(buffer: b, at: shortened(b, at), v)
      case .scatterAdd(let b, let at, let v):
        nest.effects[k] = .scatterAdd(buffer: b, at: shortened(b, at), v)
      case .fold(var fold):
        fold.target = fold.target.map { .init(buffer: $0.buffer, at: shortened($0.buffer, $0.at)) }
        fold.running = fold.running.map { .init(buffer: $0.buffer, at: shortened($0.buffer, $0.at)) }
        nest.effects[k] = .fold(fold)
      case .append: break
      }
    }
    return nest
  }
}
