/// The result of `body`; its error, in full, is fatal, at the caller's line.
///
/// Direct calls are their throwing twins under this: one implementation, one text. `fatalError` is used because
/// `preconditionFailure` says nothing in an optimised build.
@inline(__always)
package func trapping<R>(
  _ file: StaticString = #fileID, _ line: UInt = #line, _ body: () throws(TheanoError) -> R
) -> R {
  do { return try body() } catch { fail(error, file, line) }
}

@inline(never)
private func fail(_ error: TheanoError, _ file: StaticString, _ line: UInt) -> Never {
  fatalError(error.diagnoses.map(\.description).joined(separator: "\n"), file: file, line: line)
}

/// A shape as it stands in messages, `[2, 3]`; `[]` for a 0-d array.
package func shapeText(_ shape: some Sequence<Int>) -> String {
  "[" + shape.map(String.init).joined(separator: ", ") + "]"
}

extension UnsafeMutableRawPointer {
  /// The first address at or after this one that is a multiple of a power of two.
  func alignedUp(toMultipleOf alignment: Int) -> UnsafeMutableRawPointer {
    let address = UInt(bitPattern: self)
    return self + Int((0 &- address) & UInt(alignment - 1))
  }
}
