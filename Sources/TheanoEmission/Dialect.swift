import TheanoArrays
import TheanoKernels

/// What differs between C, OpenCL C and CUDA C: a few words.
package struct Dialect: Sendable {
  /// The language's name.
  package var name: String
  /// What stands before the definition of a kernel's function.
  package var kernelQualifier: String
  /// What stands before a pointer to a buffer.
  package var bufferQualifier: String
  /// What stands before memory that the work items of a group share.
  package var sharedQualifier: String
  /// The position of a work item in the grid and in its group.
  package var gridPosition: String
  package var groupPosition: String
  /// Waits until all work items of the group have come here.
  package var barrier: String
  /// The ending of a 64-bit literal.
  package var wideSuffix: String
  /// Whether the compiler has the builtin functions of clang and gcc.
  package var hasBuiltins: Bool

  /// C11 as clang and gcc read it: loops and threads in place of a grid.
  package static let c = Dialect(
    name: "C", kernelQualifier: "static void", bufferQualifier: "", sharedQualifier: "", gridPosition: "0",
    groupPosition: "0", barrier: "", wideSuffix: "ll", hasBuiltins: true)
  /// OpenCL C 1.2.
  package static let openCL = Dialect(
    name: "OpenCL C", kernelQualifier: "__kernel void", bufferQualifier: "__global ",
    sharedQualifier: "__local ", gridPosition: "(th_i64)get_global_id(0)",
    groupPosition: "(th_i64)get_local_id(0)", barrier: "barrier(CLK_LOCAL_MEM_FENCE);", wideSuffix: "l",
    hasBuiltins: false)
  /// CUDA C.
  package static let cuda = Dialect(
    name: "CUDA C", kernelQualifier: "extern \"C\" __global__ void", bufferQualifier: "",
    sharedQualifier: "__shared__ ", gridPosition: "(th_i64)blockIdx.x * blockDim.x + threadIdx.x",
    groupPosition: "(th_i64)threadIdx.x", barrier: "__syncthreads();", wideSuffix: "ll", hasBuiltins: false)

  /// Infinity as an expression.
  func infinity(_ dtype: DType) -> String {
    if hasBuiltins { return dtype == .float32 ? "__builtin_inff()" : "__builtin_inf()" }
    return "th_inf_\(dtype.suffix)()"
  }

  /// Not a number, as an expression.
  func nan(_ dtype: DType) -> String {
    if hasBuiltins { return dtype == .float32 ? "__builtin_nanf(\"\")" : "__builtin_nan(\"\")" }
    return "th_nan_\(dtype.suffix)()"
  }

  /// A function of one float that every processor has, such as `floor`.
  func service(_ name: String, _ dtype: DType, _ x: String) -> String {
    if hasBuiltins { return "__builtin_\(name)\(dtype == .float32 ? "f" : "")(\(x))" }
    return "\(dtype == .float32 ? "TH_FLOAT_SERVICE" : "TH_DOUBLE_SERVICE")(\(name))(\(x))"
  }
}

extension DType {
  /// The name of the type in generated code.
  package var cName: String {
    switch self {
    case .bool, .uint8: "th_u8"
    case .int8: "th_i8"
    case .int16: "th_i16"
    case .int32: "th_i32"
    case .int64: "th_i64"
    case .uint16: "th_u16"
    case .uint32: "th_u32"
    case .uint64: "th_u64"
    case .float32: "th_f32"
    default: "th_f64"
    }
  }

  /// The ending of the prelude's functions for the type.
  package var suffix: String {
    switch self {
    case .float32: "f32"
    case .float64: "f64"
    case .uint8, .uint16, .uint32, .uint64: "u64"
    default: "i64"
    }
  }
}

extension LoopNest.Constant {
  /// The number as a literal of its type.
  package func literal(_ dialect: Dialect) -> String {
    let wide = dialect.wideSuffix
    switch dtype.kind {
    case .floating:
      let value = Double(bitPattern: bits)
      let f = dtype == .float32 ? "f" : ""
      if value.isNaN { return dialect.nan(dtype) }
      if value.isInfinite {
        return (value < 0 ? "-" : "") + dialect.infinity(dtype)
      }
      let text = dtype == .float32 ? "\(Float(value))" : "\(value)"
      return text + f
    case .unsigned, .bool: return dtype == .uint64 ? "\(bits)u\(wide)" : "\(bits)"
    default:
      let value = Int64(bitPattern: bits)
      if value == .min { return "(-9223372036854775807\(wide) - 1)" }
      return dtype == .int64 && (value > Int64(Int32.max) || value < Int64(Int32.min))
        ? "\(value)\(wide)" : "\(value)"
    }
  }
}

extension Size {
  /// The size as an expression of generated code; symbols are named by their keys.
  package var cText: String {
    if let n = constant { return "\(n)" }
    return terms.map { term in
      let symbols = term.symbols.map { symbol -> String in
        if case .function(let f, let sizes) = symbol {
          return "th_size_\(f.rawValue)(\(sizes.map(\.cText).joined(separator: ", ")))"
        }
        return symbol.key
      }
      let product = symbols.joined(separator: " * ")
      if symbols.isEmpty { return "\(term.coefficient)" }
      return term.coefficient == 1 ? product : "\(term.coefficient) * \(product)"
    }.joined(separator: " + ")
  }
}

extension Size {
  /// Whether it may be too large for an integer: the length of an axis is that of an array in memory, but products of two
  /// and numbers that come as arguments may be anything.
  var mayWrap: Bool {
    terms.contains { term in
      term.symbols.count > 1 || abs(term.coefficient) > 1 << 16
        || term.symbols.contains { symbol in if case .axis = symbol { false } else { true } }
    }
  }

  /// The C of its value as a `double`, which does not wrap.
  var estimate: String {
    terms.map { term in
      let symbols = term.symbols.map { "(double)(\(Size($0).cText))" }
      return (["\(term.coefficient).0"] + symbols).joined(separator: " * ")
    }.joined(separator: " + ")
  }
}
