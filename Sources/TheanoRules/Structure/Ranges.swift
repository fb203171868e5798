import TheanoArrays
import TheanoGraph
import TheanoKernels
import TheanoOperations
import TheanoRewriting

/// What is known of the elements of a value, whatever the leaves are, as long as those are finite and no operation overflows.
struct ValueRange: Equatable {
  var low = -Double.infinity
  var high = Double.infinity
  /// Whether the bounds themselves are not reached.
  var isOpenLow = false
  var isOpenHigh = false
  /// Whether 0 is known to be no element, though it lies between the bounds.
  var skipsZero = false
  /// Whether every element is a number, and none infinite: no logarithm of what may be negative, no quotient by what may be 0.
  var isFinite = false

  static let unknown = ValueRange()

  init(_ low: Double = -.infinity, _ high: Double = .infinity, open: Bool = false, isFinite: Bool = false) {
    (self.low, self.high, self.isFinite) = (low, high, isFinite)
    (isOpenLow, isOpenHigh) = (open, open)
  }

  var isNonNegative: Bool { low >= 0 }
  var isNonPositive: Bool { high <= 0 }
  var isNonZero: Bool {
    skipsZero || low > 0 || high < 0 || (low == 0 && isOpenLow) || (high == 0 && isOpenHigh)
  }
  var isPositive: Bool { isNonNegative && isNonZero }
  var isFinitePositive: Bool { isFinite && isPositive }
  /// Whether dividing by it, or cancelling it, hides nothing.
  var isFiniteNonZero: Bool { isFinite && isNonZero }

  static prefix func - (a: ValueRange) -> ValueRange {
    var result = a
    (result.low, result.high) = (-a.high, -a.low)
    (result.isOpenLow, result.isOpenHigh) = (a.isOpenHigh, a.isOpenLow)
    return result
  }

  static func + (a: ValueRange, b: ValueRange) -> ValueRange {
    var result = ValueRange(a.low + b.low, a.high + b.high, isFinite: a.isFinite && b.isFinite)
    if result.low.isNaN { result.low = -.infinity }
    if result.high.isNaN { result.high = .infinity }
    result.isOpenLow = a.isOpenLow || b.isOpenLow
    result.isOpenHigh = a.isOpenHigh || b.isOpenHigh
    result.skipsZero = a.isNonNegative && b.isNonNegative && (a.isPositive || b.isPositive)
    return result
  }

  /// The smallest range that holds both.
  func union(_ b: ValueRange) -> ValueRange {
    var result = ValueRange(min(low, b.low), max(high, b.high), isFinite: isFinite && b.isFinite)
    result.isOpenLow = low == b.low ? isOpenLow && b.isOpenLow : low < b.low ? isOpenLow : b.isOpenLow
    result.isOpenHigh =
      high == b.high ? isOpenHigh && b.isOpenHigh : high > b.high ? isOpenHigh : b.isOpenHigh
    result.skipsZero = isNonZero && b.isNonZero
    return result
  }

  static func * (a: ValueRange, b: ValueRange) -> ValueRange {
    func product(_ x: Double, _ y: Double) -> Double { x == 0 || y == 0 ? 0 : x * y }
    let corners = [
      product(a.low, b.low), product(a.low, b.high), product(a.high, b.low), product(a.high, b.high),
    ]
    var result = ValueRange(corners.min()!, corners.max()!, isFinite: a.isFinite && b.isFinite)
    result.skipsZero = a.isNonZero && b.isNonZero
    // Of what is strictly within -1 and 1 the product is.
    let isStrict = a.isOpenLow && a.isOpenHigh || b.isOpenLow && b.isOpenHigh
    result.isOpenHigh = isStrict && result.high > 0
    result.isOpenLow = isStrict && result.low < 0
    return result
  }

  /// The inverse of what is not 0.
  var inverse: ValueRange {
    var result = ValueRange(isFinite: isFiniteNonZero)
    result.skipsZero = isNonZero && isFinite
    if isNonNegative {
      (result.low, result.high) = (high == .infinity ? 0 : 1 / high, low == 0 ? .infinity : 1 / low)
    } else if isNonPositive {
      (result.low, result.high) = (high == 0 ? -.infinity : 1 / high, low == -.infinity ? 0 : 1 / low)
    } else {
      return result
    }
    (result.isOpenLow, result.isOpenHigh) = (isOpenHigh || high == .infinity, isOpenLow)
    return result
  }
}

extension Graph {
  /// What is known of a value's elements.
  func range(_ id: ValueID) -> ValueRange {
    // Enough for what rules ask, and no more time than a rule may take.
    var budget = 48
    return range(id, &budget)
  }

  private func range(_ id: ValueID, _ budget: inout Int) -> ValueRange {
    let dtype = values[id].type.dtype
    if let array = constant(id) { return Graph.range(of: array) }
    budget -= 1
    guard budget > 0, let node = producer(id) else {
      let isLeaf = producer(id) == nil
      if dtype == .bool { return ValueRange(0, 1, isFinite: true) }
      if dtype.kind == .unsigned { return ValueRange(0, isFinite: true) }
      return ValueRange(isFinite: isLeaf || !dtype.isFloating)
    }
    let (op, inputs) = (nodes[node].op, nodes[node].inputs)
    // Integers wrap, so that only their kind says something of the results of arithmetic.
    if !dtype.isFloating {
      if dtype == .bool { return ValueRange(0, 1, isFinite: true) }
      return ValueRange(dtype.kind == .unsigned || op is AxisLength ? 0 : -.infinity, isFinite: true)
    }
    if let moved = op.movedOperand { return range(inputs[moved], &budget) }
    switch op {
    case let op as Elementwise: return range(op.definition, inputs, &budget)
    case let op as Reduction: return range(op, inputs[0], &budget)
    case is IfElse, is Concatenate:
      return inputs.dropFirst(op is IfElse ? 1 : 0).map { range($0, &budget) }.reduce(nil as ValueRange?) {
        $0?.union($1) ?? $1
      } ?? .unknown
    case is Dot:
      let (a, b) = (range(inputs[0], &budget), range(inputs[1], &budget))
      return ValueRange(
        a.isNonNegative && b.isNonNegative ? 0 : -.infinity, isFinite: a.isFinite && b.isFinite)
    case is SpecifyShape, is Print: return range(inputs[0], &budget)
    case let op as UpdateSubtensor:
      let (whole, part) = (range(inputs[0], &budget), range(inputs[1], &budget))
      if op.mode == .set { return whole.union(part) }
      return ValueRange(
        whole.isNonNegative && part.isNonNegative ? 0 : -.infinity, isFinite: whole.isFinite && part.isFinite)
    case is Arange: return ValueRange(isFinite: true)
    default: return .unknown
    }
  }

  private static func range(of array: NDArray) -> ValueRange {
    guard !array.dtype.isComplex, array.size > 0, array.size <= 1024,
      let numbers = try? HostLoops.doubles(array)
    else { return .unknown }
    guard numbers.allSatisfy({ !$0.isNaN }) else { return .unknown }
    var result = ValueRange(numbers.min()!, numbers.max()!, isFinite: numbers.allSatisfy(\.isFinite))
    result.skipsZero = !numbers.contains(0)
    return result
  }

  private func range(_ op: Reduction, _ input: ValueID, _ budget: inout Int) -> ValueRange {
    let x = range(input, &budget)
    switch op.kind {
    // The largest of nothing is only made where it is asked for finiteness (`ExponentialSum.shift`).
    case .max, .min: return x
    case .sum:
      // Of no numbers at all the sum is 0; what is divided by it has no elements then, as a rule.
      var result = ValueRange(
        x.isNonNegative ? 0 : -.infinity, x.isNonPositive ? 0 : .infinity, isFinite: x.isFinite)
      result.skipsZero = x.isNonZero && (x.isNonNegative || x.isNonPositive)
      return result
    case .prod:
      var result = ValueRange(x.isNonNegative ? 0 : -.infinity, isFinite: x.isFinite)
      result.skipsZero = x.isNonZero
      return result
    case .any, .all, .argmax, .argmin: return ValueRange(isFinite: true)
    }
  }

  private func range(
    _ definition: ElementwiseDefinition, _ inputs: [ValueID], _ budget: inout Int
  ) -> ValueRange {
    let x = range(inputs[0], &budget)
    let y = inputs.count > 1 ? range(inputs[1], &budget) : .unknown
    switch definition.name {
    case "add": return x + y
    case "subtract": return x + -y
    case "negate": return -x
    case "multiply":
      if inputs[0] == inputs[1] {
        var result = x * x
        result.low = max(result.low, 0)
        return result
      }
      return x * y
    case "divide": return x * y.inverse
    case "where":
      return y.union(range(inputs[2], &budget))
    case "maximum", "minimum":
      var result = x.union(y)
      if definition.name == "maximum" {
        (result.low, result.isOpenLow) = x.low > y.low ? (x.low, x.isOpenLow) : (y.low, y.isOpenLow)
        result.skipsZero = result.skipsZero || x.isPositive || y.isPositive
      } else {
        (result.high, result.isOpenHigh) = x.high < y.high ? (x.high, x.isOpenHigh) : (y.high, y.isOpenHigh)
      }
      return result
    case "pow": return rangeOfPower(x, inputs[1])
    default: return Graph.range(definition, x, y)
    }
  }

  private func rangeOfPower(_ x: ValueRange, _ exponent: ValueID) -> ValueRange {
    guard let c = number(exponent) else {
      var result = ValueRange(x.isNonNegative ? 0 : -.infinity)
      result.isFinite = x.isPositive && x.isFinite && range(exponent).isFinite
      result.skipsZero = x.isPositive
      return result
    }
    let isWhole = c == c.rounded()
    let isEven = isWhole && (c / 2) == (c / 2).rounded()
    var result = ValueRange(isEven || x.isNonNegative ? 0 : -.infinity)
    result.isFinite = x.isFinite && (isWhole || x.isNonNegative) && (c >= 0 || x.isNonZero)
    result.skipsZero = x.isNonZero || c == 0
    return result
  }

  private static func range(_ definition: ElementwiseDefinition, _ x: ValueRange, _ y: ValueRange)
    -> ValueRange
  {
    func result(_ low: Double = -.infinity, _ high: Double = .infinity, open: Bool = false, _ isFinite: Bool)
      -> ValueRange
    {
      ValueRange(low, high, open: open, isFinite: isFinite)
    }
    switch definition.name {
    case "exp":
      var e = result(0, x.high <= 0 ? 1 : .infinity, x.isFinite)
      e.skipsZero = true
      e.isOpenHigh = x.high < 0 || x.high == 0 && x.isNonZero
      return e
    case "expm1": return result(x.isNonNegative ? 0 : -1, x.isNonPositive ? 0 : .infinity, x.isFinite)
    case "log", "log2", "log10":
      return result(x.low >= 1 ? 0 : -.infinity, x.high <= 1 ? 0 : .infinity, x.isPositive && x.isFinite)
    case "log1p":
      let isDefined = x.low > -1 || x.low == -1 && x.isOpenLow
      return result(
        x.isNonNegative ? 0 : -.infinity, x.isNonPositive ? 0 : .infinity, isDefined && x.isFinite)
    case "sqrt":
      var root = result(0, x.high <= 1 ? 1 : .infinity, x.isNonNegative && x.isFinite)
      root.skipsZero = x.isNonZero
      return root
    case "sigmoid": return result(0, 1, open: true, x.isFinite)
    case "softplus":
      var plus = result(0, .infinity, x.isFinite)
      plus.skipsZero = true
      return plus
    case "tanh":
      var tangent = result(x.isNonNegative ? 0 : -1, x.isNonPositive ? 0 : 1, open: true, x.isFinite)
      (tangent.isOpenLow, tangent.isOpenHigh) = (tangent.low == -1, tangent.high == 1)
      tangent.skipsZero = x.isNonZero
      return tangent
    case "sin", "cos": return result(-1, 1, x.isFinite)
    case "sign": return result(-1, 1, x.isFinite)
    case "abs":
      var size = result(0, max(-x.low, x.high), x.isFinite)
      size.skipsZero = x.isNonZero
      return size
    case "floor", "ceil", "round":
      return result(x.low.rounded(.down), x.high.rounded(.up), x.isFinite)
    case "mod", "floorDivide": return ValueRange(isFinite: x.isFinite && y.isFiniteNonZero)
    default:
      if case .conversion(let dtype) = definition.typing, dtype.isFloating { return x }
      return .unknown
    }
  }
}
