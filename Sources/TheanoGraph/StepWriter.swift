import TheanoArrays
import TheanoKernels

/// What an operation writes its steps with; see ``Lowering/steps(_:)``.
///
/// ```swift
/// return .steps(1, .elements) { writer in
///   let result = writer.result()
///   writer.nest(over: shape) { nest in
///     nest.store(nest.operand(0, at: nest.index), in: result, at: nest.index)
///   }
/// }
/// ```
package protocol StepWriter: AnyObject {
  /// The number of a note of the expression that is being computed, for steps that bear notes.
  var notes: [Int] { get }
  var operandCount: Int { get }

  /// The memory in which an operand lies.
  func memory(of operand: Int) -> BufferID
  /// The memory of a result, new and not written yet. Its lengths must be known by now.
  func result(_ number: Int) -> BufferID
  /// Lets a result be a pointer, which a step sets.
  func pointer(_ number: Int) -> BufferID
  /// Memory that only the operation uses.
  func scratch(_ dtype: DType, _ shape: [Size]) -> BufferID
  /// Writes the elements of an operand, which broadcasts, to memory.
  func copy(_ operand: Int, to buffer: BufferID)
  /// A buffer's dtype and shape.
  func buffer(_ id: BufferID) -> Buffer

  /// Writes a loop nest over an iteration space; the axes that folds run over are `reduced`.
  func nest(over space: [Size], reduced: [Int], _ write: (any NestScope) -> Void)
  func add(_ step: Step)
  /// Writes what one of the operation's regions computes: the steps, and then those of `write`.
  func region(_ number: Int, _ write: () -> Void) -> [Step]

  /// The length of an axis of a result that only the call finds, if it is one.
  func found(_ number: Int, axis: Int) -> Size.Symbol?
  /// Makes such a length known, from an integer in memory.
  func bind(_ symbol: Size.Symbol, from buffer: BufferID)
  /// Makes such a length known that is another length.
  func define(_ symbol: Size.Symbol, as size: Size)
  /// Says that the lengths of a result which only the call finds are known by now.
  func find(_ number: Int)
  /// Registers a call back into Swift for the operation, and returns its number.
  func callback() -> Int
  /// The shape of an operand.
  func shape(of operand: Int) -> [Size]
}

extension StepWriter {
  package func result() -> BufferID { result(0) }
  package func nest(over space: [Size], _ write: (any NestScope) -> Void) {
    nest(over: space, reduced: [], write)
  }
}

/// A loop nest that an operation writes.
package protocol NestScope: AnyObject {
  var builder: NestBuilder { get set }
  /// The position along each axis of the iteration space; the number 0 where it has length 1.
  var index: [LoopNest.Ref] { get }
  /// An element of an operand, computed here or read.
  func operand(_ number: Int, at index: [LoopNest.Ref]) -> LoopNest.Ref
  /// Runs a closure over the builder that may read operands.
  func pull(_ pull: Lowering.LocalPull, at index: [LoopNest.Ref]) -> LoopNest.Ref
  func load(_ buffer: BufferID, at index: [LoopNest.Ref]) -> LoopNest.Ref
  func store(_ value: LoopNest.Ref, in buffer: BufferID, at index: [LoopNest.Ref])
  /// Folds a value over the reduced axes; the result, and where it goes if anybody outside reads it.
  @discardableResult
  func fold(
    _ combiner: LoopNest.Combiner, _ value: LoopNest.Ref, start: LoopNest.Ref?, dtype: DType,
    into target: (buffer: BufferID, index: [LoopNest.Ref])?
  ) -> Int
  /// Combines values along the reduced axes, and stores what is combined so far at each point.
  func scan(
    _ combiner: LoopNest.Combiner, _ value: LoopNest.Ref, dtype: DType, into buffer: BufferID,
    at index: [LoopNest.Ref])
  /// Any other effect on a buffer: given the buffer's number in the nest.
  func effect(on buffer: BufferID, _ effect: (Int) -> LoopNest.Effect)
}

extension NestScope {
  /// Runs a closure that gives indices, and may read operands for them.
  package func pullIndices(_ place: Lowering.Place) -> [LoopNest.Ref] {
    var found: [LoopNest.Ref] = []
    withoutActuallyEscaping(place) { place in
      _ = pull(
        { builder, index, operand in
          found = place(&builder, index, operand)
          return found.first ?? builder.integer(0)
        }, at: index)
    }
    return found
  }
}
