import TheanoArrays
import TheanoKernels

/// Everything that is known of an operation, in one place.
///
/// A new operation is one type that conforms to this; no other file mentions it by name, but for the table that tests
/// walk through.
package protocol Operation: Sendable, Hashable {
  /// The name in errors and listings.
  var name: String { get }
  var outputCount: Int { get }

  /// The types of the results. This one rule serves three purposes: it checks expressions while they are built, makes the checks
  /// of each call, and says how much memory the results need.
  func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType]

  /// An integer scalar result as a length, if it can be expressed as one: so `x.shape[0] + 1` is known to be a length.
  func lengthValue(_ inputs: [Operand]) -> Dim?

  /// The L-op: the gradient with respect to each input, given those with respect to the outputs; `nil` where the
  /// output does not depend on the input differentiably.
  func gradient(_ call: GradientCall) -> [TensorVariable?]

  /// Where the gradient of each input can be other than zero, given where those of the outputs can (`call.masks`); `nil` where
  /// nothing is known. What only moves the elements of a gradient moves its mask; a choice makes one.
  func gradientMasks(_ call: GradientCall) -> [GradientMask?]

  /// The R-op: the directional derivative of each output, given those of the inputs (`nil` is zero).
  func pushforward(_ call: PushforwardCall) -> [TensorVariable?]

  /// The value of the results on this host: the interpreter's and the constant folder's way.
  /// - Parameter types: The types of the results.
  func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray]

  /// How it becomes kernels.
  func lower(_ context: inout LoweringContext) -> Lowering

  /// The operation as it is written, given its operands' texts.
  func text(_ operands: [String]) -> String

  /// Whether an expression shows its first operand in its place: what no user wrote.
  var isWrittenAsOperand: Bool { get }

  /// The operands of which only the shape is read: they are not computed for this application.
  var shapeOnlyOperands: Set<Int> { get }

  /// Whether only one of the operands after the first is needed: `ifElse`.
  var isConditional: Bool { get }

  /// Whether an application may be removed, merged or computed ahead of the call: not so for prints.
  var isPure: Bool { get }

  /// Whether its two operands may be swapped.
  var isCommutative: Bool { get }

  /// The operand whose elements the result consists of, in other positions, as in a transposition or a broadcast. If all elements
  /// of that operand are one number, so are those of the result.
  var movedOperand: Int? { get }
}

extension Operation {
  package var outputCount: Int { 1 }
  package var isConditional: Bool { false }
  package var isWrittenAsOperand: Bool { false }
  package var shapeOnlyOperands: Set<Int> { [] }
  package var isPure: Bool { true }
  package var isCommutative: Bool { false }
  package var movedOperand: Int? { nil }
  package func lengthValue(_ inputs: [Operand]) -> Dim? { nil }
  package func text(_ operands: [String]) -> String { "\(name)(\(operands.joined(separator: ", ")))" }
  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { call.inputs.map { _ in nil } }

  /// Without one of its own, the R-op comes from the L-op: the L-op is linear in the output's gradient `v`, so
  /// differentiating `L(v) . direction` with respect to `v` gives the directional derivative (the "double backward
  /// trick", J. Townsend, 2017).
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] { call.byDoubleBackward() }

  package func equals(_ other: any Operation) -> Bool { (other as? Self) == self }
}

/// An operand as a shape rule sees it.
package struct Operand: Sendable {
  package var type: TensorType
  /// If it is an integer scalar: its value as a length.
  package var length: Dim
  /// Its value, if it is a constant.
  package var constant: NDArray?

  package init(type: TensorType, length: Dim = .unknown, constant: NDArray? = nil) {
    self.type = type
    self.length = length
    self.constant = constant
  }

  package init(_ variable: TensorVariable) {
    type = variable.type
    constant = variable.constantValue
    length = .unknown
    if variable.ndim == 0, variable.dtype.isInteger {
      if let n = constant?.asLength {
        length = .known(n)
      } else if let owner = variable.node.owner {
        length = owner.op.lengthValue(owner.inputs.map { Operand(shallow: $0) }) ?? .unknown
      }
    }
  }

  /// Only what `lengthValue` of the node above may need: the operand's own operands are not looked at.
  private init(shallow variable: TensorVariable) {
    type = variable.type
    constant = variable.constantValue
    length = .unknown
    if let n = constant?.asLength { length = .known(n) }
  }

  package var dtype: DType { type.dtype }
  package var dims: [Dim] { type.dims }
  package var ndim: Int { type.ndim }
}

/// A condition on lengths that only the call can decide.
package struct SizeCheck: Sendable {
  package enum Relation: Sendable { case equal, lessOrEqual }
  package var relation: Relation
  package var left: Size
  package var right: Size
  /// What is wrong, given the two lengths that were met.
  package var fault: @Sendable (Int, Int) -> Fault

  /// Whether two lengths fit.
  package func admits(_ left: Int, _ right: Int) -> Bool {
    switch relation {
    case .equal: left == right
    case .lessOrEqual: left <= right
    }
  }

  /// Whether both lengths are made of what is known.
  package func isKnown(_ symbol: (Size.Symbol) -> Bool) -> Bool {
    left.isKnown(symbol) && right.isKnown(symbol)
  }

  /// Whether the lengths are known, and fit.
  package var isMet: Bool {
    guard let left = left.constant, let right = right.constant else { return false }
    return admits(left, right)
  }
}

/// What shape rules use to compare lengths: what cannot be decided yet is left for the call.
package struct ShapeRules: Sendable {
  package var checks: [SizeCheck] = []
  package init() {}

  /// Demands that two lengths be equal, now if both are known, else at the call; returns the length.
  package mutating func equal(
    _ a: Dim, _ b: Dim, _ fault: @escaping @Sendable (Int, Int) -> Fault
  ) throws(Fault) -> Dim {
    if a == b { return a }
    if let x = a.constant, let y = b.constant { throw fault(x, y) }
    if let x = a.size, let y = b.size {
      checks.append(SizeCheck(relation: .equal, left: x, right: y, fault: fault))
    }
    return a.constant != nil ? a : b.constant != nil ? b : a == .unknown ? b : a
  }

  /// Demands that `a <= b`.
  package mutating func atMost(
    _ a: Dim, _ b: Dim, _ fault: @escaping @Sendable (Int, Int) -> Fault
  ) throws(Fault) {
    if let x = a.constant, let y = b.constant {
      if x > y { throw fault(x, y) }
    } else if let x = a.size, let y = b.size {
      if (y - x).isSurelyNonNegative { return }
      checks.append(SizeCheck(relation: .lessOrEqual, left: x, right: y, fault: fault))
    }
  }

  /// The shape of operands that meet elementwise: aligned at their last axes, where axes known to have length 1
  /// stretch. An axis that is not known to be 1 must have the same length everywhere.
  package mutating func broadcast(_ shapes: [[Dim]]) throws(Fault) -> [Dim] {
    if let first = shapes.first, shapes.allSatisfy({ $0 == first }), !first.contains(.unknown) {
      return first
    }
    let rank = shapes.map(\.count).max() ?? 0
    var result: [Dim] = []
    for axis in 0..<rank {
      var length: Dim = 1
      var from = 0
      for (k, shape) in shapes.enumerated() {
        let own = axis - (rank - shape.count)
        guard own >= 0, shape[own] != 1 else { continue }
        if length == 1 {
          (length, from) = (shape[own], k)
        } else {
          let described = shapes.map { "(\($0.map(\.description).joined(separator: ", ")))" }
          let first = from
          length = try equal(length, shape[own]) { x, y in
            broadcastFault(x, y, axis: axis - rank, operands: (first, k), shapes: described)
          }
        }
      }
      result.append(length)
    }
    return result
  }

  /// Demands that an array of the given lengths can be stretched to a target: each axis, counted from the last, has length
  /// 1 or the target's. Nothing is ever dropped: a longer axis does not fit one of length 1.
  ///
  /// - Parameters:
  ///   - subject: What is stretched, in words: "the value".
  ///   - target: What it is stretched to, in words.
  ///   - operand: Which operand is stretched: no more axes than the target has.
  package mutating func stretch(
    _ dims: [Dim], to lengths: [Dim], _ subject: String, _ target: String, operand: Int
  ) throws(Fault) {
    let lead = lengths.count - dims.count
    precondition(lead >= 0, "the operation has said what is wrong with its ranks")
    for (axis, dim) in dims.enumerated() where dim != 1 {
      _ = try equal(dim, lengths[axis + lead]) { have, want in
        let hint =
          have == 1
          ? "an axis stretches only if it is declared to have length 1: declare it (T.row, T.col, shape: [..., 1, ...]) or "
            + "write T.addBroadcast(operand \(operand + 1), axis: \(axis - dims.count))"
          : "make the lengths equal; only an axis of length 1 stretches, and none shrinks"
        return Fault(
          .shape,
          "axis \(axis - dims.count) of \(subject) has length \(have), but that of \(target) has length \(want)",
          hint: hint, operand: operand)
      }
    }
  }

  /// Demands that the elements of an array of the given lengths can be counted and addressed.
  package mutating func countable(_ dims: [Dim], dtype: DType) throws(Fault) {
    guard dims.contains(where: { $0.constant == nil }) else { return }
    let most = Dim.known(Int.max / dtype.itemSize)
    var product = Dim.known(1)
    for (axis, dim) in dims.enumerated() {
      defer { product = product * dim }
      // The first axis by itself, if it is one of an array that there is.
      if axis == 0, dim.constant != nil { continue }
      if axis == 0, case .axis = dim.size?.symbol { continue }
      try atMost(dim, Dim.floorDivide(most, Dim.maximum(product, 1))) { length, most in
        Fault(
          .shape,
          "axis \(axis) of the result has length \(length): beside the axes before it, no more than \(most) can be addressed",
          hint: "compute with smaller lengths")
      }
    }
  }
}

private func broadcastFault(
  _ x: Int, _ y: Int, axis: Int, operands: (Int, Int), shapes: [String]
) -> Fault {
  let (a, b) = operands
  var hint = "make the lengths equal, or give one of them length 1 on that axis"
  if x == 1 || y == 1 {
    let short = x == 1 ? a : b
    hint =
      "an axis broadcasts only if it is declared to have length 1: declare it (T.row, T.col, shape: [..., 1, ...]) or "
      + "write T.addBroadcast(operand \(short + 1), axis: \(axis))"
  }
  return Fault(
    .shape,
    "operands \(a + 1) and \(b + 1) do not fit: axis \(axis) has length \(x) in one and \(y) in the other",
    hint: hint, operand: b)
}

/// What an L-op is given.
package struct GradientCall {
  package var inputs: [TensorVariable]
  package var outputs: [TensorVariable]
  /// The cost's gradient with respect to each output; `nil` where the cost does not depend on it.
  package var outputGradients: [TensorVariable?]
  /// Which inputs' gradients are wanted.
  package var wanted: [Bool]
  /// Where each output's gradient can be other than zero; `nil`: anywhere. Elsewhere the inputs' gradients are zero too, though
  /// what the gradient is multiplied by may be infinite or no number there.
  package var masks: [GradientMask?]

  package init(
    inputs: [TensorVariable], outputs: [TensorVariable], outputGradients: [TensorVariable?], wanted: [Bool],
    masks: [GradientMask?]? = nil
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.outputGradients = outputGradients
    self.wanted = wanted
    self.masks = masks ?? outputs.map { _ in nil }
  }
}

/// Where a gradient can be other than zero: a boolean expression that broadcasts to the gradient's shape. It is made only if
/// something multiplies that gradient; most masks end unmade at a variable or a matrix product.
package final class GradientMask {
  private var make: (() -> TensorVariable)?
  private var made: TensorVariable?
  /// How many masks that are not made yet this one is made from, one after the other.
  private let depth: Int
  /// Longer chains are made at once, so that making them does not take a stack frame for each.
  private static let deepest = 64

  /// - Parameters:
  ///   - sources: The masks that it is made from.
  ///   - make: Makes the expression.
  package init(from sources: [GradientMask?] = [], _ make: @escaping () -> TensorVariable) {
    let note = SourceNote.ambient ?? .none
    depth = 1 + (sources.map { $0?.depthToMake ?? 0 }.max() ?? 0)
    self.make = { SourceNote.with(note, make) }
    if depth > GradientMask.deepest { _ = condition }
  }

  private var depthToMake: Int { made == nil ? depth : 0 }

  /// The expression.
  package var condition: TensorVariable {
    if let made { return made }
    let value = make!()
    (made, make) = (value, nil)
    return value
  }
}

/// What an R-op is given.
package struct PushforwardCall {
  package var inputs: [TensorVariable]
  package var outputs: [TensorVariable]
  /// The direction of each input; `nil` is zero.
  package var directions: [TensorVariable?]
  /// The directional derivatives by double backward. A closure, since that code is in TheanoGradients, which operations cannot
  /// import.
  package var byDoubleBackward: () -> [TensorVariable?]

  package init(
    inputs: [TensorVariable], outputs: [TensorVariable], directions: [TensorVariable?],
    byDoubleBackward: @escaping () -> [TensorVariable?]
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.directions = directions
    self.byDoubleBackward = byDoubleBackward
  }
}
