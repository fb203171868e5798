import Testing
import Theano

private let x = T.dmatrix("x")
private let v = T.dvector("v")
private let s = T.dscalar("s")
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
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.add(a, c) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.exp(a - c) * 2 },
      """
      TheanoError: [subtract] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a - c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { v .& v },
      """
      TheanoError: [and] and takes booleans or integers, but operand 1 is float64
          (v .& v)
           ^
        at BuildingErrors.swift:+1
        hint: compare first (x .!= 0), or cast to an integer
      """),
    Pinned(
      { .!v },
      """
      TheanoError: [not] not takes booleans or integers, but operand 1 is float64
          not(v)
              ^
        at BuildingErrors.swift:+1
        hint: compare first (x .!= 0), or cast to an integer
      """),
    Pinned(
      { T.where(v, v, v) },
      """
      TheanoError: [where] the condition is float64, not bool
          where(v, v, v)
                ^
        at BuildingErrors.swift:+1
        hint: compare first, as in x .> 0
      """),
    Pinned(
      { T.bvector("l") + 300 },
      """
      TheanoError: [cast] the number 300 is not representable in int8
          cast(300)
               ^^^
        at BuildingErrors.swift:+1
        hint: cast the other operand to a wider dtype, or use T.constant with a dtype
      """),
    Pinned(
      { z + 1 },
      """
      TheanoError: [add] operand 1 is complex64, which expressions cannot compute with
          (z + (1+0j))
           ^
        at BuildingErrors.swift:+1
        hint: convert the array to float32 or float64 first: array.astype(.float64)
      """),
    Pinned(
      { T.cast(v, .float16) },
      """
      TheanoError: [cast] expressions cannot compute with float16
          cast(v)
        at BuildingErrors.swift:+1
        hint: use float32 or float64
      """),
    Pinned(
      { x + ragged },
      """
      TheanoError: [constant] a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at BuildingErrors.swift:+1
        hint: give all elements one shape
      """),
    Pinned(
      { T.constant(ragged) },
      """
      TheanoError: [constant] a ragged nested array: element 0 has shape [2], element 1 has shape [1]
        at BuildingErrors.swift:+1
        hint: give all elements one shape
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
        hint: make the lengths equal, or give one of them length 1 on that axis
      2. [multiply] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b * a)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      3. [subtract] operands 1 and 2 do not fit: axis -2 has length 3 in one and 4 in the other
          (a - b)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.setSubtensor((a + c)[0], to: b + a) },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      2. [add] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b + a)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { (a + c)[T.cast(b + a, .int64)] },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      2. [add] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b + a)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.arange(a + c, b - a, 1) },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      2. [subtract] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b - a)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.ifElse(s, a + c, T.reshape(b - a, [1.5])) },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      2. [subtract] operands 1 and 2 do not fit: axis -2 has length 4 in one and 3 in the other
          (b - a)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
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
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.nonzero(a + c)[1] },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.zerosLike(a + c) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.broadcast(s, like: a + c) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.take(a + c, [0, 1], axis: 3) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.stack([a + c, a], axis: 1) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.nnet.softmax(a + c) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { T.mean(a + c, axis: 7) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { (a + c).dimshuffle(2, nil) },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 4 in one and 5 in the other
          (a + c)
               ^
        at BuildingErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
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
        hint: the second operand would fit transposed: T.dot(a, b.T)
      """),
    Pinned(
      { T.dot(a, T.tensor("d", .float64, shape: [3, 9])) },
      """
      TheanoError: [dot] shapes (3, 4) and (3, 9) do not fit: 4 columns on the left meet 3 rows on the right
          dot(a, d)
                 ^
        at BuildingErrors.swift:+1
        hint: the last axis of the first and the first axis of the second must be equally long
      """),
    Pinned(
      { T.dot(T.dtensor3("t"), a) },
      """
      TheanoError: [dot] dot takes scalars, vectors and matrices, not float64 tensor3 and float64 (3, 4)
          dot(t, a)
              ^
        at BuildingErrors.swift:+1
        hint: reshape to matrices first
      """),
    Pinned(
      { T.dot(c, a) },
      """
      TheanoError: [dot] shapes (5,) and (3, 4) do not fit: 5 columns on the left meet 3 rows on the right
          dot(c, a)
                 ^
        at BuildingErrors.swift:+1
        hint: the last axis of the first and the first axis of the second must be equally long
      """),
    Pinned(
      { T.outer(a, c) },
      """
      TheanoError: [outer] outer takes vectors, not float64 (3, 4)
          outer(a, c)
                ^
        at BuildingErrors.swift:+1
        hint: make a vector of it: T.reshape(x, [-1])
      """),
    Pinned(
      { T.dot(z, z) },
      """
      TheanoError: [dot] operand 1 is complex64, which expressions cannot compute with
          dot(z, z)
              ^
        at BuildingErrors.swift:+1
        hint: convert the array to float32 or float64 first: array.astype(.float64)
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
        hint: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.sum(s, axis: 0) },
      """
      TheanoError: [sum] there is no axis 0: float64 scalar has 0 axes
          sum(s)
              ^
        at BuildingErrors.swift:+1
        hint: a scalar has no axes
      """),
    Pinned(
      { T.sum(x, axis: [0, -2]) },
      """
      TheanoError: [sum] axis 0 is named twice in [0, -2]
          sum(x)
              ^
        at BuildingErrors.swift:+1
        hint: name each axis once
      """),
    Pinned(
      { T.mean(x, axis: .min) },
      """
      TheanoError: [sum] there is no axis -9223372036854775808: float64 matrix has 2 axes
          sum(x)
              ^
        at BuildingErrors.swift:+1
        hint: axes run from 0 to 1, or from -2 to -1
      """),
    Pinned(
      { T.argmax(T.tensor("e", .float64, shape: [0])) },
      """
      TheanoError: [argmax] argmax over axis 0, which has length 0, has no answer
          argmax(e, axis: 0)
                 ^
        at BuildingErrors.swift:+1
        hint: make sure that the axis is not empty
      """),
    Pinned(
      { T.max(T.constant([Double]())) },
      """
      TheanoError: [max] max over axis 0, which has length 0, has no answer
          max(<constant float64 (0,)>, axis: 0)
              ^^^^^^^^^^^^^^^^^^^^^^^
        at BuildingErrors.swift:+1
        hint: make sure that the axis is not empty
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
        hint: for a choice element by element use T.where
      """),
    Pinned(
      { T.ifElse(s, v, x) },
      """
      TheanoError: [ifElse] the branches are float64 vector and float64 matrix
          ifElse((s .!= 0.0), v, x)
                                 ^
        at BuildingErrors.swift:+1
        hint: both need one dtype and one rank
      """),
    Pinned(
      { T.nonzero(s)[0] },
      """
      TheanoError: [nonzero] a scalar has no positions
          nonzero(s)
                  ^
        at BuildingErrors.swift:+1
        hint: compare it with 0 instead
      """),
    Pinned(
      { T.linalg.solve(v, v) },
      """
      TheanoError: [solve] the coefficients are float64 vector, not a matrix
          solve(v, v)
                ^
        at BuildingErrors.swift:+1
        hint: give a square matrix, one row for each equation
      """),
    Pinned(
      { T.linalg.solve(a, v) },
      """
      TheanoError: [solve] the matrix is 3 x 4, not square
          solve(a, v)
                ^
        at BuildingErrors.swift:+1
        hint: as many equations as unknowns are needed; for least squares T.linalg.solve(T.dot(a.T, a), T.dot(a.T, b))
      """),
    Pinned(
      { T.linalg.solve(T.tensor("m", .float64, shape: [2, 2]), c) },
      """
      TheanoError: [solve] the matrix has 2 rows, the right-hand side 5
          solve(m, c)
                   ^
        at BuildingErrors.swift:+1
        hint: give one row of the right-hand side for each equation
      """),
    Pinned(
      { T.linalg.solve(x, T.dtensor3("t")) },
      """
      TheanoError: [solve] the right-hand side is float64 tensor3, not a vector or matrix
          solve(x, t)
                   ^
        at BuildingErrors.swift:+1
        hint: give a vector, or a matrix of one column for each system
      """),
  ]
}
