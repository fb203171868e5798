import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Compiled functions against NumPy and SciPy, many operations to a function.
@Suite struct GoldenCompiledTests {
  static let golden = Result { try GoldenOperations.load() }
  static let parts = 12

  @Test(arguments: 0..<parts) func operationsAgree(part: Int) throws {
    let hasSolver = try Machine.hasSolver
    // Cases of the same operations lie together, so that their kernels are one.
    let all = try Self.golden.get().cases.enumerated().filter { hasSolver || $0.element.name != "solve" }
      .sorted { ($0.element.operation, $0.offset) < ($1.element.operation, $1.offset) }.map(\.element)
    let cases = all[(all.count * part / Self.parts)..<(all.count * (part + 1) / Self.parts)]
    let inputs = cases.map { $0.inputs() }
    let f = try function(
      inputs: inputs.flatMap { $0 }, outputs: zip(cases, inputs).compactMap { $0.expression($1) },
      mode: Mode(assumesFinite: false), onUnusedInput: .ignore)
    let results = try f.call(cases.flatMap(\.operands))
    #expect(results.count == cases.count)
    for (one, result) in zip(cases, results) {
      if let difference = one.difference(result) { Issue.record("\(difference)") }
    }
  }
}
