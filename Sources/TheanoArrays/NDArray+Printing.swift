/// How arrays are written: NumPy's print options, with its defaults.
public struct PrintOptions: Sendable, Hashable {
  // Larger values mean nothing for a text; they are clamped so that arithmetic with them cannot overflow.

  /// The most digits after the point of floats in arrays of one axis or more; at least 0. More than 1100 are none more.
  public var precision = 8 { didSet { precision = min(max(precision, 0), 1100) } }
  /// Arrays with more elements than this show only the first and last of each axis.
  public var threshold = 1000
  /// How many of the first and of the last are then shown; at least 1.
  public var edgeItems = 3 { didSet { edgeItems = min(max(edgeItems, 1), Int.max / 4) } }
  /// Lines are broken before they are wider than this; at least 0.
  public var lineWidth = 75 { didSet { lineWidth = max(lineWidth, 0) } }
  /// Whether very small numbers are written as 0 rather than all numbers in scientific notation.
  public var suppressesSmall = false

  /// NumPy's defaults.
  public init() {}
}

extension NDArray: CustomStringConvertible {
  /// The array as NumPy's `print` shows it; a 0-d array as the number in full.
  ///
  /// Swift's arrays show their elements by it too: `print([NDArray(0.5)])` writes `[0.5]`.
  public var description: String { text() }

  /// The array as NumPy's `print` shows it under the given options.
  public func text(_ options: PrintOptions = config.printing) -> String {
    if ndim == 0 { return scalarText() }
    return ArrayWriter(self, options: options, separator: " ", prefix: "", suffix: "").text
  }

  /// The array as NumPy's `repr` shows it, with its dtype where the digits do not tell it: `array([1., 2.], dtype=float32)`.
  ///
  /// It is not the `debugDescription` because Swift's arrays would then print their elements with it.
  public func repr(_ options: PrintOptions = config.printing) -> String {
    let prefix = "array("
    let text = ArrayWriter(self, options: options, separator: ", ", prefix: prefix, suffix: ")").text
    var extras: [String] = []
    if (size == 0 && shape != [0]) || size > options.threshold {
      let axes = shape.map(String.init).joined(separator: ", ")
      extras.append("shape=(\(axes)\(ndim == 1 ? "," : ""))")
    }
    let isImplied = [.bool, .int64, .float64, .complex128].contains(dtype) && size > 0
    if !isImplied { extras.append("dtype=\(dtype)") }
    if extras.isEmpty { return prefix + text + ")" }
    let tail = extras.joined(separator: ", ") + ")"
    let start = prefix + text + ","
    let lastLine =
      start.utf8.count
      - (start.utf8.lastIndex(of: 10).map { start.utf8.distance(from: start.startIndex, to: $0) + 1 } ?? 0)
    let isTooLong = lastLine + tail.utf8.count + 1 > options.lineWidth
    return start + (isTooLong ? "\n      " : " ") + tail
  }

  /// The only element, as NumPy's scalars write themselves.
  private func scalarText() -> String {
    withExtendedLifetime(object) {
      switch dtype.kind {
      case .bool: return scalar(Bool.self, at: data) ? "True" : "False"
      case .unsigned: return scalar(UInt64.self, at: data).description
      case .signed: return scalar(Int64.self, at: data).description
      case .floating: return FloatFormatter.scalarText(scalar(Double.self, at: data), dtype: dtype)
      case .complex:
        let value = scalar(ComplexDouble.self, at: data)
        let imaginary = FloatFormatter.scalarText(
          value.imaginary, dtype: dtype, showsPlus: true, trimsPoint: true)
        // A real part of (positive) zero is left out; so are the brackets then.
        if value.real == 0 && value.real.sign == .plus {
          return FloatFormatter.scalarText(value.imaginary, dtype: dtype, trimsPoint: true) + "j"
        }
        return "(" + FloatFormatter.scalarText(value.real, dtype: dtype, trimsPoint: true) + imaginary + "j)"
      }
    }
  }
}

/// Lays out the elements of an array in brackets and lines.
private struct ArrayWriter {
  let array: NDArray
  let options: PrintOptions
  let separator: String
  let prefix: String
  let suffix: String
  private let isSummary: Bool
  private let words: Words
  /// How many elements each axis shows.
  private let shown: [Int]

  init(_ array: NDArray, options: PrintOptions, separator: String, prefix: String, suffix: String) {
    self.array = array
    self.options = options
    self.separator = separator
    self.prefix = prefix
    self.suffix = suffix
    let isSummary = array.size > options.threshold
    self.isSummary = isSummary
    var corners = array
    if isSummary {
      for axis in 0..<array.ndim where array.object.extent(axis) > 2 * options.edgeItems {
        let edge = options.edgeItems
        var index: [any ArrayIndex] = Array(
          repeating: IndexItem.slice(start: nil, stop: nil, step: 1), count: axis)
        let length = corners.object.extent(axis)
        index.append(Array(0..<edge) + Array((length - edge)..<length))
        corners = trapping { () throws(TheanoError) in try corners.checked.part(index) }
      }
    }
    shown = corners.shape
    words = Words(corners, options: options)
  }

  var text: String {
    if array.size == 0 { return "[]" }
    if array.ndim == 0 { return words[0] }
    var position = 0
    return block(
      axis: 0, &position, indent: " " + String(repeating: " ", count: prefix.utf8.count),
      width: options.lineWidth - suffix.utf8.count)
  }

  /// One bracket and what is in it.
  private func block(axis: Int, _ position: inout Int, indent: String, width: Int) -> String {
    let length = array.object.extent(axis)
    let hasGap = isSummary && 2 * options.edgeItems < length
    let gap = hasGap ? options.edgeItems : -1
    let count = shown[axis]
    let bareSeparator = separator == " " ? "" : ","
    var text = ""
    if axis == array.ndim - 1 {
      let elementWidth = width - max(bareSeparator.utf8.count, 1)
      var line = indent
      func add(_ word: String) {
        // A break that would leave the line empty does not help.
        if line.utf8.count + word.utf8.count > elementWidth && line.utf8.count > indent.utf8.count {
          text += trimmingSpaces(line) + "\n"
          line = indent
        }
        line += word
      }
      for i in 0..<count {
        if i == gap {
          add("...")
          line += separator
        }
        add(words[position])
        position += 1
        if i < count - 1 { line += separator }
      }
      text += line
    } else {
      let lineSeparator = bareSeparator + String(repeating: "\n", count: array.ndim - axis - 1)
      for i in 0..<count {
        if i == gap { text += indent + "..." + lineSeparator }
        text += indent + block(axis: axis + 1, &position, indent: indent + " ", width: width - 1)
        if i < count - 1 { text += lineSeparator }
      }
    }
    return "[" + text.dropFirst(indent.utf8.count) + "]"
  }

  private func trimmingSpaces(_ line: String) -> Substring {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return line
  }
}

/// The elements of an array as words of one width.
private struct Words {
  private let texts: [String]

  init(_ array: NDArray, options: PrintOptions) {
    let is0d = array.ndim == 0
    switch array.dtype.kind {
    case .bool: texts = [Bool](array).map { $0 ? (is0d ? "True" : " True") : "False" }
    case .unsigned: texts = Words.aligned([UInt64](array).map(\.description))
    case .signed: texts = Words.aligned([Int64](array).map(\.description))
    case .floating:
      let values = [Double](array)
      let formatter = FloatFormatter(values, dtype: array.dtype, options: options)
      texts = values.map(formatter.text)
    case .complex:
      let values = trapping { () throws(TheanoError) in try ComplexDouble.list(reading: array) }
      let real = FloatFormatter(values.map(\.real), dtype: array.dtype, options: options)
      let imaginary = FloatFormatter(
        values.map(\.imaginary), dtype: array.dtype, options: options, showsPlus: true)
      texts = values.map { value in
        // The j stands before the spaces that align the ends.
        let text = imaginary.text(value.imaginary)
        let end = text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex
        return real.text(value.real) + text[..<end] + "j" + text[end...]
      }
    }
  }

  private static func aligned(_ texts: [String]) -> [String] {
    let width = texts.reduce(0) { max($0, $1.utf8.count) }
    return texts.map { padded($0, to: width) }
  }

  subscript(position: Int) -> String { texts[position] }
}
