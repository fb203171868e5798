import Foundation
import Testing
import Theano
import TheanoGraph
import TheanoTestSupport

/// That nothing is left out: every type of operation in the sources appears in some case.
@Suite struct RegistryTests {
  /// What no user's expression holds: an error's stand-in, and what only rules make (Gemm's cases check that they do).
  static let internalTypes: Set<String> = ["Impossible", "Gemm"]

  @Test func everyOperationHasACase() throws {
    var seen: Set<String> = []
    for item in OperationCase.all {
      for dtype in item.dtypes.prefix(1) {
        var stack = item.build(item.inputs(dtype)).map(\.node)
        var known: Set<ObjectIdentifier> = []
        while let node = stack.popLast() {
          guard let owner = node.owner, known.insert(ObjectIdentifier(owner)).inserted else { continue }
          seen.insert("\(type(of: owner.op))")
          stack += owner.inputs.map(\.node)
        }
      }
    }
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
    let missing = declared.subtracting(seen).subtracting(Self.internalTypes)
    #expect(missing.isEmpty, "operations without a case in Tests/Support/Cases: \(missing.sorted())")
  }
}
