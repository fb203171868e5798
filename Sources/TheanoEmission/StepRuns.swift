/// Equal steps that follow each other, as a loop over a table of places.
///
/// A deep network's program is a few steps many times over, which differ only in where their values lie. Written out, each
/// costs the C compiler up to a millisecond; as a row of a table, a microsecond.
struct StepRuns {
  /// The lines of each step or run, in order.
  private(set) var items: [[String]] = []
  /// What the runs read: definitions that stand before them.
  private(set) var tables: [String] = []

  /// Longer repeating sequences are not looked for.
  private static let longestPeriod = 12
  /// A sequence that stands fewer times is written out.
  private static let fewest = 4

  /// Marks a place in memory in a step's text, which may differ from step to step.
  static func place(_ number: Int) -> String { "\u{1}\(number)\u{2}" }
  /// Marks a floating-point literal that may differ.
  static func number(_ literal: String) -> String { "\u{1}f\(literal)\u{2}" }

  /// What a step's text is filled with; the literals as C has them.
  private struct Filling {
    var places: [String] = []
    var numbers: [String] = []
  }

  /// A step's text, and what it is without what it is filled with.
  private struct Step {
    var lines: [String]
    var filling: Filling
    var kind: Int
  }

  /// - Parameter texts: The lines of each step, with `place` marks.
  init(_ texts: [[String]], indent: String) {
    var kinds: [[String]: Int] = [:]
    let steps = texts.map { lines -> Step in
      var filling = Filling()
      let bare = lines.filter { !Notes.isNote($0) }.map { line in
        StepRuns.replacing(line) { mark, isNumber in
          isNumber ? filling.numbers.append(mark) : filling.places.append(mark)
          return "#"
        }
      }
      let kind = kinds[bare] ?? kinds.count
      kinds[bare] = kind
      return Step(lines: lines, filling: filling, kind: kind)
    }
    let repeats = StepRuns.repeats(steps.map(\.kind))
    var k = 0
    while k < steps.count {
      if let (period, count) = StepRuns.best(repeats, at: k) {
        items.append(run(steps[k..<(k + period * count)], period, indent))
        k += period * count
      } else {
        items.append(steps[k].lines.map(StepRuns.plain))
        k += 1
      }
    }
  }

  /// For each period, how many steps from each on are equal to those a period later.
  private static func repeats(_ kinds: [Int]) -> [[Int]] {
    (1...longestPeriod).map { period in
      var equal = [Int](repeating: 0, count: kinds.count + 1)
      for k in stride(from: kinds.count - period - 1, through: 0, by: -1) where kinds[k] == kinds[k + period]
      {
        equal[k] = equal[k + 1] + 1
      }
      return equal
    }
  }

  /// The sequence that covers most steps from one on, the shorter one of two.
  private static func best(_ repeats: [[Int]], at k: Int) -> (period: Int, count: Int)? {
    var best: (period: Int, count: Int)?
    for period in 1...longestPeriod {
      let count = repeats[period - 1][k] / period + 1
      if count >= fewest, period * count > best.map({ $0.period * $0.count }) ?? 0 { best = (period, count) }
    }
    return best
  }

  private mutating func run(_ steps: ArraySlice<Step>, _ period: Int, _ indent: String) -> [String] {
    let count = steps.count / period
    var text = ["\(indent)for (th_i64 turn = 0; turn < \(count); turn++) {"]
    func table(_ column: KeyPath<Filling, [String]>, _ type: String, _ name: String) {
      let rows = stride(from: steps.startIndex, to: steps.endIndex, by: period).map { first in
        steps[first..<(first + period)].flatMap { $0.filling[keyPath: column] }
      }
      guard let width = rows.first?.count, width > 0 else { return }
      let table = "\(name)\(tables.count)"
      let lines = rows.map { "  {\($0.joined(separator: ", "))}," }.joined(separator: "\n")
      tables.append("static const \(type) \(table)[\(count)][\(width)] = {\n\(lines)\n};")
      text.append("\(indent)  const \(type) *const \(name) = \(table)[turn];")
    }
    table(\.places, "th_i64", "at")
    table(\.numbers, "th_f64", "number")
    var (place, number) = (-1, -1)
    for line in steps.prefix(period).flatMap(\.lines) {
      text.append(
        "  "
          + StepRuns.replacing(line) { _, isNumber in
            if isNumber { number += 1 } else { place += 1 }
            return isNumber ? "number[\(number)]" : "at[\(place)]"
          })
    }
    return text + ["\(indent)}"]
  }

  /// A line without marks.
  static func plain(_ line: String) -> String { replacing(line) { mark, _ in mark } }

  private static func replacing(_ line: String, _ text: (_ mark: String, _ isNumber: Bool) -> String)
    -> String
  {
    guard line.utf8.contains(1) else { return line }
    var result = ""
    var rest = line[...]
    while let begin = rest.utf8.firstIndex(of: 1), let end = rest.utf8[begin...].firstIndex(of: 2) {
      result += rest[..<begin]
      let mark = rest[rest.utf8.index(after: begin)..<end]
      let isNumber = mark.utf8.first == UInt8(ascii: "f")
      result += text(String(isNumber ? mark.dropFirst() : mark), isNumber)
      rest = rest[rest.utf8.index(after: end)...]
    }
    return result + rest
  }
}
