import TheanoArrays
import TheanoKernels

/// What is known of an array before it exists: its element type, its rank, and the lengths of some of its axes.
public struct TensorType: Sendable, Hashable {
  /// The type of the elements.
  public let dtype: DType
  /// The length of each axis, as far as it is known.
  package let dims: [Dim]

  /// A type with the given lengths; `nil` where a length is known only at the call.
  public init(_ dtype: DType, shape: [Int?]) {
    self.dtype = dtype
    dims = shape.map { $0.map(Dim.known) ?? .unknown }
  }

  package init(_ dtype: DType, _ dims: [Dim]) {
    self.dtype = dtype
    self.dims = dims
  }

  /// The type of arrays of the given rank of which no length is known.
  public init(_ dtype: DType, ndim: Int) { self.init(dtype, [Dim](repeating: .unknown, count: ndim)) }

  /// The length of each axis; `nil` where it is known only at the call.
  public var shape: [Int?] { dims.map(\.constant) }
  /// The number of axes.
  public var ndim: Int { dims.count }
  /// Which axes are known to have length 1, and therefore broadcast.
  public var broadcastable: [Bool] { dims.map { $0.constant == 1 } }
}

extension TensorType {
  /// The most axes that an expression may have: the arguments of generated code are records of this many lengths.
  package static let mostAxes = 32

  /// The axis that a number names, negative ones counting from the last; `nil` if there is none.
  package func position(ofAxis axis: Int) -> Int? {
    (-ndim..<ndim).contains(axis) ? (axis < 0 ? axis + ndim : axis) : nil
  }

  /// Throws if expressions cannot compute with arrays of this type, and says why.
  ///
  /// - Parameters:
  ///   - subject: What has the type; `nil` if it is the operand, or the result.
  ///   - operand: Which operand has the type.
  package func requireComputable(_ subject: String? = nil, operand: Int? = nil) throws(Fault) {
    let subject = subject ?? operand.map { "operand \($0 + 1)" } ?? "the result"
    if dtype.isComplex || dtype == .float16 || dtype == .bfloat16 {
      throw Fault(
        .dtype, "\(subject) is \(dtype), which expressions cannot compute with",
        hint: "convert the array to float32 or float64 first: array.astype(.float64)", operand: operand)
    }
    try requirePossible(subject, operand: operand)
  }

  /// Throws if no array can have this type, and says why.
  package func requirePossible(_ subject: String, operand: Int? = nil) throws(Fault) {
    if ndim > TensorType.mostAxes {
      throw Fault(
        .shape, "\(subject) has \(ndim) axes; expressions have at most \(TensorType.mostAxes)",
        hint: "merge axes with T.reshape", operand: operand)
    }
    var bytes = dtype.itemSize
    for (axis, dim) in dims.enumerated() {
      guard let n = dim.constant else { continue }
      if n < 0 {
        throw Fault(
          .shape, "axis \(axis) of \(subject) has the negative length \(n)",
          hint: "lengths are at least 0; write nil for a length that only the call knows", operand: operand)
      }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(n, 1))
      guard !overflow else {
        throw Fault(
          .shape,
          "\(subject)\(subject.hasSuffix(",") ? "" : ",") \(dtype) \(lengthsText), has more bytes than can be addressed",
          hint: "make it smaller", operand: operand)
      }
      bytes = product
    }
  }
}

/// A number of things in words: `1 axis`, `2 axes`.
package func counted(_ n: Int, _ one: String, _ many: String) -> String { "\(n) \(n == 1 ? one : many)" }

extension TensorType: CustomStringConvertible {
  /// The type in Theano's words, such as `TensorType(float64, matrix)`.
  public var description: String { "TensorType(\(dtype), \(shapeText))" }

  /// `scalar`, `vector`, `matrix`, `row`, `col`, `tensor3` ..., or the lengths if some are known.
  package var shapeText: String {
    switch dims.map(\.constant) {
    case []: return "scalar"
    case [nil]: return "vector"
    case [nil, nil]: return "matrix"
    case [1, nil]: return "row"
    case [nil, 1]: return "col"
    case let lengths where lengths.allSatisfy { $0 == nil }: return "tensor\(lengths.count)"
    default: return lengthsText
    }
  }

  /// The lengths, with `?` where one is not known: `(3, ?)`.
  package var lengthsText: String {
    let parts = dims.map { $0.constant.map(String.init) ?? "?" }
    return parts.count == 1 ? "(\(parts[0]),)" : "(\(parts.joined(separator: ", ")))"
  }

  /// For messages: dtype and rank or lengths, such as `float64 matrix` or `float64 (3, ?)`.
  package var brief: String { "\(dtype) \(shapeText)" }
}
