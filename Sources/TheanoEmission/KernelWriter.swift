import TheanoArrays
import TheanoKernels

/// A loop nest as a C function, without its name: equal nests have equal texts.
package struct KernelText: Hashable {
  /// The definition, with `@` where the name goes.
  package var text: String
  /// The sizes that the function takes, in order: those that are no constants.
  package var sizes: [Size]
  /// Which functions of the prelude it calls.
  package var functions: Set<String>
  /// Whether the function can fail: it then gives the number of the check.
  package var canFail: Bool
}

/// Writes a loop nest as loops for a CPU.
///
/// A nest without reductions is its axes as loops, the outermost cut into pieces for the threads. With reductions there
/// are three forms:
/// - over everything: 64 partial results, combined in order, so that the sum does not depend on the threads;
/// - over inner axes: one accumulator a row;
/// - over outer axes while the last one stays: a tile of 64 accumulators, so that memory is still read in order.
/// Sums of `float32` are carried in `float64` from one partial result, row block or tile to the next.
struct KernelWriter {
  private let nest: LoopNest
  private var lines: [String] = []
  private var indent = 1
  private let kept: [Int]
  private let reduced: [Int]
  private let folds: [Fold]
  private var depthOfAxis: [Int]
  private let order: [Int]
  private var values: ValueWriter
  private let isSerial: Bool
  private let canFail: Bool
  /// Where the text of a loop begins that is to be written for arguments in and out of reach.
  private var reachStart: Int?

  static let partials = 64
  static let tile = 64

  static func write(_ nest: LoopNest) -> KernelText {
    var writer = KernelWriter(nest.collapsed())
    return writer.write()
  }

  private init(_ nest: LoopNest) {
    self.nest = nest
    kept = nest.axes.indices.filter { !nest.axes[$0].isReduced }
    reduced = nest.axes.indices.filter { nest.axes[$0].isReduced }
    folds = Fold.all(of: nest)
    // A kept last axis runs innermost, under the reduced ones.
    let isTiled = !reduced.isEmpty && kept.last == nest.axes.count - 1
    order = isTiled ? Array(kept.dropLast()) + reduced + [kept.last!] : kept + reduced
    depthOfAxis = Array(repeating: 0, count: nest.axes.count)
    for (depth, axis) in order.enumerated() { depthOfAxis[axis] = depth + 1 }
    canFail = nest.instructions.contains { if case .checkedIndex = $0 { true } else { false } }
    isSerial =
      canFail
      || nest.effects.contains {
        switch $0 {
        case .scatter, .scatterAdd, .append: true
        default: false
        }
      }
    values = ValueWriter(nest, depthOfAxis: depthOfAxis, axisNames: nest.axes.indices.map { "i\($0)" })
  }

  private mutating func line(_ text: String) { lines.append(String(repeating: "  ", count: indent) + text) }
  private mutating func open(_ text: String) {
    line(text + " {")
    indent += 1
  }
  private mutating func close() {
    indent -= 1
    line("}")
  }

  private func extent(_ axis: Int) -> String { values.size(nest.axes[axis].extent) }
  private var isTiled: Bool { !reduced.isEmpty && !folds.isEmpty && kept.last == nest.axes.count - 1 }
  private var isWhole: Bool { !folds.isEmpty && kept.isEmpty && !reduced.isEmpty }

  /// The type in which a fold is carried between partial results.
  private func carrier(_ dtype: DType) -> DType { dtype == .float32 ? .float64 : dtype }

  private mutating func write() -> KernelText {
    let sizes = nest.sizes.indices.filter { nest.sizes[$0].constant == nil }
    body()
    let bodyLines = lines
    lines = []
    indent = 0
    // The arguments travel in a struct, so that pieces of the loop can run on other threads.
    line("typedef struct {")
    indent += 1
    for (b, buffer) in nest.buffers.enumerated() {
      line("\(buffer.isWritten ? "" : "const ")\(buffer.dtype.cName) *b\(b);")
    }
    for s in sizes { line("th_i64 s\(s);") }
    if isWhole {
      for (f, fold) in folds.enumerated() {
        line("\(carrier(fold.dtype).cName) p\(f)[\(KernelWriter.partials)];")
        if fold.isPosition { line("th_i64 at\(f)[\(KernelWriter.partials)];") }
      }
      line("th_i64 parts;")
    }
    if canFail { line("th_i32 check; th_i64 values[2];") }
    if nest.buffers.isEmpty && sizes.isEmpty { line("char unused;") }
    indent -= 1
    line("} @_args;")
    line("")
    line("static void @_range(void *context, th_i64 begin, th_i64 end) {")
    indent += 1
    line("@_args *a = (@_args *)context;")
    for (b, buffer) in nest.buffers.enumerated() {
      line("\(buffer.isWritten ? "" : "const ")\(buffer.dtype.cName) *b\(b) = a->b\(b);")
    }
    for s in sizes { line("const th_i64 s\(s) = a->s\(s);") }
    indent -= 1
    lines += bodyLines
    line("}")
    line("")
    wrapper(sizes)
    return KernelText(
      text: lines.joined(separator: "\n"), sizes: sizes.map { nest.sizes[$0] }, functions: values.functions,
      canFail: canFail)
  }

  private var axisOfRange: Int? { isSerial || isWhole || (isTiled && kept.count == 1) ? nil : kept.first }

  /// The function that the program calls: decides how many threads take part.
  private mutating func wrapper(_ sizes: [Int]) {
    var parameters = ["const th_host *host", "th_call *call"]
    for (b, buffer) in nest.buffers.enumerated() {
      parameters.append("\(buffer.isWritten ? "" : "const ")\(buffer.dtype.cName) *b\(b)")
    }
    for s in sizes { parameters.append("th_i64 s\(s)") }
    if canFail { parameters.append("th_error *error") }
    line("static \(canFail ? "th_i32" : "void") @(\(parameters.joined(separator: ", "))) {")
    indent += 1
    line("@_args a;")
    for b in nest.buffers.indices { line("a.b\(b) = b\(b);") }
    for s in sizes { line("a.s\(s) = s\(s);") }
    if canFail { line("a.check = 0;") }
    let work = nest.axes.map { values.size($0.extent) }
    let points = work.isEmpty ? "1" : work.map { "(\($0))" }.joined(separator: " * ")
    let total = nest.axes.reduce(Size(1)) { $0 * nest.sizes[$1.extent] }.constant
    let cost = values.cost
    let isSmall = total.map { $0 * cost < 200_000 } ?? false
    if isWhole {
      let n = extent(reduced[0])
      line("a.parts = (\(points)) < 4096 ? 1 : \(KernelWriter.partials);")
      line("if (a.parts > \(n)) a.parts = \(n) > 0 ? \(n) : 1;")
      parallel("a.parts", points, cost, isSmall)
      combine()
    } else if let axis = axisOfRange {
      parallel(extent(axis), points, cost, isSmall)
    } else if isTiled && !isSerial {
      parallel(
        "(\(extent(kept[0])) + \(KernelWriter.tile - 1)) / \(KernelWriter.tile)", points, cost, isSmall)
    } else {
      line("@_range(&a, 0, 1);")
    }
    if canFail {
      line(
        "if (a.check) { error->check = a.check - 1; error->count = 2; error->values[0] = a.values[0]; "
          + "error->values[1] = a.values[1]; return TH_CHECK; }")
      line("return TH_OK;")
    }
    indent -= 1
    line("}")
  }

  private mutating func parallel(_ range: String, _ points: String, _ cost: Int, _ isSmall: Bool) {
    if isSmall {
      line("(void)host; (void)call;")
      line("@_range(&a, 0, \(range));")
      return
    }
    line("const th_i64 work = \(points) * \(cost);")
    open("if (work >= TH_PARALLEL_WORK && host->threads > 1)")
    line("const th_i64 range = \(range);")
    line("host->parallel_for(call, range, th_grain(range, work), @_range, &a);")
    indent -= 1
    line("} else {")
    indent += 1
    line("@_range(&a, 0, \(range));")
    close()
  }

  // MARK: - The loops

  private mutating func statements(at depth: Int) {
    for statement in values.statements(at: depth) { line(statement) }
  }

  private mutating func loop(
    _ axis: Int, from begin: String = "0", to end: String? = nil, vector: Bool = false
  ) {
    if vector && values.hasReach(at: depthOfAxis[axis]) {
      openReach(axis, from: begin, to: end ?? extent(axis))
    } else {
      header(axis, from: begin, to: end ?? extent(axis), vector: vector)
    }
    statements(at: depthOfAxis[axis])
  }

  private mutating func header(_ axis: Int, from begin: String, to end: String, vector: Bool) {
    if vector { line("TH_VECTOR_LOOP") }
    open("for (th_i64 i\(axis) = \(begin); i\(axis) < \(end); i\(axis)++)")
  }

  /// How many points share one decision about their arguments' reach.
  private static let reachBlock = 2048

  /// Opens a loop over blocks, a loop that finds whether any argument of a block is out of the near functions' reach,
  /// and the loop proper, which `closeLoop` completes.
  private mutating func openReach(_ axis: Int, from begin: String, to end: String) {
    let size = KernelWriter.reachBlock
    open("for (th_i64 near = \(begin); near < \(end); near += \(size))")
    line("const th_i64 limit = near + \(size) < \(end) ? near + \(size) : \(end);")
    line("th_u32 far = 0;")
    header(axis, from: "near", to: "limit", vector: true)
    for statement in values.statements(at: depthOfAxis[axis]) { line(values.near(statement)) }
    for test in values.reachTests(at: depthOfAxis[axis]) { line("far |= \(test);") }
    close()
    reachStart = lines.count
    header(axis, from: "near", to: "limit", vector: true)
  }

  /// Closes an innermost loop. If it was opened for arguments in and out of reach, it is written twice.
  private mutating func closeLoop() {
    close()
    guard let start = reachStart else { return }
    reachStart = nil
    let body = lines[start...].map { "  " + $0 }
    lines.removeSubrange(start...)
    line("if (far) {")
    lines += body.map(values.whole)
    line("} else {")
    lines += body.map(values.near)
    line("}")
    close()
  }

  private mutating func body() {
    statements(at: 0)
    if isWhole {
      wholeFold()
    } else if isTiled {
      tiledFold()
    } else {
      rows()
    }
  }

  /// Loops over the kept axes, and under them, if there are folds, over the reduced ones.
  private mutating func rows() {
    if axisOfRange == nil { line("(void)begin; (void)end;") }
    let appends = nest.effects.contains { if case .append = $0 { true } else { false } }
    if appends { line("th_i64 rows = 0;") }
    for (k, axis) in kept.enumerated() {
      let isRange = axis == axisOfRange
      loop(
        axis, from: isRange ? "begin" : "0", to: isRange ? "end" : nil,
        vector: !isSerial && reduced.isEmpty && k == kept.count - 1)
    }
    if !folds.isEmpty {
      for (f, fold) in folds.enumerated() { declare(f, fold, "") }
      if hasBlocks {
        let axis = reduced[0]
        for (f, fold) in folds.enumerated() {
          line("\(carrier(fold.dtype).cName) total\(f) = \(fold.neutral());")
        }
        open("for (th_i64 block = 0; block < \(extent(axis)); block += 4096)")
        line("const th_i64 stop = block + 4096 < \(extent(axis)) ? block + 4096 : \(extent(axis));")
        for (f, fold) in folds.enumerated() { line("acc\(f) = \(fold.neutral());") }
        loop(axis, from: "block", to: "stop", vector: !isSerial)
        foldPoint("")
        closeLoop()
        for f in folds.indices { line(folds[f].join("total\(f)", "acc\(f)")) }
        close()
        for (f, fold) in folds.enumerated() {
          line(
            "b\(fold.buffer)[\(values.offset(fold.buffer, fold.at))] = (\(nest.buffers[fold.buffer].dtype.cName))(total\(f)\(startText(fold)));"
          )
        }
      } else {
        for (k, axis) in reduced.enumerated() { loop(axis, vector: !isSerial && k == reduced.count - 1) }
        foldPoint("")
        for _ in reduced { closeLoop() }
        for (f, fold) in folds.enumerated() { storeFold(f, fold, "") }
      }
    } else {
      effects()
    }
    for _ in kept { closeLoop() }
  }

  /// Long rows of `float32` are summed in blocks, whose sums are carried in `float64`.
  private var hasBlocks: Bool {
    reduced.count == 1
      && folds.allSatisfy { $0.combiner == .sum && nest.buffers[$0.buffer].dtype == .float32 }
      && (nest.sizes[nest.axes[reduced[0]].extent].constant ?? .max) > 4096
  }

  private mutating func wholeFold() {
    let axis = reduced[0]
    open("for (th_i64 part = begin; part < end; part++)")
    line(
      "const th_i64 first = part * \(extent(axis)) / a->parts, stop = (part + 1) * \(extent(axis)) / a->parts;"
    )
    for (f, fold) in folds.enumerated() { declare(f, fold, "") }
    for (k, axis) in reduced.enumerated() {
      loop(
        axis, from: k == 0 ? "first" : "0", to: k == 0 ? "stop" : nil,
        vector: !isSerial && k == reduced.count - 1)
    }
    foldPoint("")
    for _ in reduced { closeLoop() }
    for (f, fold) in folds.enumerated() {
      line("a->p\(f)[part] = acc\(f);")
      if fold.isPosition { line("a->at\(f)[part] = at\(f);") }
    }
    close()
  }

  private mutating func combine() {
    for statement in values.statementsForStart(folds.compactMap(\.start), depth: 0) { line(statement) }
    for (f, fold) in folds.enumerated() {
      open("")
      line("\(carrier(fold.dtype).cName) total = a.p\(f)[0];")
      if fold.isPosition {
        line("th_i64 at = a.at\(f)[0];")
        line(
          "for (th_i64 part = 1; part < a.parts; part++) if (\(fold.isBetter("a.p\(f)[part]", "total", first: "at < 0")) && "
            + "a.at\(f)[part] >= 0) { total = a.p\(f)[part]; at = a.at\(f)[part]; }")
        line("b\(fold.buffer)[0] = at;")
      } else {
        line("for (th_i64 part = 1; part < a.parts; part++) \(fold.join("total", "a.p\(f)[part]"))")
        line("b\(fold.buffer)[0] = (\(nest.buffers[fold.buffer].dtype.cName))(total\(startText(fold)));")
      }
      close()
    }
  }

  private mutating func tiledFold() {
    let last = kept.last!
    let outer = Array(kept.dropLast())
    // A short row needs no more accumulators than it has elements.
    let n = min(nest.sizes[nest.axes[last].extent].constant ?? KernelWriter.tile, KernelWriter.tile)
    if axisOfRange == nil && isSerial { line("(void)begin; (void)end;") }
    for axis in outer {
      let isRange = axis == axisOfRange
      loop(axis, from: isRange ? "begin" : "0", to: isRange ? "end" : nil)
    }
    let tiles = "(\(extent(last)) + \(n - 1)) / \(n)"
    let isRange = axisOfRange == nil && !isSerial
    open("for (th_i64 tile = \(isRange ? "begin" : "0"); tile < \(isRange ? "end" : tiles); tile++)")
    line(
      "const th_i64 first = tile * \(n), stop = first + \(n) < \(extent(last)) ? first + \(n) : \(extent(last));"
    )
    for (f, fold) in folds.enumerated() {
      line("\(carrier(fold.dtype).cName) acc\(f)[\(n)];")
      if fold.isPosition { line("th_i64 at\(f)[\(n)];") }
      line(
        "for (th_i64 j = 0; j < \(n); j++) { acc\(f)[j] = \(fold.neutral());\(fold.isPosition ? " at\(f)[j] = -1;" : "") }"
      )
    }
    for axis in reduced { loop(axis) }
    loop(last, from: "first", to: "stop", vector: !isSerial)
    foldPoint("[i\(last) - first]")
    closeLoop()
    for _ in reduced { close() }
    open("for (th_i64 i\(last) = first; i\(last) < stop; i\(last)++)")
    for statement in values.statementsForStart(folds.compactMap(\.start), depth: depthOfAxis[last]) {
      line(statement)
    }
    for (f, fold) in folds.enumerated() { storeFold(f, fold, "[i\(last) - first]") }
    close()
    close()
    for _ in outer { close() }
  }

  // MARK: - Folds

  private mutating func declare(_ f: Int, _ fold: Fold, _ index: String) {
    line("\(fold.dtype.cName) acc\(f) = \(fold.neutral());")
    if fold.isPosition { line("th_i64 at\(f) = -1;") }
  }

  /// The position along the reduced axes, row-major.
  private var position: String {
    var result = ""
    for axis in reduced { result = result.isEmpty ? "i\(axis)" : "(\(result)) * \(extent(axis)) + i\(axis)" }
    return result.isEmpty ? "0" : result
  }

  private mutating func foldPoint(_ index: String) {
    for (f, fold) in folds.enumerated() {
      let value = values.text(fold.value)
      let isFloatSum = (fold.combiner == .sum || fold.combiner == .product) && fold.dtype.isFloating
      if fold.isPosition {
        line(
          "if (\(fold.isBetter(value, "acc\(f)\(index)", first: "at\(f)\(index) < 0"))) { acc\(f)\(index) = \(value); at\(f)\(index) = \(position); }"
        )
      } else if isFloatSum && index.isEmpty {
        // Only the accumulation may be reordered into vector lanes, nothing that feeds it.
        line("{ TH_REASSOCIATE \(fold.join("acc\(f)", value)) }")
      } else {
        line(fold.join("acc\(f)\(index)", value))
      }
    }
    effects()
  }

  private func startText(_ fold: Fold) -> String { fold.start.map { " + \(values.text($0))" } ?? "" }

  private mutating func storeFold(_ f: Int, _ fold: Fold, _ index: String) {
    let sum = fold.start.map { "(acc\(f)\(index) + \(values.text($0)))" } ?? "acc\(f)\(index)"
    let value =
      fold.isPosition ? "at\(f)\(index)" : "(\(nest.buffers[fold.buffer].dtype.cName))\(sum)"
    line("b\(fold.buffer)[\(values.offset(fold.buffer, fold.at))] = \(value);")
  }

  private mutating func effects() {
    for effect in nest.effects {
      switch effect {
      case .fold: break
      case .store(let buffer, let at, let value), .scatter(let buffer, let at, let value):
        line("b\(buffer)[\(values.offset(buffer, at))] = \(values.text(value));")
      case .scatterAdd(let buffer, let at, let value):
        line("b\(buffer)[\(values.offset(buffer, at))] += \(values.text(value));")
      case .append(let condition, let buffer, let row):
        open("if (\(values.text(condition)))")
        for (k, ref) in row.enumerated() {
          line("b\(buffer)[rows * \(row.count) + \(k)] = \(values.text(ref));")
        }
        line("rows++;")
        close()
      }
    }
  }
}
