import Testing
import Theano

private let x = T.dmatrix("x")
private let v = T.dvector("v")
private let s = T.dscalar("s")
private let l = T.lvector("l")
private let a = T.tensor("a", .float64, shape: [3])
private let b = T.tensor("b", .float64, shape: [4])
private let ragged = [[1.0, 2], [3]]
private func w() -> TensorVariable { shared(NDArray([1.0, 2.0]), name: "w") }
private func k() -> TensorVariable { shared(NDArray([1, 2]), name: "k") }

/// What `function(...)`, `shared`, `value` and `setValue` refuse.
@Suite struct FunctionErrors {
  @Test(arguments: Table.inputs) func inputs(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.defaults) func defaults(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.outputs) func outputs(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.updates) func updates(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.givens) func givens(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.modes) func modes(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.values) func values(_ pinned: Pinned) { pinned.check() }
}

private enum Table {
  static let inputs: [Pinned] = [
    Pinned(
      { _ in
        let u = T.dvector("u"), n = T.lscalar("n"); _ = try function(inputs: [], outputs: [u[n]])
      },
      """
      TheanoError: 2 things are wrong
      1. [function] the outputs need u (float64 vector), which is no input of the function
        at FunctionErrors.swift:+2
        hint: add it to inputs:, or say what it stands for in givens:
      2. [function] the outputs need n (int64 scalar), which is no input of the function
        at FunctionErrors.swift:+2
        hint: add it to inputs:, or say what it stands for in givens:
      """),
    Pinned(
      { _ in _ = try function(inputs: [v, x, s], outputs: T.sum(v), name: "f") },
      """
      TheanoError: 2 things are wrong
      1. [f] input x is not needed by any output or update
        at FunctionErrors.swift:+1
        hint: leave it out, or pass onUnusedInput: .ignore
      2. [f] input s is not needed by any output or update
        at FunctionErrors.swift:+1
        hint: leave it out, or pass onUnusedInput: .ignore
      """),
    Pinned(
      { _ in _ = try function(inputs: [v, v], outputs: T.sum(v)) },
      """
      TheanoError: [function] v is given as an input twice
        at FunctionErrors.swift:+1
        hint: list each input once
      """),
    Pinned(
      { _ in _ = try function(inputs: [T.constant(1.0), v], outputs: T.sum(v)) },
      """
      TheanoError: [function] input 1 is a constant
        at FunctionErrors.swift:+1
        hint: make an input of it, with T.dscalar, T.dvector, T.dmatrix ...
      """),
    Pinned(
      { _ in
        let w = w(); _ = try function(inputs: [w], outputs: T.sum(w))
      },
      """
      TheanoError: [function] input 1, w, is a shared variable
        at FunctionErrors.swift:+2
        hint: leave it out: its value is read at each call; givens: can put something in its place
      """),
    Pinned(
      { _ in _ = try function(inputs: [a + b], outputs: s) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 4 in the other
          (a + b)
               ^
        at FunctionErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { _ in
        let q = T.tensor("q", .float64, shape: [-1]); _ = try function(inputs: [q], outputs: q)
      },
      """
      TheanoError: 2 things are wrong
      1. [function] axis 0 of input 1, q, has the negative length -1
        at FunctionErrors.swift:+2
        hint: lengths are at least 0; write nil for a length that only the call knows
      2. [function] axis 0 of output 1 has the negative length -1
        at FunctionErrors.swift:+2
        hint: lengths are at least 0; write nil for a length that only the call knows
      """),
  ]

  static let defaults: [Pinned] = [
    Pinned(
      { _ in _ = try function(inputs: [In(v, value: [1.0]), s], outputs: v * s) },
      """
      TheanoError: [function] input 2 without a default follows one with a default
        at FunctionErrors.swift:+1
        hint: put inputs with defaults last
      """),
    Pinned(
      { _ in
        let v = T.dvector("v"); _ = try function(inputs: [In(v, value: 1.0)], outputs: v)
      },
      """
      TheanoError: [function] the default of input 1, v, is declared as float64 vector at FunctionErrors.swift:+2 but got float64 of shape [], which has 0 axes instead of 1
        at FunctionErrors.swift:+2
        hint: reshape the value, or declare the variable with 0 axes
      """),
    Pinned(
      { _ in
        let l = T.lvector("l"); _ = try function(inputs: [In(l, value: [1.5])], outputs: l)
      },
      """
      TheanoError: [function] the default of input 1, l, is declared as int64 vector at FunctionErrors.swift:+2 but got float64 [1.5], which would lose precision
        at FunctionErrors.swift:+2
        hint: convert it: value.astype(.int64), or declare the variable as float64
      """),
    Pinned(
      { _ in _ = try function(inputs: [In(x, value: ragged)], outputs: x) },
      """
      TheanoError: [function] the default of input 1, x, is a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at FunctionErrors.swift:+1
        hint: give all elements one shape
      """),
  ]

  static let outputs: [Pinned] = [
    Pinned(
      { _ in _ = try function(inputs: [v], outputs: [a + b, T.sum(v), T.dot(a, b)]) },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 4 in the other
          (a + b)
               ^
        at FunctionErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      2. [dot] shapes (3,) and (4,) do not fit: 3 columns on the left meet 4 rows on the right
          dot(a, b)
                 ^
        at FunctionErrors.swift:+1
        hint: the last axis of the first and the first axis of the second must be equally long
      """),
    Pinned(
      { _ in
        let t = T.tensor("t", .float64, shape: [Int?](repeating: nil, count: 40)); _ = try function([t], t)
      },
      """
      TheanoError: 2 things are wrong
      1. [function] input 1, t, has 40 axes; expressions have at most 32
        at FunctionErrors.swift:+2
        hint: merge axes with T.reshape
      2. [function] output 1 has 40 axes; expressions have at most 32
        at FunctionErrors.swift:+2
        hint: merge axes with T.reshape
      """),
  ]

  static let updates: [Pinned] = [
    Pinned(
      { _ in _ = try function(inputs: [v], updates: [(v, v + 1)]) },
      """
      TheanoError: [function] v is updated but is no shared variable
        at FunctionErrors.swift:+1
        hint: make it with shared(...)
      """),
    Pinned(
      { _ in
        let w = w(); _ = try function(updates: [(w, w + 1), (w, w * 2)])
      },
      """
      TheanoError: [function] w is updated twice
        at FunctionErrors.swift:+2
        hint: merge the two updates
      """),
    Pinned(
      { _ in
        let w = w(); _ = try function(updates: [(w, T.sum(w))])
      },
      """
      TheanoError: [function] the update of w is float64 scalar, but the variable is float64 vector
        at FunctionErrors.swift:+2
        hint: the rank of a shared variable cannot change: reduce or reshape the new value
      """),
    Pinned(
      { _ in
        let k = k(); _ = try function(updates: [(k, k * 1.5)])
      },
      """
      TheanoError: [function] the update of k is float64, but the variable is int64: 1.5, float64 scalar, widens it at FunctionErrors.swift:+2
          (k * 1.5)
               ^^^
        at FunctionErrors.swift:+2
        hint: cast it: T.cast(value, .int64)
      """),
    Pinned(
      { _ in
        let n = shared(NDArray([1])[0], name: "n"); _ = try function(updates: [(n, 1.5)])
      },
      """
      TheanoError: [function] the update of n is float64, but the variable is int64: it comes from 1.5, float64 scalar
        at FunctionErrors.swift:+2
        hint: cast it: T.cast(value, .int64)
      """),
    Pinned(
      { _ in
        let w = w();
        _ = try function(inputs: [v, v], outputs: a + b, updates: [(w, T.sum(w)), (v, v), (w, w)])
      },
      """
      TheanoError: 5 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 4 in the other
          (a + b)
               ^
        at FunctionErrors.swift:+3
        hint: make the lengths equal, or give one of them length 1 on that axis
      2. [function] v is given as an input twice
        at FunctionErrors.swift:+3
        hint: list each input once
      3. [function] the update of w is float64 scalar, but the variable is float64 vector
        at FunctionErrors.swift:+3
        hint: the rank of a shared variable cannot change: reduce or reshape the new value
      4. [function] v is updated but is no shared variable
        at FunctionErrors.swift:+3
        hint: make it with shared(...)
      5. [function] w is updated twice
        at FunctionErrors.swift:+3
        hint: merge the two updates
      """),
  ]

  static let givens: [Pinned] = [
    Pinned(
      { _ in
        let v = T.dvector("v"); _ = try function(outputs: T.sum(v), givens: [v: T.exp(v)])
      },
      """
      TheanoError: [function] the outputs need v (float64 vector), which is no input of the function
        at FunctionErrors.swift:+2
        hint: add it to inputs:, or say what it stands for in givens:
      """),
    Pinned(
      { _ in _ = try function(outputs: T.sum(v), givens: [v: T.constant([1, 2])]) },
      """
      TheanoError: [function] <constant int64 (2,)>, int64 (2,), cannot stand for v, float64 vector
        at FunctionErrors.swift:+1
        hint: cast it: T.cast(value, .float64)
      """),
    Pinned(
      { _ in _ = try function(inputs: [s], outputs: T.sum(v), givens: [v: s]) },
      """
      TheanoError: [function] s, float64 scalar, cannot stand for v, float64 vector
        at FunctionErrors.swift:+1
        hint: give something of the same rank and lengths
      """),
    Pinned(
      { _ in _ = try function(outputs: T.sum(a), givens: [a: T.constant([1.0, 2.0])]) },
      """
      TheanoError: [function] <constant float64 (2,)>, float64 (2,), cannot stand for a, float64 (3,)
        at FunctionErrors.swift:+1
        hint: give something of the same rank and lengths
      """),
    Pinned(
      { _ in _ = try function(outputs: T.sum(v), givens: [v: a + b]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 4 in the other
          (a + b)
               ^
        at FunctionErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
  ]

  static let modes: [Pinned] = [
    Pinned(
      { _ in _ = try function(inputs: [v], outputs: v, mode: Mode(excludedRules: ["no such", "nor this"])) },
      """
      TheanoError: 2 things are wrong
      1. [function] the mode excludes "no such", but no rule or pass has that name
        at FunctionErrors.swift:+1
        hint: f.explain() names the rules that fired
      2. [function] the mode excludes "nor this", but no rule or pass has that name
        at FunctionErrors.swift:+1
        hint: f.explain() names the rules that fired
      """)
  ]

  static let values: [Pinned] = [
    Pinned(
      { _ in
        let v = T.dvector("v"); _ = try v.value
      },
      """
      TheanoError: [value] v is no shared variable, so it has no value of its own
        at FunctionErrors.swift:+2
        hint: make it with shared(...), or compute it: try v.eval([input: value])
      """),
    Pinned(
      { _ in _ = try T.exp(v).value },
      """
      TheanoError: [value] exp(v) is no shared variable, so it has no value of its own
        at FunctionErrors.swift:+1
        hint: make it with shared(...), or compute it: try expression.eval([input: value])
      """),
    Pinned(
      { _ in _ = try (a + b).value },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 4 in the other
          (a + b)
               ^
        at FunctionErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { _ in
        let v = T.dvector("v"); try v.setValue(1.0)
      },
      """
      TheanoError: [setValue] v is no shared variable, so it has no value of its own
        at FunctionErrors.swift:+2
        hint: make it with shared(...)
      """),
    Pinned(
      { _ in
        let w = shared(NDArray([1.0]), name: "w"); try w.setValue(1.0)
      },
      """
      TheanoError: [setValue] the shared variable w is declared as float64 vector at FunctionErrors.swift:+2 but got float64 of shape [], which has 0 axes instead of 1
        at FunctionErrors.swift:+2
        hint: reshape the value, or declare the variable with 0 axes
      """),
    Pinned(
      { _ in
        let k = shared(NDArray([1, 2]), name: "k"); try k.setValue([1.5, 2])
      },
      """
      TheanoError: [setValue] the shared variable k is declared as int64 vector at FunctionErrors.swift:+2 but got float64 [1.5 2. ], which would lose precision
        at FunctionErrors.swift:+2
        hint: convert it: value.astype(.int64), or declare the variable as float64
      """),
    Pinned(
      { _ in
        let m = shared(NDArray([[1.0]]), name: "m"); try m.setValue(ragged)
      },
      """
      TheanoError: [setValue] the new value of m is a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at FunctionErrors.swift:+2
        hint: give all elements one shape
      """),
    Pinned(
      { _ in
        let w = shared(NDArray([1.0]), name: "w"); try w.setValue(NDArray.zeros([2], dtype: .complex128))
      },
      """
      TheanoError: [setValue] the shared variable w is declared as float64 vector at FunctionErrors.swift:+2 but got complex128, which would lose precision
        at FunctionErrors.swift:+2
        hint: convert it: value.astype(.float64), or declare the variable as complex128
      """),
  ]
}
