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

  /// Whether every element is the same after a conversion to a dtype and back.
  package func isPreserved(in dtype: DType) -> Bool {
    everyBlock { $0.astype(dtype).astype($0.dtype) == $0 }
  }

  private func all<T: NDArrayScalar>(as dtype: DType, _ test: (T) -> Bool) -> Bool {
    everyBlock { $0.astype(dtype).withUnsafeBuffer(of: T.self) { $0.allSatisfy(test) } }
  }

  /// Whether a test holds for short vectors that together have all elements. What a view sees over and over is looked at
  /// once, since a view may be larger than any memory.
  private func everyBlock(_ test: (NDArray) -> Bool) -> Bool {
    let (dtype, width) = (dtype, dtype.itemSize)
    return everyRun(with: self) { first, _, count, step, _ in
      var done = 0
      while done < count {
        let block = NDArray(uninitialized: [Swift.min(256, count - done)], dtype: dtype)
        convertElements(
          from: first + done * step * width, dtype, step: step, to: block.data, dtype, step: 1,
          count: block.size)
        if !test(block) { return false }
        done += block.size
      }
      return true
    }
  }
}
