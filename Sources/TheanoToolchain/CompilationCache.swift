#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import TheanoArrays

/// The folder of compiled functions.
///
/// An entry is one library file named after its key, with 48 bytes behind the library proper: a mark, the length and the
/// first 32 bytes' checksum. Loaders do not look behind the last section, and a file that lost its end, or any bit, is
/// known before it is loaded, which could crash the process. Files appear by `rename` and are never written in place, so
/// that any number of processes can share the folder without locks: two that compile the same source both succeed, and
/// one's file replaces the other's.
struct CompilationCache: Sendable {
  /// The folder; it belongs to this user alone.
  let folder: String
  /// How many bytes are kept.
  let size: Int

  private static let mark = Array("theano01".utf8)
  private static let trailer = 48

  /// The cache that the settings ask for, or, where that cannot be, one that lasts as long as the process. It is said once that
  /// the next process will have to compile everything anew.
  static func usable(_ settings: ToolchainSettings) throws(TheanoError) -> CompilationCache {
    do throws(TheanoError) { return try CompilationCache(settings) } catch {
      return try passing(instead: error)
    }
  }

  /// The cache of the process's own, in the place of one that cannot be used.
  static func passing(instead error: TheanoError) throws(TheanoError) -> CompilationCache {
    guard let folder = TemporaryCacheFolder.path else { throw error }
    let (what, hint) = (error.diagnoses.first?.what ?? "", error.diagnoses.first?.hint ?? "")
    Notice.once("\(what); this program keeps them in \(folder), which goes when it ends; \(hint)")
    return CompilationCache(folder: folder, size: .max)
  }

  private init(folder: String, size: Int) { (self.folder, self.size) = (folder, size) }

  /// Whether it is the process's own.
  var isTemporary: Bool { folder == TemporaryCacheFolder.made }

  /// The cache that the settings ask for, with its folder made and checked.
  init(_ settings: ToolchainSettings) throws(TheanoError) {
    guard let folder = settings.cacheFolder ?? Platform.defaultCacheFolder(settings) else {
      throw TheanoError(
        .system, in: "compile", "there is no place for compiled functions: the user has no home folder",
        hint: "set THEANO_CACHE_DIR to a folder that can be written")
    }
    self.folder = folder.hasSuffix("/") && folder != "/" ? String(folder.dropLast()) : folder
    size = settings.cacheSize
    try prepare()
  }

  /// Makes the folder, or checks that nobody else could have put anything into it: what is in it will be run.
  private func prepare() throws(TheanoError) {
    let hint = "set THEANO_CACHE_DIR to a folder of your own that can be written, or make \(folder) one"
    if FileSystem.linkStatus(folder) == nil {
      do { try FileSystem.makeFolders(folder) } catch {
        throw TheanoError(
          .system, in: "compile", "compiled functions cannot be kept: \(error.message)", hint: hint)
      }
    }
    func refuse(_ why: String, hint: String) -> TheanoError {
      TheanoError(
        .system, in: "compile", "compiled functions cannot be kept in \(folder): \(why)", hint: hint)
    }
    guard let status = FileSystem.linkStatus(folder) else {
      throw refuse("it cannot be looked at", hint: hint)
    }
    if FileSystem.isKind(status, S_IFLNK) {
      throw refuse("it is a symbolic link", hint: "set THEANO_CACHE_DIR to the folder that the link leads to")
    }
    guard FileSystem.isKind(status, S_IFDIR) else { throw refuse("it is not a folder", hint: hint) }
    guard status.st_uid == geteuid() else { throw refuse("it belongs to another user", hint: hint) }
    // Others may look into a folder that the user made: there are no secrets in it, only what must not be exchanged.
    guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
      throw refuse("other users can write to it", hint: "run chmod 700 \(folder)")
    }
    guard access(folder, W_OK | X_OK) == 0 else { throw refuse(FileSystem.message(errno), hint: hint) }
  }

  /// Where the library of a key stands, or would.
  func path(_ key: Digest) -> String { "\(folder)/\(key).\(Platform.librarySuffix)" }

  /// The path of a sound entry; `nil` if there is none. An unsound one is removed.
  func lookUp(_ key: Digest) -> String? {
    let path = path(key)
    guard let (bytes, status) = try? FileSystem.read(path) else { return nil }
    guard CompilationCache.isSound(bytes, status) else {
      unlink(path)
      return nil
    }
    // The time of change is the time of use, for eviction; an hour is exact enough and saves a write.
    if time(nil) - Platform.modified(status).tv_sec > 3600 {
      utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW)
    }
    return path
  }

  /// Marks a finished library as whole.
  func seal(_ library: String) throws(FileSystem.Failure) {
    let bytes = try FileSystem.read(library).bytes
    try FileSystem.append(CompilationCache.seal(bytes), to: library)
  }

  /// Puts a library that is sealed under its key.
  func store(_ key: Digest, sealed library: String) throws(FileSystem.Failure) {
    let path = path(key)
    guard rename(library, path) == 0 else { throw FileSystem.fail("rename to", path) }
    evict(keeping: path)
  }

  /// A new empty folder inside the cache, for one compilation.
  func workFolder() throws(FileSystem.Failure) -> String {
    for _ in 0..<100 {
      let path = "\(folder)/work-\(getpid())-\(UInt64.random(in: 0 ... .max))"
      if mkdir(path, 0o700) == 0 { return path }
      guard errno == EEXIST else { throw FileSystem.fail("create folder", path) }
    }
    throw FileSystem.fail("create folder", folder, EEXIST)
  }

  /// Keeps the source of a failed compilation, so that it can be looked at; returns its path, if it could be kept.
  func keepFailed(_ key: Digest, source: String) -> String? {
    let path = "\(folder)/failed-\(key).c"
    return rename(source, path) == 0 ? path : nil
  }
}

extension CompilationCache {
  /// What stands behind a library.
  private static func seal(_ bytes: [UInt8]) -> [UInt8] {
    let length = UInt64(bytes.count)
    return mark + (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
      + Digest(of: bytes).bytes
  }

  /// Whether a file of the folder is what was put there.
  func isSound(_ name: String) -> Bool {
    guard let (bytes, status) = try? FileSystem.read("\(folder)/\(name)") else { return false }
    return CompilationCache.isSound(bytes, status)
  }

  /// A library as it stands in the folder.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] { bytes + seal(bytes) }

  private static func isSound(_ bytes: [UInt8], _ status: stat) -> Bool {
    status.st_uid == geteuid() && status.st_mode & (S_IWGRP | S_IWOTH) == 0 && isSound(bytes)
  }

  private static func isSound(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > trailer else { return false }
    return Array(bytes.suffix(trailer)) == seal(Array(bytes.dropLast(trailer)))
  }

  /// Removes the entries used longest ago when there are more than the cache may hold, and what crashed processes left.
  ///
  /// A library that is loaded somewhere stays usable there: a file lives on while it is mapped.
  func evict(keeping kept: String) {
    var entries: [(path: String, size: Int, used: Int)] = []
    let now = time(nil)
    for name in FileSystem.names(in: folder) {
      let path = "\(folder)/\(name)"
      guard let status = FileSystem.linkStatus(path) else { continue }
      let used = Platform.modified(status).tv_sec
      if FileSystem.isKind(status, S_IFDIR) {
        if name.hasPrefix("work-") && now - used > 86_400 { FileSystem.removeFolder(path) }
      } else if name.hasSuffix("." + Platform.librarySuffix) || name.hasPrefix("failed-") {
        entries.append((path, Int(status.st_size), used))
      }
    }
    var total = entries.reduce(0) { $0 + $1.size }
    guard total > size else { return }
    // Down to three quarters, so that not every new function has to evict again.
    entries.sort { ($0.used, $0.path) < ($1.used, $1.path) }
    for entry in entries where entry.path != kept {
      if total <= size / 4 * 3 { break }
      if unlink(entry.path) == 0 { total -= entry.size }
    }
  }

  /// How many functions there are, and the bytes of all that is kept.
  var contents: (count: Int, bytes: Int) {
    let names = FileSystem.names(in: folder)
    let bytes = names.reduce(0) {
      $0 + (FileSystem.linkStatus("\(folder)/\($1)").map { Int($0.st_size) } ?? 0)
    }
    return (names.count { $0.hasSuffix("." + Platform.librarySuffix) }, bytes)
  }
}
