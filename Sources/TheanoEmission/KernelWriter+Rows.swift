import TheanoArrays
import TheanoKernels

extension KernelWriter {
  /// Loops over the kept axes, and under them, if there are folds, runs over the reduced ones.
  mutating func rows() {
    if nest.effects.contains(where: { if case .append = $0 { true } else { false } }) {
      code.line("th_i64 rows = 0;")
    }
    let isFlat = folds.isEmpty || reduced.isEmpty
    let range = isDirect ? nil : kept.first
    for axis in kept.dropLast(isFlat ? 1 : 0) {
      loop(axis, from: axis == range ? "begin" : "0", to: axis == range ? "end" : nil, in: rowInstructions(0))
    }
    if isFlat {
      if let last = kept.last {
        innermost(
          last, from: last == range ? "begin" : "0", to: last == range ? "end" : nil, in: everything
        ) { $0.flatPoint() }
      } else {
        flatPoint()
      }
    } else {
      keepRows()
      for stage in 0...lastStage { run(stage) }
      for fold in folds { storeFold(fold, fold.result) }
    }
    for _ in kept.dropLast(isFlat ? 1 : 0) { code.close() }
  }

  /// A point of a nest without reduced axes: folds have one value each.
  private mutating func flatPoint() {
    for fold in folds {
      let value = values.text(fold.value)
      let total = fold.isPosition ? "0" : "(\(fold.carrier.cName))\(value)"
      storeFold(fold, fold.final(total, "0", start: start(of: fold)))
      storeRunning(fold, total)
    }
    for effect in nest.effects { self.effect(effect) }
  }

  private var lastStage: Int { nest.effects.map { values.stages[Int($0.value.id)] }.max() ?? 0 }

  /// The instructions that are computed outside of the runs over a row, once so many folds are finished.
  private func rowInstructions(_ stage: Int) -> Set<Int> {
    Set(nest.instructions.indices.filter { values.stages[$0] == stage && values.depths[$0] <= kept.count })
  }

  /// Memory for values that later runs over a row need again.
  private mutating func keepRows() {
    guard let axis = reduced.last, let length = length(axis) else { return }
    for kept in plan.keptInRow where kept.store == nil {
      code.line("\(nest.dtype(kept.value).cName) row\(kept.value.id)[\(length)];")
    }
  }

  /// Where a value lies that is kept for later runs.
  private func place(of kept: LoopPlan.Kept) -> String {
    guard let store = kept.store, let (buffer, at) = nest.effects[store].target else {
      return "row\(kept.value.id)[i\(reduced.last!)]"
    }
    return "b\(buffer)[\(values.offset(buffer, at))]"
  }

  /// One run over the row: what it folds, and what it stores.
  private mutating func run(_ stage: Int) {
    if stage > 0 { statements(at: kept.count, in: rowInstructions(stage)) }
    let effects = nest.effects.filter { values.stages[Int($0.value.id)] == stage }
    let own = folds.filter { values.stages[Int($0.value.id)] == stage }
    if effects.isEmpty { return }
    let wanted = nest.needed(for: effects)
    declare(own)
    runLoops(own, wanted, from: "0", to: nil) { writer in
      for effect in effects { writer.effect(effect) }
      for kept in writer.plan.keptInRow
      where wanted.contains(Int(kept.value.id)) && writer.values.keptInRow[Int(kept.value.id)] == nil {
        writer.code.line("\(writer.place(of: kept)) = \(writer.values.text(kept.value));")
      }
    }
    for kept in plan.keptInRow where wanted.contains(Int(kept.value.id)) {
      values.keptInRow[Int(kept.value.id)] = place(of: kept)
    }
    for fold in own {
      code.line("const \(fold.fold.dtype.arithmetic.cName) \(fold.result) = \(final(fold));")
    }
  }

  private func final(_ fold: Fold) -> String {
    fold.final(fold.accumulator, fold.place, start: start(of: fold))
  }

  mutating func declare(_ folds: [Fold]) {
    for fold in folds {
      code.line("\(fold.carrier.cName) \(fold.accumulator) = \(fold.neutral());")
      if fold.isPosition { code.line("th_i64 \(fold.place) = -1;") }
    }
  }

  /// The loops over the reduced axes, of the first of them from `first` to `stop`.
  mutating func runLoops(
    _ folds: [Fold], _ wanted: Set<Int>, from first: String, to stop: String?,
    _ effects: (inout KernelWriter) -> Void
  ) {
    let last = reduced.last!
    for (k, axis) in reduced.dropLast().enumerated() {
      loop(axis, from: k == 0 ? first : "0", to: k == 0 ? stop : nil, in: wanted)
    }
    let (begin, end) = reduced.count == 1 ? (first, stop ?? extent(last)) : ("0", extent(last))
    if isVector, nest.effects.count == 1, folds.count == 1, folds[0].isPosition {
      searchRow(folds[0], last, wanted, from: begin, to: end)
    } else if folds.contains(where: \.isPosition) {
      // A loop that keeps a value and its place does not become vector code.
      header(last, from: begin, to: end, vector: false)
      statements(at: depthOfAxis[last], in: wanted)
      for fold in folds { point(fold) }
      effects(&self)
      code.close()
    } else {
      innermost(last, from: begin, to: end, in: wanted) { writer in
        for fold in folds { writer.point(fold) }
        effects(&writer)
      }
    }
    for _ in reduced.dropLast() { code.close() }
  }

  /// Joins one value to an accumulator.
  private mutating func point(_ fold: Fold) {
    let value = values.text(fold.value)
    if fold.isPosition {
      let isBetter = fold.isBetter(value, fold.accumulator, first: "\(fold.place) < 0")
      code.line("if (\(isBetter)) { \(fold.accumulator) = \(value); \(fold.place) = \(position()); }")
    } else if fold.isSum && fold.dtype.isFloating && fold.fold.running == nil {
      // Only the accumulation may be reordered into vector registers, nothing that feeds it.
      code.line("{ TH_REASSOCIATE \(fold.join(fold.accumulator, value)) }")
    } else {
      code.line(fold.join(fold.accumulator, value))
    }
    storeRunning(fold, fold.accumulator)
  }

  /// The position along the reduced axes, row-major, given the one along the last of them.
  func position(last: String? = nil) -> String {
    var result = ""
    for axis in reduced {
      let index = axis == reduced.last ? last ?? "i\(axis)" : "i\(axis)"
      result = result.isEmpty ? index : "(\(result)) * \(extent(axis)) + \(index)"
    }
    return result.isEmpty ? "0" : result
  }

  /// A search for the best value's position, in loops that become vector code, as one that keeps value and position does not:
  /// the best value of a block, and if that is better than all before, its first position in the block.
  private mutating func searchRow(
    _ fold: Fold, _ last: Int, _ wanted: Set<Int>, from begin: String, to end: String
  ) {
    let type = fold.dtype.cName
    let value = values.text(fold.value)
    let size = KernelWriter.searchBlock
    // What costs little is computed twice rather than kept.
    let isCheap =
      nest.cost <= KernelWriter.cheapCost && !values.hasReach(at: depthOfAxis[last], in: wanted)
    let room = min(length(last) ?? size, size)
    if length(last).map({ $0 > size }) ?? true {
      code.open("for (th_i64 block = \(begin); block < \(end); block += \(size))")
      code.line("const th_i64 rest = block + \(size) < \(end) ? block + \(size) : \(end);")
    } else {
      code.open("")
      code.line("const th_i64 block = \(begin), rest = \(end);")
    }
    code.line("\(type) best = \(fold.neutral())\(isCheap ? "" : ", seen[\(max(room, 1))]");")
    innermost(last, from: "block", to: "rest", in: wanted) { writer in
      if !isCheap { writer.code.line("seen[i\(last) - block] = \(value);") }
      writer.code.line(fold.extremum.join("best", value))
    }
    code.open("if (\(fold.isBetter("best", fold.accumulator, first: "\(fold.place) < 0")))")
    code.line("\(fold.accumulator) = best;")
    code.line("th_i32 place = \(room);")
    code.line("TH_VECTOR_LOOP")
    code.open("for (th_i32 j = 0; j < (th_i32)(rest - block); j++)")
    if isCheap {
      code.line("const th_i64 i\(last) = block + j;")
      statements(at: depthOfAxis[last], in: wanted)
    }
    let seen = isCheap ? value : "seen[j]"
    // The best value is NaN if there is a NaN.
    let isBest = "(\(seen) == best)" + (fold.dtype.isFloating ? " | (\(seen) != \(seen))" : "")
    code.line("const th_i32 here = \(isBest) ? j : \(room);")
    code.line("place = here < place ? here : place;")
    code.close()
    code.line("\(fold.place) = \(position(last: "(block + place)"));")
    code.close()
    code.close()
  }
}
