import TheanoArrays
import TheanoFormats

/// What a reader makes of some bytes, taken once as a file's and once as a mapped file's. The fuzzers and the tests of
/// damaged files call nothing else.
package struct ReaderCheck {
  /// What was read: names, and of each array dtype, shape, strides and a sum over its bytes.
  package struct Reading: Equatable {
    package var names: [String] = []
    package var layouts: [[Int]] = []
    package var sums: [UInt64] = []
  }

  /// What came of the bytes read; `nil` if they were refused.
  package private(set) var reading: Reading?
  /// Why they were refused.
  package private(set) var error: TheanoError?
  /// What must not happen, whatever the bytes: empty if all is well.
  package private(set) var breaches: [String] = []

  package init(_ bytes: UnsafeRawBufferPointer, _ format: FileFormat) {
    reading = read(bytes, format, isMapped: false)
    let refusal = error
    let mapped = read(bytes, format, isMapped: true)
    switch (reading, mapped) {
    case (nil, nil): break
    case (let reading?, let mapped?):
      if reading != mapped { breaches.append("a mapped file reads differently") }
    case (nil, _?):
      // A mapped archive skips the checksums of what it uses in place.
      if format != .npz { breaches.append("a mapped file is read where a file is refused") }
    case (_?, nil): breaches.append("a mapped file is refused where a file is read")
    }
    error = refusal
  }

  package init(_ bytes: [UInt8], _ format: FileFormat) {
    self = bytes.withUnsafeBytes { ReaderCheck($0, format) }
  }

  private mutating func read(
    _ bytes: UnsafeRawBufferPointer, _ format: FileFormat, isMapped: Bool
  ) -> Reading? {
    do {
      var reading = Reading()
      for (name, array) in try format.read(bytes, isMapped: isMapped) {
        reading.names.append(name)
        reading.layouts.append([Int(array.dtype.rawValue)] + array.shape + array.strides)
        var sum: UInt64 = 0
        var strangeBools = 0
        array.contiguous().withUnsafeBytes { elements in
          for byte in elements {
            sum = sum &* 31 &+ UInt64(byte)
            strangeBools += byte > 1 ? 1 : 0
          }
        }
        reading.sums.append(sum)
        if array.dtype == .bool && strangeBools > 0 { breaches.append("a boolean that is neither") }
      }
      return reading
    } catch {
      self.error = error
      if error.kind != .file { breaches.append("an error of another kind: \(error)") }
      // Every fault of a file tells the file, the byte and the reason.
      let text = error.description
      if !text.contains("\"memory.\(format.rawValue)\"") || !text.contains(", byte ") {
        breaches.append("an error that does not tell the file and the byte: \(text)")
      }
      return nil
    }
  }
}
