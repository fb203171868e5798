import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoScheduling

extension Schedule {
  /// The steps in their order, each with the expressions that it computes below it; the steps of a branch are indented.
  ///
  /// - Parameter library: Who does the large products.
  package func listing(library: String = "BLAS") -> String {
    SourceNote.lookUp(notes.map(\.note))
    return lines(steps, "", library).joined(separator: "\n")
  }

  /// The expression that a note is about, and the line it was written at.
  package func text(ofNote number: Int) -> String {
    let origin = notes[number]
    let text = withoutOuterParentheses(ExpressionText.render(origin.op, origin.inputs, underlining: nil).text)
    return origin.note.location.map { "\(text)    \($0)" } ?? text
  }

  private func lines(_ steps: [Step], _ indent: String, _ library: String) -> [String] {
    steps.flatMap { step -> [String] in
      let (line, notes) = text(step, library)
      var lines = line.map { indent + $0 } + notes.map { "\(indent)    \(text(ofNote: $0))" }
      for (k, region) in step.regions.enumerated() {
        if k > 0 { lines.append(indent + "else") }
        lines += self.lines(region, indent + "  ", library)
      }
      return lines
    }
  }

  /// A step in words, and the notes that it bears.
  private func text(_ step: Step, _ library: String) -> (lines: [String], notes: [Int]) {
    switch step {
    case .nest(let n): ([text(n.nest, n.buffers)], n.nest.comment.notes)
    case .product(let p):
      (["product \(name(p.out.buffer)) = \(text(p))", "    by \(way(p, library))"], p.notes)
    case .call(let call):
      (
        [
          "\(call.routine.library) \(call.routine.symbol)(\(call.arguments.map(text).joined(separator: ", ")))"
        ],
        call.notes
      )
    case .callback(let call):
      (
        [
          "callback \(call.number) \(call.inputs.map(name).joined(separator: ", ")) -> "
            + call.outputs.map(name).joined(separator: ", ")
        ], []
      )
    case .branch(let condition, _, _): (["if \(name(condition))"], [])
    case .point(let pointer, let target): (["\(name(pointer)) points to \(name(target))"], [])
    case .bind(let symbol, let buffer): (["\(symbol.key) is the integer in \(name(buffer))"], [])
    case .define(let symbol, let size): (["\(symbol.key) = \(size)"], [])
    case .check(let number): (["check \(number) of lengths"], [])
    case .allocate(let buffer): (["allocate \(name(buffer)) \(shape(buffer))"], [])
    }
  }

  private func text(_ argument: Step.RoutineCall.Argument) -> String {
    switch argument {
    case .buffer(let id): name(id)
    case .length(let size): "\(size)"
    case .number(let x): "\(x)"
    case .flag(let flag): flag ? "1" : "0"
    case .letter(let letter): "\(letter)"
    }
  }

  private func text(_ nest: LoopNest, _ ids: [BufferID]) -> String {
    let axes = nest.axes.map { "\(nest.sizes[$0.extent])\($0.isReduced ? " reduced" : "")" }.joined(
      separator: " x ")
    func list(_ written: Bool) -> String {
      let names = zip(nest.buffers, ids).filter { $0.0.isWritten == written }.map { name($0.1) }
      return names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }
    let operations = nest.instructions.count { if case .apply = $0 { true } else { false } }
    return "nest [\(axes)] reads \(list(false)), writes \(list(true)), \(operations) operations a point"
  }

  private func text(_ p: Step.Product) -> String {
    let alpha = text(p.alpha) == "1.0" ? "" : "\(text(p.alpha)) * "
    func matrix(_ m: Step.Product.Matrix) -> String { name(m.buffer) + (m.isTransposed ? ".T" : "") }
    let product = "\(alpha)\(matrix(p.a)) \(matrix(p.b))"
    if p.beta.buffer == nil, p.beta.constant == 0 { return product }
    return product + (text(p.beta) == "1.0" ? " + " : " + \(text(p.beta)) * ") + name(p.out.buffer)
  }

  /// Who does a product, and why.
  private func way(_ p: Step.Product, _ library: String) -> String {
    let letter = buffers[p.out.buffer].dtype == .float32 ? "s" : "d"
    let routine = "\(letter)\(p.routine) of \(library)"
    let work = p.rows * p.inner * p.columns
    let size = "\(p.rows) x \(p.inner) x \(p.columns) multiplications"
    let most = Step.Product.largestLoop
    guard let n = work.constant else { return "\(routine); by loops if \(size) are at most \(most)" }
    return n > most
      ? "\(routine), since \(size) are more than \(most)" : "loops, since \(size) are at most \(most)"
  }

  private func text(_ factor: Step.Product.Factor) -> String {
    guard let buffer = factor.buffer else { return "\(factor.constant)" }
    return factor.constant == 1 ? name(buffer) : "\(factor.constant) * \(name(buffer))"
  }

  /// A buffer as the generated C names what it is, with what it holds.
  package func name(_ id: BufferID) -> String {
    let comment = contents[id].comment.isEmpty ? "" : "'\(contents[id].comment)'"
    switch buffers[id].storage {
    case .leaf(let k): return "leaf\(k)\(comment)"
    case .constant(let k): return "constant\(k)"
    case .result(let k): return "result\(k)\(comment)"
    case .alias(let base): return "\(name(base)) as \(shape(id))"
    case .workspace, .scratch, .pointer: return "b\(id)\(comment)"
    }
  }

  private func shape(_ id: BufferID) -> String {
    "[\(buffers[id].shape.map(\.description).joined(separator: ", "))]"
  }
}

extension MemoryPlan {
  /// The places of the workspace, with the buffers that take turns in each.
  package func listing(of schedule: Schedule) -> String {
    var tenants: [Int: [BufferID]] = [:]
    for (buffer, slot) in slotOf { tenants[slot, default: []].append(buffer) }
    return slots.enumerated().map { number, slot in
      let names = (tenants[number] ?? []).sorted().map(schedule.name)
      return "place \(number), \(slot.bytes) bytes: \(names.joined(separator: ", then "))"
    }.joined(separator: "\n")
  }
}
