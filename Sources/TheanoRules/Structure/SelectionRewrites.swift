import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// Parts of arrays that are whole, or that were just written.
enum SelectionRewrites {
  static let rules: [Rewrite] = [
    wholeEntries, whole, ofWritten, ofSubtensor, writeOfWhole, addOfZero, sumOfIncrements,
  ]

  /// A slice that takes a whole axis is known as such.
  static let wholeEntries = Rewrite("whole slices", .canonical, at: .kind(Subtensor.self), depth: 1) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let op = application.op as? Subtensor else { return nil }
    let dims = graph.dims(application.inputs[0])
    let result = graph.dims(application.firstOutput)
    let ranks = application.inputs.map { graph.dims($0).count }
    var changed = false
    var at = 0
    var entries = op.selection.entries
    for (axis, entry) in entries.enumerated() {
      switch entry {
      case .full: at += 1
      case .index: break
      case .gather(let k): at += ranks[k]
      case .slice(let start, _, let step):
        // As long as the axis, forwards: it is the axis.
        let fromStart = start.map { graph.number(application.inputs[$0]) == 0 } ?? true
        if step == 1, fromStart, result[at] == dims[axis] {
          entries[axis] = .full
          changed = true
        }
        at += 1
      }
    }
    guard changed else { return nil }
    let (selection, operands) = compact(entries, application.inputs, from: 1)
    return try graph.add(Subtensor(selection: selection), [application.inputs[0]] + operands)
  }

  static let whole = Rewrite("subtensor of everything", .canonical, at: .kind(Subtensor.self), depth: 1) {
    graph, node throws(Fault) in
    guard let op = graph.nodes[node].op as? Subtensor, op.selection.entries.allSatisfy({ $0 == .full }) else {
      return nil
    }
    return [graph.nodes[node].inputs[0]]
  }

  /// What is read from the place that it was just written to.
  static let ofWritten = Rewrite("subtensor of what was set there", .canonical, at: .kind(Subtensor.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let read = application.op as? Subtensor, read.selection.gathered == nil,
      let write = graph.application(application.inputs[0], UpdateSubtensor.self),
      write.op.selection == read.selection.shifted(by: 1), hasNoIndex(read.selection),
      Array(write.inputs.dropFirst(2)) == Array(application.inputs.dropFirst())
    else { return nil }
    let value = write.inputs[1]
    guard graph.dims(value) == graph.dims(application.firstOutput) else { return nil }
    if write.op.mode == .set { return [value] }
    return graph.number(write.inputs[0]) == 0 ? [value] : nil
  }

  /// Parts of parts, where each axis is cut by one of the two only.
  static let ofSubtensor = Rewrite("subtensor of subtensor", .canonical, at: .kind(Subtensor.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let outer = application.op as? Subtensor, outer.selection.gathered == nil,
      let inner = graph.application(application.inputs[0], Subtensor.self), inner.op.selection.gathered == nil
    else { return nil }
    let offset = inner.inputs.count - 1
    var next = outer.selection.shifted(by: offset).entries.makeIterator()
    var entries: [Selection.Entry] = []
    for entry in inner.op.selection.entries {
      if case .index = entry {
        entries.append(entry)
        continue
      }
      guard let cut = next.next() else { return nil }
      if entry == .full {
        entries.append(cut)
      } else if cut == .full {
        entries.append(entry)
      } else {
        return nil
      }
    }
    return try graph.add(
      Subtensor(selection: Selection(entries: entries)), inner.inputs + application.inputs.dropFirst())
  }

  static let writeOfWhole = Rewrite(
    "update of everything", .canonical, at: .kind(UpdateSubtensor.self), depth: 1
  ) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let op = application.op as? UpdateSubtensor, op.selection.entries.allSatisfy({ $0 == .full }) else {
      return nil
    }
    if op.mode == .add { return try graph.add(Ops.add, [application.inputs[0], application.inputs[1]]) }
    return [application.inputs[1]]
  }

  static let addOfZero = Rewrite("increment by 0", .canonical, at: .kind(UpdateSubtensor.self)) {
    graph, node throws(Fault) in
    let application = graph.nodes[node]
    guard let op = application.op as? UpdateSubtensor, op.mode == .add,
      graph.number(application.inputs[1]) == 0, hasNoIndex(op.selection)
    else { return nil }
    return [application.inputs[0]]
  }

  /// What is added to zeros but for a part is added to that part. The gradient of many parts of one array is such a sum: a
  /// chain of increments of one array then, and not as many arrays as there are parts.
  static let sumOfIncrements = Rewrite("sum with an increment of zeros", .fast, at: .operation(Ops.add)) {
    graph, node throws(Fault) in
    let (inputs, dims) = (graph.nodes[node].inputs, graph.dims(graph.nodes[node].firstOutput))
    guard inputs.allSatisfy({ graph.dims($0) == dims }) else { return nil }
    for (k, part) in inputs.enumerated() where graph.values[part].useCount == 1 {
      guard let increment = graph.application(part, UpdateSubtensor.self), increment.op.mode == .add,
        graph.number(increment.inputs[0]) == 0
      else { continue }
      return try graph.add(increment.op, [inputs[1 - k]] + increment.inputs.dropFirst())
    }
    return nil
  }

  /// Whether nothing can be out of range, and so nothing is lost that a call must still find.
  private static func hasNoIndex(_ selection: Selection) -> Bool {
    selection.entries.allSatisfy { entry in
      switch entry {
      case .full, .slice: true
      case .index, .gather: false
      }
    }
  }

  /// The operands that a selection still names, and the selection that names them by their new numbers.
  private static func compact(
    _ entries: [Selection.Entry], _ inputs: [Graph.ValueID], from first: Int
  ) -> (Selection, [Graph.ValueID]) {
    var operands: [Graph.ValueID] = []
    func moved(_ k: Int) -> Int {
      operands.append(inputs[k])
      return operands.count - 1 + first
    }
    let renumbered = entries.map { entry -> Selection.Entry in
      switch entry {
      case .full: .full
      case .index(let k): .index(operand: moved(k))
      case .gather(let k): .gather(operand: moved(k))
      case .slice(let a, let b, let step): .slice(start: a.map(moved), stop: b.map(moved), step: step)
      }
    }
    return (Selection(entries: renumbered), operands)
  }
}
