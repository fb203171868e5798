// Long expressions as users write them, for Scripts/typecheck: each must pass the type checker at once.
import Theano

func logistic(_ x: TensorVariable, _ w: TensorVariable, _ b: TensorVariable, _ y: TensorVariable)
  -> TensorVariable
{
  let p = 1 / (1 + T.exp(-(T.dot(x, w) + b)))
  return T.mean(-y * T.log(p) - (1 - y) * T.log(1 - p)) + 0.01 * T.sum(w ** 2) + 0.001 * T.sum(T.abs(w)) / 2
}

func gaussian(_ x: TensorVariable, _ m: TensorVariable, _ s: TensorVariable) -> TensorVariable {
  T.exp(-((x - m) ** 2) / (2 * s ** 2)) / (T.sqrt(2 * 3.141592653589793) * s) * 0.5 + 0.25 * (x + 1) * (x - 1)
    / (1 + x * x)
}

func polynomial(_ x: TensorVariable) -> TensorVariable {
  1 + 2 * x + 3 * x ** 2 - 4 * x ** 3 + 5.5 * x ** 4 - 6 * x ** 5 + 7 * x ** 6 - 8.25 * x ** 7 + 9 * x ** 8
    - 10 * x ** 9
}

func mixed(_ x: TensorVariable, _ a: NDArray, _ k: Int, _ r: Double) -> TensorVariable {
  (x * r + a) / 2 - a * x * 3 + r * x - x / r + (1 - r * x) * (x + a) - 2 ** x * 0.5 + x * Double(k) - 1
}

func conditions(_ x: TensorVariable, _ y: TensorVariable) -> TensorVariable {
  T.where((x .> 0) .& (x .< 1) .| (y .>= x * 2) .& .!(y .== 3), x * y + 1, -x / (y + 2) * 3 - 4)
}

func adam(
  _ g: TensorVariable, _ m: TensorVariable, _ v: TensorVariable, _ t: TensorVariable, _ w: TensorVariable
) -> TensorVariable {
  w - 0.001 * ((0.9 * m + (1 - 0.9) * g) / (1 - 0.9 ** t))
    / (T.sqrt((0.999 * v + (1 - 0.999) * g * g) / (1 - 0.999 ** t)) + 1e-8)
}

func parts(_ x: TensorVariable) -> TensorVariable {
  x[0] * 2 + x[1] - x[2] * x[3] + x[4] / 3 - 1
}

func slices(_ x: TensorVariable, _ i: TensorVariable, _ n: TensorVariable, _ b: Int, _ k: Int)
  -> [TensorVariable]
{
  let batch = x[i * b..<(i + 1) * b]
  let both = x[i * b..<(i + 1) * b, .all] * 2 + x[i - 1..<n + 1, 1 ..< -1] / 3 - x[k..<k + b, ..<n]
  let edges = x[1 ..< -1, 1 ..< -1] - 0.25 * (x[..<(-2), 1 ..< -1] + x[2..., 1 ..< -1] + x[1 ..< -1, ..<(-2)])
  let set = T.setSubtensor(x[1 ..< -1, k...n], to: x[1 ..< -1, k...n] * 2 + 1)
  return [
    batch, both, edges, set, x[i...], x[..<n], x[i], x[n ..< -1, 0 ... -2], x[k - 1..<2 * k - 4, x[0] .> 0],
  ]
}

func arraySlices(_ a: NDArray, _ k: Int, _ b: Int) -> [NDArray] {
  [a[1 ..< -1, k..<k + b], a[0..<3, 1...2], a[k * b..<(k + 1) * b], a[..<(-1), 2...], a[1..<3, .all, 0]]
}

func plainSwift(_ a: [Double], _ n: Int, _ r: Double) -> Double {
  var sum = 0.0
  for i in 0..<n where r != 0 && a[i] < 2 * r && !(i == 3) {
    sum += a[i] * r - (0..<i).reduce(0.0) { $0 + Double($1) }
  }
  return sum == 0 ? -1 : a[1..<n].reduce(0, +) + a[..<2].reduce(0, +) * sum
}
