import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoScheduling

/// A program as C source, with what the host must know to call it.
package struct Program: Sendable {
  package var source: String
  /// What a workspace and the results cost: kernels that were written once and called more than once.
  package var kernels: Int
  package var kernelCalls: Int
  /// The functions of the prelude that it calls, such as `exp_f64`.
  package var functions: Set<String>
}

/// Writes a schedule as one C translation unit with one entry.
package struct ProgramWriter {
  let schedule: Schedule
  let plan: MemoryPlan
  var body: [String] = []
  var indent = 1
  private var kernels: [(notes: String, text: KernelText)] = []
  private var kernelNumbers: [String: Int] = [:]
  private var functions: Set<String> = []
  private var calls = 0
  private var callsOfKernel: [Int] = []
  private var productCalls = 0
  /// Nests that stand so often with other numbers that the numbers are passed.
  private var parametrised: Set<LoopNest> = []
  private var usesProduct: Set<DType> = []
  /// Where each place of the memory plan begins in the workspace.
  var offsets: [String] = []
  /// What the entry's steps name, beside the entry's own parameters.
  var variables: [Variable] = []

  package static func write(_ schedule: Schedule, _ plan: MemoryPlan, hostText: String) -> Program {
    var writer = ProgramWriter(schedule, plan)
    return writer.write(hostText)
  }

  private init(_ schedule: Schedule, _ plan: MemoryPlan) {
    self.schedule = schedule
    self.plan = plan
  }

  mutating func line(_ text: String) { body.append(String(repeating: "  ", count: indent) + text) }

  // MARK: - The unit

  private mutating func write(_ hostText: String) -> Program {
    findParametrised()
    entryHead()
    let parts = writeSteps()
    var own = [Notes.beginning]
    for (k, kernel) in kernels.enumerated() {
      own.append(kernel.notes + kernel.text.named("k\(k)", attribute: attribute(callsOfKernel[k])) + "\n")
    }
    own += parts
    own.append(
      "__attribute__((visibility(\"default\"))) th_i32 theano_entry(const th_host *host, th_call *call, const th_arg *args, th_result *results, th_error *error) {"
    )
    own += body
    own += ["  return TH_OK;", "}", ""]
    var source = ["// Written by Theano for Swift.", hostText, PreludeParts.text(for: functions)]
    source.append(Services.text(for: own))
    for dtype in usesProduct.sorted(by: { $0.rawValue < $1.rawValue }) {
      source.append(ProductText.text(dtype, inline: productCalls <= ProgramWriter.callsWorthInlining))
    }
    source += own
    return Program(
      source: source.joined(separator: "\n"), kernels: kernels.count, kernelCalls: calls,
      functions: functions)
  }

  /// What is called more often stands alone, or the compiler's time goes into copies of it.
  private static let callsWorthInlining = 4

  /// What is called once becomes a part of its caller; told so, the compiler does not optimise it twice.
  private func attribute(_ calls: Int) -> String {
    calls > ProgramWriter.callsWorthInlining ? "TH_APART " : calls == 1 ? "TH_INLINE " : ""
  }

  // MARK: - Buffers

  func leaf(_ buffer: Schedule.BufferID) -> Int {
    if case .leaf(let k) = schedule.buffers[buffer].storage { k } else { 0 }
  }

  /// The address of a buffer's first element.
  private func address(_ id: Schedule.BufferID) -> String {
    let buffer = schedule.buffers[id]
    switch buffer.storage {
    case .leaf(let k): return "(\(buffer.dtype.cName) *)args[\(k)].data"
    case .constant(let k): return "(\(buffer.dtype.cName) *)args[\(schedule.leafCount + k)].data"
    case .workspace: return "(\(buffer.dtype.cName) *)(w + \(offsets[plan.slotOf[id] ?? 0]))"
    case .alias(let base): return address(base)
    case .result, .scratch, .pointer: return "b\(id)"
    }
  }

  // MARK: - Steps

  private mutating func emit(_ steps: [Schedule.Step]) {
    for step in steps { emit(step) }
  }

  mutating func emit(_ step: Schedule.Step) {
    switch step {
    case .nest(let nest, let buffers): kernelCall(nest, buffers)
    case .product(let product): productCall(product)
    case .library(let routine, let operands, let check): libraryCall(routine, operands, check)
    case .callback(let number, let inputs, let outputs): callbackCall(number, inputs, outputs)
    case .branch(let condition, let then, let otherwise):
      line("if (*\(address(condition))) {")
      indent += 1
      emit(then)
      indent -= 1
      line("} else {")
      indent += 1
      emit(otherwise)
      indent -= 1
      line("}")
    case .point(let pointer, let target): line("b\(pointer) = \(address(target));")
    case .bind(let symbol, let buffer):
      line("\(symbol.key) = \(length(schedule.buffers[buffer].dtype, address(buffer)));")
    case .define(let symbol, let size): line("\(symbol.key) = \(size.cText);")
    case .check(let k): sizeCheck(k)
    case .allocate(let id): allocate(id)
    }
  }

  private mutating func allocate(_ id: Schedule.BufferID) {
    let buffer = schedule.buffers[id]
    let type = buffer.dtype.cName
    switch buffer.storage {
    case .result(let k) where buffer.shape.isEmpty: line("b\(id) = (\(type) *)results[\(k)].inline_scalar;")
    case .result(let k):
      line("{ const th_i64 shape[] = {\(buffer.shape.map(\.cText).joined(separator: ", "))};")
      line(
        "  b\(id) = (\(type) *)host->result(call, \(k), \(buffer.shape.count), shape); if (!b\(id)) return TH_HOST; }"
      )
    case .scratch(let slot):
      refuseIfTooLarge(buffer.count * Size(buffer.dtype.itemSize))
      line(
        "b\(id) = (\(type) *)host->scratch(call, \(slot), (\(buffer.count.cText)) * \(buffer.dtype.itemSize));"
      )
      line("if (!b\(id)) return TH_HOST;")
    default: break
    }
  }

  /// A nest is written this often before its numbers become parameters.
  private static let fewestVariants = 4

  private mutating func findParametrised() {
    var variants: [LoopNest: Set<[LoopNest.Constant]>] = [:]
    walk(schedule.steps) { step in
      guard case .nest(let nest, _) = step else { return }
      let (general, numbers) = nest.parametrised()
      if !numbers.isEmpty { variants[general, default: []].insert(numbers) }
    }
    parametrised = Set(variants.filter { $0.value.count >= ProgramWriter.fewestVariants }.keys)
  }

  private mutating func kernelCall(_ nest: LoopNest, _ buffers: [Schedule.BufferID]) {
    // The memory plan has put the copy where the original was.
    if let (from, to) = nest.copied, isSamePlace(buffers[from], buffers[to]) { return }
    var nest = nest
    var numbers: [LoopNest.Constant] = []
    if !parametrised.isEmpty {
      let (general, values) = nest.parametrised()
      if parametrised.contains(general) { (nest, numbers) = (general, values) }
    }
    let offset = schedule.checks.count
    for (k, instruction) in nest.instructions.enumerated() {
      if case .checkedIndex(let i, let bound, let check) = instruction {
        nest.instructions[k] = .checkedIndex(i, bound: bound, check: check + offset)
      }
    }
    let kernel = KernelWriter.write(nest)
    functions.formUnion(kernel.functions)
    let number: Int
    let name: String
    if let known = kernelNumbers[kernel.text] {
      number = known
      name = "k\(number)"
    } else {
      number = kernels.count
      name = "k\(number)"
      kernelNumbers[kernel.text] = number
      callsOfKernel.append(0)
      kernels.append((Notes.mark(nest.comment.notes), kernel))
    }
    calls += 1
    callsOfKernel[number] += 1
    var arguments = ["host", "call"] + buffers.map(address) + kernel.sizes.map(\.cText)
    arguments += numbers.map { number in
      number.dtype.isFloating
        ? StepRuns.number(number.literal(.c)) : StepRuns.place(Int(Int64(bitPattern: number.bits)))
    }
    if kernel.canFail {
      arguments.append("error")
      line("if (\(name)(\(arguments.joined(separator: ", ")))) return TH_CHECK;")
    } else {
      line("\(name)(\(arguments.joined(separator: ", ")));")
    }
  }

  private func isSamePlace(_ a: Schedule.BufferID, _ b: Schedule.BufferID) -> Bool {
    let (a, b) = (schedule.root(a), schedule.root(b))
    guard let slot = plan.slotOf[a] else { return false }
    return plan.slotOf[b] == slot
  }

  private func factor(_ f: Schedule.Factor, _ dtype: DType) -> String {
    let constant = LoopNest.Constant(f.constant, dtype).literal(.c)
    guard let buffer = f.buffer else { return constant }
    return f.constant == 1 ? "*\(address(buffer))" : "\(constant) * *\(address(buffer))"
  }

  private mutating func productCall(_ p: Schedule.Product) {
    let (a, b) = (schedule.buffers[p.a], schedule.buffers[p.b])
    let dtype = schedule.buffers[p.out].dtype
    usesProduct.insert(dtype)
    calls += 1
    productCalls += 1
    // A vector on the left is a row, on the right a column.
    let left = a.shape.count == 2 ? a.shape : [1, a.shape[0]]
    let right = b.shape.count == 2 ? b.shape : [b.shape[0], 1]
    let m = p.transposeA && a.shape.count == 2 ? left[1] : left[0]
    let k = p.transposeA && a.shape.count == 2 ? left[0] : left[1]
    let n = p.transposeB && b.shape.count == 2 ? right[0] : right[1]
    let flags = "\(p.transposeA && a.shape.count == 2 ? 1 : 0), \(p.transposeB && b.shape.count == 2 ? 1 : 0)"
    if let note = p.note { line(Notes.line([note])) }
    line(
      "th_matmul_\(dtype.suffix)(host, call, \(flags), \(m.cText), \(n.cText), \(k.cText), \(factor(p.alpha, dtype)), "
        + "\(address(p.a)), \(left[1].cText), \(address(p.b)), \(right[1].cText), \(factor(p.beta, dtype)), \(address(p.out)));"
    )
  }

  private mutating func libraryCall(_ routine: String, _ operands: [Schedule.BufferID], _ check: Int) {
    let letter = schedule.buffers[operands[0]].dtype == .float32 ? "s" : "d"
    let (a, b) = (schedule.buffers[operands[0]], schedule.buffers[operands[1]])
    let columns = b.shape.count == 2 ? b.shape[1] : 1
    line(
      "{ const th_i32 info = host->\(letter)\(routine)(call, \(a.shape[0].cText), \(columns.cText), "
        + "\(address(operands[0])), \(a.shape[1].cText), \(address(operands[1])), \(columns.cText));")
    line("  if (info < 0) return TH_HOST;")
    line("  if (info > 0) return th_fail(error, \(schedule.checks.count + check), info, 0); }")
  }

  private mutating func callbackCall(
    _ number: Int, _ inputs: [Schedule.BufferID], _ outputs: [Schedule.BufferID]
  ) {
    line("{")
    indent += 1
    for (k, id) in inputs.enumerated() where !schedule.buffers[id].shape.isEmpty {
      line("const th_i64 shape\(k)[] = {\(schedule.buffers[id].shape.map(\.cText).joined(separator: ", "))};")
    }
    let fields = inputs.enumerated().map { k, id in
      "{\(address(id)), \(schedule.buffers[id].shape.isEmpty ? "0" : "shape\(k)")}"
    }
    line("const th_arg in[] = {\(fields.isEmpty ? "{0, 0}" : fields.joined(separator: ", "))};")
    line("th_i64 shapes[\(outputs.count)][TH_MAX_RANK];")
    line("th_result out[\(outputs.count)];")
    for k in outputs.indices { line("out[\(k)].shape = shapes[\(k)];") }
    line("if (host->callback(call, \(number), in, out)) return TH_HOST;")
    for (k, id) in outputs.enumerated() {
      line("b\(id) = (\(schedule.buffers[id].dtype.cName) *)out[\(k)].data;")
      for (axis, size) in schedule.buffers[id].shape.enumerated() {
        if size.symbols.count == 1, case .found(let v, let slot) = size.symbols[0],
          size == Size(.found(value: v, slot: slot))
        {
          line("\(size.symbols[0].key) = shapes[\(k)][\(axis)];")
        }
      }
    }
    indent -= 1
    line("}")
  }
}
