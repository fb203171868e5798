import TheanoArrays

/// Decompresses DEFLATE data (RFC 1951).
///
/// Why not zlib: these files come from strangers, and here every index is checked and the output can never pass the
/// buffer that the caller sized; all machines read the same files whatever is installed; and an array is inflated
/// once, straight to where it stays.
struct Inflate {
  /// No DEFLATE stream expands further: a match of 258 bytes takes at least two bits.
  static let greatestRatio = 1032

  private let input: UnsafeRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private let report: FileReport
  /// Where the input lies in the file.
  private let origin: Int
  /// Whether a full output buffer ends the work rather than being a fault.
  private let stopsWhenFull: Bool

  /// The next byte to take from the input.
  private var position = 0
  /// Bits taken and not yet used, the next one lowest.
  private var bits: UInt64 = 0
  private var bitCount = 0
  private(set) var produced = 0

  /// The number of input bytes used so far; after the stream's end, those that belong to it.
  var consumed: Int { position - bitCount / 8 }

  /// Whether this many bytes can come out of so many.
  static func isPlausible(inflated: Int, deflated: Int) -> Bool {
    // The last block may be shorter than whole matches, hence the slack.
    deflated.plus(8)?.times(greatestRatio).map { inflated <= $0 } ?? true
  }

  init(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, stopsWhenFull: Bool,
    origin: Int, _ report: FileReport
  ) {
    self.input = input
    self.output = output
    self.stopsWhenFull = stopsWhenFull
    self.origin = origin
    self.report = report
  }

  /// Inflates until the stream ends or, if asked to, until the output is full.
  mutating func run() throws(TheanoError) {
    var isLast = false
    while !isLast {
      if stopsWhenFull && produced == output.count { return }
      isLast = try take(1, "a block's head") == 1
      switch try take(2, "a block's head") {
      case 0: try copyStored()
      case 1: try decode(Self.fixedLiterals, Self.fixedDistances)
      case 2:
        let (literals, distances) = try readCodes()
        try decode(literals, distances)
      default: throw fault("a block is of a type that does not exist")
      }
    }
  }

  private func fault(_ reason: String) -> TheanoError {
    report.error(
      at: origin + consumed, "the compressed data is damaged: \(reason)",
      hint: "fetch or write the file again")
  }

  private func tooLong() -> TheanoError {
    fault("it inflates to more than the \(output.count) bytes that are due")
  }

  /// Tops `bits` up to at least 56 bits, or to what is left.
  @inline(__always)
  private mutating func refill() {
    if input.count - position >= 8 {
      let word = UnsafeRawPointer(input.baseAddress.unsafelyUnwrapped)
        .loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
      bits |= word << UInt64(bitCount)
      let added = (63 - bitCount) >> 3
      position += added
      bitCount += added << 3
      // Bits above `bitCount` are the true next ones and will be or-ed with themselves.
    } else {
      if bitCount < 64 { bits &= (1 << UInt64(bitCount)) - 1 }
      while bitCount <= 56, position < input.count {
        bits |= UInt64(input[position]) << UInt64(bitCount)
        position += 1
        bitCount += 8
      }
    }
  }

  private mutating func take(_ count: Int, _ what: String) throws(TheanoError) -> Int {
    if bitCount < count { refill() }
    guard bitCount >= count else { throw fault("it ends inside \(what)") }
    let value = Int(bits & ((1 << UInt64(count)) - 1))
    drop(count)
    return value
  }

  @inline(__always)
  private mutating func drop(_ count: Int) {
    bits >>= UInt64(count)
    bitCount -= count
  }

  private mutating func copyStored() throws(TheanoError) {
    drop(bitCount & 7)
    let length = try take(16, "a stored block's length")
    let check = try take(16, "a stored block's length")
    guard length == check ^ 0xffff else { throw fault("a stored block's length does not match its check") }
    // What was taken ahead is given back.
    position -= bitCount / 8
    bits = 0
    bitCount = 0
    guard length <= input.count - position else { throw fault("it ends inside a stored block") }
    let room = output.count - produced
    if length > room && !stopsWhenFull { throw tooLong() }
    let copied = min(length, room)
    if copied > 0 {
      UnsafeMutableRawBufferPointer(rebasing: output[produced..<produced + copied])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: input[position..<position + copied]))
    }
    produced += copied
    position += length
  }

  /// The order in which the lengths of the code-length code are sent.
  private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  private mutating func readCodes() throws(TheanoError) -> (literals: HuffmanTable, distances: HuffmanTable) {
    let literalCount = try take(5, "the codes") + 257
    let distanceCount = try take(5, "the codes") + 1
    let lengthCount = try take(4, "the codes") + 4
    guard literalCount <= 286, distanceCount <= 30 else {
      throw fault("it has more codes than there are symbols")
    }
    var lengthLengths = [UInt8](repeating: 0, count: 19)
    for index in 0..<lengthCount { lengthLengths[Self.lengthOrder[index]] = UInt8(try take(3, "the codes")) }
    let lengthTable = try table(lengthLengths[...], "code of code lengths", allowsSingle: false)

    var lengths: [UInt8] = []
    lengths.reserveCapacity(literalCount + distanceCount)
    while lengths.count < literalCount + distanceCount {
      refill()
      guard let (symbol, length) = lengthTable.decodeSlowly(bits), length <= bitCount else {
        throw fault("it ends inside the codes, or has a code that does not exist")
      }
      drop(length)
      let repeated: (value: UInt8, count: Int)
      switch symbol {
      case 16:
        guard let last = lengths.last else { throw fault("the first code length repeats one before it") }
        repeated = (last, 3 + (try take(2, "the codes")))
      case 17: repeated = (0, 3 + (try take(3, "the codes")))
      case 18: repeated = (0, 11 + (try take(7, "the codes")))
      default: repeated = (UInt8(symbol), 1)
      }
      guard repeated.count <= literalCount + distanceCount - lengths.count else {
        throw fault("the code lengths run past their number")
      }
      lengths.append(contentsOf: repeatElement(repeated.value, count: repeated.count))
    }
    guard lengths[256] > 0 else { throw fault("the block has no code for its own end") }
    return (
      try table(lengths[..<literalCount], "literal code", allowsSingle: true),
      try table(lengths[literalCount...], "distance code", allowsSingle: true)
    )
  }

  private func table(
    _ lengths: ArraySlice<UInt8>, _ what: String, allowsSingle: Bool
  ) throws(TheanoError) -> HuffmanTable {
    var fault: HuffmanTable.Fault?
    let table = HuffmanTable(lengths: lengths, allowsSingle: allowsSingle, fault: &fault)
    if let fault { throw self.fault("the \(what) \(fault.rawValue)") }
    return table
  }

  // The fixed codes of the standard: complete by construction. Distances 30 and 31 never occur in valid data.
  private static let fixedLiterals: HuffmanTable = {
    var fault: HuffmanTable.Fault?
    let lengths = (0..<288).map { UInt8($0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8) }
    return HuffmanTable(lengths: lengths[...], allowsSingle: false, fault: &fault)
  }()
  private static let fixedDistances: HuffmanTable = {
    var fault: HuffmanTable.Fault?
    return HuffmanTable(lengths: [UInt8](repeating: 5, count: 32)[...], allowsSingle: false, fault: &fault)
  }()

  /// Decodes a block of literals and matches.
  private mutating func decode(_ literals: HuffmanTable, _ distances: HuffmanTable) throws(TheanoError) {
    var ended = false
    while !ended {
      ended = try literals.fast.withFast { (fastLiterals) throws(TheanoError) in
        try distances.fast.withFast { (fastDistances) throws(TheanoError) in
          try decodeSome(literals, fastLiterals, distances, fastDistances)
        }
      }
      if stopsWhenFull && produced == output.count { return }
    }
  }

  @inline(__always)
  private mutating func symbol(
    _ table: HuffmanTable, _ fast: UnsafePointer<UInt16>
  ) throws(TheanoError) -> Int {
    let entry = fast[Int(truncatingIfNeeded: bits) & (1 << HuffmanTable.fastBits - 1)]
    if entry != 0 {
      let length = Int(entry & 15)
      guard length <= bitCount else { throw fault("it ends inside a block") }
      drop(length)
      return Int(entry >> 4)
    }
    guard let (symbol, length) = table.decodeSlowly(bits) else {
      throw fault("it has a code that does not exist")
    }
    guard length <= bitCount else { throw fault("it ends inside a block") }
    drop(length)
    return Int(symbol)
  }

  /// Decodes until the block ends (true) or the output is full and that is no fault (false).
  private mutating func decodeSome(
    _ literals: HuffmanTable, _ fastLiterals: UnsafePointer<UInt16>,
    _ distances: HuffmanTable, _ fastDistances: UnsafePointer<UInt16>
  ) throws(TheanoError) -> Bool {
    while true {
      // 56 bits hold a whole match: 15 + 5 bits of length and 15 + 13 of distance.
      if bitCount < 48 { refill() }
      let value = try symbol(literals, fastLiterals)
      if value < 256 {
        guard produced < output.count else {
          if stopsWhenFull { return false }
          throw tooLong()
        }
        output[produced] = UInt8(truncatingIfNeeded: value)
        produced += 1
        continue
      }
      if value == 256 { return true }
      guard value < 286 else { throw fault("it has a length code that does not exist") }
      let (base, extra) = Self.lengths[value - 257]
      let length = Int(base) + (try take(Int(extra), "a match"))
      let code = try symbol(distances, fastDistances)
      guard code < 30 else { throw fault("it has a distance code that does not exist") }
      let (far, farExtra) = Self.distances[code]
      let distance = Int(far) + (try take(Int(farExtra), "a match"))
      guard distance <= produced else { throw fault("a match reaches back before the start") }
      let room = output.count - produced
      if length > room {
        guard stopsWhenFull else { throw tooLong() }
        copyMatch(distance: distance, length: room)
        return false
      }
      copyMatch(distance: distance, length: length)
    }
  }

  /// Repeats `length` bytes from `distance` back; the caller has checked both against what is there.
  @inline(__always)
  private mutating func copyMatch(distance: Int, length: Int) {
    let to = output.baseAddress.unsafelyUnwrapped + produced
    let from = UnsafeRawPointer(to - distance)
    if distance >= 8, output.count - produced >= length + 8 {
      // Whole words: the excess lies in the output and is overwritten by what follows.
      var done = 0
      while done < length {
        to.storeBytes(
          of: from.loadUnaligned(fromByteOffset: done, as: UInt64.self), toByteOffset: done, as: UInt64.self)
        done += 8
      }
    } else {
      for index in 0..<length {
        to.storeBytes(
          of: from.load(fromByteOffset: index, as: UInt8.self), toByteOffset: index, as: UInt8.self)
      }
    }
    produced += length
  }

  /// For each length code: the least length and the number of extra bits.
  static let lengths: [(base: UInt16, extra: UInt8)] = {
    var base = 3
    var table: [(base: UInt16, extra: UInt8)] = []
    for code in 0..<28 {
      let extra = code < 8 ? 0 : (code - 4) / 4
      table.append((UInt16(base), UInt8(extra)))
      base += 1 << extra
    }
    // The greatest length has a code of its own.
    return table + [(258, 0)]
  }()

  /// For each distance code: the least distance and the number of extra bits.
  static let distances: [(base: UInt16, extra: UInt8)] = {
    var base = 1
    var table: [(base: UInt16, extra: UInt8)] = []
    for code in 0..<30 {
      let extra = code < 4 ? 0 : (code - 2) / 2
      table.append((UInt16(base), UInt8(extra)))
      base += 1 << extra
    }
    return table
  }()
}

extension [UInt16] {
  /// The elements by address, with the type of what is thrown kept.
  @inline(__always)
  fileprivate func withFast<R>(_ body: (UnsafePointer<UInt16>) throws(TheanoError) -> R) throws(TheanoError)
    -> R
  {
    try withUnsafeBufferPointer { table in
      Result { () throws(TheanoError) in try body(table.baseAddress.unsafelyUnwrapped) }
    }.get()
  }
}
