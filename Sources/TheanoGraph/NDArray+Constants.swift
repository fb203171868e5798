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
