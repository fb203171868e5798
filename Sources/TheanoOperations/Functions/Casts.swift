import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Conversions between dtypes: one entry for each target.
package enum Casts {
  private static let table: [DType: ElementwiseDefinition] = {
    let slope: ElementwiseDefinition.Derivative = { x, _, g in T.cast(g, x[0].dtype) }
    let same: @Sendable ([Dim]) -> Dim = { $0[0] }
    var table: [DType: ElementwiseDefinition] = [:]
    for dtype in DType.allCases where !dtype.isComplex && dtype != .float16 && dtype != .bfloat16 {
      table[dtype] = ElementwiseDefinition(
        "cast<\(dtype)>", arity: 1, .conversion(dtype), recipe: .unary(.cast(dtype), .operand(0)),
        host: .init(),
        derivatives: [dtype.isFloating ? slope : nil], scaling: false, length: dtype.isInteger ? same : nil,
        domain: [0.1...3],
        "conversion to \(dtype)")
    }
    return table
  }()

  /// The conversion to a dtype that expressions compute with.
  package static func to(_ dtype: DType) -> ElementwiseDefinition { table[dtype] ?? table[.float64]! }

  package static var all: [ElementwiseDefinition] { DType.allCases.compactMap { table[$0] } }
}

extension T {
  /// Every element converted to another dtype: floats to integers by truncation, to `bool` by comparing with 0.
  ///
  /// - Parameters:
  ///   - x: An expression, an array or a number.
  ///   - dtype: The new dtype; complex, `float16` and `bfloat16` are not computed with.
  public static func cast(
    _ x: any TensorConvertible, _ dtype: DType, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let x = x.tensorVariable
    let note = SourceNote.here(fileID, line)
    guard !x.node.isPoisoned else { return x }
    if dtype.isComplex || dtype == .float16 || dtype == .bfloat16 {
      return .impossible(
        "cast", Fault(.dtype, "expressions cannot compute with \(dtype)", hint: "use float32 or float64"),
        operands: [x], note: note)
    }
    return Promotion.convert(x, to: dtype, note)
  }
}
