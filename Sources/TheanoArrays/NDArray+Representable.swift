extension NDArray {
  /// Whether every element is a number that an integer dtype has.
  package func isRepresentable(in integers: DType) -> Bool {
    let bits = UInt64(integers.itemSize * 8)
    let isSigned = integers.kind == .signed
    let most = UInt64.max >> (64 - bits + (isSigned ? 1 : 0))
    switch dtype.kind {
    case .bool: return true
    case .unsigned: return all(as: .uint64) { (x: UInt64) in x <= most }
    case .signed:
      let least = isSigned ? -Int64(most) - 1 : 0
      return all(as: .int64) { (x: Int64) in x >= least && (x < 0 || UInt64(x) <= most) }
    case .floating:
      // Powers of two, so that they are exact where the largest integer of 64 bits is not.
      let end = Double(sign: .plus, exponent: Int(bits) - (isSigned ? 1 : 0), significand: 1)
      return all(as: .float64) { (x: Double) in
        x == x.rounded(.towardZero) && x < end && x >= (isSigned ? -end : 0)
      }
    case .complex: return false
    }
  }

  private func all<T: NDArrayScalar>(as dtype: DType, _ test: (T) -> Bool) -> Bool {
    astype(dtype).contiguous().withUnsafeBuffer(of: T.self) { $0.allSatisfy(test) }
  }
}
