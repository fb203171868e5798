import CTheanoSupport

/// The checksum of zip and gzip: CRC-32 with the reflected polynomial 0xEDB88320.
///
/// Long runs are folded by the processor's own instructions where it has them; without, and for what is left over, sixteen
/// tables let sixteen bytes be folded at once ("slicing-by-16", after Kounavis and Berry, 2005).
package struct CRC32 {
  private var state: UInt32 = 0xffff_ffff

  package init() {}

  /// The checksum of all that was fed.
  package var value: UInt32 { ~state }

  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes)
    return crc.value
  }

  /// Feeds more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { rest in
      let taken = theano_crc32_fold(
        &state, base.assumingMemoryBound(to: UInt8.self), bytes.count,
        rest.baseAddress?.assumingMemoryBound(to: UInt8.self))
      if taken > 0 { updateByTables(UnsafeRawBufferPointer(rest)) }
      updateByTables(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
    }
  }

  /// Feeds `count` more bytes of which only the checksum is known.
  package mutating func append(_ other: CRC32, of count: Int) {
    state = ~Self.joining(value, other.value, of: count)
  }

  /// The checksum of bytes with checksum `first` and of `count` bytes with checksum `second` after them.
  ///
  /// A checksum is a remainder of polynomials, so that the first bytes count as if they were followed by `count` zero
  /// bytes: theirs is multiplied by x to the power of 8 `count`, modulo the polynomial, by squaring.
  package static func joining(_ first: UInt32, _ second: UInt32, of count: Int) -> UInt32 {
    var shifted = first
    var power: UInt32 = 0x0080_0000  // x to the power of 8; the highest bit is the power of 0
    var count = count
    while count > 0 {
      if count & 1 == 1 { shifted = product(shifted, power) }
      power = product(power, power)
      count >>= 1
    }
    return shifted ^ second
  }

  /// The product of two polynomials, modulo the checksum's.
  private static func product(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var (sum, multiple): (UInt32, UInt32) = (0, b)
    for place in stride(from: 31, through: 0, by: -1) {
      if a >> UInt32(place) & 1 == 1 { sum ^= multiple }
      multiple = multiple & 1 == 1 ? multiple >> 1 ^ polynomial : multiple >> 1
    }
    return sum
  }

  private static let polynomial: UInt32 = 0xedb8_8320

  /// Feeds more bytes without the processor's help.
  package mutating func updateByTables(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    var crc = state
    var position = 0
    let count = bytes.count
    Self.tables.withUnsafeBufferPointer { tables in
      @inline(__always) func look(_ table: Int, _ word: UInt64, _ shift: UInt64) -> UInt32 {
        tables[table << 8 | Int(truncatingIfNeeded: (word >> shift) & 0xff)]
      }
      while count - position >= 16 {
        let a = base.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian ^ UInt64(crc)
        let b = base.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self).littleEndian
        let p = look(15, a, 0) ^ look(14, a, 8) ^ look(13, a, 16) ^ look(12, a, 24)
        let q = look(11, a, 32) ^ look(10, a, 40) ^ look(9, a, 48) ^ look(8, a, 56)
        let r = look(7, b, 0) ^ look(6, b, 8) ^ look(5, b, 16) ^ look(4, b, 24)
        let s = look(3, b, 32) ^ look(2, b, 40) ^ look(1, b, 48) ^ look(0, b, 56)
        crc = p ^ q ^ r ^ s
        position += 16
      }
      while position < count {
        crc = tables[Int((crc ^ UInt32(bytes[position])) & 0xff)] ^ crc >> 8
        position += 1
      }
    }
    state = crc
  }

  /// Table `k`, at `256 * k`, is the effect of a byte that is followed by `k` others.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 }
      tables[byte] = crc
    }
    for index in 256..<16 * 256 {
      let previous = tables[index - 256]
      tables[index] = tables[Int(previous & 0xff)] ^ previous >> 8
    }
    return tables
  }()
}
