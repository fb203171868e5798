import Theano

/// The ways of making a function that most tests of behaviour go through: whoever runs it, it behaves alike.
package enum Modes {
  /// Every way there is: each of ``all``, and those that rewrite without counting on finite numbers.
  package static let every: [Mode] =
    all + [Mode(assumesFinite: false), Mode(linker: .interpreter, assumesFinite: false)]
  /// Native code where there is a C compiler, and the interpreter.
  package static let both: [Mode] = [.fastRun, .interpreted]
  /// The same, and each without rewriting.
  package static let all: [Mode] = both + [.unrewritten, Mode(linker: .interpreter, rewrites: false)]
  /// Those in which expressions are rewritten, with and without the assumption that numbers are finite.
  package static let rewriting: [Mode] =
    both + [Mode(assumesFinite: false), Mode(linker: .interpreter, assumesFinite: false)]
}
