import CTheanoPrelude

/// The prelude's text, from which a program takes only what it calls.
package enum PreludeParts {
  private struct Part {
    let needs: [String]
    let text: String
  }

  private static let parts: (order: [String], byName: [String: Part]) = {
    var order: [String] = []
    var parts: [String: Part] = [:]
    var name = ""
    var needs: [String] = []
    var lines: [Substring] = []
    func finish() {
      guard !name.isEmpty else { return }
      order.append(name)
      parts[name] = Part(needs: needs, text: lines.joined(separator: "\n"))
    }
    for line in String(cString: theano_prelude_text()).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("//@ part ") {
        finish()
        let words = line.split(separator: " ")
        name = String(words[2])
        needs = words.dropFirst(4).map(String.init)
        lines = []
      } else {
        lines.append(line)
      }
    }
    finish()
    return (order, parts)
  }()

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
    return parts.order.filter(wanted.contains).compactMap { parts.byName[$0]?.text }.joined(separator: "\n")
  }

  /// The functions that the prelude does not have.
  package static func missing(_ functions: Set<String>) -> [String] {
    functions.filter { parts.byName[$0] == nil }.sorted()
  }
}
