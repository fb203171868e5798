import TheanoArrays
import TheanoKernels

extension KernelWriter {
  /// How many elements of a row a `float32` sum runs over before it is added to one of `float64`, and how many are looked
  /// through at once for the best.
  static let block = 1024

  func isCarried(_ fold: Fold) -> Bool { isNarrowSum(fold) && isVector }

  func isNarrowSum(_ fold: Fold) -> Bool {
    fold.combiner == .sum && fold.dtype == .float32 && !reduced.isEmpty
  }

  /// Whether the innermost loop over reduced axes becomes vector code: not beside a search for a position. There sums of
  /// `float32` are `float64` from the start, since one accumulator loses more than the lanes of vectors do.
  var isVector: Bool { !isSerial && !folds.contains { $0.isPosition } }

  /// Where a fold's result stands after `reducedLoops`.
  func result(_ f: Int) -> String { isCarried(folds[f]) ? "total\(f)" : "acc\(f)" }

  /// The loops over the reduced axes, of the first of them from `first` to `stop`.
  ///
  /// Sums of `float32` are carried in `float64` from one row of the last axis, or from one block of a long row, to the next.
  mutating func reducedLoops(from first: String = "0", to stop: String? = nil) {
    guard let last = reduced.last else {
      // All axes that are reduced have length 1.
      for (f, fold) in folds.enumerated() { declare(f, fold) }
      return foldPoint("")
    }
    for (f, fold) in folds.enumerated() {
      declare(f, fold)
      if isCarried(fold) { line("\(carrier(fold).cName) total\(f) = \(fold.neutral());") }
    }
    for (k, axis) in reduced.dropLast().enumerated() {
      loop(axis, from: k == 0 ? first : "0", to: k == 0 ? stop : nil)
    }
    let (begin, end) = reduced.count == 1 ? (first, stop ?? extent(last)) : ("0", extent(last))
    if isSearch { searchRow(last, from: begin, to: end) } else { foldRow(last, from: begin, to: end) }
    for _ in reduced.dropLast() { closeLoop() }
  }

  /// The loop over the last reduced axis.
  mutating func foldRow(_ last: Int, from begin: String, to end: String) {
    let isBlocked = folds.contains(where: isCarried) && isLong(last)
    if isBlocked { openBlocks(from: begin, to: end) }
    for (f, fold) in folds.enumerated() where isCarried(fold) { line("acc\(f) = \(fold.neutral());") }
    loop(last, from: isBlocked ? "block" : begin, to: isBlocked ? "rest" : end, vector: !isSerial)
    foldPoint("")
    closeLoop()
    for (f, fold) in folds.enumerated() where isCarried(fold) { line(fold.join("total\(f)", "acc\(f)")) }
    if isBlocked { close() }
  }

  /// Whether a row may be longer than a block.
  func isLong(_ axis: Int) -> Bool { length(axis).map { $0 > KernelWriter.block } ?? true }

  /// Opens a loop over the blocks of a row: from `block` to `rest`.
  mutating func openBlocks(from begin: String, to end: String) {
    let size = KernelWriter.block
    open("for (th_i64 block = \(begin); block < \(end); block += \(size))")
    line("const th_i64 rest = block + \(size) < \(end) ? block + \(size) : \(end);")
  }

  /// What costs less, in additions, is computed again rather than written to memory and read.
  static let cheapCost = 8

  /// Whether a position is all that is wanted.
  var isSearch: Bool { !isSerial && !isTiled && nest.effects.count == 1 && folds.first?.isPosition == true }

  /// A search for the best value's position, in loops that become vector code, as one that keeps value and position does not:
  /// the best value of a block, and if that is better than all before, its first position in the block.
  mutating func searchRow(_ last: Int, from begin: String, to end: String) {
    let fold = folds[0]
    let type = fold.dtype.cName
    let value = values.text(fold.value)
    // What costs little is computed twice rather than kept.
    let isCheap = values.cost <= KernelWriter.cheapCost && !values.hasReach(at: depthOfAxis[last])
    let room = min(length(last) ?? KernelWriter.block, KernelWriter.block)
    if isLong(last) {
      openBlocks(from: begin, to: end)
    } else {
      open("")
      line("const th_i64 block = \(begin), rest = \(end);")
    }
    line("\(type) best = \(fold.neutral())\(isCheap ? "" : ", seen[\(room)]");")
    loop(last, from: "block", to: "rest", vector: true)
    if !isCheap { line("seen[i\(last) - block] = \(value);") }
    line(fold.extremum.join("best", value))
    closeLoop()
    open("if (\(fold.isBetter("best", "acc0", first: "at0 < 0")))")
    line("acc0 = best;")
    line("th_i32 place = \(room);")
    line("TH_VECTOR_LOOP")
    open("for (th_i32 j = 0; j < (th_i32)(rest - block); j++)")
    if isCheap {
      line("const th_i64 i\(last) = block + j;")
      for statement in values.statements(at: depthOfAxis[last]) { line(statement) }
    }
    let seen = isCheap ? value : "seen[j]"
    // The best value is NaN if there is a NaN.
    let isBest = "(\(seen) == best)" + (fold.dtype.isFloating ? " | (\(seen) != \(seen))" : "")
    line("const th_i32 here = \(isBest) ? j : \(room);")
    line("place = here < place ? here : place;")
    close()
    line("at0 = \(position(last: "(block + place)"));")
    close()
    close()
  }

  mutating func wholeFold() {
    let n = extent(reduced[0])
    open(
      isDirect
        ? "for (th_i64 part = 0; part < parts; part++)" : "for (th_i64 part = begin; part < end; part++)")
    line("const th_i64 first = part * \(n) / parts, stop = (part + 1) * \(n) / parts;")
    reducedLoops(from: "first", to: "stop")
    for (f, fold) in folds.enumerated() {
      line("p\(f)[part] = \(result(f));")
      if fold.isPosition { line("q\(f)[part] = at\(f);") }
    }
    close()
  }

  mutating func combine() {
    if !isDirect {
      for statement in values.statementsForStart(folds.compactMap(\.start), depth: 0) { line(statement) }
    }
    for (f, fold) in folds.enumerated() {
      open("")
      line("\(carrier(fold).cName) total = p\(f)[0];")
      if fold.isPosition {
        line("th_i64 at = q\(f)[0];")
        line(
          "for (th_i64 part = 1; part < parts; part++) if (\(fold.isBetter("p\(f)[part]", "total", first: "at < 0")) && "
            + "q\(f)[part] >= 0) { total = p\(f)[part]; at = q\(f)[part]; }")
      } else {
        line("for (th_i64 part = 1; part < parts; part++) \(fold.join("total", "p\(f)[part]"))")
      }
      storeFold(f, fold, "total", "at")
      close()
    }
  }

  /// How many accumulators lie side by side: a short row needs no more than it has elements.
  func accumulators(_ last: Int) -> Int {
    min(length(last) ?? KernelWriter.tile, KernelWriter.tile)
  }

  func tiles(_ last: Int) -> String {
    let n = max(accumulators(last), 1)
    return "(\(extent(last)) + \(n - 1)) / \(n)"
  }

  mutating func tiledFold() {
    let last = kept.last!
    let outer = Array(kept.dropLast())
    let n = accumulators(last)
    for axis in outer {
      let isRange = axis == axisOfRange
      loop(axis, from: isRange ? "begin" : "0", to: isRange ? "end" : nil)
    }
    let isRange = axisOfRange == nil && !isDirect
    open("for (th_i64 tile = \(isRange ? "begin" : "0"); tile < \(isRange ? "end" : tiles(last)); tile++)")
    line(
      "const th_i64 first = tile * \(n), stop = first + \(n) < \(extent(last)) ? first + \(n) : \(extent(last));"
    )
    for (f, fold) in folds.enumerated() {
      line("\(carrier(fold).cName) acc\(f)[\(n)];")
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
    for (f, fold) in folds.enumerated() {
      storeFold(f, fold, "acc\(f)[i\(last) - first]", "at\(f)[i\(last) - first]")
    }
    close()
    close()
    for _ in outer { close() }
  }

  mutating func declare(_ f: Int, _ fold: Fold) {
    let dtype = isNarrowSum(fold) && !isVector ? carrier(fold) : fold.dtype
    line("\(dtype.cName) acc\(f) = \(fold.neutral());")
    if fold.isPosition { line("th_i64 at\(f) = -1;") }
  }

  /// The position along the reduced axes, row-major, given the one along the last of them.
  func position(last: String? = nil) -> String {
    var result = ""
    for axis in reduced {
      let index = axis == reduced.last ? last ?? "i\(axis)" : "i\(axis)"
      result = result.isEmpty ? index : "(\(result)) * \(extent(axis)) + \(index)"
    }
    return result.isEmpty ? "0" : result
  }

  mutating func foldPoint(_ index: String) {
    for (f, fold) in folds.enumerated() {
      let value = values.text(fold.value)
      let isFloatSum = (fold.combiner == .sum || fold.combiner == .product) && fold.dtype.isFloating
      if fold.isPosition {
        let (best, at) = ("acc\(f)\(index)", "at\(f)\(index)")
        let isBetter = fold.isBetter(value, best, first: "\(at) < 0")
        if index.isEmpty {
          line("if (\(isBetter)) { \(best) = \(value); \(at) = \(position()); }")
        } else {
          // Side by side, choices become vector code.
          line("{ const int better = \(isBetter);")
          line("  \(best) = better ? \(value) : \(best);")
          line("  \(at) = better ? \(position()) : \(at); }")
        }
      } else if isFloatSum && index.isEmpty {
        // Only the accumulation may be reordered into vector lanes, nothing that feeds it.
        line("{ TH_REASSOCIATE \(fold.join("acc\(f)", value)) }")
      } else {
        line(fold.join("acc\(f)\(index)", value))
      }
    }
    effects()
  }

  /// Writes a fold's result, given where it and, if that is what is wanted, its position stand.
  mutating func storeFold(_ f: Int, _ fold: Fold, _ result: String, _ position: String) {
    let sum = fold.start.map { "(\(result) + \(values.text($0)))" } ?? result
    let value = fold.isPosition ? position : "(\(nest.buffers[fold.buffer].dtype.cName))\(sum)"
    line("b\(fold.buffer)[\(values.offset(fold.buffer, fold.at))] = \(value);")
  }
}
