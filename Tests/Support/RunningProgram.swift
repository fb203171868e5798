#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An executable of this package, run as a user would run it.
package struct RunningProgram {
  /// What it printed.
  package let output: String
  /// What it complained about.
  package let errors: String
  /// Its exit code; -1 if a signal ended it.
  package let code: Int32

  /// Where the package's executables are: beside the program that runs the tests.
  package static func path(_ name: String) -> String? {
    var parts = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
    while parts.count > 1 {
      let candidate = parts.joined(separator: "/") + "/" + name
      var status = stat()
      if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 {
        return candidate
      }
      parts = parts.dropLast()
    }
    return nil
  }

  /// Runs a program to its end, in this process's environment but for what is given.
  package init(_ program: String, _ arguments: [String], environment changes: [String: String]) {
    let folder = TemporaryFolder()
    let (out, err) = ("\(folder.path)/out", "\(folder.path)/err")
    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
    let settings = changes.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted($0.value))" }
    let words =
      ["env"] + settings + ([program] + arguments).map(quoted) + [">", quoted(out), "2>", quoted(err)]
    let status = popen(words.joined(separator: " "), "r").map { pclose($0) } ?? -1
    code = status & 0x7f == 0 ? (status >> 8) & 0xff : -1
    output = String(decoding: folder.read("out"), as: UTF8.self)
    errors = String(decoding: folder.read("err"), as: UTF8.self)
  }
}
