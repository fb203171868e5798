import CTheanoPrelude

/// The prelude's text, from which a program takes only what it calls.
package enum PreludeParts {
  private struct Part: Sendable {
    let needs: [String]
    /// Where its text stands in the prelude's.
    let range: Range<Int>
  }

  private static let mark = Array("//@ part ".utf8)

  /// Read byte by byte, since the first function of a process waits for it.
  private static let parts: (order: [String], byName: [String: Part]) = {
    var order: [String] = []
    var parts: [String: Part] = [:]
    var open: (name: String, needs: [String], begin: Int)?
    let text = bytes
    func finish(_ end: Int) {
      guard let part = open else { return }
      order.append(part.name)
      parts[part.name] = Part(needs: part.needs, range: part.begin..<end)
    }
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      if text[start..<end].starts(with: mark) {
        finish(start)
        // "//@ part NAME needs: NAME NAME ..."
        let words = text[start..<end].split(separator: UInt8(ascii: " ")).map {
          String(decoding: $0, as: UTF8.self)
        }
        open = (words[2], Array(words.dropFirst(4)), min(end + 1, text.count))
      }
      start = end + 1
    }
    finish(text.count)
    return (order, parts)
  }()

  /// Reads the prelude.
  package static func prepare() { _ = parts.order.count }

  private static var bytes: UnsafeBufferPointer<UInt8> {
    let text = UnsafeRawPointer(theano_prelude_text())
    return UnsafeBufferPointer(
      start: text?.assumingMemoryBound(to: UInt8.self), count: theano_prelude_text_length())
  }

  /// The parts that define the functions, with all that they stand on, in the prelude's order.
  ///
  /// - Parameter functions: Names without the prefix `th_`, such as `exp_f64`.
  package static func text(for functions: Set<String>) -> String {
    var wanted: Set<String> = ["base"]
    var pending = Array(functions)
    while let name = pending.popLast() {
      guard let part = parts.byName[name], wanted.insert(name).inserted else { continue }
      pending.append(contentsOf: part.needs)
    }
    return parts.order.filter(wanted.contains).compactMap { parts.byName[$0]?.range }
      .map { String(decoding: bytes[$0], as: UTF8.self) }.joined()
  }

  /// The functions that the prelude does not have.
  package static func missing(_ functions: Set<String>) -> [String] {
    functions.filter { parts.byName[$0] == nil }.sorted()
  }
}
