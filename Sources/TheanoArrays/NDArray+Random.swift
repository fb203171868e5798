import CTheanoPrelude

// Each call draws from a generator given to it, else from the process's (``RandomGenerator/processDefault``), which starts from
// a fixed seed: a program that does not reseed it prints the same numbers each time it runs.

extension NDArray {
  /// Uniform random numbers in [0, 1). Without a dtype, of `config.floatX`.
  ///
  /// ```swift
  /// NDArray.random(3, 3)
  /// ```
  ///
  /// `float64` numbers have 53 random bits, `float32` ones 24, `float16` 11 and `bfloat16` 8; none is ever 1. Of a complex dtype only
  /// the real parts are drawn, as if real numbers had been converted; ``NDArray/complex(real:imaginary:)`` joins two draws.
  public static func random(
    _ shape: Int..., dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { random(shape, dtype: dtype, file: file, line: line) }

  /// Uniform random numbers in [0, 1), from the process's generator. Without a dtype, of `config.floatX`.
  public static func random(
    _ shape: [Int], dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.random(shape, dtype: dtype) }
  }

  /// Uniform random numbers in [0, 1). Without a dtype, of `config.floatX`.
  public static func random(
    _ shape: [Int], dtype: DType? = nil, using generator: inout RandomGenerator, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in
      try Checked.random(shape, dtype: dtype, using: &generator)
    }
  }

  /// Normally distributed random numbers. Without a dtype, of `config.floatX`.
  ///
  /// `float16` and `bfloat16` numbers are rounded from `float32` ones. Of a complex dtype only the real parts are drawn, as if real
  /// numbers had been converted; ``NDArray/complex(real:imaginary:)`` joins two draws.
  public static func randomNormal(
    _ shape: Int..., mean: Double = 0, standardDeviation: Double = 1, dtype: DType? = nil
  ) -> NDArray {
    randomNormal(shape, mean: mean, standardDeviation: standardDeviation, dtype: dtype)
  }

  /// Normally distributed random numbers, from the process's generator. Without a dtype, of `config.floatX`.
  public static func randomNormal(
    _ shape: [Int], mean: Double = 0, standardDeviation: Double = 1, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in
      try Checked.randomNormal(shape, mean: mean, standardDeviation: standardDeviation, dtype: dtype)
    }
  }

  /// Normally distributed random numbers. Without a dtype, of `config.floatX`.
  public static func randomNormal(
    _ shape: [Int], mean: Double = 0, standardDeviation: Double = 1, dtype: DType? = nil,
    using generator: inout RandomGenerator, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in
      try Checked.randomNormal(
        shape, mean: mean, standardDeviation: standardDeviation, dtype: dtype, using: &generator)
    }
  }

  /// Random integers of a range, all equally likely.
  ///
  /// ```swift
  /// NDArray.randomIntegers(in: 0..<10, 3, 3)
  /// ```
  ///
  /// Every integer of the range must be a value of the dtype; of a floating one, whose far numbers are further apart than 1, the range may
  /// reach to 2 ** 53 either way (`float64`), 2 ** 24 (`float32`), 2 ** 11 (`float16`) or 2 ** 8 (`bfloat16`).
  public static func randomIntegers(in range: Range<Int>, _ shape: Int..., dtype: DType = .int64) -> NDArray {
    randomIntegers(in: range, shape, dtype: dtype)
  }

  /// Random integers of a range, all equally likely, from the process's generator.
  public static func randomIntegers(
    in range: Range<Int>, _ shape: [Int], dtype: DType = .int64, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in
      try Checked.randomIntegers(in: range, shape, dtype: dtype)
    }
  }

  /// Random integers of a range, all equally likely.
  public static func randomIntegers(
    in range: Range<Int>, _ shape: [Int], dtype: DType = .int64, using generator: inout RandomGenerator,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in
      try Checked.randomIntegers(in: range, shape, dtype: dtype, using: &generator)
    }
  }

  /// The integers from 0 up to, but not including, `count`, in random order; all orders are equally likely.
  public static func permutation(_ count: Int, file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.permutation(count) }
  }

  /// The integers from 0 up to, but not including, `count`, in random order.
  public static func permutation(
    _ count: Int, using generator: inout RandomGenerator, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    trapping(file, line) { () throws(TheanoError) in try Checked.permutation(count, using: &generator) }
  }
}

extension NDArray.Checked {
  /// As ``NDArray/random(_:dtype:using:)``.
  public static func random(
    _ shape: [Int], dtype: DType? = nil, using generator: inout RandomGenerator
  ) throws(TheanoError) -> NDArray {
    let dtype = try floating(dtype, in: "random")
    let isDouble = dtype.arithmeticFloat == .float64 || dtype == .complex128
    let result = try NDArray.allocate(shape, dtype: isDouble ? .float64 : .float32)
    let size = result.size
    if isDouble {
      theano_random_uniform_f64(
        generator.key, generator.advance(by: size), size, result.data.assumingMemoryBound(to: Double.self))
    } else {
      let numbers = result.data.assumingMemoryBound(to: Float.self)
      theano_random_uniform_f32(
        generator.key, generator.advance(by: (size + 1) / 2) &* 2, size, numbers)
      // Cut to the digits of the type, for rounding could give 1.
      let digits: Float? = dtype == .float16 ? 0x1p11 : dtype == .bfloat16 ? 0x1p8 : nil
      if let digits {
        for i in 0..<size { numbers[i] = (numbers[i] * digits).rounded(.down) / digits }
      }
    }
    return try result.checked.astype(dtype)
  }

  /// As ``NDArray/randomNormal(_:mean:standardDeviation:dtype:using:)``.
  public static func randomNormal(
    _ shape: [Int], mean: Double = 0, standardDeviation: Double = 1, dtype: DType? = nil,
    using generator: inout RandomGenerator
  ) throws(TheanoError) -> NDArray {
    let dtype = try floating(dtype, in: "randomNormal")
    guard standardDeviation >= 0 else {
      throw TheanoError(.argument, in: "randomNormal", "a standard deviation of \(standardDeviation)")
    }
    let isDouble = dtype.arithmeticFloat == .float64 || dtype == .complex128
    let result = try NDArray.allocate(shape, dtype: isDouble ? .float64 : .float32)
    let size = result.size
    let isStandard = mean == 0 && standardDeviation == 1
    if isDouble {
      let numbers = result.data.assumingMemoryBound(to: Double.self)
      theano_random_normal_f64(generator.key, generator.advance(by: size), size, numbers)
      if !isStandard { for i in 0..<size { numbers[i] = numbers[i] * standardDeviation + mean } }
    } else {
      let numbers = result.data.assumingMemoryBound(to: Float.self)
      theano_random_normal_f32(generator.key, generator.advance(by: (size + 1) / 2) &* 2, size, numbers)
      if !isStandard {
        for i in 0..<size { numbers[i] = Float(Double(numbers[i]) * standardDeviation + mean) }
      }
    }
    return try result.checked.astype(dtype)
  }

  /// As ``NDArray/randomIntegers(in:_:dtype:using:)``.
  public static func randomIntegers(
    in range: Range<Int>, _ shape: [Int], dtype: DType = .int64, using generator: inout RandomGenerator
  ) throws(TheanoError) -> NDArray {
    guard !range.isEmpty else {
      throw TheanoError(.argument, in: "randomIntegers", "the range \(range) holds no integers to draw")
    }
    for end in [range.lowerBound, range.upperBound - 1] {
      guard NDArray(scalar: end).astype(dtype).astype(.int64) == NDArray(scalar: end),
        !(dtype == .uint64 && end < 0)
      else {
        throw TheanoError(
          .dtype, in: "randomIntegers", "\(end), of the range \(range), is no value of \(dtype)")
      }
      // Further out only some integers are values, so that numbers drawn would be rounded to those.
      if let digits = dtype.wholeDigits, end.magnitude > 1 << digits {
        throw TheanoError(
          .dtype, in: "randomIntegers", "not every integer of the range \(range) is a value of \(dtype)",
          hint: "of \(dtype) draw from within -(2 ** \(digits))...(2 ** \(digits))")
      }
    }
    let result = try NDArray.allocate(shape, dtype: .int64)
    let bound = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
    theano_random_integers_i64(
      generator.key, generator.advance(by: result.size), Int64(range.lowerBound), bound, result.size,
      result.data.assumingMemoryBound(to: Int64.self))
    return try result.checked.astype(dtype)
  }

  /// As ``NDArray/permutation(_:using:)``.
  public static func permutation(
    _ count: Int, using generator: inout RandomGenerator
  ) throws(TheanoError) -> NDArray {
    let result = try NDArray.allocate([count], dtype: .int64)
    theano_random_permutation(
      generator.split().key, count, result.data.assumingMemoryBound(to: Int64.self))
    return result
  }

  /// As ``NDArray/random(_:dtype:)-(Int...,_)``.
  public static func random(_ shape: Int..., dtype: DType? = nil) throws(TheanoError) -> NDArray {
    try random(shape, dtype: dtype)
  }

  /// As ``NDArray/random(_:dtype:)-([Int],_)``.
  public static func random(_ shape: [Int], dtype: DType? = nil) throws(TheanoError) -> NDArray {
    try RandomGenerator.withProcessDefault { (generator) throws(TheanoError) in
      try random(shape, dtype: dtype, using: &generator)
    }
  }

  /// As ``NDArray/randomNormal(_:mean:standardDeviation:dtype:)-(Int...,_,_,_)``.
  public static func randomNormal(
    _ shape: Int..., mean: Double = 0, standardDeviation: Double = 1, dtype: DType? = nil
  ) throws(TheanoError) -> NDArray {
    try randomNormal(shape, mean: mean, standardDeviation: standardDeviation, dtype: dtype)
  }

  /// As ``NDArray/randomNormal(_:mean:standardDeviation:dtype:)-([Int],_,_,_)``.
  public static func randomNormal(
    _ shape: [Int], mean: Double = 0, standardDeviation: Double = 1, dtype: DType? = nil
  ) throws(TheanoError) -> NDArray {
    try RandomGenerator.withProcessDefault { (generator) throws(TheanoError) in
      try randomNormal(
        shape, mean: mean, standardDeviation: standardDeviation, dtype: dtype, using: &generator)
    }
  }

  /// As ``NDArray/randomIntegers(in:_:dtype:)-(_,Int...,_)``.
  public static func randomIntegers(
    in range: Range<Int>, _ shape: Int..., dtype: DType = .int64
  ) throws(TheanoError) -> NDArray {
    try randomIntegers(in: range, shape, dtype: dtype)
  }

  /// As ``NDArray/randomIntegers(in:_:dtype:)-(_,[Int],_)``.
  public static func randomIntegers(
    in range: Range<Int>, _ shape: [Int], dtype: DType = .int64
  ) throws(TheanoError) -> NDArray {
    try RandomGenerator.withProcessDefault { (generator) throws(TheanoError) in
      try randomIntegers(in: range, shape, dtype: dtype, using: &generator)
    }
  }

  /// As ``NDArray/permutation(_:)``.
  public static func permutation(_ count: Int) throws(TheanoError) -> NDArray {
    try RandomGenerator.withProcessDefault { (generator) throws(TheanoError) in
      try permutation(count, using: &generator)
    }
  }

  private static func floating(_ dtype: DType?, in operation: String) throws(TheanoError) -> DType {
    let dtype = dtype ?? config.floatX
    guard dtype.isFloating || dtype.isComplex else {
      throw TheanoError(
        .dtype, in: operation, "random numbers with fractions cannot be of \(dtype)",
        hint: "use randomIntegers(in:_:dtype:), or a floating dtype")
    }
    return dtype
  }
}

extension DType {
  /// The power of 2 up to which all integers are values, of dtypes for which that is a matter of digits.
  fileprivate var wholeDigits: Int? {
    switch self {
    case .float64, .complex128: 53
    case .float32, .complex64: 24
    case .float16: 11
    case .bfloat16: 8
    default: nil
    }
  }
}
