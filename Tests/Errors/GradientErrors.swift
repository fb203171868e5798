import Testing
import Theano

private let x = T.dmatrix("x")
private let v = T.dvector("v")
private let s = T.dscalar("s")
private let l = T.lvector("l")
private let a = T.tensor("a", .float64, shape: [3])
private let b = T.tensor("b", .float64, shape: [4])

/// Gradients that do not exist, and partners that do not fit.
@Suite struct GradientErrors {
  @Test(arguments: Table.costs) func costs(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.variables) func variables(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.partners) func partners(_ pinned: Pinned) { pinned.check() }
}

private enum Table {
  static let costs: [Pinned] = [
    Pinned(
      { grad(v, wrt: v) },
      """
      TheanoError: [grad] the cost is float64 vector, not a scalar
          grad(v)
               ^
        at GradientErrors.swift:+1
        hint: reduce it to one number first: T.sum(cost) or T.mean(cost)
      """),
    Pinned(
      { grad(T.sum(l), wrt: v) },
      """
      TheanoError: [grad] the cost is int64, which has no gradient
          grad(sum(l, axis: 0))
               ^^^^^^^^^^^^^^^
        at GradientErrors.swift:+1
        hint: cast what it is computed from to a float dtype
      """),
    Pinned(
      { grad(T.sum(a + b), wrt: T.exp(b - a)) },
      """
      TheanoError: 2 things are wrong
      1. [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 4 in the other
          (a + b)
               ^
        at GradientErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      2. [subtract] operands 1 and 2 do not fit: axis -1 has length 4 in one and 3 in the other
          (b - a)
               ^
        at GradientErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
  ]

  static let variables: [Pinned] = [
    Pinned(
      { grad(T.sum(l * 1.5), wrt: l) },
      """
      TheanoError: [grad] l is int64: there is no gradient with respect to integers or booleans
          grad(sum((cast<float64>(l) * 1.5), axis: 0), l)
                                                       ^
        at GradientErrors.swift:+1
        hint: declare it with a float dtype, as in T.dvector, or cast it before it is used
      """),
    Pinned(
      { grad(T.sum(v), wrt: x) },
      """
      TheanoError: [grad] the cost does not depend on x in a differentiable way
          grad(sum(v, axis: 0), x)
                                ^
        at GradientErrors.swift:+1
        hint: check that it takes part in the cost, or pass disconnected: .zero
      """),
    Pinned(
      { grad(T.cast(T.argmax(v), .float64), wrt: v) },
      """
      TheanoError: [grad] the cost does not depend on v in a differentiable way
          grad(cast<float64>(argmax(v, axis: 0)), v)
                                                  ^
        at GradientErrors.swift:+1
        hint: check that it takes part in the cost, or pass disconnected: .zero
      """),
    Pinned(
      { grad(T.sum(v * 2), wrt: T.constant(2.0)) },
      """
      TheanoError: [grad] the cost does not depend on 2.0 in a differentiable way
          grad(sum((v * 2.0), axis: 0), 2.0)
                                        ^^^
        at GradientErrors.swift:+1
        hint: check that it takes part in the cost, or pass disconnected: .zero
      """),
    Pinned(
      { grad(T.sum(v), wrt: v, considerConstant: [v]) },
      """
      TheanoError: [grad] the cost does not depend on v in a differentiable way
          grad(sum(v, axis: 0), v)
                                ^
        at GradientErrors.swift:+1
        hint: check that it takes part in the cost, or pass disconnected: .zero
      """),
    Pinned(
      { T.concatenate(grad(T.sum(v), wrt: [x, l, s])) },
      """
      TheanoError: 3 things are wrong
      1. [grad] the cost does not depend on x in a differentiable way
          grad(sum(v, axis: 0), x)
                                ^
        at GradientErrors.swift:+1
        hint: check that it takes part in the cost, or pass disconnected: .zero
      2. [grad] l is int64: there is no gradient with respect to integers or booleans
          grad(sum(v, axis: 0), l)
                                ^
        at GradientErrors.swift:+1
        hint: declare it with a float dtype, as in T.dvector, or cast it before it is used
      3. [grad] the cost does not depend on s in a differentiable way
          grad(sum(v, axis: 0), s)
                                ^
        at GradientErrors.swift:+1
        hint: check that it takes part in the cost, or pass disconnected: .zero
      """),
  ]

  static let partners: [Pinned] = [
    Pinned(
      { Lop([v, x], wrt: [v], [v])[0] },
      """
      TheanoError: [Lop] 2 outputs but 1 gradient
        at GradientErrors.swift:+1
        hint: give one gradient for each output, of its shape
      """),
    Pinned(
      { Lop([T.exp(v)], wrt: [v], [x])[0] },
      """
      TheanoError: [Lop] the gradient for exp(v) is float64 matrix, but exp(v) is float64 vector
          Lop(exp(v), x)
                      ^
        at GradientErrors.swift:+1
        hint: give one gradient for each output, of its shape and of a float dtype
      """),
    Pinned(
      { Lop([l], wrt: [v], [v])[0] },
      """
      TheanoError: [Lop] the gradient for l is float64 vector, but l is int64 vector
          Lop(l, v)
                 ^
        at GradientErrors.swift:+1
        hint: give one gradient for each output, of its shape and of a float dtype
      """),
    Pinned(
      { Lop([T.max(a + b, axis: 0)], wrt: [v], [s])[0] },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 4 in the other
          (a + b)
               ^
        at GradientErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
    Pinned(
      { Lop([T.exp(a)], wrt: [a], [T.constant([1.0])])[0] },
      """
      TheanoError: [Lop] the gradient has length 1 on axis 0 for output 0, which has length 3 there
          Lop(<constant float64 (1,)>, exp(a))
              ^^^^^^^^^^^^^^^^^^^^^^^
        at GradientErrors.swift:+1
        hint: a gradient or direction has the shape of what it belongs to
      """),
    Pinned(
      { Rop([v], wrt: [v], [])[0] },
      """
      TheanoError: [Rop] 1 variable but 0 directions
        at GradientErrors.swift:+1
        hint: give one direction for each variable, of its shape
      """),
    Pinned(
      { Rop([T.exp(v)], wrt: [v], [x])[0] },
      """
      TheanoError: [Rop] the direction for v is float64 matrix, but v is float64 vector
          Rop(v, x)
                 ^
        at GradientErrors.swift:+1
        hint: give one direction for each variable, of its shape and of a float dtype
      """),
    Pinned(
      { Rop([T.exp(v)], wrt: [v], [l])[0] },
      """
      TheanoError: [Rop] the direction for v is int64 vector, but v is float64 vector
          Rop(v, l)
                 ^
        at GradientErrors.swift:+1
        hint: give one direction for each variable, of its shape and of a float dtype
      """),
    Pinned(
      { Rop([T.exp(x)], wrt: [x], [a + b])[0] },
      """
      TheanoError: [add] operands 1 and 2 do not fit: axis -1 has length 3 in one and 4 in the other
          (a + b)
               ^
        at GradientErrors.swift:+1
        hint: make the lengths equal, or give one of them length 1 on that axis
      """),
  ]
}
