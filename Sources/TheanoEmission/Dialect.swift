import TheanoArrays
import TheanoKernels

/// What differs between C, OpenCL C and CUDA C: a few words.
package struct Dialect: Sendable {
  package var name: String
  /// What stands before the definition of a kernel's function.
  package var kernelQualifier: String
  /// What stands before a pointer to a buffer.
  package var bufferQualifier: String
  /// The position of a work item along the grid; `nil` where loops are written out.
  package var gridPosition: String?

  /// C11 as clang and gcc read it.
  package static let c = Dialect(
    name: "C", kernelQualifier: "static void", bufferQualifier: "", gridPosition: nil)
  /// OpenCL C 1.2.
  package static let openCL = Dialect(
    name: "OpenCL C", kernelQualifier: "__kernel void", bufferQualifier: "__global ",
    gridPosition: "(th_i64)get_global_id(0)")
  /// CUDA C.
  package static let cuda = Dialect(
    name: "CUDA C", kernelQualifier: "extern \"C\" __global__ void", bufferQualifier: "",
    gridPosition: "((th_i64)blockIdx.x * blockDim.x + threadIdx.x)")
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
  package var literal: String {
    switch dtype.kind {
    case .floating:
      let value = Double(bitPattern: bits)
      let f = dtype == .float32 ? "f" : ""
      if value.isNaN { return dtype == .float32 ? "__builtin_nanf(\"\")" : "__builtin_nan(\"\")" }
      if value.isInfinite {
        return (value < 0 ? "-" : "") + (dtype == .float32 ? "__builtin_inff()" : "__builtin_inf()")
      }
      let text = dtype == .float32 ? "\(Float(value))" : "\(value)"
      return text + f
    case .unsigned, .bool: return dtype == .uint64 ? "\(bits)ull" : "\(bits)"
    default:
      let value = Int64(bitPattern: bits)
      if value == .min { return "(-9223372036854775807ll - 1)" }
      return dtype == .int64 && (value > Int64(Int32.max) || value < Int64(Int32.min))
        ? "\(value)ll" : "\(value)"
    }
  }
}

extension Size {
  /// The size as an expression of generated code; atoms are named by their keys.
  package var cText: String {
    if let n = constant { return "\(n)" }
    return terms.map { term in
      let atoms = term.atoms.map { atom -> String in
        if case .function(let f, let sizes) = atom {
          return "th_size_\(f.rawValue)(\(sizes.map(\.cText).joined(separator: ", ")))"
        }
        return atom.key
      }
      let product = atoms.joined(separator: " * ")
      if atoms.isEmpty { return "\(term.coefficient)" }
      return term.coefficient == 1 ? product : "\(term.coefficient) * \(product)"
    }.joined(separator: " + ")
  }
}
