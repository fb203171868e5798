import TheanoArrays
import TheanoKernels

/// A loop nest as a C function, without its name: equal nests have equal texts.
package struct KernelText: Hashable {
  /// The definition, with `@` where the name goes, and `$` where it is said whether the compiler shall inline it.
  package var text: String
  /// The sizes that the function takes, in order: those that are no constants.
  package var sizes: [Size]
  /// Which functions of the prelude it calls.
  package var functions: Set<String>
  /// Whether the function can fail: it then gives the number of the check.
  package var canFail: Bool

  static let attribute = "$"

  /// The definition under a name.
  func named(_ name: String, attribute: String) -> String {
    text.replacing([UInt8(ascii: "@"): name, UInt8(ascii: "$"): attribute])
  }
}

extension String {
  /// The text with other texts in the place of single characters. One pass over the bytes: the standard library's
  /// general way took longer than all else in the emission.
  fileprivate func replacing(_ replacements: [UInt8: String]) -> String {
    var result = ""
    result.reserveCapacity(utf8.count + 256)
    var rest = self[...]
    while let at = rest.utf8.firstIndex(where: { replacements[$0] != nil }) {
      result += rest[..<at]
      result += replacements[rest.utf8[at]] ?? ""
      rest = rest[rest.utf8.index(after: at)...]
    }
    return result + rest
  }
}

/// Writes a loop nest as loops for a CPU.
///
/// A nest without reductions is its axes as loops, the outermost cut into pieces for the threads. With reductions there
/// are three forms:
/// - over everything: 64 partial results, combined in order, so that the sum does not depend on the threads;
/// - over inner axes: one accumulator a row; where the best value stands is looked for only in blocks that have a better one;
/// - over outer axes while the last one stays: a tile of 64 accumulators, so that memory is still read in order.
/// Sums of `float32` are carried in `float64` from one partial result, row block or tile to the next.
struct KernelWriter {
  let nest: LoopNest
  private var lines: [String] = []
  private var indent = 1
  let kept: [Int]
  let reduced: [Int]
  let folds: [Fold]
  var depthOfAxis: [Int]
  private let order: [Int]
  var values: ValueWriter
  let isSerial: Bool
  private let canFail: Bool
  /// Whether it is known to run on one thread.
  let isDirect: Bool
  /// Whether it is a fold over everything whose partial results are combined at the end.
  let isWhole: Bool
  /// Where the text of a loop begins that is to be written for arguments in and out of reach.
  private var reachStart: Int?

  static let partials = 64
  static let tile = 64
  /// A fold over fewer elements has one partial result.
  static let singlePart = 4096
  /// Less work than this is never worth a second thread; generated code says the same of work that it has to count.
  static let parallelWork = 200_000
  /// The compiler unrolls a shorter loop altogether; asked for vector code it takes longer and gains nothing.
  static let shortLoop = 8

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
    // The points of a space can be more than an integer counts.
    let lengths = nest.axes.map { nest.sizes[$0.extent].constant }
    let points = lengths.contains(nil) ? nil : lengths.reduce(1.0) { $0 * Double($1 ?? 1) }
    let cost = Double(values.cost)
    isDirect = isSerial || points.map { $0 * cost <= Double(KernelWriter.parallelWork) } ?? false
    let isShort = points.map { $0 < Double(KernelWriter.singlePart) } ?? false
    isWhole = !folds.isEmpty && kept.isEmpty && !reduced.isEmpty && !isShort
  }

  mutating func line(_ text: String) { lines.append(String(repeating: "  ", count: indent) + text) }
  mutating func open(_ text: String) {
    line(text + " {")
    indent += 1
  }
  mutating func close() {
    indent -= 1
    line("}")
  }

  /// The length of an axis, if it is known.
  func length(_ axis: Int) -> Int? { nest.sizes[nest.axes[axis].extent].constant }
  func extent(_ axis: Int) -> String { values.size(nest.axes[axis].extent) }
  var isTiled: Bool { !reduced.isEmpty && !folds.isEmpty && kept.last == nest.axes.count - 1 }

  /// The type in which a fold is carried between partial results.
  func carrier(_ fold: Fold) -> DType {
    let isSum = fold.combiner == .sum || fold.combiner == .product
    return isSum && fold.dtype == .float32 ? .float64 : fold.dtype
  }

  private mutating func write() -> KernelText {
    let sizes = nest.sizes.indices.filter { nest.sizes[$0].constant == nil }
    body()
    let bodyLines = lines
    lines = []
    if isDirect {
      direct(bodyLines, sizes)
    } else {
      range(bodyLines, sizes)
      indent = 0
      line("")
      wrapper(sizes)
    }
    return KernelText(
      text: lines.joined(separator: "\n"), sizes: sizes.map { nest.sizes[$0] }, functions: values.functions,
      canFail: canFail)
  }

  private var parameters: [String] {
    nest.buffers.enumerated().map { b, buffer in
      "\(buffer.isWritten ? "" : "const ")\(buffer.dtype.cName) *b\(b)"
    }
  }

  private var numbers: [String] { nest.parameters.enumerated().map { "\($1.cName) c\($0)" } }

  /// The head of the function that the program calls.
  private mutating func head(_ sizes: [Int]) {
    var all = ["const th_host *host", "th_call *call"] + parameters + sizes.map { "th_i64 s\($0)" }
    all += numbers
    if canFail { all.append("th_error *error") }
    indent = 0
    line("static \(KernelText.attribute)\(canFail ? "th_i32" : "void") @(\(all.joined(separator: ", "))) {")
    indent = 1
  }

  /// A loop that always runs on one thread: one function, which the compiler has done with sooner.
  private mutating func direct(_ bodyLines: [String], _ sizes: [Int]) {
    head(sizes)
    line("(void)host; (void)call;")
    if isWhole {
      for partial in partials { line("\(partial.type) \(partial.name)[\(KernelWriter.partials)];") }
      line("const th_i64 parts = \(KernelWriter.partials);")
    }
    lines += bodyLines
    if isWhole { combine() }
    if canFail { line("return TH_OK;") }
    indent = 0
    line("}")
  }

  /// A loop that may be cut into pieces for several threads: a function of a piece, whose arguments travel in a struct.
  private mutating func range(_ bodyLines: [String], _ sizes: [Int]) {
    indent = 0
    line("typedef struct {")
    indent = 1
    for parameter in parameters { line("\(parameter);") }
    for s in sizes { line("th_i64 s\(s);") }
    for number in numbers { line("\(number);") }
    if isWhole {
      for partial in partials { line("\(partial.type) \(partial.name)[\(KernelWriter.partials)];") }
      line("th_i64 parts;")
    }
    indent = 0
    line("} @_args;")
    line("")
    line("static void @_range(void *context, th_i64 begin, th_i64 end) {")
    indent = 1
    line("@_args *a = (@_args *)context;")
    for (b, parameter) in parameters.enumerated() { line("\(parameter) = a->b\(b);") }
    for s in sizes { line("const th_i64 s\(s) = a->s\(s);") }
    for (k, number) in numbers.enumerated() { line("const \(number) = a->c\(k);") }
    if isWhole {
      for partial in partials { line("\(partial.type) *\(partial.name) = a->\(partial.name);") }
      line("const th_i64 parts = a->parts;")
    }
    lines += bodyLines
    indent = 0
    line("}")
  }

  /// The axis that is cut into pieces, if it is one and not parts or tiles.
  var axisOfRange: Int? { isDirect || isWhole || (isTiled && kept.count == 1) ? nil : kept.first }

  /// What a fold over everything keeps for each part.
  var partials: [(type: String, name: String)] {
    folds.enumerated().flatMap { f, fold in
      [(carrier(fold).cName, "p\(f)")] + (fold.isPosition ? [("th_i64", "q\(f)")] : [])
    }
  }

  /// The function that the program calls: decides how many threads take part.
  private mutating func wrapper(_ sizes: [Int]) {
    head(sizes)
    line("@_args a;")
    for b in nest.buffers.indices { line("a.b\(b) = b\(b);") }
    for s in sizes { line("a.s\(s) = s\(s);") }
    for k in numbers.indices { line("a.c\(k) = c\(k);") }
    let work = nest.axes.map { values.size($0.extent) }
    let points = work.isEmpty ? "1" : work.map { "(\($0))" }.joined(separator: " * ")
    if isWhole {
      let n = extent(reduced[0])
      line("a.parts = (\(points)) < \(KernelWriter.singlePart) ? 1 : \(KernelWriter.partials);")
      line("if (a.parts > \(n)) a.parts = \(n) > 0 ? \(n) : 1;")
      parallel("a.parts", points)
      for partial in partials { line("const \(partial.type) *\(partial.name) = a.\(partial.name);") }
      line("const th_i64 parts = a.parts;")
      combine()
    } else {
      // A nest without an axis to cut is direct.
      parallel(axisOfRange.map(extent) ?? tiles(kept[0]), points)
    }
    indent = 0
    line("}")
  }

  private mutating func parallel(_ range: String, _ points: String) {
    line("const th_i64 work = \(points) * \(values.cost);")
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

  mutating func loop(
    _ axis: Int, from begin: String = "0", to end: String? = nil, vector: Bool = false
  ) {
    if vector && values.hasReach(at: depthOfAxis[axis]) {
      openReach(axis, from: begin, to: end ?? extent(axis))
    } else {
      header(axis, from: begin, to: end ?? extent(axis), vector: vector)
    }
    statements(at: depthOfAxis[axis])
  }

  mutating func header(_ axis: Int, from begin: String, to end: String, vector: Bool) {
    let isShort = length(axis).map { $0 < KernelWriter.shortLoop } ?? false
    if vector && !isShort { line("TH_VECTOR_LOOP") }
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
  mutating func closeLoop() {
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
    let appends = nest.effects.contains { if case .append = $0 { true } else { false } }
    if appends { line("th_i64 rows = 0;") }
    for (k, axis) in kept.enumerated() {
      let isRange = axis == axisOfRange
      loop(
        axis, from: isRange ? "begin" : "0", to: isRange ? "end" : nil,
        vector: !isSerial && reduced.isEmpty && k == kept.count - 1)
    }
    if !folds.isEmpty {
      reducedLoops()
      for (f, fold) in folds.enumerated() { storeFold(f, fold, result(f), "at\(f)") }
    } else {
      effects()
    }
    for _ in kept { closeLoop() }
  }

  mutating func effects() {
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
