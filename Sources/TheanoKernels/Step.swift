import TheanoArrays

package typealias BufferID = Int

/// Memory that steps read and write, without an address yet.
package struct Buffer: Hashable, Sendable {
  /// Where the memory comes from.
  package enum Storage: Hashable, Sendable {
    /// The argument or shared variable that is the graph's leaf.
    case leaf(Int)
    /// A constant of the program.
    case constant(Int)
    /// The memory plan gives it a place in the workspace of the call.
    case workspace
    /// An array that the call returns.
    case result(Int)
    /// The elements of another buffer under another shape.
    case alias(BufferID)
    /// Memory whose size is found while the program runs.
    case scratch(slot: Int)
    /// An address that a step finds: a branch's result, a callback's.
    case pointer
  }

  package var dtype: DType
  package var shape: [Size]
  package var storage: Storage
  package var device: Device = .host

  package init(_ dtype: DType, _ shape: [Size], _ storage: Storage) {
    self.dtype = dtype
    self.shape = shape
    self.storage = storage
  }

  /// The number of elements.
  package var count: Size { Size.product(shape) }
  /// The number of bytes.
  package var bytes: Size { count * Size(dtype.itemSize) }
}

/// One thing that a program does. A step says of itself what it reads and writes, and whether it can fail: nobody else
/// needs to know its kind to plan memory, order effects or verify a schedule.
package indirect enum Step: Sendable {
  case nest(Nest)
  case product(Product)
  case call(RoutineCall)
  /// A call back into Swift, which gives the addresses and lengths of its results.
  case callback(Callback)
  /// One of two lists of steps.
  case branch(condition: BufferID, then: [Step], otherwise: [Step])
  /// Makes a pointer buffer refer to another.
  case point(BufferID, to: BufferID)
  /// Makes a length known: the integer that a buffer holds.
  case bind(Size.Symbol, from: BufferID)
  /// Makes a length known that is another length.
  case define(Size.Symbol, Size)
  /// Fails if two lengths that only now are known do not fit.
  case check(Int)
  /// Gets memory for a scratch buffer or a result.
  case allocate(BufferID)

  /// A loop nest over buffers.
  package struct Nest: Sendable {
    package var nest: LoopNest
    package var plan: LoopPlan
    package var buffers: [BufferID]

    /// A step that runs a nest over buffers, one for each of the nest's own, with the axes made one that can be.
    package init(_ nest: LoopNest, _ buffers: [BufferID]) {
      self.nest = nest.collapsed()
      plan = LoopPlan(for: self.nest)
      self.buffers = buffers
    }
  }

  /// `out = alpha * op(a) op(b) + beta * out`, for each of as many matrices as the batch has.
  package struct Product: Sendable {
    /// A matrix operand: its buffer, and the distance between matrices along each axis of the batch; 0 where one serves all.
    package struct Matrix: Sendable {
      package var buffer: BufferID
      package var isTransposed: Bool
      /// The lengths of a row as stored: the distance between rows.
      package var stride: Size
      package var batchStrides: [Size]
      package init(_ buffer: BufferID, isTransposed: Bool, stride: Size, batchStrides: [Size] = []) {
        self.buffer = buffer
        self.isTransposed = isTransposed
        self.stride = stride
        self.batchStrides = batchStrides
      }
    }

    /// A constant times the element of a 0-d buffer.
    package struct Factor: Sendable {
      package var constant: Double
      package var buffer: BufferID?
      package init(_ constant: Double, buffer: BufferID? = nil) {
        self.constant = constant
        self.buffer = buffer
      }
    }

    package var a: Matrix
    package var b: Matrix
    package var out: Matrix
    package var alpha: Factor
    package var beta: Factor
    package var rows: Size
    package var inner: Size
    package var columns: Size
    package var batch: [Size]
    package var notes: [Int]

    /// Up to this many multiplications are done by loops on the spot: a library's call would cost more than the work.
    package static let largestLoop = 4096

    package init(
      a: Matrix, b: Matrix, out: Matrix, alpha: Factor, beta: Factor, rows: Size, inner: Size, columns: Size,
      batch: [Size] = [], notes: [Int] = []
    ) {
      self.a = a
      self.b = b
      self.out = out
      self.alpha = alpha
      self.beta = beta
      self.rows = rows
      self.inner = inner
      self.columns = columns
      self.batch = batch
      self.notes = notes
    }

    /// The routine of BLAS that a product of this shape is given to when it is larger than that.
    package var routine: String {
      if columns == 1 || rows == 1 { return "gemv" }
      let addsOnto = beta.buffer == nil && beta.constant == 1
      return inner == 1 && addsOnto ? "ger" : "gemm"
    }
  }

  /// A call of a native routine.
  package struct RoutineCall: Sendable {
    package enum Argument: Hashable, Sendable {
      case buffer(BufferID)
      case length(Size)
      case number(Double)
      case flag(Bool)
      case letter(Character)
    }
    package var routine: Routine
    package var arguments: [Argument]
    /// The check that a status other than 0 fails; the status is its first value.
    package var check: Int?
    package var notes: [Int]

    package init(_ routine: Routine, _ arguments: [Argument], check: Int? = nil, notes: [Int] = []) {
      self.routine = routine
      self.arguments = arguments
      self.check = check
      self.notes = notes
    }
  }

  package struct Callback: Sendable {
    /// Its number among the program's.
    package var number: Int
    package var inputs: [BufferID]
    package var outputs: [BufferID]
    package init(number: Int, inputs: [BufferID], outputs: [BufferID]) {
      self.number = number
      self.inputs = inputs
      self.outputs = outputs
    }
  }
}

/// How a step uses a buffer.
package struct Access: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case reads
    /// Writes elements without having read any.
    case writes
    /// Reads what it overwrites.
    case updates
    /// Finds where it lies.
    case points
  }
  package var buffer: BufferID
  package var kind: Kind
  package init(_ buffer: BufferID, _ kind: Kind) {
    self.buffer = buffer
    self.kind = kind
  }
}

extension Step {
  /// What it reads and writes by itself, in order; lists of steps inside of it not counted.
  package var accesses: [Access] {
    switch self {
    case .nest(let n):
      var loaded = Set(n.nest.instructions.compactMap { if case .load(let b, _) = $0 { b } else { nil } })
      for case .scatterAdd(let b, _, _) in n.nest.effects { loaded.insert(b) }
      return n.buffers.enumerated().map { k, id in
        Access(id, !n.nest.buffers[k].isWritten ? .reads : loaded.contains(k) ? .updates : .writes)
      }
    case .product(let p):
      let factors = [p.alpha.buffer, p.beta.buffer].compactMap { $0 }
      let replaces = p.beta.constant == 0 && p.beta.buffer == nil
      return ([p.a.buffer, p.b.buffer] + factors).map { Access($0, .reads) }
        + [Access(p.out.buffer, replaces ? .writes : .updates)]
    case .call(let call):
      return zip(call.routine.parameters, call.arguments).compactMap { parameter, argument in
        guard case .buffer(let id) = argument else { return nil }
        return switch parameter {
        case .writes: Access(id, .writes)
        case .updates: Access(id, .updates)
        case .reads, .letter, .length, .number, .flag: Access(id, .reads)
        }
      }
    case .callback(let call):
      return call.inputs.map { Access($0, .reads) } + call.outputs.map { Access($0, .points) }
    case .branch(let condition, _, _): return [Access(condition, .reads)]
    case .point(let pointer, let target): return [Access(target, .reads), Access(pointer, .points)]
    case .bind(_, let buffer): return [Access(buffer, .reads)]
    case .define, .check, .allocate: return []
    }
  }

  /// The lists of steps inside of it, of which one is run.
  package var regions: [[Step]] {
    if case .branch(_, let then, let otherwise) = self { [then, otherwise] } else { [] }
  }

  /// Whether it may fail, by itself: allocation included.
  package var canFail: Bool {
    switch self {
    case .nest(let n): n.nest.canFail
    case .call, .callback, .check, .allocate: true
    case .product, .branch, .point, .bind, .define: false
    }
  }

  /// Sizes that it mentions.
  package var sizes: [Size] {
    switch self {
    case .nest(let n): n.nest.sizes
    case .product(let p):
      [p.rows, p.inner, p.columns] + p.batch
        + [p.a, p.b, p.out].flatMap { [$0.stride] + $0.batchStrides }
    case .call(let call): call.arguments.compactMap { if case .length(let size) = $0 { size } else { nil } }
    case .define(_, let size): [size]
    case .callback, .branch, .point, .bind, .check, .allocate: []
    }
  }
}

extension [Step] {
  /// Calls `visit` with every step in the order of the program, those of a branch after the branch itself.
  package func walk(_ visit: (Step) -> Void) {
    for step in self {
      visit(step)
      for region in step.regions { region.walk(visit) }
    }
  }
}
