import TheanoKernels

extension Program {
  /// Makes runs of equal statements that follow each other: a loop over tables of places and numbers.
  ///
  /// A deep network's program is a few statements many times over, which differ only in where their values lie. Written
  /// out, each costs the C compiler up to a millisecond; as a row of a table, a microsecond.
  package mutating func gatherRuns() {
    guard statements.count > Program.fewestStatements else { return }
    statements = Program.gathered(statements)
  }

  /// Programs of fewer statements stay as they are: the compiler does more with what it sees in full.
  private static let fewestStatements = 64
  /// Longer repeating sequences are not looked for.
  private static let longestPeriod = 32
  /// A sequence that stands fewer times is written out.
  private static let fewest = 4

  private static func gathered(_ statements: [Statement]) -> [Statement] {
    var kinds: [Statement: Int] = [:]
    let numbers = statements.map { statement -> Int in
      let bare = statement.replacing(integer: { _ in .known(0) }, number: { _ in .numberColumn(0) })
      let kind = kinds[bare] ?? kinds.count
      kinds[bare] = kind
      return kind
    }
    let repeats = repeats(numbers)
    var result: [Statement] = []
    var k = 0
    while k < statements.count {
      if let (period, count) = best(repeats, at: k) {
        result.append(run(statements[k..<(k + period * count)], period))
        k += period * count
      } else {
        result.append(statements[k])
        k += 1
      }
    }
    return result
  }

  /// For each period, how many statements from each on are equal to those a period later.
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

  /// The sequence that covers most statements from one on, the shorter one of two.
  private static func best(_ repeats: [[Int]], at k: Int) -> (period: Int, count: Int)? {
    var best: (period: Int, count: Int)?
    for period in 1...longestPeriod {
      let count = repeats[period - 1][k] / period + 1
      if count >= fewest, period * count > best.map({ $0.period * $0.count }) ?? 0 { best = (period, count) }
    }
    return best
  }

  private static func run(_ statements: ArraySlice<Statement>, _ period: Int) -> Statement {
    var integers: [[Int]] = []
    var numbers: [[Double]] = []
    for first in stride(from: statements.startIndex, to: statements.endIndex, by: period) {
      var row: [Int] = []
      var floats: [Double] = []
      for statement in statements[first..<(first + period)] {
        _ = statement.replacing(
          integer: {
            row.append($0)
            return .known($0)
          },
          number: {
            floats.append($0.double)
            return .number($0)
          })
      }
      integers.append(row)
      numbers.append(floats)
    }
    // What is the same in every turn is no column.
    let variable = integers[0].indices.filter { k in integers.contains { $0[k] != integers[0][k] } }
    let floats = numbers[0].indices.filter { k in
      numbers.contains { $0[k].bitPattern != numbers[0][k].bitPattern }
    }
    var (nextInteger, nextNumber) = (-1, -1)
    let body = statements.prefix(period).map { statement in
      statement.replacing(
        integer: { value in
          nextInteger += 1
          return variable.firstIndex(of: nextInteger).map { .column($0) } ?? .known(value)
        },
        number: { value in
          nextNumber += 1
          return floats.firstIndex(of: nextNumber).map { .numberColumn($0) } ?? .number(value)
        })
    }
    return .run(
      Run(
        statements: body, integers: integers.map { row in variable.map { row[$0] } },
        numbers: numbers.map { row in floats.map { row[$0] } }))
  }
}
