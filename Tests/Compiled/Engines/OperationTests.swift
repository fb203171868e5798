import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Every operation, compiled, against the interpreter that knows nothing of rules, loops or memory: in each dtype, over
/// shapes from empty to larger than a vector, with operands that lie in memory in several ways.
@Suite("Compiled operations agree with the interpreter") struct OperationTests {
  struct Trial: Sendable, CustomTestStringConvertible {
    var family: String
    var dtype: DType
    var testDescription: String { "\(family) in \(dtype)" }
  }

  static let trials = OperationCase.families.enumerated().flatMap { number, family in
    OperationCase.tried(family: number + TestBudget.first).filter { dtype in
      family.cases.contains { $0.dtypes.contains(dtype) }
    }.map { Trial(family: family.name, dtype: $0) }
  }

  @Test func everyDTypeIsTried() {
    #expect(Set(Self.trials.map(\.dtype)) == Set(OperationCase.computing))
  }

  @Test(arguments: trials) func agree(trial: Trial) throws {
    let cases = try #require(OperationCase.families.first { $0.name == trial.family }).cases
    let batch = OperationBatch(cases, trial.dtype)
    let compiled = try batch.function(.fastRun)
    let oracle = try batch.function(Mode(linker: .interpreter, rewrites: false))
    for number in 0..<batch.trials {
      let values = batch.values(trial: number)
      let arguments = values.flatMap { $0 }
      let (found, expected) = (
        batch.split(try compiled.call(arguments)), batch.split(try oracle.call(arguments))
      )
      for (k, item) in batch.cases.enumerated() {
        for (a, b) in zip(found[k], expected[k]) {
          let epsilon = a.dtype == .float32 ? 0x1p-23 : 0x1p-52
          #expect(
            Agreement.compare(a, b, tolerance: (item.ulps + 1) * epsilon),
            "\(item.name) of \(values[k].map { "\($0.dtype) \($0.shape)" }): \(a) instead of \(b), for \(values[k])"
          )
        }
      }
    }
  }

  /// What is special stays so: signed zeros, infinities, numbers that are none, the ends of the range.
  @Test(arguments: OperationCase.floats) func specialValues(dtype: DType) throws {
    let cases = OperationCase.elementwise.filter { $0.dtypes.contains(dtype) }
    let batch = OperationBatch(cases, dtype)
    let compiled = try batch.function(Mode(assumesFinite: false))
    let oracle = try batch.function(Mode(linker: .interpreter, rewrites: false))
    let tiny = dtype == .float32 ? 0x1p-149 : 0x1p-1074
    let large = dtype == .float32 ? 0x1.fffffep127 : 0x1.fffffffffffffp1023
    let special: [Double] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, tiny, -tiny, large, -large, 0.5, 2, -2.5,
    ]
    let n = special.count
    let left = NDArray((0..<n * n).map { special[$0 / n] }).astype(dtype).reshaped(n, n)
    let right = NDArray((0..<n * n).map { special[$0 % n] }).astype(dtype).reshaped(n, n)
    let flags = NDArray((0..<n * n).map { $0 % 3 == 0 }).reshaped(n, n)
    let values = batch.cases.map { item in
      item.operands.enumerated().map { k, operand in
        operand.dtype == .bool ? flags : (k == item.operands.count - 1 && k > 0 ? right : left)
      }
    }
    let arguments = values.flatMap { $0 }
    let (found, expected) = (
      batch.split(try compiled.call(arguments)), batch.split(try oracle.call(arguments))
    )
    for (k, item) in batch.cases.enumerated() {
      // What a float beyond an integer's range becomes is the processor's choice, as in NumPy.
      if item.name.hasPrefix("cast"), !found[k][0].dtype.isFloating, found[k][0].dtype != .bool { continue }
      let (a, b) = (found[k][0].doubles, expected[k][0].doubles)
      let wrong = a.indices.filter { !Self.same(a[$0], b[$0], dtype, item.ulps) }
      let shown = wrong.prefix(4).map { i in
        "\(item.name)(\(values[k].map { "\($0.doubles[i])" }.joined(separator: ", "))) = \(a[i]) instead of \(b[i])"
      }
      #expect(wrong.isEmpty, "\(dtype): \(wrong.count) wrong, such as \(shown.joined(separator: "; "))")
    }
  }

  private static func same(_ a: Double, _ b: Double, _ dtype: DType, _ ulps: Double) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    if a == b { return a != 0 || a.sign == b.sign }
    let (epsilon, least) = dtype == .float32 ? (0x1p-23, 0x1p-149) : (0x1p-52, 0x1p-1074)
    return (a - b).magnitude
      <= Swift.max((ulps + 1) * epsilon * Swift.max(a.magnitude, b.magnitude), 4 * least)
  }
}
