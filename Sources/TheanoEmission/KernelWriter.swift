import TheanoArrays
import TheanoKernels

/// Writes a loop nest as a C function, run as its plan says.
///
/// A nest without reductions is its axes as loops, the outermost cut into pieces for the threads. With reductions there
/// are three forms:
/// - over everything: partial results, combined in order, so that the result does not depend on the threads;
/// - over inner axes: one accumulator a row, and one run over the row for each fold that waits for another; where the best
///   value stands is looked for only in blocks that have a better one;
/// - over outer axes while the last one stays: accumulators side by side, so that memory is still read in order.
struct KernelWriter {
  let nest: LoopNest
  let plan: LoopPlan
  let name: String
  var code = CodeWriter()
  let kept: [Int]
  let reduced: [Int]
  let folds: [Fold]
  let depthOfAxis: [Int]
  var values: ValueWriter
  let canFail: Bool

  /// A function of a program.
  struct Result {
    var text: String
    var services: Set<String>
    var functions: Set<String>
  }

  /// The compiler unrolls a shorter loop altogether; asked for vector code it takes longer and gains nothing.
  static let shortLoop = 8
  /// How many elements of a row are looked through at once for the best.
  static let searchBlock = 1024
  /// What costs less, in additions, is computed again rather than written to memory and read.
  static let cheapCost = 8
  /// A fold over many rows of fewer columns is cut into parts along the rows.
  static let fewColumns = 512
  /// Parts of such a fold.
  static let rowParts = 16
  /// How many points share one decision about their arguments' reach.
  static let reachBlock = 2048

  static func write(_ nest: LoopNest, _ plan: LoopPlan, name: String, attribute: String) -> Result {
    var writer = KernelWriter(nest, plan, name)
    writer.write(attribute)
    return Result(text: writer.code.text, services: writer.code.services, functions: writer.values.functions)
  }

  private init(_ nest: LoopNest, _ plan: LoopPlan, _ name: String) {
    self.nest = nest
    self.plan = plan
    self.name = name
    kept = nest.axes.indices.filter { !nest.axes[$0].isReduced }
    reduced = nest.axes.indices.filter { nest.axes[$0].isReduced }
    folds = Fold.all(of: nest)
    // A kept last axis runs innermost, under the reduced ones.
    let order = plan.form == .columns ? Array(kept.dropLast()) + reduced + [kept.last!] : kept + reduced
    var depths = Array(repeating: 0, count: nest.axes.count)
    for (depth, axis) in order.enumerated() { depths[axis] = depth + 1 }
    depthOfAxis = depths
    canFail = nest.canFail
    values = ValueWriter(nest, depthOfAxis: depths, rowDepth: plan.form == .columns ? 0 : kept.count)
  }

  /// Whether it runs on one thread, as one function.
  var isDirect: Bool { !plan.isParallel }
  /// Whether loops may become vector code: not where the order of points counts, or one can fail.
  var isVector: Bool { !isOrdered && !canFail && !(nest.isSequential && plan.form == .rows) }
  private var isOrdered: Bool {
    nest.effects.contains { effect in
      switch effect {
      case .scatter, .scatterAdd, .append: true
      case .store, .fold: false
      }
    }
  }

  /// The length of an axis, if it is known.
  func length(_ axis: Int) -> Int? { nest.sizes[nest.axes[axis].extent].constant }
  func extent(_ axis: Int) -> String { values.size(nest.axes[axis].extent) }
  var everything: Set<Int> { Set(nest.instructions.indices) }

  // MARK: - The function

  private var parameters: [String] {
    nest.buffers.enumerated().map { b, buffer in
      "\(buffer.isWritten ? "" : "const ")\(buffer.dtype.cName) *b\(b)"
    }
  }
  private var numbers: [String] { nest.parameters.enumerated().map { "\($1.cName) c\($0)" } }
  private var sizes: [Int] { nest.sizes.indices.filter { nest.sizes[$0].constant == nil } }

  private mutating func write(_ attribute: String) {
    if isDirect {
      head(attribute)
      code.line("(void)host; (void)call;")
      body()
      if canFail { code.line("return TH_OK;") }
      code.close()
    } else {
      arguments()
      ranges()
      code.outside("")
      head(attribute)
      dispatch()
      code.close()
    }
  }

  /// The head of the function that the program calls.
  private mutating func head(_ attribute: String) {
    var all = ["const th_host *host", "th_call *call"] + parameters + sizes.map { "th_i64 s\($0)" } + numbers
    if canFail { all.append("th_error *error") }
    code.open("static \(attribute)\(canFail ? "th_i32" : "void") \(name)(\(all.joined(separator: ", ")))")
  }

  /// The struct in which arguments travel to the threads.
  private mutating func arguments() {
    code.open("typedef struct")
    for field in parameters + sizes.map({ "th_i64 s\($0)" }) + numbers { code.line("\(field);") }
    for field in extraFields { code.line("\(field.type) \(field.name)\(field.dimension);") }
    code.close("} \(name)_args;")
    code.outside("")
  }

  /// What the wrapper and the pieces share beside the arguments.
  private var extraFields: [(type: String, name: String, dimension: String)] {
    switch plan.form {
    case .map, .rows: []
    case .whole: partials.map { ($0.type, $0.name, "[\(plan.parts)]") } + [("th_i64", "parts", "")]
    case .columns: [("th_i64", "tile", "")] + columnPartials.map { ($0.type, "*\($0.name)", "") }
    }
  }

  /// A function of a piece: its arguments as variables.
  mutating func openPiece(_ suffix: String) {
    code.open("static void \(name)_\(suffix)(void *context, th_i64 begin, th_i64 end)")
    code.line("\(name)_args *a = (\(name)_args *)context;")
    for (b, parameter) in parameters.enumerated() { code.line("\(parameter) = a->b\(b);") }
    for s in sizes { code.line("const th_i64 s\(s) = a->s\(s);") }
    for (k, number) in numbers.enumerated() { code.line("const \(number) = a->c\(k);") }
  }

  private mutating func ranges() {
    switch plan.form {
    case .map, .rows:
      openPiece("range")
      body()
      code.close()
    case .whole:
      openPiece("range")
      for partial in partials { code.line("\(partial.type) *\(partial.name) = a->\(partial.name);") }
      code.line("const th_i64 parts = a->parts;")
      statements(at: 0, in: everything)
      wholeParts(from: "begin", to: "end")
      code.close()
    case .columns:
      openPiece("range")
      code.line("const th_i64 tile = a->tile;")
      statements(at: 0, in: everything)
      columnTiles(from: "begin", to: "end")
      code.close()
      if cutsRows {
        openPiece("parts")
        for partial in columnPartials { code.line("\(partial.type) *\(partial.name) = a->\(partial.name);") }
        statements(at: 0, in: everything)
        columnParts()
        code.close()
      }
    }
  }

  private mutating func body() {
    statements(at: 0, in: everything, stage: 0)
    switch plan.form {
    case .map, .rows: rows()
    case .whole:
      for partial in partials { code.line("\(partial.type) \(partial.name)[\(plan.parts)];") }
      code.line("const th_i64 parts = \(plan.parts);")
      wholeParts(from: "0", to: "parts")
      combineParts()
    case .columns:
      code.line("const th_i64 tile = \(plan.tile);")
      columnTiles(from: "0", to: columnTileCount)
    }
  }

  /// The rest of the function that the program calls: decides how many threads take part.
  private mutating func dispatch() {
    code.line("\(name)_args a;")
    for b in nest.buffers.indices { code.line("a.b\(b) = b\(b);") }
    for s in sizes { code.line("a.s\(s) = s\(s);") }
    for k in numbers.indices { code.line("a.c\(k) = c\(k);") }
    switch plan.form {
    case .map, .rows: parallel(extent(kept[0]))
    case .whole:
      let n = extent(reduced[0])
      code.line("a.parts = \(points) < \(LoopPlan.singlePart) ? 1 : \(plan.parts);")
      code.line("if (a.parts > \(n)) a.parts = \(n) > 0 ? \(n) : 1;")
      parallel("a.parts")
      for partial in partials { code.line("const \(partial.type) *\(partial.name) = a.\(partial.name);") }
      code.line("const th_i64 parts = a.parts;")
      statements(at: 0, in: everything)
      combineParts()
    case .columns: dispatchColumns()
    }
  }

  /// The number of points.
  var points: String {
    nest.axes.isEmpty ? "1" : nest.axes.map { "(\(values.size($0.extent)))" }.joined(separator: " * ")
  }

  mutating func parallel(_ range: String, _ function: String = "range") {
    code.line("{ const th_i64 work = \(points) * \(nest.cost), range = \(range);")
    let grain = code.service("th_grain")
    code.line(
      "  if (work >= TH_PARALLEL_WORK && host->threads > 1) host->parallel_for(call, range, \(grain)(range, work), "
        + "\(name)_\(function), &a);")
    code.line("  else \(name)_\(function)(&a, 0, range); }")
  }

  // MARK: - Loops

  mutating func statements(at depth: Int, in wanted: Set<Int>, stage: Int? = nil, reach: Reach.Form = .scalar)
  {
    var wanted = wanted
    if let stage { wanted = wanted.filter { values.stages[$0] == stage } }
    for statement in values.statements(at: depth, in: wanted, reach: reach) { add(statement) }
  }

  private mutating func add(_ statement: String) {
    if statement.contains("th_fail(") { _ = code.service("th_fail") }
    code.line(statement)
  }

  /// Opens a loop over an axis and writes what is computed in it.
  mutating func loop(_ axis: Int, from begin: String = "0", to end: String? = nil, in wanted: Set<Int>) {
    header(axis, from: begin, to: end ?? extent(axis), vector: false)
    statements(at: depthOfAxis[axis], in: wanted)
  }

  mutating func header(_ axis: Int, from begin: String, to end: String, vector: Bool) {
    let isShort = length(axis).map { $0 < KernelWriter.shortLoop } ?? false
    if vector && !isShort { code.line("TH_VECTOR_LOOP") }
    code.open("for (th_i64 i\(axis) = \(begin); i\(axis) < \(end); i\(axis)++)")
  }

  /// An innermost loop, which becomes vector code if it may: over all of an axis, or a part.
  mutating func innermost(
    _ axis: Int, from begin: String = "0", to end: String? = nil, in wanted: Set<Int>,
    _ point: (inout KernelWriter) -> Void
  ) {
    let end = end ?? extent(axis)
    let depth = depthOfAxis[axis]
    guard isVector, values.hasReach(at: depth, in: wanted) else {
      header(axis, from: begin, to: end, vector: isVector)
      statements(at: depth, in: wanted)
      point(&self)
      code.close()
      return
    }
    // Blocks, a loop that finds whether any argument of a block is out of the near functions' reach, and the loop proper.
    let size = KernelWriter.reachBlock
    code.open("for (th_i64 near = \(begin); near < \(end); near += \(size))")
    code.line("const th_i64 limit = near + \(size) < \(end) ? near + \(size) : \(end);")
    code.line("th_u32 far = 0;")
    header(axis, from: "near", to: "limit", vector: true)
    statements(at: depth, in: wanted, reach: .near)
    for test in values.reachTests(at: depth, in: wanted) { code.line("far |= \(test);") }
    code.close()
    code.open("if (far)")
    for form in [Reach.Form.whole, .near] {
      header(axis, from: "near", to: "limit", vector: true)
      statements(at: depth, in: wanted, reach: form)
      point(&self)
      code.close()
      if form == .whole { code.next("else") }
    }
    code.close()
    code.close()
  }

  // MARK: - Effects

  /// Writes a store, or another effect that is no fold.
  mutating func effect(_ effect: LoopNest.Effect) {
    switch effect {
    case .fold: break
    case .store(let buffer, let at, let value), .scatter(let buffer, let at, let value):
      code.line(
        "b\(buffer)[\(values.offset(buffer, at))] = \(values.stored(values.text(value), in: buffer));")
    case .scatterAdd(let buffer, let at, let value):
      let place = "b\(buffer)[\(values.offset(buffer, at))]"
      guard let name = nest.buffers[buffer].dtype.format.conversion else {
        return code.line("\(place) += \(values.text(value));")
      }
      code.line("\(place) = th_to_\(name)(th_from_\(name)(\(place)) + \(values.text(value)));")
    case .append(let condition, let buffer, let row):
      code.open("if (\(values.text(condition)))")
      for (k, ref) in row.enumerated() {
        code.line("b\(buffer)[rows * \(row.count) + \(k)] = \(values.text(ref));")
      }
      code.line("rows++;")
      code.close()
    }
  }

  /// Writes a fold's result to where it goes.
  mutating func storeFold(_ fold: Fold, _ value: String) {
    guard let target = fold.fold.target else { return }
    code.line(
      "b\(target.buffer)[\(values.offset(target.buffer, target.at))] = \(values.stored(value, in: target.buffer));"
    )
  }

  /// Writes what a fold has combined so far, if that is wanted.
  mutating func storeRunning(_ fold: Fold, _ total: String) {
    guard let running = fold.fold.running else { return }
    let value = fold.final(total, "", start: start(of: fold))
    code.line(
      "b\(running.buffer)[\(values.offset(running.buffer, running.at))] = "
        + "\(values.stored(value, in: running.buffer));")
  }

  /// A value that is known where a fold has ended: what a sum starts at.
  func start(of fold: Fold) -> String? { fold.fold.start.map { values.text($0) } }
}
