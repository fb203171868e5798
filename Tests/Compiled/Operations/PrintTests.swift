import Synchronization
import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// What passes through a print is said once for each call, and is otherwise as if it were not there.
@Suite struct PrintTests {
  final class Heard: Sendable {
    let lines = Mutex<[String]>([])
    func hear(_ message: String, _ value: NDArray) { lines.withLock { $0.append("\(message) \(value)") } }
  }

  @Test(arguments: [Mode.fastRun, .interpreted]) func saysEachCall(mode: Mode) throws {
    let heard = Heard()
    let x = T.dvector("x")
    let y = T.print(x * 2, "twice", listener: heard.hear)
    let f = try function(inputs: [x], outputs: [y + 1, grad(T.sum(y * y), wrt: x)], mode: mode)
    #expect(heard.lines.withLock { $0 }.isEmpty)
    for _ in 0..<2 {
      let results = try f.call([[1.0, 2.0]])
      #expect(results[0] == [3.0, 5.0] && results[1] == [8.0, 16.0])
    }
    #expect(heard.lines.withLock { $0 } == ["twice [2. 4.]", "twice [2. 4.]"])
  }

  /// Neither folded while compiling, nor taken for the same as another of the same value.
  @Test func constantsAndTwins() throws {
    let heard = Heard()
    let constant = T.print(T.constant([1, 2]), "constant", listener: heard.hear)
    let (a, b) = (T.print(constant, "a", listener: heard.hear), T.print(constant, "b", listener: heard.hear))
    let f = try function(inputs: [], outputs: [a + b])
    #expect(heard.lines.withLock { $0 }.isEmpty)
    #expect(try f.call([])[0] == [2, 4])
    #expect(heard.lines.withLock { $0.sorted() } == ["a [1 2]", "b [1 2]", "constant [1 2]"])
  }
}
