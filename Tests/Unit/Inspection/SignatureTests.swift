import Testing
import Theano

/// `print(f)` says what a function takes, returns and changes.
@Suite struct SignatureTests {
  private let x = T.dmatrix("x")
  private let y = T.fvector("y")
  private let n = T.lscalar("n")

  @Test func signatures() throws {
    let w = shared([0.5, 1], name: "w"), b = shared(0.5, name: "b"), nameless = shared([1, 2])
    let mode = Mode.interpreted
    let cost = T.sum(T.dot(x, w) * y) + b
    let train = try function(
      inputs: [x, y], outputs: cost, updates: [(w, w * 2), (b, b + 1)], mode: mode, name: "train")
    #expect("\(train)" == "train(x: float64 matrix, y: float32 vector) -> float64 scalar, updates w, b")
    let list = try function(inputs: [x, In(n, value: 3)], outputs: [x * n, T.sum(x)], mode: mode)
    #expect(
      "\(list)"
        == "function(x: float64 matrix, n: int64 scalar = 3) -> [float64 matrix, float64 scalar]")
    let one = try function(inputs: [x], outputs: [x * 2], mode: mode, name: "one")
    #expect("\(one)" == "one(x: float64 matrix) -> [float64 matrix]")
    let step = try function(updates: [(nameless, nameless + 1)], mode: mode, name: "step")
    #expect("\(step)" == "step() -> Void, updates a shared variable")
    let fixed = T.tensor("m", .float32, shape: [nil, 3])
    let value = try function(
      inputs: [In(fixed, value: [[1, 2, 3]])], outputs: fixed[0], mode: mode, name: "f")
    #expect("\(value)" == "f(m: float32 (?, 3) = ...) -> float32 (3,)")
    #expect(String(describing: value) == value.description)
  }
}
