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
        require(buffers[b].dtype == dtypes[k], "instruction \(k) loads \(buffers[b].dtype) as \(dtypes[k])")
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
      let (buffer, at, value) = effect.parts
      guard buffers.indices.contains(buffer) else { require(false, "an effect has no buffer"); continue }
      require(buffers[buffer].isWritten, "buffer \(buffer) is written but not marked so")
      require(
        (at + [value]).allSatisfy { valid($0, before: instructions.count) }, "an effect uses no instruction")
      switch effect {
      case .append: break
      case .fold(.argMax, _, _, _, _), .fold(.argMin, _, _, _, _):
        require(buffers[buffer].dtype == .int64, "a position is stored as \(buffers[buffer].dtype)")
      default:
        require(
          dtype(value) == buffers[buffer].dtype, "\(dtype(value)) is stored as \(buffers[buffer].dtype)")
        require(
          at.count == buffers[buffer].shape.count, "an effect has \(at.count) indices for \(buffers[buffer])")
      }
    }
    return found
  }
}

extension LoopNest.Effect {
  /// The buffer, the indices and the value of any effect.
  package var parts: (buffer: Int, at: [LoopNest.Ref], value: LoopNest.Ref) {
    switch self {
    case .store(let b, let at, let v), .scatter(let b, let at, let v), .scatterAdd(let b, let at, let v):
      (b, at, v)
    case .fold(_, let b, let at, let v, _): (b, at, v)
    case .append(let condition, let b, let row): (b, row, condition)
    }
  }
}
