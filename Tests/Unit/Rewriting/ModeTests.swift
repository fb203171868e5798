import Testing
import Theano
import TheanoRewriting
import TheanoTestSupport

/// What a mode says of rewriting reaches the rewriting.
@Suite struct ModeTests {
  private func squared(_ change: (inout Mode) -> Void) throws -> Function<NDArray> {
    let x = T.dvector("x")
    var mode = Mode.interpreted
    change(&mode)
    let f = try function(inputs: [x], outputs: (x - x) + x ** 2, mode: mode)
    #expect(try f([3.0, -2]).doubles == [9, 4])
    return f
  }

  @Test func anExcludedRuleDoesNotFire() throws {
    let usual = try squared { _ in }.compilation.rewrites
    #expect(usual.count(of: "x ** 2") == 1 && usual.count(of: "x - x") == 1)
    let without = try squared { $0.excludedRules = ["x ** 2"] }
    #expect(without.compilation.rewrites.count(of: "x ** 2") == 0)
    #expect(without.compilation.rewrites.count(of: "x - x") == 1)
    #expect(without.graphText.contains("**"))
    #expect(!without.explain().contains("1 x x ** 2"))
  }

  @Test func anExcludedPassDoesNotRun() throws {
    let passes = try squared { $0.excludedRules = ["fast"] }.compilation.rewrites.passes.map(\.name)
    #expect(passes == ["canonical", "stable", "product chains", "products"])
  }

  @Test func whatAssumesFiniteNumbersCanBeLeftOut() throws {
    let rewrites = try squared { $0.assumesFinite = false }.compilation.rewrites
    #expect(rewrites.count(of: "x - x") == 0 && rewrites.count(of: "x ** 2") == 1)
    #expect(try squared { $0.rewrites = false }.compilation.rewrites.passes.isEmpty)
  }
}
