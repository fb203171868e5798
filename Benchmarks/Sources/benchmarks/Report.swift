#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A number for people: three significant digits or a little more.
func format(_ value: Double, digits: Int = 3) -> String {
  guard value.isFinite else { return "-" }
  let magnitude = value == 0 ? 0 : Int(log10(abs(value)).rounded(.down))
  let decimals = max(0, min(6, digits - 1 - magnitude))
  let scale = pow(10.0, Double(decimals))
  let rounded = (value * scale).rounded() / scale
  var text = decimals == 0 ? "\(Int(rounded))" : "\(rounded)"
  if decimals > 0, let point = text.firstIndex(of: ".") {
    let have = text.distance(from: point, to: text.endIndex) - 1
    if have < decimals { text += String(repeating: "0", count: decimals - have) }
  }
  return text
}

extension String {
  func padded(to width: Int, right: Bool = false) -> String {
    let missing = String(repeating: " ", count: max(0, width - count))
    return right ? missing + self : self + missing
  }
}

/// Prints rows as they come.
enum Table {
  static func heading() {
    line("workload", "who", "median", "quartiles", "ratio", "target")
    print(String(repeating: "-", count: 112))
  }

  static func add(_ rows: [Row]) {
    for (k, row) in rows.enumerated() {
      let scale = row.unit.perSecond
      let spread =
        "\(format(row.seconds.lowerQuartile * scale)) .. \(format(row.seconds.upperQuartile * scale))"
      let ratio = row.ratio.map { "\(format($0.median)) x \(row.denominator ?? "")" } ?? ""
      line(
        k == 0 ? row.workload : "", row.contestant,
        "\(format(row.seconds.median * scale)) \(row.unit.rawValue)",
        spread, ratio, target(row))
      if !row.note.isEmpty { print("    \(row.note)") }
    }
    fflush(nil)
  }

  private static func target(_ row: Row) -> String {
    guard let target = row.target, let isMet = row.isMet else { return "" }
    let limit =
      switch target {
      case .ratio(let x): "<= \(format(x)) x"
      case .seconds(let s): "<= \(format(s * row.unit.perSecond)) \(row.unit.rawValue)"
      }
    return "\(limit): \(isMet ? "met" : "MISSED")"
  }

  private static func line(_ a: String, _ b: String, _ c: String, _ d: String, _ e: String, _ f: String) {
    print(
      a.padded(to: 26), b.padded(to: 18), c.padded(to: 11, right: true), d.padded(to: 18, right: true),
      e.padded(to: 20, right: true), f)
  }
}

/// A JSON value, written without anybody's help.
indirect enum JSON {
  case text(String)
  case number(Double)
  case boolean(Bool)
  case none
  case list([JSON])
  case object([(String, JSON)])

  func written(indent: Int = 0) -> String {
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch self {
    case .text(let text): return JSON.quoted(text)
    case .number(let value):
      guard value.isFinite else { return "null" }
      return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    case .boolean(let value): return "\(value)"
    case .none: return "null"
    case .list(let items):
      if items.isEmpty { return "[]" }
      return "[\n" + items.map { inner + $0.written(indent: indent + 2) }.joined(separator: ",\n")
        + "\n\(outer)]"
    case .object(let fields):
      if fields.isEmpty { return "{}" }
      return "{\n"
        + fields.map { inner + JSON.quoted($0.0) + ": " + $0.1.written(indent: indent + 2) }
        .joined(separator: ",\n") + "\n\(outer)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension Statistics {
  func json(scale: Double) -> JSON {
    .object([
      ("median", .number(median * scale)), ("lowerQuartile", .number(lowerQuartile * scale)),
      ("upperQuartile", .number(upperQuartile * scale)), ("minimum", .number(minimum * scale)),
      ("samples", .number(Double(count))),
    ])
  }
}

extension Row {
  var json: JSON {
    var fields: [(String, JSON)] = [
      ("workload", .text(workload)), ("contestant", .text(contestant)), ("unit", .text(unit.rawValue)),
      ("time", seconds.json(scale: unit.perSecond)),
    ]
    if let ratio, let denominator {
      fields += [("ratio", ratio.json(scale: 1)), ("denominator", .text(denominator))]
    }
    switch target {
    case nil: break
    case .ratio(let limit): fields.append(("targetRatio", .number(limit)))
    case .seconds(let limit): fields.append(("target", .number(limit * unit.perSecond)))
    }
    if let isMet { fields.append(("met", .boolean(isMet))) }
    if !note.isEmpty { fields.append(("note", .text(note))) }
    return .object(fields)
  }
}
