/// A `float16` element: storage with exact conversion to `Double` and correctly rounded conversion from it.
///
/// Swift's own `Float16` does not exist on every platform.
package struct Half: BitwiseCopyable, Sendable {
  package var bits: UInt16
  package init(bits: UInt16) { self.bits = bits }
  package init(_ value: Double) { bits = SmallFloat.encode(value, fractionBits: 10) }
  package var double: Double { SmallFloat.decode(bits, fractionBits: 10) }
}

/// A `bfloat16` element: the upper half of a `Float`.
package struct BFloat16: BitwiseCopyable, Sendable {
  package var bits: UInt16
  package init(bits: UInt16) { self.bits = bits }
  package init(_ value: Double) { bits = SmallFloat.encode(value, fractionBits: 7) }
  package var double: Double { Double(Float(bitPattern: UInt32(bits) << 16)) }
}

// Equal and hashed as numbers: 0 is -0, and NaN is not itself.
extension Half: Hashable {
  package static func == (a: Half, b: Half) -> Bool { a.double == b.double }
  package func hash(into hasher: inout Hasher) { hasher.combine(double) }
}
extension BFloat16: Hashable {
  package static func == (a: BFloat16, b: BFloat16) -> Bool { a.double == b.double }
  package func hash(into hasher: inout Hasher) { hasher.combine(double) }
}

/// The encoding of IEEE 754 interchange formats of 16 bits, whatever the split between exponent and fraction.
enum SmallFloat {
  /// The nearest value of the format, ties to even; too large gives infinity, NaN stays NaN.
  static func encode(_ value: Double, fractionBits: Int) -> UInt16 {
    let exponentBits = 15 - fractionBits
    let bias = (1 << (exponentBits - 1)) - 1
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 48) & 0x8000
    let fraction = bits & (1 << 52 - 1)
    let infinity = UInt16((1 << exponentBits - 1) << fractionBits)
    if value.isNaN {
      // The quiet bit is set and the upper bits of the payload kept.
      let payload = UInt16(truncatingIfNeeded: fraction >> UInt64(52 - fractionBits))
      return sign | infinity | payload | UInt16(1 << (fractionBits - 1))
    }
    let exponent = Int((bits >> 52) & 0x7ff) - 1023
    if exponent > bias { return sign | infinity }
    // A subnormal of the format keeps fewer bits; below half of the least one, nothing.
    let lost = 52 - fractionBits + max(1 - bias - exponent, 0)
    if lost > 53 { return sign }
    let significand = exponent < 1 - bias ? fraction | 1 << 52 : fraction
    let kept = significand >> UInt64(lost)
    let rest = significand & ((1 << UInt64(lost)) - 1)
    let half: UInt64 = 1 << UInt64(lost - 1)
    let biased = exponent < 1 - bias ? 0 : exponent + bias
    var result = UInt64(biased) << UInt64(fractionBits) + kept
    // The carry of rounding up runs into the exponent, and from the largest number into infinity, as it should.
    if rest > half || (rest == half && kept & 1 == 1) { result += 1 }
    return sign | UInt16(result)
  }

  static func decode(_ bits: UInt16, fractionBits: Int) -> Double {
    let exponentBits = 15 - fractionBits
    let bias = (1 << (exponentBits - 1)) - 1
    let exponent = Int(bits & 0x7fff) >> fractionBits
    let fraction = UInt64(bits) & (1 << UInt64(fractionBits) - 1)
    let sign = UInt64(bits & 0x8000) << 48
    if exponent == 1 << exponentBits - 1 {
      return Double(bitPattern: sign | 0x7ff << 52 | fraction << UInt64(52 - fractionBits))
    }
    if exponent == 0 {
      let magnitude =
        Double(fraction) * Double(sign: .plus, exponent: 1 - bias - fractionBits, significand: 1)
      return sign == 0 ? magnitude : -magnitude
    }
    return Double(
      bitPattern: sign | UInt64(exponent - bias + 1023) << 52 | fraction << UInt64(52 - fractionBits))
  }
}
