#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The golden values of one function of the vector maths in one type (`Scripts/prelude_golden.py` writes them).
package struct PreludeGolden<Number: BinaryFloatingPoint & Sendable>: Sendable {
  /// One point: the arguments, the exact result rounded, and the rest of it in units of the last place.
  package struct Point: Sendable {
    package var x: Number
    package var y: Number
    package var rounded: Number
    package var rest: Double
  }

  package var name: String
  package var points: [Point] = []

  /// How far a result may be from the exact one, in units of the last place of the exact one, or of a larger number where the
  /// function promises no more than that.
  package struct Bound: Sendable {
    package var ulps: Double
    /// The number whose last place is the unit for a smaller result.
    package var scale = 0.0
  }

  /// What the prelude promises: the tables of Sources/CTheanoPrelude/ACCURACY.md.
  package func bound(at x: Number) -> Bound {
    switch name {
    case "fmod": return Bound(ulps: 0)
    case "sqrt", "mod": return Bound(ulps: 0.5)
    case "gamma", "lgamma", "digamma", "trigamma": break
    default: return Bound(ulps: 2)
    }
    guard MemoryLayout<Number>.size == 8 else {
      // float64 rounded once more: half a unit, and what float64 may be off at its worst.
      return Bound(ulps: 0.51)
    }
    switch name {
    case "gamma": return Bound(ulps: x < 0 ? 4 : 1)
    case "lgamma": return x < 0 ? Bound(ulps: 6, scale: 1) : Bound(ulps: 4)
    case "digamma": return Bound(ulps: 4, scale: x < 0 ? Self.digammaTerm(Double(x)) : 0)
    default: return Bound(ulps: 8)
    }
  }

  /// The largest term of digamma below 0, which is digamma(-x) - 1 / x - pi / tan(pi x); roughly.
  private static func digammaTerm(_ x: Double) -> Double {
    var (y, mirrored) = (-x, 0.0)
    while y < 10 {
      mirrored -= 1 / y
      y += 1
    }
    mirrored += log(y) - 1 / (2 * y) - 1 / (12 * y * y)
    let cotangent = Double.pi / tan(.pi * (x - x.rounded()))
    return cotangent.isFinite ? max(abs(mirrored), abs(1 / x), abs(cotangent)) : 0
  }

  /// The error of a result in units of the last place; infinite if it is of the wrong kind.
  package func error(_ result: Number, at point: Point) -> Double {
    let right = point.rounded
    if right.isNaN || result.isNaN { return right.isNaN && result.isNaN ? 0 : .infinity }
    if right == 0 && result == 0 { return right.sign == result.sign ? abs(point.rest) : .infinity }
    if right.isInfinite || result.isInfinite {
      // One step short of infinity, or of the greatest number, is within the bounds of any function that is not exact.
      let greatest = Number.greatestFiniteMagnitude
      let isNear = right.sign == result.sign && abs(right) >= greatest && abs(result) >= greatest
      return right == result ? 0 : isNear ? 1 : .infinity
    }
    var unit = Double(right.ulp)
    if unit == 0 { unit = Double(Number.leastNonzeroMagnitude) }
    unit = max(unit, Double(Number(bound(at: point.x).scale).ulp))
    let rest = point.rest * (Double(right.ulp) / unit)
    // Halved, so that the difference of the greatest numbers stays finite.
    return abs((Double(result) / 2 - Double(right) / 2) / unit * 2 - rest)
  }

  /// The golden values of all functions, in the order of the file.
  package static func all() -> [PreludeGolden] {
    let width = MemoryLayout<Number>.size
    let path = "\(packageRoot)/Tests/Numerics/Golden/Prelude/\(width == 4 ? "f32" : "f64").txt"
    let text = String(decoding: fileBytes(path), as: UTF8.self)
    var functions: [PreludeGolden] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      if words.count == 1 {
        functions.append(PreludeGolden(name: String(line)))
        continue
      }
      let numbers = words.dropLast().map(number)
      guard let x = numbers.first, let rounded = numbers.last,
        let rest = Double(String(words[words.count - 1]))
      else { fatalError("cannot read \(line) in \(path)") }
      functions[functions.count - 1].points.append(
        Point(x: x, y: numbers[numbers.count - 2], rounded: rounded, rest: rest))
    }
    return functions
  }

  private static func number(_ word: Substring) -> Number {
    guard let bits = UInt64(word, radix: 16) else { fatalError("cannot read \(word)") }
    return MemoryLayout<Number>.size == 4
      ? Number(Float(bitPattern: UInt32(truncatingIfNeeded: bits))) : Number(Double(bitPattern: bits))
  }
}
