import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Sums or products of the elements so far along an axis.
package struct Cumulative: Operation {
  package enum Kind: String, Sendable { case sum = "cumsum", product = "cumprod" }

  package let kind: Kind
  package let axis: Int
  package var name: String { kind.rawValue }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    [TensorType(Reduction.accumulated(inputs[0].dtype), inputs[0].dims)]
  }

  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    let x = call.inputs[0]
    guard let g = call.outputGradients[0], x.dtype.isFloating else { return [nil] }
    /// Sums from each element to the end.
    func rest(_ v: TensorVariable) -> TensorVariable {
      T.flip(T.cumsum(T.flip(v, axis: axis), axis: axis), axis: axis)
    }
    guard kind == .product else { return [rest(g)] }
    // Without quotients by 0: before the first zero the products of the others are those without it; at the first zero
    // they are the products up to the second; behind it they are 0.
    let isZero = T.eq(x, 0)
    let zeros = T.cumsum(isZero, axis: axis)
    let nonzero = T.where(isZero, 1, x)
    let products = g * T.cumprod(nonzero, axis: axis)
    let before = rest(T.where(T.eq(zeros, 0), products, 0)) / nonzero
    let first = T.where(T.eq(zeros, 1), rest(T.where(T.eq(zeros, 1), products, 0)), 0)
    return [T.where(isZero, first, before)]
  }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let x = inputs[0]
    let order = x.shape.indices.filter { $0 != axis } + [axis]
    let moved = x.transposed(order)
    let n = x.shape[axis]
    let dtype = types[0].dtype
    func run<E: NDArrayScalar>(_ values: HostLoops.Elements<E>, _ combine: (E, E) -> E) throws(Fault)
      -> NDArray
    {
      try HostLoops.fill(moved.shape, dtype) { (target: UnsafeMutableBufferPointer<E>) in
        for k in target.indices { target[k] = k % n == 0 ? values[k] : combine(target[k - 1], values[k]) }
      }
    }
    let result: NDArray
    switch dtype.kind {
    case .floating: result = try run(HostLoops.doubles(moved), kind == .sum ? (+) : (*))
    case .unsigned: result = try run(HostLoops.unsigneds(moved), kind == .sum ? (&+) : (&*))
    case .signed, .bool: result = try run(HostLoops.integers(moved), kind == .sum ? (&+) : (&*))
    case .complex: throw Fault(.dtype, "\(name) is not defined for \(dtype)", operand: 0)
    }
    // Back to where the axes were.
    return [result.transposed(order.indices.map { axis in order.firstIndex(of: axis)! })]
  }

  package func lower(_ context: inout LoweringContext) -> Lowering {
    let (space, dtype) = (context.outputShape(), context.outputs[0].dtype)
    return .steps(1, .elements) { [kind, axis] writer in
      let result = writer.result()
      writer.nest(over: space, reduced: [axis]) { nest in
        let value = nest.builder.apply(.cast(dtype), nest.operand(0, at: nest.index))
        nest.scan(kind == .sum ? .sum : .product, value, dtype: dtype, into: result, at: nest.index)
      }
    }
  }

  package func text(_ operands: [String]) -> String { "\(name)(\(operands[0]), axis: \(axis))" }
}

extension T {
  /// The sums of the elements up to each along an axis. Integers and booleans are summed in 64 bits.
  ///
  /// ```swift
  /// T.cumsum(x, axis: 1)      // of [[1, 2, 3]]: [[1, 3, 6]]
  /// ```
  ///
  /// - Parameters:
  ///   - x: An expression or an array.
  ///   - axis: The axis; negative ones count from the last; `nil` flattens the array first.
  /// - Returns: An array of the shape of `x`, or of one axis without `axis`.
  public static func cumsum(
    _ x: any TensorConvertible, axis: Int? = nil, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { cumulative(.sum, x, axis, .here(fileID, line)) }

  /// The products of the elements up to each along an axis. Integers and booleans are multiplied in 64 bits. Its gradient is
  /// right where elements are 0, too.
  ///
  /// - Parameters:
  ///   - x: An expression or an array.
  ///   - axis: The axis; negative ones count from the last; `nil` flattens the array first.
  /// - Returns: An array of the shape of `x`, or of one axis without `axis`.
  public static func cumprod(
    _ x: any TensorConvertible, axis: Int? = nil, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { cumulative(.product, x, axis, .here(fileID, line)) }

  private static func cumulative(
    _ kind: Cumulative.Kind, _ x: any TensorConvertible, _ axis: Int?, _ note: SourceNote
  ) -> TensorVariable {
    var x = x.tensorVariable
    if x.node.isPoisoned { return x }
    if axis == nil, x.ndim != 1 { x = SourceNote.with(note) { reshape(x, [-1]) } }
    guard let position = x.type.position(ofAxis: axis ?? 0) else {
      return .impossible(
        kind.rawValue, Fault(noAxis: axis ?? 0, of: x.type, operand: 0), operands: [x], note: note)
    }
    return TensorVariable(Cumulative(kind: kind, axis: position), [x], note: note)
  }

  /// The array with the order of its elements along an axis reversed.
  ///
  /// - Parameters:
  ///   - x: An expression or an array.
  ///   - axis: The axis; negative ones count from the last; `nil` reverses all of them.
  public static func flip(
    _ x: any TensorConvertible, axis: Int? = nil, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let x = x.tensorVariable
    let note = SourceNote.here(fileID, line)
    if x.node.isPoisoned { return x }
    let position = axis.flatMap { x.type.position(ofAxis: $0) }
    if let axis, position == nil {
      return .impossible("flip", Fault(noAxis: axis, of: x.type, operand: 0), operands: [x], note: note)
    }
    let entries = (0..<x.ndim).map { position == nil || $0 == position ? AxisIndex.slice(step: -1) : .all }
    return entries.isEmpty ? x : subtensor(x, entries, note)
  }
}
