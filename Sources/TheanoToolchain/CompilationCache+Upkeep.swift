#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import TheanoArrays

/// The folder of compiled functions for the command line: listing, verifying and clearing it.
package struct CacheUpkeep: Sendable {
  private let cache: CompilationCache

  /// The folder that the settings ask for; it is made if it is not there.
  package init(_ settings: ToolchainSettings) throws(TheanoError) { cache = try CompilationCache(settings) }

  /// The folder.
  package var folder: String { cache.folder }
  /// How many bytes are kept at most.
  package var limit: Int { cache.size }

  /// One file of the folder.
  package struct Entry: Sendable, Hashable {
    /// The file's name: the key of a compiled function, or a source that failed to compile.
    package let name: String
    /// Its length in bytes.
    package let bytes: Int
    /// When it was last used, in seconds since 1970, to the hour.
    package let used: Int
    /// Whether it is a compiled function.
    package let isFunction: Bool
  }

  /// What is kept, what was used last coming first.
  package var entries: [Entry] {
    FileSystem.names(in: folder).compactMap { name -> Entry? in
      let isFunction = name.hasSuffix("." + Platform.librarySuffix)
      guard isFunction || name.hasPrefix("failed-"), let status = FileSystem.linkStatus("\(folder)/\(name)")
      else { return nil }
      return Entry(
        name: name, bytes: Int(status.st_size), used: Int(Platform.modified(status).tv_sec),
        isFunction: isFunction)
    }.sorted { ($1.used, $0.name) < ($0.used, $1.name) }
  }

  /// Removes what is kept, and work that crashed processes left behind longer than a day ago. Programs that use a function
  /// now go on using it.
  ///
  /// - Returns: What was removed.
  package func clear() throws(TheanoError) -> [Entry] {
    let all = entries
    for entry in all where unlink("\(folder)/\(entry.name)") != 0 && errno != ENOENT {
      throw TheanoError(
        .system, in: "cache", "\(folder)/\(entry.name) cannot be removed: \(FileSystem.message(errno))",
        hint: "make the folder writable")
    }
    cache.evict(keeping: "")
    return all
  }

  /// Checks every compiled function against its checksum and removes what is not sound, as a look-up would.
  package func verify() -> (sound: Int, removed: [String]) {
    var sound = 0
    var removed: [String] = []
    for entry in entries where entry.isFunction {
      if cache.isSound(entry.name) {
        sound += 1
      } else {
        unlink("\(folder)/\(entry.name)")
        removed.append(entry.name)
      }
    }
    return (sound, removed)
  }
}
