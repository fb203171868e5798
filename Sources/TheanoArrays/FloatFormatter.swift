/// How the numbers of one array are written: all in one notation, with the point in one column.
///
/// The rules are those by which NumPy 2 chooses notation and widths (its default "maxprec" mode).
struct FloatFormatter {
  private let dtype: DType
  private let options: PrintOptions
  private let showsPlus: Bool
  private var isScientific = false
  private var leftWidth = 0
  private var rightWidth = 0
  private var exponentDigits = 0

  init(_ values: [Double], dtype: DType, options: PrintOptions, showsPlus: Bool = false) {
    self.dtype = dtype
    self.options = options
    self.showsPlus = showsPlus
    let finite = values.filter(\.isFinite)
    isScientific = FloatFormatter.needsScientific(finite, dtype, options)
    for value in finite {
      let decimal = decimal(value)
      let sign = (decimal.isNegative ? 1 : showsPlus ? 1 : 0)
      if isScientific {
        leftWidth = max(leftWidth, sign + 1)
        rightWidth = max(rightWidth, decimal.scientificFraction.utf8.count)
        exponentDigits = max(exponentDigits, DecimalDigits.text(exponent: decimal.exponent).utf8.count - 2)
      } else {
        leftWidth = max(leftWidth, sign + decimal.whole.utf8.count)
        rightWidth = max(rightWidth, decimal.fraction.utf8.count)
      }
    }
    if finite.count < values.count {
      let right = fieldRight + 1
      let negative = showsPlus || values.contains(-.infinity)
      leftWidth = max(leftWidth, 3 - right, 3 + (negative ? 1 : 0) - right)
    }
  }

  /// What stands right of the point, the exponent included.
  private var fieldRight: Int { isScientific ? rightWidth + exponentDigits + 2 : rightWidth }

  /// Whether numbers are too large, too small or too far apart for one positional column, judged in the array's own type.
  private static func needsScientific(_ finite: [Double], _ dtype: DType, _ options: PrintOptions) -> Bool {
    var least = Double.infinity
    var greatest = 0.0
    for value in finite where value != 0 {
      least = min(least, value.magnitude)
      greatest = max(greatest, value.magnitude)
    }
    if greatest == 0 { return false }
    let (cutoff, tiny, ratio): (Double, Double, Double) =
      switch dtype {
      case .float16: (1e3, Half(0.0001).double, Half(greatest / least).double)
      case .bfloat16: (1e3, BFloat16(0.0001).double, BFloat16(greatest / least).double)
      case .float32, .complex64: (1e6, Double(Float(0.0001)), Double(Float(greatest) / Float(least)))
      default: (1e8, 0.0001, greatest / least)
      }
    return greatest >= cutoff || (!options.suppressesSmall && (least < tiny || ratio > 1000))
  }

  /// The shortest digits, or as many as the precision allows.
  private func decimal(_ value: Double) -> DecimalDigits {
    let shortest = DecimalDigits(shortest: value, of: dtype)
    if isScientific {
      return shortest.scientificFraction.utf8.count <= options.precision
        ? shortest : DecimalDigits(value, scientificDigits: options.precision)
    }
    return shortest.fraction.utf8.count <= options.precision
      ? shortest : DecimalDigits(value, fractionDigits: options.precision)
  }

  func text(_ value: Double) -> String {
    guard value.isFinite else {
      let sign = value == -.infinity ? "-" : showsPlus ? "+" : ""
      return padded(sign + (value.isNaN ? "nan" : "inf"), to: leftWidth + fieldRight + 1)
    }
    if isScientific {
      // All mantissas have the same number of digits, those past the shortest being the exact value's.
      var decimal = DecimalDigits(shortest: value, of: dtype)
      if decimal.scientificFraction.utf8.count != rightWidth {
        decimal = DecimalDigits(value, scientificDigits: rightWidth)
      }
      let fraction = decimal.scientificFraction
      let sign = decimal.isNegative ? "-" : showsPlus ? "+" : ""
      return padded(sign + String(decoding: decimal.digits.prefix(1), as: UTF8.self), to: leftWidth) + "."
        + fraction
        + String(repeating: "0", count: rightWidth - fraction.utf8.count)
        + DecimalDigits.text(exponent: decimal.exponent, digits: exponentDigits)
    }
    let decimal = decimal(value)
    let sign = decimal.isNegative ? "-" : showsPlus ? "+" : ""
    let fraction = decimal.fraction
    return padded(sign + decimal.whole, to: leftWidth) + "." + fraction
      + String(repeating: " ", count: rightWidth - fraction.utf8.count)
  }

  /// A number by itself, as NumPy's scalars write themselves: all its digits, in whichever notation suits it.
  static func scalarText(_ value: Double, dtype: DType, showsPlus: Bool = false, trimsPoint: Bool = false)
    -> String
  {
    let plus = showsPlus ? "+" : ""
    guard value.isFinite else {
      return value.isNaN ? plus + "nan" : value < 0 ? "-inf" : plus + "inf"
    }
    let decimal = DecimalDigits(shortest: value, of: dtype)
    let sign = decimal.isNegative ? "-" : plus
    let magnitude = value.magnitude
    let limit: Double =
      switch dtype {
      case .float16, .bfloat16: 1e3
      case .float32, .complex64: 1e6
      default: 1e16
      }
    if magnitude == 0 || (magnitude >= 1e-4 && magnitude < limit) {
      let fraction = decimal.fraction
      if fraction.isEmpty { return sign + decimal.whole + (trimsPoint ? "" : ".0") }
      return sign + decimal.whole + "." + fraction
    }
    let fraction = decimal.scientificFraction
    return sign + String(decoding: decimal.digits.prefix(1), as: UTF8.self)
      + (fraction.isEmpty ? "" : "." + fraction)
      + DecimalDigits.text(exponent: decimal.exponent)
  }
}

/// Text with spaces before it up to a width.
func padded(_ text: String, to width: Int) -> String {
  String(repeating: " ", count: max(width - text.utf8.count, 0)) + text
}
