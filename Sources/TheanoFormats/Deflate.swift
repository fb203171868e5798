import TheanoArrays

/// Compresses to DEFLATE data (RFC 1951): matches found by hash chains, greedy, in blocks with codes of their own.
///
/// The same bytes come out on every machine. Fed piece by piece; a piece larger than a block never needs more than
/// a block's symbols of memory.
package struct Deflate {
  private static let windowSize = 1 << 15
  private static let hashBits = 15
  private static let shortestMatch = 4
  private static let longestMatch = 258
  private static let symbolsInBlock = 1 << 15
  /// How many earlier places with the same hash are tried.
  private static let chain = 16

  /// The block's symbols: a literal, or a length and a distance as length << 16 | distance.
  private var symbols: [UInt32] = []
  private var literalCounts = [Int](repeating: 0, count: 286)
  private var distanceCounts = [Int](repeating: 0, count: 30)
  private var writer = BitWriter()

  /// The last place of each hash.
  private var heads = [Int](repeating: -1, count: 1 << hashBits)
  /// For each place of the window, the place before it with the same hash.
  private var previous = [Int](repeating: -1, count: windowSize)

  /// Compresses all of `input`, handing the result on in pieces.
  package static func compress(
    _ input: UnsafeRawBufferPointer, _ sink: ([UInt8]) throws(TheanoError) -> Void
  ) throws(TheanoError) {
    var deflate = Deflate()
    try deflate.append(input, sink)
    try sink(deflate.finish())
  }

  init() { symbols.reserveCapacity(Self.symbolsInBlock) }

  /// Compresses a piece of the data. Matches do not reach into the pieces before it.
  mutating func append(
    _ input: UnsafeRawBufferPointer, _ sink: ([UInt8]) throws(TheanoError) -> Void
  ) throws(TheanoError) {
    for index in heads.indices { heads[index] = -1 }
    var blockStart = 0
    var position = 0
    var misses = 0
    while position < input.count {
      var length = 0
      var distance = 0
      if input.count - position >= Self.shortestMatch {
        (length, distance) = Self.match(input, position, &heads, &previous)
      }
      if length >= Self.shortestMatch {
        misses = 0
        record(length: length, distance: distance)
        let end = min(position + length, input.count - Self.shortestMatch + 1)
        var inside = position + 1
        while inside < end {
          Self.insert(input, inside, &heads, &previous)
          inside += 1
        }
        position += length
      } else {
        // In data without matches, such as the low bits of floats, ever more places are passed over unsearched.
        misses += 1
        for _ in 0..<min(1 + misses >> 6, 16, input.count - position) {
          record(literal: input[position])
          position += 1
        }
      }
      if symbols.count >= Self.symbolsInBlock - 16 {
        emit(input, blockStart..<position)
        blockStart = position
        try flush(sink)
      }
    }
    if blockStart < position { emit(input, blockStart..<position) }
    try flush(sink)
  }

  /// The end of the data: an empty last block, and the last bits.
  mutating func finish() -> [UInt8] {
    // Last, fixed codes, and the seven zero bits that end a block.
    writer.put(1, 1)
    writer.put(1, 2)
    writer.put(0, 7)
    writer.finish()
    defer { writer.bytes.removeAll() }
    return writer.bytes
  }

  private mutating func flush(_ sink: ([UInt8]) throws(TheanoError) -> Void) throws(TheanoError) {
    try sink(writer.bytes)
    writer.bytes.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private static func word(_ input: UnsafeRawBufferPointer, _ position: Int) -> UInt32 {
    input.loadUnaligned(fromByteOffset: position, as: UInt32.self)
  }

  @inline(__always)
  private static func hash(_ word: UInt32) -> Int {
    // Fibonacci hashing: the upper bits of the product with 2^32 / phi.
    Int((word.littleEndian &* 2_654_435_769) >> UInt32(32 - hashBits))
  }

  @inline(__always)
  private static func insert(
    _ input: UnsafeRawBufferPointer, _ position: Int, _ heads: inout [Int], _ previous: inout [Int]
  ) {
    let slot = hash(word(input, position))
    previous[position & (windowSize - 1)] = heads[slot]
    heads[slot] = position
  }

  /// The longest match among the places tried, and the place is entered.
  private static func match(
    _ input: UnsafeRawBufferPointer, _ position: Int, _ heads: inout [Int], _ previous: inout [Int]
  ) -> (length: Int, distance: Int) {
    let here = word(input, position)
    let limit = min(longestMatch, input.count - position)
    var candidate = heads[hash(here)]
    var best = (length: 0, distance: 0)
    var tries = chain
    while candidate >= 0, position - candidate <= windowSize - 1, tries > 0 {
      if word(input, candidate) == here {
        var length = shortestMatch
        while length < limit, input[candidate + length] == input[position + length] { length += 1 }
        if length > best.length {
          best = (length, position - candidate)
          if length == limit { break }
        }
      }
      candidate = previous[candidate & (windowSize - 1)]
      tries -= 1
    }
    insert(input, position, &heads, &previous)
    return best
  }

  @inline(__always)
  private mutating func record(literal: UInt8) {
    symbols.append(UInt32(literal))
    literalCounts[Int(literal)] += 1
  }

  private mutating func record(length: Int, distance: Int) {
    symbols.append(UInt32(length) << 16 | UInt32(distance))
    literalCounts[257 + Self.lengthCode(length)] += 1
    distanceCounts[Self.distanceCode(distance)] += 1
  }

  private static func lengthCode(_ length: Int) -> Int { Int(lengthCodes[length]) }
  private static let lengthCodes: [UInt8] = (0...longestMatch).map { length in
    UInt8(Inflate.lengths.lastIndex { Int($0.base) <= length } ?? 0)
  }

  private static func distanceCode(_ distance: Int) -> Int {
    if distance <= 4 { return distance - 1 }
    // Above 4 there are two codes for each power of two.
    let top = Int.bitWidth - 1 - (distance - 1).leadingZeroBitCount
    return 2 * top + ((distance - 1) >> (top - 1) & 1)
  }

  // MARK: - Blocks

  /// Writes the recorded symbols, which stand for `range` of the input, in the shorter of two forms: coded or stored.
  private mutating func emit(_ input: UnsafeRawBufferPointer, _ range: Range<Int>) {
    literalCounts[256] = 1
    let literalLengths = huffmanLengths(literalCounts, limit: 15)
    var distanceLengths = huffmanLengths(distanceCounts, limit: 15)
    // A block without matches still sends one distance length.
    if !distanceLengths.contains(where: { $0 > 0 }) { distanceLengths[0] = 1 }
    let header = CodeHeader(literalLengths, distanceLengths)
    var size = 17 + header.bitCount
    for (symbol, count) in literalCounts.enumerated() where count > 0 {
      size +=
        count * (Int(literalLengths[symbol]) + (symbol > 256 ? Int(Inflate.lengths[symbol - 257].extra) : 0))
    }
    for (code, count) in distanceCounts.enumerated() {
      size += count * (Int(distanceLengths[code]) + Int(Inflate.distances[code].extra))
    }
    if size / 8 > range.count + 5 * (range.count / 65535 + 1) {
      emitStored(input, range)
    } else {
      writer.put(0, 1)
      writer.put(2, 2)
      header.write(to: &writer)
      writeSymbols(literalLengths, distanceLengths)
    }
    symbols.removeAll(keepingCapacity: true)
    for index in literalCounts.indices { literalCounts[index] = 0 }
    for index in distanceCounts.indices { distanceCounts[index] = 0 }
  }

  private mutating func writeSymbols(_ literalLengths: [UInt8], _ distanceLengths: [UInt8]) {
    let literalCodes = huffmanCodes(literalLengths)
    let distanceCodes = huffmanCodes(distanceLengths)
    for symbol in symbols {
      let length = Int(symbol >> 16)
      if length == 0 {
        writer.put(UInt64(literalCodes[Int(symbol)]), Int(literalLengths[Int(symbol)]))
        continue
      }
      let code = Self.lengthCode(length)
      writer.put(UInt64(literalCodes[257 + code]), Int(literalLengths[257 + code]))
      writer.put(UInt64(length - Int(Inflate.lengths[code].base)), Int(Inflate.lengths[code].extra))
      let distance = Int(symbol & 0xffff)
      let far = Self.distanceCode(distance)
      writer.put(UInt64(distanceCodes[far]), Int(distanceLengths[far]))
      writer.put(UInt64(distance - Int(Inflate.distances[far].base)), Int(Inflate.distances[far].extra))
    }
    writer.put(UInt64(literalCodes[256]), Int(literalLengths[256]))
  }

  private mutating func emitStored(_ input: UnsafeRawBufferPointer, _ range: Range<Int>) {
    var start = range.lowerBound
    repeat {
      let end = min(start + 65535, range.upperBound)
      writer.put(0, 1)
      writer.put(0, 2)
      writer.finish()
      writer.put(UInt64(end - start), 16)
      writer.put(UInt64(end - start) ^ 0xffff, 16)
      writer.finish()
      writer.bytes.append(contentsOf: input[start..<end])
      start = end
    } while start < range.upperBound
  }
}

/// The lengths of a block's two codes as they are sent: run-length coded, and coded again (RFC 1951, 3.2.7).
private struct CodeHeader {
  private let literalCount: Int
  private let distanceCount: Int
  /// Symbols of the code-length code, with the value of their extra bits.
  private var items: [(symbol: Int, extra: Int)] = []
  private var lengths: [UInt8] = []
  private var sent = 19

  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static func extraBits(_ symbol: Int) -> Int {
    symbol == 16 ? 2 : symbol == 17 ? 3 : symbol == 18 ? 7 : 0
  }

  init(_ literals: [UInt8], _ distances: [UInt8]) {
    literalCount = max(257, (literals.lastIndex { $0 > 0 } ?? 0) + 1)
    distanceCount = max(1, (distances.lastIndex { $0 > 0 } ?? 0) + 1)
    let all = Array(literals[..<literalCount]) + distances[..<distanceCount]
    var position = 0
    while position < all.count {
      let value = all[position]
      var run = 1
      while position + run < all.count, all[position + run] == value, run < 138 { run += 1 }
      if value == 0, run >= 3 {
        items.append(run <= 10 ? (17, run - 3) : (18, run - 11))
      } else if run >= 4 {
        run = min(run, 7)
        items.append((Int(value), 0))
        items.append((16, run - 4))
      } else {
        run = 1
        items.append((Int(value), 0))
      }
      position += run
    }
    var counts = [Int](repeating: 0, count: 19)
    for item in items { counts[item.symbol] += 1 }
    lengths = huffmanLengths(counts, limit: 7)
    while sent > 4, lengths[Self.order[sent - 1]] == 0 { sent -= 1 }
  }

  var bitCount: Int {
    14 + 3 * sent + items.reduce(0) { $0 + Int(lengths[$1.symbol]) + Self.extraBits($1.symbol) }
  }

  func write(to writer: inout BitWriter) {
    writer.put(UInt64(literalCount - 257), 5)
    writer.put(UInt64(distanceCount - 1), 5)
    writer.put(UInt64(sent - 4), 4)
    for symbol in Self.order[..<sent] { writer.put(UInt64(lengths[symbol]), 3) }
    let codes = huffmanCodes(lengths)
    for item in items {
      writer.put(UInt64(codes[item.symbol]), Int(lengths[item.symbol]))
      writer.put(UInt64(item.extra), Self.extraBits(item.symbol))
    }
  }
}

/// Packs bits into bytes, the first bit lowest.
private struct BitWriter {
  var bytes: [UInt8] = []
  private var bits: UInt64 = 0
  private var count = 0

  @inline(__always)
  mutating func put(_ value: UInt64, _ width: Int) {
    bits |= value << UInt64(count)
    count += width
    if count >= 32 {
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: bits).littleEndian) { bytes.append(contentsOf: $0) }
      bits >>= 32
      count -= 32
    }
  }

  /// Fills the last byte with zero bits.
  mutating func finish() {
    while count > 0 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      count -= 8
    }
    count = 0
    bits = 0
  }
}
