#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import Synchronization

/// A private folder for compiled functions that is removed when the process ends.
enum TemporaryCacheFolder {
  private static let folder = Mutex<(path: String, process: pid_t)?>(nil)

  /// Where it is, if it was needed.
  static var made: String? { folder.withLock { $0?.path } }

  /// Where it is; made when first asked for. `nil` if it cannot be.
  static var path: String? {
    folder.withLock { folder in
      if let folder { return folder.path }
      let named = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
      for place in [named, "/tmp"].compactMap({ $0 }) {
        var template = Array("\(place)/theano-XXXXXX".utf8CString)
        // For this user alone, and under a name that nobody had before.
        guard mkdtemp(&template) != nil else { continue }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        folder = (path, getpid())
        atexit { TemporaryCacheFolder.remove() }
        return path
      }
      return nil
    }
  }

  /// What is loaded from it stays usable: a file lives on while it is mapped.
  private static func remove() {
    // A process that was forked off ends like this one, but the folder is not its own.
    guard let path = folder.withLock({ $0?.process == getpid() ? $0?.path : nil }) else { return }
    for name in FileSystem.names(in: path) where name.hasPrefix("work-") {
      FileSystem.removeFolder("\(path)/\(name)")
    }
    FileSystem.removeFolder(path)
  }
}
