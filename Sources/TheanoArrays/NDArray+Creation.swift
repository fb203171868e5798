#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension NDArray {
  /// An array of zeros. Without a dtype, of `config.floatX`.
  public static func zeros(_ shape: Int..., dtype: DType? = nil) -> NDArray { zeros(shape, dtype: dtype) }

  /// An array of zeros. Without a dtype, of `config.floatX`.
  public static func zeros(_ shape: [Int], dtype: DType? = nil) -> NDArray {
    trapping { () throws(TheanoError) in try Checked.zeros(shape, dtype: dtype) }
  }

  /// An array of ones. Without a dtype, of `config.floatX`.
  public static func ones(_ shape: Int..., dtype: DType? = nil) -> NDArray { ones(shape, dtype: dtype) }

  /// An array of ones. Without a dtype, of `config.floatX`.
  public static func ones(_ shape: [Int], dtype: DType? = nil) -> NDArray {
    full(shape, 1, dtype: dtype ?? config.floatX)
  }

  /// An array filled with a value, which is broadcast to the shape. Without a dtype, of the value's.
  ///
  /// ```swift
  /// NDArray.full([2, 3], 0.5)
  /// ```
  public static func full(_ shape: [Int], _ value: NDArray, dtype: DType? = nil) -> NDArray {
    trapping { () throws(TheanoError) in try Checked.full(shape, value, dtype: dtype) }
  }

  /// A matrix with ones on a diagonal, zeros elsewhere. Without a dtype, of `config.floatX`.
  ///
  /// - Parameters:
  ///   - rows: the number of rows.
  ///   - columns: the number of columns; as many as rows if not given.
  ///   - diagonal: which diagonal: 0 the main one, positive ones above it, negative ones below.
  public static func eye(
    _ rows: Int, _ columns: Int? = nil, diagonal: Int = 0, dtype: DType? = nil
  ) -> NDArray {
    let columns = columns ?? rows
    let result = zeros([rows, columns], dtype: dtype)
    let (firstRow, firstColumn) = (Swift.max(-diagonal, 0), Swift.max(diagonal, 0))
    let count = Swift.min(rows - firstRow, columns - firstColumn)
    guard count > 0 else { return result }
    let one: Int64 = 1
    withUnsafePointer(to: one) { one in
      convertElements(
        from: one, .int64, step: 0,
        to: result.data + (firstRow * columns + firstColumn) * result.dtype.itemSize, result.dtype,
        step: columns + 1, count: count)
    }
    return result
  }

  /// A square matrix with ones on the main diagonal, zeros elsewhere. Without a dtype, of `config.floatX`.
  public static func identity(_ count: Int, dtype: DType? = nil) -> NDArray { eye(count, dtype: dtype) }

  /// The integers from 0 up to, but not including, `stop`.
  public static func arange(_ stop: Int, dtype: DType? = nil) -> NDArray { arange(0, stop, dtype: dtype) }

  /// The integers from `start` up to, but not including, `stop`, `step` apart.
  public static func arange(_ start: Int, _ stop: Int, step: Int = 1, dtype: DType? = nil) -> NDArray {
    let list = Array(stride(from: start, to: stop, by: step))
    return dtype.map { NDArray(copying: list).astype($0) } ?? NDArray(copying: list)
  }

  /// The numbers `start + i * step` for all whole `i` from 0 that come before `stop`. Without a dtype, of `config.floatX`.
  ///
  /// With a step that is no binary fraction, rounding can let a number equal to `stop` slip in; ``linspace(_:_:count:endpoint:dtype:)``
  /// does not have that problem.
  public static func arange(_ start: Double, _ stop: Double, step: Double = 1, dtype: DType? = nil) -> NDArray
  {
    trapping { () throws(TheanoError) in try Checked.arange(start, stop, step: step, dtype: dtype) }
  }

  /// Evenly spaced numbers from `start` to `stop`. Without a dtype, of `config.floatX`.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - endpoint: whether the last of them is `stop`; else `stop` is where the next would be.
  public static func linspace(
    _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, dtype: DType? = nil
  ) -> NDArray {
    spaced(start, stop, count, endpoint, dtype) { $0 }
  }

  /// Numbers evenly spaced on a scale of logarithms, from `base ** start` to `base ** stop`. Without a dtype, of
  /// `config.floatX`.
  public static func logspace(
    _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, base: Double = 10,
    dtype: DType? = nil
  ) -> NDArray {
    spaced(start, stop, count, endpoint, dtype) { pow(base, $0) }
  }

  private static func spaced(
    _ start: Double, _ stop: Double, _ count: Int, _ endpoint: Bool, _ dtype: DType?,
    _ value: (Double) -> Double
  ) -> NDArray {
    let parts = Double(endpoint ? count - 1 : count)
    let step = (stop - start) / parts
    let list = [Double](unsafeUninitializedCapacity: Swift.max(count, 0)) { buffer, filled in
      for i in 0..<Swift.max(count, 0) {
        // A step lost to underflow is taken from the whole distance instead, as in NumPy.
        let place = step == 0 ? Double(i) / parts * (stop - start) : Double(i) * step
        buffer[i] = value(endpoint && i == count - 1 && count > 1 ? stop : count == 1 ? start : place + start)
      }
      filled = Swift.max(count, 0)
    }
    return NDArray(copying: list).astype(dtype ?? config.floatX)
  }
}

extension NDArray.Checked {
  /// As ``NDArray/zeros(_:dtype:)-([Int],_)``.
  public static func zeros(_ shape: [Int], dtype: DType? = nil) throws(TheanoError) -> NDArray {
    try NDArray.allocate(shape, dtype: dtype ?? config.floatX, zeroed: true)
  }

  /// As ``NDArray/full(_:_:dtype:)``.
  public static func full(_ shape: [Int], _ value: NDArray, dtype: DType? = nil) throws(TheanoError)
    -> NDArray
  {
    let value = value.astype(dtype ?? value.dtype)
    return try value.checked.broadcast(to: shape).copied()
  }

  /// As ``NDArray/arange(_:_:step:dtype:)-(Double,_,_,_)``.
  public static func arange(
    _ start: Double, _ stop: Double, step: Double = 1, dtype: DType? = nil
  ) throws(TheanoError) -> NDArray {
    let length = ((stop - start) / step).rounded(.up)
    guard length.isFinite, length < Double(Int.max) else {
      throw TheanoError(
        .argument, in: "arange", "no finite number of steps of \(step) leads from \(start) to \(stop)")
    }
    let count = Int(Swift.max(length, 0))
    let result = try NDArray.allocate([count], dtype: .float64)
    let target = result.data.assumingMemoryBound(to: Double.self)
    // NumPy's: the distance between the first two, as they are rounded, times the position.
    let delta = (start + step) - start
    for i in 0..<count { target[i] = i == 1 ? start + step : start + Double(i) * delta }
    return result.astype(dtype ?? config.floatX)
  }
}
