import TheanoArrays

/// The file and the call that errors about a file begin with.
struct FileReport: Sendable {
  /// The public call, such as `NDArray.load`.
  var operation: String
  /// The file as the caller named it.
  var path: String
  /// The entry inside an archive, if the trouble is there.
  var entry: String?

  /// The error for a file's fault.
  ///
  /// - Parameters:
  ///   - offset: where in the file (or in the inflated entry) the fault lies, in bytes.
  ///   - reason: what is wrong there.
  ///   - hint: what the user can do.
  func error(at offset: Int? = nil, _ reason: String, hint: String? = nil) -> TheanoError {
    var place = quoted(path)
    if let entry { place += ", entry \(quoted(entry))" }
    if let offset { place += ", byte \(offset)" }
    return TheanoError(.file, in: operation, "\(place): \(reason)", hint: hint)
  }

  /// Where the elements of an array end that begin at `start` of the file or the entry; an array that repeats one element
  /// can have more of them than any file can hold.
  func end(of name: String, _ array: NDArray, from start: Int) throws(TheanoError) -> Int {
    guard let end = start.plus(array.size * array.dtype.itemSize) else {
      throw error("the array \(quoted(name)) does not fit: its shape is \(shapeText(array.shape))")
    }
    return end
  }

  /// The error for a call of the system that failed with `code`.
  func systemError(_ action: String, code: CInt, hint: String? = nil) -> TheanoError {
    error("\(action): \(systemMessage(code))", hint: hint ?? systemHint(code))
  }
}

/// A file's text between quotes, fit for a terminal: control characters are escaped, and very long text is cut.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars.prefix(300) {
    switch scalar {
    case "\"", "\\": result += "\\" + String(scalar)
    case _
    where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + (text.unicodeScalars.dropFirst(300).isEmpty ? "\"" : "\"...")
}

extension Int {
  /// The product, or `nil` if it does not fit: sizes that come from files are never multiplied otherwise.
  func times(_ other: Int) -> Int? {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? nil : product
  }

  /// The sum, or `nil` if it does not fit.
  func plus(_ other: Int) -> Int? {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? nil : sum
  }
}
