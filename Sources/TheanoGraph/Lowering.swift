import TheanoArrays
import TheanoKernels

/// How an operation becomes a part of a program.
///
/// The scheduler fuses elementwise operations, pulls and folds, and knows views. All else an operation writes itself, as
/// steps, beside its shape rule and its gradient.
package enum Lowering: Sendable {
  /// One element from the operands' elements at the same place; operands broadcast.
  case elementwise(Recipe)
  /// One element from elements of the operands at places that are computed: transpositions, slices, gathers.
  case pull(Pull)
  /// A reduction over axes.
  case fold(LoopNest.Combiner, axes: [Int])
  /// The first operand's elements in the same order under another shape.
  case view
  /// Steps that the operation writes.
  case steps(Steps)

  /// Gives the element at `index`, reading operands through `operand(builder, number, index)`.
  package typealias Pull =
    @Sendable (
      _ builder: inout NestBuilder, _ index: [LoopNest.Ref],
      _ operand: (inout NestBuilder, Int, [LoopNest.Ref]) -> LoopNest.Ref
    ) -> LoopNest.Ref

  /// As ``Pull``, for a nest that is being written.
  package typealias LocalPull =
    (
      _ builder: inout NestBuilder, _ index: [LoopNest.Ref],
      _ operand: (inout NestBuilder, Int, [LoopNest.Ref]) -> LoopNest.Ref
    ) -> LoopNest.Ref

  /// Gives the indices of an element for each point, as ``Pull`` gives elements.
  package typealias Place =
    @Sendable (
      _ builder: inout NestBuilder, _ index: [LoopNest.Ref],
      _ operand: (inout NestBuilder, Int, [LoopNest.Ref]) -> LoopNest.Ref
    ) -> [LoopNest.Ref]

  /// A call back into Swift, for the operation's own evaluation.
  package static func callback(_ context: LoweringContext) -> Lowering {
    let results = context.outputs.count
    var steps = Steps(uses: Array(repeating: .whole, count: context.inputs.count)) { writer in
      let inputs = (0..<writer.operandCount).map { writer.memory(of: $0) }
      let outputs = (0..<results).map { writer.pointer($0) }
      writer.add(.callback(Step.Callback(number: writer.callback(), inputs: inputs, outputs: outputs)))
      for k in 0..<results { writer.find(k) }
    }
    steps.callsBack = true
    return .steps(steps)
  }

  /// What an operation writes, and what it reads for it.
  package struct Steps: Sendable {
    /// How an operand is read.
    package enum Use: Hashable, Sendable {
      /// As a whole, from memory.
      case whole
      /// Element by element, in nests of the operation's own: it need not lie in memory.
      case elements
      /// Only in one of the operation's regions, and therefore computed there.
      case inRegion(Int)
    }

    /// For each operand.
    package var uses: [Use]
    /// The regions that it has: the branches of a conditional.
    package var regions: Int
    /// Whether all that it does is a call back into Swift.
    package var callsBack = false
    package var write: @Sendable (any StepWriter) -> Void

    package init(uses: [Use], regions: Int = 0, write: @escaping @Sendable (any StepWriter) -> Void) {
      self.uses = uses
      self.regions = regions
      self.write = write
    }
  }

  /// Steps of an operation that reads every operand in the same way.
  package static func steps(
    _ operands: Int, _ use: Steps.Use, write: @escaping @Sendable (any StepWriter) -> Void
  ) -> Lowering {
    .steps(Steps(uses: Array(repeating: use, count: operands), write: write))
  }
}

/// What an operation may ask while it is lowered.
package struct LoweringContext {
  /// The operands, as the shape rules see them.
  package let operands: [Operand]
  package let outputs: [TensorType]
  package var inputs: [TensorType] { operands.map(\.type) }
  /// Checks that kernels make while they run, in the order of their numbers, of which the first is `firstCheck`.
  package private(set) var checks: [@Sendable ([Int]) -> Fault] = []
  private let firstCheck: Int

  package init(operands: [Operand], outputs: [TensorType], firstCheck: Int = 0) {
    self.operands = operands
    self.outputs = outputs
    self.firstCheck = firstCheck
  }

  /// Registers a check; its number goes into the kernel, its text is made if it fails.
  package mutating func check(_ fault: @escaping @Sendable ([Int]) -> Fault) -> Int {
    checks.append(fault)
    return firstCheck + checks.count - 1
  }

  /// The shape of an operand as sizes; in a graph every length is one.
  package func shape(_ input: Int) -> [Size] { inputs[input].dims.map { $0.size ?? 0 } }
  package func outputShape(_ output: Int = 0) -> [Size] { outputs[output].dims.map { $0.size ?? 0 } }
}
