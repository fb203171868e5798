import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoScheduling

/// Makes a program of a schedule and its memory plan.
package struct ProgramBuilder {
  private let schedule: Schedule
  private let plan: MemoryPlan
  private var program = Program()
  private var kernelNumbers: [KernelKey: Int] = [:]
  private var routineNumbers: [Routine: Int] = [:]
  /// Where each place of the memory plan lies.
  private var places: [Program.Place] = []
  /// Nests that stand so often with other numbers that the numbers are passed.
  private var parametrised: Set<LoopNest> = []
  private var known: Set<Size.Symbol> = []

  private struct KernelKey: Hashable {
    var nest: LoopNest
    var plan: LoopPlan
  }

  /// A nest is written this often before its numbers become parameters.
  private static let fewestVariants = 4

  package static func program(_ schedule: Schedule, _ plan: MemoryPlan) -> Program {
    var builder = ProgramBuilder(schedule: schedule, plan: plan)
    builder.build()
    return builder.program
  }

  private init(schedule: Schedule, plan: MemoryPlan) {
    self.schedule = schedule
    self.plan = plan
  }

  private mutating func build() {
    program.leafCount = schedule.leafCount
    program.resultCount = schedule.outputs.count
    program.checks = schedule.checks.map { ($0.relation == .equal, $0.left, $0.right) }
    program.entryChecks = schedule.entryChecks
    for (symbol, buffer) in schedule.leafLengths {
      guard case .leaf(let leaf) = schedule.buffers[buffer].storage else { continue }
      program.leafLengths.append((symbol, leaf, schedule.buffers[buffer].dtype))
    }
    for (id, buffer) in schedule.buffers.enumerated() {
      switch buffer.storage {
      case .pointer, .scratch: program.pointers.append((id, buffer.dtype))
      case .leaf, .constant, .workspace, .result, .alias: break
      }
    }
    layOut()
    findLengths()
    findParametrised()
    program.statements = statements(schedule.steps)
  }

  // MARK: - Lengths

  private mutating func findLengths() {
    var sizes: [Size] = program.classes.map(\.bytes)
    for buffer in schedule.buffers { sizes += buffer.shape }
    for check in schedule.checks { sizes += [check.left, check.right] }
    var late: Set<Size.Symbol> = []
    schedule.steps.walk { step in
      sizes += step.sizes
      switch step {
      case .bind(let symbol, _), .define(let symbol, _): late.insert(symbol)
      case .callback(let call):
        for id in call.outputs {
          for size in schedule.buffers[id].shape {
            for case .found(let value, let slot) in size.symbols {
              late.insert(.found(value: value, slot: slot))
            }
          }
        }
      case .nest, .product, .call, .branch, .point, .check, .allocate: break
      }
    }
    program.lateSymbols = late.sorted { $0.key < $1.key }
    var axes: Set<Size.Symbol> = []
    for size in sizes {
      for case .axis(let leaf, let axis) in size.bases { axes.insert(.axis(leaf: leaf, axis: axis)) }
    }
    program.axes = axes.sorted { a, b in
      guard case .axis(let i, let k) = a, case .axis(let j, let l) = b else { return false }
      return (i, k) < (j, l)
    }
    known = axes.union(program.leafLengths.map(\.symbol))
    for function in Size.functions(of: sizes) {
      if function.bases.allSatisfy(known.contains) {
        program.entryFunctions.append(function)
      } else if function.bases.allSatisfy({ known.contains($0) || late.contains($0) }) {
        program.lateFunctions.append(function)
      }
    }
  }

  /// What has become known with some symbols.
  private mutating func learn(_ symbols: [Size.Symbol]) -> [Program.Statement] {
    let before = known
    known.formUnion(symbols)
    return program.lateFunctions.filter { function in
      function.bases.allSatisfy(known.contains) && !function.bases.allSatisfy(before.contains)
    }.map { .define(.function($0), 0) }
  }

  // MARK: - Memory

  /// Places of one length lie side by side, so that a large program needs no variable for each: those of known lengths
  /// first, then for each other length its places.
  private mutating func layOut() {
    places = Array(repeating: .workspace(.known(0)), count: plan.slots.count)
    var known = 0
    var numbers: [Size: Int] = [:]
    for (k, slot) in plan.slots.enumerated() {
      guard let n = slot.bytes.constant else {
        let number = numbers[slot.bytes] ?? program.classes.count
        if numbers[slot.bytes] == nil {
          numbers[slot.bytes] = number
          program.classes.append((slot.bytes, 0))
        }
        places[k] = .workspaceClass(number, .known(program.classes[number].count))
        program.classes[number].count += 1
        continue
      }
      places[k] = .workspace(.known(known))
      // Scalars need not lie 64 bytes apart.
      let (end, overflow) = known.addingReportingOverflow(n <= 16 ? 16 : n > .max - 63 ? n : (n + 63) & ~63)
      if overflow || end > 1 << 46 { program.isTooLarge = true }
      known = overflow ? 0 : end
    }
    program.knownBytes = program.isTooLarge ? 0 : (known + 63) & ~63
  }

  private func place(_ id: BufferID) -> Program.Place {
    switch schedule.buffers[id].storage {
    case .leaf(let k): .leaf(.known(k))
    case .constant(let k): .constant(.known(k))
    case .workspace: places[plan.slotOf[id] ?? 0]
    case .alias(let base): place(base)
    case .result(let k): .result(.known(k))
    case .scratch, .pointer: .pointer(id)
    }
  }

  private func isSamePlace(_ a: BufferID, _ b: BufferID) -> Bool {
    guard let slot = plan.slotOf[schedule.root(a)] else { return false }
    return plan.slotOf[schedule.root(b)] == slot
  }

  private func address(_ id: BufferID) -> Program.Argument { .address(place(id), schedule.buffers[id].dtype) }

  private func length(_ size: Size) -> Program.Argument {
    if case .axis(let leaf, let axis) = size.symbol {
      return .axisLength(leaf: .known(leaf), axis: .known(axis))
    }
    return .length(size)
  }

  // MARK: - Statements

  private mutating func statements(_ steps: [Step]) -> [Program.Statement] {
    var result: [Program.Statement] = []
    for step in steps { result += statements(step) }
    return result
  }

  private mutating func statements(_ step: Step) -> [Program.Statement] {
    switch step {
    case .nest(let nest): return call(nest).map { [.call($0)] } ?? []
    case .product(let product): return [.call(call(product))]
    case .call(let routine): return [.call(call(routine))]
    case .callback(let call):
      func array(_ id: BufferID) -> Program.Array {
        Program.Array(place: place(id), dtype: schedule.buffers[id].dtype, shape: schedule.buffers[id].shape)
      }
      let found = call.outputs.flatMap { id in
        schedule.buffers[id].shape.flatMap { size in
          size.symbols.filter { if case .found = $0 { true } else { false } }
        }
      }
      return [
        .callback(number: call.number, inputs: call.inputs.map(array), outputs: call.outputs.map(array))
      ] + learn(found)
    case .branch(let condition, let then, let otherwise):
      let before = known
      let first = statements(then)
      known = before
      let second = statements(otherwise)
      known = before
      var found: [Size.Symbol] = []
      then.walk { if case .define(let symbol, _) = $0 { found.append(symbol) } }
      return [.branch(place(condition), then: first, otherwise: second)] + learn(found)
    case .point(let pointer, let target): return [.point(pointer, to: place(target))]
    case .bind(let symbol, let buffer):
      return [.bind(symbol, place(buffer), schedule.buffers[buffer].dtype)] + learn([symbol])
    case .define(let symbol, let size): return [.define(symbol, size)] + learn([symbol])
    case .check(let k): return [.check(k)]
    case .allocate(let id):
      let buffer = schedule.buffers[id]
      switch buffer.storage {
      case .result(let k): return [.allocateResult(.known(k), shape: buffer.shape)]
      case .scratch(let slot): return [.allocateScratch(id, slot: slot, bytes: buffer.bytes)]
      case .leaf, .constant, .workspace, .alias, .pointer: return []
      }
    }
  }

  private mutating func findParametrised() {
    var variants: [LoopNest: Set<[LoopNest.Constant]>] = [:]
    schedule.steps.walk { step in
      guard case .nest(let nest) = step else { return }
      let (general, numbers) = nest.nest.parametrised()
      if !numbers.isEmpty { variants[general.withoutLengths().nest, default: []].insert(numbers) }
    }
    parametrised = Set(variants.filter { $0.value.count >= ProgramBuilder.fewestVariants }.keys)
  }

  private mutating func call(_ step: Step.Nest) -> Program.Call? {
    // The memory plan has put the copy where the original was.
    if let (from, to) = step.nest.copied, isSamePlace(step.buffers[from], step.buffers[to]) { return nil }
    var (nest, lengths) = step.nest.withoutLengths()
    var numbers: [LoopNest.Constant] = []
    if !parametrised.isEmpty {
      let (general, values) = step.nest.parametrised()
      if parametrised.contains(general.withoutLengths().nest) {
        (nest, lengths) = general.withoutLengths()
        numbers = values
      }
    }
    for (k, instruction) in nest.instructions.enumerated() {
      if case .checkedIndex(let i, let bound, let check) = instruction {
        nest.instructions[k] = .checkedIndex(i, bound: bound, check: check + schedule.checks.count)
      }
    }
    let key = KernelKey(nest: nest, plan: step.plan)
    let number = kernelNumbers[key] ?? program.kernels.count
    if kernelNumbers[key] == nil {
      kernelNumbers[key] = number
      program.kernels.append(.init(nest: nest, plan: step.plan, notes: step.nest.comment.notes))
    }
    program.kernels[number].calls += 1
    let arguments =
      step.buffers.map(address) + lengths.map(length)
      + numbers.map { constant in
        constant.dtype.isFloating
          ? .number(constant) : .integer(.known(Int(Int64(bitPattern: constant.bits))))
      }
    return Program.Call(
      callee: .kernel(number), arguments: arguments, check: nest.canFail ? 0 : nil,
      notes: .init(numbers: step.nest.comment.notes))
  }

  private func call(_ p: Step.Product) -> Program.Call {
    let dtype = schedule.buffers[p.out.buffer].dtype
    func factor(_ f: Step.Product.Factor) -> Program.Argument {
      guard let buffer = f.buffer else { return .number(.init(f.constant, dtype)) }
      return .element(place(buffer), dtype, times: f.constant)
    }
    var arguments: [Program.Argument] = [
      .flag(p.a.isTransposed), .flag(p.b.isTransposed), length(p.rows), length(p.columns), length(p.inner),
      factor(p.alpha), address(p.a.buffer), length(p.a.stride), address(p.b.buffer), length(p.b.stride),
      factor(p.beta), address(p.out.buffer),
    ]
    for axis in p.batch.indices {
      arguments += [p.batch[axis], p.a.batchStrides[axis], p.b.batchStrides[axis], p.out.batchStrides[axis]]
        .map(length)
    }
    return Program.Call(
      callee: .product(dtype, batch: p.batch.count), arguments: arguments, notes: .init(numbers: p.notes))
  }

  private mutating func call(_ step: Step.RoutineCall) -> Program.Call {
    let number = routineNumbers[step.routine] ?? program.routines.count
    if routineNumbers[step.routine] == nil {
      routineNumbers[step.routine] = number
      program.routines.append(step.routine)
    }
    let arguments = step.arguments.map { argument -> Program.Argument in
      switch argument {
      case .buffer(let id): address(id)
      case .length(let size): length(size)
      case .number(let x): .number(.init(x, .float64))
      case .flag(let flag): .flag(flag)
      case .letter(let letter): .letter(letter)
      }
    }
    return Program.Call(
      callee: .routine(number), arguments: arguments, check: step.check.map { $0 + schedule.checks.count },
      notes: .init(numbers: step.notes))
  }
}

extension LoopNest {
  /// The nest with stand-ins for the lengths that only the call knows, and those lengths: nests that differ in such lengths
  /// alone are equal.
  func withoutLengths() -> (nest: LoopNest, lengths: [Size]) {
    var nest = self
    var lengths: [Size] = []
    for (k, size) in sizes.enumerated() where size.constant == nil {
      nest.sizes[k] = Size(.value(-1 - lengths.count))
      lengths.append(size)
    }
    return (nest, lengths)
  }
}
