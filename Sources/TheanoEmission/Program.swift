import TheanoArrays
import TheanoKernels

/// A program before it is text: kernels, and the calls of them with typed arguments.
///
/// Passes over it look at values and never at text; text is made of it last, for the compiler or for a reader.
package struct Program: Sendable {
  /// A loop nest that is written once, however often it is called.
  package struct Kernel: Sendable {
    package var nest: LoopNest
    package var plan: LoopPlan
    /// The expressions of its first call.
    package var notes: [Int]
    package var calls = 0
  }

  /// An integer that may differ from turn to turn of a run.
  package enum Index: Hashable, Sendable {
    case known(Int)
    /// A column of the run's table.
    case column(Int)
  }

  /// Where a buffer lies.
  package enum Place: Hashable, Sendable {
    case leaf(Index)
    case constant(Index)
    case result(Index)
    /// So many bytes into the workspace.
    case workspace(Index)
    /// The k-th of the workspace's places of a length that only the call knows.
    case workspaceClass(Int, Index)
    /// An address that a step finds.
    case pointer(BufferID)
  }

  package enum Argument: Hashable, Sendable {
    case address(Place, DType)
    /// A constant times the one element of a buffer.
    case element(Place, DType, times: Double)
    case length(Size)
    /// The length of an axis of an argument, which may differ from turn to turn.
    case axisLength(leaf: Index, axis: Index)
    case integer(Index)
    case number(LoopNest.Constant)
    /// A floating-point column of the run's table.
    case numberColumn(Int)
    case flag(Bool)
    case letter(Character)
  }

  package enum Callee: Hashable, Sendable {
    case kernel(Int)
    /// Products of matrices of a dtype, for each of as many as there are in a batch.
    case product(DType, batch: Int)
    case routine(Int)
  }

  package struct Call: Hashable, Sendable {
    package var callee: Callee
    package var arguments: [Argument]
    /// The check that fails with it.
    package var check: Int?
    package var notes = Notes()

    /// The expressions that it computes, which do not take part in equality.
    package struct Notes: Hashable, Sendable {
      package var numbers: [Int] = []
      package static func == (a: Self, b: Self) -> Bool { true }
      package func hash(into hasher: inout Hasher) {}
    }
  }

  /// An array as a callback gives or takes it.
  package struct Array: Hashable, Sendable {
    package var place: Place
    package var dtype: DType
    package var shape: [Size]
  }

  package indirect enum Statement: Hashable, Sendable {
    case call(Call)
    case callback(number: Int, inputs: [Array], outputs: [Array])
    case branch(Place, then: [Statement], otherwise: [Statement])
    /// Makes a pointer refer to a place.
    case point(BufferID, to: Place)
    /// Makes a length known: the integer at a place.
    case bind(Size.Symbol, Place, DType)
    case define(Size.Symbol, Size)
    case check(Int)
    case allocateResult(Index, shape: [Size])
    case allocateScratch(BufferID, slot: Int, bytes: Size)
    /// Statements that stand many times, with what differs from turn to turn in tables.
    case run(Run)
  }

  package struct Run: Hashable, Sendable {
    package var statements: [Statement]
    package var integers: [[Int]]
    package var numbers: [[Double]]
    package var count: Int { max(integers.count, numbers.count) }
  }

  package var kernels: [Kernel] = []
  package var routines: [Routine] = []
  package var statements: [Statement] = []
  /// The bytes of the workspace whose places are known.
  package var knownBytes = 0
  /// Lengths of places that only the call knows, and how many places of each there are.
  package var classes: [(bytes: Size, count: Int)] = []
  /// Whether the workspace has more bytes than can be addressed.
  package var isTooLarge = false
  package var leafCount = 0
  package var resultCount = 0
  package var checks: [(isEqual: Bool, left: Size, right: Size)] = []
  package var entryChecks: [Int] = []
  /// The axes of arguments that lengths speak of.
  package var axes: [Size.Symbol] = []
  /// The arguments whose value is a length.
  package var leafLengths: [(symbol: Size.Symbol, leaf: Int, dtype: DType)] = []
  /// Functions of sizes that are known when the program begins, in an order in which they can be computed; then the others.
  package var entryFunctions: [SizeFunction] = []
  package var lateFunctions: [SizeFunction] = []
  package var lateSymbols: [Size.Symbol] = []
  package var pointers: [(id: BufferID, dtype: DType)] = []

  package init() {}

  /// How many calls of kernels and products there are.
  package var callCount: Int { Program.callCount(statements) }

  private static func callCount(_ statements: [Statement]) -> Int {
    statements.reduce(0) { sum, statement in
      switch statement {
      case .call: sum + 1
      case .branch(_, let then, let otherwise): sum + callCount(then) + callCount(otherwise)
      case .run(let run): sum + run.count * callCount(run.statements)
      case .callback, .point, .bind, .define, .check, .allocateResult, .allocateScratch: sum
      }
    }
  }
}

// MARK: - What may differ from turn to turn

extension Program.Statement {
  /// The statement with what may differ between equal ones replaced, in a fixed order.
  ///
  /// - Parameters:
  ///   - integer: What stands for an integer.
  ///   - number: What stands for a floating-point number of a kernel.
  func replacing(
    integer: (Int) -> Program.Index, number: (LoopNest.Constant) -> Program.Argument
  ) -> Program.Statement {
    func place(_ place: Program.Place) -> Program.Place {
      switch place {
      case .leaf(.known(let k)): .leaf(integer(k))
      case .constant(.known(let k)): .constant(integer(k))
      case .result(.known(let k)): .result(integer(k))
      case .workspace(.known(let k)): .workspace(integer(k))
      case .workspaceClass(let c, .known(let k)): .workspaceClass(c, integer(k))
      case .leaf, .constant, .result, .workspace, .workspaceClass, .pointer: place
      }
    }
    func argument(_ argument: Program.Argument) -> Program.Argument {
      switch argument {
      case .address(let p, let dtype): .address(place(p), dtype)
      case .element(let p, let dtype, let times): .element(place(p), dtype, times: times)
      case .axisLength(.known(let leaf), .known(let axis)):
        .axisLength(leaf: integer(leaf), axis: integer(axis))
      case .integer(.known(let n)): .integer(integer(n))
      case .number(let constant): number(constant)
      case .axisLength, .integer, .length, .numberColumn, .flag, .letter: argument
      }
    }
    switch self {
    case .call(var call):
      call.arguments = call.arguments.map(argument)
      return .call(call)
    case .allocateResult(.known(let k), let shape): return .allocateResult(integer(k), shape: shape)
    case .callback, .branch, .point, .bind, .define, .check, .allocateResult, .allocateScratch, .run:
      return self
    }
  }
}
