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

extension LoopNest.Constant {
  /// The number as a literal of its type.
  package func literal(_ dialect: Dialect) -> String {
    let wide = dialect.wideSuffix
    switch dtype.kind {
    case .floating, .complex:
      let value = Double(bitPattern: bits)
      let arithmetic = dtype.arithmetic
      if value.isNaN { return dialect.nan(arithmetic) }
      if value.isInfinite {
        return (value < 0 ? "-" : "") + dialect.infinity(arithmetic)
      }
      return arithmetic == .float32 ? "\(Float(value))f" : "\(value)"
    case .unsigned, .bool: return dtype == .uint64 ? "\(bits)u\(wide)" : "\(bits)"
    case .signed:
      let value = Int64(bitPattern: bits)
      if value == .min { return "(-9223372036854775807\(wide) - 1)" }
      return dtype == .int64 && (value > Int64(Int32.max) || value < Int64(Int32.min))
        ? "\(value)\(wide)" : "\(value)"
    }
  }
}
