import TheanoArrays
import TheanoGraph
import TheanoKernels

/// A reduction over some axes, which vanish from the shape.
package struct Reduction: Operation {
  package enum Kind: String, Sendable, CaseIterable {
    case sum, prod, max, min, any, all, argmax, argmin
  }

  package let kind: Kind
  /// Ascending, not empty.
  package let axes: [Int]
  /// Whether the largest of no floats is minus infinity, the smallest infinity: what rewriting needs and programs do not ask for.
  package let takesEmpty: Bool

  package init(_ kind: Kind, axes: [Int], takesEmpty: Bool = false) {
    self.kind = kind
    self.axes = axes
    self.takesEmpty = takesEmpty
  }

  package var name: String { kind.rawValue }

  private var combiner: LoopNest.Combiner {
    switch kind {
    case .sum: .sum
    case .prod: .product
    case .max: .maximum
    case .min: .minimum
    case .any: .or
    case .all: .and
    case .argmax: .argMax
    case .argmin: .argMin
    }
  }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let x = inputs[0]
    if !takesEmpty, kind == .max || kind == .min || kind == .argmax || kind == .argmin {
      for axis in axes {
        let kind = kind.rawValue
        try rules.atMost(1, x.dims[axis]) { _, n in
          Fault(
            .shape, "\(kind) over axis \(axis), which has length \(n), has no answer",
            hint: "make sure that the axis is not empty", operand: 0)
        }
      }
    }
    let kept = x.dims.indices.filter { !axes.contains($0) }.map { x.dims[$0] }
    let dtype: DType =
      switch kind {
      case .sum, .prod: Reduction.accumulated(x.dtype)
      case .max, .min: x.dtype
      case .any, .all: .bool
      case .argmax, .argmin: .int64
      }
    return [TensorType(dtype, kept)]
  }

  /// Sums of small integers and booleans widen, as in NumPy.
  package static func accumulated(_ dtype: DType) -> DType {
    switch dtype.kind {
    case .bool, .signed: .int64
    case .unsigned: .uint64
    default: dtype
    }
  }

  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    let x = call.inputs[0]
    guard let g = call.outputGradients[0], x.dtype.isFloating else { return [nil] }
    func spread(_ v: TensorVariable) -> TensorVariable { T.broadcast(expand(v, rank: x.ndim), like: x) }
    switch kind {
    case .sum: return [spread(g)]
    case .max, .min:
      // Every position that ties has the slope, as in Theano.
      return [T.where(T.eq(x, expand(call.outputs[0], rank: x.ndim)), spread(g), 0)]
    case .prod:
      // The product of the others, right also where elements are zero.
      let zero = T.eq(x, 0)
      let zeros = spread(T.sum(zero, axis: axes))
      let others = spread(T.prod(T.where(zero, 1, x), axis: axes))
      let slope = T.where(
        zero, T.where(T.eq(zeros, 1), others, 0), T.where(T.eq(zeros, 0), others / T.where(zero, 1, x), 0))
      let product = spread(g) * slope
      return [call.masks[0].map { T.where(spread($0.condition), product, 0) } ?? product]
    case .any, .all, .argmax, .argmin: return [nil]
    }
  }

  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] {
    switch kind {
    case .sum: movedMasks(call)
    case .max, .min: movedMasks(call, selecting: true)
    // The product of the others may be anything, but where it is not asked for it is moved like a sum's.
    case .prod: Reduction(.sum, axes: axes).movedMasks(call)
    case .any, .all, .argmax, .argmin: [nil]
    }
  }

  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    guard let direction = call.directions[0] else { return [nil] }
    switch kind {
    case .sum: return [T.sum(direction, axis: axes)]
    case .max, .min:
      // Chosen and not multiplied: what is not chosen may move infinitely fast.
      let isExtreme = T.eq(call.inputs[0], expand(call.outputs[0], rank: call.inputs[0].ndim))
      return [T.sum(T.where(isExtreme, direction, 0), axis: axes)]
    case .prod, .any, .all, .argmax, .argmin: return call.byDoubleBackward()
    }
  }

  /// A reduced value with axes of length 1 where the reduction took them.
  private func expand(_ v: TensorVariable, rank: Int) -> TensorVariable {
    var order: [Int?] = []
    var next = 0
    for axis in 0..<rank {
      if axes.contains(axis) {
        order.append(nil)
      } else {
        order.append(next)
        next += 1
      }
    }
    return T.dimshuffle(v, order)
  }

  package func lower(_ context: inout LoweringContext) -> Lowering {
    .fold(combiner, axes: axes)
  }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let x = inputs[0]
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let moved = x.transposed(kept + axes)
    let shape = kept.map { x.shape[$0] }
    let length = axes.reduce(1) { $0 * x.shape[$1] }
    if length == 0, kind != .sum, kind != .prod, kind != .any, kind != .all {
      let bound = kind == .max ? -Double.infinity : .infinity
      if takesEmpty { return [try HostLoops.make(shape, types[0].dtype) { _ in bound }] }
      throw Fault(.shape, "\(name) over an axis of length 0 has no answer", operand: 0)
    }
    let dtype = types[0].dtype
    func fold<E, R: NDArrayScalar>(
      _ values: HostLoops.Elements<E>, _ combine: (Slice<HostLoops.Elements<E>>) -> R
    ) throws(Fault) -> NDArray {
      try HostLoops.make(shape, dtype) { combine(values[($0 * length)..<(($0 + 1) * length)]) }
    }
    func extremum<E: Comparable & NDArrayScalar>(
      _ values: HostLoops.Elements<E>, isNaN: @escaping (E) -> Bool
    ) throws(Fault) -> NDArray {
      let largest = kind == .max || kind == .argmax
      let position = { (row: Slice<HostLoops.Elements<E>>) -> Int in
        var best = row.startIndex
        for k in row.indices {
          if isNaN(row[k]) { return k - row.startIndex }
          if largest ? row[k] > row[best] : row[k] < row[best] { best = k }
        }
        return best - row.startIndex
      }
      if kind == .max || kind == .min { return try fold(values) { $0[$0.startIndex + position($0)] } }
      return try fold(values) { Int64(position($0)) }
    }
    switch (kind, x.dtype.kind) {
    case (.sum, .floating): return [try fold(HostLoops.doubles(moved)) { $0.reduce(0, +) }]
    case (.prod, .floating): return [try fold(HostLoops.doubles(moved)) { $0.reduce(1, *) }]
    case (.sum, .unsigned): return [try fold(HostLoops.unsigneds(moved)) { $0.reduce(0, &+) }]
    case (.prod, .unsigned): return [try fold(HostLoops.unsigneds(moved)) { $0.reduce(1, &*) }]
    case (.sum, _): return [try fold(HostLoops.integers(moved)) { $0.reduce(0, &+) }]
    case (.prod, _): return [try fold(HostLoops.integers(moved)) { $0.reduce(1, &*) }]
    case (.any, _): return [try fold(HostLoops.doubles(moved)) { $0.contains { $0 != 0 } }]
    case (.all, _): return [try fold(HostLoops.doubles(moved)) { $0.allSatisfy { $0 != 0 } }]
    case (_, .floating): return [try extremum(HostLoops.doubles(moved), isNaN: \.isNaN)]
    case (_, .unsigned): return [try extremum(HostLoops.unsigneds(moved), isNaN: { _ in false })]
    default: return [try extremum(HostLoops.integers(moved), isNaN: { _ in false })]
    }
  }

  package func text(_ operands: [String]) -> String {
    "\(name)(\(operands[0]), axis: \(axes.count == 1 ? "\(axes[0])" : "\(axes)"))"
  }
}

extension T {
  private static func reduce(
    _ kind: Reduction.Kind, _ x: any TensorConvertible, _ axes: [Int]?, keepDims: Bool, _ fileID: String,
    _ line: Int
  ) -> TensorVariable {
    let x = x.tensorVariable
    let note = SourceNote.here(fileID, line)
    guard !x.node.isPoisoned else { return x }
    var wrapped: Set<Int> = []
    for axis in axes ?? Array(0..<x.ndim) {
      guard let position = x.type.position(ofAxis: axis) else {
        let fault = Fault(noAxis: axis, of: x.type, operand: 0)
        return .impossible(kind.rawValue, fault, operands: [x], note: note)
      }
      guard wrapped.insert(position).inserted else {
        let fault = Fault(
          .shape, "axis \(position) is named twice in \(axes ?? [])", hint: "name each axis once", operand: 0)
        return .impossible(kind.rawValue, fault, operands: [x], note: note)
      }
    }
    let sorted = wrapped.sorted()
    var operand = x
    if kind == .any || kind == .all, x.dtype != .bool { operand = T.neq.apply([x, 0], note) }
    if sorted.isEmpty {
      switch kind {
      case .sum, .prod: return Promotion.convert(x, to: Reduction.accumulated(x.dtype), note)
      case .max, .min: return x
      case .any, .all: return operand
      case .argmax, .argmin: return .constant(NDArray(scalar: Int64(0)), note: note)
      }
    }
    let result = TensorVariable(Reduction(kind, axes: sorted), [operand], note: note)
    guard keepDims else { return result }
    var next = -1
    return SourceNote.with(note) {
      dimshuffle(
        result,
        (0..<x.ndim).map { axis in
          if wrapped.contains(axis) { return nil }
          next += 1
          return next
        })
    }
  }

  /// The sum over some axes, or over all. Integers and booleans are summed in 64 bits.
  ///
  /// - Parameters:
  ///   - x: An expression or an array.
  ///   - axis: The axes; negative ones count from the last; `nil` means all.
  ///   - keepDims: Whether the axes stay with length 1.
  public static func sum(
    _ x: any TensorConvertible, axis: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { reduce(.sum, x, axis, keepDims: keepDims, fileID, line) }

  /// The sum over one axis.
  public static func sum(
    _ x: any TensorConvertible, axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { reduce(.sum, x, [axis], keepDims: keepDims, fileID, line) }

  /// The product over some axes, or over all. Integers and booleans are multiplied in 64 bits.
  public static func prod(
    _ x: any TensorConvertible, axis: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { reduce(.prod, x, axis, keepDims: keepDims, fileID, line) }

  /// The product over one axis.
  public static func prod(
    _ x: any TensorConvertible, axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { reduce(.prod, x, [axis], keepDims: keepDims, fileID, line) }

  /// The largest element over some axes, or over all; NaN if there is one. Every tied position has the slope.
  public static func max(
    _ x: any TensorConvertible, axis: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { reduce(.max, x, axis, keepDims: keepDims, fileID, line) }

  /// The largest element over one axis.
  public static func max(
    _ x: any TensorConvertible, axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { reduce(.max, x, [axis], keepDims: keepDims, fileID, line) }

  /// The smallest element over some axes, or over all; NaN if there is one. Every tied position has the slope.
  public static func min(
    _ x: any TensorConvertible, axis: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { reduce(.min, x, axis, keepDims: keepDims, fileID, line) }

  /// The smallest element over one axis.
  public static func min(
    _ x: any TensorConvertible, axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { reduce(.min, x, [axis], keepDims: keepDims, fileID, line) }

  /// Whether any element over some axes, or over all, is true (not zero).
  public static func any(
    _ x: any TensorConvertible, axis: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { reduce(.any, x, axis, keepDims: keepDims, fileID, line) }

  /// Whether any element over one axis is true (not zero).
  public static func any(
    _ x: any TensorConvertible, axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { reduce(.any, x, [axis], keepDims: keepDims, fileID, line) }

  /// Whether all elements over some axes, or over all, are true (not zero).
  public static func all(
    _ x: any TensorConvertible, axis: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { reduce(.all, x, axis, keepDims: keepDims, fileID, line) }

  /// Whether all elements over one axis are true (not zero).
  public static func all(
    _ x: any TensorConvertible, axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { reduce(.all, x, [axis], keepDims: keepDims, fileID, line) }

  /// The position of the first largest element along an axis, or in the flattened array; NaN counts as largest.
  public static func argmax(
    _ x: any TensorConvertible, axis: Int? = nil, keepDims: Bool = false, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { reduce(.argmax, x, axis.map { [$0] }, keepDims: keepDims, fileID, line) }

  /// The position of the first smallest element along an axis, or in the flattened array; NaN counts as smallest.
  public static func argmin(
    _ x: any TensorConvertible, axis: Int? = nil, keepDims: Bool = false, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { reduce(.argmin, x, axis.map { [$0] }, keepDims: keepDims, fileID, line) }

  /// The mean over some axes, or over all; of integers and booleans it is `float64`.
  public static func mean(
    _ x: any TensorConvertible, axis: [Int]? = nil, keepDims: Bool = false, fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable {
    let x = x.tensorVariable
    return SourceNote.at(fileID, line) {
      let total = sum(cast(x, x.dtype.arithmeticFloat), axis: axis, keepDims: keepDims)
      guard !total.node.isPoisoned else { return total }
      let lengths = (axis ?? Array(0..<x.ndim)).map { length(of: x, axis: $0) }
      guard let first = lengths.first else { return total }
      let count = lengths.dropFirst().reduce(first) { $0 * $1 }
      return total / cast(count, total.dtype)
    }
  }

  /// The mean over one axis.
  public static func mean(
    _ x: any TensorConvertible, axis: Int, keepDims: Bool = false, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { mean(x, axis: [axis], keepDims: keepDims, fileID: fileID, line: line) }
}
