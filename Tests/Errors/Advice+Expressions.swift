import Theano
import TheanoTestSupport

private func t(_ shape: [Int]) -> TensorVariable {
  T.constant(NDArray((0..<shape.reduce(1, *)).map(Double.init)).reshaped(shape))
}
private func v() -> TensorVariable { T.constant([1.0, 2, 3]) }
private func m() -> TensorVariable { T.constant([[1.0, 2], [3, 4]]) }

extension Advice {
  /// Elementwise functions, reductions, gradients.
  static let expressions: [Advice] = [
    Advice(
      "make the lengths equal, or give one of them length 1 on that axis", { v() + T.constant([1.0, 2]) },
      then: { v() + T.constant([1.0]) }, gives: "[2. 3. 4.]"),
    Advice(
      "an axis broadcasts only if it is declared to have length 1: declare it (T.row, T.col, shape: [..., 1, ...]) or write T.addBroadcast(operand …, axis: …)",
      {
        let a = T.dvector("a"), b = T.dvector("b")
        return try (a + b).eval([a: [1, 2], b: [10]])
      },
      then: {
        let a = T.dvector("a"), b = T.dvector("b")
        return try (a + T.addBroadcast(b, axis: -1)).eval([a: [1, 2], b: [10]])
      }, gives: "[11. 12.]"),
    Advice(
      "use .! for the opposite and .^ for a difference, or cast to an integer",
      { T.constant([true, false]) - T.constant([true, true]) },
      then: { T.constant([true, false]) .^ T.constant([true, true]) }, gives: "[False  True]"),
    Advice(
      "compare first (x .!= 0), or cast to an integer", { v() .& v() }, then: { (v() .!= 0) .& (v() .> 2) },
      gives: "[False False  True]"),
    Advice(
      "compare first, as in x .> 0", { T.where(v(), v(), 0) }, then: { T.where(v() .> 1, v(), 0) },
      gives: "[0. 2. 3.]"),
    Advice(
      "use float32 or float64", { T.cast(v(), .float16) }, then: { T.cast(v(), .float32) },
      gives: "[1. 2. 3.]"),
    Advice(
      "cast the other operand to a wider dtype, or use T.constant with a dtype",
      { T.cast(v(), .int8) + 300 }, then: { T.cast(T.cast(v(), .int8), .int64) + 300 }, gives: "[301 302 303]"
    ),
    Advice(
      "convert the array to float32 or float64 first: array.astype(.float64)",
      { NDArray([1.0, 2], dtype: .float16).tensorVariable + 1 },
      then: { NDArray([1.0, 2], dtype: .float16).astype(.float64).tensorVariable + 1 }, gives: "[2. 3.]"),
    Advice(
      "give all elements one shape", { v() + [[1.0, 2], [3]] },
      then: { T.constant([1.0, 2]) + [[1.0, 2], [3, 4]] },
      gives: "[[2. 4.]\n [4. 6.]]"),
    Advice(
      "the second operand would fit transposed: T.dot(a, b.T)", { T.dot(t([2, 3]), t([2, 3])) },
      then: { T.dot(t([2, 3]), t([2, 3]).T) }, gives: "[[ 5. 14.]\n [14. 50.]]"),
    Advice(
      "the last axis of the first and the first axis of the second must be equally long",
      { T.dot(t([2, 3]), t([2])) }, then: { T.dot(t([2, 3]), t([3])) }, gives: "[ 5. 14.]"),
    Advice(
      "reshape to matrices first", { T.dot(t([2, 1, 2]), t([2, 2])) },
      then: { T.dot(T.reshape(t([2, 1, 2]), [2, 2]), t([2, 2])) }, gives: "[[ 2.  3.]\n [ 6. 11.]]"),
    Advice(
      "make a vector of it: T.reshape(x, [-1])", { T.outer(t([1, 2]), v()) },
      then: { T.outer(T.reshape(t([1, 2]), [-1]), v()) }, gives: "[[0. 0. 0.]\n [1. 2. 3.]]"),
    Advice(
      "for a choice element by element use T.where", { T.ifElse(v() .> 1, v(), v() * 10) },
      then: { T.where(v() .> 1, v(), v() * 10) }, gives: "[10.  2.  3.]"),
    Advice(
      "both need one dtype and one rank", { T.ifElse(v()[0] .> 0, v(), m()) },
      then: { T.ifElse(v()[0] .> 0, T.reshape(v()[..<2], [1, 2]), m()) }, gives: "[[1. 2.]]"),
    Advice(
      "compare it with 0 instead", { T.nonzero(T.constant(2.0))[0] }, then: { T.constant(2.0) .!= 0 },
      gives: "True"),
    Advice(
      "a scalar has no axes", { T.sum(T.constant(2.0), axis: 0) }, then: { T.sum(T.constant(2.0)) },
      gives: "2.0"),
    Advice(
      "axes run from 0 to …, or from -… to -1", { T.sum(m(), axis: 2) }, then: { T.sum(m(), axis: -1) },
      gives: "[3. 7.]"),
    Advice(
      "name each axis once", { T.sum(m(), axis: [0, -2]) }, then: { T.sum(m(), axis: [0, -1]) }, gives: "10.0"
    ),
    Advice(
      "make sure that the axis is not empty", { T.max(v()[3...]) }, then: { T.max(v()[2...]) }, gives: "3.0"),
    Advice(
      "reduce it to one number first: T.sum(cost) or T.mean(cost)", { grad(v() ** 2, wrt: v()) },
      then: {
        let x = v()
        return grad(T.sum(x ** 2), wrt: x)
      }, gives: "[2. 4. 6.]"),
    Advice(
      "cast what it is computed from to a float dtype",
      {
        let k = T.constant([1, 2])
        return grad(T.sum(k), wrt: k)
      },
      then: {
        let k = T.cast(T.constant([1, 2]), .float64)
        return grad(T.sum(k), wrt: k)
      }, gives: "[1. 1.]"),
    Advice(
      "declare it with a float dtype, as in T.dvector, or cast it before it is used",
      {
        let k = T.lvector("k")
        return try grad(T.sum(k * 1.5), wrt: k).eval([k: [1, 2]])
      },
      then: {
        let k = T.dvector("k")
        return try grad(T.sum(k * 1.5), wrt: k).eval([k: [1, 2]])
      }, gives: "[1.5 1.5]"),
    Advice(
      "check that it takes part in the cost, or pass disconnected: .zero", { grad(T.sum(v()), wrt: v()) },
      then: { grad(T.sum(v()), wrt: v(), disconnected: .zero) }, gives: "[0. 0. 0.]"),
    Advice(
      "give one … for each …, of its shape", { Lop([v(), m()], wrt: [v()], [v()])[0] },
      then: {
        let x = v()
        return Lop([x, x * 2], wrt: [x], [v(), v()])[0]
      }, gives: "[3. 6. 9.]"),
    Advice(
      "give one … for each …, of its shape and of a float dtype", { Lop([T.exp(v())], wrt: [v()], [m()])[0] },
      then: {
        let x = v()
        return Lop([x * x], wrt: [x], [v()])[0]
      }, gives: "[ 2.  8. 18.]"),
    Advice(
      "a gradient or direction has the shape of what it belongs to",
      {
        let x = T.constant(NDArray([1.0, 2, 3]))
        return Lop([x * x], wrt: [x], [T.constant([1.0])])[0]
      },
      then: {
        let x = T.constant(NDArray([1.0, 2, 3]))
        return Lop([x * x], wrt: [x], [T.constant([1.0, 1, 1])])[0]
      }, gives: "[2. 4. 6.]"),
  ]

  private static func custom(
    _ x: TensorVariable, _ outputs: [TensorType]? = nil,
    _ evaluate: @escaping @Sendable ([NDArray]) throws -> [NDArray] = { $0 }
  ) -> TensorVariable {
    T.custom("mine", [x], outputs: outputs ?? [x.type], evaluate: evaluate)[0]
  }

  /// The slope of the sum of an operation of the user's own, by its gradient closure.
  private static func slope(
    _ gradient:
      @escaping @Sendable ([TensorVariable], [TensorVariable], [TensorVariable]) -> [TensorVariable?]
  ) -> TensorVariable {
    let x = v()
    let y = T.custom("mine", [x], outputs: [x.type], gradient: gradient, evaluate: { $0 })[0]
    return grad(T.sum(y), wrt: x)
  }

  /// Shapes, indices, creation, solving, operations of the user's own.
  static let shapes: [Advice] = [
    Advice(
      "say all lengths but one", { T.reshape(t([6]), [-1, -1]) }, then: { T.reshape(t([4]), [2, -1]) },
      gives: "[[0. 1.]\n [2. 3.]]"),
    Advice(
      "the product of the lengths must be the number of elements; one of them may be -1",
      { T.reshape(t([4]), [3, 2]) }, then: { T.reshape(t([4]), [-1, 2]) }, gives: "[[0. 1.]\n [2. 3.]]"),
    Advice(
      "the product of the lengths must be the number of elements", { T.reshape(t([4]), [3, -1]) },
      then: { T.reshape(t([4]), [2, -1]) }, gives: "[[0. 1.]\n [2. 3.]]"),
    Advice(
      "lengths are at least 0; one may be -1, which stands for what is left",
      { T.reshape(t([4]), [-2, -2]) },
      then: { T.reshape(t([4]), [2, -1]) }, gives: "[[0. 1.]\n [2. 3.]]"),
    Advice(
      "cast it: T.cast(length, .int64)", { T.reshape(t([4]), [T.constant(2.0), 2]) },
      then: { T.reshape(t([4]), [T.cast(T.constant(2.0), .int64), 2]) }, gives: "[[0. 1.]\n [2. 3.]]"),
    Advice(
      "a length that stands for what is left must be the number -1 where the expression is written",
      {
        let n = T.lscalar("n")
        return try T.reshape(t([4]), [n, 2]).eval([n: -1])
      },
      then: { T.reshape(t([4]), [-1, 2]) }, gives: "[[0. 1.]\n [2. 3.]]"),
    Advice(
      "make it smaller", { T.reshape(t([4]), [Int.max, Int.max]) }, then: { T.reshape(t([4]), [2, 2]) },
      gives: "[[0. 1.]\n [2. 3.]]"),
    Advice(
      "name each axis once; to repeat an axis use T.broadcast", { v().dimshuffle(0, 0) },
      then: { T.broadcast(v(), like: t([2, 3])) }, gives: "[[1. 2. 3.]\n [1. 2. 3.]]"),
    Advice(
      "index or reduce the axis instead", { m().dimshuffle(0) }, then: { m()[.all, 0] }, gives: "[1. 3.]"),
    Advice(
      "merge axes with T.reshape", { T.dimshuffle(v(), [0] + [Int?](repeating: nil, count: 32)) },
      then: { T.reshape(v(), [3, 1]) }, gives: "[[1.]\n [2.]\n [3.]]"),
    Advice(
      "an array stretches only to one of at least as many axes", { T.broadcast(m(), like: v()[..<2]) },
      then: { T.broadcast(v()[..<2], like: m()) }, gives: "[[1. 2.]\n [1. 2.]]"),
    Advice(
      "give at least one array", { T.concatenate([]) }, then: { T.concatenate([v()]) }, gives: "[1. 2. 3.]"),
    Advice(
      "scalars have no axis to be joined along: use T.stack", { T.concatenate([v()[0], v()[1]]) },
      then: { T.stack([v()[0], v()[1]]) }, gives: "[1. 2.]"),
    Advice(
      "all operands need the same number of axes", { T.concatenate([m(), v()[..<2]]) },
      then: { T.concatenate([m(), v()[..<2].dimshuffle(nil, 0)]) }, gives: "[[1. 2.]\n [3. 4.]\n [1. 2.]]"),
    Advice(
      "all axes but the one that is joined must be equally long", { T.concatenate([m(), t([1, 3])]) },
      then: { T.concatenate([m(), t([2, 1])], axis: 1) }, gives: "[[1. 2. 0.]\n [3. 4. 1.]]"),
    Advice(
      "positions run from 0 to …, or from -… to -1", { v()[3] }, then: { v()[-1] }, gives: "3.0"),
    Advice("the axis is empty", { v()[3...][0] }, then: { v()[2...][0] }, gives: "3.0"),
    Advice("give at most one index for each axis", { v()[0, 0] }, then: { v()[0] }, gives: "1.0"),
    Advice(
      "write .all for the other axes", { t([1, 2, 2])[.ellipsis, 0, .ellipsis] },
      then: { t([1, 2, 2])[.all, 0, .ellipsis] }, gives: "[[0. 1.]]"),
    Advice(
      "give a step of at least 1, or at most -1", { v()[.slice(step: 0)] }, then: { v()[.slice(step: -1)] },
      gives: "[3. 2. 1.]"),
    Advice(
      "cast it: T.cast(bound, .int64)", { v()[.slice(from: T.constant(1.0))] },
      then: { v()[.slice(from: T.cast(T.constant(1.0), .int64))] }, gives: "[2. 3.]"),
    Advice(
      "cast it: T.cast(index, .int64), or compare to get booleans of the array's shape",
      { v()[T.constant([2.0, 0])] },
      then: { v()[T.cast(T.constant([2.0, 0]), .int64)] }, gives: "[3. 1.]"),
    Advice(
      "for pairs of positions index the flattened matrix: T.reshape(x, [-1])[rows * x.shape[1] + columns]; for every row with every column index twice: x[rows][.all, columns]",
      { t([3, 4])[[2, 0], [1, 3]] },
      then: {
        let (x, rows, columns) = (t([3, 4]), T.constant([2, 0]), T.constant([1, 3]))
        return T.concatenate([
          T.reshape(x, [-1])[rows * x.shape[1] + columns], T.reshape(x[rows][.all, columns], [-1]),
        ])
      }, gives: "[ 9.  3.  9. 11.  1.  3.]"),
    Advice(
      "write it as a subscript: T.…(x[1..<3], ...); new axes cannot be set", { T.setSubtensor(v(), to: 0) },
      then: { T.setSubtensor(v()[1..<3], to: 0) }, gives: "[1. 0. 0.]"),
    Advice(
      "give a value of at most as many axes as the part has", { T.setSubtensor(m()[0], to: m()) },
      then: { T.setSubtensor(m()[0], to: m()[1]) }, gives: "[[3. 4.]\n [3. 4.]]"),
    Advice(
      "make the lengths equal; only an axis of length 1 stretches, and none shrinks",
      { T.setSubtensor(v()[0..<1], to: T.constant([7.0, 8])) },
      then: { T.setSubtensor(v()[0..<1], to: T.constant([7.0])) }, gives: "[7. 2. 3.]"),
    Advice(
      "an axis stretches only if it is declared to have length 1: declare it (T.row, T.col, shape: [..., 1, ...]) or write T.addBroadcast(operand …, axis: …)",
      {
        let x = T.dvector("x")
        return try T.setSubtensor(v()[0..<2], to: x).eval([x: [7]])
      },
      then: {
        let x = T.dvector("x")
        return try T.setSubtensor(v()[0..<2], to: T.addBroadcast(x, axis: -1)).eval([x: [7]])
      }, gives: "[7. 7. 3.]"),
    Advice(
      "write a slice: .slice(from: 0, to: 9, step: 2)", { v()[IndexItem.places(first: 0, last: 2, step: 2)] },
      then: { v()[.slice(from: 0, to: 3, step: 2)] }, gives: "[1. 3.]"),
    Advice(
      "say all lengths", { T.reshape(T.constant(NDArray.zeros([0, 3])), [0, -1]) },
      then: { T.reshape(T.constant(NDArray.zeros([0, 3])), [0, 3]).shape[1] }, gives: "3"),
    Advice(
      "compute with smaller lengths",
      {
        let n = T.lscalar("n")
        return try T.sum(T.alloc(1.0, [n, n])).eval([n: 1 << 40])
      },
      then: {
        let n = T.lscalar("n")
        return try T.sum(T.alloc(1.0, [n, n])).eval([n: 3])
      }, gives: "9.0"),
    Advice(
      "give a smaller array, or free others first",
      {
        let x = T.dvector("x")
        return try (x * 2).eval([x: NDArray([Float(1)]).broadcast(to: [1 << 46])])
      },
      then: {
        let x = T.dvector("x")
        return try (x * 2).eval([x: NDArray([Float(1)]).broadcast(to: [2])])
      }, gives: "[2. 2.]"),
    Advice(
      "write them with a decimal point: 2.0 ** 100.0",
      {
        let two: TensorVariable = 2
        return two ** 100
      },
      then: {
        let two: TensorVariable = 2.0
        return two ** 100.0
      }, gives: "1.2676506002282294e+30"),
    Advice(
      "a mask stands in a subscript: x[mask]", { T.take(v(), v() .> 1) }, then: { v()[v() .> 1] },
      gives: "[2. 3.]"),
    Advice(
      "a mask has a boolean for each place of the axes that it stands for",
      { v()[T.constant([true, false])] }, then: { v()[T.constant([true, false, true])] }, gives: "[1. 3.]"),
    Advice(
      "choose between whole arrays with T.ifElse, between elements with T.where", { v()[T.constant(true)] },
      then: { T.ifElse(T.constant(true), v(), v() * 2) }, gives: "[1. 2. 3.]"),
    Advice(
      "index or reduce it to one number", { v()[T.constant([1, 2])...] },
      then: { v()[T.constant([1, 2])[0]...] }, gives: "[2. 3.]"),
    Advice(
      "index with the integer first and with the array then, as in x[0][.all, positions]; T.dimshuffle moves its axes",
      { t([2, 2, 2])[0, .all, [1, 0]] }, then: { t([2, 2, 2])[0][.all, [1, 0]] }, gives: "[[1. 0.]\n [3. 2.]]"
    ),
    Advice(
      "cast it: T.cast(value, .…)", { T.setSubtensor(T.constant([1, 2])[0], to: T.constant(7.5)) },
      then: { T.setSubtensor(T.constant([1, 2])[0], to: T.cast(T.constant(7.5), .int64)) }, gives: "[7 2]"),
    Advice(
      "check the bounds and the step before the call",
      {
        let step = T.lscalar("step")
        return try T.arange(0, 4, step).eval([step: 0])
      },
      then: {
        let step = T.lscalar("step")
        return try T.arange(0, 4, step).eval([step: 2])
      }, gives: "[0 2]"),
    Advice(
      "give bounds that are closer together", { T.arange(Int.min, Int.max, 1) }, then: { T.arange(-1, 2, 1) },
      gives: "[-1  0  1]"),
    Advice(
      "index or reduce it to one number", { T.arange(0, T.constant([3]), 1) },
      then: { T.arange(0, T.constant([3])[0], 1) }, gives: "[0 1 2]"),
    Advice("lengths are at least 0", { T.alloc(1.0, [-1]) }, then: { T.alloc(1.0, [0]) }, gives: "[]"),
    Advice(
      "give a length for each axis of the value, and for those before them", { T.alloc(m(), [2]) },
      then: { T.alloc(m(), [1, 2, 2]) }, gives: "[[[1. 2.]\n  [3. 4.]]]"),
    Advice(
      "lengths are at least 0; write nil for a length that only the call knows",
      {
        let x = T.tensor("x", .float64, shape: [-3])
        return try function(inputs: [x], outputs: x)([1])
      },
      then: {
        let x = T.tensor("x", .float64, shape: [nil])
        return try function(inputs: [x], outputs: x, mode: .interpreted)([1])
      }, gives: "[1.]"),
    Advice(
      "give a square matrix, one row for each equation", { T.linalg.solve(v(), v()) },
      then: { try T.linalg.solve(m(), v()[..<2]).eval(mode: .interpreted) }, gives: "[0.  0.5]"),
    Advice(
      "give a vector, or a matrix of one column for each system", { T.linalg.solve(m(), T.constant(1.0)) },
      then: { try T.linalg.solve(m(), v()[..<2]).eval(mode: .interpreted) }, gives: "[0.  0.5]"),
    Advice(
      "as many equations as unknowns are needed; for least squares T.linalg.solve(T.dot(a.T, a), T.dot(a.T, b))",
      { T.linalg.solve(t([3, 2]), v()) },
      then: {
        let (a, b) = (t([3, 2]), T.constant([1.0, 3, 5]))
        let x = T.linalg.solve(T.dot(a.T, a), T.dot(a.T, b))
        return try T.cast(T.round(x * 1000), .int64).eval(mode: .interpreted)
      }, gives: "[   0 1000]"),
    Advice(
      "give one row of the right-hand side for each equation", { T.linalg.solve(m(), v()) },
      then: { try T.linalg.solve(m(), v()[..<2]).eval(mode: .interpreted) }, gives: "[0.  0.5]"),
    Advice(
      "the equations have no single solution; add a small multiple of the identity, or solve a smaller system",
      { try T.linalg.solve(T.onesLike(m()), v()[..<2]).eval(mode: .interpreted) },
      then: {
        try T.linalg.solve(T.onesLike(m()) + T.constant([[1.0, 0], [0, 1]]), T.constant([3.0, 3])).eval(
          mode: .interpreted)
      },
      gives: "[1. 1.]"),
    Advice(
      "give T.custom a gradient:, one that returns nil for what is flat, or name the result in considerConstant:",
      {
        let x = v()
        return grad(T.sum(custom(x)), wrt: x)
      },
      then: { slope { _, _, g in [g[0]] } }, gives: "[1. 1. 1.]"),
    Advice(
      "return one for each input, nil where there is none", { slope { _, _, _ in [] } },
      then: { slope { _, _, g in [g[0]] } }, gives: "[1. 1. 1.]"),
    Advice(
      "a gradient has the shape and dtype of its input", { slope { x, _, _ in [T.cast(x[0], .int64)] } },
      then: { slope { x, _, _ in [x[0] * 2] } }, gives: "[2. 4. 6.]"),
    Advice(
      "see what the closure says of its operands", { custom(v()) { [try $0[0].checked.reshaped([7])] } },
      then: { custom(v()) { [try $0[0].checked.reshaped([3])] } }, gives: "[1. 2. 3.]"),
    Advice(
      "return one array for each type in outputs:", { custom(v()) { _ in [] } }, then: { custom(v()) { $0 } },
      gives: "[1. 2. 3.]"),
    Advice(
      "return what outputs: declares, or declare what is returned",
      { custom(v()) { [$0[0].astype(.int64)] } },
      then: { custom(v(), [TensorType(.int64, shape: [3])]) { [$0[0].astype(.int64)] } }, gives: "[1 2 3]"),
  ]
}
