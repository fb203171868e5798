// The README's tour as a program: a test compares what it prints with the comments here and with the README.
import Theano

// Expressions: nothing is computed yet.
let x = T.dvector("x")
let y = T.sum(x ** 2)
print(pp(y))  // sum(x ** 2.0, axis: 0)

// A function: compiled to native code, called like any other.
let f = try function(inputs: [x], outputs: y)
print(try f([1, 2, 3]))  // 14.0

// A derivative is an expression like any other.
let slope = try function(inputs: [x], outputs: grad(y, wrt: x))
print(try slope([1, 2, 3]))  // [2. 4. 6.]

// Shared variables keep their values between calls; updates change them, all at once, when a call succeeds.
let input = T.dmatrix("input")
let target = T.dvector("target")
let w = shared(NDArray.zeros([2]), name: "w")
let cost = T.mean((T.dot(input, w) - target) ** 2)
let train = try function(
  inputs: [input, target], outputs: cost, updates: [(w, w - 0.1 * grad(cost, wrt: w))])
for _ in 0..<500 { try train([[0, 1], [1, 0], [1, 1]], [2, 3, 5]) }
print(try w.value)  // [3. 2.]

// Indexing is Swift's; parts are set and raised without changing what they were taken from.
let m = T.dmatrix("m")
let parts = try function(
  inputs: [m], outputs: [m[0], m[.all, 1], m[-1, ..<1], T.setSubtensor(m[0], to: 7)[0]])
print(try parts([[1, 2], [3, 4]]))  // [[1. 2.], [2. 4.], [3.], [7. 7.]]

// Slices of arrays and of expressions are spelled alike: `x[1 ..< -1]` is Python's `x[1:-1]`, and bounds may be expressions.
let i = T.lscalar("i")
let slices = try function(
  inputs: [x, i], outputs: [x[1 ..< -1], x[i * 2..<(i + 1) * 2], x[i...], x[x .> 2]])
print(try slices([1, 2, 3, 4, 5], 1))  // [[2. 3. 4.], [3. 4.], [2. 3. 4. 5.], [3. 4. 5.]]
print(NDArray(0..<6)[1 ..< -1])  // [1 2 3 4]

// Conditions: elementwise, and lazy (only the branch that is chosen is computed).
let positive = T.where(x .> 0, x, 0)
let either = T.ifElse(T.sum(x) .> 0, T.max(x), T.min(x))
let choose = try function(inputs: [x], outputs: [positive, either])
print(try choose([-5, 2, 1]))  // [[0. 2. 1.], -5.0]

// Defaults, and a function of its own kind for each number of outputs.
let rate = T.dscalar("rate")
let scaled = try function(inputs: [x, In(rate, value: 10)], outputs: x * rate)
print(try scaled([1, 2]))  // [10. 20.]
print(try scaled([1, 2], 3))  // [3. 6.]

// An operation of your own, in Swift; the compiled function calls back for it.
let sorted = T.custom("sort", [x], outputs: [x.type]) { [NDArray([Double]($0[0]).sorted())] }[0]
let largest = try function(inputs: [x], outputs: sorted[-1])
print(try largest([3, 9, 4]))  // 9.0

// With its gradient, from the operands, the results and the results' gradients.
let clipped = T.custom(
  "clip", [x], outputs: [x.type], gradient: { x, _, g in [T.where(T.abs(x[0]) .< 1, g[0], 0)] }
) { values in [NDArray([Double](values[0]).map { min(max($0, -1), 1) })] }[0]
let clippedSlope = try function(inputs: [x], outputs: grad(T.sum(clipped ** 2), wrt: x))
print(try clippedSlope([0.5, -3]))  // [1. 0.]

// Looking at expressions, and at what became of them.
debugPrint(T.exp(x) * x, types: false)
print(f.graphText)

// Everything that is wrong is said at once, at the lines that wrote it.
let a = T.tensor("a", shape: [3, 4])
let b = T.tensor("b", shape: [5, 2])
let bad = T.dot(a, b) + T.tensor("c", shape: [3, 9])[3]
do {
  _ = try function(inputs: [a, b], outputs: bad)
} catch {
  print(error)
}
do {
  _ = try f([[1, 2], [3, 4]])
} catch {
  print(error)
}

// Operators have lines like functions, in optimised programs too.
do {
  _ = try function(inputs: [a, b], outputs: a + b)
} catch {
  print(error)
}
