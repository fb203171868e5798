import TheanoArrays
import TheanoGraph
import TheanoKernels

/// An elementwise function of one operand, such as `T.exp`: called like a function, and its own entry in the table.
public struct UnaryFunction: Sendable {
  package let definition: ElementwiseDefinition

  package typealias Derivative =
    @Sendable (
      _ x: TensorVariable, _ y: TensorVariable, _ g: TensorVariable
    ) -> TensorVariable

  /// The derivative of a step.
  static let flat: Derivative = { x, _, _ in T.zerosLike(x) }
  /// Where a step's derivative is not zero: nowhere.
  static let nowhere: ElementwiseDefinition.Condition = { _ in NDArray(false).tensorVariable }

  package init(
    _ name: String, _ typing: ElementwiseDefinition.Typing, infix: String? = nil, _ recipe: Recipe,
    float: (@Sendable (Double) -> Double)? = nil, signed: (@Sendable (Int64) -> Int64)? = nil,
    unsigned: (@Sendable (UInt64) -> UInt64)? = nil, derivative: Derivative?,
    condition: ElementwiseDefinition.Condition? = nil, scaling: Bool = true, booleans: Bool = true,
    length: (@Sendable ([Dim]) -> Dim)? = nil,
    domain: ClosedRange<Double> = -3...3, ulps: Double = 2,
    _ documentation: String
  ) {
    var host = ElementwiseDefinition.Host()
    if let float { host.float = { a, _, _ in float(a) } }
    if let signed { host.signed = { a, _, _ in signed(a) } }
    if let unsigned { host.unsigned = { a, _, _ in unsigned(a) } }
    var slope: ElementwiseDefinition.Derivative?
    if let derivative { slope = { x, y, g in derivative(x[0], y, g) } }
    definition = ElementwiseDefinition(
      name, arity: 1, typing, infix: infix, recipe: recipe,
      host: host,
      derivatives: [slope], conditions: [condition], scaling: scaling, booleans: booleans, length: length,
      domain: [domain], ulps: ulps, documentation)
  }

  /// Applies the function to every element.
  ///
  /// - Parameter x: An expression, an array or a number.
  public func callAsFunction(
    _ x: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    apply([x.tensorVariable], .here(fileID, line))
  }

  package func apply(_ operands: [TensorVariable], _ note: SourceNote) -> TensorVariable {
    definition.apply(operands, note)
  }
}

/// An elementwise function of two operands, such as `T.maximum`.
public struct BinaryFunction: Sendable {
  package let definition: ElementwiseDefinition

  package typealias Derivative =
    @Sendable (
      _ a: TensorVariable, _ b: TensorVariable, _ y: TensorVariable, _ g: TensorVariable
    ) -> TensorVariable

  /// The derivative of a step.
  static let flat: Derivative = { _, _, _, g in T.zerosLike(g) }

  package init(
    _ name: String, _ typing: ElementwiseDefinition.Typing, infix: String? = nil, _ recipe: Recipe,
    float: (@Sendable (Double, Double) -> Double)? = nil, signed: (@Sendable (Int64, Int64) -> Int64)? = nil,
    unsigned: (@Sendable (UInt64, UInt64) -> UInt64)? = nil, derivatives: (Derivative?, Derivative?),
    conditions: (ElementwiseDefinition.Condition?, ElementwiseDefinition.Condition?) = (nil, nil),
    scaling: Bool = true, commutative: Bool = false, booleans: Bool = true,
    length: (@Sendable (Dim, Dim) -> Dim)? = nil,
    domain: [ClosedRange<Double>] = [-3...3], ulps: Double = 1, _ documentation: String
  ) {
    var host = ElementwiseDefinition.Host()
    if let float { host.float = { a, b, _ in float(a, b) } }
    if let signed { host.signed = { a, b, _ in signed(a, b) } }
    if let unsigned { host.unsigned = { a, b, _ in unsigned(a, b) } }
    var lengthOfBoth: (@Sendable ([Dim]) -> Dim)?
    if let length { lengthOfBoth = { length($0[0], $0[1]) } }
    var slopes: [ElementwiseDefinition.Derivative?] = [nil, nil]
    if let first = derivatives.0 { slopes[0] = { x, y, g in first(x[0], x[1], y, g) } }
    if let second = derivatives.1 { slopes[1] = { x, y, g in second(x[0], x[1], y, g) } }
    definition = ElementwiseDefinition(
      name, arity: 2, typing, infix: infix, recipe: recipe,
      host: host,
      derivatives: slopes, conditions: [conditions.0, conditions.1], scaling: scaling,
      commutative: commutative, booleans: booleans, length: lengthOfBoth, domain: domain, ulps: ulps,
      documentation)
  }

  /// Applies the function to every pair of elements; operands broadcast.
  ///
  /// - Parameters:
  ///   - a: An expression, an array or a number.
  ///   - b: An expression, an array or a number.
  public func callAsFunction(
    _ a: any TensorConvertible, _ b: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    apply([a.tensorVariable, b.tensorVariable], .here(fileID, line))
  }

  package func apply(_ operands: [TensorVariable], _ note: SourceNote) -> TensorVariable {
    definition.apply(operands, note)
  }
}

/// The elementwise choice between two operands.
public struct SelectionFunction: Sendable {
  package let definition: ElementwiseDefinition

  /// Takes each element from `a` where the condition holds and from `b` elsewhere; all three broadcast.
  ///
  /// A number beside an array takes the array's dtype; two numbers give an array of theirs, `float64` for fractions, as in NumPy.
  ///
  /// - Parameters:
  ///   - condition: Booleans.
  ///   - a: The elements where the condition holds.
  ///   - b: The elements elsewhere.
  public func callAsFunction(
    _ condition: any TensorConvertible, _ a: any TensorConvertible, _ b: any TensorConvertible,
    fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    definition.apply([condition.tensorVariable, a.tensorVariable, b.tensorVariable], .here(fileID, line))
  }
}

extension ElementwiseDefinition {
  /// Brings the operands to the dtypes that the function takes and applies it.
  package func apply(_ operands: [TensorVariable], _ note: SourceNote) -> TensorVariable {
    if let number = Promotion.arithmetic(self, operands, note) { return number }
    if let exact = Promotion.exactComparison(self, operands, note) { return exact }
    let operands = Promotion.operands(operands, for: typing, note)
    return TensorVariable(Elementwise(self), operands, note: note)
  }
}
