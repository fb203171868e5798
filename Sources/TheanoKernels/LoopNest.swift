import TheanoArrays

/// A kernel: what is computed at every point of a iteration space, and where it goes.
///
/// A nest says *what*, not *how*: a straight line of typed instructions in single-assignment form, evaluated at each
/// point, with stores and folds. The order of the loops, vector width and threads are a ``LoopPlan``'s choice, so that one
/// nest serves a CPU loop and a GPU grid. Buffers are C-contiguous and addressed by one index per axis.
///
/// What follows a fold may read its result (``Instruction/folded(_:)``): a row is then run over once for each fold that waits
/// for another, as softmax's rows are for the maximum, the sum and the quotients.
package struct LoopNest: Hashable, Sendable {
  /// A reference to an instruction of the nest.
  package struct Ref: Hashable, Sendable {
    package var id: Int32
    package init(_ id: Int) { self.id = Int32(id) }
  }

  /// One axis of the space.
  package struct Axis: Hashable, Sendable {
    /// Its length: an index into `sizes`.
    package var extent: Int
    /// Whether folds run over it.
    package var isReduced: Bool
    package init(extent: Int, isReduced: Bool) {
      self.extent = extent
      self.isReduced = isReduced
    }
  }

  /// A buffer that the nest reads or writes.
  package struct Buffer: Hashable, Sendable {
    package var dtype: DType
    /// The lengths of its axes, as indices into `sizes`.
    package var shape: [Int]
    package var isWritten: Bool
    package init(dtype: DType, shape: [Int], isWritten: Bool) {
      self.dtype = dtype
      self.shape = shape
      self.isWritten = isWritten
    }
  }

  package enum Instruction: Hashable, Sendable {
    /// A number of the instruction's dtype, by the bits of its value.
    case constant(Constant)
    /// A number that the caller passes, the k-th of them.
    case parameter(Int)
    /// A length as `int64`.
    case extent(Int)
    /// The position along an axis as `int64`.
    case index(Int)
    case load(buffer: Int, at: [Ref])
    /// The result of a fold of this nest, by the number of the effect: the same for all that was folded.
    case folded(Int)
    case apply(Primitive, [Ref])
    /// The operand, after testing that it lies in `0..<bound`; otherwise the call fails with check `number`.
    case checkedIndex(Ref, bound: Ref, check: Int)
  }

  /// How a value is combined over the reduced axes.
  package enum Combiner: String, Hashable, Sendable {
    case sum, product, minimum, maximum, and, or
    /// The position (row-major over the reduced axes) of the first largest or smallest element; NaN is largest and smallest.
    case argMax, argMin
  }

  /// Where results go.
  package enum Effect: Hashable, Sendable {
    /// `buffer[at] = value` at each point of the space; `at` names each point once.
    case store(buffer: Int, at: [Ref], Ref)
    /// `buffer[at] = value` where `at` may name an element several times: the last one in row-major order stays.
    case scatter(buffer: Int, at: [Ref], Ref)
    /// `buffer[at] += value` where `at` may name an element several times.
    case scatterAdd(buffer: Int, at: [Ref], Ref)
    /// The combination of values over the reduced axes.
    case fold(Fold)
    /// Appends one row of `int64` values to `buffer` wherever `condition` holds, in row-major order.
    case append(condition: Ref, buffer: Int, row: [Ref])
  }

  /// The combination of a value over the reduced axes.
  ///
  /// Sums and products of floats are carried in `float64` and rounded once, at the end.
  package struct Fold: Hashable, Sendable {
    package var combiner: Combiner
    package var value: Ref
    /// What a sum starts at if not at 0; it depends on the other axes alone.
    package var start: Ref?
    /// The dtype of the result.
    package var dtype: DType
    /// Where the result goes, if anybody outside of the nest reads it: the element that the other axes name.
    package var target: Target?
    /// Where what is combined so far goes at each point, in the order of the reduced axes: a cumulative sum.
    package var running: Target?

    package struct Target: Hashable, Sendable {
      package var buffer: Int
      package var at: [Ref]
      package init(buffer: Int, at: [Ref]) {
        self.buffer = buffer
        self.at = at
      }
    }

    package init(
      _ combiner: Combiner, _ value: Ref, start: Ref? = nil, dtype: DType, target: Target? = nil,
      running: Target? = nil
    ) {
      self.combiner = combiner
      self.value = value
      self.start = start
      self.dtype = dtype
      self.target = target
      self.running = running
    }

    /// Whether the result is where the best value stands, rather than the value.
    package var isPosition: Bool { combiner == .argMax || combiner == .argMin }
  }

  /// A number with its dtype, by bits, so that constants hash and NaN is itself.
  package struct Constant: Hashable, Sendable {
    package var dtype: DType
    package var bits: UInt64
    package init(_ dtype: DType, bits: UInt64) {
      self.dtype = dtype
      self.bits = bits
    }
    /// The number as the dtype holds it.
    package init(_ value: Double, _ dtype: DType) {
      self.dtype = dtype
      switch dtype.kind {
      case .floating, .complex:
        bits = (dtype.arithmetic == .float32 ? Double(Float(value)) : value).bitPattern
      case .bool: bits = value == 0 ? 0 : 1
      case .unsigned: bits = UInt64(exactly: value) ?? 0
      case .signed: bits = UInt64(bitPattern: Int64(exactly: value.rounded(.towardZero)) ?? 0)
      }
    }
    package init(integer value: Int, _ dtype: DType = .int64) {
      self.dtype = dtype
      bits = dtype.isFloating ? Double(value).bitPattern : UInt64(bitPattern: Int64(value))
    }
    /// The value of a float (kept as the bits of a `Double`), or of an integer.
    package var double: Double {
      switch dtype.kind {
      case .floating, .complex: Double(bitPattern: bits)
      case .unsigned, .bool: Double(bits)
      case .signed: Double(Int64(bitPattern: bits))
      }
    }
  }

  package var axes: [Axis] = []
  package var sizes: [Size] = []
  package var buffers: [Buffer] = []
  package var instructions: [Instruction] = []
  package var dtypes: [DType] = []
  package var effects: [Effect] = []
  /// What the nest computes, for the reader of the generated code; no part of its identity.
  package var comment = Comment()

  /// Numbers of the schedule's notes, which do not take part in equality. The notes' text is made when somebody wants to
  /// read it.
  package struct Comment: Hashable, Sendable {
    package var notes: [Int] = []
    package init(_ notes: [Int] = []) { self.notes = notes }
    package static func == (a: Self, b: Self) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
  }

  package init() {}

  package subscript(ref: Ref) -> Instruction { instructions[Int(ref.id)] }
  package func dtype(_ ref: Ref) -> DType { dtypes[Int(ref.id)] }
}

/// Builds a nest; equal instructions become one.
package struct NestBuilder {
  package private(set) var nest = LoopNest()
  private var known: [LoopNest.Instruction: LoopNest.Ref] = [:]
  private var sizeNumbers: [Size: Int] = [:]

  package init() {}

  package mutating func size(_ size: Size) -> Int {
    if let n = sizeNumbers[size] { return n }
    nest.sizes.append(size)
    sizeNumbers[size] = nest.sizes.count - 1
    return nest.sizes.count - 1
  }

  /// Adds an axis and returns the position along it.
  package mutating func axis(_ extent: Size, reduced: Bool = false) -> LoopNest.Ref {
    nest.axes.append(.init(extent: size(extent), isReduced: reduced))
    return emit(.index(nest.axes.count - 1), .int64)
  }

  package mutating func buffer(_ dtype: DType, _ shape: [Size], written: Bool) -> Int {
    let numbers = shape.map { size($0) }
    nest.buffers.append(.init(dtype: dtype, shape: numbers, isWritten: written))
    return nest.buffers.count - 1
  }

  package mutating func markWritten(_ buffer: Int) { nest.buffers[buffer].isWritten = true }

  /// The result of a fold that was written before.
  package mutating func folded(_ effect: Int) -> LoopNest.Ref {
    guard case .fold(let fold) = nest.effects[effect] else {
      preconditionFailure("effect \(effect) is no fold")
    }
    return emit(.folded(effect), fold.dtype.arithmetic)
  }

  package mutating func emit(_ instruction: LoopNest.Instruction, _ dtype: DType) -> LoopNest.Ref {
    if let ref = known[instruction] { return ref }
    let ref = LoopNest.Ref(nest.instructions.count)
    nest.instructions.append(instruction)
    nest.dtypes.append(dtype)
    known[instruction] = ref
    return ref
  }

  package mutating func constant(_ value: LoopNest.Constant) -> LoopNest.Ref {
    emit(.constant(value), value.dtype)
  }
  package mutating func integer(_ value: Int) -> LoopNest.Ref { constant(.init(integer: value)) }

  package mutating func apply(_ primitive: Primitive, _ operands: LoopNest.Ref...) -> LoopNest.Ref {
    apply(primitive, operands)
  }

  package mutating func apply(_ primitive: Primitive, _ operands: [LoopNest.Ref]) -> LoopNest.Ref {
    if case .cast(let dtype) = primitive, nest.dtype(operands[0]) == dtype { return operands[0] }
    if let folded = foldedIndex(primitive, operands) { return folded }
    let primitive = nest.dtype(operands[0]) == .bool ? primitive.ofBooleans : primitive
    return emit(.apply(primitive, operands), primitive.result(operands.map { nest.dtype($0) }))
  }

  /// Index arithmetic with 0 and 1 is done here, so that loops with unit steps look like it.
  private mutating func foldedIndex(_ primitive: Primitive, _ operands: [LoopNest.Ref]) -> LoopNest.Ref? {
    guard operands.count == 2, nest.dtype(operands[0]) == .int64 else { return nil }
    let values = operands.map { ref -> Int? in
      if case .constant(let c) = nest[ref] { Int(Int64(bitPattern: c.bits)) } else { nil }
    }
    switch (primitive, values[0], values[1]) {
    case (.add, let x?, let y?): return integer(x &+ y)
    case (.multiply, let x?, let y?): return integer(x &* y)
    case (.subtract, let x?, let y?): return integer(x &- y)
    case (.add, 0, _), (.multiply, 1, _): return operands[1]
    case (.add, _, 0), (.subtract, _, 0), (.multiply, _, 1): return operands[0]
    case (.multiply, 0, _): return operands[0]
    case (.multiply, _, 0): return operands[1]
    default: return nil
    }
  }

  /// A length as an `int64` value.
  package mutating func extent(_ value: Size) -> LoopNest.Ref {
    if let n = value.constant { return integer(n) }
    return emit(.extent(size(value)), .int64)
  }

  package mutating func load(_ buffer: Int, at indices: [LoopNest.Ref]) -> LoopNest.Ref {
    emit(.load(buffer: buffer, at: indices), nest.buffers[buffer].dtype.arithmetic)
  }

  package mutating func checkedIndex(_ index: LoopNest.Ref, bound: Size, check: Int) -> LoopNest.Ref {
    let limit = extent(bound)
    return emit(.checkedIndex(index, bound: limit, check: check), .int64)
  }

  /// The recipe applied to operands; literals take the dtype of the first operand (of the second after a condition).
  package mutating func apply(_ recipe: Recipe, to operands: [LoopNest.Ref]) -> LoopNest.Ref {
    let dtypes = operands.map { nest.dtype($0) }
    let literal = dtypes.first { $0 != .bool } ?? dtypes.first ?? .float64
    return apply(recipe, to: operands, literal: literal)
  }

  private mutating func apply(_ recipe: Recipe, to operands: [LoopNest.Ref], literal: DType) -> LoopNest.Ref {
    switch recipe {
    case .operand(let k): return operands[k]
    case .literal(let value): return constant(.init(value, literal))
    case .apply(let primitive, let arguments):
      let values = arguments.map { apply($0, to: operands, literal: literal) }
      return apply(primitive, values)
    }
  }

  /// Adds an effect and returns its number.
  @discardableResult
  package mutating func effect(_ effect: LoopNest.Effect) -> Int {
    nest.effects.append(effect)
    return nest.effects.count - 1
  }
  package mutating func comment(_ note: Int) {
    if !nest.comment.notes.contains(note) { nest.comment.notes.append(note) }
  }
}
