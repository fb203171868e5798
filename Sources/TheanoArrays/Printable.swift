/// How many characters of a name are shown.
private let mostOfName = 100

/// A name as it stands in errors, listings and comments of generated code: on one line, whatever was given.
///
/// Control characters and separators of lines are written as Swift writes them in literals; of a long name stands the beginning.
package func printable(_ name: String) -> String {
  func breaks(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
  let name = name.count > mostOfName ? name.prefix(mostOfName) + "..." : name
  guard name.unicodeScalars.contains(where: breaks) else { return name }
  return name.unicodeScalars.map { breaks($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
}
