import Testing
import Theano
import TheanoGraph
import TheanoRuntime
import TheanoTestSupport
import TheanoToolchain

/// Native functions that are dropped are freed with their program, its code and the variables that they held.
@Suite(.enabled(if: hasCompiler, "needs a C compiler")) struct FunctionLeakTests {
  private struct Weak {
    weak var variable: VariableNode?
    weak var core: FunctionCore?
    weak var program: CompiledProgram?
    weak var code: LoadedProgram?

    var isFree: Bool { variable == nil && core == nil && program == nil && code == nil }
  }

  /// One text for all of them, so that the program in memory is shared and must go with the last.
  @Test func droppedFunctionsAreFreed() throws {
    var seen: [Weak] = []
    for round in 0..<100 {
      let x = T.dvector("x")
      let w = shared([Double(round)])
      let f = try function(inputs: [x], outputs: T.sum(x * w), updates: [(w, w + 1)])
      #expect(try f([2.0]).doubles == [Double(2 * round)])
      guard case .native(let program) = f.core.backend else {
        Issue.record("the function is interpreted")
        return
      }
      let loaded = try Toolchain.process().load(source: f.compilation.source)
      #expect(loaded.origin == .memory)
      seen.append(Weak(variable: x.node, core: f.core, program: program, code: loaded.program))
      seen.append(Weak(variable: w.node))
      #expect(seen[seen.count - 2].code != nil && seen[seen.count - 1].variable != nil)
    }
    #expect(seen.allSatisfy { $0.isFree })
  }

  /// What a function made on the way: the general program for another shape, contexts of calls side by side, results.
  @Test func whatCallsMadeIsFreedToo() async throws {
    var seen: [Weak] = []
    do {
      let x = T.dvector("x")
      let w = shared([1.0, 2])
      let f = try function(inputs: [x], outputs: T.dot(x, w) + T.sum(T.nonzero(x)[0]))
      #expect(try f([1.0, 1]).doubles == [4])
      try w.setValue([1.0, 2, 3])
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<16 { group.addTask { _ = try f([1.0, 1, 1]) } }
        try await group.waitForAll()
      }
      #expect(throws: TheanoError.self) { try f([1.0, 1]) }
      if case .native(let program) = f.core.backend {
        seen = [Weak(variable: x.node, core: f.core, program: program), Weak(variable: w.node)]
      }
    }
    #expect(!seen.isEmpty && seen.allSatisfy { $0.isFree })
  }
}
