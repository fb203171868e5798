import TheanoArrays

/// How elements of a dtype are kept and computed with: the one table that generated code, loops and calls read.
///
/// A row's arithmetic is the dtype in which values live in registers: 16-bit floats are widened when they are loaded and
/// narrowed when they are stored, complex numbers are two components.
package struct ElementFormat: Sendable {
  package let dtype: DType
  /// The dtype of a value in a register, of each component if there are two.
  package let arithmetic: DType
  /// Real components of an element, which lie side by side.
  package let components: Int
  /// The type of a component in memory, in generated code.
  package let cName: String
  /// The ending of the names of the prelude's functions for values in registers.
  package let suffix: String
  /// The ending of the names of functions that convert on the way from and to memory; `nil` if nothing is converted.
  package let conversion: String?
  /// The letter of native routines for the dtype, if they have one.
  package let letter: Character?

  private init(
    _ dtype: DType, _ cName: String, _ suffix: String, arithmetic: DType? = nil, components: Int = 1,
    conversion: String? = nil, letter: Character? = nil
  ) {
    self.dtype = dtype
    self.arithmetic = arithmetic ?? dtype
    self.components = components
    self.cName = cName
    self.suffix = suffix
    self.conversion = conversion
    self.letter = letter
  }

  /// The format of a dtype.
  package static func of(_ dtype: DType) -> ElementFormat { table[Int(dtype.rawValue)] }

  private static let table: [ElementFormat] = DType.allCases.map { dtype in
    switch dtype {
    case .bool: .init(dtype, "th_u8", "u64")
    case .int8: .init(dtype, "th_i8", "i64")
    case .int16: .init(dtype, "th_i16", "i64")
    case .int32: .init(dtype, "th_i32", "i64")
    case .int64: .init(dtype, "th_i64", "i64")
    case .uint8: .init(dtype, "th_u8", "u64")
    case .uint16: .init(dtype, "th_u16", "u64")
    case .uint32: .init(dtype, "th_u32", "u64")
    case .uint64: .init(dtype, "th_u64", "u64")
    case .float32: .init(dtype, "th_f32", "f32", letter: "s")
    case .float64: .init(dtype, "th_f64", "f64", letter: "d")
    case .complex64: .init(dtype, "th_f32", "f32", arithmetic: .float32, components: 2, letter: "c")
    case .complex128: .init(dtype, "th_f64", "f64", arithmetic: .float64, components: 2, letter: "z")
    case .float16: .init(dtype, "th_u16", "f32", arithmetic: .float32, conversion: "f16")
    case .bfloat16: .init(dtype, "th_u16", "f32", arithmetic: .float32, conversion: "bf16")
    }
  }
}

extension DType {
  package var format: ElementFormat { .of(self) }
  /// The dtype of a value in a register.
  package var arithmetic: DType { format.arithmetic }
  /// The name of an element's type in generated code.
  package var cName: String { format.cName }
  /// The ending of the prelude's functions for values of the dtype.
  package var suffix: String { format.suffix }
}
