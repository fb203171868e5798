import TheanoArrays
import TheanoGraph
import TheanoKernels

/// The one entry of an elementwise function: all that any part of the library knows of it.
///
/// From it come `T.name(x)`, the interpreter, the C, OpenCL and CUDA code, the gradient and the generic tests.
package final class ElementwiseDefinition: Sendable {
  /// Which dtypes the operands are brought to, and what the result's is.
  package enum Typing: Sendable {
    /// Operands are promoted together; the result has their dtype.
    case numeric
    /// As `numeric`, and booleans become `int8`.
    case integral
    /// As `numeric`, and integers and booleans become `float64`.
    case floating
    /// Operands are promoted together; the result is `bool`.
    case comparison
    /// As `comparison`, over floats only.
    case floatTest
    /// Booleans, or integers bit by bit.
    case logical
    /// A condition and two values, which are promoted together.
    case selection
    /// Any dtype to the given one.
    case conversion(DType)
  }

  /// How the function is computed on the host, one element at a time; unused operands are ignored.
  ///
  /// `float32` is computed in `float64` and rounded once: as an oracle it is more exact than what it judges.
  package struct Host: Sendable {
    package typealias Float = @Sendable (Double, Double, Double) -> Double
    package typealias Signed = @Sendable (Int64, Int64, Int64) -> Int64
    package typealias Unsigned = @Sendable (UInt64, UInt64, UInt64) -> UInt64
    package var float: Float?
    package var signed: Signed?
    package var unsigned: Unsigned?
    package init(float: Float? = nil, signed: Signed? = nil, unsigned: Unsigned? = nil) {
      self.float = float
      self.signed = signed
      self.unsigned = unsigned
    }
  }

  /// The gradient for one operand, from the operands, the result and the gradient of the result.
  package typealias Derivative =
    @Sendable (
      _ x: [TensorVariable], _ y: TensorVariable, _ g: TensorVariable
    ) -> TensorVariable

  /// Where the gradient for one operand can be other than zero, from the operands.
  package typealias Condition = @Sendable (_ x: [TensorVariable]) -> TensorVariable

  package let name: String
  package let arity: Int
  package let typing: Typing
  /// How it is written between two operands, such as `+`.
  package let infix: String?
  package let recipe: Recipe
  package let host: Host
  /// One for each operand; `nil` where there is none, since the operand or the result is no float. A step's is zero.
  package let derivatives: [Derivative?]
  /// For each operand whose gradient is zero by choice in places: where it is not. What lies below is then not asked for its slope
  /// in the others, where it may be infinite or no number.
  package let conditions: [Condition?]
  /// Whether the derivatives multiply the result's gradient by something: they do not in sums and choices, where a zero stays one
  /// whatever the operands are.
  package let isScaling: Bool
  package let isCommutative: Bool
  /// Whether it means anything for booleans, if it takes numbers of every dtype.
  package let takesBooleans: Bool
  /// What an integer result is as a length, if the operands are.
  package let length: (@Sendable ([Dim]) -> Dim)?
  /// Where tests draw operands from: inside, the function is smooth.
  package let domain: [ClosedRange<Double>]
  /// How far compiled code may be from the exact value, in units of the last place.
  package let ulps: Double
  package let documentation: String

  package init(
    _ name: String, arity: Int, _ typing: Typing, infix: String? = nil, recipe: Recipe, host: Host,
    derivatives: [Derivative?], conditions: [Condition?]? = nil, scaling: Bool = true,
    commutative: Bool = false, booleans: Bool = true, length: (@Sendable ([Dim]) -> Dim)? = nil,
    domain: [ClosedRange<Double>], ulps: Double = 1, _ documentation: String
  ) {
    self.name = name
    self.arity = arity
    self.typing = typing
    self.infix = infix
    self.recipe = recipe
    self.host = host
    self.derivatives = derivatives
    self.conditions = conditions ?? Array(repeating: nil, count: arity)
    isScaling = scaling
    isCommutative = commutative
    takesBooleans = booleans
    self.length = length
    self.domain = domain.count == arity ? domain : Array(repeating: domain[0], count: arity)
    self.ulps = ulps
    self.documentation = documentation
  }
}

/// The application of an elementwise function: one loop, operands broadcasting.
package struct Elementwise: Operation {
  package let definition: ElementwiseDefinition

  package init(_ definition: ElementwiseDefinition) { self.definition = definition }

  package var name: String { definition.name }
  package var isCommutative: Bool { definition.isCommutative }

  package static func == (a: Elementwise, b: Elementwise) -> Bool { a.definition === b.definition }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(definition)) }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let dtype = try resultDType(inputs.map(\.dtype))
    let dims = try rules.broadcast(inputs.map(\.dims))
    // What has the shape of an operand has as many elements as that.
    if !inputs.contains(where: { $0.dims == dims }) { try rules.countable(dims, dtype: dtype) }
    return [TensorType(dtype, dims)]
  }

  private func resultDType(_ dtypes: [DType]) throws(Fault) -> DType {
    switch definition.typing {
    case .numeric, .integral, .floating:
      if dtypes[0] == .bool, !definition.takesBooleans {
        throw Fault(
          .dtype, "\(name) does not take booleans",
          hint: "use .! for the opposite and .^ for a difference, or cast to an integer", operand: 0)
      }
      return dtypes[0]
    case .comparison, .floatTest: return .bool
    case .logical:
      if let k = dtypes.firstIndex(where: \.isFloating) {
        throw Fault(
          .dtype, "\(name) takes booleans or integers, but operand \(k + 1) is \(dtypes[k])",
          hint: "compare first (x .!= 0), or cast to an integer", operand: k)
      }
      return dtypes[0]
    case .selection:
      guard dtypes[0] == .bool else {
        throw Fault(
          .dtype, "the condition is \(dtypes[0]), not bool", hint: "compare first, as in x .> 0", operand: 0)
      }
      return dtypes[1]
    case .conversion(let dtype): return dtype
    }
  }

  package func lengthValue(_ inputs: [Operand]) -> Dim? {
    guard let length = definition.length, inputs.allSatisfy({ $0.ndim == 0 && $0.dtype.isInteger }) else {
      return nil
    }
    if case .conversion(let dtype) = definition.typing {
      // What is converted to a dtype that has all its values stays the same length.
      return DType.promoted(inputs[0].dtype, dtype) == dtype ? length(inputs.map(\.length)) : nil
    }
    // Lengths do not wrap; the arithmetic of narrower integers does, and what it gives is known only when it is computed.
    return inputs.allSatisfy { $0.dtype == .int64 } ? length(inputs.map(\.length)) : nil
  }

  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    guard let g = call.outputGradients[0] else { return call.inputs.map { _ in nil } }
    return call.inputs.indices.map { k in
      let x = call.inputs[k]
      guard call.wanted[k], x.dtype.isFloating, let derivative = definition.derivatives[k] else { return nil }
      var slope = derivative(call.inputs, call.outputs[0], g)
      if let mask = call.masks[0], scales(call.inputs, k) { slope = T.where(mask.condition, slope, 0) }
      return sumToShape(slope, like: x)
    }
  }

  /// Whether the derivative for an operand may turn a zero into something else: not so where it only passes gradients on, or
  /// multiplies by a number that is known.
  private func scales(_ inputs: [TensorVariable], _ k: Int) -> Bool {
    guard definition.isScaling else { return false }
    let isQuotient = definition === T.divide.definition
    guard definition === T.multiply.definition || isQuotient && k == 0, inputs.count == 2 else { return true }
    guard let other = inputs[1 - k].constantValue, other.size <= 64 else { return true }
    guard let factors = try? HostLoops.doubles(other) else { return true }
    return !factors.allSatisfy { $0.isFinite && (!isQuotient || $0.isNormal) }
  }

  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] {
    guard let g = call.outputGradients[0] else { return call.inputs.map { _ in nil } }
    let arrived = call.masks[0]
    return call.inputs.indices.map { k in
      let x = call.inputs[k]
      guard call.wanted[k], x.dtype.isFloating, definition.derivatives[k] != nil else { return nil }
      var mask = arrived
      if let condition = definition.conditions[k] {
        mask = GradientMask(from: [arrived]) {
          let own = condition(call.inputs)
          return arrived.map { T.and($0.condition, own) } ?? own
        }
      }
      guard let whole = mask, isStretched(x, to: g) else { return mask }
      return GradientMask(from: [whole]) {
        T.neq(sumToShape(T.broadcast(T.cast(whole.condition, g.dtype), like: g), like: x), 0)
      }
    }
  }

  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    // The Jacobian is diagonal, so what the L-op multiplies by is what the R-op multiplies by.
    var sum: TensorVariable?
    for (k, direction) in call.directions.enumerated() {
      guard let direction, let derivative = definition.derivatives[k] else { continue }
      let term = derivative(call.inputs, call.outputs[0], direction)
      sum = sum.map { $0 + term } ?? term
    }
    return [sum]
  }

  package func lower(_ context: inout LoweringContext) -> Lowering { .elementwise(definition.recipe) }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    [try HostLoops.elementwise(definition, inputs, result: types[0].dtype)]
  }

  package func text(_ operands: [String]) -> String {
    if let infix = definition.infix, operands.count == 2 { return "(\(operands[0]) \(infix) \(operands[1]))" }
    return definition.infix == "-" ? "-\(operands[0])" : "\(name)(\(operands.joined(separator: ", ")))"
  }
}

/// The axes along which an operand was stretched to a gradient's shape: those that it lacks, and those of length 1.
private func stretchedAxes(
  _ x: TensorVariable, to gradient: TensorVariable
) -> (stretched: [Int], kept: [Int]) {
  let extra = gradient.ndim - x.ndim
  guard extra >= 0 else { return ([], []) }
  let kept = x.type.dims.indices.filter { x.type.dims[$0] == 1 && gradient.type.dims[$0 + extra] != 1 }
  return (Array(0..<extra) + kept.map { $0 + extra }, kept)
}

private func isStretched(_ x: TensorVariable, to gradient: TensorVariable) -> Bool {
  !stretchedAxes(x, to: gradient).stretched.isEmpty
}

extension Operation {
  /// The masks of the inputs' gradients where the L-op only moves, repeats and adds elements of the output's gradient: what it
  /// makes of ones and zeros.
  ///
  /// - Parameter selecting: Whether some elements of the inputs get nothing, even if all of the output's gradient counts.
  func movedMasks(_ call: GradientCall, selecting: Bool = false) -> [GradientMask?] {
    guard let g = call.outputGradients[0], selecting || call.masks[0] != nil else {
      return call.inputs.map { _ in nil }
    }
    let arrived = call.masks[0]
    return call.inputs.indices.map { k in
      guard call.wanted[k] else { return nil }
      return GradientMask(from: [arrived]) {
        let ones = arrived.map { T.broadcast(T.cast($0.condition, g.dtype), like: g) } ?? T.onesLike(g)
        let moved = self.gradient(
          GradientCall(
            inputs: call.inputs, outputs: call.outputs, outputGradients: [ones],
            wanted: call.inputs.indices.map { $0 == k }))
        return T.neq(moved[k] ?? T.zerosLike(call.inputs[k]), 0)
      }
    }
  }
}

/// Sums a gradient over the axes along which an operand was stretched, so that it has the operand's shape.
package func sumToShape(_ gradient: TensorVariable, like x: TensorVariable) -> TensorVariable {
  let (stretched, kept) = stretchedAxes(x, to: gradient)
  if stretched.isEmpty { return gradient }
  let sum = T.sum(gradient, axis: stretched)
  if kept.isEmpty { return sum }
  var order: [Int?] = []
  var next = 0
  for axis in 0..<x.ndim {
    if kept.contains(axis) {
      order.append(nil)
    } else {
      order.append(next)
      next += 1
    }
  }
  return T.dimshuffle(sum, order)
}
