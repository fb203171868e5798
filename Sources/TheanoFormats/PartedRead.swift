import CTheanoSupport

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A long read in parts that several threads take: copying out of the system's cache, the faults of fresh memory and
/// the checksum keep one processor busier than the memory behind them.
enum PartedRead {
  struct Part {
    let buffer: UnsafeMutableRawBufferPointer
    /// The place of the part's first byte in the whole.
    let start: Int
    /// The checksum of the part's own bytes, if one is wanted.
    var checksum: CRC32?
    /// Where the part ended too early in the file, and the system's code for it; 0 is the end of the file.
    var failure: (offset: Int, code: CInt)?
  }

  /// A part shorter than this would be done before a thread has begun.
  private static let shortest = 8 << 20
  /// More threads than this read no faster: the memory is busy.
  private static let most = 4

  /// How many threads a read may take: `THEANO_NUM_THREADS` as for calls, else the processors. A value that is no number of
  /// threads is for the compiler's settings to report; reading a file needs none of them.
  static let threads: Int = {
    if let text = getenv("THEANO_NUM_THREADS"), let count = Int(String(cString: text)), 1...4096 ~= count {
      return count
    }
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }()

  /// How many parts so many bytes are read in.
  private static func count(for bytes: Int) -> Int {
    let long = bytes / shortest
    return long < 2 ? 1 : min(long, most, threads)
  }

  /// The parts of a buffer, in order.
  static func parts(of buffer: UnsafeMutableRawBufferPointer, summed: Bool) -> [Part] {
    let count = count(for: buffer.count)
    // Whole pages to each but the last.
    let length = (buffer.count / count + 4095) & ~4095
    return (0..<count).map { k in
      let start = k * length
      let end = k == count - 1 ? buffer.count : start + length
      return Part(
        buffer: UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end]), start: start,
        checksum: summed ? CRC32() : nil)
    }
  }

  /// Calls `body` for every part, on threads that live as long as that takes if there are several.
  static func run(_ parts: inout [Part], _ body: @Sendable (inout Part) -> Void) {
    let pool = parts.count > 1 ? theano_pool_create(Int32(parts.count)) : nil
    defer { theano_pool_destroy(pool) }
    withoutActuallyEscaping(body) { body in
      parts.withUnsafeMutableBufferPointer { parts in
        // Threads get ranges that do not overlap, so each part has one writer.
        var work = Work(parts: parts, body: body)
        let grain = pool == nil ? parts.count : 1
        withUnsafeMutablePointer(to: &work) { work in
          theano_pool_run(
            pool, Int64(parts.count), Int64(grain),
            { work, begin, end in
              guard let work = work?.assumingMemoryBound(to: Work.self) else { return }
              for k in Int(begin)..<Int(end) { work.pointee.body(&work.pointee.parts[k]) }
            }, work)
        }
      }
    }
  }

  private struct Work {
    let parts: UnsafeMutableBufferPointer<Part>
    let body: @Sendable (inout Part) -> Void
  }
}
