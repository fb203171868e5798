import TheanoArrays
import TheanoGraph
import TheanoKernels

/// What a compiled function does, step by step, over buffers that have no address yet.
package struct Schedule {
  /// The host finds a check's text by its number: first the checks of lengths, then those that kernels make.
  package struct KernelCheck: Sendable {
    package var fault: @Sendable ([Int]) -> Fault
    package var origin: ApplyNode?
    package var operation: any Operation
  }

  /// An operation that the program calls back into Swift for.
  package struct Callback: Sendable {
    package var node: Graph.NodeID
    package var operation: any Operation
    package var types: [TensorType]
  }

  package var buffers: [Buffer] = []
  /// What buffers hold, for the reader of the generated code and of errors.
  package var contents: [Content] = []
  package var steps: [Step] = []
  /// The buffer of each output.
  package var outputs: [BufferID] = []
  package var constants: [NDArray] = []
  /// The graph's checks of lengths, as this program has to make them; steps bear their numbers, which are the graph's.
  package var checks: [SizeCheck] = []
  /// Those that are made at the entry, by their numbers.
  package var entryChecks: [Int] = []
  package var kernelChecks: [KernelCheck] = []
  package var callbacks: [Callback] = []
  package var scratchSlots = 0
  package var leafCount = 0
  /// The user's expressions that steps compute; steps bear their numbers.
  package var notes: [ApplyNode] = []
  /// The leaves whose integer value is a length, so that the entry must read them.
  package var leafLengths: [(symbol: Size.Symbol, buffer: BufferID)] = []
  /// The results that may be written where the leaf lies whose next value they are; by result.
  package var inPlace: [Int: Int] = [:]

  /// What a buffer holds.
  package struct Content: Sendable {
    package var comment: String
    /// The user's operation whose value it holds.
    package var origin: ApplyNode?
  }

  package init() {}

  /// Whether a program knows a symbol when it begins.
  package func isKnownAtEntry(_ symbol: Size.Symbol) -> Bool {
    if case .axis = symbol { true } else { leafLengths.contains { $0.symbol == symbol } }
  }

  /// Whether the program calls matrix products of the host.
  package var usesProducts: Bool {
    var found = false
    steps.walk { if case .product = $0 { found = true } }
    return found
  }

  /// The user's operation that calls a routine first.
  package func origin(of routine: Routine) -> ApplyNode? {
    var found: ApplyNode?
    steps.walk { step in
      guard found == nil, case .call(let call) = step, call.routine == routine else { return }
      found = call.notes.first.map { notes[$0] }
    }
    return found
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
    var best: (bytes: Double, buffer: BufferID, shape: [Int])?
    for (id, buffer) in buffers.enumerated() where buffer.storage == .workspace {
      let shape = buffer.shape.compactMap { $0.value(symbol) }
      guard shape.count == buffer.shape.count else { continue }
      // Of more bytes than an integer counts, too.
      let bytes = shape.reduce(Double(buffer.dtype.itemSize)) { $0 * Double($1) }
      if bytes > best?.bytes ?? 0 { best = (bytes, id, shape) }
    }
    return best.map {
      ("\(buffers[$0.buffer].dtype) of shape \(shapeText($0.shape))", contents[$0.buffer].origin)
    }
  }

  /// The buffer that holds the elements, through whatever shapes they were given.
  package func root(_ id: BufferID) -> BufferID {
    var id = id
    while case .alias(let base) = buffers[id].storage { id = base }
    return id
  }
}
