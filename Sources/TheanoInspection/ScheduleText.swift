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
      switch step {
      case .nest(let nest, let buffers):
        [indent + text(nest, buffers)] + nest.comment.notes.map { "\(indent)    \(text(ofNote: $0))" }
      case .product(let p):
        [
          "\(indent)product \(name(p.out)) = \(text(p))",
          "\(indent)    by \(way(p, library))",
        ] + (p.note.map { ["\(indent)    \(text(ofNote: $0))"] } ?? [])
      case .library(let routine, let operands, _):
        ["\(indent)library \(routine)(\(operands.map(name).joined(separator: ", ")))"]
      case .callback(let number, let inputs, let outputs):
        [
          "\(indent)callback \(number) \(inputs.map(name).joined(separator: ", ")) -> "
            + outputs.map(name).joined(separator: ", ")
        ]
      case .branch(let condition, let then, let otherwise):
        ["\(indent)if \(name(condition))"] + lines(then, indent + "  ", library) + ["\(indent)else"]
          + lines(otherwise, indent + "  ", library)
      case .point(let pointer, let target): ["\(indent)\(name(pointer)) points to \(name(target))"]
      case .bind(let symbol, let buffer): ["\(indent)\(symbol.key) is the integer in \(name(buffer))"]
      case .define(let symbol, let size): ["\(indent)\(symbol.key) = \(size)"]
      case .check(let number): ["\(indent)check \(number) of lengths"]
      case .allocate(let buffer): ["\(indent)allocate \(name(buffer)) \(shape(buffer))"]
      }
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

  private func text(_ p: Product) -> String {
    let alpha = text(p.alpha) == "1.0" ? "" : "\(text(p.alpha)) * "
    let product = "\(alpha)\(name(p.a))\(p.transposeA ? ".T" : "") \(name(p.b))\(p.transposeB ? ".T" : "")"
    if p.beta.buffer == nil, p.beta.constant == 0 { return product }
    return product + (text(p.beta) == "1.0" ? " + " : " + \(text(p.beta)) * ") + name(p.out)
  }

  /// Who does a product, and why.
  private func way(_ p: Product, _ library: String) -> String {
    let letter = buffers[p.out].dtype == .float32 ? "s" : "d"
    let routine = "\(letter)\(p.routine) of \(library)"
    let work = p.rows * p.inner * p.columns
    let size = "\(p.rows) x \(p.inner) x \(p.columns) multiplications"
    let most = Product.largestLoop
    guard let n = work.constant else { return "\(routine); by loops if \(size) are at most \(most)" }
    return n > most
      ? "\(routine), since \(size) are more than \(most)" : "loops, since \(size) are at most \(most)"
  }

  private func text(_ factor: Factor) -> String {
    guard let buffer = factor.buffer else { return "\(factor.constant)" }
    return factor.constant == 1 ? name(buffer) : "\(factor.constant) * \(name(buffer))"
  }

  /// A buffer as the generated C names what it is, with what it holds.
  package func name(_ id: BufferID) -> String {
    let comment = buffers[id].comment.isEmpty ? "" : "'\(buffers[id].comment)'"
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
    var tenants: [Int: [Schedule.BufferID]] = [:]
    for (buffer, slot) in slotOf { tenants[slot, default: []].append(buffer) }
    return slots.enumerated().map { number, slot in
      let names = (tenants[number] ?? []).sorted().map(schedule.name)
      return "place \(number), \(slot.bytes) bytes: \(names.joined(separator: ", then "))"
    }.joined(separator: "\n")
  }
}
