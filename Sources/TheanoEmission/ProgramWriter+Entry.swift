import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoScheduling

/// The entry of a program: lengths, checks, the workspace, and the steps, in parts if they are many.
extension ProgramWriter {
  /// What steps may name.
  struct Variable {
    var type: String
    var name: String
    /// Whether it keeps the value that the entry's head gives it.
    var isConstant: Bool
  }

  /// A compiler's time grows faster than a function's length; what stands between two parts costs a nanosecond.
  static let stepsInOneFunction = 64

  private mutating func constant(_ name: String, _ value: String) {
    variables.append(Variable(type: "th_i64 ", name: name, isConstant: true))
    line("const th_i64 \(name) = \(value);")
    line("(void)\(name);")
  }

  private mutating func variable(_ type: String, _ name: String) {
    variables.append(Variable(type: type, name: name, isConstant: false))
    line("\(type)\(name) = 0; (void)\(name);")
  }

  mutating func entryHead() {
    line("(void)host; (void)call; (void)args; (void)results; (void)error;")
    var axes: Set<Size.Symbol> = []
    func note(_ size: Size) {
      for symbol in size.symbols {
        if case .axis = symbol { axes.insert(symbol) }
        if case .function(_, let sizes) = symbol { sizes.forEach(note) }
      }
    }
    for buffer in schedule.buffers { buffer.shape.forEach(note) }
    for check in schedule.checks {
      note(check.left)
      note(check.right)
    }
    walk(schedule.steps) { step in
      if case .nest(let nest, _) = step { nest.sizes.forEach(note) }
      if case .define(_, let size) = step { note(size) }
    }
    for symbol in axes.sorted(by: { $0.key < $1.key }) {
      if case .axis(let leaf, let axis) = symbol {
        constant(symbol.key, "args[\(leaf)].shape[\(axis)]")
      }
    }
    for (symbol, buffer) in schedule.leafLengths {
      constant(
        symbol.key,
        length(
          schedule.buffers[buffer].dtype,
          "(\(schedule.buffers[buffer].dtype.cName) *)args[\(leaf(buffer))].data"))
    }
    for k in schedule.entryChecks { sizeCheck(k) }
    var late: Set<String> = []
    walk(schedule.steps) { step in
      switch step {
      case .bind(let symbol, _), .define(let symbol, _): late.insert(symbol.key)
      case .callback(_, _, let outputs):
        for id in outputs {
          for size in schedule.buffers[id].shape {
            for case .found(let v, let slot) in size.symbols {
              late.insert(Size.Symbol.found(value: v, slot: slot).key)
            }
          }
        }
      default: break
      }
    }
    for name in late.sorted() { variable("th_i64 ", name) }
    for (id, buffer) in schedule.buffers.enumerated() {
      switch buffer.storage {
      case .pointer, .scratch, .result: variable("\(buffer.dtype.cName) *", "b\(id)")
      default: break
      }
    }
    workspace()
  }

  /// The integer at an address as a length; what only `uint64` can tell is the longest there is.
  func length(_ dtype: DType, _ address: String) -> String {
    dtype == .uint64 ? "th_length_u64(*\(address))" : "(th_i64)*\(address)"
  }

  /// Places of one length lie side by side, so that a large program needs no variable for each: those of known lengths
  /// first, then for each other length `s` its places from `o` on.
  private mutating func workspace() {
    guard !plan.slots.isEmpty else { return }
    offsets = Array(repeating: "", count: plan.slots.count)
    var known = 0
    var isTooLarge = false
    var classes: [Size: [Int]] = [:]
    var order: [Size] = []
    for (k, slot) in plan.slots.enumerated() {
      if let n = slot.bytes.constant {
        offsets[k] = StepRuns.place(known)
        // Scalars need not lie 64 bytes apart.
        let (end, overflow) = known.addingReportingOverflow(n <= 16 ? 16 : n > .max - 63 ? n : (n + 63) & ~63)
        known = end
        isTooLarge = isTooLarge || overflow
      } else {
        if classes[slot.bytes] == nil { order.append(slot.bytes) }
        classes[slot.bytes, default: []].append(k)
      }
    }
    if isTooLarge || known > 1 << 46 {
      line("return (void)host->workspace(call, -1), TH_HOST;")
      known = 0
    }
    var end = "\((known + 63) & ~63)"
    for (number, bytes) in order.enumerated() {
      let places = classes[bytes] ?? []
      refuseIfTooLarge(bytes, times: places.count)
      constant("s\(number)", "th_align(\(bytes.cText))")
      constant("o\(number)", end)
      for (i, k) in places.enumerated() { offsets[k] = "o\(number) + \(StepRuns.place(i)) * s\(number)" }
      end = "o\(number) + \(places.count) * s\(number)"
    }
    variables.append(Variable(type: "char *", name: "w", isConstant: true))
    line("char *const w = (char *)host->workspace(call, \(end));")
    line("if (!w) return TH_HOST;")
  }

  /// Refuses a call whose intermediate values have more bytes than can be counted: the integers would wrap to a few.
  mutating func refuseIfTooLarge(_ bytes: Size, times: Int = 1) {
    guard bytes.mayWrap else { return }
    line(
      "if (th_unlikely(!(\(times).0 * (\(bytes.estimate)) < 0x1p46))) "
        + "return (void)host->workspace(call, -1), TH_HOST;")
  }

  func walk(_ steps: [Schedule.Step], _ visit: (Schedule.Step) -> Void) {
    for step in steps {
      visit(step)
      if case .branch(_, let then, let otherwise) = step {
        walk(then, visit)
        walk(otherwise, visit)
      }
    }
  }

  mutating func sizeCheck(_ k: Int) {
    let check = schedule.checks[k]
    let relation = check.relation == .equal ? "==" : "<="
    let (a, b) = (check.left.cText, check.right.cText)
    line("if (th_unlikely(!(\(a) \(relation) \(b)))) return th_fail(error, \(k), \(a), \(b));")
  }

  // MARK: - Steps

  /// Writes the steps into the entry's body; if they are many, repeating ones as loops, and if they are still many, into
  /// functions that it calls one after another. Gives what stands before the entry.
  mutating func writeSteps() -> [String] {
    let head = body
    let texts = schedule.steps.map { step in
      body = []
      emit(step)
      return body
    }
    body = head
    guard texts.count > ProgramWriter.stepsInOneFunction else {
      body += texts.joined().map(StepRuns.plain)
      return []
    }
    let runs = StepRuns(texts, indent: "  ")
    guard runs.items.count > ProgramWriter.stepsInOneFunction else {
      body += runs.items.joined()
      return runs.tables
    }
    return runs.tables + writeParts(runs.items)
  }

  /// Functions of a few steps each, which reach the entry's variables through one struct.
  private mutating func writeParts(_ items: [[String]]) -> [String] {
    let parameters = [
      ("const th_host *", "host"), ("th_call *", "call"), ("const th_arg *", "args"),
      ("th_result *", "results"),
      ("th_error *", "error"),
    ].map { Variable(type: $0.0, name: $0.1, isConstant: true) }
    let all = parameters + variables
    var parts = [
      "typedef struct {\n" + all.map { "  \($0.type)\($0.name);" }.joined(separator: "\n") + "\n} th_state;"
    ]
    var calls: [String] = []
    for start in stride(from: 0, to: items.count, by: ProgramWriter.stepsInOneFunction) {
      let steps = items[start...].prefix(ProgramWriter.stepsInOneFunction).flatMap { $0 }
      let used = identifiers(in: steps)
      let name = "part\(parts.count - 1)"
      var text = ["static TH_APART th_i32 \(name)(th_state *state) {"]
      let named = all.filter { used.contains($0.name) }
      text += named.map { "  \($0.type)\($0.isConstant ? "const " : "")\($0.name) = state->\($0.name);" }
      text += steps
      text += named.filter { !$0.isConstant }.map { "  state->\($0.name) = \($0.name);" }
      text += ["  return TH_OK;", "}"]
      parts.append(text.joined(separator: "\n"))
      calls.append("  if ((status = \(name)(&state))) return status;")
    }
    line("th_state state = {\(all.map(\.name).joined(separator: ", "))};")
    line("th_i32 status;")
    body += calls
    return parts
  }
}
