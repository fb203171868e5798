#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import CTheanoSupport
import TheanoArrays

/// A compiled translation unit in memory, ready to be called.
///
/// The code stays mapped as long as this object lives: whoever keeps ``entry`` keeps the object too.
package final class LoadedProgram: Sendable {
  /// Where a program came from.
  package enum Origin: Sendable, Hashable {
    /// It was loaded already.
    case memory
    /// It was in the cache.
    case disk
    /// It was compiled just now.
    case compiled
  }

  /// The name that generated code gives its entry.
  package static let entryName = "theano_entry"

  /// The unit's function.
  package let entry: th_entry
  /// What the program was made from: source, flags, compiler, processor, version.
  package let key: Digest
  /// The library's path in the cache; it may have been evicted since.
  package let path: String
  /// `dlopen`'s handle as a number, since pointers are not `Sendable`; closed once, in `deinit`.
  private let handle: UInt

  /// - Parameter place: Where the library is put once it is known to load, if not where it is.
  init(loading path: String, key: Digest, movingTo place: String? = nil) throws(TheanoError) {
    guard let handle = Platform.load(path) else { throw LoadedProgram.unloadable(path) }
    guard let symbol = dlsym(handle, LoadedProgram.entryName) else {
      dlclose(handle)
      throw TheanoError(
        .compiler, in: "compile", "the compiled library \(path) has no function \(LoadedProgram.entryName)",
        hint: "remove the file; if this comes again, please report it")
    }
    self.entry = unsafeBitCast(symbol, to: th_entry.self)
    self.key = key
    self.path = place ?? path
    self.handle = UInt(bitPattern: handle)
  }

  deinit { dlclose(UnsafeMutableRawPointer(bitPattern: handle)!) }

  /// The address of another function of the unit; `nil` if it exports none of that name.
  package func symbol(_ name: String) -> UnsafeMutableRawPointer? {
    dlsym(UnsafeMutableRawPointer(bitPattern: handle), name)
  }

  private static func unloadable(_ path: String) -> TheanoError {
    let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
    return TheanoError(
      .system, in: "compile", "the compiled library \(path) cannot be loaded: \(reason)",
      hint: "if the folder is mounted noexec, set THEANO_CACHE_DIR to one that is not")
  }
}
