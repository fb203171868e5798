import Foundation
import Testing
import Theano
import TheanoArrays
import TheanoGraph
import TheanoOperations
import TheanoTestSupport

/// That nothing is left out: every operation in the sources appears in some case, and where one has nothing in a column
/// of the table (gradient, R-op, documentation, domain, kernels), the reason stands here.
@Suite struct RegistryTests {
  /// What no user's expression holds: an error's stand-in, and what only rules make (`StructuralRewriteTests` has the
  /// expressions of which they do).
  static let internalTypes: Set<String> = ["Impossible", "Gemm"]

  /// Elementwise functions without a derivative.
  static let flatFunctions: [String: String] = [
    "lt": "a boolean", "le": "a boolean", "gt": "a boolean", "ge": "a boolean", "eq": "a boolean",
    "neq": "a boolean", "isnan": "a boolean", "isinf": "a boolean",
    "and": "bits", "or": "bits", "xor": "bits", "not": "bits",
  ]

  /// Operations without L-op and R-op.
  static let flatOperations: [String: String] = [
    "AxisLength": "lengths do not follow the elements", "Nonzero": "positions do not follow the elements",
    "Mask": "booleans",
  ]

  /// Operations that become no kernels.
  static let callbacks: [String: String] = [
    "Custom": "a closure of the user's", "Print": "a closure of the user's",
  ]

  @Test func everyElementwiseColumnIsFilled() {
    let all = ElementwiseTable.all
    for definition in all {
      let name = definition.name
      #expect(!definition.documentation.isEmpty, "\(name) has no documentation")
      #expect(definition.domain.count == definition.arity, "\(name)")
      #expect(definition.domain.allSatisfy { $0.lowerBound < $0.upperBound }, "\(name) has an empty domain")
      // Conditions of choices and conversions to integers have none either.
      let due =
        switch definition.typing {
        case .selection: definition.arity - 1
        case .conversion(let dtype): dtype.isFloating ? 1 : 0
        default: Self.flatFunctions[name] == nil ? definition.arity : 0
        }
      #expect(definition.derivatives.count { $0 != nil } == due, "\(name) lacks a derivative and a reason")
    }
    #expect(Set(Self.flatFunctions.keys).isSubset(of: all.map(\.name)))
  }

  @Test func everyOperationHasACase() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    var declared: Set<String> = []
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /struct (\w+): Operation\b/) { declared.insert(String(match.1)) }
    }
    #expect(declared.count > 10)
    let missing = declared.subtracting(try Self.rows().keys).subtracting(Self.internalTypes)
    #expect(missing.isEmpty, "operations without a case in Tests/Support/Cases: \(missing.sorted())")
  }

  @Test func everyColumnIsFilledOrHasAReason() throws {
    for (type, row) in try Self.rows() {
      #expect(row.hasGradient == (Self.flatOperations[type] == nil), "\(type): the L-op")
      #expect(row.hasPushforward == row.hasGradient, "\(type): the R-op")
      #expect(row.isCallback == (Self.callbacks[type] != nil), "\(type): kernels")
    }
  }

  /// What the applications of one type of operation have, in all cases together.
  struct Row {
    var hasGradient = false
    var hasPushforward = false
    var isCallback = false
  }

  private static func rows() throws -> [String: Row] {
    var rows: [String: Row] = [:]
    for item in OperationCase.all {
      for dtype in item.dtypes.prefix(1) {
        let inputs = item.inputs(dtype)
        let graph = try Graph(computing: item.build(inputs), from: inputs)
        for node in graph.sorted() {
          let op = graph.nodes[node].op
          let type = "\(Swift.type(of: op))"
          var row = rows[type] ?? Row()
          var context = LoweringContext(
            operands: graph.nodes[node].inputs.map { graph.operand(graph.resolve($0)) },
            outputs: graph.nodes[node].outputs.map { graph.values[$0].type })
          if case .steps(let steps) = op.lower(&context), steps.callsBack { row.isCallback = true }
          if !row.hasGradient || !row.hasPushforward, let origin = graph.nodes[node].origin {
            let slopes = slopes(of: origin)
            row.hasGradient = row.hasGradient || slopes.gradient
            row.hasPushforward = row.hasPushforward || slopes.pushforward
          }
          rows[type] = row
        }
      }
    }
    return rows
  }

  /// Whether an application has anything to say of its floating operands, backwards and forwards.
  private static func slopes(of application: ApplyNode) -> (gradient: Bool, pushforward: Bool) {
    let operands = application.inputs
    let results = makeNode(application.op, operands, note: .none)
    func ones(_ variables: [TensorVariable]) -> [TensorVariable?] {
      variables.map { $0.dtype.isFloating ? T.onesLike($0) : nil }
    }
    let back = application.op.gradient(
      GradientCall(
        inputs: operands, outputs: results, outputGradients: ones(results),
        wanted: operands.map { $0.dtype.isFloating }))
    let hasGradient = back.contains { $0 != nil }
    let forth = application.op.pushforward(
      PushforwardCall(inputs: operands, outputs: results, directions: ones(operands)) {
        // What it would be made from is the L-op.
        hasGradient ? ones(results) : results.map { _ in nil }
      })
    return (hasGradient, forth.contains { $0 != nil })
  }
}
