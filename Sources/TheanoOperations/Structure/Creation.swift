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
      try rules.atMost(0, dim) { _, n in Fault(.shape, "axis \(k) cannot have length \(n)", operand: k + 1) }
    }
    let shape = try rules.broadcast([inputs[0].dims, dims])
    guard shape.count == dims.count else {
      throw Fault(
        .shape, "\(inputs[0].type.brief) has more axes than the \(dims.count) that are asked for", operand: 0)
    }
    return [TensorType(inputs[0].dtype, dims)]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    [call.outputGradients[0].map { sumToShape($0, like: call.inputs[0]) }]
      + call.inputs.dropFirst().map { _ in nil }
  }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    [call.directions[0].map { T.alloc($0, Array(call.inputs.dropFirst())) }]
  }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let shape = inputs.dropFirst().map { Int(HostLoops.integers($0)[0]) }
    if let axis = shape.firstIndex(where: { $0 < 0 }) {
      throw Fault(.shape, "axis \(axis) cannot have length \(shape[axis])", operand: axis + 1)
    }
    return [inputs[0].broadcast(to: shape)]
  }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    let dims = context.inputs[0].dims
    return .pull { builder, index, operand in operand(&builder, 0, alignedIndex(&builder, index, dims)) }
  }
}

/// `start + k * step` for each `k` below a length. Operands: start, step, length.
package struct Arange: Operation {
  package var name: String { "arange" }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    [TensorType(inputs[0].dtype, [inputs[2].length])]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    guard let g = call.outputGradients[0], call.inputs[0].dtype.isFloating else { return [nil, nil, nil] }
    let positions = TensorVariable(
      Arange(), [T.cast(0, g.dtype), T.cast(1, g.dtype), call.inputs[2]], note: SourceNote.ambient ?? .none)
    return [T.sum(g), T.sum(g * positions), nil]
  }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let n = Int(HostLoops.integers(inputs[2])[0])
    let dtype = types[0].dtype
    if dtype.isFloating {
      let (start, step) = (HostLoops.doubles(inputs[0])[0], HostLoops.doubles(inputs[1])[0])
      return [HostLoops.make((0..<n).map { start + Double($0) * step }, [n], dtype)]
    }
    let (start, step) = (HostLoops.integers(inputs[0])[0], HostLoops.integers(inputs[1])[0])
    return [HostLoops.make((0..<n).map { start &+ Int64($0) &* step }, [n], dtype)]
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
    let array = value.ndarray
    return .constant(
      (dtype.map { array.astype($0) } ?? array).strong(), name: name, note: .here(fileID, line))
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
    switch lengthOperands(shape, "alloc", note) {
    case .failure(let variable): return variable
    case .success(let lengths):
      let value = value.tensorVariable
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
    guard !operands.contains(where: { $0.node.isPoisoned }) else {
      return operands.first { $0.node.isPoisoned }!
    }
    if let k = operands.firstIndex(where: { $0.ndim != 0 }) {
      return .impossible(
        "arange", Fault(.shape, "bounds are scalars, not \(operands[k].type.brief)", operand: k),
        operands: operands,
        note: note)
    }
    if let zero = operands[2].constantValue, HostLoops.doubles(zero)[0] == 0 {
      return .impossible(
        "arange", Fault(.argument, "a step of 0 never arrives", operand: 2), operands: operands, note: note)
    }
    return SourceNote.with(note) {
      let length: TensorVariable
      if operands[0].dtype.isInteger || operands[0].dtype == .bool {
        operands = operands.map { cast($0, .int64) }
        // ceil((stop - start) / step), in integers.
        length = T.maximum(0, -T.floorDivide(operands[0] - operands[1], operands[2]))
      } else {
        length = T.maximum(0, cast(T.ceil((operands[1] - operands[0]) / operands[2]), .int64))
      }
      return TensorVariable(Arange(), [operands[0], operands[2], folded(length)], note: note)
    }
  }

  /// An integer scalar made of constants as the constant that it is, so that lengths are known while building.
  package static func folded(_ x: TensorVariable) -> TensorVariable {
    if x.constantValue != nil { return x }
    guard let owner = x.node.owner, x.ndim == 0, owner.op.outputCount == 1 else { return x }
    let operands = owner.inputs.map(folded)
    let values = operands.compactMap(\.constantValue)
    guard values.count == operands.count, let result = try? owner.op.evaluate(values, [x.type]) else {
      return x
    }
    return .constant(result[0], note: x.node.note)
  }
}
