import Testing
import Theano
import TheanoTestSupport

/// Closures of the user's own that ask for shared variables which the call that runs them holds.
@Suite struct HeldVariableErrors {
  private static let v = T.dvector("v")

  /// Calls a function that reads or updates a shared variable and runs a closure.
  private static func call(
    _ w: TensorVariable, updating: Bool, _ mode: Mode, _ body: @escaping @Sendable () throws -> Void
  ) throws -> NDArray {
    let y = T.custom("mine", [v], outputs: [v.type]) { inputs in
      try body()
      return inputs
    }[0]
    let updates = updating ? [(w, w + 1)] : []
    return try function(inputs: [v], outputs: T.sum(y) + w, updates: updates, mode: mode, name: "outer")([
      1, 2,
    ])
  }

  /// What a closure may try, and which word of the refusal tells it; `nil` where it need not wait.
  enum Attempt: String, CaseIterable, Sendable {
    case sets, updates, reads, looks

    func run(_ w: TensorVariable, _ mode: Mode) throws {
      switch self {
      case .sets: try w.setValue(7.0)
      case .updates: try function(updates: [(w, w * 2)], mode: mode)()
      case .reads: #expect(try Double(function(outputs: w * 2, mode: mode)()) == 2)
      case .looks: #expect(try Double(w.value) == 1)
      }
    }

    func waits(updating: Bool) -> Bool { self == .sets || self == .updates || (self == .reads && updating) }
  }

  @Test(arguments: Attempt.allCases, Modes.both)
  func whatWouldWaitForItselfIsRefused(_ attempt: Attempt, _ mode: Mode) throws {
    for updating in [false, true] {
      let w = shared(1.0, name: "w")
      if attempt.waits(updating: updating) {
        let error = #expect(throws: TheanoError.self) {
          try Self.call(w, updating: updating, mode) { try attempt.run(w, mode) }
        }
        let text = error?.description ?? ""
        #expect(text.contains("\(attempt.rawValue) the shared variable w, which is held"))
        #expect(text.contains("return the value from the closure"))
        #expect(try Double(w.value) == 1)
      } else {
        let sum = try Self.call(w, updating: updating, mode) { try attempt.run(w, mode) }
        #expect(Double(sum) == 4)
      }
      // Whatever happened, nothing is held any more.
      try w.setValue(5.0)
      #expect(try Double(function(outputs: w, updates: [(w, w + 1)], mode: mode)()) == 5)
    }
  }

  @Test(arguments: Modes.both) func calls(deep mode: Mode) throws {
    let (w, u) = (shared(1.0, name: "w"), shared(1.0, name: "u"))
    // The outer call holds w, the one inside holds u: both are refused to the innermost closure, another is not.
    for (variable, isRefused) in [(w, true), (u, true), (shared(1.0, name: "other"), false)] {
      let result = Result {
        try Self.call(w, updating: false, mode) {
          _ = try Self.call(u, updating: true, mode) { try variable.setValue(3.0) }
        }
      }
      #expect(((try? result.get()) == nil) == isRefused)
      #expect(try Double(variable.value) == (isRefused ? 1 : 3))
    }
  }
}

/// Closures whose calls could wait for each other.
@Suite struct CrossedCallErrors {
  /// Each of two functions holds one variable while its closure asks for the other's.
  @Test(.timeLimit(.minutes(10)), arguments: Modes.both)
  func noTwoCallsWaitForEachOther(_ mode: Mode) async throws {
    let (first, second) = (shared(0.0, name: "first"), shared(0.0, name: "second"))
    let v = T.dvector("v")
    @Sendable func outer(_ held: TensorVariable, _ asked: TensorVariable) throws -> Function<NDArray> {
      let inner = try function(updates: [(asked, asked + 1)], mode: mode)
      let y = T.custom("mine", [v], outputs: [v.type]) { inputs in
        try inner()
        return inputs
      }[0]
      return try function(inputs: [v], outputs: T.sum(y), updates: [(held, held + 1)], mode: mode)
    }
    let (up, down) = (try outer(first, second), try outer(second, first))
    let refused = try await withThrowingTaskGroup(of: Int.self) { group in
      for f in [up, down] {
        group.addTask {
          var refused = 0
          for _ in 0..<50 {
            do throws(TheanoError) { _ = try f([1]) } catch {
              refused += 1
              #expect(
                error.description.contains("updates the shared variable first, which was made before second"))
            }
          }
          return refused
        }
      }
      return try await group.reduce(0, +)
    }
    // One order is the order in which all calls take them; the other is refused every time, not now and then.
    #expect(refused == 50)
    #expect(try Double(first.value) == 50)
    #expect(try Double(second.value) == 50)
  }
}

/// Names that would break the line they stand on.
@Suite struct NameErrors {
  private static let name = "x\n\r#error\u{0}\u{2028}\u{7f}\\"

  @Test func longAndEmptyOnes() throws {
    #expect(T.dvector(String(repeating: "n", count: 5000)).name?.count == 103)
    #expect(T.dvector("").name == nil)
  }

  @Test func ofVariablesFunctionsAndOperationsStayOnTheirLine() throws {
    let x = T.dvector(Self.name)
    #expect(x.name == #"x\n\r#error\0\u{2028}\u{7F}\"#)
    let broken = T.custom("mine\nyours", [x], outputs: [x.type]) { _ in [] }[0]
    for (outputs, given) in [(T.exp(x) * shared(2.0, name: "w\n#error"), [1.0, 2.0]), (broken, [1.0])] {
      let f = try function(inputs: [x], outputs: outputs, name: "f\n#error")
      for text in [f.cSource, f.explain(), "\(outputs)"] {
        #expect(!text.split(separator: "\n").contains { $0.hasPrefix("#error") })
      }
      let error = #expect(throws: TheanoError.self) { try f(given, given) }
      #expect(error?.description.contains("[f\\n#error]") == true)
    }
  }
}
