import TheanoArrays
import TheanoGraph
import TheanoOperations
import TheanoRewriting

/// What the first operand of a rule must be known to be, so that the rule hides no NaN which finite operands make.
let isFinite: Rule.Guard = { graph, operands in graph.range(operands[0]).isFinite }
let isFiniteNonZero: Rule.Guard = { graph, operands in graph.range(operands[0]).isFiniteNonZero }
let isNonNegative: Rule.Guard = { graph, operands in graph.range(operands[0]).isNonNegative }
let isAboveMinusOne: Rule.Guard = { graph, operands in graph.range(operands[0]).low >= -1 }
let isFinitePositive: Rule.Guard = { graph, operands in
  let range = graph.range(operands[0])
  return range.isFinite && range.isPositive
}

/// Whether two numbers may be added before what comes with them is: neither is so large that their sum could overflow. The third
/// operand is no number itself, or the three would go around in circles.
let meet: Rule.Guard = { graph, operands in
  let largest = graph.values[operands[0]].type.dtype == .float32 ? 1e18 : 1e150
  return (0...1).allSatisfy { graph.number(operands[$0]).map { $0.magnitude <= largest } ?? false }
    && graph.constant(operands[2]) == nil && graph.uniform(operands[2]) == nil
}

extension Graph {
  /// Whether a float is an integer that was converted, such as a length.
  func isConvertedInteger(_ id: ValueID) -> Bool {
    guard let node = producer(id), let op = nodes[node].op as? Elementwise,
      case .conversion = op.definition.typing
    else { return false }
    return values[nodes[node].inputs[0]].type.dtype.isInteger
  }

  /// The number that a value is throughout.
  func number(_ id: ValueID) -> Double? {
    uniform(id).flatMap { $0.dtype.isComplex ? nil : try? $0.astype(.float64).item(as: Double.self) }
  }

  func isWholeNumber(_ id: ValueID) -> Bool {
    number(id).map { $0 == $0.rounded() && $0.magnitude <= 1024 } ?? false
  }

  /// Whether dividing by a value is multiplying by its inverse, to the bit.
  func isPowerOfTwo(_ id: ValueID) -> Bool {
    guard let number = number(id), number != 0, number.isNormal, number != 1 else { return false }
    return number.significand == 1 && (-100...100).contains(number.exponent)
  }
}

extension Rule.Operand {
  /// An operand of a rule about bits.
  static let integer = Rule.Operand(dtype: .int64)
  /// A whole number that is known while compiling.
  static let wholeConstant = Rule.Operand(isConstant: true, domain: 2...2)
}
