import CTheanoSupport
import TheanoArrays

/// The shared variables that a call has locked while it runs closures of the user's.
///
/// A closure runs on the thread of the call. If it needed one of the locks, it would wait for its own call to end: a deadlock. So
/// each thread keeps a list of what its calls have locked, innermost call first, and a closure's request is checked against it.
package struct HeldVariables {
  /// A variable that is held.
  package typealias State = (variable: SharedState, isWritten: Bool)

  private let states: [State]
  private let outer: UnsafePointer<HeldVariables>?

  private static var innermost: UnsafePointer<HeldVariables>? {
    theano_held()?.assumingMemoryBound(to: HeldVariables.self)
  }

  /// Whether a call is under way on this thread that runs closures and holds shared variables.
  @inline(__always)
  package static var areAny: Bool { theano_held() != nil }

  /// Runs the body of a call that holds variables.
  package static func holding<R>(
    _ states: [State], _ body: () throws(TheanoError) -> R
  ) throws(TheanoError) -> R {
    let held = HeldVariables(states: states, outer: innermost)
    return try withUnsafePointer(to: held) { pointer throws(TheanoError) in
      theano_set_held(pointer)
      defer { theano_set_held(pointer.pointee.outer) }
      return try body()
    }
  }

  /// Throws if this thread would wait for itself when it takes a variable, or could wait for a call that waits for it.
  ///
  /// - Parameters:
  ///   - isWritten: Whether it is taken alone; readers wait for writers only.
  ///   - subject: What takes it, as the beginning of a sentence.
  package static func check(
    _ state: SharedState, isWritten: Bool, in operation: String, _ subject: String
  ) throws(TheanoError) {
    var held = innermost
    while let pointer = held {
      if let later = pointer.pointee.states.first(where: { $0.variable.id > state.id }),
        !pointer.pointee.states.contains(where: { $0.variable === state })
      {
        // Calls take variables in ascending order, so that no two wait for each other; a closure's calls too.
        throw TheanoError(
          .custom, in: operation,
          "\(subject) the shared variable \(state.located), which was made before "
            + "\(later.variable.located) that the function around this closure holds: two such calls could wait for "
            + "each other for ever",
          hint: "do it after the call, or make the shared variables in the other order")
      }
      if pointer.pointee.states.contains(where: { $0.variable === state && (isWritten || $0.isWritten) }) {
        throw TheanoError(
          .custom, in: operation,
          "\(subject) the shared variable \(state.located), which is held until the function "
            + "that runs this closure has finished: this would wait for ever",
          hint: "do it after the call, or return the value from the closure and store it with updates:; "
            + "the value before the call can be had with .value")
      }
      held = pointer.pointee.outer
    }
  }
}
