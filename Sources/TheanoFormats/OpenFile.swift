import TheanoArrays

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The system's words for an error code.
func systemMessage(_ code: CInt) -> String { String(cString: strerror(code)) }

/// What a person can do about a system error, where that is not plain from its words.
func systemHint(_ code: CInt) -> String? {
  switch code {
  case ENOENT: "check the name; relative paths start at the process's working directory"
  case EACCES, EPERM: "change the permissions of the file or of its folder"
  case ENOSPC, EDQUOT: "free some space; nothing was replaced"
  case EMFILE, ENFILE: "release some of the archives that hold files open"
  default: nil
  }
}

/// The bytes of a path as the system wants them, refused if it would read a different path than the caller wrote.
func checkPath(_ path: String, _ report: FileReport) throws(TheanoError) {
  if path.isEmpty { throw report.error("the path is empty", hint: "name a file") }
  if path.utf8.contains(0) {
    throw report.error("the path holds a zero byte, at which the system would cut it", hint: "take it out")
  }
}

/// A regular file open for reading, closed with the last reference.
///
/// Its size is taken once; a file that shrinks afterwards gives an error, not a short array.
final class OpenFile: Sendable {
  let descriptor: CInt
  let count: Int

  private init(descriptor: CInt, count: Int) {
    self.descriptor = descriptor
    self.count = count
  }

  deinit { _ = close(descriptor) }

  static func open(_ report: FileReport) throws(TheanoError) -> OpenFile {
    try checkPath(report.path, report)
    // Not blocking, because opening a named pipe would wait for its writer before it could be refused.
    #if canImport(Darwin)
      let descriptor = Darwin.open(report.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    #else
      let descriptor = Glibc.open(report.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    #endif
    guard descriptor >= 0 else { throw report.systemError("cannot be opened", code: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      _ = close(descriptor)
      throw report.systemError("cannot be examined", code: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      _ = close(descriptor)
      throw report.error(
        "is not a regular file", hint: "name a file rather than a folder, a pipe or a device")
    }
    return OpenFile(descriptor: descriptor, count: Int(status.st_size))
  }

  /// Fills a buffer with the bytes from `offset` on.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ report: FileReport)
    throws(TheanoError)
  {
    var unwanted: CRC32?
    try read(at: offset, into: buffer, report, checksum: &unwanted)
  }

  /// Fills a buffer with the bytes from `offset` on, and feeds them to a checksum if there is one.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ report: FileReport,
    checksum: inout CRC32?
  ) throws(TheanoError) {
    var parts = PartedRead.parts(of: buffer, summed: checksum != nil)
    PartedRead.run(&parts) { self.read(&$0, at: offset) }
    for part in parts {
      if let failure = part.failure {
        if failure.code != 0 {
          throw report.systemError("cannot be read at byte \(failure.offset)", code: failure.code)
        }
        throw report.error(
          at: failure.offset, "the file became shorter while it was read", hint: "read it again")
      }
      if let sum = part.checksum { checksum?.append(sum, of: part.buffer.count) }
    }
  }

  private func read(_ part: inout PartedRead.Part, at offset: Int) {
    // With a checksum, in pieces that stay in the processor's cache between reading and summing.
    let count = part.buffer.count
    let step = part.checksum == nil ? max(count, 1) : 256 << 10
    for start in stride(from: 0, to: count, by: step) {
      let piece = UnsafeMutableRawBufferPointer(rebasing: part.buffer[start..<min(start + step, count)])
      let from = offset + part.start + start
      let got = fill(piece, at: from)
      guard got == piece.count else {
        part.failure = (from + got, errno)
        return
      }
      part.checksum?.update(UnsafeRawBufferPointer(piece))
    }
  }

  /// Fills a buffer with the bytes from `offset` on as far as there are any; the number of bytes read. If that is less
  /// than the buffer holds, `errno` tells why, or is 0 at the end of the file.
  private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      // Linux moves at most 2 GiB a call, and Darwin refuses more.
      let step = min(buffer.count - done, 1 << 30)
      let got = pread(descriptor, base + done, step, off_t(offset + done))
      if got > 0 {
        done += got
      } else if got == 0 {
        errno = 0
        break
      } else if errno != EINTR {
        break
      }
    }
    return done
  }
}

/// Bytes in memory with a life of their own: a file's mapping, or a block that was read or inflated.
///
/// Unchecked because of the pointer: the bytes are written only by the maker, before anyone else has the reference,
/// or by the one array that adopts a block of its own.
final class OwnedBytes: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let count: Int
  /// Whether the memory must never be written.
  let isReadOnly: Bool
  private let isMapping: Bool

  private init(base: UnsafeMutableRawPointer, count: Int, isReadOnly: Bool, isMapping: Bool) {
    self.base = base
    self.count = count
    self.isReadOnly = isReadOnly
    self.isMapping = isMapping
  }

  deinit {
    if isMapping { munmap(base, count) } else { free(base) }
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
  var mutableBytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }

  /// A block with undefined content, 64-byte aligned; one that is read-only may be written by its maker alone.
  static func allocate(
    _ count: Int, _ report: FileReport, isReadOnly: Bool = false
  ) throws(TheanoError) -> OwnedBytes {
    var base: UnsafeMutableRawPointer?
    guard posix_memalign(&base, 64, max(count, 1)) == 0, let base else {
      throw report.error("there is no memory for \(count) bytes", hint: "free some, or split the file")
    }
    return OwnedBytes(base: base, count: count, isReadOnly: isReadOnly, isMapping: false)
  }

  /// A copy of bytes that are in memory already.
  static func copy(
    _ bytes: UnsafeRawBufferPointer, _ report: FileReport, isReadOnly: Bool = false
  ) throws(TheanoError) -> OwnedBytes {
    let block = try allocate(bytes.count, report, isReadOnly: isReadOnly)
    block.mutableBytes.copyMemory(from: bytes)
    return block
  }

  /// The whole of a file, mapped for reading.
  static func map(_ file: OpenFile, _ report: FileReport) throws(TheanoError) -> OwnedBytes {
    if file.count == 0 { return try allocate(0, report) }
    guard let base = mmap(nil, file.count, PROT_READ, MAP_PRIVATE, file.descriptor, 0), base != MAP_FAILED
    else {
      throw report.systemError(
        "cannot be mapped into memory", code: errno, hint: "load it without `mapped: true`")
    }
    return OwnedBytes(base: base, count: file.count, isReadOnly: true, isMapping: true)
  }
}
