import Testing

@testable import TheanoArrays

@Suite(.serialized) struct BlockCacheTests {
  @Test func largeBlockComesBack() throws {
    // Sizes that no other test asks for.
    let bytes = 37 << 20
    let first = try #require(BlockCache.allocate(bytes))
    BlockCache.give(first)
    let second = try #require(BlockCache.allocate(bytes - (3 << 20)))
    #expect(second.address == first.address)
    #expect(second.capacity == bytes)
    let third = try #require(BlockCache.allocate(bytes))
    #expect(third.address != second.address)
    BlockCache.give(second)
    BlockCache.give(third)
  }

  @Test func muchLargerBlockIsNotWasted() throws {
    let large = try #require(BlockCache.allocate(101 << 20))
    BlockCache.give(large)
    let small = try #require(BlockCache.allocate(51 << 20))
    #expect(small.address != large.address)
    BlockCache.give(small)
  }

  @Test func keepsNoMoreThanItsLimit() throws {
    let blocks = try (0..<12).map { try #require(BlockCache.allocate((40 + $0) << 20)) }
    for block in blocks {
      BlockCache.give(block)
      #expect(BlockCache.bytesKept <= BlockCache.limit)
    }
    // The last ones given back are kept.
    let last = try #require(BlockCache.allocate(51 << 20))
    #expect(last.address == blocks.last?.address)
    BlockCache.give(last)
  }

  @Test func arraysUseIt() {
    func address(_ array: NDArray) -> UInt { UInt(bitPattern: array.data) }
    var first: NDArray? = NDArray(uninitialized: [7_000_003], dtype: .float64)
    let place = address(first!)
    first = nil
    let second = NDArray(uninitialized: [7_000_003], dtype: .float64)
    #expect(address(second) == place)
    #expect(address(NDArray.zeros([7_000_003], dtype: .float64)) != place)
  }
}
