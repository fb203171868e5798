import Theano
import TheanoArrays
import TheanoFormats
import TheanoGraph
import TheanoOperations

/// NumPy's and SciPy's answers at the operations' corners, read from the file that `Scripts/operations.py` made.
package struct GoldenOperations: Sendable {
  package struct Case: Sendable {
    /// The operation with its attributes, such as `sum:1:keep`.
    package var operation: String
    package var operands: [NDArray]
    package var expected: NDArray
  }

  package let cases: [Case]
  package let promotion: NDArray
  package let weakPromotion: NDArray

  package static func load() throws -> GoldenOperations {
    let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
      separator: "/")
    let file = try NPZ.load("\(tests)/Numerics/Golden/operations.npz")
    var cases: [Case] = []
    var operands: [NDArray] = []
    for name in file.names where name.contains("~") {
      let parts = name.split(separator: "~")
      let array = try file[name]
      if parts[2] == "out" {
        cases.append(Case(operation: String(parts[1]), operands: operands, expected: array))
        operands = []
      } else {
        operands.append(array)
      }
    }
    return GoldenOperations(
      cases: cases, promotion: try file["promotion"], weakPromotion: try file["promotion weak"])
  }

  /// The dtypes in the order of the promotion tables.
  package static let dtypes: [DType] = [
    .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64,
  ]
}

extension GoldenOperations.Case {
  private var words: [String] {
    operation.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  }
  package var name: String { words[0] }

  /// Inputs for the operands; axes of length 1 are declared so.
  package func inputs() -> [TensorVariable] {
    operands.map { operand in
      T.tensor("x", operand.dtype, shape: operand.shape.map { $0 == 1 ? 1 : nil })
    }
  }

  /// The operation applied; `nil` if the name is unknown.
  package func expression(_ x: [TensorVariable]) -> TensorVariable? {
    let words = words
    if let definition = ElementwiseTable.all.first(where: { $0.name == words[0] }) {
      return definition.apply(x, .none)
    }
    let numbers = words.dropFirst().map { Double($0) }
    let axis = words.count > 1 ? Int(words[1]) : nil
    let axes = axis.map { [$0] }
    let keeps = words.last == "keep"
    switch words[0] {
    case "sum": return T.sum(x[0], axis: axes, keepDims: keeps)
    case "prod": return T.prod(x[0], axis: axes, keepDims: keeps)
    case "max": return T.max(x[0], axis: axes, keepDims: keeps)
    case "min": return T.min(x[0], axis: axes, keepDims: keeps)
    case "any": return T.any(x[0], axis: axes, keepDims: keeps)
    case "all": return T.all(x[0], axis: axes, keepDims: keeps)
    case "mean": return T.mean(x[0], axis: axes, keepDims: keeps)
    case "argmax": return T.argmax(x[0], axis: axis, keepDims: keeps)
    case "argmin": return T.argmin(x[0], axis: axis, keepDims: keeps)
    case "softmax": return T.nnet.softmax(x[0])
    case "slice": return x[0][.slice(from: Int(words[1]), to: Int(words[2]), step: Int(words[3])!)]
    case "index": return x[0][Int(words[1])!]
    case "gather": return x[0][x[1]]
    case "dot": return T.dot(x[0], x[1])
    case "solve": return T.linalg.solve(x[0], x[1])
    case "arange":
      if words[1].contains(".") { return T.arange(numbers[0]!, numbers[1]!, numbers[2]!) }
      return T.arange(Int(words[1])!, Int(words[2])!, Int(words[3])!)
    case "concatenate": return T.concatenate(x)
    case "nonzero": return T.nonzero(x[0])[0]
    case "cast": return DType.allCases.first { "\($0)" == words[1] }.map { T.cast(x[0], $0) }
    default: return nil
    }
  }

  /// The units in the last place that a float may be away.
  private var ulps: Double {
    switch name {
    case "add", "subtract", "multiply", "divide", "negate", "abs", "sign", "floor", "ceil", "round", "sqrt",
      "maximum",
      "minimum", "max", "min", "where", "cast", "slice", "index", "gather", "concatenate", "nonzero", "isnan",
      "isinf":
      0
    case "arange": 4
    case "mod", "floorDivide": 1
    case "softmax", "solve", "mean": 16
    // Pairwise here, one by one or in blocks elsewhere.
    case "sum", "prod", "dot": 64
    default: 4
    }
  }

  /// What is wrong with a result; `nil` if nothing. Integers, dtypes, shapes, NaN, infinities and the sign of zero must
  /// be the same.
  package func difference(_ found: NDArray) -> String? {
    guard found.dtype == expected.dtype, found.shape == expected.shape else {
      return "\(operation) is \(found.dtype) \(found.shape), not \(expected.dtype) \(expected.shape)"
    }
    func describe(_ k: Int, _ value: String, _ wanted: String) -> String {
      // Operands that broadcast are given whole.
      let texts = operands.map { $0.shape == expected.shape ? "\($0.flattened()[k])" : "\($0)" }
      return
        "\(operation)(\(texts.joined(separator: ", "))) of \(operands.map(\.dtype)) is \(value), not \(wanted)"
    }
    guard expected.dtype.isFloating else {
      let (a, b) = (found.astype(.int64), expected.astype(.int64))
      for k in 0..<expected.size where a.flattened()[k] != b.flattened()[k] {
        return describe(k, "\(found.flattened()[k])", "\(expected.flattened()[k])")
      }
      return nil
    }
    let isSingle = expected.dtype == .float32
    for (k, (a, b)) in zip(found.doubles, expected.doubles).enumerated() {
      if a.isNaN || b.isNaN ? a.isNaN && b.isNaN : a == b && (a != 0 || a.sign == b.sign || !fixesZero) {
        continue
      }
      let ulp = isSingle ? Double(Float(b).ulp) : b.ulp
      if a != 0, b != 0, (a - b).magnitude <= ulps * ulp { continue }
      return describe(k, "\(a)", "\(b)")
    }
    return nil
  }

  /// Whether the sign of zero is fixed: of two zeros either is the larger, and a sum may begin with one.
  private var fixesZero: Bool { !["maximum", "minimum", "max", "min", "sum", "dot", "mean"].contains(name) }
}
