#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension NDArray {
  /// An array of zeros. Without a dtype, of `config.floatX`.
  public static func zeros(
    _ shape: Int..., dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { zeros(shape, dtype: dtype, file: file, line: line) }

  /// An array of zeros. Without a dtype, of `config.floatX`.
  public static func zeros(
    _ shape: [Int], dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.zeros(shape, dtype: dtype) }
  }

  /// An array of ones. Without a dtype, of `config.floatX`.
  public static func ones(
    _ shape: Int..., dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { ones(shape, dtype: dtype, file: file, line: line) }

  /// An array of ones. Without a dtype, of `config.floatX`.
  public static func ones(
    _ shape: [Int], dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    full(shape, 1, dtype: dtype ?? config.floatX, file: file, line: line)
  }

  /// An array filled with a value, which is broadcast to the shape. Without a dtype, of the value's.
  ///
  /// ```swift
  /// NDArray.full([2, 3], 0.5)
  /// ```
  public static func full(
    _ shape: [Int], _ value: some NDArrayConvertible, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.full(shape, value, dtype: dtype) }
  }

  /// An array filled with an array, which is broadcast to the shape, or with what only an array's literal can be: `.nan`,
  /// `[1, .infinity]`.
  public static func full(
    _ shape: [Int], _ value: NDArray, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.full(shape, value, dtype: dtype) }
  }

  /// A matrix with ones on a diagonal, zeros elsewhere. Without a dtype, of `config.floatX`.
  ///
  /// - Parameters:
  ///   - rows: the number of rows.
  ///   - columns: the number of columns; as many as rows if not given.
  ///   - diagonal: which diagonal: 0 the main one, positive ones above it, negative ones below.
  public static func eye(
    _ rows: Int, _ columns: Int? = nil, diagonal: Int = 0, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in
      try Checked.eye(rows, columns, diagonal: diagonal, dtype: dtype)
    }
  }

  /// A square matrix with ones on the main diagonal, zeros elsewhere. Without a dtype, of `config.floatX`.
  public static func identity(
    _ count: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { eye(count, dtype: dtype, file: file, line: line) }

  /// The integers from 0 up to, but not including, `stop`.
  public static func arange(
    _ stop: Int, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { arange(0, stop, dtype: dtype, file: file, line: line) }

  /// The integers from `start` up to, but not including, `stop`, `step` apart.
  public static func arange(
    _ start: Int, _ stop: Int, step: Int = 1, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.arange(start, stop, step: step, dtype: dtype)
    }
  }

  /// The numbers `start + i * step` for all whole `i` from 0 that come before `stop`. Without a dtype, of `config.floatX`.
  ///
  /// With a step that is no binary fraction, rounding can let a number equal to `stop` slip in; ``linspace(_:_:count:endpoint:dtype:)``
  /// does not have that problem.
  public static func arange(
    _ start: Double, _ stop: Double, step: Double = 1, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.arange(start, stop, step: step, dtype: dtype)
    }
  }

  /// Evenly spaced numbers from `start` to `stop`. Without a dtype, of `config.floatX`; of an integer dtype, rounded down.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - endpoint: whether the last of them is `stop`; else `stop` is where the next would be.
  public static func linspace(
    _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in
      try Checked.linspace(start, stop, count: count, endpoint: endpoint, dtype: dtype)
    }
  }

  /// Numbers evenly spaced on a scale of logarithms, from `base ** start` to `base ** stop`. Without a dtype, of
  /// `config.floatX`.
  public static func logspace(
    _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, base: Double = 10,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in
      try Checked.logspace(start, stop, count: count, endpoint: endpoint, base: base, dtype: dtype)
    }
  }
}

extension NDArray.Checked {
  /// As ``NDArray/zeros(_:dtype:)-(Int...,_)``.
  public static func zeros(_ shape: Int..., dtype: DType? = nil) throws(TheanoError) -> NDArray {
    try zeros(shape, dtype: dtype)
  }

  /// As ``NDArray/zeros(_:dtype:)-([Int],_)``.
  public static func zeros(_ shape: [Int], dtype: DType? = nil) throws(TheanoError) -> NDArray {
    try NDArray.allocate(shape, dtype: dtype ?? config.floatX, zeroed: true)
  }

  /// As ``NDArray/ones(_:dtype:)-(Int...,_)``.
  public static func ones(_ shape: Int..., dtype: DType? = nil) throws(TheanoError) -> NDArray {
    try ones(shape, dtype: dtype)
  }

  /// As ``NDArray/ones(_:dtype:)-([Int],_)``.
  public static func ones(_ shape: [Int], dtype: DType? = nil) throws(TheanoError) -> NDArray {
    try full(shape, 1, dtype: dtype ?? config.floatX)
  }

  /// As ``NDArray/full(_:_:dtype:)-(_,NDArrayConvertible,_)``; throws also if the value is a ragged nested array.
  public static func full(
    _ shape: [Int], _ value: some NDArrayConvertible, dtype: DType? = nil
  ) throws(TheanoError) -> NDArray {
    try full(shape, value.asNDArray(), dtype: dtype)
  }

  /// As ``NDArray/full(_:_:dtype:)-(_,NDArray,_)``.
  public static func full(_ shape: [Int], _ value: NDArray, dtype: DType? = nil) throws(TheanoError)
    -> NDArray
  {
    let value = try value.checked.astype(dtype ?? value.dtype)
    let source = try value.checked.broadcast(to: shape)
    let result = try NDArray.allocate(shape, dtype: value.dtype)
    source.copyElements(to: result.data)
    return result
  }

  /// As ``NDArray/eye(_:_:diagonal:dtype:)``.
  public static func eye(
    _ rows: Int, _ columns: Int? = nil, diagonal: Int = 0, dtype: DType? = nil
  ) throws(TheanoError) -> NDArray {
    let columns = columns ?? rows
    let result = try zeros([rows, columns], dtype: dtype)
    let firstRow = diagonal < 0 ? Int(clamping: diagonal.magnitude) : 0
    let firstColumn = Swift.max(diagonal, 0)
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

  /// As ``NDArray/identity(_:dtype:)``.
  public static func identity(_ count: Int, dtype: DType? = nil) throws(TheanoError) -> NDArray {
    try eye(count, dtype: dtype)
  }

  /// As ``NDArray/arange(_:dtype:)``.
  public static func arange(_ stop: Int, dtype: DType? = nil) throws(TheanoError) -> NDArray {
    try arange(0, stop, dtype: dtype)
  }

  /// As ``NDArray/arange(_:_:step:dtype:)-(Int,_,_,_)``.
  public static func arange(
    _ start: Int, _ stop: Int, step: Int = 1, dtype: DType? = nil
  ) throws(TheanoError) -> NDArray {
    guard step != 0 else {
      throw TheanoError(
        .argument, in: "arange", "no finite number of steps of 0 leads from \(start) to \(stop)")
    }
    let result = try NDArray.listing(Progression(from: start, to: stop, step: step))
    return try result.checked.astype(dtype ?? .int64)
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
    return try result.checked.astype(dtype ?? config.floatX)
  }

  /// As ``NDArray/linspace(_:_:count:endpoint:dtype:)``.
  public static func linspace(
    _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, dtype: DType? = nil
  ) throws(TheanoError) -> NDArray {
    // Integers are NumPy's: the next below, also for negative numbers (its `logspace` cuts the fraction off).
    let isInteger = dtype?.isInteger ?? false
    return try spaced(start, stop, count, endpoint, dtype, "linspace") { isInteger ? $0.rounded(.down) : $0 }
  }

  /// As ``NDArray/logspace(_:_:count:endpoint:base:dtype:)``.
  public static func logspace(
    _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, base: Double = 10,
    dtype: DType? = nil
  ) throws(TheanoError) -> NDArray {
    try spaced(start, stop, count, endpoint, dtype, "logspace") { pow(base, $0) }
  }

  private static func spaced(
    _ start: Double, _ stop: Double, _ count: Int, _ endpoint: Bool, _ dtype: DType?, _ operation: String,
    _ value: (Double) -> Double
  ) throws(TheanoError) -> NDArray {
    guard count >= 0 else {
      throw TheanoError(.argument, in: operation, "there cannot be \(count) numbers")
    }
    let parts = Double(endpoint ? count - 1 : count)
    let step = (stop - start) / parts
    let result = try NDArray.allocate([count], dtype: .float64)
    let target = result.data.assumingMemoryBound(to: Double.self)
    for i in 0..<count {
      // A step lost to underflow is taken from the whole distance instead, as in NumPy.
      let place = step == 0 ? Double(i) / parts * (stop - start) : Double(i) * step
      target[i] = value(endpoint && i == count - 1 && count > 1 ? stop : count == 1 ? start : place + start)
    }
    return try result.checked.astype(dtype ?? config.floatX)
  }
}
