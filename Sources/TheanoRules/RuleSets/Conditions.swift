import TheanoArrays
import TheanoGraph
import TheanoOperations
import TheanoRewriting

extension Graph {
  /// Whether a float is an integer or boolean that was converted: an `x / x` of integers, where 0 is an ordinary number.
  func isConvertedInteger(_ id: ValueID) -> Bool {
    guard let node = producer(id), let op = nodes[node].op as? Elementwise,
      case .conversion = op.definition.typing
    else { return false }
    return values[nodes[node].inputs[0]].type.dtype.isDiscrete
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
