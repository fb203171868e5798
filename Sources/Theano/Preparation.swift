import CTheanoSupport
import TheanoEmission
import TheanoRules

/// What the first function of a process needs whatever it computes: a quarter of the time that it takes when all of its C is in
/// the cache already.
enum Preparation {
  /// Starts to make it on another thread, while this one writes and looks at expressions. Whoever comes to need a part that is
  /// being made waits for it, and makes it if no thread could be started: each is a constant of its own.
  static func begin() { begun }

  // Nothing that looks at the environment: the program may be about to change it, and that is not safe beside a reader.
  private static let begun: Void = theano_run_beside {
    // In the order in which they are asked for.
    Pipeline.prepare()
    PreludeParts.prepare()
  }
}
