import TheanoArrays

extension NDArray {
  /// The bits of a 0-d array's element, lowest first.
  package var scalarBits: (UInt64, UInt64) {
    var bits: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &bits) { $0.baseAddress!.copyMemory(from: data, byteCount: dtype.itemSize) }
    return bits
  }
}

extension NDArray {
  /// The array with a dtype of its own, if it stood for a number written in Swift.
  package func strong() -> NDArray { isWeak ? settingWeak(false) : self }
}

extension NDArray {
  /// The value of an integer scalar as a length; what only `uint64` can tell is the longest there is, as in compiled programs.
  package var asLength: Int? {
    guard ndim == 0, dtype.isInteger else { return nil }
    let bits = astype(dtype == .uint64 ? .uint64 : .int64).scalarBits.0
    return dtype == .uint64 ? Int(clamping: bits) : Int(truncatingIfNeeded: bits)
  }
}
