import Testing
import Theano
import TheanoTestSupport

private let x = T.dmatrix("x")
private let y = T.dmatrix("y")
private let v = T.dvector("v")
private let u = T.dvector("u")
private let l = T.lvector("l")
private let n = T.lscalar("n")
private let m = T.lscalar("m")
private let s = T.dscalar("s")
private let ragged = [[1.0, 2], [3]]
private let two = NDArray([1.0, 2.0])
private let three = NDArray([1.0, 2.0, 3.0])
private let wide = NDArray([[1.0, 2, 3], [4, 5, 6]])
private let empty = NDArray.zeros([0], dtype: .float64)

/// What only a call can reveal: said alike by compiled programs and by the interpreter.
@Suite struct CallErrors {
  @Test(arguments: Table.arguments, Modes.both) func arguments(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(arguments: Table.lengths, Modes.both) func lengths(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(arguments: Table.gradients, Modes.both) func gradients(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(arguments: Table.reshaping, Modes.both) func reshaping(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(arguments: Table.indices, Modes.both) func indices(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(arguments: Table.creation, Modes.both) func creation(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(arguments: Table.reductions, Modes.both) func reductions(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(
    .enabled(if: (try? Machine.hasSolver) == true, "needs a LAPACK library"), arguments: Table.systems,
    Modes.both)
  func systems(_ pinned: Pinned, _ mode: Mode) { pinned.check(mode) }
}

private enum Table {
  static let arguments: [Pinned] = [
    Pinned(
      { mode in
        let x = T.dmatrix("x"); _ = try function(inputs: [x], outputs: x, mode: mode)([[1, 2], [3]])
      },
      """
      TheanoError: [function] argument 1, x, is a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at CallErrors.swift:+2
        hint: give all elements one shape
      """),
    Pinned(
      { mode in
        let x = T.dmatrix("x"), v = T.dvector("v");
        _ = try function(inputs: [x, v], outputs: [x, v], mode: mode)([[1.5, 2], [3]], [1])
      },
      """
      TheanoError: [function] argument 1, x, is a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at CallErrors.swift:+3
        hint: give all elements one shape
      """),
    Pinned(
      { mode in
        let n = T.lscalar("n"); _ = try function(inputs: [n], outputs: n, mode: mode)(UInt64.max)
      },
      """
      TheanoError: [function] argument 1, n, is declared as int64 scalar at CallErrors.swift:+2 but got uint64 18446744073709551615, which would lose precision
        at CallErrors.swift:+2
        hint: convert it: value.astype(.int64), or declare the variable as uint64
      """),
    Pinned(
      { mode in
        let l = T.lvector("l");
        _ = try function(inputs: [l], outputs: l, mode: mode)([1, 9223372036854775808.0])
      },
      """
      TheanoError: [function] argument 1, l, is declared as int64 vector at CallErrors.swift:+2 but got float64 [1.00000000e+00 9.22337204e+18], which would lose precision
        at CallErrors.swift:+3
        hint: convert it: value.astype(.int64), or declare the variable as float64
      """),
    Pinned(
      { mode in
        let u = T.tensor("u", .uint64, shape: []); _ = try function(inputs: [u], outputs: u, mode: mode)(-1)
      },
      """
      TheanoError: [function] argument 1, u, is declared as uint64 scalar at CallErrors.swift:+2 but got int64 -1, which would lose precision
        at CallErrors.swift:+2
        hint: convert it: value.astype(.uint64), or declare the variable as int64
      """),
    Pinned(
      { mode in
        let v = T.dvector("v"), u = T.dvector("u");
        _ = try function(inputs: [v, u], outputs: v + u, mode: mode).call([two])
      },
      """
      TheanoError: [function] 1 argument was given, but the function takes 2: (v, u)
        at CallErrors.swift:+3
        hint: pass one value for each input; a list of values goes to call(_:)
      """),
    Pinned(
      { mode in
        let v = T.dvector("v"); _ = try function(inputs: [v], outputs: v + 1, mode: mode).call([two, two])
      },
      """
      TheanoError: [function] 2 arguments were given, but the function takes 1: (v)
        at CallErrors.swift:+2
        hint: pass one value for each input; a list of values goes to call(_:)
      """),
    Pinned(
      { mode in
        let v = T.dvector("v"); _ = try function(inputs: [v], outputs: v + 1, mode: mode).call([wide])
      },
      """
      TheanoError: [function] argument 1, v, is declared as float64 vector at CallErrors.swift:+2 but got float64 of shape [2, 3], which has 2 axes instead of 1
        at CallErrors.swift:+2
        hint: reshape the value, or declare the variable with 2 axes
      """),
    Pinned(
      { mode in
        let s = T.dscalar("s"); _ = try function(inputs: [s], outputs: s + 1, mode: mode).call([two])
      },
      """
      TheanoError: [function] argument 1, s, is declared as float64 scalar at CallErrors.swift:+2 but got float64 of shape [2], which has 1 axis instead of 0
        at CallErrors.swift:+2
        hint: reshape the value, or declare the variable with 1 axis
      """),
    Pinned(
      { mode in
        let l = T.lvector("l"); _ = try function(inputs: [l], outputs: l + 1, mode: mode).call([two])
      },
      """
      TheanoError: [function] argument 1, l, is declared as int64 vector at CallErrors.swift:+2 but got float64, which would lose precision
        at CallErrors.swift:+2
        hint: convert it: value.astype(.int64), or declare the variable as float64
      """),
    Pinned(
      { mode in
        let v = T.dvector("v");
        _ = try function(inputs: [v], outputs: v + 1, mode: mode).call([
          NDArray.zeros([2], dtype: .complex128)
        ])
      },
      """
      TheanoError: [function] argument 1, v, is declared as float64 vector at CallErrors.swift:+2 but got complex128, which would lose precision
        at CallErrors.swift:+3
        hint: convert it: value.astype(.float64), or declare the variable as complex128
      """),
    Pinned(
      { mode in
        let q = T.tensor("q", .float64, shape: [4]);
        _ = try function(inputs: [q], outputs: q * 2, mode: mode).call([two])
      },
      """
      TheanoError: [function] axis 0 of argument 1, q, is declared to have length 4 at CallErrors.swift:+2 but got shape [2]
        at CallErrors.swift:+3
        hint: declare the axis without a length, or pass an array that has it
      """),
    Pinned(
      { mode in
        let q = T.drow("q"); _ = try function(inputs: [q], outputs: q * 2, mode: mode).call([wide])
      },
      """
      TheanoError: [function] axis 0 of argument 1, q, is declared to have length 1 at CallErrors.swift:+2 but got shape [2, 3]
        at CallErrors.swift:+2
        hint: declare the axis without a length, or pass an array that has it
      """),
    Pinned(
      { mode in
        let q = T.tensor("q", .uint8, shape: []);
        _ = try function(inputs: [q], outputs: q * 2, mode: mode).call([300.ndarray])
      },
      """
      TheanoError: [function] argument 1, q, is declared as uint8 scalar at CallErrors.swift:+2 but got int64 300, which would lose precision
        at CallErrors.swift:+3
        hint: convert it: value.astype(.uint8), or declare the variable as int64
      """),
    Pinned(
      { mode in
        let n = T.lscalar("n");
        _ = try function(inputs: [n], outputs: n * 2, mode: mode).call([Double.nan.ndarray])
      },
      """
      TheanoError: [function] argument 1, n, is declared as int64 scalar at CallErrors.swift:+2 but got float64 nan, which would lose precision
        at CallErrors.swift:+3
        hint: convert it: value.astype(.int64), or declare the variable as float64
      """),
    Pinned(
      { mode in
        let x = T.dmatrix("x"); _ = try function(inputs: [x], outputs: x * 2, mode: mode)(ragged)
      },
      """
      TheanoError: [function] argument 1, x, is a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at CallErrors.swift:+2
        hint: give all elements one shape
      """),
  ]

  static let lengths: [Pinned] = [
    Pinned(
      { mode in try call(mode, [v, u], v + u, [two, three]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 2 in one and 3 in the other
          (v + u)
               ^
        at CallErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { mode in try call(mode, [v, u], v + u, [two, [1.0]]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 2 in one and 1 in the other
          (v + u)
               ^
        at CallErrors.swift:+1
        hint: an axis broadcasts only if it is declared to have length 1: declare it (T.row, T.col, shape: [..., 1, ...]) or write T.addBroadcast(operand 2, axis: -1)
      """),
    Pinned(
      { mode in try call(mode, [x, y], x + y, [wide, [[1.0, 2, 3]]]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -2 has length 2 in one and 1 in the other
          (x + y)
               ^
        at CallErrors.swift:+1
        hint: an axis broadcasts only if it is declared to have length 1: declare it (T.row, T.col, shape: [..., 1, ...]) or write T.addBroadcast(operand 2, axis: -2)
      """),
    Pinned(
      { mode in try call(mode, [x, y], T.dot(x, y), [wide, wide]) },
      """
      TheanoError: [dot] float64 matrix and float64 matrix do not fit: 3 columns on the left meet 2 rows on the right
          dot(x, y)
                 ^
        at CallErrors.swift:+1
        hint: the last axis of the first and the first axis of the second must be equally long
      """),
    Pinned(
      { mode in try call(mode, [x, v], T.dot(x, v), [wide, two]) },
      """
      TheanoError: [dot] float64 matrix and float64 vector do not fit: 3 columns on the left meet 2 rows on the right
          dot(x, v)
                 ^
        at CallErrors.swift:+1
        hint: the last axis of the first and the first axis of the second must be equally long
      """),
    Pinned(
      { mode in try call(mode, [x, y], T.concatenate([x, y]), [wide, [[1.0]]]) },
      """
      TheanoError: [concatenate] axis 1 has length 3 before operand 2 and 1 in it
          concatenate(x, y)
                         ^
        at CallErrors.swift:+1
        hint: all axes but the one that is joined must be equally long
      """),
    Pinned(
      { mode in try call(mode, [v, u], T.stack([v, u]), [two, three]) },
      """
      TheanoError: [concatenate] axis 1 has length 2 before operand 2 and 3 in it
          concatenate(dimshuffle(v, x 0), dimshuffle(u, x 0))
                                          ^^^^^^^^^^^^^^^^^^
        at CallErrors.swift:+1
        hint: all axes but the one that is joined must be equally long
      """),
    Pinned(
      { mode in try call(mode, [v, x], T.broadcast(v, like: x), [two, wide]) },
      """
      TheanoError: [broadcast] axis -1 of the first operand has length 2, but that of the second has length 3
          broadcast(v, x)
                    ^
        at CallErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { mode in try call(mode, [x, y], T.addBroadcast(x, axis: 0) + y, [wide, wide]) },
      """
      TheanoError: [dimshuffle] axis 0 is dropped but has length 2, not 1
          dimshuffle(x, 1)
                     ^
        at CallErrors.swift:+1
        hint: index or reduce the axis instead
      """),
    Pinned(
      { mode in try call(mode, [x], x.dimshuffle(0), [wide]) },
      """
      TheanoError: [dimshuffle] axis 1 is dropped but has length 3, not 1
          dimshuffle(x, 0)
                     ^
        at CallErrors.swift:+1
        hint: index or reduce the axis instead
      """),
    Pinned(
      { mode in try call(mode, [v, u], v[v .> 1] + u[u .> 1], [three, two]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 2 in one and 1 in the other
          (v[nonzero((v .> 1.0))[.all, 0]] + u[nonzero((u .> 1.0))[.all, 0]])
                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        at CallErrors.swift:+1
        hint: an axis broadcasts only if it is declared to have length 1: declare it (T.row, T.col, shape: [..., 1, ...]) or write T.addBroadcast(operand 2, axis: -1)
      """),
    Pinned(
      { mode in try call(mode, [s, v, u], T.ifElse(s, T.sum(v + u), T.sum(v)), [1.0, two, three]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 2 in one and 3 in the other
          (v + u)
               ^
        at CallErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
  ]

  static let gradients: [Pinned] = [
    Pinned(
      { mode in try call(mode, [v, x], grad(T.sum(v * x), wrt: v), [two, [[1.0, 2, 3]]]) },
      """
      TheanoError: [multiply] operands 1 and 2 do not fit: axis -1 has length 2 in one and 3 in the other
          (v * x)
               ^
        at CallErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """)
  ]

  static let reshaping: [Pinned] = [
    Pinned(
      { mode in try call(mode, [v], T.reshape(v, [2, 2]), [three]) },
      """
      TheanoError: [reshape] float64 vector with 3 elements cannot be reshaped to (2, 2), which has 4
          reshape(v, 2, 2)
                  ^
        at CallErrors.swift:+1
        hint: the product of the lengths must be the number of elements; one of them may be -1
      """),
    Pinned(
      { mode in try call(mode, [v], T.reshape(v, [2, -1]), [three]) },
      """
      TheanoError: [reshape] float64 vector with 3 elements cannot be reshaped to (2, -1), which has 2
          reshape(v, 2, -1)
                  ^
        at CallErrors.swift:+1
        hint: the product of the lengths must be the number of elements; one of them may be -1
      """),
    Pinned(
      { mode in try call(mode, [v, n], T.reshape(v, [n, -1]), [three, 0]) },
      """
      TheanoError: [reshape] length 1 of the new shape is 0: the -1 beside it could stand for any number
          reshape(v, n, -1)
                     ^
        at CallErrors.swift:+1
        hint: say all lengths
      """),
    Pinned(
      { mode in try call(mode, [v, n], T.reshape(v, [n]), [three, -1]) },
      """
      TheanoError: [reshape] length 1 of the new shape is -1
          reshape(v, n)
                     ^
        at CallErrors.swift:+1
        hint: a length that stands for what is left must be the number -1 where the expression is written
      """),
    Pinned(
      { mode in try call(mode, [v, n], T.reshape(v, [n, 1]), [three, -3]) },
      """
      TheanoError: [reshape] length 1 of the new shape is -3
          reshape(v, n, 1)
                     ^
        at CallErrors.swift:+1
        hint: lengths are at least 0; one may be -1, which stands for what is left
      """),
  ]

  static let indices: [Pinned] = [
    Pinned(
      { mode in
        let v = T.dvector("v"), u = T.tensor("u", .uint64, shape: []);
        try call(mode, [v, u], v[u], [two, NDArray(UInt64.max)])
      },
      """
      TheanoError: [subtensor] index 9223372036854775807 is out of range for an axis of length 2
          v[cast<int64>(minimum(u, 9223372036854775807))]
          ^
        at CallErrors.swift:+3
        hint: positions run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { mode in
        let v = T.dvector("v"), u = T.tensor("u", .uint64, shape: [nil]);
        try call(mode, [v, u], v[u], [two, NDArray([0, UInt64.max - 3])])
      },
      """
      TheanoError: [subtensor] index 9223372036854775807 is out of range for an axis of length 2
          v[cast<int64>(minimum(u, 9223372036854775807))]
          ^
        at CallErrors.swift:+3
        hint: positions run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { mode in try call(mode, [v, n], v[n], [two, 5]) },
      """
      TheanoError: [subtensor] index 5 is out of range for an axis of length 2
          v[n]
          ^
        at CallErrors.swift:+1
        hint: positions run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { mode in try call(mode, [v, n], v[n], [two, -3]) },
      """
      TheanoError: [subtensor] index -3 is out of range for an axis of length 2
          v[n]
          ^
        at CallErrors.swift:+1
        hint: positions run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { mode in try call(mode, [v], v[7], [two]) },
      """
      TheanoError: [subtensor] index 7 is out of range for axis 0, which has length 2
          v[7]
          ^
        at CallErrors.swift:+1
        hint: positions run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { mode in try call(mode, [v], v[0], [empty]) },
      """
      TheanoError: [subtensor] index 0 is out of range for axis 0, which has length 0
          v[0]
          ^
        at CallErrors.swift:+1
        hint: the axis is empty
      """),
    Pinned(
      { mode in try call(mode, [v, l], v[l], [two, [0, 5]]) },
      """
      TheanoError: [subtensor] index 5 is out of range for an axis of length 2
          v[l]
          ^
        at CallErrors.swift:+1
        hint: positions run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { mode in try call(mode, [v, l], T.setSubtensor(v[l], to: 1), [two, [0, 5]]) },
      """
      TheanoError: [setSubtensor] index 5 is out of range for an axis of length 2
          setSubtensor(v[l], 1.0)
                       ^
        at CallErrors.swift:+1
        hint: positions run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { mode in try call(mode, [v, l, u], T.incSubtensor(v[l], by: u), [two, [0, 1, 0], two]) },
      """
      TheanoError: [incSubtensor] axis -1 of the new value has length 2, but that of the part has length 3
          incSubtensor(v[l], u)
                             ^
        at CallErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { mode in try call(mode, [v, u], T.setSubtensor(v[0..<2], to: u), [three, three]) },
      """
      TheanoError: [setSubtensor] axis -1 of the new value has length 3, but that of the part has length 2
          setSubtensor(v[0..<2], u)
                                 ^
        at CallErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { mode in try call(mode, [v, u], v[u .> 0], [two, three]) },
      """
      TheanoError: [subtensor] the mask has length 3, but axis 0 of the array has length 2
          v[(u .> 0.0)]
            ^^^^^^^^^^
        at CallErrors.swift:+1
        hint: a mask has a boolean for each place of the axes that it stands for
      """),
    Pinned(
      { mode in try call(mode, [s, v, n], T.ifElse(s, v[n], T.sum(v)), [1.0, two, 9]) },
      """
      TheanoError: [subtensor] index 9 is out of range for an axis of length 2
          v[n]
          ^
        at CallErrors.swift:+1
        hint: positions run from 0 to 1, or from -2 to -1
      """),
  ]

  static let creation: [Pinned] = [
    Pinned(
      { mode in try call(mode, [n], T.alloc(1.0, [n]), [-2]) },
      """
      TheanoError: [alloc] axis 0 cannot have length -2
          alloc(1.0, n)
                     ^
        at CallErrors.swift:+1
        hint: lengths are at least 0
      """),
    Pinned(
      { mode in try call(mode, [n, v], T.alloc(v, [n]), [3, two]) },
      """
      TheanoError: [alloc] axis -1 of the value has length 2, but that of the new array has length 3
          alloc(v, n)
                ^
        at CallErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { mode in try call(mode, [n], T.arange(0, 5, n), [0]) },
      """
      TheanoError: [arange] there are no such numbers: the step is 0, or a bound or the step is not finite or too large
          arange(from: 0, step: n, count: where((n .== 0), -1, maximum(0, -(... // n))))
                                ^
        at CallErrors.swift:+1
        hint: check the bounds and the step before the call
      """),
    Pinned(
      { mode in try call(mode, [s], T.arange(s), [Double.nan.ndarray]) },
      """
      TheanoError: [arange] there are no such numbers: the step is 0, or a bound or the step is not finite or too large
          arange(from: 0.0, step: 1.0, count: where((ceil((... / 1.0)) .< 9007199254740992.0), cast<int64>(maximum(0.0, ceil(...))), -1))
                                  ^^^
        at CallErrors.swift:+1
        hint: check the bounds and the step before the call
      """),
    Pinned(
      { mode in try call(mode, [s], T.arange(s), [1e19]) },
      """
      TheanoError: [arange] there are no such numbers: the step is 0, or a bound or the step is not finite or too large
          arange(from: 0.0, step: 1.0, count: where((ceil((... / 1.0)) .< 9007199254740992.0), cast<int64>(maximum(0.0, ceil(...))), -1))
                                  ^^^
        at CallErrors.swift:+1
        hint: check the bounds and the step before the call
      """),
  ]

  static let reductions: [Pinned] = [
    Pinned(
      { mode in try call(mode, [v], T.max(v), [empty]) },
      """
      TheanoError: [max] max over axis 0, which has length 0, has no answer
          max(v, axis: 0)
              ^
        at CallErrors.swift:+1
        hint: make sure that the axis is not empty
      """),
    Pinned(
      { mode in try call(mode, [x], T.nnet.softmax(x), [NDArray.zeros([2, 0], dtype: .float64)]) },
      """
      TheanoError: [max] max over axis 1, which has length 0, has no answer
          max(x, axis: 1)
              ^
        at CallErrors.swift:+1
        hint: make sure that the axis is not empty
      """),
  ]

  static let systems: [Pinned] = [
    Pinned(
      { mode in try call(mode, [x, v], T.linalg.solve(x, v), [[[1.0, 2], [2, 4]], two]) },
      """
      TheanoError: [solve] the matrix is singular: elimination finds no pivot in column 2
          solve(x, v)
                ^
        at CallErrors.swift:+1
        hint: the equations have no single solution; add a small multiple of the identity, or solve a smaller system
      """),
    Pinned(
      { mode in try call(mode, [x, v], T.linalg.solve(x, v), [wide, two]) },
      """
      TheanoError: [solve] the matrix is 2 x 3, not square
          solve(x, v)
                ^
        at CallErrors.swift:+1
        hint: as many equations as unknowns are needed; for least squares T.linalg.solve(T.dot(a.T, a), T.dot(a.T, b))
      """),
    Pinned(
      { mode in try call(mode, [x, v], T.linalg.solve(x, v), [[[1.0, 2], [2, 3]], three]) },
      """
      TheanoError: [solve] the matrix has 2 rows, the right-hand side 3
          solve(x, v)
                   ^
        at CallErrors.swift:+1
        hint: give one row of the right-hand side for each equation
      """),
  ]
}
