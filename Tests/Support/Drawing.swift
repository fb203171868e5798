import TheanoArrays

/// Random arrays that are the same in every run, on every machine.
package struct Draw {
  private var state: UInt64

  package init(seed: String) {
    // FNV-1a, so that a name always gives the same numbers.
    state = seed.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// SplitMix64 (Steele, Lea, Flood, 2014).
  package mutating func bits() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  package mutating func below(_ n: Int) -> Int { Int(bits() % UInt64(n)) }

  package mutating func double(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(bits() >> 11) * 0x1p-53
  }

  /// Floats uniform in the domain; booleans; integers within the domain and, one in four, of any size.
  package mutating func array(_ shape: [Int], _ dtype: DType, _ domain: ClosedRange<Double>) -> NDArray {
    let count = shape.reduce(1, *)
    let array: NDArray
    switch dtype.kind {
    case .bool: array = NDArray((0..<count).map { _ in bits() & 1 == 1 })
    case .floating, .complex: array = NDArray((0..<count).map { _ in double(domain) })
    case .signed, .unsigned:
      array = NDArray(
        (0..<count).map { _ -> Int64 in
          below(4) == 0 ? Int64(bitPattern: bits()) : Int64(double(domain).rounded(.toNearestOrAwayFromZero))
        })
    }
    return array.astype(dtype).reshaped(shape)
  }
}

/// Whether arrays hold the same numbers, up to rounding.
package enum Agreement {
  /// Integers and booleans to the bit, floats within a bound that a few roundings stay under.
  package static func compare(_ a: NDArray, _ b: NDArray, tolerance: Double? = nil) -> Bool {
    guard a.dtype == b.dtype, a.shape == b.shape else { return false }
    guard a.dtype.isFloating else {
      return a.astype(.int64).contiguous().elements == b.astype(.int64).contiguous().elements
    }
    let bound = tolerance ?? (a.dtype == .float32 ? 1e-4 : 1e-9)
    return zip(a.astype(.float64).doubles, b.astype(.float64).doubles).allSatisfy { same($0, $1, bound) }
  }

  package static func same(_ x: Double, _ y: Double, _ bound: Double) -> Bool {
    if x.isNaN || y.isNaN { return x.isNaN && y.isNaN }
    if x == y { return true }
    return (x - y).magnitude <= bound * max(1, x.magnitude, y.magnitude)
  }
}

extension NDArray {
  fileprivate var elements: [Int64] {
    let flat = contiguous()
    return withExtendedLifetime(flat) {
      Array(UnsafeBufferPointer(start: flat.data.assumingMemoryBound(to: Int64.self), count: size))
    }
  }

  package var doubles: [Double] {
    let flat = astype(.float64).contiguous()
    return withExtendedLifetime(flat) {
      Array(UnsafeBufferPointer(start: flat.data.assumingMemoryBound(to: Double.self), count: size))
    }
  }
}
