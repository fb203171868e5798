import Theano

/// Numbers that are the same in every run: splitmix64 from a fixed seed.
struct Numbers {
  private var state: UInt64

  init(seed: UInt64 = 1) { state = seed }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number of `range`, all equally likely.
  mutating func float(in range: Range<Float>) -> Float {
    range.lowerBound + Float(next() >> 40) * 0x1p-24 * (range.upperBound - range.lowerBound)
  }

  /// An array of such numbers.
  mutating func array(_ shape: [Int], in range: Range<Float>) -> NDArray {
    var values = [Float](repeating: 0, count: shape.reduce(1, *))
    for k in values.indices { values[k] = float(in: range) }
    return values.withUnsafeBufferPointer { NDArray(copying: $0, shape: shape) }
  }

  /// An array of positions below `bound`.
  mutating func positions(_ count: Int, below bound: Int) -> NDArray {
    let values = (0..<count).map { _ in Int64(next() % UInt64(bound)) }
    return values.withUnsafeBufferPointer { NDArray(copying: $0, shape: [count]) }
  }
}
