#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import Synchronization

/// Large memory blocks of arrays that were freed, kept for new arrays of about the same size.
///
/// The system hands out large blocks page by page, each cleared when it is first touched: for a result of 40 MB that is 10 ms,
/// as long as a thread takes to compute it. `malloc` keeps smaller blocks by itself.
enum BlockCache {
  /// What is smaller than this is left to `malloc`.
  static let smallest = 4 << 20
  /// How many bytes are kept at most.
  static let limit = 256 << 20

  struct Block: Sendable {
    var address: UInt
    var capacity: Int
  }

  private static let kept = Mutex<[Block]>([])

  /// A block of at least so many bytes from `malloc` or from those kept; `nil` if the system has none to give.
  static func allocate(_ bytes: Int) -> Block? {
    if bytes >= smallest {
      let found: Block? = kept.withLock { kept in
        // The block that was freed last is the most likely to be in the processor's caches.
        kept.lastIndex { $0.capacity >= bytes && $0.capacity - bytes <= bytes / 4 }.map {
          kept.remove(at: $0)
        }
      }
      if let found { return found }
    }
    return fresh(bytes) { malloc(bytes) }
  }

  /// A block of so many zero bytes; `nil` if the system has none to give. Never one that was kept: the system's pages are
  /// zero already, and cost nothing until they are touched.
  static func allocateZeroed(_ bytes: Int) -> Block? { fresh(bytes) { calloc(bytes, 1) } }

  /// A block from the system, which gets back those that are kept if it has none to give.
  private static func fresh(_ bytes: Int, _ allocate: () -> UnsafeMutableRawPointer?) -> Block? {
    if let memory = allocate() { return Block(address: UInt(bitPattern: memory), capacity: bytes) }
    releaseAll()
    return allocate().map { Block(address: UInt(bitPattern: $0), capacity: bytes) }
  }

  /// Gives the system back all that is kept.
  static func releaseAll() { release(kept.withLock { kept in exchange(&kept, []) }) }

  /// Takes a block back.
  static func give(_ block: Block) {
    guard smallest...limit ~= block.capacity else { return release([block]) }
    let dropped: [Block] = kept.withLock { kept in
      kept.append(block)
      var total = kept.reduce(0) { $0 + $1.capacity }
      var count = 0
      while total > limit {
        total -= kept[count].capacity
        count += 1
      }
      let dropped = Array(kept.prefix(count))
      kept.removeFirst(count)
      return dropped
    }
    release(dropped)
  }

  /// How many bytes are kept now.
  static var bytesKept: Int { kept.withLock { $0.reduce(0) { $0 + $1.capacity } } }

  private static func release(_ blocks: [Block]) {
    for block in blocks { free(UnsafeMutableRawPointer(bitPattern: block.address)) }
  }

  private static func exchange(_ place: inout [Block], _ new: [Block]) -> [Block] {
    defer { place = new }
    return place
  }
}

extension NDArray {
  /// Gives the system back the memory of large arrays that are gone.
  ///
  /// Blocks of 4 MB and more are kept for the next arrays of about that size, 256 MB of them at most, for the life of the process.
  /// They also go back when the system has no memory left for an array.
  public static func releaseUnusedMemory() { BlockCache.releaseAll() }
}
