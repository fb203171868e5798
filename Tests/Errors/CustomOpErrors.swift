import Testing
import Theano
import TheanoTestSupport

private struct Mine: Error {}
private let v = T.dvector("v")
private let s = T.dscalar("s")
private let line = TensorType(.float64, ndim: 1)
private let point = TensorType(.float64, ndim: 0)

/// Makes a function of an operation whose closure is given and calls it.
private func call(
  _ mode: Mode, _ outputs: [TensorType] = [line], fileID: String = #fileID, at row: Int = #line,
  _ evaluate: @escaping @Sendable ([NDArray]) throws -> [NDArray]
) throws {
  let results = T.custom("mine", [v], outputs: outputs, fileID: fileID, line: row, evaluate: evaluate)
  _ = try function(inputs: [v], outputs: results, mode: mode)([1.0, 2.0])
}

/// The gradient of an operation whose gradient closure is given.
private func slope(
  _ inputs: [TensorVariable] = [v], fileID: String = #fileID, at row: Int = #line,
  _ gradient: (@Sendable ([TensorVariable], [TensorVariable], [TensorVariable]) -> [TensorVariable?])?
) throws {
  let y = T.custom("mine", inputs, outputs: [point], gradient: gradient, fileID: fileID, line: row) { _ in
    [0.0]
  }
  try T.sum(grad(y[0], wrt: v, fileID: fileID, line: row)).validate()
}

/// Closures of the user's own that break their word.
@Suite struct CustomOpErrors {
  @Test(arguments: Table.results, Modes.both) func results(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(arguments: Table.declarations, Modes.both) func declarations(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(arguments: Table.gradients, Modes.both) func gradients(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
}

private enum Table {
  static let results: [Pinned] = [
    Pinned(
      { mode in try call(mode) { _ in throw Mine() } },
      """
      TheanoError: [mine] the closure threw: Mine()
          mine(v)
        at CustomOpErrors.swift:+1
        hint: see what the closure says of its operands
      """),
    Pinned(
      { mode in try call(mode) { [try $0[0].checked.reshaped([7])] } },
      """
      TheanoError: [mine] the closure threw: TheanoError: [reshaped] an array of shape [2] (2 elements) cannot take shape [7]: it has 7
        hint: one length may be -1, to be found from the others
          mine(v)
        at CustomOpErrors.swift:+1
        hint: see what the closure says of its operands
      """),
    Pinned(
      { mode in try call(mode) { _ in [] } },
      """
      TheanoError: [mine] the closure gave 0 results, not the 1 declared
          mine(v)
        at CustomOpErrors.swift:+1
        hint: return one array for each type in outputs:
      """),
    Pinned(
      { mode in try call(mode) { [$0[0], $0[0]] } },
      """
      TheanoError: [mine] the closure gave 2 results, not the 1 declared
          mine(v)
        at CustomOpErrors.swift:+1
        hint: return one array for each type in outputs:
      """),
    Pinned(
      { mode in try call(mode) { _ in [[[1.0]]] } },
      """
      TheanoError: [mine] result 0 of the closure is float64 [1, 1], not the float64 vector declared
          mine(v)
        at CustomOpErrors.swift:+1
        hint: return what outputs: declares, or declare what is returned
      """),
    Pinned(
      { mode in try call(mode) { [$0[0].astype(.int64)] } },
      """
      TheanoError: [mine] result 0 of the closure is int64 [2], not the float64 vector declared
          mine(v)
        at CustomOpErrors.swift:+1
        hint: return what outputs: declares, or declare what is returned
      """),
    Pinned(
      { mode in try call(mode, [TensorType(.float64, shape: [5])]) { [$0[0]] } },
      """
      TheanoError: [mine] result 0 of the closure is float64 [2], not the float64 (5,) declared
          mine(v)
        at CustomOpErrors.swift:+1
        hint: return what outputs: declares, or declare what is returned
      """),
    Pinned(
      { mode in try call(mode, [TensorType(.int64, ndim: 1)]) { _ in [[1.5, 2].ndarray] } },
      """
      TheanoError: [mine] result 0 of the closure is float64 [2], not the int64 vector declared
          mine(v)
        at CustomOpErrors.swift:+1
        hint: return what outputs: declares, or declare what is returned
      """),
  ]

  static let declarations: [Pinned] = [
    Pinned(
      { mode in try call(mode, [TensorType(.float64, shape: [-2])]) { $0 } },
      """
      TheanoError: [mine] axis 0 of the result has the negative length -2
          mine(v)
        at CustomOpErrors.swift:+1
        hint: lengths are at least 0; write nil for a length that only the call knows
      """),
    Pinned(
      { mode in try call(mode, [TensorType(.float64, ndim: 40)]) { $0 } },
      """
      TheanoError: [mine] the result has 40 axes; expressions have at most 32
          mine(v)
        at CustomOpErrors.swift:+1
        hint: merge axes with T.reshape
      """),
    Pinned(
      { mode in try call(mode, [TensorType(.complex64, ndim: 1)]) { $0 } },
      """
      TheanoError: [mine] the result is complex64, which expressions cannot compute with
          mine(v)
        at CustomOpErrors.swift:+1
        hint: convert the array to float32 or float64 first: array.astype(.float64)
      """),
  ]

  static let gradients: [Pinned] = [
    Pinned(
      { _ in try slope([v], nil) },
      """
      TheanoError: [gradient of mine] the gradient passes through mine, which has no gradient closure
          gradient of mine(v)
                           ^
        at CustomOpErrors.swift:+1
        hint: give T.custom a gradient:, one that returns nil for what is flat, or name the result in considerConstant:
      """),
    Pinned(
      // Beside another way to the cost, it would be a term that is missing.
      { mode in
        let y = T.custom("mine", [v], outputs: [line]) { $0 }[0]
        _ = try function(inputs: [v], outputs: grad(T.sum(v) + T.sum(y), wrt: v), mode: mode)
      },
      """
      TheanoError: [gradient of mine] the gradient passes through mine, which has no gradient closure
          gradient of mine(v)
                           ^
        at CustomOpErrors.swift:+3
        hint: give T.custom a gradient:, one that returns nil for what is flat, or name the result in considerConstant:
      """),
    Pinned(
      { _ in try slope([v, s]) { _, _, g in [g[0]] } },
      """
      TheanoError: [gradient of mine] the gradient closure gave 1 gradient for 2 inputs
          gradient of mine(v, s)
        at CustomOpErrors.swift:+1
        hint: return one for each input, nil where there is none
      """),
    Pinned(
      { _ in try slope { _, _, g in [g[0]] } },
      """
      TheanoError: [gradient of mine] the gradient closure gave float64 scalar for input 0, which is float64 vector
          gradient of mine(v)
                           ^
        at CustomOpErrors.swift:+1
        hint: a gradient has the shape and dtype of its input
      """),
    Pinned(
      { mode in
        let v = T.dvector("v")
        let y = T.custom("mine", [v], outputs: [line], gradient: { _, _, g in [g[0][..<1]] }) { $0 }
        _ = try function(inputs: [v], outputs: grad(T.sum(y[0]), wrt: v), mode: mode)([1, 2, 3])
      },
      """
      TheanoError: [gradient of mine] the gradient closure gave length 1 on axis 0 for input 0, which has length 3 there
          gradient of mine(broadcast(dimshuffle(1.0, x), mine(v))[..<1], v)
                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        at CustomOpErrors.swift:+3
        hint: a gradient or direction has the shape of what it belongs to
      """),
    Pinned(
      { _ in try slope { x, _, _ in [T.cast(x[0], .int64)] } },
      """
      TheanoError: [gradient of mine] the gradient closure gave int64 vector for input 0, which is float64 vector
          gradient of mine(v)
                           ^
        at CustomOpErrors.swift:+1
        hint: a gradient has the shape and dtype of its input
      """),
    Pinned(
      { _ in try slope { x, _, _ in [T.dot(x[0], T.dtensor3("t"))] } },
      """
      TheanoError: [dot] dot takes scalars, vectors and matrices, not float64 vector and float64 tensor3
          dot(v, t)
                 ^
        at CustomOpErrors.swift:+1
        hint: reshape to matrices first
      """),
  ]
}
