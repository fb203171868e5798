import Testing
import Theano
import TheanoTestSupport

private let x = T.dmatrix("x")
private let t = T.tensor("t", .float64, shape: [nil, nil, nil])
private let a = T.tensor("a", shape: [3, 4])
private let v = T.dvector("v")
private let u = T.dvector("u")
private let k = T.tensor("k", .bool, shape: [nil])
private let mask = T.tensor("mask", .bool, shape: [nil, nil])
private let l = T.lvector("l")
private let n = T.lscalar("n")
private let i = T.iscalar("i")
private let row = T.row("row")
private let two = NDArray([1.0, 2.0])
private let three = NDArray([1.0, 2.0, 3.0])
private let wide = NDArray([[1.0, 2, 3], [4, 5, 6]])

/// What is wrong with subscripts and lengths, by whomever the function is run.
@Suite struct SubscriptErrors {
  @Test(arguments: Table.building) func building(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.masks, Modes.every) func masks(_ pinned: Pinned, _ mode: Mode) { pinned.check(mode) }
  @Test(arguments: Table.stretching, Modes.every) func stretching(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }
  @Test(arguments: Table.lengths, Modes.every) func lengths(_ pinned: Pinned, _ mode: Mode) {
    pinned.check(mode)
  }

  /// What the errors advise does what was meant.
  @Test(arguments: Modes.both) func adviceWorks(mode: Mode) throws {
    let cube = NDArray(0..<24).astype(.float64).reshaped(2, 3, 4)
    let (rows, columns) = (T.lvector("rows"), T.lvector("columns"))
    let f = try function(
      inputs: [t, x, rows, columns],
      outputs: [
        t[0][.all, rows], T.dimshuffle(t[0][.all, rows], [1, 0]),
        T.reshape(x, [-1])[rows * x.shape[1] + columns],
        x[rows][.all, columns],
      ], mode: mode)
    let found = try f(cube, wide, [0, 1], [2, 0])
    #expect(found[0] == cube[0, .all, ..<2] && found[1] == cube[0, .all, ..<2].T)
    #expect(found[2].doubles == [3, 4] && found[3].doubles == [3, 1, 6, 4])
  }

  /// Arrays refuse masks that do not fit, too.
  @Test func masksOfArrays() {
    for index in [[true], [true, true, true, true]] {
      #expect(throws: TheanoError.self) { try wide.checked[index] }
      #expect(throws: TheanoError.self) { try wide.checked[.all, index] }
    }
    var copy = wide
    #expect(throws: TheanoError.self) { try copy.checked.assign(0, at: [true]) }
    #expect(throws: TheanoError.self) { try wide.checked[NDArray([[true, false], [true, false]])] }
  }
}

private enum Table {
  static let building: [Pinned] = [
    Pinned(
      { a[[true, false]] },
      """
      TheanoError: [subtensor] the mask has length 2, but axis 0 of the array has length 3
          a[<constant bool (2,)>]
            ^^^^^^^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: a mask has a boolean for each place of the axes that it stands for
      """),
    Pinned(
      { a[.all, [true, false]] },
      """
      TheanoError: [subtensor] the mask has length 2, but axis 1 of the array has length 4
          a[.all, <constant bool (2,)>]
                  ^^^^^^^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: a mask has a boolean for each place of the axes that it stands for
      """),
    Pinned(
      { T.setSubtensor(a[NDArray([[true, false], [false, true]])], to: 0) },
      """
      TheanoError: [subtensor] axis 0 of the mask has length 2, but axis 0 of the array has length 3
          a[<constant bool (2, 2)>]
            ^^^^^^^^^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: a mask has a boolean for each place of the axes that it stands for
      """),
    Pinned(
      { t[0, .all, l] },
      """
      TheanoError: [subtensor] an integer and an array stand apart in a subscript: NumPy then puts the array's axes before all others
          t[0, .all, l]
          ^
        at SubscriptErrors.swift:+1
        hint: index with the integer first and with the array then, as in x[0][.all, positions]; T.dimshuffle moves its axes
      """),
    Pinned(
      { t[0, .newAxis, l] },
      """
      TheanoError: [subtensor] an integer and an array stand apart in a subscript: NumPy then puts the array's axes before all others
          t[0, .newAxis, l]
          ^
        at SubscriptErrors.swift:+1
        hint: index with the integer first and with the array then, as in x[0][.all, positions]; T.dimshuffle moves its axes
      """),
    Pinned(
      { t[.all, k, .all, 0] },
      """
      TheanoError: [subtensor] 4 indices for float64 tensor3, which has 3 axes
          t[.all, k, .all, 0]
          ^
        at SubscriptErrors.swift:+1
        hint: give at most one index for each axis
      """),
    Pinned(
      { t[.all, k, 0 ..< -1][.all, l, l] },
      """
      TheanoError: [subtensor] only one array can stand in a subscript
          t[.all, nonzero(k)[.all, 0], 0 ..< -1][.all, l, l]
                                                          ^
        at SubscriptErrors.swift:+1
        hint: for pairs of positions index the flattened matrix: T.reshape(x, [-1])[rows * x.shape[1] + columns]; for every row with every column index twice: x[rows][.all, columns]
      """),
    Pinned(
      { t[.all, l, 0...].shape[0] + t[k, 0..<2, 0].shape[0] + t[.all, l, .ellipsis, 0] },
      """
      TheanoError: [subtensor] an integer and an array stand apart in a subscript: NumPy then puts the array's axes before all others
          t[.all, l, .ellipsis, 0]
          ^
        at SubscriptErrors.swift:+1
        hint: index with the integer first and with the array then, as in x[0][.all, positions]; T.dimshuffle moves its axes
      """),
    Pinned(
      { T.take(v, [true, false, true]) },
      """
      TheanoError: [take] the positions are bool (3,), not integers
          take(v, <constant bool (3,)>)
                  ^^^^^^^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: a mask stands in a subscript: x[mask]
      """),
    Pinned(
      { x[n..<v] },
      """
      TheanoError: [subtensor] the bound of a slice is float64 vector, not an integer scalar
          x[n..<v]
            ^
        at SubscriptErrors.swift:+1
        hint: index or reduce it to one number
      """),
    Pinned(
      { x[i...1.5] },
      """
      TheanoError: [subtensor] the bound of a slice is float64 scalar, not an integer scalar
          x[i..<1.5]
            ^
        at SubscriptErrors.swift:+1
        hint: cast it: T.cast(bound, .int64)
      """),
    Pinned(
      { T.alloc(three, [1]) },
      """
      TheanoError: [alloc] axis -1 of the value has length 3, but that of the new array has length 1
          alloc(<constant float64 (3,)>, 1)
                ^^^^^^^^^^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { T.setSubtensor(a[0..<1], to: T.tensor("b", shape: [2, 4])) },
      """
      TheanoError: [setSubtensor] axis -2 of the new value has length 2, but that of the part has length 1
          setSubtensor(a[0..<1, .all], b)
                                       ^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { T.tensor("b", .int8, shape: [nil]) * (3_000_000_000 * 4_000_000_000) },
      """
      TheanoError: [multiply] multiply of these numbers is more than int64 holds
          multiply(3000000000, 4000000000)
        at SubscriptErrors.swift:+1
        hint: write them with a decimal point: 2.0 ** 100.0
      """),
  ]

  static let masks: [Pinned] = [
    Pinned(
      { mode in try call(mode, [v, k], v[k], [three, NDArray([true, false])]) },
      """
      TheanoError: [subtensor] the mask has length 2, but axis 0 of the array has length 3
          v[k]
            ^
        at SubscriptErrors.swift:+1
        hint: a mask has a boolean for each place of the axes that it stands for
      """),
    Pinned(
      { mode in try call(mode, [x, k], x[.all, k], [wide, NDArray([true, false])]) },
      """
      TheanoError: [subtensor] the mask has length 2, but axis 1 of the array has length 3
          x[.all, k]
                  ^
        at SubscriptErrors.swift:+1
        hint: a mask has a boolean for each place of the axes that it stands for
      """),
    Pinned(
      { mode in try call(mode, [x, mask], x[mask], [wide, NDArray([[true, false], [true, false]])]) },
      """
      TheanoError: [subtensor] axis 1 of the mask has length 2, but axis 1 of the array has length 3
          x[mask]
            ^^^^
        at SubscriptErrors.swift:+1
        hint: a mask has a boolean for each place of the axes that it stands for
      """),
    Pinned(
      { mode in try call(mode, [v, k], T.setSubtensor(v[k], to: 0), [three, NDArray([false])]) },
      """
      TheanoError: [subtensor] the mask has length 1, but axis 0 of the array has length 3
          v[k]
            ^
        at SubscriptErrors.swift:+1
        hint: a mask has a boolean for each place of the axes that it stands for
      """),
    Pinned(
      { mode in
        try call(mode, [x, mask], T.incSubtensor(x[mask], by: 1), [wide, NDArray([[true, false, true]])])
      },
      """
      TheanoError: [subtensor] axis 0 of the mask has length 1, but axis 0 of the array has length 2
          x[mask]
            ^^^^
        at SubscriptErrors.swift:+2
        hint: a mask has a boolean for each place of the axes that it stands for
      """),
    Pinned(
      { mode in
        try call(
          mode, [v, k, u], T.setSubtensor(v[k], to: u), [three, NDArray([true, false, true]), three])
      },
      """
      TheanoError: [setSubtensor] axis -1 of the new value has length 3, but that of the part has length 2
          setSubtensor(v[nonzero(k)[.all, 0]], u)
                                               ^
        at SubscriptErrors.swift:+3
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
  ]

  static let stretching: [Pinned] = [
    Pinned(
      { mode in try call(mode, [v], T.alloc(v, [1]), [three]) },
      """
      TheanoError: [alloc] axis -1 of the value has length 3, but that of the new array has length 1
          alloc(v, 1)
                ^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { mode in try call(mode, [v, n], T.alloc(v, [n]), [three, 1]) },
      """
      TheanoError: [alloc] axis -1 of the value has length 3, but that of the new array has length 1
          alloc(v, n)
                ^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { mode in try call(mode, [x, row], T.broadcast(x, like: row), [wide, [[1.0, 2, 3]]]) },
      """
      TheanoError: [broadcast] axis -2 of the first operand has length 2, but that of the second has length 1
          broadcast(x, row)
                    ^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { mode in try call(mode, [v, u], T.setSubtensor(v[..<1], to: u), [three, two]) },
      """
      TheanoError: [setSubtensor] axis -1 of the new value has length 2, but that of the part has length 1
          setSubtensor(v[..<1], u)
                                ^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { mode in try call(mode, [v, n, u], T.setSubtensor(v[n...], to: u), [three, 1, [1.0, 2, 3, 4]]) },
      """
      TheanoError: [setSubtensor] axis -1 of the new value has length 4, but that of the part has length 2
          setSubtensor(v[n...], u)
                                ^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { mode in try call(mode, [v, n, u], T.incSubtensor(v[n..<n + 1], by: u), [three, 1, two]) },
      """
      TheanoError: [incSubtensor] axis -1 of the new value has length 2, but that of the part has length 1
          incSubtensor(v[n..<(n + 1)], u)
                                       ^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
  ]

  static let lengths: [Pinned] = [
    Pinned(
      { mode in try call(mode, [v, i], v + T.zeros([i]), [three, NDArray(Int32(5))]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 5 in the other
          (v + alloc(0.0, cast<int64>(i)))
               ^^^^^^^^^^^^^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { mode in try call(mode, [v, i], v + T.zeros([i * i]), [three, NDArray(Int32(2))]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 4 in the other
          (v + alloc(0.0, cast<int64>((i * i))))
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { mode in try call(mode, [v, l], v + T.zeros([T.sum(l)]), [three, NDArray([2, 3])]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 5 in the other
          (v + alloc(0.0, sum(l, axis: 0)))
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { mode in try call(mode, [i], T.zeros([i]), [NDArray(Int32(-2))]) },
      """
      TheanoError: [alloc] axis 0 cannot have length -2
          alloc(0.0, cast<int64>(i))
                     ^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: lengths are at least 0
      """),
    Pinned(
      { mode in try call(mode, [n], T.sum(T.alloc(1.0, [n, n])), [NDArray(3_100_000_000)]) },
      """
      TheanoError: [alloc] axis 1 of the result has length 3100000000: beside the axes before it, no more than 371910162 can be addressed
          alloc(1.0, n, n)
        at SubscriptErrors.swift:+1
        hint: compute with smaller lengths
      """),
    Pinned(
      { mode in try call(mode, [x, n], T.reshape(x, [n, -1]), [NDArray.zeros([0, 3], dtype: .float64), 0]) },
      """
      TheanoError: [reshape] length 1 of the new shape is 0: the -1 beside it could stand for any number
          reshape(x, n, -1)
                     ^
        at SubscriptErrors.swift:+1
        hint: say all lengths
      """),
    Pinned(
      { mode in try call(mode, [v, u], T.outer(v, v) + T.outer(u, u), [three, two]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -2 has length 3 in one and 2 in the other
          ((dimshuffle(v, 0 x) * dimshuffle(v, x 0)) + (dimshuffle(u, 0 x) * dimshuffle(u, x 0)))
                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        at SubscriptErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
  ]
}
