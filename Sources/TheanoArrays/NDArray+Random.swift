extension NDArray {
  /// Uniform random numbers in [0, 1). Without a dtype, of `config.floatX`; drawn from the process's generator.
  ///
  /// ```swift
  /// NDArray.random(3, 3)
  /// ```
  public static func random(_ shape: Int..., dtype: DType? = nil) -> NDArray { random(shape, dtype: dtype) }

  /// Uniform random numbers in [0, 1). Without a dtype, of `config.floatX`; drawn from the process's generator.
  public static func random(_ shape: [Int], dtype: DType? = nil) -> NDArray {
    RandomGenerator.withProcessDefault { random(shape, dtype: dtype, using: &$0) }
  }

  /// Uniform random numbers in [0, 1), drawn from a generator.
  public static func random(
    _ shape: [Int], dtype: DType? = nil, using generator: inout RandomGenerator
  ) -> NDArray {
    let result = trapping { () throws(TheanoError) in try allocate(shape, dtype: .float64) }
    let target = result.data.assumingMemoryBound(to: Double.self)
    for i in 0..<result.size { target[i] = Double(generator.next() >> 11) * 0x1p-53 }
    return result.astype(dtype ?? config.floatX)
  }
}
