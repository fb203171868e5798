import Testing
import Theano
import TheanoArrays
import TheanoGraph
import TheanoInterpreter
import TheanoOperations
import TheanoTestSupport

/// The interpreter, which judges compiled code, against NumPy and SciPy.
@Suite struct GoldenTests {
  static let golden = Result { try GoldenOperations.load() }

  @Test func operationsAgree() throws {
    let cases = try Self.golden.get().cases
    #expect(cases.count > 900)
    var names: Set<String> = []
    for one in cases {
      let inputs = one.inputs()
      guard let expression = one.expression(inputs) else {
        Issue.record("no operation \(one.operation)")
        continue
      }
      names.insert(one.name)
      let graph = try Graph(computing: [expression], from: inputs)
      let result = try Interpreter(graph).run(one.operands)[0]
      if let difference = one.difference(result) { Issue.record("\(difference)") }
    }
    let untested = Set(ElementwiseTable.all.map(\.name).filter { !$0.hasPrefix("cast<") }).subtracting(names)
    #expect(untested.isEmpty, "Scripts/operations.py has no case for these")
  }

  @Test func dtypesPromote() throws {
    let golden = try Self.golden.get()
    let dtypes = GoldenOperations.dtypes
    for (i, a) in dtypes.enumerated() {
      let x = T.tensor(nil, a, shape: [nil])
      for (j, b) in dtypes.enumerated() {
        let y = T.tensor(nil, b, shape: [nil])
        let wanted = dtypes[try golden.promotion[i, j].item(as: Int.self)]
        #expect(T.maximum(x, y).dtype == wanted, "\(a) and \(b)")
        #expect(T.where(x .== x, x, y).dtype == wanted, "\(a) and \(b)")
        #expect(T.concatenate([x, y]).dtype == wanted, "\(a) and \(b)")
      }
      for (j, weak) in [T.maximum(x, 1), T.maximum(x, 1.5)].enumerated() {
        let wanted = dtypes[try golden.weakPromotion[i, j].item(as: Int.self)]
        #expect(weak.dtype == wanted, "\(a) and a Swift \(j == 0 ? "integer" : "float")")
      }
    }
  }
}
