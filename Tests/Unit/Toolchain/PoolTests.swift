import CTheanoSupport
import Synchronization
import Testing

/// A pool that ends with the test.
private final class Pool: Sendable {
  private let bits: UInt
  var pointer: OpaquePointer? { OpaquePointer(bitPattern: bits) }
  init(_ threads: Int32) { bits = UInt(bitPattern: theano_pool_create(threads)) }
  deinit { theano_pool_destroy(pointer) }

  /// Runs a closure as a loop's body.
  func run(_ n: Int, grain: Int = 1, _ body: @escaping @Sendable (Range<Int>) -> Void) {
    final class Box: Sendable {
      let body: @Sendable (Range<Int>) -> Void
      init(_ body: @escaping @Sendable (Range<Int>) -> Void) { self.body = body }
    }
    let space = Box(body)
    withExtendedLifetime(space) {
      theano_pool_run(
        pointer, Int64(n), Int64(grain),
        { context, begin, end in
          Unmanaged<Box>.fromOpaque(context!).takeUnretainedValue().body(Int(begin)..<Int(end))
        }, Unmanaged.passUnretained(space).toOpaque())
    }
  }

  /// The pieces that a loop was run in, sorted.
  func pieces(_ n: Int, grain: Int = 1) -> [Range<Int>] {
    let space = Seen()
    run(n, grain: grain) { space.add($0) }
    return space.ranges.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// Unchecked `Sendable`: the ranges are added to under the lock, and read when the loop has ended. The lock is the
  /// library's, since the thread sanitizer is not told of the contended path of Swift's mutex on Linux.
  final class Seen: @unchecked Sendable {
    private(set) var ranges: [Range<Int>] = []
    private let lock = UnsafeMutablePointer<theano_rwlock>.allocate(capacity: 1)

    init() { lock.initialize(to: theano_rwlock()) }
    deinit { lock.deallocate() }

    func add(_ range: Range<Int>) {
      theano_rwlock_write(lock)
      ranges.append(range)
      theano_rwlock_unlock_write(lock)
    }
  }
}

@Suite struct PoolTests {
  @Test(arguments: [1, 2, 3, 8] as [Int32], [0, 1, 2, 7, 100, 1001])
  func everyIndexOnce(_ threads: Int32, _ n: Int) {
    let pool = Pool(threads)
    for grain in [1, 3, 50, 5000] {
      let pieces = pool.pieces(n, grain: grain)
      #expect(pieces.flatMap { Array($0) } == Array(0..<n))
      #expect(pieces.count <= Int(threads) && pieces.allSatisfy { $0.count >= min(grain, n) })
      #expect(pool.pieces(n, grain: grain) == pieces, "the same cut each time")
      #expect(Pool(threads).pieces(n, grain: grain) == pieces)
    }
  }

  @Test func hugeLoopsDoNotOverflow() {
    let n = Int64.max
    let pieces = theano_pool_pieces(7, n, 1)
    #expect(pieces == 7)
    #expect(theano_pool_begin(n, pieces, 0) == 0 && theano_pool_begin(n, pieces, pieces) == n)
    #expect(theano_pool_pieces(7, -3, 0) == 0)
  }

  @Test func nestedLoopsRunOnTheSpotInTheSamePieces() {
    let pool = Pool(4)
    let alone = pool.pieces(100)
    let space = Pool.Seen()
    pool.run(4) { outer in
      for _ in outer where pool.pieces(100) != alone { space.add(outer) }
    }
    #expect(space.ranges.isEmpty)
  }

  @Test func manyCallersAtOnce() async {
    let pool = Pool(3)
    let space = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<32 {
        group.addTask {
          for _ in 0..<200 { pool.run(64, grain: 4) { range in space.add(range.count) } }
        }
      }
    }
    #expect(space.value == 32 * 200 * 64)
  }

  final class Counter: Sendable {
    private let total = Atomic<Int>(0)
    func add(_ n: Int) { total.add(n, ordering: .relaxed) }
    var value: Int { total.load(ordering: .relaxed) }
  }

  @Test func poolsComeAndGo() {
    for threads in 1...6 as ClosedRange<Int32> {
      for _ in 0..<20 { #expect(Pool(threads).pieces(1000).flatMap { Array($0) }.count == 1000) }
    }
  }

  @Test func withoutAPoolThereIsOnePiece() {
    let space = Counter()
    withExtendedLifetime(space) {
      theano_pool_run(
        nil, 10, 1,
        { context, begin, end in
          Unmanaged<Counter>.fromOpaque(context!).takeUnretainedValue().add(Int(end - begin) == 10 ? 1 : 100)
        }, Unmanaged.passUnretained(space).toOpaque())
    }
    #expect(space.value == 1)
  }
}
