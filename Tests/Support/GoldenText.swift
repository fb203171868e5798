#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A text in a folder `Golden` beside the tests that compare with it.
///
/// With `THEANO_REFRESH_GOLDEN=1` in the environment the text is written to the source tree in place of being compared;
/// what changed is then seen in the difference to the last commit.
package struct GoldenText {
  /// The file's path.
  package let path: String

  /// - Parameters:
  ///   - name: The path below `Golden`.
  ///   - file: A file of the folder of tests; left out.
  package init(_ name: String, file: String = #filePath) {
    // Tests/Compiled/Emission/GoldenTests.swift: the folder of tests is the one below Tests.
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    let tests = parts.lastIndex(of: "Tests") ?? 0
    path = (parts[...min(tests + 1, parts.count - 1)] + ["Golden"]).joined(separator: "/") + "/" + name
  }

  /// Whether texts are to be written anew.
  package static var isRefreshing: Bool { getenv("THEANO_REFRESH_GOLDEN") != nil }

  /// The text, or what there is to compare with it if it is being refreshed.
  package func text(refreshedBy current: String) -> String? {
    if GoldenText.isRefreshing {
      guard let file = fopen(path, "w") else { return nil }
      defer { fclose(file) }
      fputs(current, file)
      return current
    }
    return GoldenText.read(path)
  }

  /// A file as text; `nil` if it cannot be read.
  static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while true {
      let next = fgetc(file)
      if next == EOF { break }
      bytes.append(UInt8(truncatingIfNeeded: next))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
