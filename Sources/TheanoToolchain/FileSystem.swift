#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The system's calls on files, with errors as values.
enum FileSystem {
  /// A call that failed: which, on what, and the system's reason.
  struct Failure: Error {
    var action: String
    var path: String
    var code: Int32

    var message: String { "cannot \(action) \(path): \(FileSystem.message(code))" }
  }

  /// The system's words for an error number.
  static func message(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// The words for a disk that is full, as other programs print them too.
  static let noSpace = message(ENOSPC)

  static func fail(_ action: String, _ path: String, _ code: Int32 = errno) -> Failure {
    Failure(action: action, path: path, code: code)
  }

  /// What a path leads to; `nil` if nothing.
  static func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  /// What stands at a path itself, be it a link; `nil` if nothing.
  static func linkStatus(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  static func isKind(_ status: stat, _ kind: mode_t) -> Bool { status.st_mode & S_IFMT == kind }

  /// Whether a path leads to a file that may be run.
  static func isExecutable(_ path: String) -> Bool {
    guard let status = status(path), isKind(status, S_IFREG) else { return false }
    return access(path, X_OK) == 0
  }

  /// The path with all links followed; `nil` if it leads nowhere.
  static func resolved(_ path: String) -> String? {
    guard let buffer = realpath(path, nil) else { return nil }
    defer { free(buffer) }
    return String(cString: buffer)
  }

  /// A path that means the same in any folder, and never looks like an option of a program.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let buffer = getcwd(nil, 0) else { return path }
    defer { free(buffer) }
    return String(cString: buffer) + "/" + path
  }

  /// The folder of a path.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes a folder and those above it, for this user alone. One that exists is left as it is.
  static func makeFolders(_ path: String) throws(Failure) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, path.contains("/"), folder(of: path) != path else {
      throw fail("create folder", path)
    }
    try makeFolders(folder(of: path))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw fail("create folder", path) }
  }

  /// The names in a folder, without `.` and `..`; none if it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      // In place: a copy of the whole field could read past the end of the directory's buffer.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        String(cString: UnsafeRawPointer(field).assumingMemoryBound(to: CChar.self))
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Writes a new file; one that exists already is an error, and so is a link.
  static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(Failure) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw fail("create", path) }
    defer { close(file) }
    try write(ContiguousArray(bytes), to: file, path)
  }

  /// Adds to the end of a file.
  static func append(_ bytes: some Sequence<UInt8>, to path: String) throws(Failure) {
    let file = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { throw fail("write", path) }
    defer { close(file) }
    try write(ContiguousArray(bytes), to: file, path)
  }

  private static func write(_ bytes: ContiguousArray<UInt8>, to file: Int32, _ path: String) throws(Failure) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        #if canImport(Darwin)
          Darwin.write(file, buffer.baseAddress! + done, buffer.count - done)
        #else
          Glibc.write(file, buffer.baseAddress! + done, buffer.count - done)
        #endif
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw fail("write", path) }
      done += count
    }
  }

  /// A file's bytes and status. Links, folders and files of more than `limit` bytes are refused.
  static func read(_ path: String, limit: Int = 1 << 30) throws(Failure) -> (bytes: [UInt8], status: stat) {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw fail("open", path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw fail("read", path) }
    guard isKind(status, S_IFREG), status.st_size <= limit else { throw fail("read", path, EINVAL) }
    let size = Int(status.st_size)
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = pread(file, buffer.baseAddress! + count, size - count, off_t(count))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { code = errno }
        if got <= 0 { break }
        count += got
      }
    }
    if code != 0 { throw fail("read", path, code) }
    return (bytes, status)
  }

  /// Removes a folder of plain files; what cannot be removed stays.
  static func removeFolder(_ path: String) {
    for name in names(in: path) { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}
