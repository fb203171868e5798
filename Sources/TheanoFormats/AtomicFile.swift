import CTheanoSupport
import TheanoArrays

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A file being written under a temporary name beside its target.
///
/// The target's name is given to it only when every byte is on the disk: a program killed at any moment, or a disk
/// that fills up, leaves the old file or the new one, whole. What a kill can leave behind is the temporary file,
/// `.name.<process>-<random>.tmp`, which may be deleted.
struct AtomicFile: ~Copyable {
  let report: FileReport
  private let descriptor: CInt
  private let temporary: String
  private let target: String
  /// The number of bytes appended so far.
  private(set) var count = 0

  /// Writes a file by `body`, and puts it in the place of `report.path` once that has succeeded.
  static func publish(
    _ report: FileReport, _ body: (inout AtomicFile) throws(TheanoError) -> Void
  ) throws(TheanoError) {
    var file = try AtomicFile(report)
    do {
      try body(&file)
      try file.commit()
    } catch {
      _ = unlink(file.temporary)
      throw error
    }
  }

  private init(_ report: FileReport) throws(TheanoError) {
    try checkPath(report.path, report)
    let (target, mode) = try Self.resolve(report)
    (temporary, descriptor) = try Self.openTemporary(beside: target, report)
    self.report = report
    self.target = target
    // A replaced file keeps its permissions; that it cannot is no reason to lose the data.
    if let mode { _ = fchmod(descriptor, mode) }
  }

  private static func openTemporary(
    beside target: String, _ report: FileReport
  ) throws(TheanoError) -> (path: String, descriptor: CInt) {
    let cut =
      target.utf8.lastIndex(of: UInt8(ascii: "/")).map { target.utf8.index(after: $0) } ?? target.startIndex
    // File names end at 255 bytes on the usual systems.
    let name = String(decoding: target[cut...].utf8.prefix(180), as: UTF8.self)
    while true {
      let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
      let path = "\(target[..<cut]).\(name).\(getpid())-\(random).tmp"
      #if canImport(Darwin)
        let descriptor = Darwin.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      #else
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      #endif
      if descriptor >= 0 { return (path, descriptor) }
      if errno != EEXIST {
        throw report.systemError("cannot be written (\(quoted(path)) cannot be made)", code: errno)
      }
    }
  }

  deinit { _ = close(descriptor) }

  /// The file that will be replaced: the one that a symbolic link points to rather than the link.
  private static func resolve(_ report: FileReport) throws(TheanoError) -> (target: String, mode: mode_t?) {
    var status = stat()
    guard stat(report.path, &status) == 0 else {
      let code = errno
      if code != ENOENT { throw report.systemError("cannot be written", code: code) }
      var link = stat()
      if lstat(report.path, &link) == 0 {
        throw report.error(
          "is a symbolic link to nothing", hint: "make its target's folder, or remove the link")
      }
      if report.path.utf8.last == UInt8(ascii: "/") {
        throw report.error("ends in a slash, so it names a folder", hint: "add the file's name")
      }
      return (report.path, nil)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw report.error(
        "exists and is not a regular file, so it cannot be replaced",
        hint: "name a file rather than a folder or a device")
    }
    let mode = status.st_mode & 0o777
    guard let resolved = realpath(report.path, nil) else {
      throw report.systemError("cannot be written", code: errno)
    }
    defer { free(resolved) }
    return (String(cString: resolved), mode)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(TheanoError) {
    guard let base = bytes.baseAddress else { return }
    try reserve(bytes.count)
    // The processor's copy of bytes to a place less than 64 bytes further on, in whatever page, takes 2.5 times as long.
    if bytes.count >= Self.stageSize, 1..<64 ~= (count &- Int(bitPattern: base)) & 4095 {
      try appendStaged(bytes)
    } else {
      try hand(bytes)
    }
  }

  private static let stageSize = 256 << 10
  private var stage: OwnedBytes?

  /// Appends bytes by way of a buffer in which they lie as they will in the file's pages.
  private mutating func appendStaged(_ bytes: UnsafeRawBufferPointer) throws(TheanoError) {
    if stage == nil { stage = try .allocate(Self.stageSize, report) }
    guard let stage else { return }
    var rest = bytes
    while !rest.isEmpty {
      let place = count % stage.count
      let piece = UnsafeMutableRawBufferPointer(
        rebasing: stage.mutableBytes[place..<min(stage.count, place + rest.count)])
      piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<piece.count]))
      try hand(UnsafeRawBufferPointer(piece))
      rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
    }
  }

  /// Hands bytes to the system.
  private mutating func hand(_ bytes: UnsafeRawBufferPointer) throws(TheanoError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let wrote = write(descriptor, base + done, min(bytes.count - done, Self.step))
      if wrote >= 0 {
        done += wrote
        startFlushing(count + done)
      } else if errno != EINTR {
        throw report.systemError("cannot be written at byte \(count + done)", code: errno)
      }
    }
    count += done
  }

  /// Reserves disk space for bytes that are about to be appended, if they are many. So a full disk is an error before anything is
  /// copied, and the file system need not search for free blocks while the disk is busy: without it, every fourth write of
  /// 200 MB took three times as long.
  mutating func reserve(_ bytes: Int) throws(TheanoError) {
    guard bytes >= Self.step, count + bytes > reserved else { return }
    let code = theano_reserve(descriptor, Int64(count), Int64(bytes))
    guard code == 0 else { throw report.systemError("cannot be written at byte \(count)", code: code) }
    reserved = count + bytes
  }

  /// Up to where disk space is reserved.
  private var reserved = 0

  /// How many bytes are handed to the system at once.
  private static let step = 8 << 20
  /// Up to where the disk has been asked to begin.
  private var flushStarted = 0

  /// Lets the disk begin while the rest is still being copied: a file of 256 MB is then on it after 0.10 s instead of
  /// 0.16 s. Only a hint; `commit` waits for the data and finds any fault. Whole pages only: to go on with one that is on
  /// its way, the next write would wait until all before it have arrived.
  private mutating func startFlushing(_ end: Int) {
    let end = end & ~0xffff
    guard end - flushStarted >= Self.step else { return }
    theano_start_flushing(descriptor, Int64(flushStarted), Int64(end - flushStarted))
    flushStarted = end
  }

  mutating func append(_ bytes: [UInt8]) throws(TheanoError) {
    try bytes.withBytes { (buffer) throws(TheanoError) in try append(buffer) }
  }

  /// Replaces bytes that were appended earlier, such as a length that was not known then.
  mutating func replace(at offset: Int, with bytes: [UInt8]) throws(TheanoError) {
    precondition(offset >= 0 && bytes.count <= count - offset, "only bytes already appended can be replaced")
    var done = 0
    while done < bytes.count {
      let wrote = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(offset + done))
      }
      if wrote >= 0 {
        done += wrote
      } else if errno != EINTR {
        throw report.systemError("cannot be written at byte \(offset + done)", code: errno)
      }
    }
  }

  private mutating func commit() throws(TheanoError) {
    // The data must be on the disk before the name is: otherwise a crash of the machine could leave an empty file
    // under the good name.
    guard Self.flush(descriptor) else {
      throw report.systemError("cannot be flushed to the disk", code: errno)
    }
    guard rename(temporary, target) == 0 else {
      throw report.systemError("cannot be put in place", code: errno)
    }
    // The new name is made durable too; a file system that cannot flush a folder has done all that it can.
    let slash = target.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
    #if canImport(Darwin)
      let handle = Darwin.open(folder, O_RDONLY | O_CLOEXEC)
    #else
      let handle = Glibc.open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    #endif
    if handle >= 0 {
      _ = Self.flush(handle)
      _ = close(handle)
    }
  }

  /// Waits until what was written is on the disk; `errno` tells why if it cannot be.
  private static func flush(_ descriptor: CInt) -> Bool {
    #if canImport(Darwin)
      // There `fsync` leaves the data in the disk's own cache; not every file system knows the call that does not.
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
    #endif
    return fsync(descriptor) == 0
  }
}
