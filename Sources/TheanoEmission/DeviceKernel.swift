import TheanoArrays
import TheanoKernels

/// A loop nest as a kernel for a device with a grid of work items: OpenCL C and CUDA C.
///
/// What is computed is said by the same nest, and rendered by the same writers, as for the CPU. Without reductions each
/// point is a work item. A reduction along some axes is a loop in the work item of each result; one over everything is
/// done by a single group, whose items take every 256th element and join their results by halves. Devices may lack
/// `float64`, so sums are carried in their own dtype.
package struct DeviceKernel {
  /// The kernel's definition.
  package private(set) var text = ""
  /// The functions of the prelude that it calls.
  package let functions: Set<String>
  /// The sizes that it takes after its buffers.
  package let sizes: [Size]

  /// The work items of a group that reduces everything.
  package static let group = 256

  private let nest: LoopNest
  private let dialect: Dialect
  private let kept: [Int]
  private let reduced: [Int]
  private let folds: [Fold]
  private let values: ValueWriter
  private let depthOfAxis: [Int]
  private var code = CodeWriter()

  /// - Returns: `nil` for what runs on the host only: indices that may be out of range, and writes to places that
  ///   several points may name.
  package init?(_ nest: LoopNest, name: String, dialect: Dialect) {
    let nest = nest.collapsed()
    let runsHere =
      nest.effects.allSatisfy { effect in
        switch effect {
        case .store, .fold: true
        case .scatter, .scatterAdd, .append: false
        }
      } && !nest.canFail
    guard runsHere else { return nil }
    self.nest = nest
    self.dialect = dialect
    kept = nest.axes.indices.filter { !nest.axes[$0].isReduced }
    reduced = nest.axes.indices.filter { nest.axes[$0].isReduced }
    folds = Fold.all(of: nest)
    var depths = Array(repeating: 0, count: nest.axes.count)
    for (depth, axis) in reduced.enumerated() { depths[axis] = depth + 1 }
    depthOfAxis = depths
    values = ValueWriter(nest, depthOfAxis: depths, rowDepth: 0, dialect: dialect)
    // A group has no row to run over again.
    if kept.isEmpty, !folds.isEmpty, nest.isSequential || values.stages.contains(where: { $0 > 0 }) {
      return nil
    }
    let floats = Set(nest.dtypes.filter(\.isFloating).map { "base_\($0.suffix)" })
    functions = values.functions.union(floats)
    let parameters = nest.sizes.indices.filter { nest.sizes[$0].constant == nil }
    sizes = parameters.map { nest.sizes[$0] }
    write(name, parameters)
  }

  /// The whole unit: the parts of the prelude that the kernel needs, and the kernel.
  package var unit: String {
    // Which integers there are is the host's business in C; a device has no host table.
    let integers = """
      typedef unsigned char th_u8;
      typedef signed char th_i8;
      typedef unsigned short th_u16;
      typedef short th_i16;
      """
    return [PreludeParts.text(for: functions), integers, text].joined(separator: "\n") + "\n"
  }

  // MARK: - Writing

  private func extent(_ axis: Int) -> String { values.size(nest.axes[axis].extent) }

  private mutating func write(_ name: String, _ sizes: [Int]) {
    let buffers = nest.buffers.enumerated().map { number, buffer in
      "\(dialect.bufferQualifier)\(buffer.isWritten ? "" : "const ")\(buffer.dtype.cName) *b\(number)"
    }
    let parameters = buffers + sizes.map { "th_i64 s\($0)" }
    open("\(dialect.kernelQualifier) \(name)(\(parameters.joined(separator: ", ")))")
    if kept.isEmpty, !folds.isEmpty {
      group()
    } else {
      item()
    }
    close()
    text = code.text
  }

  private mutating func line(_ text: String) { code.line(text) }
  private mutating func open(_ text: String) { code.open(text) }
  private mutating func close() { code.close() }

  private mutating func statements(at depth: Int, in wanted: Set<Int>) {
    for statement in values.statements(at: depth, in: wanted) { line(statement) }
  }

  /// The instructions outside of the loops that can be computed once so many folds are finished.
  private func outside(_ stage: Int) -> Set<Int> {
    Set(nest.instructions.indices.filter { values.stages[$0] == stage && values.depths[$0] == 0 })
  }

  /// One work item for each point of the axes that are kept.
  private mutating func item() {
    let count = kept.isEmpty ? "1" : kept.map(extent).joined(separator: " * ")
    line("const th_i64 item = \(dialect.gridPosition);")
    line("if (item >= \(count)) return;")
    var rest = "item"
    for (k, axis) in kept.enumerated().reversed() {
      line("const th_i64 i\(axis) = \(k == 0 ? rest : "\(rest) % \(extent(axis))");")
      rest = rest == "item" ? "item / \(extent(axis))" : "\(rest) / \(extent(axis))"
    }
    guard !folds.isEmpty else {
      statements(at: 0, in: Set(nest.instructions.indices))
      for effect in nest.effects { store(effect) }
      return
    }
    for stage in 0...(nest.effects.map { values.stages[Int($0.value.id)] }.max() ?? 0) {
      statements(at: 0, in: outside(stage))
      let effects = nest.effects.filter { values.stages[Int($0.value.id)] == stage }
      let own = folds.filter { values.stages[Int($0.value.id)] == stage }
      accumulators(own)
      let wanted = nest.needed(for: effects)
      for axis in reduced { loop(axis, from: "0", step: "1", in: wanted) }
      point(own, effects)
      for _ in reduced { close() }
      results(own)
    }
  }

  /// One group of work items for everything.
  private mutating func group() {
    // The first best position is found in order, by one item.
    let isOrdered = folds.contains(where: \.isPosition)
    line("const th_i64 item = \(dialect.groupPosition);")
    if isOrdered { line("if (item > 0) return;") }
    let everything = Set(nest.instructions.indices)
    statements(at: 0, in: everything)
    accumulators(folds)
    for (k, axis) in reduced.enumerated() {
      let isShared = k == 0 && !isOrdered
      loop(
        axis, from: isShared ? "item" : "0", step: isShared ? "\(DeviceKernel.group)" : "1", in: everything)
    }
    point(folds, nest.effects)
    for _ in reduced { close() }
    if isOrdered {
      results(folds)
      return
    }
    for fold in folds {
      let f = fold.effect
      line("\(dialect.sharedQualifier)\(fold.dtype.cName) shared\(f)[\(DeviceKernel.group)];")
      line("shared\(f)[item] = acc\(f);")
    }
    line(dialect.barrier)
    open("for (th_i64 width = \(DeviceKernel.group / 2); width > 0; width /= 2)")
    open("if (item < width)")
    for fold in folds {
      let f = fold.effect
      line("const \(fold.dtype.cName) other\(f) = shared\(f)[item + width];")
      line(fold.join("acc\(f)", "other\(f)", isHost: false))
      line("shared\(f)[item] = acc\(f);")
    }
    close()
    line(dialect.barrier)
    close()
    open("if (item == 0)")
    results(folds)
    close()
  }

  private mutating func loop(_ axis: Int, from begin: String, step: String, in wanted: Set<Int>) {
    let next = step == "1" ? "i\(axis)++" : "i\(axis) += \(step)"
    open("for (th_i64 i\(axis) = \(begin); i\(axis) < \(extent(axis)); \(next))")
    statements(at: depthOfAxis[axis], in: wanted)
  }

  private mutating func accumulators(_ folds: [Fold]) {
    for fold in folds {
      line("\(fold.dtype.cName) \(fold.accumulator) = \(fold.neutral(dialect));")
      if fold.isPosition { line("th_i64 \(fold.place) = -1;") }
    }
  }

  private mutating func point(_ folds: [Fold], _ effects: [LoopNest.Effect]) {
    for fold in folds {
      let value = values.text(fold.value)
      if fold.isPosition {
        let better = fold.isBetter(value, fold.accumulator, first: "\(fold.place) < 0")
        line("if (\(better)) { \(fold.accumulator) = \(value); \(fold.place) = \(position); }")
      } else {
        line(fold.join(fold.accumulator, value, isHost: false))
      }
      if let running = fold.fold.running {
        line(
          "b\(running.buffer)[\(values.offset(running.buffer, running.at))] = "
            + "\(values.stored(fold.accumulator, in: running.buffer));")
      }
    }
    for effect in effects { store(effect) }
  }

  /// The position along the reduced axes, row-major.
  private var position: String {
    reduced.dropFirst().reduce(reduced.first.map { "i\($0)" } ?? "0") { "(\($0)) * \(extent($1)) + i\($1)" }
  }

  private mutating func store(_ effect: LoopNest.Effect) {
    guard case .store(let buffer, let at, let value) = effect else { return }
    line("b\(buffer)[\(values.offset(buffer, at))] = \(values.stored(values.text(value), in: buffer));")
  }

  private mutating func results(_ folds: [Fold]) {
    for fold in folds {
      let sum = fold.fold.start.map { "(\(fold.accumulator) + \(values.text($0)))" } ?? fold.accumulator
      let value = fold.isPosition ? fold.place : "(\(fold.fold.dtype.arithmetic.cName))\(sum)"
      line("const \(fold.fold.dtype.arithmetic.cName) \(fold.result) = \(value);")
      guard let target = fold.fold.target else { continue }
      line(
        "b\(target.buffer)[\(values.offset(target.buffer, target.at))] = "
          + "\(values.stored(fold.result, in: target.buffer));")
    }
  }
}
