import TheanoArrays
import TheanoGraph
import TheanoKernels

/// What a compiled function does, step by step, over buffers that have no address yet.
package struct Schedule {
  package typealias BufferID = Int

  /// Where a buffer's memory comes from.
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

  package struct Buffer: Sendable {
    package var dtype: DType
    package var shape: [Size]
    package var storage: Storage
    /// What it holds, for the reader of the generated code.
    package var comment: String
    /// The user's operation whose value it holds.
    package var origin: ApplyNode?

    package var count: Size { Size.product(shape) }
  }

  /// The host finds a check's text by its number: first the checks of lengths, then those that kernels make.
  package struct KernelCheck: Sendable {
    package var fault: @Sendable ([Int]) -> Fault
    package var origin: ApplyNode?
    package var operation: any Operation
  }

  package indirect enum Step: Sendable {
    case nest(LoopNest, [BufferID])
    /// `out = alpha op(a) op(b) + beta out`.
    case product(Product)
    /// A LAPACK routine that overwrites its operands; a result other than 0 fails the check.
    case library(routine: String, operands: [BufferID], check: Int)
    case callback(number: Int, inputs: [BufferID], outputs: [BufferID])
    case branch(condition: BufferID, then: [Step], otherwise: [Step])
    /// Makes a pointer buffer refer to another.
    case point(BufferID, to: BufferID)
    /// Makes lengths known: the integer that a buffer holds, or another length.
    case bind(Size.Symbol, from: BufferID)
    case define(Size.Symbol, Size)
    /// Fails if two lengths that only now are known do not fit.
    case check(Int)
    /// Gets memory for a scratch buffer.
    case allocate(BufferID)
  }

  package struct Product: Sendable {
    package var a: BufferID
    package var b: BufferID
    package var out: BufferID
    package var transposeA: Bool
    package var transposeB: Bool
    package var alpha: Factor
    package var beta: Factor
    package var rows: Size
    package var inner: Size
    package var columns: Size
    package var note: Int?

    /// Up to this many multiplications are done by loops on the spot: a library's call would cost more than the work.
    package static let largestLoop = 4096

    /// The routine of BLAS that a product of this shape is given to when it is larger than that.
    package var routine: String {
      if columns == 1 || rows == 1 { return "gemv" }
      let addsOnto = beta.buffer == nil && beta.constant == 1
      return inner == 1 && addsOnto ? "ger" : "gemm"
    }
  }

  /// A constant times the element of a 0-d buffer.
  package struct Factor: Sendable {
    package var constant: Double
    package var buffer: BufferID?
  }

  package var buffers: [Buffer] = []
  package var steps: [Step] = []
  /// The buffer of each output.
  package var outputs: [BufferID] = []
  package var constants: [NDArray] = []
  /// The graph's checks of lengths, as this program has to make them; steps bear their numbers, which are the graph's.
  package var checks: [SizeCheck] = []
  /// Those that are made at the entry, by their numbers.
  package var entryChecks: [Int] = []
  package var kernelChecks: [KernelCheck] = []
  package var callbacks: [(node: Graph.NodeID, operation: any Operation, types: [TensorType])] = []
  package var scratchSlots = 0
  package var leafCount = 0
  /// The user's expressions that steps compute; steps bear their numbers.
  package var notes: [ApplyNode] = []
  /// Whether the program calls matrix products or solvers of the host.
  package var usesProducts = false
  /// The first node that needs LAPACK.
  package var solver: Graph.NodeID?
  /// The leaves whose integer value is a length, so that the entry must read them.
  package var leafLengths: [(symbol: Size.Symbol, buffer: BufferID)] = []

  package init() {}

  /// Whether a program knows a symbol when it begins.
  func isKnownAtEntry(_ symbol: Size.Symbol) -> Bool {
    if case .axis = symbol { true } else { leafLengths.contains { $0.symbol == symbol } }
  }

  /// The largest value in the workspace, in words, and the user's operation behind it.
  ///
  /// - Parameters:
  ///   - length: The length of an axis of an argument, or `nil` if that is not known.
  ///   - value: The value of an argument that is an integer scalar of a dtype.
  package func largestIntermediate(
    length: (_ leaf: Int, _ axis: Int) -> Int?, value: (_ leaf: Int, _ dtype: DType) -> Int?
  ) -> (text: String, origin: ApplyNode?)? {
    func symbol(_ symbol: Size.Symbol) -> Int? {
      if case .axis(let leaf, let axis) = symbol { return length(leaf, axis) }
      guard let known = leafLengths.first(where: { $0.symbol == symbol }),
        case .leaf(let leaf) = buffers[known.buffer].storage
      else { return nil }
      return value(leaf, buffers[known.buffer].dtype)
    }
    var best: (bytes: Double, buffer: Buffer, shape: [Int])?
    for buffer in buffers where buffer.storage == .workspace {
      let shape = buffer.shape.compactMap { $0.value(symbol) }
      guard shape.count == buffer.shape.count else { continue }
      // Of more bytes than an integer counts, too.
      let bytes = shape.reduce(Double(buffer.dtype.itemSize)) { $0 * Double($1) }
      if bytes > best?.bytes ?? 0 { best = (bytes, buffer, shape) }
    }
    return best.map { ("\($0.buffer.dtype) of shape \(shapeText($0.shape))", $0.buffer.origin) }
  }

  /// The buffer that holds the elements, through whatever shapes they were given.
  package func root(_ id: BufferID) -> BufferID {
    var id = id
    while case .alias(let base) = buffers[id].storage { id = base }
    return id
  }
}
