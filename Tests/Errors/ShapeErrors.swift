import Testing
import Theano

private let x = T.dmatrix("x")
private let v = T.dvector("v")
private let s = T.dscalar("s")
private let l = T.lvector("l")
private let a = T.tensor("a", .float64, shape: [3, 4])
private let b = T.tensor("b", .float64, shape: [4, 3])
private let c = T.tensor("c", .float64, shape: [5])
private let ragged = [[1.0, 2], [3]]

/// Impossible shapes and parts of arrays: found while the expression is written.
@Suite struct ShapeErrors {
  @Test(arguments: Table.shapes) func shapes(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.joining) func joining(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.indices) func indices(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.partsSet) func partsSet(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.creation) func creation(_ pinned: Pinned) { pinned.check() }
}

private enum Table {
  static let shapes: [Pinned] = [
    Pinned(
      { T.reshape(x, [-1, -1]) },
      """
      TheanoError: [reshape] only one length can be -1
          reshape(x, -1, -1)
                     ^^
        at ShapeErrors.swift:+1
        hint: say all lengths but one
      """),
    Pinned(
      { T.reshape(a, [5, 2]) },
      """
      TheanoError: [reshape] float64 (3, 4) with 12 elements cannot be reshaped to (5, 2), which has 10
          reshape(a, 5, 2)
                  ^
        at ShapeErrors.swift:+1
        hint: the product of the lengths must be the number of elements; one of them may be -1
      """),
    Pinned(
      { T.reshape(a, [5, -1]) },
      """
      TheanoError: [reshape] float64 (3, 4) has 12 elements, which is no multiple of 5
          reshape(a, 5, -1)
                  ^
        at ShapeErrors.swift:+1
        hint: the product of the lengths must be the number of elements
      """),
    Pinned(
      { T.reshape(a, [0, -1]) },
      """
      TheanoError: [reshape] length 1 of the new shape is 0: the -1 beside it could stand for any number
          reshape(a, 0, -1)
                     ^
        at ShapeErrors.swift:+1
        hint: say all lengths
      """),
    Pinned(
      { T.reshape(a, [-2, -6]) },
      """
      TheanoError: [reshape] length 1 of the new shape is -2
          reshape(a, -2, -6)
                     ^^
        at ShapeErrors.swift:+1
        hint: lengths are at least 0; one may be -1, which stands for what is left
      """),
    Pinned(
      { T.reshape(a, [Int.max, Int.max]) },
      """
      TheanoError: [reshape] the new shape, float64 (9223372036854775807, 9223372036854775807), has more bytes than can be addressed
          reshape(a, 9223372036854775807, 9223372036854775807)
        at ShapeErrors.swift:+1
        hint: make it smaller
      """),
    Pinned(
      { T.reshape(a, [1.5]) },
      """
      TheanoError: [reshape] length 1 is float64 scalar, not an integer scalar
          reshape(a, 1.5)
                     ^^^
        at ShapeErrors.swift:+1
        hint: cast it: T.cast(length, .int64)
      """),
    Pinned(
      { T.reshape(a, [v]) },
      """
      TheanoError: [reshape] length 1 is float64 vector, not an integer scalar
          reshape(a, v)
                     ^
        at ShapeErrors.swift:+1
        hint: cast it: T.cast(length, .int64)
      """),
    Pinned(
      { x.dimshuffle(0, 5) },
      """
      TheanoError: [dimshuffle] there is no axis 5: float64 matrix has 2 axes
          dimshuffle(x, 0 5)
                     ^
        at ShapeErrors.swift:+1
        hint: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { x.dimshuffle(0, 0) },
      """
      TheanoError: [dimshuffle] an axis is named twice in (0, 0)
          dimshuffle(x)
                     ^
        at ShapeErrors.swift:+1
        hint: name each axis once; to repeat an axis use T.broadcast
      """),
    Pinned(
      { a.dimshuffle(0) },
      """
      TheanoError: [dimshuffle] axis 1 is dropped but has length 4, not 1
          dimshuffle(a, 0)
                     ^
        at ShapeErrors.swift:+1
        hint: index or reduce the axis instead
      """),
    Pinned(
      { T.addBroadcast(x, axis: 9) },
      """
      TheanoError: [addBroadcast] there is no axis 9: float64 matrix has 2 axes
          addBroadcast(x)
                       ^
        at ShapeErrors.swift:+1
        hint: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.dimshuffle(v, [0] + [Int?](repeating: nil, count: 32)) },
      """
      TheanoError: [dimshuffle] the result has 33 axes; expressions have at most 32
          dimshuffle(v, 0 x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x)
        at ShapeErrors.swift:+1
        hint: merge axes with T.reshape
      """),
    Pinned(
      { T.broadcast(a, like: v) },
      """
      TheanoError: [broadcast] float64 (3, 4) has more axes than float64 vector
          broadcast(a, v)
                    ^
        at ShapeErrors.swift:+1
        hint: an array stretches only to one of at least as many axes
      """),
    Pinned(
      { T.broadcast(c, like: a) },
      """
      TheanoError: [broadcast] axis -1 of the first operand has length 5, but that of the second has length 4
          broadcast(c, a)
                    ^
        at ShapeErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
  ]

  static let joining: [Pinned] = [
    Pinned(
      { T.concatenate([]) },
      """
      TheanoError: [concatenate] there is nothing to join
        at ShapeErrors.swift:+1
        hint: give at least one array
      """),
    Pinned(
      { T.stack([]) },
      """
      TheanoError: [stack] there is nothing to stack
        at ShapeErrors.swift:+1
        hint: give at least one array
      """),
    Pinned(
      { T.concatenate([s, s]) },
      """
      TheanoError: [concatenate] there is no axis 0: float64 scalar has 0 axes
          concatenate(s, s)
                      ^
        at ShapeErrors.swift:+1
        hint: scalars have no axis to be joined along: use T.stack
      """),
    Pinned(
      { T.concatenate([v, x]) },
      """
      TheanoError: [concatenate] operand 1 has 1 axis and operand 2 has 2
          concatenate(v, x)
                         ^
        at ShapeErrors.swift:+1
        hint: all operands need the same number of axes
      """),
    Pinned(
      { T.concatenate([x, x], axis: 5) },
      """
      TheanoError: [concatenate] there is no axis 5: float64 matrix has 2 axes
          concatenate(x, x)
                      ^
        at ShapeErrors.swift:+1
        hint: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.concatenate([a, b]) },
      """
      TheanoError: [concatenate] axis 1 has length 4 before operand 2 and 3 in it
          concatenate(a, b)
                         ^
        at ShapeErrors.swift:+1
        hint: all axes but the one that is joined must be equally long
      """),
    Pinned(
      { T.stack([v, v], axis: -7) },
      """
      TheanoError: [stack] there is no axis -7: the result has 2 axes
          stack(v, v)
                ^
        at ShapeErrors.swift:+1
        hint: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.stack([v, x]) },
      """
      TheanoError: [stack] operand 1 is float64 vector and operand 2 is float64 matrix
          stack(v, x)
                   ^
        at ShapeErrors.swift:+1
        hint: all operands need the same number of axes
      """),
  ]

  static let indices: [Pinned] = [
    Pinned(
      { a[5] },
      """
      TheanoError: [subtensor] index 5 is out of range for axis 0, which has length 3
          a[5, .all]
          ^
        at ShapeErrors.swift:+1
        hint: positions run from 0 to 2, or from -3 to -1
      """),
    Pinned(
      { a[Int.min] },
      """
      TheanoError: [subtensor] index -9223372036854775808 is out of range for axis 0, which has length 3
          a[-9223372036854775808, .all]
          ^
        at ShapeErrors.swift:+1
        hint: positions run from 0 to 2, or from -3 to -1
      """),
    Pinned(
      { a[0, 0, 0] },
      """
      TheanoError: [subtensor] 3 indices for float64 (3, 4), which has 2 axes
          a[0, 0, 0]
          ^
        at ShapeErrors.swift:+1
        hint: give at most one index for each axis
      """),
    Pinned(
      { v[0, 0] },
      """
      TheanoError: [subtensor] 2 indices for float64 vector, which has 1 axis
          v[0, 0]
          ^
        at ShapeErrors.swift:+1
        hint: give at most one index for each axis
      """),
    Pinned(
      { x[.ellipsis, .ellipsis] },
      """
      TheanoError: [subtensor] only one .ellipsis can stand in a subscript
          x[.ellipsis, .ellipsis]
          ^
        at ShapeErrors.swift:+1
        hint: write .all for the other axes
      """),
    Pinned(
      { x[T.constant(1.5)] },
      """
      TheanoError: [subtensor] an index is float64 scalar, not an integer
          x[1.5]
            ^^^
        at ShapeErrors.swift:+1
        hint: cast it: T.cast(index, .int64), or compare to get booleans of the array's shape
      """),
    Pinned(
      { x[x[0, 0] .> 0] },
      """
      TheanoError: [subtensor] an index is a bool scalar, not an integer
          x[(x[0, 0] .> 0.0)]
            ^^^^^^^^^^^^^^^^
        at ShapeErrors.swift:+1
        hint: choose between whole arrays with T.ifElse, between elements with T.where
      """),
    Pinned(
      { x[[0, 1], [0, 1]] },
      """
      TheanoError: [subtensor] only one array can stand in a subscript
          x[<constant int64 (2,)>, <constant int64 (2,)>]
                                   ^^^^^^^^^^^^^^^^^^^^^
        at ShapeErrors.swift:+1
        hint: for pairs of positions index the flattened matrix: T.reshape(x, [-1])[rows * x.shape[1] + columns]; for every row with every column index twice: x[rows][.all, columns]
      """),
    Pinned(
      { x[.slice(step: 0)] },
      """
      TheanoError: [subtensor] a slice cannot have step 0
          x[.slice(step: 0)]
          ^
        at ShapeErrors.swift:+1
        hint: give a step of at least 1, or at most -1
      """),
    Pinned(
      { x[.slice(from: 1.5)] },
      """
      TheanoError: [subtensor] the bound of a slice is float64 scalar, not an integer scalar
          x[1.5...]
            ^^^
        at ShapeErrors.swift:+1
        hint: cast it: T.cast(bound, .int64)
      """),
    Pinned(
      { T.take(x, [0], axis: 9) },
      """
      TheanoError: [take] there is no axis 9: float64 matrix has 2 axes
          take(x)
               ^
        at ShapeErrors.swift:+1
        hint: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.take(x, [0.5]) },
      """
      TheanoError: [subtensor] an index is float64 (1,), not an integer
          x[<constant float64 (1,)>, .all]
            ^^^^^^^^^^^^^^^^^^^^^^^
        at ShapeErrors.swift:+1
        hint: cast it: T.cast(index, .int64), or compare to get booleans of the array's shape
      """),
  ]

  static let partsSet: [Pinned] = [
    Pinned(
      { T.setSubtensor(x, to: 1) },
      """
      TheanoError: [setSubtensor] the first argument is no part of an array
          setSubtensor(x)
                       ^
        at ShapeErrors.swift:+1
        hint: write it as a subscript: T.setSubtensor(x[1..<3], ...); new axes cannot be set
      """),
    Pinned(
      { T.setSubtensor(a[0], to: c) },
      """
      TheanoError: [setSubtensor] axis -1 of the new value has length 5, but that of the part has length 4
          setSubtensor(a[0, .all], c)
                                   ^
        at ShapeErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { T.setSubtensor(a[0], to: x) },
      """
      TheanoError: [setSubtensor] the part has 1 axis but its new value, float64 matrix, has more
          setSubtensor(a[0, .all], x)
                                   ^
        at ShapeErrors.swift:+1
        hint: give a value of at most as many axes as the part has
      """),
    Pinned(
      { T.setSubtensor(l[0], to: s) },
      """
      TheanoError: [setSubtensor] a part of int64 vector cannot take float64 scalar
          setSubtensor(l[0], s)
                             ^
        at ShapeErrors.swift:+1
        hint: cast it: T.cast(value, .int64)
      """),
    Pinned(
      { T.setSubtensor(l[0], to: 1.5) },
      """
      TheanoError: [setSubtensor] a part of int64 vector cannot take float64 scalar
          setSubtensor(l[0], 1.5)
                             ^^^
        at ShapeErrors.swift:+1
        hint: cast it: T.cast(value, .int64)
      """),
    Pinned(
      { T.incSubtensor(x[.newAxis, 0], by: 1) },
      """
      TheanoError: [incSubtensor] the first argument is no part of an array
          incSubtensor(dimshuffle(x[0, .all], x 0))
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        at ShapeErrors.swift:+1
        hint: write it as a subscript: T.incSubtensor(x[1..<3], ...); new axes cannot be set
      """),
  ]

  static let creation: [Pinned] = [
    Pinned(
      { T.arange(0, 5, 0) },
      """
      TheanoError: [arange] there are no such numbers: the step is 0, or a bound or the step is not finite or too large
          arange(from: 0, step: 0, count: -1)
                                ^
        at ShapeErrors.swift:+1
        hint: check the bounds and the step before the call
      """),
    Pinned(
      { T.arange(0.0, Double.nan, 1.0) },
      """
      TheanoError: [arange] there are no such numbers: the step is 0, or a bound or the step is not finite or too large
          arange(from: 0.0, step: 1.0, count: -1)
                                  ^^^
        at ShapeErrors.swift:+1
        hint: check the bounds and the step before the call
      """),
    Pinned(
      { T.arange(0.0, 1e300, 1.0) },
      """
      TheanoError: [arange] there are no such numbers: the step is 0, or a bound or the step is not finite or too large
          arange(from: 0.0, step: 1.0, count: -1)
                                  ^^^
        at ShapeErrors.swift:+1
        hint: check the bounds and the step before the call
      """),
    Pinned(
      { T.arange(Int.min, Int.max) },
      """
      TheanoError: [arange] the distance from -9223372036854775808 to 9223372036854775807 is more than int64 holds
          arange(-9223372036854775808, 9223372036854775807, 1)
                                       ^^^^^^^^^^^^^^^^^^^
        at ShapeErrors.swift:+1
        hint: give bounds that are closer together
      """),
    Pinned(
      { T.arange(v) },
      """
      TheanoError: [arange] a bound or step is float64 vector, not a scalar
          arange(0.0, v, 1.0)
                      ^
        at ShapeErrors.swift:+1
        hint: index or reduce it to one number
      """),
    Pinned(
      { T.alloc(1.0, [-3]) },
      """
      TheanoError: [alloc] axis 0 cannot have length -3
          alloc(1.0, -3)
                     ^^
        at ShapeErrors.swift:+1
        hint: lengths are at least 0
      """),
    Pinned(
      { T.alloc(1.0, [1 << 32, 1 << 32]) },
      """
      TheanoError: [alloc] the result, float64 (4294967296, 4294967296), has more bytes than can be addressed
          alloc(1.0, 4294967296, 4294967296)
        at ShapeErrors.swift:+1
        hint: make it smaller
      """),
    Pinned(
      { T.alloc(x, [3]) },
      """
      TheanoError: [alloc] float64 matrix has more axes than the 1 that are asked for
          alloc(x, 3)
                ^
        at ShapeErrors.swift:+1
        hint: give a length for each axis of the value, and for those before them
      """),
    Pinned(
      { T.alloc(c, [3]) },
      """
      TheanoError: [alloc] axis -1 of the value has length 5, but that of the new array has length 3
          alloc(c, 3)
                ^
        at ShapeErrors.swift:+1
        hint: make the lengths equal; only an axis of length 1 stretches, and none shrinks
      """),
    Pinned(
      { T.alloc(1.0, [1.5]) },
      """
      TheanoError: [alloc] length 1 is float64 scalar, not an integer scalar
          alloc(1.0, 1.5)
                     ^^^
        at ShapeErrors.swift:+1
        hint: cast it: T.cast(length, .int64)
      """),
    Pinned(
      { T.zeros([2], dtype: .complex64) },
      """
      TheanoError: [alloc] operand 1 is complex64, which expressions cannot compute with
          alloc(0j, 2)
                ^^
        at ShapeErrors.swift:+1
        hint: convert the array to float32 or float64 first: array.astype(.float64)
      """),
    Pinned(
      { T.tensor("q", .float64, shape: [-3]) + 1 },
      """
      TheanoError: [add] axis 0 of operand 1 has the negative length -3
          (q + 1.0)
           ^
        at ShapeErrors.swift:+1
        hint: lengths are at least 0; write nil for a length that only the call knows
      """),
    Pinned(
      { T.sum(T.tensor("q", .float64, shape: [.max, .max])) },
      """
      TheanoError: [sum] operand 1, float64 (9223372036854775807, 9223372036854775807), has more bytes than can be addressed
          sum(q, axis: [0, 1])
              ^
        at ShapeErrors.swift:+1
        hint: make it smaller
      """),
    Pinned(
      { shared(ragged, name: "w") * 2 },
      """
      TheanoError: [shared] a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at ShapeErrors.swift:+1
        hint: give all elements one shape
      """),
  ]
}
