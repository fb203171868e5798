import Testing
import Theano

private let x = T.dmatrix("x")
private let v = T.dvector("v")
private let s = T.dscalar("s")
private let l = T.lvector("l")
private let z = T.tensor("z", .complex64, shape: [nil])
private let a = T.tensor("a", .float64, shape: [3, 4])
private let b = T.tensor("b", .float64, shape: [4, 3])
private let c = T.tensor("c", .float64, shape: [5])
private let ragged = [[1.0, 2], [3]]

/// Expressions that no arrays could make true: found while they are written.
@Suite struct BuildingErrors {
  @Test(arguments: Table.elementwise) func elementwise(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.together) func together(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.carriedOn) func carriedOn(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.products) func products(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.reductions) func reductions(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.shapes) func shapes(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.joining) func joining(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.indices) func indices(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.partsSet) func partsSet(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.creation) func creation(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.choicesAndSolutions) func choicesAndSolutions(_ pinned: Pinned) { pinned.check() }
}

private enum Table {
  static let elementwise: [Pinned] = [
    Pinned(
      { a + b },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -2 has length 3 in one and 4 in the other
          (a + b)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.add(a, c) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.exp(a - c) * 2 },
      """
      TheanoError: [subtract] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a - c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { v .& v },
      """
      TheanoError: [and] and takes booleans or integers, but operand 1 is float64
          (v .& v)
           ^
        at BuildingErrors.swift:+1
        to mend: compare first (x .!= 0), or cast to an integer
      """),
    Pinned(
      { .!v },
      """
      TheanoError: [not] not takes booleans or integers, but operand 1 is float64
          not(v)
              ^
        at BuildingErrors.swift:+1
        to mend: compare first (x .!= 0), or cast to an integer
      """),
    Pinned(
      { T.where(v, v, v) },
      """
      TheanoError: [where] the condition is float64, not bool
          where(v, v, v)
                ^
        at BuildingErrors.swift:+1
        to mend: compare first, as in x .> 0
      """),
    Pinned(
      { T.bvector("l") + 300 },
      """
      TheanoError: [cast] the number 300 is not representable in int8
          cast(300)
               ^^^
        at BuildingErrors.swift:+1
        to mend: cast the other operand to a wider dtype, or use T.constant with a dtype
      """),
    Pinned(
      { z + 1 },
      """
      TheanoError: [add] operand 1 is complex64, which expressions cannot compute with
          (z + (1+0j))
           ^
        at BuildingErrors.swift:+1
        to mend: convert the array to float32 or float64 first: array.astype(.float64)
      """),
    Pinned(
      { T.cast(v, .float16) },
      """
      TheanoError: [cast] expressions cannot compute with float16
          cast(v)
        at BuildingErrors.swift:+1
        to mend: use float32 or float64
      """),
    Pinned(
      { x + ragged },
      """
      TheanoError: [constant] a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at BuildingErrors.swift:+1
        to mend: give all elements one shape
      """),
    Pinned(
      { T.constant(ragged) },
      """
      TheanoError: [constant] a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at BuildingErrors.swift:+1
        to mend: give all elements one shape
      """),
  ]

  static let together: [Pinned] = [
    Pinned(
      { T.concatenate([a + c, b * a, T.exp(a - b)]) },
      """
      TheanoError: 3 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      2. [multiply] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b * a)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      3. [subtract] operands 1 and 2 do not fit: axis -2 has length 3 in one and 4 in the other
          (a - b)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.setSubtensor((a + c)[0], to: b + a) },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      2. [add] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b + a)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { (a + c)[T.cast(b + a, .int64)] },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      2. [add] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b + a)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.arange(a + c, b - a, 1) },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      2. [subtract] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b - a)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.ifElse(s, a + c, T.reshape(b - a, [1.5])) },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      2. [subtract] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b - a)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
  ]

  static let carriedOn: [Pinned] = [
    Pinned(
      { T.sum((a + c).shape[1]) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.nonzero(a + c)[1] },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.zerosLike(a + c) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.broadcast(s, like: a + c) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.take(a + c, [0, 1], axis: 3) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.stack([a + c, a], axis: 1) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.nnet.softmax(a + c) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.mean(a + c, axis: 7) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { (a + c).dimshuffle(2, nil) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
  ]

  static let products: [Pinned] = [
    Pinned(
      { T.dot(a, a) },
      """
      TheanoError: [dot] shapes (3, 4) and (3, 4) do not fit: 4 columns on the left meet 3 rows on the right
          dot(a, a)
                 ^
        at BuildingErrors.swift:+1
        to mend: the second operand would fit transposed: T.dot(a, b.T)
      """),
    Pinned(
      { T.dot(a, T.tensor("d", .float64, shape: [3, 9])) },
      """
      TheanoError: [dot] shapes (3, 4) and (3, 9) do not fit: 4 columns on the left meet 3 rows on the right
          dot(a, d)
                 ^
        at BuildingErrors.swift:+1
        to mend: the last axis of the first and the first axis of the second must be equally long
      """),
    Pinned(
      { T.dot(T.dtensor3("t"), a) },
      """
      TheanoError: [dot] dot takes scalars, vectors and matrices, not float64 tensor3 and float64 (3, 4)
          dot(t, a)
              ^
        at BuildingErrors.swift:+1
        to mend: reshape to matrices first
      """),
    Pinned(
      { T.dot(c, a) },
      """
      TheanoError: [dot] shapes (5,) and (3, 4) do not fit: 5 columns on the left meet 3 rows on the right
          dot(c, a)
                 ^
        at BuildingErrors.swift:+1
        to mend: the last axis of the first and the first axis of the second must be equally long
      """),
    Pinned(
      { T.outer(a, c) },
      """
      TheanoError: [outer] outer takes vectors, not float64 (3, 4)
          outer(a, c)
                ^
        at BuildingErrors.swift:+1
        to mend: make a vector of it: T.reshape(x, [-1])
      """),
    Pinned(
      { T.dot(z, z) },
      """
      TheanoError: [dot] operand 1 is complex64, which expressions cannot compute with
          dot(z, z)
              ^
        at BuildingErrors.swift:+1
        to mend: convert the array to float32 or float64 first: array.astype(.float64)
      """),
  ]

  static let reductions: [Pinned] = [
    Pinned(
      { T.sum(x, axis: 2) },
      """
      TheanoError: [sum] there is no axis 2: float64 matrix has 2 axes
          sum(x)
              ^
        at BuildingErrors.swift:+1
        to mend: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.sum(s, axis: 0) },
      """
      TheanoError: [sum] there is no axis 0: float64 scalar has 0 axes
          sum(s)
              ^
        at BuildingErrors.swift:+1
        to mend: a scalar has no axes
      """),
    Pinned(
      { T.sum(x, axis: [0, -2]) },
      """
      TheanoError: [sum] axis 0 is named twice in [0, -2]
          sum(x)
              ^
        at BuildingErrors.swift:+1
        to mend: name each axis once
      """),
    Pinned(
      { T.mean(x, axis: .min) },
      """
      TheanoError: [sum] there is no axis -9223372036854775808: float64 matrix has 2 axes
          sum(x)
              ^
        at BuildingErrors.swift:+1
        to mend: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.argmax(T.tensor("e", .float64, shape: [0])) },
      """
      TheanoError: [argmax] argmax over axis 0, which has length 0, has no answer
          argmax(e, axis: 0)
                 ^
        at BuildingErrors.swift:+1
        to mend: make sure that the axis is not empty
      """),
    Pinned(
      { T.max(T.constant([Double]())) },
      """
      TheanoError: [max] max over axis 0, which has length 0, has no answer
          max(<constant float64 (0,)>, axis: 0)
              ^^^^^^^^^^^^^^^^^^^^^^^
        at BuildingErrors.swift:+1
        to mend: make sure that the axis is not empty
      """),
  ]

  static let shapes: [Pinned] = [
    Pinned(
      { T.reshape(x, [-1, -1]) },
      """
      TheanoError: [reshape] only one length can be -1
          reshape(x, -1, -1)
                     ^^
        at BuildingErrors.swift:+1
        to mend: say all lengths but one
      """),
    Pinned(
      { T.reshape(a, [5, 2]) },
      """
      TheanoError: [reshape] float64 (3, 4) with 12 elements cannot be reshaped to (5, 2), which has 10
          reshape(a, 5, 2)
                  ^
        at BuildingErrors.swift:+1
        to mend: the product of the lengths must be the number of elements; one of them may be -1
      """),
    Pinned(
      { T.reshape(a, [5, -1]) },
      """
      TheanoError: [reshape] float64 (3, 4) has 12 elements, which is no multiple of 5
          reshape(a, 5, -1)
                  ^
        at BuildingErrors.swift:+1
        to mend: the product of the lengths must be the number of elements
      """),
    Pinned(
      { T.reshape(a, [0, -1]) },
      """
      TheanoError: [reshape] float64 (3, 4) has 12 elements, which is no multiple of 0
          reshape(a, 0, -1)
                  ^
        at BuildingErrors.swift:+1
        to mend: the product of the lengths must be the number of elements
      """),
    Pinned(
      { T.reshape(a, [-2, -6]) },
      """
      TheanoError: [reshape] length 1 of the new shape is -2
          reshape(a, -2, -6)
                     ^^
        at BuildingErrors.swift:+1
        to mend: lengths are at least 0; one may be -1, which stands for what is left
      """),
    Pinned(
      { T.reshape(a, [Int.max, Int.max]) },
      """
      TheanoError: [reshape] the new shape, float64 (9223372036854775807, 9223372036854775807), has more bytes than can be addressed
          reshape(a, 9223372036854775807, 9223372036854775807)
        at BuildingErrors.swift:+1
        to mend: make it smaller
      """),
    Pinned(
      { T.reshape(a, [1.5]) },
      """
      TheanoError: [reshape] length 1 is float64 scalar, not an integer scalar
          reshape(a, 1.5)
                     ^^^
        at BuildingErrors.swift:+1
        to mend: cast it: T.cast(length, .int64)
      """),
    Pinned(
      { T.reshape(a, [v]) },
      """
      TheanoError: [reshape] length 1 is float64 vector, not an integer scalar
          reshape(a, v)
                     ^
        at BuildingErrors.swift:+1
        to mend: cast it: T.cast(length, .int64)
      """),
    Pinned(
      { x.dimshuffle(0, 5) },
      """
      TheanoError: [dimshuffle] there is no axis 5: float64 matrix has 2 axes
          dimshuffle(x, 0 5)
                     ^
        at BuildingErrors.swift:+1
        to mend: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { x.dimshuffle(0, 0) },
      """
      TheanoError: [dimshuffle] an axis is named twice in (0, 0)
          dimshuffle(x)
                     ^
        at BuildingErrors.swift:+1
        to mend: name each axis once; to repeat an axis use T.broadcast
      """),
    Pinned(
      { a.dimshuffle(0) },
      """
      TheanoError: [dimshuffle] axis 1 is dropped but has length 4, not 1
          dimshuffle(a, 0)
                     ^
        at BuildingErrors.swift:+1
        to mend: index or reduce the axis instead
      """),
    Pinned(
      { T.addBroadcast(x, axis: 9) },
      """
      TheanoError: [addBroadcast] there is no axis 9: float64 matrix has 2 axes
          addBroadcast(x)
                       ^
        at BuildingErrors.swift:+1
        to mend: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.dimshuffle(v, [0] + [Int?](repeating: nil, count: 32)) },
      """
      TheanoError: [dimshuffle] the result has 33 axes; expressions have at most 32
          dimshuffle(v, 0 x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x)
        at BuildingErrors.swift:+1
        to mend: merge axes with T.reshape
      """),
    Pinned(
      { T.broadcast(a, like: v) },
      """
      TheanoError: [broadcast] float64 (3, 4) has more axes than float64 vector
          broadcast(a, v)
                    ^
        at BuildingErrors.swift:+1
        to mend: an array stretches only to one of at least as many axes
      """),
    Pinned(
      { T.broadcast(c, like: a) },
      """
      TheanoError: [broadcast] operands 1 and 2 do not fit: axis -1 has length 5 in one and 4 in the other
          broadcast(c, a)
                       ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
  ]

  static let joining: [Pinned] = [
    Pinned(
      { T.concatenate([]) },
      """
      TheanoError: [concatenate] there is nothing to join
        at BuildingErrors.swift:+1
        to mend: give at least one array
      """),
    Pinned(
      { T.stack([]) },
      """
      TheanoError: [stack] there is nothing to stack
        at BuildingErrors.swift:+1
        to mend: give at least one array
      """),
    Pinned(
      { T.concatenate([s, s]) },
      """
      TheanoError: [concatenate] there is no axis 0: float64 scalar has 0 axes
          concatenate(s, s)
                      ^
        at BuildingErrors.swift:+1
        to mend: scalars have no axis to be joined along: use T.stack
      """),
    Pinned(
      { T.concatenate([v, x]) },
      """
      TheanoError: [concatenate] operand 1 has 1 axis and operand 2 has 2
          concatenate(v, x)
                         ^
        at BuildingErrors.swift:+1
        to mend: all operands need the same number of axes
      """),
    Pinned(
      { T.concatenate([x, x], axis: 5) },
      """
      TheanoError: [concatenate] there is no axis 5: float64 matrix has 2 axes
          concatenate(x, x)
                      ^
        at BuildingErrors.swift:+1
        to mend: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.concatenate([a, b]) },
      """
      TheanoError: [concatenate] axis 1 has length 4 before operand 2 and 3 in it
          concatenate(a, b)
                         ^
        at BuildingErrors.swift:+1
        to mend: all axes but the one that is joined must be equally long
      """),
    Pinned(
      { T.stack([v, v], axis: -7) },
      """
      TheanoError: [stack] there is no axis -7: the result has 2 axes
          stack(v, v)
                ^
        at BuildingErrors.swift:+1
        to mend: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.stack([v, x]) },
      """
      TheanoError: [stack] operand 1 is float64 vector and operand 2 is float64 matrix
          stack(v, x)
                   ^
        at BuildingErrors.swift:+1
        to mend: all operands need the same number of axes
      """),
  ]

  static let indices: [Pinned] = [
    Pinned(
      { a[5] },
      """
      TheanoError: [subtensor] index 5 is out of range for axis 0, which has length 3
          a[5, .all]
          ^
        at BuildingErrors.swift:+1
        to mend: positions run from 0 to 2, or from -3 to -1
      """),
    Pinned(
      { a[Int.min] },
      """
      TheanoError: [subtensor] index -9223372036854775808 is out of range for axis 0, which has length 3
          a[-9223372036854775808, .all]
          ^
        at BuildingErrors.swift:+1
        to mend: positions run from 0 to 2, or from -3 to -1
      """),
    Pinned(
      { a[0, 0, 0] },
      """
      TheanoError: [subtensor] 3 indices for float64 (3, 4), which has 2 axes
          a[0, 0, 0]
          ^
        at BuildingErrors.swift:+1
        to mend: give at most one index for each axis
      """),
    Pinned(
      { v[0, 0] },
      """
      TheanoError: [subtensor] 2 indices for float64 vector, which has 1 axis
          v[0, 0]
          ^
        at BuildingErrors.swift:+1
        to mend: give at most one index for each axis
      """),
    Pinned(
      { x[.ellipsis, .ellipsis] },
      """
      TheanoError: [subtensor] only one .ellipsis can stand in a subscript
          x[.ellipsis, .ellipsis]
          ^
        at BuildingErrors.swift:+1
        to mend: write .all for the other axes
      """),
    Pinned(
      { x[T.constant(1.5)] },
      """
      TheanoError: [subtensor] an index is float64 scalar, not an integer
          x[1.5]
            ^^^
        at BuildingErrors.swift:+1
        to mend: cast it to int64, or compare to get a boolean vector
      """),
    Pinned(
      { x[x .> 0] },
      """
      TheanoError: [subtensor] an index is bool matrix, not an integer
          x[(x .> 0.0)]
            ^^^^^^^^^^
        at BuildingErrors.swift:+1
        to mend: cast it to int64, or compare to get a boolean vector
      """),
    Pinned(
      { x[[0, 1], [0, 1]] },
      """
      TheanoError: [subtensor] only one array can stand in a subscript
          x[<constant int64 (2,)>, <constant int64 (2,)>]
                                   ^^^^^^^^^^^^^^^^^^^^^
        at BuildingErrors.swift:+1
        to mend: index with one array after the other
      """),
    Pinned(
      { x[.slice(step: 0)] },
      """
      TheanoError: [subtensor] a slice cannot have step 0
          x[.slice(step: 0)]
          ^
        at BuildingErrors.swift:+1
        to mend: give a step of at least 1, or at most -1
      """),
    Pinned(
      { x[.slice(from: 1.5)] },
      """
      TheanoError: [subtensor] the bound of a slice is float64 scalar, not an integer scalar
          x[1.5...]
            ^^^
        at BuildingErrors.swift:+1
        to mend: cast it: T.cast(bound, .int64)
      """),
    Pinned(
      { T.take(x, [0], axis: 9) },
      """
      TheanoError: [take] there is no axis 9: float64 matrix has 2 axes
          take(x)
               ^
        at BuildingErrors.swift:+1
        to mend: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.take(x, [0.5]) },
      """
      TheanoError: [subtensor] an index is float64 (1,), not an integer
          x[<constant float64 (1,)>, .all]
            ^^^^^^^^^^^^^^^^^^^^^^^
        at BuildingErrors.swift:+1
        to mend: cast it to int64, or compare to get a boolean vector
      """),
  ]

  static let partsSet: [Pinned] = [
    Pinned(
      { T.setSubtensor(x, to: 1) },
      """
      TheanoError: [setSubtensor] the first argument is no part of an array
          setSubtensor(x)
                       ^
        at BuildingErrors.swift:+1
        to mend: write it as a subscript: T.setSubtensor(x[1..<3], ...); new axes cannot be set
      """),
    Pinned(
      { T.setSubtensor(a[0], to: c) },
      """
      TheanoError: [setSubtensor] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          setSubtensor(a[0, .all], c)
                                   ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.setSubtensor(a[0], to: x) },
      """
      TheanoError: [setSubtensor] the part has 1 axis but its new value, float64 matrix, has more
          setSubtensor(a[0, .all], x)
                                   ^
        at BuildingErrors.swift:+1
        to mend: give a value of at most as many axes as the part has
      """),
    Pinned(
      { T.setSubtensor(l[0], to: s) },
      """
      TheanoError: [setSubtensor] a part of int64 vector cannot take float64 scalar
          setSubtensor(l[0], s)
                             ^
        at BuildingErrors.swift:+1
        to mend: cast the new value: T.cast(value, .int64)
      """),
    Pinned(
      { T.setSubtensor(l[0], to: 1.5) },
      """
      TheanoError: [setSubtensor] a part of int64 vector cannot take float64 scalar
          setSubtensor(l[0], 1.5)
                             ^^^
        at BuildingErrors.swift:+1
        to mend: cast the new value: T.cast(value, .int64)
      """),
    Pinned(
      { T.incSubtensor(x[.newAxis, 0], by: 1) },
      """
      TheanoError: [incSubtensor] the first argument is no part of an array
          incSubtensor(dimshuffle(x[0, .all], x 0))
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        at BuildingErrors.swift:+1
        to mend: write it as a subscript: T.incSubtensor(x[1..<3], ...); new axes cannot be set
      """),
  ]

  static let creation: [Pinned] = [
    Pinned(
      { T.arange(0, 5, 0) },
      """
      TheanoError: [arange] there are no such numbers: the step is 0, or a bound or the step is not finite or too large
          arange(from: 0, step: 0, count: -1)
                                ^
        at BuildingErrors.swift:+1
        to mend: check the bounds and the step before the call
      """),
    Pinned(
      { T.arange(0.0, Double.nan, 1.0) },
      """
      TheanoError: [arange] there are no such numbers: the step is 0, or a bound or the step is not finite or too large
          arange(from: 0.0, step: 1.0, count: -1)
                                  ^^^
        at BuildingErrors.swift:+1
        to mend: check the bounds and the step before the call
      """),
    Pinned(
      { T.arange(0.0, 1e300, 1.0) },
      """
      TheanoError: [arange] there are no such numbers: the step is 0, or a bound or the step is not finite or too large
          arange(from: 0.0, step: 1.0, count: -1)
                                  ^^^
        at BuildingErrors.swift:+1
        to mend: check the bounds and the step before the call
      """),
    Pinned(
      { T.arange(Int.min, Int.max) },
      """
      TheanoError: [arange] the distance from -9223372036854775808 to 9223372036854775807 is more than int64 holds
          arange(-9223372036854775808, 9223372036854775807, 1)
                                       ^^^^^^^^^^^^^^^^^^^
        at BuildingErrors.swift:+1
        to mend: give bounds that are closer together
      """),
    Pinned(
      { T.arange(v) },
      """
      TheanoError: [arange] a bound or step is float64 vector, not a scalar
          arange(0.0, v, 1.0)
                      ^
        at BuildingErrors.swift:+1
        to mend: index or reduce it to one number
      """),
    Pinned(
      { T.alloc(1.0, [-3]) },
      """
      TheanoError: [alloc] axis 0 cannot have length -3
          alloc(1.0, -3)
                     ^^
        at BuildingErrors.swift:+1
        to mend: lengths are at least 0
      """),
    Pinned(
      { T.alloc(1.0, [1 << 32, 1 << 32]) },
      """
      TheanoError: [alloc] the result, float64 (4294967296, 4294967296), has more bytes than can be addressed
          alloc(1.0, 4294967296, 4294967296)
        at BuildingErrors.swift:+1
        to mend: make it smaller
      """),
    Pinned(
      { T.alloc(x, [3]) },
      """
      TheanoError: [alloc] float64 matrix has more axes than the 1 that are asked for
          alloc(x, 3)
                ^
        at BuildingErrors.swift:+1
        to mend: give a length for each axis of the value, and for those before them
      """),
    Pinned(
      { T.alloc(c, [3]) },
      """
      TheanoError: [alloc] operands 1 and 2 do not fit: axis -1 has length 5 in one and 3 in the other
          alloc(c, 3)
                   ^
        at BuildingErrors.swift:+1
        to mend: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.alloc(1.0, [1.5]) },
      """
      TheanoError: [alloc] length 1 is float64 scalar, not an integer scalar
          alloc(1.0, 1.5)
                     ^^^
        at BuildingErrors.swift:+1
        to mend: cast it: T.cast(length, .int64)
      """),
    Pinned(
      { T.zeros([2], dtype: .complex64) },
      """
      TheanoError: [alloc] operand 1 is complex64, which expressions cannot compute with
          alloc(0j, 2)
                ^^
        at BuildingErrors.swift:+1
        to mend: convert the array to float32 or float64 first: array.astype(.float64)
      """),
    Pinned(
      { T.tensor("q", .float64, shape: [-3]) + 1 },
      """
      TheanoError: [add] axis 0 of operand 1 has the negative length -3
          (q + 1.0)
           ^
        at BuildingErrors.swift:+1
        to mend: lengths are at least 0; write nil for a length that only the call knows
      """),
    Pinned(
      { T.sum(T.tensor("q", .float64, shape: [.max, .max])) },
      """
      TheanoError: [sum] operand 1, float64 (9223372036854775807, 9223372036854775807), has more bytes than can be addressed
          sum(q, axis: [0, 1])
              ^
        at BuildingErrors.swift:+1
        to mend: make it smaller
      """),
    Pinned(
      { shared(ragged, name: "w") * 2 },
      """
      TheanoError: [shared] a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at BuildingErrors.swift:+1
        to mend: give all elements one shape
      """),
  ]

  static let choicesAndSolutions: [Pinned] = [
    Pinned(
      { T.ifElse(v, s, s) },
      """
      TheanoError: [ifElse] the condition is bool vector, not a scalar
          ifElse((v .!= 0.0), s, s)
                 ^^^^^^^^^^^
        at BuildingErrors.swift:+1
        to mend: for a choice element by element use T.where
      """),
    Pinned(
      { T.ifElse(s, v, x) },
      """
      TheanoError: [ifElse] the branches are float64 vector and float64 matrix
          ifElse((s .!= 0.0), v, x)
                                 ^
        at BuildingErrors.swift:+1
        to mend: both need one dtype and one rank
      """),
    Pinned(
      { T.nonzero(s)[0] },
      """
      TheanoError: [nonzero] a scalar has no positions
          nonzero(s)
                  ^
        at BuildingErrors.swift:+1
        to mend: compare it with 0 instead
      """),
    Pinned(
      { T.linalg.solve(v, v) },
      """
      TheanoError: [solve] the coefficients are float64 vector, not a matrix
          solve(v, v)
                ^
        at BuildingErrors.swift:+1
        to mend: give a square matrix, one row for each equation
      """),
    Pinned(
      { T.linalg.solve(a, v) },
      """
      TheanoError: [solve] the matrix is 3 x 4, not square
          solve(a, v)
                ^
        at BuildingErrors.swift:+1
        to mend: as many equations as unknowns are needed; for least squares solve(a.T a, a.T b)
      """),
    Pinned(
      { T.linalg.solve(T.tensor("m", .float64, shape: [2, 2]), c) },
      """
      TheanoError: [solve] the matrix has 2 rows, the right-hand side 5
          solve(m, c)
                   ^
        at BuildingErrors.swift:+1
        to mend: give one row of the right-hand side for each equation
      """),
    Pinned(
      { T.linalg.solve(x, T.dtensor3("t")) },
      """
      TheanoError: [solve] the right-hand side is float64 tensor3, not a vector or matrix
          solve(x, t)
                   ^
        at BuildingErrors.swift:+1
        to mend: give a vector, or a matrix of one column for each system
      """),
  ]
}
