#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A folder for one test, removed with all that is in it when the test ends.
package final class TemporaryFolder: Sendable {
  /// The folder's path, without a slash at the end.
  package let path: String

  /// A new empty folder.
  package init() {
    var template = Array("/tmp/theano-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      fatalError("no temporary folder: \(String(cString: strerror(errno)))")
    }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { TemporaryFolder.remove(path) }

  private static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    chmod(path, 0o700)
    if let handle = opendir(path) {
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        }
        if name != "." && name != ".." { remove("\(path)/\(name)") }
      }
      closedir(handle)
    }
    rmdir(path)
  }

  /// The names of what is in the folder, sorted.
  package var names: [String] {
    guard let handle = opendir(path) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Writes a file into the folder, over one that is there, and returns its path.
  @discardableResult
  package func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) -> String {
    let file = "\(path)/\(name)"
    unlink(file)
    let handle = open(file, O_WRONLY | O_CREAT | O_TRUNC, mode)
    defer { close(handle) }
    bytes.withUnsafeBytes { bytes in
      guard handle >= 0, pwrite(handle, bytes.baseAddress, bytes.count, 0) == bytes.count else {
        fatalError("cannot write \(file): \(String(cString: strerror(errno)))")
      }
    }
    return file
  }

  /// Writes a text.
  @discardableResult
  package func write(_ name: String, _ text: String, mode: mode_t = 0o600) -> String {
    write(name, Array(text.utf8), mode: mode)
  }

  /// The bytes of a file in the folder; none if it cannot be read.
  package func read(_ name: String) -> [UInt8] {
    let handle = open("\(path)/\(name)", O_RDONLY)
    guard handle >= 0 else { return [] }
    defer { close(handle) }
    var status = stat()
    fstat(handle, &status)
    let size = Int(status.st_size)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = max(0, pread(handle, buffer.baseAddress, size, 0))
    }
  }
}
