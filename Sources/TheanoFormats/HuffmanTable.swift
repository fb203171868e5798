/// A canonical Huffman code as DEFLATE uses it, ready for decoding: one look-up for codes of up to `fastBits` bits,
/// a walk over the lengths for longer ones.
struct HuffmanTable {
  static let fastBits = 10
  static let longestCode = 15

  /// By the next `fastBits` bits of input: symbol << 4 | length; 0 where the code is longer or none.
  private(set) var fast = [UInt16](repeating: 0, count: 1 << fastBits)
  /// The number of codes of each length.
  private(set) var counts = [Int](repeating: 0, count: longestCode + 1)
  /// The symbols in order of their codes.
  private(set) var symbols: [UInt16] = []

  /// Why lengths do not make a code.
  enum Fault: String {
    case oversubscribed = "gives more codes than there is room for"
    case incomplete = "leaves some codes without a meaning"
  }

  /// Makes the table of the code whose symbols have the given lengths (0: unused).
  ///
  /// - Parameter allowsSingle: whether a single code of one bit, or none at all, will do, as for distances.
  init(lengths: ArraySlice<UInt8>, allowsSingle: Bool, fault: inout Fault?) {
    for length in lengths { counts[Int(length)] += 1 }
    let used = lengths.count - counts[0]
    counts[0] = 0
    var room = 1
    for length in 1...Self.longestCode {
      room = room << 1 - counts[length]
      if room < 0 {
        fault = .oversubscribed
        return
      }
    }
    if room > 0, !(allowsSingle && (used == 0 || used == 1 && counts[1] == 1)) {
      fault = .incomplete
      return
    }
    // Symbols are sorted by length, and within a length they are in order: that is what canonical means.
    var next = [Int](repeating: 0, count: Self.longestCode + 2)
    for length in 1...Self.longestCode { next[length + 1] = next[length] + counts[length] }
    symbols = [UInt16](repeating: 0, count: used)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      symbols[next[Int(length)]] = UInt16(symbol)
      next[Int(length)] += 1
    }
    fillFast()
  }

  private mutating func fillFast() {
    var code = 0
    var index = 0
    for length in 1...Self.fastBits {
      for _ in 0..<counts[length] {
        // Codes arrive with their first bit lowest.
        var reversed = 0
        for bit in 0..<length where code >> bit & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
        let entry = symbols[index] << 4 | UInt16(length)
        for rest in stride(from: reversed, to: 1 << Self.fastBits, by: 1 << length) { fast[rest] = entry }
        code += 1
        index += 1
      }
      code <<= 1
    }
  }

  /// The symbol and length of the code at the low end of `bits`; `nil` if no code begins like that.
  func decodeSlowly(_ bits: UInt64) -> (symbol: UInt16, length: Int)? {
    var code = 0
    var first = 0
    var index = 0
    for length in 1...Self.longestCode {
      code |= Int(truncatingIfNeeded: bits >> UInt64(length - 1)) & 1
      let count = counts[length]
      if code - first < count { return (symbols[index + code - first], length) }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return nil
  }
}
