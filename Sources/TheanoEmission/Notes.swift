/// The places in a program where the reader is told which expression is computed there.
///
/// What is compiled holds numbers only: the text of an expression and its line would make a new program of one that was
/// compiled before whenever a line is added above it, and looking lines up takes longer than all of the emission.
package enum Notes {
  private static let mark = "//@"
  /// What stands between the services that every program has and the program's own kernels.
  static let beginning = "// What is this program's own begins here."
  /// A line that stands for the notes.
  static func line(_ notes: [Int]) -> String { ([mark] + notes.map(String.init)).joined(separator: " ") }

  /// The line with its end, or nothing if there are no notes.
  static func mark(_ notes: [Int]) -> String { notes.isEmpty ? "" : line(notes) + "\n" }

  /// Whether a line stands for notes.
  static func isNote(_ line: String) -> Bool {
    line.utf8.drop { $0 == UInt8(ascii: " ") }.starts(with: mark.utf8)
  }

  /// The program with texts in place of the numbers.
  ///
  /// - Parameter text: The text of a note.
  package static func readable(_ source: String, _ text: (Int) -> String) -> String {
    var lines: [String] = []
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      let bare = line.drop { $0 == " " }
      guard bare.hasPrefix(mark) else {
        lines.append(String(line))
        continue
      }
      let indent = line.prefix(line.count - bare.count)
      lines += numbers(onLine: bare).map {
        let text = text($0)
        // A backslash at the end would make the next line a part of the comment.
        return "\(indent)// \(text)\(text.hasSuffix("\\") ? "." : "")"
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The notes that a program bears.
  package static func numbers(in source: String) -> [Int] {
    source.split(separator: "\n").flatMap { line -> [Int] in
      let bare = line.drop { $0 == " " }
      return bare.hasPrefix(mark) ? numbers(onLine: bare) : []
    }
  }

  private static func numbers(onLine line: Substring) -> [Int] {
    line.dropFirst(mark.count).split(separator: " ").compactMap { Int($0) }
  }

  /// What is the program's own: its kernels and the entry.
  package static func own(_ source: String) -> String {
    source.firstRange(of: beginning + "\n").map { String(source[$0.upperBound...]) } ?? source
  }
}
