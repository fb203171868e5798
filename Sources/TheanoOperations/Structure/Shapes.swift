import TheanoArrays
import TheanoGraph
import TheanoKernels

/// The length of one axis, as an `int64` scalar; only the operand's shape is read.
package struct AxisLength: Operation {
  package let axis: Int
  package init(axis: Int) { self.axis = axis }
  package var name: String { "length" }
  package var shapeOnlyOperands: Set<Int> { [0] }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    [TensorType(.int64, ndim: 0)]
  }
  package func lengthValue(_ inputs: [Operand]) -> Dim? { inputs[0].dims[axis] }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] { [nil] }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] { [nil] }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    [NDArray(scalar: Int64(inputs[0].shape[axis]))]
  }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    let length = context.shape(0)[axis]
    return .pull { builder, _, _ in builder.extent(length) }
  }
  package func text(_ operands: [String]) -> String { "\(operands[0]).shape[\(axis)]" }
}

/// The operand stretched to the shape of another, of which only the shape is read.
package struct BroadcastLike: Operation {
  package init() {}
  package var name: String { "broadcast" }
  package var movedOperand: Int? { 0 }
  package var shapeOnlyOperands: Set<Int> { [1] }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    guard inputs[0].ndim <= inputs[1].ndim else {
      throw Fault(
        .shape, "\(inputs[0].type.brief) has more axes than \(inputs[1].type.brief)",
        hint: "an array stretches only to one of at least as many axes", operand: 0)
    }
    try rules.stretch(inputs[0].dims, to: inputs[1].dims, "the first operand", "the second", operand: 0)
    try rules.countable(inputs[1].dims, dtype: inputs[0].dtype)
    return [TensorType(inputs[0].dtype, inputs[1].dims)]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    [call.outputGradients[0].map { sumToShape($0, like: call.inputs[0]) }, nil]
  }
  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { movedMasks(call) }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    [call.directions[0].map { T.broadcast($0, like: call.inputs[1]) }]
  }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    [try HostLoops.stretched(inputs[0], to: inputs[1].shape)]
  }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    let dims = context.inputs[0].dims
    return .pull { builder, index, operand in
      operand(&builder, 0, alignedIndex(&builder, index, dims))
    }
  }
}

/// The indices of an operand that broadcasts against `index`: the last ones, 0 where the length is 1.
package func alignedIndex(
  _ builder: inout NestBuilder, _ index: [LoopNest.Ref], _ dims: [Dim]
) -> [LoopNest.Ref] {
  let offset = index.count - dims.count
  return dims.indices.map { dims[$0] == 1 ? builder.integer(0) : index[$0 + offset] }
}

/// Axes permuted, inserted with length 1 (`nil`), and dropped where they have length 1.
package struct DimShuffle: Operation {
  package let order: [Int?]
  package init(order: [Int?]) { self.order = order }
  package var name: String { "dimshuffle" }
  package var movedOperand: Int? { 0 }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let x = inputs[0]
    for axis in order.compactMap({ $0 }) where !x.dims.indices.contains(axis) {
      throw Fault(noAxis: axis, of: x.type, operand: 0)
    }
    for axis in x.dims.indices where !order.contains(axis) {
      _ = try rules.equal(1, x.dims[axis]) { _, n in
        Fault(
          .shape, "axis \(axis) is dropped but has length \(n), not 1",
          hint: "index or reduce the axis instead",
          operand: 0)
      }
    }
    return [TensorType(x.dtype, order.map { $0.map { x.dims[$0] } ?? 1 })]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    [call.outputGradients[0].map { T.dimshuffle($0, inverse(rank: call.inputs[0].ndim)) }]
  }
  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { movedMasks(call) }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    [call.directions[0].map { T.dimshuffle($0, order) }]
  }
  private func inverse(rank: Int) -> [Int?] { (0..<rank).map { axis in order.firstIndex(of: axis) } }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let kept = order.compactMap { $0 }
    let dropped = (0..<inputs[0].ndim).filter { !kept.contains($0) }
    for axis in dropped where inputs[0].shape[axis] != 1 {
      throw Fault(
        .shape, "axis \(axis) is dropped but has length \(inputs[0].shape[axis]), not 1", operand: 0)
    }
    // A view: each axis of the result is one of the operand's, or has length 1.
    return [
      inputs[0].view(
        shape: order.map { $0.map { inputs[0].shape[$0] } ?? 1 },
        strides: order.map { $0.map { inputs[0].strides[$0] } ?? 0 })
    ]
  }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    let rank = context.inputs[0].ndim
    let inverse = inverse(rank: rank)
    return .pull { builder, index, operand in
      let at = inverse.map { $0.map { index[$0] } ?? builder.integer(0) }
      return operand(&builder, 0, at)
    }
  }
  package func text(_ operands: [String]) -> String {
    if order == [1, 0] { return "\(operands[0]).T" }
    return "dimshuffle(\(operands[0]), \(order.map { $0.map(String.init) ?? "x" }.joined(separator: " ")))"
  }
}

/// The same elements in the same order under another shape, whose lengths are scalar operands; -1 stands for what is left.
package struct Reshape: Operation {
  /// Whether it merges axes for a mask that covers them together: what is written through the mask then gets the shape back
  /// that was there before.
  package var mergesAxes = false
  package var name: String { "reshape" }
  package var movedOperand: Int? { 0 }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let x = inputs[0]
    let total = x.dims.reduce(Dim.known(1)) { $0 * $1 }
    var dims = inputs.dropFirst().map(\.length)
    let shown = "(\(dims.map { $0.constant.map(String.init) ?? "?" }.joined(separator: ", ")))"
    for (k, dim) in dims.enumerated() where dim != -1 {
      try rules.atMost(0, dim) { _, n in
        Fault(
          .shape, "length \(k + 1) of the new shape is \(n)",
          hint: n == -1
            ? "a length that stands for what is left must be the number -1 where the expression is written"
            : "lengths are at least 0; one may be -1, which stands for what is left", operand: k + 1)
      }
    }
    if let open = dims.firstIndex(of: -1) {
      let rest = dims.indices.filter { $0 != open }.reduce(Dim.known(1)) { $0 * dims[$1] }
      if dims.filter({ $0 == -1 }).count > 1 {
        throw Fault(
          .shape, "only one length can be -1", hint: "say all lengths but one", operand: open + 1)
      }
      // Beside a length of 0 every number would do; NumPy refuses that, too.
      for (k, dim) in dims.enumerated() where k != open {
        try rules.atMost(1, dim) { _, _ in
          Fault(
            .shape, "length \(k + 1) of the new shape is 0: the -1 beside it could stand for any number",
            hint: "say all lengths", operand: k + 1)
        }
      }
      if let n = total.constant, let m = rest.constant, n % m != 0 {
        throw Fault(
          .shape, "\(x.type.brief) has \(n) elements, which is no multiple of \(m)",
          hint: "the product of the lengths must be the number of elements", operand: 0)
      }
      dims[open] = Dim.floorDivide(total, rest)
    }
    try TensorType(x.dtype, dims).requirePossible("the new shape")
    // Before the products are compared: those of 64 bits would wrap.
    try rules.countable(dims, dtype: x.dtype)
    let product = dims.reduce(Dim.known(1)) { $0 * $1 }
    let brief = x.type.brief
    _ = try rules.equal(total, product) { have, want in
      Fault(
        .shape, "\(brief) with \(have) elements cannot be reshaped to \(shown), which has \(want)",
        hint: "the product of the lengths must be the number of elements; one of them may be -1", operand: 0)
    }
    return [TensorType(x.dtype, dims)]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    let x = call.inputs[0]
    let g = call.outputGradients[0].map { T.reshape($0, T.lengths(of: x)) }
    return [g] + call.inputs.dropFirst().map { _ in nil }
  }
  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { movedMasks(call) }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    [call.directions[0].map { T.reshape($0, Array(call.inputs.dropFirst())) }]
  }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let shape = try HostLoops.lengths(inputs.dropFirst())
    let x = try HostLoops.memory { () throws(TheanoError) in try inputs[0].checked.contiguous() }
    do throws(TheanoError) { return [try x.checked.reshaped(shape)] } catch {
      throw Fault(
        .shape, "\(inputs[0].shape) with \(inputs[0].size) elements cannot be reshaped to \(shape)",
        hint: "the product of the lengths must be the number of elements", operand: 0)
    }
  }
  package func lower(_ context: inout LoweringContext) -> Lowering { .view }
}

/// Operands put one after the other along an axis.
package struct Concatenate: Operation {
  package let axis: Int
  package var name: String { "concatenate" }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    var dims = inputs[0].dims
    for (k, x) in inputs.enumerated().dropFirst() {
      guard x.ndim == dims.count else {
        throw Fault(
          .shape, "operand 1 has \(counted(dims.count, "axis", "axes")) and operand \(k + 1) has \(x.ndim)",
          hint: "all operands need the same number of axes", operand: k)
      }
      for d in dims.indices {
        if d == axis {
          dims[d] = dims[d] + x.dims[d]
        } else {
          dims[d] = try rules.equal(dims[d], x.dims[d]) { m, n in
            Fault(
              .shape, "axis \(d) has length \(m) before operand \(k + 1) and \(n) in it",
              hint: "all axes but the one that is joined must be equally long", operand: k)
          }
        }
      }
    }
    return [TensorType(inputs[0].dtype, dims)]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    guard let g = call.outputGradients[0] else { return call.inputs.map { _ in nil } }
    var start: TensorVariable = 0
    return call.inputs.map { x in
      let stop = start + T.length(of: x, axis: axis)
      defer { start = stop }
      return T.slice(g, axis: axis, from: start, to: stop)
    }
  }
  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { movedMasks(call) }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    if call.directions.allSatisfy({ $0 == nil }) { return [nil] }
    return [T.concatenate(zip(call.directions, call.inputs).map { $0 ?? T.zerosLike($1) }, axis: axis)]
  }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    var shape = inputs[0].shape
    for (k, x) in inputs.enumerated().dropFirst() {
      guard x.ndim == shape.count, x.shape.indices.allSatisfy({ $0 == axis || x.shape[$0] == shape[$0] })
      else {
        throw Fault(.shape, "\(x.shape) cannot be joined to \(shape) along axis \(axis)", operand: k)
      }
      shape[axis] += x.shape[axis]
    }
    return [
      try HostLoops.memory { () throws(TheanoError) in
        let result = try NDArray.allocate(shape, dtype: types[0].dtype)
        let rows = shape[..<axis].reduce(1, *)
        let width = shape[(axis + 1)...].reduce(1, *) * result.dtype.itemSize
        var start = 0
        for x in inputs {
          let x = try x.checked.contiguous()
          let bytes = x.shape[axis] * width
          withExtendedLifetime(x) {
            for row in 0..<rows {
              (result.data + (row * shape[axis] + start) * width).copyMemory(
                from: x.data + row * bytes, byteCount: bytes)
            }
          }
          start += x.shape[axis]
        }
        return result
      }
    ]
  }
  package func lower(_ context: inout LoweringContext) -> Lowering {
    let shapes = context.inputs.indices.map { context.shape($0) }
    return .steps(shapes.count, .elements) { [axis] writer in
      let result = writer.result()
      var start: Size = 0
      for (k, shape) in shapes.enumerated() {
        writer.nest(over: shape) { nest in
          var at = nest.index
          at[axis] = nest.builder.apply(.add, nest.builder.extent(start), at[axis])
          nest.store(nest.operand(k, at: nest.index), in: result, at: at)
        }
        start = start + shape[axis]
      }
    }
  }
}

extension T {
  /// The length of one axis, as an `int64` scalar: a number if it is known, else read at the call.
  package static func length(of x: TensorVariable, axis: Int) -> TensorVariable {
    let axis = axis < 0 ? axis + x.ndim : axis
    if let n = x.type.dims[axis].constant { return .constant(NDArray(scalar: Int64(n))) }
    return TensorVariable(AxisLength(axis: axis), [x], note: SourceNote.ambient ?? .none)
  }

  package static func lengths(of x: TensorVariable) -> [TensorVariable] {
    (0..<x.ndim).map { length(of: x, axis: $0) }
  }

  /// Stretches `x` to the shape of `other`; axes of length 1 repeat, missing leading axes are added.
  ///
  /// - Parameters:
  ///   - x: What is stretched.
  ///   - other: Whose shape is taken; its values are not computed.
  public static func broadcast(
    _ x: any TensorConvertible, like other: TensorVariable, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    var x = x.tensorVariable
    if x.node.isPoisoned || other.node.isPoisoned {
      return .carrying("broadcast", [x, other], note: .here(fileID, line))
    }
    // A number written in Swift takes the dtype of what it meets; true and false are none.
    if x.isWeak {
      let dtype = x.dtype == .bool ? .bool : Promotion.common([x, other])
      x = Promotion.convert(x, to: dtype, .here(fileID, line))
    }
    if x.type.dims == other.type.dims, !x.type.dims.contains(.unknown) { return x }
    if x == other { return x }
    return TensorVariable(BroadcastLike(), [x, other], note: .here(fileID, line))
  }

  /// Zeros of the shape and dtype of `x`.
  public static func zerosLike(_ x: TensorVariable, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    broadcast(NDArray(0.0).astype(x.dtype), like: x, fileID: fileID, line: line)
  }

  /// Ones of the shape and dtype of `x`.
  public static func onesLike(_ x: TensorVariable, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    broadcast(NDArray(1.0).astype(x.dtype), like: x, fileID: fileID, line: line)
  }

  /// Permutes the axes, inserts axes of length 1 (`nil`), and drops axes of length 1 that are not named.
  ///
  /// - Parameters:
  ///   - x: An expression or an array.
  ///   - order: For each axis of the result, the axis of `x` that it is, or `nil` for a new one.
  public static func dimshuffle(
    _ x: any TensorConvertible, _ order: [Int?], fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let x = x.tensorVariable
    if order == (0..<x.ndim).map({ $0 }) { return x }
    let note = SourceNote.here(fileID, line)
    let named = order.compactMap { $0 }
    if Set(named).count != named.count {
      return .impossible(
        "dimshuffle",
        Fault(
          .shape,
          "an axis is named twice in (\(order.map { $0.map(String.init) ?? "nil" }.joined(separator: ", ")))",
          hint: "name each axis once; to repeat an axis use T.broadcast", operand: 0),
        operands: [x], note: note)
    }
    return TensorVariable(DimShuffle(order: order), [x], note: note)
  }

  /// The same elements in the same (row-major) order under another shape.
  ///
  /// - Parameters:
  ///   - x: An expression or an array.
  ///   - shape: The lengths: numbers or integer scalars; one may be -1, which stands for what is left.
  public static func reshape(
    _ x: any TensorConvertible, _ shape: [any TensorConvertible], fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let x = x.tensorVariable
    let note = SourceNote.here(fileID, line)
    switch lengthOperands(shape, of: x, "reshape", note) {
    case .failure(let variable): return variable
    case .success(let lengths): return TensorVariable(Reshape(), [x] + lengths, note: note)
    }
  }

  enum Lengths {
    case success([TensorVariable])
    case failure(TensorVariable)
  }

  /// The lengths that `x` is to have as operands; all that is wrong with them and with `x` if they cannot be.
  static func lengthOperands(
    _ shape: [any TensorConvertible], of x: TensorVariable, _ name: String, _ note: SourceNote
  ) -> Lengths {
    let lengths = shape.map(\.tensorVariable)
    if x.node.isPoisoned || lengths.contains(where: { $0.node.isPoisoned }) {
      return .failure(.carrying(name, [x] + lengths, note: note))
    }
    if let k = lengths.firstIndex(where: { $0.ndim != 0 || !$0.dtype.isInteger }) {
      let fault = Fault(
        .shape, "length \(k + 1) is \(lengths[k].type.brief), not an integer scalar",
        hint: "cast it: T.cast(length, .int64)", operand: k + 1)
      return .failure(.impossible(name, fault, operands: [x] + lengths, note: note))
    }
    return .success(lengths.map { Promotion.position($0, note) })
  }

  /// Puts arrays one after the other along an existing axis; dtypes promote.
  ///
  /// - Parameters:
  ///   - parts: At least one expression or array, all of the same rank, which is at least 1.
  ///   - axis: The axis along which they are joined; negative ones count from the last.
  public static func concatenate(
    _ parts: [any TensorConvertible], axis: Int = 0, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let note = SourceNote.here(fileID, line)
    let operands = Promotion.together(parts.map(\.tensorVariable), floating: false, note)
    guard let first = operands.first else {
      return .impossible(
        "concatenate", Fault(.argument, "there is nothing to join", hint: "give at least one array"),
        note: note)
    }
    if operands.contains(where: { $0.node.isPoisoned }) {
      return .carrying("concatenate", operands, note: note)
    }
    guard let position = first.type.position(ofAxis: axis) else {
      var fault = Fault(noAxis: axis, of: first.type, operand: 0)
      if first.ndim == 0 { fault.hint = "scalars have no axis to be joined along: use T.stack" }
      return .impossible("concatenate", fault, operands: operands, note: note)
    }
    return TensorVariable(Concatenate(axis: position), operands, note: note)
  }

  /// Puts arrays of one shape side by side along a new axis; dtypes promote.
  public static func stack(
    _ parts: [any TensorConvertible], axis: Int = 0, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let note = SourceNote.here(fileID, line)
    // Together before axes are added: numbers take the dtype of the arrays.
    let operands = Promotion.together(parts.map(\.tensorVariable), floating: false, note)
    guard let first = operands.first else {
      let fault = Fault(.argument, "there is nothing to stack", hint: "give at least one array")
      return .impossible("stack", fault, note: note)
    }
    if operands.contains(where: { $0.node.isPoisoned }) { return .carrying("stack", operands, note: note) }
    if let k = operands.firstIndex(where: { $0.ndim != first.ndim }) {
      let fault = Fault(
        .shape, "operand 1 is \(first.type.brief) and operand \(k + 1) is \(operands[k].type.brief)",
        hint: "all operands need the same number of axes", operand: k)
      return .impossible("stack", fault, operands: operands, note: note)
    }
    let rank = first.ndim + 1
    guard (-rank..<rank).contains(axis) else {
      let fault = Fault(
        .shape, "there is no axis \(axis): the result has \(counted(rank, "axis", "axes"))",
        hint: "axes run from 0 to \(rank - 1), or from -\(rank) to -1", operand: 0)
      return .impossible("stack", fault, operands: operands, note: note)
    }
    let position = axis < 0 ? axis + rank : axis
    return SourceNote.with(note) {
      concatenate(
        operands.map { x in
          var order: [Int?] = Array(0..<x.ndim)
          order.insert(nil, at: position)
          return dimshuffle(x, order)
        }, axis: position)
    }
  }

  /// Declares that axes have length 1, so that they broadcast; checked at the call.
  ///
  /// - Parameters:
  ///   - x: An expression.
  ///   - axes: The axes; negative ones count from the last.
  public static func addBroadcast(
    _ x: TensorVariable, axis axes: Int..., fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { addBroadcast(x, axes: axes, .here(fileID, line)) }

  /// As `addBroadcast(_:axis:)`, of a list.
  package static func addBroadcast(
    _ x: TensorVariable, axes: [Int], _ note: SourceNote = SourceNote.ambient ?? .none
  ) -> TensorVariable {
    if x.node.isPoisoned { return x }
    if let wrong = axes.first(where: { x.type.position(ofAxis: $0) == nil }) {
      return .impossible(
        "addBroadcast", Fault(noAxis: wrong, of: x.type, operand: 0), operands: [x], note: note)
    }
    return SourceNote.with(note) {
      let axes = axes.compactMap { x.type.position(ofAxis: $0) }
      var next = -1
      return dimshuffle(
        dimshuffle(x, (0..<x.ndim).filter { !axes.contains($0) }),
        (0..<x.ndim).map { axis in
          if axes.contains(axis) { return nil }
          next += 1
          return next
        })
    }
  }
}

extension TensorVariable {
  /// The transpose: axes in reverse order.
  public var T: TensorVariable {
    ndim < 2
      ? self
      : TensorVariable(DimShuffle(order: (0..<ndim).reversed().map { $0 }), [self], note: .operatorSite())
  }

  /// The lengths of the axes, as `int64` scalars.
  ///
  /// An impossible expression has as many lengths as an expression can have axes, all of them impossible: `x.shape[1]`
  /// must not trap where `x` carries a diagnosis.
  public var shape: [TensorVariable] {
    if node.isPoisoned { return [TensorVariable](repeating: self, count: TensorType.mostAxes) }
    return TheanoOperations.T.lengths(of: self)
  }

  /// The same elements under another shape.
  public func reshaped(
    _ shape: any TensorConvertible..., fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { TheanoOperations.T.reshape(self, shape, fileID: fileID, line: line) }

  /// Permutes the axes, inserts axes of length 1 (`nil`), and drops axes of length 1 that are not named.
  public func dimshuffle(
    _ order: Int?..., fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { TheanoOperations.T.dimshuffle(self, order, fileID: fileID, line: line) }
}
