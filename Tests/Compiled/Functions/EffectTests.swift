import Synchronization
import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Effects happen in the order in which they were written, in every mode and on whichever side of a conditional.
@Suite struct EffectTests {
  private final class Log: Sendable {
    private let heard = Mutex<[String]>([])
    func note(_ x: TensorVariable, _ word: String) -> TensorVariable {
      T.print(x, word) { [self] message, _ in heard.withLock { $0.append(message) } }
    }
    func take() -> [String] {
      heard.withLock { words in
        defer { words = [] }
        return words
      }
    }
  }

  static let modes: [Mode] = [
    .fastRun, .unrewritten, .interpreted, Mode(assumesFinite: false),
    Mode(linker: .interpreter, rewrites: false),
  ]

  @Test(arguments: modes) func operandsInEitherOrder(_ mode: Mode) throws {
    let (x, log) = (T.dvector("x"), Log())
    let a = log.note(x, "a")
    let b = log.note(x * 2, "b")
    let c = log.note(T.sum(x), "c")
    for outputs in [[a + b + c], [c + b + a], [b, c, a], [T.sum(b) * c + T.sum(a)]] {
      let f = try function(inputs: [x], outputs: outputs, mode: mode)
      _ = try f([1, 2])
      #expect(log.take() == ["a", "b", "c"])
    }
  }

  @Test(arguments: modes) func branches(_ mode: Mode) throws {
    let (x, log) = (T.dscalar("x"), Log())
    let before = log.note(x, "before")
    let then = log.note(log.note(x + 1, "then 1") * before, "then 2")
    let otherwise = log.note(log.note(x - 1, "else 1") * 2, "else 2")
    let choice = T.ifElse(x .> 0, then, otherwise)
    let after = log.note(x * 3, "after")
    for output in [choice + after + before, after + before + choice] {
      let f = try function(inputs: [x], outputs: output, mode: mode)
      _ = try f(1)
      #expect(log.take() == ["before", "then 1", "then 2", "after"])
      _ = try f(-1)
      #expect(log.take() == ["before", "else 1", "else 2", "after"])
    }
  }

  @Test(arguments: modes) func twoInOneBranch(_ mode: Mode) throws {
    let (x, log) = (T.dscalar("x"), Log())
    let first = log.note(x, "first")
    let second = log.note(x + 1, "second")
    let f = try function(
      inputs: [x], outputs: T.ifElse(x .> 0, second * first, T.ifElse(x .< -1, x, x + 2)), mode: mode)
    for (value, words) in [(1.0, ["first", "second"]), (-2, []), (-0.5, [])] {
      _ = try f(value)
      #expect(log.take() == words)
    }
  }

  /// What no output needs is not computed and says nothing; what is needed twice says it once.
  @Test(arguments: modes) func onlyWhatIsNeeded(_ mode: Mode) throws {
    let (x, log) = (T.dscalar("x"), Log())
    let once = log.note(x, "once")
    _ = log.note(x, "never")
    let f = try function(inputs: [x], outputs: [once * once, once + 1], mode: mode)
    _ = try f(1)
    #expect(log.take() == ["once"])
  }
}
