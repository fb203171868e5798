/// The lengths of an optimal prefix code whose longest code has at most `limit` bits, for symbols that occur so often.
///
/// The package-merge algorithm (Larmore and Hirschberg, 1990): at each of `limit` levels the symbols and the pairs of
/// the level below are merged by weight; a symbol's length is the number of chosen packages it is in. Symbols that
/// do not occur get length 0, and a lone one gets length 1.
package func huffmanLengths(_ frequencies: [Int], limit: Int) -> [UInt8] {
  var lengths = [UInt8](repeating: 0, count: frequencies.count)
  let used = frequencies.indices.filter { frequencies[$0] > 0 }.sorted { frequencies[$0] < frequencies[$1] }
  if used.count < 2 {
    if let only = used.first { lengths[only] = 1 }
    return lengths
  }
  // A level is a list of weights in order; `isPair` tells whether an item is a pair of two of the level below.
  var levels: [(weights: [Int], isPair: [Bool])] = []
  var pairs: [Int] = []
  for _ in 0..<limit {
    var weights: [Int] = []
    var isPair: [Bool] = []
    weights.reserveCapacity(used.count + pairs.count)
    isPair.reserveCapacity(used.count + pairs.count)
    var next = 0
    for pair in pairs {
      while next < used.count, frequencies[used[next]] <= pair {
        weights.append(frequencies[used[next]])
        isPair.append(false)
        next += 1
      }
      weights.append(pair)
      isPair.append(true)
    }
    while next < used.count {
      weights.append(frequencies[used[next]])
      isPair.append(false)
      next += 1
    }
    levels.append((weights, isPair))
    pairs = stride(from: 1, to: weights.count, by: 2).map { weights[$0 - 1] + weights[$0] }
  }
  // From the top, the first 2n - 2 items are chosen; a chosen pair chooses its two parts below. The chosen items of a
  // level are always its first ones, so the symbols among them are the least frequent ones.
  var chosen = 2 * used.count - 2
  for level in levels.reversed() {
    let chosenPairs = level.isPair[..<chosen].count { $0 }
    for symbol in used[..<(chosen - chosenPairs)] { lengths[symbol] += 1 }
    chosen = 2 * chosenPairs
  }
  return lengths
}

/// The canonical codes of the given lengths (RFC 1951, 3.2.2), their bits reversed as DEFLATE sends them.
func huffmanCodes(_ lengths: [UInt8]) -> [UInt16] {
  var counts = [Int](repeating: 0, count: 17)
  for length in lengths where length > 0 { counts[Int(length)] += 1 }
  var next = [Int](repeating: 0, count: 17)
  for length in 1...15 { next[length + 1] = (next[length] + counts[length]) << 1 }
  return lengths.map { length in
    guard length > 0 else { return 0 }
    defer { next[Int(length)] += 1 }
    var code = UInt16(next[Int(length)])
    var reversed: UInt16 = 0
    for _ in 0..<length {
      reversed = reversed << 1 | code & 1
      code >>= 1
    }
    return reversed
  }
}
