#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A finite number in decimal: `digits` with the point before the one at `point`, so that 12.5 is "125" and 2.
struct DecimalDigits {
  var isNegative: Bool
  /// '0'...'9', without leading zeros; "0" for zero.
  var digits: [UInt8]
  var point: Int

  /// The shortest decimal that is nearest to a number among those of its type.
  ///
  /// Swift's `description` gives it for `Double` and `Float`: the shortest, and of several the closest, as NumPy's Dragon4 does. For
  /// 16-bit types the few candidates are tried in turn.
  init(shortest value: Double, of dtype: DType) {
    switch dtype {
    case .float32, .complex64: self.init(text: Float(value).description)
    case .float16: self.init(trying: value, upTo: 5) { Half($0).bits == Half(value).bits }
    case .bfloat16: self.init(trying: value, upTo: 4) { BFloat16($0).bits == BFloat16(value).bits }
    default: self.init(text: value.description)
    }
  }

  private init(trying value: Double, upTo most: Int, _ isSame: (Double) -> Bool) {
    for count in 1..<most {
      let text = DecimalDigits.format("%.*e", count - 1, value)
      // Not `strtod`, which reads the point of the process's locale.
      if let value = Double(text), isSame(value) {
        self.init(text: text)
        return
      }
    }
    self.init(text: DecimalDigits.format("%.*e", most - 1, value))
  }

  /// The exact value rounded to so many digits after the point, ties to even.
  init(_ value: Double, fractionDigits: Int) {
    self.init(text: DecimalDigits.format("%.*f", fractionDigits, value))
  }

  /// The exact value rounded to one digit before the point and so many after it in scientific notation.
  init(_ value: Double, scientificDigits: Int) {
    self.init(text: DecimalDigits.format("%.*e", scientificDigits, value))
  }

  /// Reads what `printf` and Swift write: digits, a point, an exponent.
  private init(text: String) {
    isNegative = false
    digits = []
    var exponent = 0
    var seenPoint = false
    var whole = 0
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "."): seenPoint = true
      case UInt8(ascii: "e"):
        var isBelow = false
        while let byte = bytes.next() {
          if byte == UInt8(ascii: "-") {
            isBelow = true
          } else if byte != UInt8(ascii: "+") {
            exponent = exponent * 10 + Int(byte - UInt8(ascii: "0"))
          }
        }
        if isBelow { exponent = -exponent }
      default:
        digits.append(byte)
        if !seenPoint { whole += 1 }
      }
    }
    point = whole + exponent
    while digits.count > 1, digits.first == UInt8(ascii: "0") {
      digits.removeFirst()
      point -= 1
    }
    if digits == [UInt8(ascii: "0")] { point = 1 }
    trimZeros()
  }

  private mutating func trimZeros() {
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
  }

  /// `snprintf` with a precision, in the C locale's form whatever the process's locale is.
  private static func format(_ format: String, _ precision: Int, _ value: Double) -> String {
    withVaList([Int32(precision), value]) { arguments in
      // The longest is the largest double without exponent: 309 digits and the fraction.
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 340 + precision) { buffer in
        let length = Int(vsnprintf(buffer.baseAddress!, buffer.count, format, arguments))
        var text: [UInt8] = []
        text.reserveCapacity(length)
        for byte in buffer[..<length] {
          let byte = UInt8(bitPattern: byte)
          // Only digits, signs and the exponent are ASCII letters here; anything else is a locale's decimal point, which may
          // take several bytes.
          let isOwn = (byte >= 0x30 && byte <= 0x39) || byte == 0x2d || byte == 0x2b || byte == 0x65
          if isOwn {
            text.append(byte)
          } else if text.last != UInt8(ascii: ".") {
            text.append(UInt8(ascii: "."))
          }
        }
        return String(decoding: text, as: UTF8.self)
      }
    }
  }

  // MARK: - Text

  var sign: String { isNegative ? "-" : "" }

  /// The digits before the point, at least one.
  var whole: String {
    if point <= 0 { return "0" }
    return String(decoding: digits.prefix(point), as: UTF8.self)
      + String(repeating: "0", count: max(point - digits.count, 0))
  }

  /// The digits after the point, without trailing zeros; may be empty.
  var fraction: String {
    if digits == [UInt8(ascii: "0")] { return "" }
    if point <= 0 { return String(repeating: "0", count: -point) + String(decoding: digits, as: UTF8.self) }
    return String(decoding: digits.dropFirst(point), as: UTF8.self)
  }

  /// The digits after the point in scientific notation.
  var scientificFraction: String { String(decoding: digits.dropFirst(), as: UTF8.self) }

  /// The power of ten in scientific notation.
  var exponent: Int { point - 1 }

  /// An exponent with its sign and at least two digits: `e+05`.
  static func text(exponent: Int, digits: Int = 2) -> String {
    let magnitude = String(exponent.magnitude)
    return (exponent < 0 ? "e-" : "e+") + String(repeating: "0", count: max(digits - magnitude.count, 0))
      + magnitude
  }
}
