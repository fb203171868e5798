import Testing
import Theano
import TheanoArrays
import TheanoGraph
import TheanoInterpreter
import TheanoKernels
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
    let untested = Set(ElementwiseTable.all.map(\.name).filter { !$0.hasPrefix("cast<") })
      .subtracting(names).subtracting(Self.vectorMaths.map(\.definition.name))
    #expect(untested.isEmpty, "Scripts/operations.py has no case for these")
  }

  /// The functions that are one function of the vector maths, with that function's exact values: these judge the host's
  /// evaluation without anybody writing a case.
  static let vectorMaths: [(definition: ElementwiseDefinition, golden: PreludeGolden<Double>)] = {
    let tables = PreludeGolden<Double>.all()
    return ElementwiseTable.all.compactMap { definition in
      guard case .apply(.call(let name), let operands) = definition.recipe,
        operands == (0..<definition.arity).map({ .operand($0) }),
        let table = tables.first(where: { $0.name == name })
      else { return nil }
      return (definition, table)
    }
  }()

  @Test func theHostComputesVectorMathsAsExactTablesSay() throws {
    #expect(Self.vectorMaths.count > 10)
    for (definition, golden) in Self.vectorMaths {
      let host = try #require(definition.host.float, "\(definition.name) has no host evaluation of floats")
      for point in golden.points {
        let result = host(point.x, point.y, 0)
        // Compositions of the C library's functions, each within one unit or two.
        let error = golden.error(result, at: point)
        #expect(
          error <= 8,
          "\(golden.name)(\(point.x), \(point.y)) is \(result), not \(point.rounded): \(error) ulp")
      }
    }
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
