/// Lines of generated code, with what they stand on.
struct CodeWriter {
  private(set) var lines: [String] = []
  private var indent: Int
  /// The services that the lines call; see ``Services``.
  var services: Set<String> = []

  init(indent: Int = 0) { self.indent = indent }

  var text: String { lines.joined(separator: "\n") }

  mutating func line(_ text: String) { lines.append(String(repeating: "  ", count: indent) + text) }
  mutating func open(_ text: String) {
    line(text.isEmpty ? "{" : text + " {")
    indent += 1
  }
  mutating func close(_ end: String = "}") {
    indent -= 1
    line(end)
  }
  /// The end of one block and the beginning of the next: `} else {`.
  mutating func next(_ text: String) {
    indent -= 1
    line("} \(text) {")
    indent += 1
  }
  /// Lines without indentation.
  mutating func outside(_ text: String) { lines.append(text) }

  /// A service's name, which programs then bring with them.
  mutating func service(_ name: String) -> String {
    services.insert(name)
    return name
  }
}
