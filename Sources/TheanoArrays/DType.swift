/// The type of an array's elements.
///
/// Names, sizes and promotion are NumPy's. `float16` and `bfloat16` are storage types: they are converted to
/// `float32` for arithmetic.
public enum DType: UInt8, Sendable, Hashable, CaseIterable {
  case bool
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float32, float64
  case complex64, complex128
  case float16, bfloat16

  /// What arithmetic an element type belongs to, in the order in which promotion widens.
  public enum Kind: UInt8, Sendable, Hashable, Comparable {
    case bool, unsigned, signed, floating, complex

    /// Whether promotion widens `a` before it reaches `b`.
    public static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
  }

  /// The arithmetic that the type belongs to.
  public var kind: Kind {
    switch self {
    case .bool: .bool
    case .int8, .int16, .int32, .int64: .signed
    case .uint8, .uint16, .uint32, .uint64: .unsigned
    case .float32, .float64, .float16, .bfloat16: .floating
    case .complex64, .complex128: .complex
    }
  }

  /// The size of one element, in bytes; also its alignment, except that complex numbers align as their parts.
  public var itemSize: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// NumPy's name for the type, such as `float64`.
  public var name: String { "\(self)" }

  /// The type of a name such as `float64`; `nil` if there is none.
  public init?(name: some StringProtocol) {
    guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// Whether elements are real floating-point numbers.
  public var isFloating: Bool { kind == .floating }
  /// Whether elements are signed or unsigned integers (`bool` is not).
  public var isInteger: Bool { kind == .signed || kind == .unsigned }
  /// Whether elements are integers or booleans: the types through which no gradient flows.
  public var isDiscrete: Bool { kind <= .signed }
  /// Whether elements are complex numbers.
  public var isComplex: Bool { kind == .complex }
}

extension DType {
  /// The type that arrays of both types promote to, by NumPy's table for arrays: `int32` and `float32` give
  /// `float64`, `uint64` and any signed integer give `float64`.
  ///
  /// `bfloat16`, which NumPy lacks, promotes as JAX does: with `float16` to `float32`, with integers to itself.
  public static func promoted(_ a: DType, _ b: DType) -> DType {
    if a == b { return a }
    if a == .bfloat16 || b == .bfloat16 {
      let other = a == .bfloat16 ? b : a
      return switch other {
      case .float16: .float32
      case .float32, .float64, .complex64, .complex128: other
      default: .bfloat16
      }
    }
    let kind = max(a.kind, b.kind)
    switch kind {
    case .bool: return .bool
    case .unsigned: return a.itemSize >= b.itemSize ? (a.kind == .bool ? b : a) : (b.kind == .bool ? a : b)
    case .signed: return promotedSigned(a, b)
    case .floating: return floating(bits: max(a.floatBits, b.floatBits))
    case .complex: return max(a.floatBits, b.floatBits) > 32 ? .complex128 : .complex64
    }
  }

  private static func promotedSigned(_ a: DType, _ b: DType) -> DType {
    // An unsigned partner needs one bit more than its own width to fit a signed type.
    func signedSize(_ t: DType) -> Int {
      switch t.kind {
      case .signed: t.itemSize
      case .unsigned: t.itemSize * 2
      default: 1
      }
    }
    switch max(signedSize(a), signedSize(b)) {
    case 1: return .int8
    case 2: return .int16
    case 4: return .int32
    case 8: return .int64
    default: return .float64
    }
  }

  /// The width of the narrowest real float that NumPy promotes this type to when it meets one.
  private var floatBits: Int {
    switch self {
    case .bool, .int8, .uint8, .float16: 16
    case .int16, .uint16, .float32, .complex64: 32
    case .bfloat16: 32
    default: 64
    }
  }

  private static func floating(bits: Int) -> DType {
    bits <= 16 ? .float16 : bits <= 32 ? .float32 : .float64
  }

  /// The narrowest float in which arithmetic of this type is done: integers and booleans give `float64` (as true
  /// division and `exp` of integers do in NumPy), `float16` and `bfloat16` give `float32`, the rest themselves.
  public var arithmeticFloat: DType {
    switch self {
    case .float32, .float16, .bfloat16: .float32
    case .complex64, .complex128: self
    default: .float64
    }
  }

  /// Whether every value of this type is kept when it is converted to `other` (NumPy's `can_cast(..., 'safe')`,
  /// which counts 64-bit integers to `float64` as safe).
  public func canCastSafely(to other: DType) -> Bool {
    DType.promoted(self, other) == other
  }
}

extension DType: CustomStringConvertible {
  /// NumPy's name for the type.
  public var description: String {
    switch self {
    case .bool: "bool"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    }
  }
}
