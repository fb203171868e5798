// The README's tour as a program: a test compares what it prints with the comments here and with the README.
import Theano

// Expressions: nothing is computed yet.
let x = T.dvector("x")
let y = T.sum(x ** 2)
print(pp(y))  // sum(x ** 2)

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

// Minibatches: the data is shared, and a call is told the number of its batch.
let trainX = shared(NDArray([[0.0, 1], [1, 0], [1, 1], [2, 1]]))
let trainY = shared(NDArray([2.0, 3, 5, 8]))
let v = shared(NDArray.zeros([2]), name: "v")
let batchCost = T.mean((T.dot(input, v) - target) ** 2)
let batch = T.lscalar("batch")
let rows = AxisIndex.slice(from: batch * 2, to: (batch + 1) * 2)
let step = try function(
  inputs: [batch], outputs: batchCost, updates: [(v, v - 0.1 * grad(batchCost, wrt: v))],
  givens: [input: trainX[rows], target: trainY[rows]])
for _ in 0..<500 { for k in 0..<2 { try step(k) } }
print(try v.value)  // [3. 2.]

// Files: one array by itself, or several by name; the content tells the format, compressed with gzip or not.
let path = "/tmp/theano-tour"
try w.value.save("\(path).npy")
print(try NDArray.load("\(path).npy"))  // [3. 2.]

try NPZ.save(["w": w.value, "v": v.value], to: "\(path).npz")
let model = try NPZ.load("\(path).npz")
print(model.names)  // ["w", "v"]
print(try model["w"])  // [3. 2.]
for stored in model { try print("\(stored.name): \(stored.array.shape)") }
print(try NDArray.load("\(path).npz", name: "v"))  // [3. 2.]

try Safetensors.save(model.arrays(), metadata: ["epochs": "500"], to: "\(path).safetensors")
print(try Safetensors.load("\(path).safetensors", mapped: true).metadata)  // ["epochs": "500"]

try IDX.save(NDArray([[0, 255]], dtype: .uint8), to: "\(path).idx.gz")  // as MNIST's files are
print(try NDArray.load("\(path).idx.gz"))  // [[  0 255]]

// Where a generic parameter or a property has taken a name, the module's name tells them apart.
struct Layer<T> {
  var tag: T
  let shared = Theano.shared(NDArray([1.0, 2]), name: "weights")
  func output(_ x: TensorVariable) -> TensorVariable { Theano.T.sum(x * shared) }
  func function(_ x: TensorVariable) throws -> Function<NDArray> {
    try Theano.function(inputs: [x], outputs: output(x))
  }
}
print(try Layer(tag: "first").function(x)([3, 4]))  // 11.0
