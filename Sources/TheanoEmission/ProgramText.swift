import TheanoArrays
import TheanoKernels

/// Writes a program as one C translation unit with one entry.
package struct ProgramText {
  private let program: Program
  /// The texts of notes, for a reader; the compiler is given none, so that a line added above an expression makes no new
  /// program.
  private let comment: ((Int) -> String)?
  private var code = CodeWriter()
  private var functions: Set<String> = []
  private var sizes = SizeText()
  /// Names that the lines which are being written read, and those that they set.
  private var used: Set<String> = []
  private var assigned: Set<String> = []
  /// Tables of runs.
  private var tables: [String] = []

  /// What is called more often stands alone: each copy costs compile time.
  private static let callsWorthInlining = 4
  /// A compiler's time grows faster than a function's length; what stands between two parts costs a nanosecond.
  private static let statementsInOneFunction = 64

  /// A program as C, in the parts of which it consists.
  package struct Source: Sendable {
    /// The contract with the host, the vector maths and the services that the program stands on.
    package var foundation: String
    /// The program's own kernels and its entry.
    package var own: String
    /// The functions of the prelude that it calls, such as `exp_f64`.
    package var functions: Set<String>

    /// The unit that is compiled.
    package var unit: String { foundation + "\n" + own }
  }

  /// - Parameters:
  ///   - hostText: The contract with the host.
  ///   - comment: What is said of an expression at the place where it is computed, by its note's number.
  package static func write(
    _ program: Program, hostText: String, comment: ((Int) -> String)? = nil
  ) -> Source {
    var writer = ProgramText(program: program, comment: comment)
    return writer.write(hostText)
  }

  private init(program: Program, comment: ((Int) -> String)?) {
    self.program = program
    self.comment = comment
  }

  private mutating func write(_ hostText: String) -> Source {
    var kernels: [String] = []
    var services: Set<String> = []
    for (k, kernel) in program.kernels.enumerated() {
      let result = KernelWriter.write(
        kernel.nest, kernel.plan, name: "k\(k)", attribute: attribute(kernel.calls))
      services.formUnion(result.services)
      functions.formUnion(result.functions)
      kernels.append(comments(kernel.notes, indent: "") + result.text + "\n")
    }
    let entry = entry()
    services.formUnion(code.services)
    var own = kernels
    if !program.routines.isEmpty {
      own.insert(
        "__attribute__((visibility(\"default\"))) void *theano_imports[\(program.routines.count)];\n", at: 0)
    }
    own += tables + entry
    let foundation = ["// Written by Theano for Swift.", hostText, PreludeParts.text(for: functions)]
    let products = productDTypes.sorted { $0.rawValue < $1.rawValue }.map {
      ProductText.text($0, inline: productCalls <= ProgramText.callsWorthInlining)
    }
    return Source(
      foundation: (foundation + [Services.text(for: services)] + products).joined(separator: "\n"),
      own: own.joined(separator: "\n"), functions: functions)
  }

  private func attribute(_ calls: Int) -> String {
    // What is called once becomes a part of its caller; told so, the compiler does not optimise it twice.
    calls > ProgramText.callsWorthInlining ? "TH_APART " : calls == 1 ? "TH_INLINE " : ""
  }

  private func comments(_ notes: [Int], indent: String) -> String {
    guard let comment else { return "" }
    return notes.map { note in
      let text = comment(note)
      // A backslash at the end would make the next line a part of the comment.
      return "\(indent)// \(text)\(text.hasSuffix("\\") ? "." : "")\n"
    }.joined()
  }

  private var productDTypes: Set<DType> = []
  private var productCalls = 0

  // MARK: - The entry

  private struct Variable {
    var type: String
    var name: String
    /// Whether it keeps the value that the entry's head gives it.
    var isConstant: Bool
  }

  /// What the entry's statements may name, with what each is at first; `nil` for the entry's own parameters.
  private var variables: [(variable: Variable, value: String?)] = []

  private mutating func declare(_ type: String, _ name: String, _ value: String?, constant: Bool = true) {
    variables.append((Variable(type: type, name: name, isConstant: constant), value))
    guard let value else { return }
    code.line("\(constant ? "const " : "")\(type)\(name) = \(value);")
  }

  /// The parts of the program's body, and the entry.
  private mutating func entry() -> [String] {
    code = CodeWriter(indent: 1)
    let unused = ["host", "call", "args", "results", "error"].map { "(void)\($0);" }.joined(separator: " ")
    code.line(unused)
    head()
    let headLines = code.lines
    let items = program.statements.map {
      statement -> (lines: [String], used: Set<String>, assigned: Set<String>) in
      let services = code.services
      code = CodeWriter(indent: 1)
      code.services = services
      (used, assigned) = ([], [])
      write(statement)
      return (code.lines, used, assigned)
    }
    var body = headLines
    var parts: [String] = []
    if items.count > ProgramText.statementsInOneFunction {
      let (functions, calls) = cut(items)
      parts = functions
      body += calls
    } else {
      body += items.flatMap(\.lines)
    }
    let name =
      "theano_entry(const th_host *host, th_call *call, const th_arg *args, th_result *results, th_error *error)"
    let entry =
      ["__attribute__((visibility(\"default\"))) th_i32 \(name) {"] + body + ["  return TH_OK;", "}", ""]
    return parts + entry
  }

  private mutating func head() {
    for (type, name) in [
      ("const th_host *", "host"), ("th_call *", "call"), ("const th_arg *", "args"),
      ("th_result *", "results"), ("th_error *", "error"),
    ] { declare(type, name, nil) }
    for case .axis(let leaf, let axis) in program.axes {
      let symbol = Size.Symbol.axis(leaf: leaf, axis: axis)
      declare("th_i64 ", symbol.key, "args[\(leaf)].shape[\(axis)]")
    }
    for (symbol, leaf, dtype) in program.leafLengths {
      declare("th_i64 ", symbol.key, length(dtype, "(\(dtype.cName) *)args[\(leaf)].data"))
    }
    sizes.name(program.entryFunctions + program.lateFunctions)
    for function in program.entryFunctions {
      declare("th_i64 ", sizes.name(function), sizes.definition(function, &code))
    }
    for variable in variables where variable.value != nil { code.line("(void)\(variable.variable.name);") }
    for k in program.entryChecks { check(k) }
    for symbol in program.lateSymbols { declare("th_i64 ", symbol.key, "0", constant: false) }
    for function in program.lateFunctions { declare("th_i64 ", sizes.name(function), "0", constant: false) }
    for (id, dtype) in program.pointers { declare("\(dtype.cName) *", "b\(id)", "0", constant: false) }
    let late = program.lateSymbols.map(\.key) + program.lateFunctions.map { sizes.name($0) }
    for name in late + program.pointers.map({ "b\($0.id)" }) { code.line("(void)\(name);") }
    if program.resultCount > 0 {
      variables.append((Variable(type: "void **", name: "r", isConstant: true), "results_"))
      code.line("void *results_[\(program.resultCount)], **const r = results_; (void)r;")
    }
    workspace()
  }

  private mutating func workspace() {
    guard program.knownBytes > 0 || !program.classes.isEmpty || program.isTooLarge else { return }
    var end = program.isTooLarge ? "-1" : "\(program.knownBytes)"
    for (k, item) in program.classes.enumerated() {
      refuseIfTooLarge(item.bytes, times: item.count)
      declare("th_i64 ", "s\(k)", "\(code.service("th_align"))(\(sizes(item.bytes)))")
      declare("th_i64 ", "o\(k)", end)
      if !program.isTooLarge { end = "o\(k) + \(item.count) * s\(k)" }
    }
    declare("char *const ", "w", "(char *)host->workspace(call, \(end))", constant: false)
    code.line("if (!w) return TH_HOST;")
  }

  /// Refuses a call whose intermediate values have more bytes than can be counted: the integers would wrap to a few.
  private mutating func refuseIfTooLarge(_ bytes: Size, times: Int = 1) {
    guard bytes.mayWrap else { return }
    code.line(
      "if (th_unlikely(!(\(times).0 * (\(sizes.estimate(bytes))) < 0x1p46))) "
        + "return (void)host->workspace(call, -1), TH_HOST;")
    note(bytes)
    _ = (name("host"), name("call"))
  }

  /// Cuts many statements into functions that are called one after another, which reach the entry's variables through one
  /// struct.
  private mutating func cut(
    _ items: [(lines: [String], used: Set<String>, assigned: Set<String>)]
  ) -> (functions: [String], calls: [String]) {
    let all = variables.map(\.variable)
    var functions = [
      "typedef struct {\n" + all.map { "  \(field($0))\($0.name);" }.joined(separator: "\n") + "\n} th_state;"
    ]
    var calls = ["  th_state state = {\(all.map(\.name).joined(separator: ", "))};", "  th_i32 status;"]
    for start in stride(from: 0, to: items.count, by: ProgramText.statementsInOneFunction) {
      let part = items[start...].prefix(ProgramText.statementsInOneFunction)
      let used = part.reduce(into: Set<String>()) { $0.formUnion($1.used.union($1.assigned)) }
      let assigned = part.reduce(into: Set<String>()) { $0.formUnion($1.assigned) }
      let name = "part\(functions.count - 1)"
      var text = ["static TH_APART th_i32 \(name)(th_state *state) {"]
      for variable in all where used.contains(variable.name) {
        let isConstant = !assigned.contains(variable.name)
        text.append(
          "  \(field(variable))\(isConstant ? "const " : "")\(variable.name) = state->\(variable.name);")
      }
      text += part.flatMap(\.lines)
      for variable in all where assigned.contains(variable.name) {
        text.append("  state->\(variable.name) = \(variable.name);")
      }
      functions.append((text + ["  return TH_OK;", "}"]).joined(separator: "\n"))
      calls.append("  if ((status = \(name)(&state))) return status;")
    }
    return (functions, calls)
  }

  private func field(_ variable: Variable) -> String { variable.name == "w" ? "char *" : variable.type }

  // MARK: - Names

  private mutating func name(_ name: String) -> String {
    used.insert(name)
    return name
  }

  private mutating func note(_ size: Size) {
    for symbol in size.symbols { used.insert(sizes(symbol)) }
  }

  private mutating func text(_ size: Size) -> String {
    note(size)
    return sizes(size)
  }

  private mutating func text(_ index: Program.Index) -> String {
    switch index {
    case .known(let n): "\(n)"
    case .column(let k): "at[\(k)]"
    }
  }

  /// The integer at an address as a length; what only `uint64` can tell is the longest there is.
  private mutating func length(_ dtype: DType, _ address: String) -> String {
    dtype == .uint64 ? "\(code.service("th_length_u64"))(*\(address))" : "(th_i64)*\(address)"
  }

  private mutating func address(_ place: Program.Place, _ dtype: DType) -> String {
    let cast = "(\(dtype.cName) *)"
    switch place {
    case .leaf(let k): return "\(cast)\(name("args"))[\(text(k))].data"
    case .constant(let k):
      let constant =
        if case .known(let n) = k { "\(program.leafCount + n)" } else { "\(program.leafCount) + \(text(k))" }
      return "\(cast)\(name("args"))[\(constant)].data"
    case .result(let k): return "\(cast)\(name("r"))[\(text(k))]"
    case .workspace(let offset): return "\(cast)(\(name("w")) + \(text(offset)))"
    case .workspaceClass(let c, let k):
      return "\(cast)(\(name("w")) + \(name("o\(c)")) + \(text(k)) * \(name("s\(c)")))"
    case .pointer(let id): return name("b\(id)")
    }
  }

  private mutating func text(_ argument: Program.Argument) -> String {
    switch argument {
    case .address(let place, let dtype): return address(place, dtype)
    case .element(let place, let dtype, let times):
      let element = "*\(address(place, dtype))"
      return times == 1 ? element : "\(LoopNest.Constant(times, dtype).literal(.c)) * \(element)"
    case .length(let size): return text(size)
    case .axisLength(.known(let leaf), .known(let axis)):
      return name(Size.Symbol.axis(leaf: leaf, axis: axis).key)
    case .axisLength(let leaf, let axis): return "\(name("args"))[\(text(leaf))].shape[\(text(axis))]"
    case .integer(let index): return text(index)
    case .number(let constant): return constant.literal(.c)
    case .numberColumn(let k): return "number[\(k)]"
    case .flag(let flag): return flag ? "1" : "0"
    case .letter(let letter): return "'\(letter)'"
    }
  }

  // MARK: - Statements

  private mutating func write(_ statements: [Program.Statement]) {
    for statement in statements { write(statement) }
  }

  private mutating func write(_ statement: Program.Statement) {
    switch statement {
    case .call(let call): write(call)
    case .callback(let number, let inputs, let outputs): callback(number, inputs, outputs)
    case .branch(let condition, let then, let otherwise):
      code.open("if (*\(address(condition, .bool)))")
      write(then)
      code.next("else")
      write(otherwise)
      code.close()
    case .point(let pointer, let place):
      assigned.insert("b\(pointer)")
      let dtype = program.pointers.first { $0.id == pointer }?.dtype ?? .float64
      code.line("b\(pointer) = \(address(place, dtype));")
    case .bind(let symbol, let place, let dtype):
      assigned.insert(symbol.key)
      code.line("\(symbol.key) = \(length(dtype, address(place, dtype)));")
    case .define(.function(let function), _):
      assigned.insert(sizes.name(function))
      for operand in function.operands { note(operand) }
      code.line("\(sizes.name(function)) = \(sizes.definition(function, &code));")
    case .define(let symbol, let size):
      assigned.insert(symbol.key)
      code.line("\(symbol.key) = \(text(size));")
    case .check(let k): check(k)
    case .allocateResult(let k, let shape): allocate(k, shape)
    case .allocateScratch(let id, let slot, let bytes):
      refuseIfTooLarge(bytes)
      assigned.insert("b\(id)")
      let dtype = program.pointers.first { $0.id == id }?.dtype ?? .float64
      code.line(
        "b\(id) = (\(dtype.cName) *)\(name("host"))->scratch(\(name("call")), \(slot), \(text(bytes)));")
      code.line("if (!b\(id)) return TH_HOST;")
    case .run(let run): write(run)
    }
  }

  private mutating func check(_ k: Int) {
    let check = program.checks[k]
    let (a, b) = (text(check.left), text(check.right))
    let fail = code.service("th_fail")
    code.line(
      "if (th_unlikely(!(\(a) \(check.isEqual ? "==" : "<=") \(b)))) return \(fail)(\(name("error")), \(k), \(a), \(b));"
    )
  }

  private mutating func allocate(_ k: Program.Index, _ shape: [Size]) {
    let (number, r) = (text(k), name("r"))
    if shape.isEmpty {
      return code.line("\(r)[\(number)] = \(name("results"))[\(number)].inline_scalar;")
    }
    let lengths = shape.map { text($0) }.joined(separator: ", ")
    code.line("{ const th_i64 shape[] = {\(lengths)};")
    code.line(
      "  if (!(\(r)[\(number)] = \(name("host"))->result(\(name("call")), \(number), \(shape.count), shape))) "
        + "return TH_HOST; }")
  }

  private mutating func write(_ call: Program.Call) {
    for line in comments(call.notes.numbers, indent: "").split(separator: "\n") where !isKernel(call) {
      code.line(String(line))
    }
    let arguments = call.arguments.map { text($0) }
    switch call.callee {
    case .kernel(let k):
      var all = [name("host"), name("call")] + arguments
      if call.check != nil {
        all.append(name("error"))
        code.line("if (k\(k)(\(all.joined(separator: ", ")))) return TH_CHECK;")
      } else {
        code.line("k\(k)(\(all.joined(separator: ", ")));")
      }
    case .product(let dtype, let batch): product(dtype, arguments, batch)
    case .routine(let k): routine(k, program.routines[k], call, arguments)
    }
  }

  private func isKernel(_ call: Program.Call) -> Bool {
    if case .kernel = call.callee { true } else { false }
  }

  private mutating func product(_ dtype: DType, _ arguments: [String], _ batch: Int) {
    productDTypes.insert(dtype)
    productCalls += 1
    var own = Array(arguments.prefix(12))
    // Each axis of the batch moves the three matrices by its own strides.
    for axis in 0..<batch {
      let extra = arguments[(12 + 4 * axis)...].prefix(4).map { $0 }
      code.open("for (th_i64 g\(axis) = 0; g\(axis) < \(extra[0]); g\(axis)++)")
      for (place, stride) in zip([6, 8, 11], extra.dropFirst()) where stride != "0" {
        own[place] += " + g\(axis) * (\(stride))"
      }
    }
    code.line("th_matmul_\(dtype.suffix)(\(name("host")), \(name("call")), \(own.joined(separator: ", ")));")
    for _ in 0..<batch { code.close() }
  }

  /// A call in Fortran's manner: everything by address, a status last.
  private mutating func routine(_ k: Int, _ routine: Routine, _ call: Program.Call, _ arguments: [String]) {
    let error = name("error")
    code.open("")
    code.line("if (!theano_imports[\(k)]) return error->check = \(k), TH_MISSING;")
    var passed: [String] = []
    var types: [String] = []
    for (n, (parameter, argument)) in zip(routine.parameters, arguments).enumerated() {
      switch parameter {
      case .letter:
        code.line("const char x\(n) = \(argument);")
        passed.append("&x\(n)")
        types.append("const char *")
      case .length:
        code.line("if ((\(argument)) > 0x7fffffffll) return (void)host->workspace(call, -1), TH_HOST;")
        _ = (name("host"), name("call"))
        code.line("const th_i32 x\(n) = (th_i32)(\(argument));")
        passed.append("&x\(n)")
        types.append("const th_i32 *")
      case .flag:
        code.line("const th_i32 x\(n) = \(argument);")
        passed.append("&x\(n)")
        types.append("const th_i32 *")
      case .number:
        code.line("const th_f64 x\(n) = \(argument);")
        passed.append("&x\(n)")
        types.append("const th_f64 *")
      case .reads(let dtype), .writes(let dtype), .updates(let dtype):
        passed.append(argument)
        types.append("\(dtype.cName) *")
      }
    }
    code.line("th_i32 status = 0;")
    code.line(
      "((void (*)(\((types + ["th_i32 *"]).joined(separator: ", "))))theano_imports[\(k)])"
        + "(\((passed + ["&status"]).joined(separator: ", ")));")
    if let check = call.check {
      code.line("if (status) return \(code.service("th_fail"))(\(error), \(check), status, 0);")
    } else {
      code.line("(void)status;")
    }
    code.close()
  }

  private mutating func callback(_ number: Int, _ inputs: [Program.Array], _ outputs: [Program.Array]) {
    code.open("")
    var fields: [String] = []
    for (k, input) in inputs.enumerated() {
      let lengths = input.shape.map { text($0) }.joined(separator: ", ")
      if !input.shape.isEmpty { code.line("const th_i64 shape\(k)[] = {\(lengths)};") }
      fields.append("{\(address(input.place, input.dtype)), \(input.shape.isEmpty ? "0" : "shape\(k)")}")
    }
    code.line("const th_arg in[] = {\(fields.isEmpty ? "{0, 0}" : fields.joined(separator: ", "))};")
    code.line("th_i64 shapes[\(max(outputs.count, 1))][TH_MAX_RANK];")
    code.line("th_result out[\(max(outputs.count, 1))];")
    for k in outputs.indices { code.line("out[\(k)].shape = shapes[\(k)];") }
    code.line("if (\(name("host"))->callback(\(name("call")), \(number), in, out)) return TH_HOST;")
    for (k, output) in outputs.enumerated() {
      guard case .pointer(let id) = output.place else { continue }
      assigned.insert("b\(id)")
      code.line("b\(id) = (\(output.dtype.cName) *)out[\(k)].data;")
      for (axis, size) in output.shape.enumerated() {
        guard let symbol = size.symbol, case .found = symbol else { continue }
        assigned.insert(symbol.key)
        code.line("\(symbol.key) = shapes[\(k)][\(axis)];")
      }
    }
    code.close()
  }

  private mutating func write(_ run: Program.Run) {
    code.open("for (th_i64 turn = 0; turn < \(run.count); turn++)")
    func table(_ rows: [[String]], _ type: String, _ name: String) {
      guard let width = rows.first?.count, width > 0 else { return }
      let table = "\(name)\(tables.count)"
      let lines = rows.map { "  {\($0.joined(separator: ", "))}," }.joined(separator: "\n")
      tables.append("static const \(type) \(table)[\(run.count)][\(width)] = {\n\(lines)\n};")
      code.line("const \(type) *const \(name) = \(table)[turn];")
    }
    table(run.integers.map { $0.map(String.init) }, "th_i64", "at")
    table(run.numbers.map { $0.map { LoopNest.Constant($0, .float64).literal(.c) } }, "th_f64", "number")
    write(run.statements)
    code.close()
  }
}
