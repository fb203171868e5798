import TheanoArrays
import TheanoKernels

extension KernelWriter {
  /// What a fold over everything keeps for each part.
  var partials: [(type: String, name: String)] {
    folds.flatMap { fold in
      [(fold.carrier.cName, "p\(fold.effect)")] + (fold.isPosition ? [("th_i64", "q\(fold.effect)")] : [])
    }
  }

  mutating func wholeParts(from begin: String, to end: String) {
    let n = extent(reduced[0])
    let effects = nest.effects
    code.open("for (th_i64 part = \(begin); part < \(end); part++)")
    code.line("const th_i64 first = part * \(n) / parts, stop = (part + 1) * \(n) / parts;")
    declare(folds)
    runLoops(folds, nest.needed(for: effects), from: "first", to: "stop") { writer in
      for effect in effects { writer.effect(effect) }
    }
    for fold in folds {
      code.line("p\(fold.effect)[part] = \(fold.accumulator);")
      if fold.isPosition { code.line("q\(fold.effect)[part] = \(fold.place);") }
    }
    code.close()
  }

  mutating func combineParts() {
    for fold in folds {
      let (p, q) = ("p\(fold.effect)", "q\(fold.effect)")
      code.open("")
      code.line("\(fold.carrier.cName) total = \(p)[0];")
      if fold.isPosition {
        code.line("th_i64 at = \(q)[0];")
        code.line(
          "for (th_i64 part = 1; part < parts; part++) if (\(fold.isBetter("\(p)[part]", "total", first: "at < 0")) && "
            + "\(q)[part] >= 0) { total = \(p)[part]; at = \(q)[part]; }")
      } else {
        code.line("for (th_i64 part = 1; part < parts; part++) \(fold.join("total", "\(p)[part]"))")
      }
      storeFold(fold, fold.final("total", "at", start: start(of: fold)))
      code.close()
    }
  }
}
