import Testing

@testable import TheanoArrays

@Suite("Arrays from literals, Swift values, ranges and buffers") struct MakingTests {
  @Test func literals() {
    let a: NDArray = [[0, 1], [1, 0]]
    #expect(a.shape == [2, 2] && a.dtype == .int64 && a.isWeak)
    let b: NDArray = [[0, 1.5]]
    #expect(b.shape == [1, 2] && b.dtype == .float64 && b.isWeak)
    let c: NDArray = [[[1, 2, 3]], [[4, 5, 6]]]
    #expect(c.shape == [2, 1, 3])
    let d: NDArray = [true, false]
    #expect(d.dtype == .bool)
    let e: NDArray = 5
    #expect(e.shape == [] && e.dtype == .int64 && e.isWeak)
    let f: NDArray = -2.5
    #expect(f.dtype == .float64 && Double(f) == -2.5)
    let g: NDArray = []
    #expect(g.shape == [0] && g.dtype == .float64)
    let i: NDArray = [1, .nan, .infinity, .pi]
    #expect(i.isWeak && i.isIdentical(to: NDArray([1, Double.nan, .infinity, .pi])))
    #expect(NDArray.full([2], .infinity, dtype: .float32) == NDArray([Float.infinity, .infinity]))
    let row = NDArray([1, 2], dtype: .float32)
    let h: NDArray = [row, [3, 4.5]]
    #expect(h.dtype == .float32 && !h.isWeak && h.shape == [2, 2])
  }

  @Test func strongArrays() {
    #expect(!NDArray([[0, 1]]).isWeak)
    #expect(!NDArray([0.5], dtype: .float64).isWeak)
    #expect(!NDArray([0, 1], dtype: .float32).isWeak)
    #expect(!NDArray(0.5 as Double).isWeak)
    let literal: NDArray = [1, 2]
    #expect(!NDArray(literal).isWeak && literal.isWeak)
    #expect(!literal.astype(.int64).isWeak && !literal.astype(.float32).isWeak)
    #expect(literal.reshaped(2, 1).isWeak && literal[0].isWeak && literal[..<1].isWeak)
    #expect([0.5, 1].ndarray.isWeak && 0.5.ndarray.isWeak && (0..<3).ndarray.isWeak && [[1]].ndarray.isWeak)
  }

  @Test func dtypesOfSwiftValues() {
    func check<T: NDArrayScalar>(_ values: [T], _ dtype: DType) {
      #expect(NDArray(values).dtype == dtype)
      #expect([T](NDArray(values)) == values)
      #expect([[T]](NDArray([values, values])) == [values, values])
      #expect(values.map { $0.ndarray.dtype } == values.map { _ in dtype })
    }
    check([true, false, true], .bool)
    check([Int8.min, 0, .max], .int8)
    check([Int16.min, 0, .max], .int16)
    check([Int32.min, 0, .max], .int32)
    check([Int64.min, 0, .max], .int64)
    check([Int.min, 0, .max], .int64)
    check([UInt8.max, 0], .uint8)
    check([UInt16.max, 0], .uint16)
    check([UInt32.max, 0], .uint32)
    check([UInt64.max, 0], .uint64)
    check([UInt.max, 0], .uint64)
    check([Float.pi, -.infinity], .float32)
    check([Double.pi, -.infinity], .float64)
    #if !(os(macOS) && arch(x86_64))
      check([Float16.pi, -.infinity], .float16)
    #endif
    #expect(NDArray([1, 2][...]) == NDArray([1, 2]))
    #expect(NDArray(ContiguousArray([1, 2])) == NDArray([1, 2]))
    #expect(NDArray([0..<2, 3..<5]) == NDArray([[0, 1], [3, 4]]))
    #expect(NDArray(1...3) == NDArray([1, 2, 3]))
    #expect(NDArray([NDArray([1, 2]), NDArray([0.5, 1])]).dtype == .float64)
    // Nothing, of a known type.
    #expect(NDArray([Int]()).dtype == .int64 && NDArray([[Int]]()).dtype == .int64)
    #expect(NDArray([[[Float]]]()) == NDArray([Float]()) && NDArray([[Bool](), []]).dtype == .bool)
    #expect(NDArray([ArraySlice<Int8>]()).dtype == .int8 && NDArray([[1][...], [2]]) == NDArray([[1], [2]]))
    #expect(NDArray([ContiguousArray<Int8>]()).dtype == .int8 && NDArray([NDArray]()).dtype == .float64)
  }

  @Test func weakPromotion() {
    func promoted(_ strong: DType, _ weak: DType) -> DType { DType.promoted(strong, weakly: weak) }
    #expect(promoted(.float32, .float64) == .float32)
    #expect(promoted(.int8, .int64) == .int8)
    #expect(promoted(.int8, .float64) == .float64)
    #expect(promoted(.bool, .int64) == .int64)
    #expect(promoted(.complex64, .float64) == .complex64)
    #expect(promoted(.float32, .complex128) == .complex64)
    #expect(promoted(.bfloat16, .int64) == .bfloat16)
    #expect(DType.promoted((.float32, false), (.float64, false)).dtype == .float64)
    #expect(DType.promoted((.int64, true), (.float64, true)) == (.float64, true))
  }

  @Test func ragged() {
    let error = #expect(throws: TheanoError.self) { try NDArray(nested: [[1, 2], [3]]) }
    #expect(error?.kind == .shape)
    #expect(error?.description.contains("element 0 has shape [2], element 1 has shape [1]") == true)
    #expect(throws: TheanoError.self) { try NDArray(nested: [[[1], [2]], [[1], [2, 3]]]) }
    #expect(
      (try? NDArray(nested: [[1, 2], [3, 4]], dtype: .float32))
        == NDArray([[1, 2], [3, 4]], dtype: .float32))
  }

  @Test func creation() {
    #expect(NDArray.zeros(2, 3) == NDArray([[0, 0, 0], [0, 0, 0]], dtype: .float64))
    #expect(NDArray.zeros(2, dtype: .bool) == NDArray([false, false]))
    #expect(NDArray.ones(2, dtype: .int8) == NDArray([1, 1], dtype: .int8))
    #expect(NDArray.full([2, 2], [1, 2]) == NDArray([[1, 2], [1, 2]]))
    #expect(NDArray.full([2], 0.5, dtype: .float32) == NDArray([0.5, 0.5], dtype: .float32))
    let (double, float, int, row, bool) = (0.5, Float(0.5), 3, [1.0, 2], true)
    #expect(NDArray.full([2], double) == NDArray([0.5, 0.5]))
    #expect(NDArray.full([1], float).dtype == .float32 && NDArray.full([1], int).dtype == .int64)
    #expect(
      NDArray.full([2, 2], row) == NDArray([[1.0, 2], [1, 2]]) && NDArray.full([], bool).dtype == .bool)
    #expect(NDArray.full([1, 2], [1, .nan]).isIdentical(to: NDArray([[1, Double.nan]])))
    #expect(NDArray.full([2, 3], 0..<3) == NDArray([[0, 1, 2], [0, 1, 2]]))
    #expect(!NDArray.full([2], double).isWeak && !NDArray.full([2], 0.5).isWeak)
    #expect((try? NDArray.Checked.full([2], float)) == NDArray([Float(0.5), 0.5]))
    #expect(NDArray.identity(2, dtype: .int64) == NDArray([[1, 0], [0, 1]]))
    #expect(NDArray.eye(2, 3, diagonal: 1, dtype: .int64) == NDArray([[0, 1, 0], [0, 0, 1]]))
    #expect(NDArray.eye(3, 2, diagonal: -1, dtype: .int64) == NDArray([[0, 0], [1, 0], [0, 1]]))
    #expect(NDArray.eye(2, 2, diagonal: 5, dtype: .int64) == NDArray.zeros(2, 2, dtype: .int64))
    #expect(NDArray.arange(4) == NDArray([0, 1, 2, 3]))
    #expect(NDArray.arange(5, 0, step: -2) == NDArray([5, 3, 1]))
    #expect(NDArray.arange(0, 1, step: 0.25) == NDArray([0, 0.25, 0.5, 0.75]))
    #expect(NDArray.arange(1, 0, step: 0.25).shape == [0])
    // NumPy: array([0. , 0.1, 0.2, 0.30000000000000004, ...]), and a last element past the end.
    #expect([Double](NDArray.arange(1, 1.3, step: 0.1)) == [1, 1.1, 1.2000000000000002, 1.3000000000000003])
    #expect(NDArray.linspace(0, 1, count: 5) == NDArray([0, 0.25, 0.5, 0.75, 1]))
    #expect(NDArray.linspace(0, 1, count: 4, endpoint: false) == NDArray([0, 0.25, 0.5, 0.75]))
    // Integers are NumPy's: rounded down, but for logspace's.
    #expect([Int](NDArray.linspace(-10, 0, count: 4, dtype: .int32)) == [-10, -7, -4, 0])
    #expect([Int](NDArray.linspace(-1, -2.5, count: 2, dtype: .int64)) == [-1, -3])
    #expect([Int](NDArray.logspace(0, 1, count: 3, dtype: .int64)) == [1, 3, 10])
    #expect([Int](NDArray.logspace(0, 1, count: 2, base: -2.5, dtype: .int64)) == [1, -2])
    #expect(NDArray.linspace(2, 3, count: 1) == NDArray([2.0]))
    #expect(NDArray.linspace(2, 3, count: 0).shape == [0])
    #expect(NDArray.logspace(0, 3, count: 4) == NDArray([1.0, 10, 100, 1000]))
    #expect(NDArray.logspace(0, 3, count: 4, base: 2) == NDArray([1.0, 2, 4, 8]))
    #expect(NDArray.zeros(0, 3).size == 0)
  }

  @Test func floatX() async {
    #expect(config.floatX == .float64)
    withConfiguration {
      $0.floatX = .float32
    } run: {
      #expect(config.floatX == .float32)
      #expect(NDArray.zeros(2).dtype == .float32 && NDArray.random(2).dtype == .float32)
    }
    await withConfiguration {
      $0.floatX = .float32
    } run: {
      await Task { #expect(config.floatX == .float32) }.value
    }
    #expect(throws: TheanoError.self) {
      try withConfiguration { _ in
      } run: { () throws(TheanoError) in
        throw TheanoError(.custom, in: "test", "thrown through")
      }
    }
    #expect(config.floatX == .float64)
  }

  @Test func buffers() {
    let values: [Float] = [1, 2, 3, 4]
    let copy = values.withUnsafeBufferPointer { NDArray(copying: $0, shape: [2, 2]) }
    #expect(copy == NDArray([[1, 2], [3, 4]], dtype: .float32))
    #expect(copy.T.withUnsafeBuffer(of: Float.self) { Array($0) } == [1, 3, 2, 4])
    #expect(copy.withSpan(of: Float.self) { $0[3] } == 4)
    #expect(copy.T.withUnsafeBytes { $0.count } == 16)
    #expect(throws: TheanoError.self) {
      try values.withUnsafeBufferPointer { (buffer) throws(TheanoError) in
        try NDArray.Checked.copying(buffer, shape: [3])
      }
    }
  }

  /// A flag that a closure on any thread can raise.
  final class Counter: @unchecked Sendable {
    // Only raised by the release closure, which runs on the test's own thread.
    var value = 0
  }

  @Test func adoptedMemory() {
    let released = Counter()
    let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: 4)
    memory.initialize(repeating: 1)
    var array = Optional(
      NDArray(adopting: memory, shape: [2, 2]) {
        released.value += 1
        $0.deallocate()
      })
    array?[0, 0] = 5
    #expect(memory[0] == 5, "the only holder writes in place")
    var row = Optional(array![1])
    array = nil
    #expect(released.value == 0 && row == NDArray([1.0, 1]))
    row = nil
    #expect(released.value == 1)
  }

  /// Who gave memory that was refused still has it.
  @Test func refusedMemoryIsNotReleased() {
    let released = Counter()
    let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: 4)
    defer { memory.deallocate() }
    for shape in [[3], [5], [-4], [Int.max, 4]] {
      #expect(throws: TheanoError.self) {
        try NDArray.Checked.adopting(memory, shape: shape) { _ in released.value += 1 }
      }
    }
    #expect(released.value == 0)
    let array = try? NDArray.Checked.adopting(memory, shape: [4]) { _ in released.value += 1 }
    #expect(array?.data == UnsafeMutableRawPointer(memory.baseAddress) && released.value == 0)
  }

  @Test func noMemoryIsAdopted() throws {
    let released = Counter()
    let none = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
    let array = try NDArray.Checked.adopting(none, shape: [0, 3]) {
      #expect($0.baseAddress == nil)
      released.value += 1
    }
    #expect(released.value == 1, "nothing is held, so it is released at once")
    #expect(array.shape == [0, 3] && array.dtype == .float32)
    #expect(throws: TheanoError.self) {
      try NDArray.Checked.adopting(none, shape: [1]) { _ in released.value += 1 }
    }
    #expect(released.value == 1)
  }

  /// Elements of an array's own lie where vector code likes them, but for scalars.
  @Test(arguments: [3, 17, 64, 1024, 1025, 4096, 100_000, 5 << 20]) func alignment(byteCount: Int) {
    for _ in 0..<4 {
      let arrays = [
        NDArray(uninitialized: [byteCount], dtype: .uint8), .zeros([byteCount], dtype: .uint8),
        NDArray(uninitialized: [1, byteCount, 1], dtype: .bool).copied(),
      ]
      for array in arrays where byteCount > 16 { #expect(UInt(bitPattern: array.data) % 64 == 0) }
    }
    #expect(UInt(bitPattern: NDArray(uninitialized: [1], dtype: .complex128).data) % 8 == 0)
  }

  @Test func memoryThatMustNotBeWritten() {
    var values: [Double] = [1, 2, 3]
    values.withUnsafeMutableBytes { bytes in
      let owner = HostBuffer(byteCount: 8, zeroed: true)!
      var array = NDArray(
        adopting: bytes.baseAddress!, shape: [3], dtype: .float64, readOnly: true, owner: owner)
      array[0] = 9
      #expect(array == NDArray([9.0, 2, 3]))
    }
    #expect(values == [1, 2, 3])
  }

  @Test func absurdShapes() {
    #expect(throws: TheanoError.self) { try NDArray.Checked.zeros([Int.max, 2]) }
    #expect(throws: TheanoError.self) { try NDArray.Checked.zeros([1 << 60]) }
    #expect(throws: TheanoError.self) { try NDArray.Checked.zeros([-1]) }
    #expect(throws: TheanoError.self) { try NDArray.Checked.zeros([0, Int.max, Int.max]) }
    let error = #expect(throws: TheanoError.self) { try NDArray.Checked.zeros([1 << 58], dtype: .uint8) }
    #expect(error?.kind == .system)
  }

  @Test func devices() {
    #expect(NDArray.zeros(2).device == .host && NDArray.zeros(2)[0].device == .host)
    #expect("\(Device.host)" == "host" && "\(Device(.cuda, ordinal: 1))" == "cuda:1")
    #expect(Device(.openCL) != Device(.openCL, ordinal: 1))
  }

  @Test func scalarsTakeOneAllocation() {
    #expect(NDArray(scalar: 1.5).object.owner == nil)
    #expect(NDArray(scalarBits: (2.5).bitPattern, dtype: .float64) == NDArray(scalar: 2.5))
    #expect(MemoryLayout<NDArray>.size == MemoryLayout<UnsafeRawPointer>.size)
  }
}
