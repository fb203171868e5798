import TheanoArrays

extension LoopNest {
  /// What is illegal in the nest; empty if nothing. Run between stages in debug builds and tests.
  package func violations() -> [String] {
    var found: [String] = []
    func require(_ condition: Bool, _ text: @autoclosure () -> String) {
      if !condition { found.append(text()) }
    }
    func valid(_ ref: Ref, before limit: Int) -> Bool { ref.id >= 0 && Int(ref.id) < limit }

    require(
      instructions.count == dtypes.count, "\(instructions.count) instructions but \(dtypes.count) dtypes")
    for axis in axes { require(sizes.indices.contains(axis.extent), "an axis has no size \(axis.extent)") }
    for (b, buffer) in buffers.enumerated() {
      require(buffer.shape.allSatisfy(sizes.indices.contains), "buffer \(b) has an axis without a size")
    }
    for (k, instruction) in instructions.enumerated() {
      switch instruction {
      case .constant(let c): require(c.dtype == dtypes[k], "constant \(k) is \(c.dtype), not \(dtypes[k])")
      case .parameter(let n):
        require(n >= 0 && dtypes[k].isFloating, "instruction \(k) is no number of the caller's")
      case .extent(let s): require(sizes.indices.contains(s), "instruction \(k) reads no size")
      case .index(let a): require(axes.indices.contains(a), "instruction \(k) reads no axis")
      case .load(let b, let at):
        guard buffers.indices.contains(b) else {
          require(false, "instruction \(k) loads from no buffer"); continue
        }
        require(
          at.count == buffers[b].shape.count,
          "instruction \(k) loads with \(at.count) indices from \(buffers[b])")
        require(
          at.allSatisfy { valid($0, before: k) && dtype($0) == .int64 }, "instruction \(k) has a bad index")
        require(
          buffers[b].dtype.arithmetic == dtypes[k],
          "instruction \(k) loads \(buffers[b].dtype) as \(dtypes[k])")
      case .folded(let e):
        guard effects.indices.contains(e), case .fold(let fold) = effects[e] else {
          require(false, "instruction \(k) reads no fold"); continue
        }
        require(Int(fold.value.id) < k, "instruction \(k) reads a fold that comes later")
        require(
          fold.dtype.arithmetic == dtypes[k], "instruction \(k) reads a fold of \(fold.dtype) as \(dtypes[k])"
        )
      case .apply(let primitive, let operands):
        guard operands.allSatisfy({ valid($0, before: k) }) else {
          require(false, "instruction \(k) uses a later one")
          continue
        }
        let types = operands.map(dtype)
        require(primitive.accepts(types), "instruction \(k): \(primitive) does not take \(types)")
        require(
          primitive.result(types) == dtypes[k],
          "instruction \(k): \(primitive) of \(types) is not \(dtypes[k])")
      case .checkedIndex(let i, let bound, _):
        require(valid(i, before: k) && valid(bound, before: k), "instruction \(k) checks a later one")
      }
    }
    for effect in effects {
      require(valid(effect.value, before: instructions.count), "an effect uses no instruction")
      if case .fold(let fold) = effect, let start = fold.start {
        require(valid(start, before: instructions.count), "a fold starts at no instruction")
      }
      for (buffer, at) in effect.targets {
        guard buffers.indices.contains(buffer) else { require(false, "an effect has no buffer"); continue }
        require(buffers[buffer].isWritten, "buffer \(buffer) is written but not marked so")
        require(at.allSatisfy { valid($0, before: instructions.count) }, "an effect uses no instruction")
        if case .append = effect { continue }
        guard valid(effect.value, before: instructions.count) else { continue }
        var dtype = dtype(effect.value)
        if case .fold(let fold) = effect { dtype = fold.dtype.arithmetic }
        require(
          dtype == buffers[buffer].dtype.arithmetic, "\(dtype) is stored as \(buffers[buffer].dtype)")
        require(
          at.count == buffers[buffer].shape.count, "an effect has \(at.count) indices for \(buffers[buffer])")
      }
    }
    return found
  }
}

extension LoopNest.Effect {
  /// The value that is stored, folded, or decides.
  package var value: LoopNest.Ref {
    switch self {
    case .store(_, _, let v), .scatter(_, _, let v), .scatterAdd(_, _, let v): v
    case .fold(let fold): fold.value
    case .append(let condition, _, _): condition
    }
  }

  /// The buffer that is written, and the indices; `nil` for a fold that only this nest reads.
  package var target: (buffer: Int, at: [LoopNest.Ref])? {
    switch self {
    case .store(let b, let at, _), .scatter(let b, let at, _), .scatterAdd(let b, let at, _): (b, at)
    case .fold(let fold): fold.target.map { ($0.buffer, $0.at) }
    case .append(_, let b, let row): (b, row)
    }
  }

  /// Everything that is written: the buffers, and the indices.
  package var targets: [(buffer: Int, at: [LoopNest.Ref])] {
    guard case .fold(let fold) = self else { return target.map { [$0] } ?? [] }
    return [fold.target, fold.running].compactMap { $0 }.map { ($0.buffer, $0.at) }
  }
}
