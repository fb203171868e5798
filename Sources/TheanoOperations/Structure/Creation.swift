import TheanoArrays
import TheanoGraph
import TheanoKernels

/// An array of the given lengths (scalar operands) filled with what is broadcast into it.
package struct Alloc: Operation {
  package init() {}
  package var name: String { "alloc" }
  package var movedOperand: Int? { 0 }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let dims = inputs.dropFirst().map(\.length)
    for (k, dim) in dims.enumerated() {
      try rules.atMost(0, dim) { _, n in
        Fault(
          .shape, "axis \(k) cannot have length \(n)", hint: "lengths are at least 0", operand: k + 1)
      }
    }
    guard inputs[0].ndim <= dims.count else {
      throw Fault(
        .shape, "\(inputs[0].type.brief) has more axes than the \(dims.count) that are asked for",
        hint: "give a length for each axis of the value, and for those before them", operand: 0)
    }
    try rules.stretch(inputs[0].dims, to: dims, "the value", "the new array", operand: 0)
    try rules.countable(dims, dtype: inputs[0].dtype)
    return [TensorType(inputs[0].dtype, dims)]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    [call.outputGradients[0].map { sumToShape($0, like: call.inputs[0]) }]
      + call.inputs.dropFirst().map { _ in nil }
  }
  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { movedMasks(call) }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    [call.directions[0].map { T.alloc($0, Array(call.inputs.dropFirst())) }]
  }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let shape = try HostLoops.lengths(inputs.dropFirst())
    if let axis = shape.firstIndex(where: { $0 < 0 }) {
      throw Fault(.shape, "axis \(axis) cannot have length \(shape[axis])", operand: axis + 1)
    }
    return [try HostLoops.stretched(inputs[0], to: shape)]
  }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    let dims = context.inputs[0].dims
    return .pull { builder, index, operand in operand(&builder, 0, alignedIndex(&builder, index, dims)) }
  }
}

/// `start + k * step` for each `k` below a length. Operands: start, step, length.
package struct Arange: Operation {
  package var name: String { "arange" }
  package func text(_ operands: [String]) -> String {
    "arange(from: \(operands[0]), step: \(operands[1]), count: \(operands[2]))"
  }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    try rules.atMost(0, inputs[2].length) { _, _ in Arange.endless }
    return [TensorType(inputs[0].dtype, [inputs[2].length])]
  }

  /// Bounds and steps between which there is no number of positions are given the length -1.
  private static let endless = Fault(
    .argument, "there are no such numbers: the step is 0, or a bound or the step is not finite or too large",
    hint: "check the bounds and the step before the call", operand: 1)

  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    guard let g = call.outputGradients[0], call.inputs[0].dtype.isFloating else { return [nil, nil, nil] }
    let positions = TensorVariable(
      Arange(), [T.cast(0, g.dtype), T.cast(1, g.dtype), call.inputs[2]], note: SourceNote.ambient ?? .none)
    return [T.sum(g), T.sum(g * positions), nil]
  }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let n = try HostLoops.length(inputs[2])
    guard n >= 0 else { throw Arange.endless }
    let dtype = types[0].dtype
    if dtype.isFloating {
      let (start, step) = (try HostLoops.doubles(inputs[0])[0], try HostLoops.doubles(inputs[1])[0])
      return [try HostLoops.make([n], dtype) { start + Double($0) * step }]
    }
    let (start, step) = (try HostLoops.integers(inputs[0])[0], try HostLoops.integers(inputs[1])[0])
    return [try HostLoops.make([n], dtype) { start &+ Int64($0) &* step }]
  }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    let dtype = context.outputs[0].dtype
    return .pull { builder, index, operand in
      let k = builder.apply(.cast(dtype), index[0])
      let step = operand(&builder, 1, [])
      let start = operand(&builder, 0, [])
      return builder.apply(.add, start, builder.apply(.multiply, k, step))
    }
  }
}

extension T {
  /// A constant with the given value.
  ///
  /// - Parameters:
  ///   - value: An array, a number, or nested lists of numbers.
  ///   - dtype: Its dtype, if not the one that the value has.
  ///   - name: A name for listings and errors.
  public static func constant(
    _ value: any NDArrayConvertible, dtype: DType? = nil, name: String? = nil, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable {
    .constant(converting: value, name: name, note: .here(fileID, line)) { (array) throws(TheanoError) in
      guard let dtype else { return array.strong() }
      return try array.checked.astype(dtype).strong()
    }
  }

  /// An array of the given shape filled with a value, which may itself be an array that broadcasts.
  ///
  /// - Parameters:
  ///   - value: What it is filled with.
  ///   - shape: The lengths: numbers or integer scalars.
  public static func alloc(
    _ value: any TensorConvertible, _ shape: [any TensorConvertible], fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable {
    let note = SourceNote.here(fileID, line)
    let value = value.tensorVariable
    switch lengthOperands(shape, of: value, "alloc", note) {
    case .failure(let variable): return variable
    case .success(let lengths):
      let strong = value.isWeak ? .constant(value.constantValue!.strong(), note: note) : value
      return TensorVariable(Alloc(), [strong] + lengths, note: note)
    }
  }

  /// Zeros. The dtype is `config.floatX` unless it is given.
  public static func zeros(
    _ shape: [any TensorConvertible], dtype: DType = config.floatX, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { alloc(NDArray(0.0).astype(dtype), shape, fileID: fileID, line: line) }

  /// Ones. The dtype is `config.floatX` unless it is given.
  public static func ones(
    _ shape: [any TensorConvertible], dtype: DType = config.floatX, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { alloc(NDArray(1.0).astype(dtype), shape, fileID: fileID, line: line) }

  /// The numbers from 0 up to, not including, `stop`.
  public static func arange(
    _ stop: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { arange(0, stop, 1, fileID: fileID, line: line) }

  /// The numbers `start`, `start + step`, ... up to, not including, `stop`; integers if all three are.
  ///
  /// - Parameters:
  ///   - start: A scalar: the first number.
  ///   - stop: A scalar: the bound.
  ///   - step: A scalar, not 0.
  public static func arange(
    _ start: any TensorConvertible, _ stop: any TensorConvertible, _ step: any TensorConvertible = 1,
    fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let note = SourceNote.here(fileID, line)
    var operands = Promotion.together(
      [start.tensorVariable, stop.tensorVariable, step.tensorVariable], floating: false, note)
    if operands.contains(where: { $0.node.isPoisoned }) { return .carrying("arange", operands, note: note) }
    if let k = operands.firstIndex(where: { $0.ndim != 0 }) {
      return .impossible(
        "arange",
        Fault(
          .shape, "a bound or step is \(operands[k].type.brief), not a scalar",
          hint: "index or reduce it to one number", operand: k),
        operands: operands,
        note: note)
    }
    return SourceNote.with(note) {
      let length: TensorVariable
      if operands[0].dtype.isInteger || operands[0].dtype == .bool {
        operands = operands.map { Promotion.position($0, note) }
        func number(_ k: Int) -> Int64? { operands[k].constantValue.flatMap { try? $0.item() } }
        if let from = number(0), let to = number(1) {
          if to.subtractingReportingOverflow(from).overflow {
            return .impossible(
              "arange",
              Fault(
                .argument, "the distance from \(from) to \(to) is more than int64 holds",
                hint: "give bounds that are closer together", operand: 1),
              operands: operands, note: note)
          }
        }
        // ceil((stop - start) / step), in integers.
        let count = T.maximum(0, -T.floorDivide(operands[0] - operands[1], operands[2]))
        // A step that is a nonzero number needs no check, and leaves the length a polynomial.
        length = number(2).map { $0 != 0 } ?? false ? count : T.where(T.eq(operands[2], 0), -1, count)
      } else {
        // False also for NaN; what is beyond this no memory holds, and no integer may hold.
        let count = T.ceil((operands[1] - operands[0]) / operands[2])
        length = T.where(T.lt(count, 0x1p53), cast(T.maximum(0, count), .int64), -1)
      }
      return TensorVariable(Arange(), [operands[0], operands[2], folded(length)], note: note)
    }
  }

  /// An integer scalar made of constants as the constant that it is, so that lengths are known while building.
  ///
  /// Looks at a few operations only: what is made of more is left to the program.
  package static func folded(_ x: TensorVariable) -> TensorVariable {
    var budget = 32
    func value(_ x: TensorVariable) -> NDArray? {
      if let constant = x.constantValue { return constant }
      guard budget > 0, let owner = x.node.owner, x.ndim == 0, owner.op.outputCount == 1, !x.node.isPoisoned
      else { return nil }
      budget -= 1
      var operands: [NDArray] = []
      for input in owner.inputs {
        guard let operand = value(input) else { return nil }
        operands.append(operand)
      }
      return (try? owner.op.evaluate(operands, [x.type]))?.first
    }
    if x.constantValue != nil { return x }
    return value(x).map { .constant($0, note: x.node.note) } ?? x
  }
}
