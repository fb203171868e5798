import Testing
import Theano
import TheanoTestSupport

/// Many lazy choices: what they lead to must not be searched again for each.
@Suite struct DeepConditionTests {
  /// One choice after another: a chain that every stage has to walk once.
  @Test(arguments: Modes.both) func chains(mode: Mode) throws {
    let (c, x) = (T.lscalar("c"), T.dvector("x"))
    var y = x
    for k in 0..<400 { y = T.ifElse(T.eq(c, k), y * 2, y + 1) }
    let f = try function(inputs: [c, x], outputs: y, mode: mode)
    #expect(try f(399, [1, 2]).doubles == [800, 802])
    #expect(try f(-1, [1, 2]).doubles == [401, 402])
  }

  /// Choices whose both sides are choices: the number of ways through them doubles with each, their number does not.
  @Test(arguments: Modes.both) func ladders(mode: Mode) throws {
    let (c, z, s) = (T.dvector("c"), T.dvector("z"), T.dvector("s"))
    var y = T.exp(s)
    for k in 0..<40 { y = T.ifElse(c[2 * k], y, T.ifElse(c[2 * k + 1], y, z * Double(k))) }
    let f = try function(inputs: [s, z, c], outputs: y, mode: mode)
    var choices = [Double](repeating: 0, count: 80)
    #expect(try f([0, 0], [1, 2], NDArray(choices)).doubles == [39, 78])
    for k in stride(from: 22, to: 80, by: 2) { choices[k + k / 2 % 2] = 1 }
    #expect(try f([0, 0], [1, 2], NDArray(choices)).doubles == [10, 20])
    #expect(try f([0, 0], [1, 2], NDArray([Double](repeating: 1, count: 80))).doubles == [1, 1])
  }

  /// Choices inside of choices: deeper than compilers like brackets to be.
  @Test(arguments: Modes.both) func nests(mode: Mode) throws {
    let (c, x) = (T.lscalar("c"), T.dvector("x"))
    var y = x
    for k in 0..<300 { y = T.ifElse(c .> k, T.exp(-y) + 1, x * Double(k)) }
    let f = try function(inputs: [c, x], outputs: y, mode: mode)
    #expect(try f(0, [1, 2]).doubles == [299, 598])
    let deep = try f(1000, [1, 2]).doubles
    #expect(deep.allSatisfy { abs($0 - 1.2784645427610738) < 1e-12 })
  }
}
