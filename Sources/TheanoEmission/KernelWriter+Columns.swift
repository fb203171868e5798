import TheanoArrays
import TheanoKernels

// Folds over outer axes: accumulators for a tile of columns, to which several rows are added at a time. Many columns are
// cut for the threads into tiles, few into parts along the rows, whose accumulators are added up in order.
extension KernelWriter {
  private var last: Int { kept.last! }
  private var outer: [Int] { Array(kept.dropLast()) }

  /// Whether threads may share few columns: each has accumulators of its own for some of the rows.
  var cutsRows: Bool {
    plan.form == .columns && outer.isEmpty && !folds.contains(where: \.isPosition) && !nest.isSequential
      && (length(last).map { $0 < KernelWriter.fewColumns } ?? true)
  }

  /// The accumulators of the parts.
  var columnPartials: [(type: String, name: String)] {
    cutsRows ? folds.map { ($0.carrier.cName, "p\($0.effect)") } : []
  }

  private var width: Int { max(min(length(last) ?? plan.tile, plan.tile), 1) }

  var columnTileCount: String { "(\(extent(last)) + tile - 1) / tile" }

  mutating func columnTiles(from begin: String, to end: String) {
    let range = isDirect ? nil : outer.first
    for axis in outer {
      loop(axis, from: axis == range ? begin : "0", to: axis == range ? end : nil, in: everything)
    }
    let isRange = outer.isEmpty
    code.open(
      "for (th_i64 part = \(isRange ? begin : "0"); part < \(isRange ? end : columnTileCount); part++)")
    code.line("const th_i64 first = part * tile;")
    code.line("const th_i64 stop = first + tile < \(extent(last)) ? first + tile : \(extent(last));")
    let places = folds.map { fold in
      code.line("\(fold.carrier.cName) \(fold.accumulator)[\(width)];")
      if fold.isPosition { code.line("th_i64 \(fold.place)[\(width)];") }
      return "\(fold.accumulator)[j]"
    }
    clear(places, count: "stop - first")
    addRows(from: "0", to: extent(reduced[0]), places)
    code.open("for (th_i64 i\(last) = first; i\(last) < stop; i\(last)++)")
    code.line("const th_i64 j = i\(last) - first;")
    let starts = folds.compactMap(\.fold.start)
    statements(at: depthOfAxis[last], in: values.needed(starts, at: depthOfAxis[last]))
    for (fold, place) in zip(folds, places) {
      storeFold(fold, fold.final(place, "\(fold.place)[j]", start: start(of: fold)))
    }
    code.close()
    code.close()
    for _ in outer { code.close() }
  }

  /// One part of the rows for each `part` of a range, its accumulators `part` times the columns into the memory of all.
  mutating func columnParts() {
    let n = extent(reduced[0])
    code.open("for (th_i64 part = begin; part < end; part++)")
    code.line("const th_i64 first = 0, stop = \(extent(last));")
    code.line(
      "const th_i64 top = part * \(n) / \(KernelWriter.rowParts), bottom = (part + 1) * \(n) / \(KernelWriter.rowParts);"
    )
    let places = folds.map { "p\($0.effect)[part * \(KernelWriter.fewColumns) + j]" }
    clear(places, count: "stop")
    addRows(from: "top", to: "bottom", places)
    code.close()
  }

  private mutating func clear(_ places: [String], count: String) {
    let neutral = zip(folds, places).map { fold, place in
      "\(place) = \(fold.neutral());\(fold.isPosition ? " \(fold.place)[j] = -1;" : "")"
    }
    code.line("for (th_i64 j = 0; j < \(count); j++) { \(neutral.joined(separator: " ")) }")
  }

  /// Adds rows to accumulators: the first of the reduced axes from `top` to `bottom`.
  private mutating func addRows(from top: String, to bottom: String, _ places: [String]) {
    let row = reduced[0]
    guard reduced.count == 1, isVector, !folds.contains(where: \.isPosition), isCheapBlock else {
      loop(row, from: top, to: bottom, in: everything)
      for axis in reduced.dropFirst() { loop(axis, in: everything) }
      columnLoop(places)
      for _ in reduced { code.close() }
      return
    }
    // Several rows at a time, so that accumulators are read and written once for all of them.
    let block = plan.block
    code.line("th_i64 row = \(top);")
    code.open("for (; row + \(block) <= \(bottom); row += \(block))")
    code.line("TH_VECTOR_LOOP")
    code.open("for (th_i64 i\(last) = first; i\(last) < stop; i\(last)++)")
    code.line("const th_i64 j = i\(last) - first;")
    for (fold, place) in zip(folds, places) {
      code.line("\(fold.carrier.cName) t\(fold.effect) = \(place);")
    }
    code.open("for (th_i64 i\(row) = row; i\(row) < row + \(block); i\(row)++)")
    statements(at: depthOfAxis[row], in: everything)
    statements(at: depthOfAxis[last], in: everything)
    for fold in folds { code.line(fold.join("t\(fold.effect)", values.text(fold.value))) }
    for effect in nest.effects { self.effect(effect) }
    code.close()
    for (fold, place) in zip(folds, places) { code.line("\(place) = t\(fold.effect);") }
    code.close()
    code.close()
    loop(row, from: "row", to: bottom, in: everything)
    columnLoop(places)
    code.close()
  }

  /// Whether a point is cheap enough to be written out for several rows.
  private var isCheapBlock: Bool {
    nest.cost <= 64 && !values.hasReach(at: depthOfAxis[last], in: everything) && !nest.isSequential
  }

  private mutating func columnLoop(_ places: [String]) {
    innermost(last, from: "first", to: "stop", in: everything) { writer in
      writer.code.line("const th_i64 j = i\(writer.last) - first;")
      for (fold, place) in zip(writer.folds, places) { writer.columnPoint(fold, place) }
      for effect in writer.nest.effects { writer.effect(effect) }
    }
  }

  private mutating func columnPoint(_ fold: Fold, _ place: String) {
    let value = values.text(fold.value)
    guard fold.isPosition else {
      code.line(fold.join(place, value))
      return storeRunning(fold, place)
    }
    // Side by side, choices become vector code.
    let at = "\(fold.place)[j]"
    code.line("{ const int better = \(fold.isBetter(value, place, first: "\(at) < 0"));")
    code.line("  \(place) = better ? \(value) : \(place);")
    code.line("  \(at) = better ? \(position()) : \(at); }")
  }

  mutating func dispatchColumns() {
    let n = extent(last)
    guard outer.isEmpty else {
      code.line("a.tile = \(width);")
      return parallel(extent(outer[0]))
    }
    if cutsRows {
      let rows = extent(reduced[0])
      let isFew = length(last) == nil ? "\(n) < \(KernelWriter.fewColumns) && " : ""
      code.open(
        "if (\(isFew)\(rows) >= \(KernelWriter.rowParts * plan.block) && \(points) * \(nest.cost) >= TH_PARALLEL_WORK)"
      )
      for partial in columnPartials {
        code.line("\(partial.type) \(partial.name)[\(KernelWriter.rowParts * KernelWriter.fewColumns)];")
        code.line("a.\(partial.name) = \(partial.name);")
      }
      parallel("\(KernelWriter.rowParts)", "parts")
      statements(at: 0, in: everything)
      code.open("for (th_i64 i\(last) = 0; i\(last) < \(n); i\(last)++)")
      let starts = folds.compactMap(\.fold.start)
      statements(at: depthOfAxis[last], in: values.needed(starts, at: depthOfAxis[last]))
      for fold in folds {
        let p = "p\(fold.effect)[part * \(KernelWriter.fewColumns) + i\(last)]"
        code.line("\(fold.carrier.cName) total\(fold.effect) = p\(fold.effect)[i\(last)];")
        code.line(
          "for (th_i64 part = 1; part < \(KernelWriter.rowParts); part++) \(fold.join("total\(fold.effect)", p))"
        )
        storeFold(fold, fold.final("total\(fold.effect)", "", start: start(of: fold)))
      }
      code.close()
      code.line("return;")
      code.close()
    }
    // As wide as leaves each thread some, and no wider than the accumulators.
    code.line("a.tile = (\(n) / (host->threads > 1 ? host->threads : 1) + 63) / 64 * 64;")
    code.line("if (a.tile < 256) a.tile = 256;")
    code.line("if (a.tile > \(width)) a.tile = \(width);")
    parallel("(\(n) + a.tile - 1) / a.tile")
  }
}
