import TheanoArrays
import TheanoKernels

/// How an operation becomes kernels. The scheduler knows these few kinds and no operation by name.
package enum Lowering: Sendable {
  /// One element from the operands' elements at the same place; operands broadcast.
  case elementwise(Recipe)
  /// One element from elements of the operands at places that are computed: transpositions, slices, gathers.
  case pull(Pull)
  /// A reduction over axes.
  case fold(LoopNest.Combiner, axes: [Int], keepDims: Bool)
  /// The same elements in the same order under another shape.
  case alias
  /// Operands written to places of the result: concatenation, subtensor updates.
  case writes(Writes)
  /// `alpha * a b + beta * c` for matrices and vectors.
  case product(MatrixProduct)
  /// A function of the host table: LAPACK.
  case library(LibraryCall)
  /// The positions at which the operand is not zero, one row of `int64` for each.
  case positions
  /// A call back into Swift.
  case callback
  /// Computes only one of its operands.
  case conditional

  /// Gives the element at `index`, reading operands through `operand(builder, number, index)`.
  package typealias Pull =
    @Sendable (
      _ builder: inout NestBuilder, _ index: [LoopNest.Ref],
      _ operand: (inout NestBuilder, Int, [LoopNest.Ref]) -> LoopNest.Ref
    ) -> LoopNest.Ref
}

/// Operands written to places of the result.
package struct Writes: Sendable {
  /// The operand that the result starts as; `nil` if the parts cover all of it.
  package var base: Int?
  package var parts: [Part]
  package init(base: Int?, parts: [Part]) {
    self.base = base
    self.parts = parts
  }

  package struct Part: Sendable {
    package enum Mode: Sendable { case set, add }
    /// The space of points that are written.
    package var space: [Size]
    /// Whether the same place may be written more than once.
    package var mayRepeat: Bool
    package var mode: Mode
    /// The operand's element that is written for the point.
    package var value: Lowering.Pull
    /// The place that it is written to.
    package var place:
      @Sendable (
        _ builder: inout NestBuilder, _ index: [LoopNest.Ref],
        _ operand: (inout NestBuilder, Int, [LoopNest.Ref]) -> LoopNest.Ref
      ) -> [LoopNest.Ref]

    package init(
      space: [Size], mayRepeat: Bool = false, mode: Mode = .set, value: @escaping Lowering.Pull,
      place:
        @escaping @Sendable (
          inout NestBuilder, [LoopNest.Ref], (inout NestBuilder, Int, [LoopNest.Ref]) -> LoopNest.Ref
        ) -> [LoopNest.Ref]
    ) {
      self.space = space
      self.mayRepeat = mayRepeat
      self.mode = mode
      self.value = value
      self.place = place
    }
  }
}

/// `result = alpha * op(a) op(b) + beta * c`, where a vector on the left is a row and on the right a column.
package struct MatrixProduct: Sendable, Hashable {
  /// Numbers of the operands.
  package var a: Int
  package var b: Int
  package var transposeA: Bool
  package var transposeB: Bool
  /// Factors: constants times scalar operands.
  package var alpha: Factor
  /// `nil` if there is nothing to add to.
  package var c: Int?
  package var beta: Factor

  package struct Factor: Sendable, Hashable {
    package var constant: Double
    /// The number of a 0-d operand of the product's dtype.
    package var operand: Int?
    package init(_ constant: Double, operand: Int? = nil) {
      self.constant = constant
      self.operand = operand
    }
  }

  package init(
    a: Int = 0, b: Int = 1, transposeA: Bool = false, transposeB: Bool = false, alpha: Factor = .init(1),
    c: Int? = nil, beta: Factor = .init(0)
  ) {
    self.a = a
    self.b = b
    self.transposeA = transposeA
    self.transposeB = transposeB
    self.alpha = alpha
    self.c = c
    self.beta = beta
  }
}

/// A call of a native library through the host table.
package struct LibraryCall: Sendable, Hashable {
  /// The routine, without the letter of its dtype: `gesv`.
  package var routine: String
  /// Which operands the routine overwrites, so that it is given copies.
  package var overwrites: [Int]
  /// The check that a result other than 0 fails.
  package var check: Int
  package init(routine: String, overwrites: [Int], check: Int) {
    self.routine = routine
    self.overwrites = overwrites
    self.check = check
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
