import Testing

@testable import TheanoArrays

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// In processes of their own: blocks are the process's, and other tests take and give them meanwhile.
@Suite struct BlockCacheTests {
  @Test func largeBlockComesBack() async {
    await #expect(processExitsWith: .success) {
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
  }

  @Test func muchLargerBlockIsNotWasted() async {
    await #expect(processExitsWith: .success) {
      let large = try #require(BlockCache.allocate(101 << 20))
      BlockCache.give(large)
      let small = try #require(BlockCache.allocate(51 << 20))
      #expect(small.address != large.address)
      BlockCache.give(small)
    }
  }

  @Test func keepsNoMoreThanItsLimit() async {
    await #expect(processExitsWith: .success) {
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
  }

  @Test func givesAllBack() async {
    await #expect(processExitsWith: .success) {
      guard let block = BlockCache.allocate(37 << 20) else { exit(2) }
      BlockCache.give(block)
      guard BlockCache.bytesKept == 37 << 20 else { exit(3) }
      NDArray.releaseUnusedMemory()
      exit(BlockCache.bytesKept == 0 ? 0 : 4)
    }
  }

  #if os(Linux)
    /// Darwin does not limit address space.
    @Test(arguments: [false, true]) func whatIsKeptMakesRoom(zeroed: Bool) async {
      await #expect(processExitsWith: .success) { [zeroed = zeroed as Bool] in
        guard let block = BlockCache.allocate(192 << 20) else { exit(2) }
        BlockCache.give(block)
        var taken = 0
        guard let statm = fopen("/proc/self/statm", "r") else { exit(3) }
        withUnsafeMutablePointer(to: &taken) { taken in
          _ = withVaList([taken]) { vfscanf(statm, "%ld", $0) }
        }
        let limit = rlim_t(taken * sysconf(Int32(_SC_PAGESIZE)) + 16 << 20)
        var limits = rlimit(rlim_cur: limit, rlim_max: limit)
        guard taken > 0, setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0 else { exit(4) }
        // Not alike enough to be used in place of this one.
        exit(HostBuffer(byteCount: 96 << 20, zeroed: zeroed) == nil ? 5 : 0)
      }
    }
  #endif

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
