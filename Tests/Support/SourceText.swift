/// Files of the package's source tree.
package enum SourceText {
  /// A file's text, by its path from the package's folder; `nil` if the tree is not there any more.
  package static func read(_ path: String, file: String = #filePath) -> String? {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    guard let tests = parts.lastIndex(of: "Tests") else { return nil }
    return GoldenText.read((parts[..<tests] + [Substring(path)]).joined(separator: "/"))
  }
}
