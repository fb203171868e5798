import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Lengths that do not fit: every operation, called with operands of which one has a length that the others do not expect. However
/// the function is made, the call says the same: the same error, or results of the same shapes.
@Suite("Misfit lengths are told alike in every mode") struct MisfitTests {
  struct Trial: Sendable, CustomTestStringConvertible {
    var family: String
    var dtype: DType
    var testDescription: String { "\(family) in \(dtype)" }
  }

  static let trials = OperationCase.families.flatMap { family in
    [DType.float64, .bool].filter { dtype in family.cases.contains { $0.dtypes.contains(dtype) } }
      .map { Trial(family: family.name, dtype: $0) }
  }

  /// Shapes that differ from those of a trial in one length.
  private static func misfits(_ shapes: [[Int]]) -> [[[Int]]] {
    var found: [[[Int]]] = []
    for (k, shape) in shapes.enumerated() {
      for axis in shape.indices {
        for length in [shape[axis] + 1, 1, 0] where length != shape[axis] {
          var other = shapes
          other[k][axis] = length
          found.append(other)
        }
      }
    }
    return found
  }

  private static func outcome(_ f: Function<[NDArray]>, _ arguments: [NDArray]) -> String {
    do { return "shapes \(try f.call(arguments).map(\.shape))" } catch { return "\(error)" }
  }

  @Test(arguments: trials) func alike(trial: Trial) throws {
    let cases = try #require(OperationCase.families.first { $0.name == trial.family }).cases
    let batch = OperationBatch(cases, trial.dtype)
    let functions = try Modes.all.map { try batch.function($0) }
    let sound = batch.values(trial: 0)
    var errors = 0
    for (k, item) in batch.cases.enumerated() {
      for shapes in Self.misfits(item.shapes[0]) {
        var misfit = item
        misfit.shapes = [shapes]
        var values = sound
        values[k] = misfit.values(trial.dtype, trial: 0, seed: "misfit")
        let outcomes = functions.map { Self.outcome($0, values.flatMap { $0 }) }
        for (mode, outcome) in zip(Modes.all, outcomes).dropFirst() {
          #expect(outcome == outcomes[0], "\(item.name) of \(shapes): \(mode)")
        }
        if outcomes[0].hasPrefix("TheanoError") { errors += 1 }
      }
    }
    // Reductions and most of what takes one operand accept every length.
    if trial.family.hasPrefix("products") { #expect(errors > 20) }
  }
}
