import Foundation
import Testing
import TheanoArrays

/// What an error says to code that knows errors in general alone.
@Suite struct ErrorTextTests {
  private static func error(_ shape: Int...) -> (any Error)? {
    do {
      _ = try NDArray.zeros(2, 3).checked.reshaped(shape)
      return nil
    } catch { return error }
  }

  @Test func theLocalizedDescriptionIsTheMessage() throws {
    let error = try #require(Self.error(4, 2))
    let text = """
      TheanoError: [reshaped] an array of shape [2, 3] (6 elements) cannot take shape [4, 2]: it has 8
        hint: one length may be -1, to be found from the others
      """
    #expect("\(error)" == text)
    #expect(error.localizedDescription == text)
    #expect((error as NSError).localizedDescription == text)
    let localized = try #require(error as? any LocalizedError)
    #expect(localized.failureReason?.hasPrefix("an array of shape [2, 3]") == true)
    #expect(localized.recoverySuggestion == "one length may be -1, to be found from the others")
  }

  @Test func ofSeveralDiagnosesAllAreSaid() {
    let error: any Error = TheanoError([
      Diagnosis(.shape, in: "a", "first"), Diagnosis(.dtype, in: "b", "second", hint: "do"),
    ])
    #expect(
      error.localizedDescription == "TheanoError: 2 things are wrong\n1. [a] first\n2. [b] second\n  hint: do"
    )
  }
}
