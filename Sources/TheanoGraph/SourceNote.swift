import TheanoArrays

/// Where in the user's source an expression was written.
///
/// Named functions know their caller's line from `#fileID` and `#line`. Operators cannot take such arguments, so they
/// keep the raw return addresses of the stack, which are looked up only if an error is printed.
package enum SourceNote: Sendable, Hashable {
  case none
  case line(String, Int)
  case site(CallSite)

  /// `file:line`, or `nil` if it is not known.
  package var location: String? {
    switch self {
    case .none: nil
    case .line(let file, let line): "\(file):\(line)"
    case .site(let site): site.resolve().map(\.description)
    }
  }

  /// `file:line` without the module, for places within a sentence.
  package var shortLocation: String? {
    location.map { text in
      String(text[(text.lastIndex(of: "/").map(text.index(after:)) ?? text.startIndex)...])
    }
  }

  /// The user's line that called the library function that is running now: looked up only where an error wants it, so
  /// that calls that succeed pay nothing.
  @inline(never)
  package static func callLocation() -> String? { CallSite.capture().resolve()?.description }

  /// Looks up the lines of many notes at once, so that the program's debug information is read once (it takes up to a quarter of a
  /// second). Afterwards ``location`` finds them in memory.
  package static func lookUp(_ notes: [SourceNote]) {
    let sites = notes.compactMap { note in if case .site(let site) = note { site } else { nil } }
    if !sites.isEmpty { _ = CallSite.resolve(sites) }
  }

  /// The note that every node gets while a library function builds an expression on the user's behalf.
  @TaskLocal package static var ambient: SourceNote?

  /// The note for a node that is made now: that of the library function that makes it, or the line that is given.
  package static func here(_ fileID: String, _ line: Int) -> SourceNote { ambient ?? .line(fileID, line) }

  /// The note for a node that an operator makes now.
  @inline(never)
  package static func operatorSite() -> SourceNote { ambient ?? .site(CallSite.capture()) }

  /// Builds an expression whose nodes are all noted as written at the given line.
  package static func at<R, E: Error>(_ fileID: String, _ line: Int, _ build: () throws(E) -> R) throws(E)
    -> R
  {
    if ambient != nil { return try build() }
    return try with(.line(fileID, line), build)
  }

  /// Builds an expression whose nodes all get the given note.
  package static func with<R, E: Error>(_ note: SourceNote, _ build: () throws(E) -> R) throws(E) -> R {
    // `withValue` rethrows untyped; the detour through a result keeps the error's type.
    let result: Result<R, E> = $ambient.withValue(note) {
      do throws(E) { return .success(try build()) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
