import TheanoArrays

/// How a loop nest is run. What it computes, and in which order a float reduction adds, the nest and its form say; the
/// plan is what may be chosen, and searched, without changing results.
package struct LoopPlan: Hashable, Sendable {
  /// The shape of the loops.
  package enum Form: Hashable, Sendable {
    /// All axes as loops, in their order.
    case map
    /// The kept axes as loops, and under them the reduced ones: one accumulator for each fold, one run over the row for
    /// each fold that waits for another.
    case rows
    /// Reduced axes above a kept last one: accumulators side by side, so that memory is read in order.
    case columns
    /// Everything is reduced: partial results, combined in order.
    case whole
  }

  package var form: Form
  /// Whether it may run on several threads: not what writes an element more than once, or appends.
  package var isParallel: Bool
  /// Partial results of a fold over everything, and of a fold over many rows of few columns. Part of the order of sums.
  package var parts = LoopPlan.defaultParts
  /// Accumulators that lie side by side.
  package var tile = LoopPlan.defaultTile
  /// Rows that are added to the accumulators in one go.
  package var block = LoopPlan.defaultBlock
  /// Values of a row that later runs over it find in memory rather than compute again.
  package var keptInRow: [Kept] = []

  /// A value that is kept for later runs over its row.
  package struct Kept: Hashable, Sendable {
    package var value: LoopNest.Ref
    /// The store, a later one, in whose place it lies meanwhile; `nil` for memory of the row's own.
    package var store: Int?
    package init(_ value: LoopNest.Ref, store: Int? = nil) {
      self.value = value
      self.store = store
    }
  }

  package static let defaultParts = 64
  package static let defaultTile = 1024
  package static let defaultBlock = 8
  /// A fold over fewer elements has one partial result.
  package static let singlePart = 4096
  /// Less work than this, in additions, is never worth a second thread; generated code says the same of work that it
  /// has to count.
  package static let parallelWork = 200_000
  /// Values of a row are kept in memory only if the row is known to be this short: they lie on the stack.
  package static let longestKeptRow = 4096

  package init(form: Form, isParallel: Bool) {
    self.form = form
    self.isParallel = isParallel
  }
}

extension LoopPlan {
  /// The plan that is used where nobody has found a better one.
  package init(for nest: LoopNest) {
    let kept = nest.axes.indices.filter { !nest.axes[$0].isReduced }
    let reduced = nest.axes.indices.filter { nest.axes[$0].isReduced }
    let hasFolds = nest.effects.contains { if case .fold = $0 { true } else { false } }
    let isOrdered = nest.effects.contains { effect in
      switch effect {
      case .scatter, .scatterAdd, .append: true
      case .store, .fold: false
      }
    }
    let (canFail, isSequential) = (nest.canFail, nest.isSequential)
    let lengths = nest.axes.map { nest.sizes[$0.extent].constant }
    // The points of a space can be more than an integer counts.
    let points = lengths.contains(nil) ? nil : lengths.reduce(1.0) { $0 * Double($1 ?? 1) }
    let isSmall = points.map { $0 * Double(nest.cost) <= Double(LoopPlan.parallelWork) } ?? false
    if !hasFolds || reduced.isEmpty {
      form = hasFolds ? .rows : .map
    } else if kept.last == nest.axes.count - 1 {
      form = .columns
    } else if kept.isEmpty, !isSequential, !(points.map { $0 < Double(LoopPlan.singlePart) } ?? false) {
      form = .whole
    } else {
      form = .rows
    }
    isParallel = !isOrdered && !canFail && !isSmall && (form == .whole || !kept.isEmpty)
    keptInRow = form == .rows ? nest.worthKeepingInRow(lengths) : []
  }
}

extension LoopNest {
  /// Whether it can fail: it checks indices.
  package var canFail: Bool { instructions.contains { if case .checkedIndex = $0 { true } else { false } } }

  /// Whether points along the reduced axes must be computed one after the other: what is combined so far is stored.
  package var isSequential: Bool {
    effects.contains { if case .fold(let fold) = $0 { fold.running != nil } else { false } }
  }

  /// The number of folds that must be finished before an instruction can be computed, one after the other.
  package var stages: [Int] {
    var stages: [Int] = []
    for instruction in instructions {
      switch instruction {
      case .constant, .parameter, .extent, .index: stages.append(0)
      case .load(_, let at): stages.append(at.map { stages[Int($0.id)] }.max() ?? 0)
      case .apply(_, let operands): stages.append(operands.map { stages[Int($0.id)] }.max() ?? 0)
      case .checkedIndex(let i, let bound, _): stages.append(max(stages[Int(i.id)], stages[Int(bound.id)]))
      case .folded(let effect): stages.append(stages[Int(effects[effect].value.id)] + 1)
      }
    }
    return stages
  }

  /// The instructions that an instruction reads.
  package func operands(of k: Int) -> [Ref] {
    switch instructions[k] {
    case .constant, .parameter, .extent, .index, .folded: []
    case .load(_, let at): at
    case .apply(_, let operands): operands
    case .checkedIndex(let i, let bound, _): [i, bound]
    }
  }

  /// The instructions that effects of one stage need: a run over the row computes these.
  package func needed(for effects: [Effect]) -> Set<Int> {
    var needed: Set<Int> = []
    var pending = effects.flatMap { effect -> [Int] in
      var refs = [effect.value]
      switch effect {
      case .fold(let fold): refs += fold.running?.at ?? []
      case .store, .scatter, .scatterAdd, .append: refs += effect.target?.at ?? []
      }
      return refs.map { Int($0.id) }
    }
    while let k = pending.popLast() {
      guard needed.insert(k).inserted else { continue }
      pending += operands(of: k).map { Int($0.id) }
    }
    return needed
  }

  /// Costly values that one run over a row computes and a later one needs again. They lie where the row's results are to
  /// be, or on the stack if the row is known to be short.
  fileprivate func worthKeepingInRow(_ lengths: [Int?]) -> [LoopPlan.Kept] {
    let reduced = axes.indices.filter { axes[$0].isReduced }
    let stages = stages
    let last = effects.map { stages[Int($0.value.id)] }.max() ?? 0
    guard last > 0, !canFail else { return [] }
    let isShort =
      reduced.count == 1 && (lengths[reduced[0]].map { $0 <= LoopPlan.longestKeptRow } ?? false)
    var kept: [LoopPlan.Kept] = []
    for stage in 1...last {
      let now = needed(for: effects.filter { stages[Int($0.value.id)] == stage })
      for k in now.sorted() where stages[k] < stage && !kept.contains(where: { $0.value == Ref(k) }) {
        guard case .apply(let primitive, _) = instructions[k], primitive.cost >= 16 else { continue }
        // The store comes with the last run that needs the value.
        let needs = (stage...last).last { s in
          needed(for: effects.filter { stages[Int($0.value.id)] == s }).contains(k)
        }
        let store = effects.indices.first { e in
          guard case .store(let buffer, _, let value) = effects[e] else { return false }
          return stages[Int(value.id)] == needs && isFree(buffer, for: dtypes[k])
            && !kept.contains { $0.store == e }
        }
        if store != nil || isShort { kept.append(.init(Ref(k), store: store)) }
      }
    }
    return kept
  }

  /// Whether a buffer that is stored to once may hold other values of a dtype before that.
  private func isFree(_ buffer: Int, for dtype: DType) -> Bool {
    guard buffers[buffer].dtype == dtype else { return false }
    for case .load(buffer, _) in instructions { return false }
    return effects.count { $0.targets.contains { $0.buffer == buffer } } == 1
  }

  /// Whether an instruction is arithmetic on positions, which is written where it is used.
  package func isIndexArithmetic(_ k: Int) -> Bool {
    guard case .apply(let primitive, let operands) = instructions[k], dtypes[k] == .int64 else {
      return false
    }
    guard primitive == .add || primitive == .multiply || primitive == .subtract else { return false }
    return operands.allSatisfy { ref in
      switch self[ref] {
      case .constant, .parameter, .extent, .index: true
      case .apply: isIndexArithmetic(Int(ref.id))
      case .load, .folded, .checkedIndex: false
      }
    }
  }

  /// Roughly what one point costs, in additions.
  package var cost: Int {
    instructions.enumerated().reduce(1) { sum, item in
      switch item.element {
      case .load: sum + 1
      case .apply(let primitive, _): isIndexArithmetic(item.offset) ? sum : sum + primitive.cost
      case .constant, .parameter, .extent, .index, .folded, .checkedIndex: sum
      }
    }
  }
}
