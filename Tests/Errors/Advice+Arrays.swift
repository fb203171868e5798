import Theano
import TheanoToolchain
import TheanoTestSupport

private let a = NDArray([[1.0, 2], [3, 4]])
private let v = NDArray([1.0, 2, 3])

extension Advice {
  /// Arrays by themselves.
  static let arrays: [Advice] = [
    Advice(
      "index it down to one element first", { try a.item(as: Double.self) },
      then: { try a[1, 0].item(as: Double.self) },
      gives: "3.0"),
    Advice(
      "convert the array with astype(.…) if the nearest value will do",
      { try NDArray(1.5).item(as: Int.self) },
      then: { try NDArray(1.5).astype(.int64).item(as: Int.self) }, gives: "1"),
    Advice(
      "one length may be -1, to be found from the others", { try v.checked.reshaped(2, 2) },
      then: { try v.checked.reshaped(-1, 1) }, gives: "[[1.]\n [2.]\n [3.]]"),
    Advice(
      "name all … axes, or none to reverse them", { try a.checked.transposed(0) },
      then: { try a.checked.transposed() },
      gives: "[[1. 3.]\n [2. 4.]]"),
    Advice(
      "each axis, counted from the last, must have length 1 or the wanted length",
      { try v.checked.broadcast(to: [3, 2]) }, then: { try v.reshaped(3, 1).checked.broadcast(to: [3, 2]) },
      gives: "[[1. 1.]\n [2. 2.]\n [3. 3.]]"),
    Advice(
      "give it the lengths of the axes that it stands for", { try v.checked[NDArray([true, false])] },
      then: { try v.checked[NDArray([true, false, true])] }, gives: "[1. 3.]"),
    Advice(
      "use integers or booleans as indices", { try v.checked[NDArray([0.5])] },
      then: { try v.checked[NDArray([0, 2])] },
      gives: "[1. 3.]"),
    Advice(
      "use a step of 1 or -1", { try v.checked[.slice(step: 0)] }, then: { try v.checked[.slice(step: -1)] },
      gives: "[3. 2. 1.]"),
    Advice(
      "use .slice(from:to:step:) to count places from the end",
      { try v.checked[stride(from: -1, to: 2, by: 1)] },
      then: { try v.checked[.slice(from: -2)] }, gives: "[2. 3.]"),
    Advice(
      "axes are numbered from 0 to …, or from -… to -1", { try a.checked.flipped(2) },
      then: { try a.checked.flipped(1) }, gives: "[[2. 1.]\n [4. 3.]]"),
    Advice(
      "give it at least one", { try NDArray.Checked.concatenated([]) },
      then: { try NDArray.Checked.concatenated([v]) },
      gives: "[1. 2. 3.]"),
    Advice(
      "use stacked(_:axis:)", { try NDArray.Checked.concatenated([NDArray(1.0), NDArray(2.0)]) },
      then: { try NDArray.Checked.stacked([NDArray(1.0), NDArray(2.0)]) }, gives: "[1. 2.]"),
    Advice(
      "all axes but axis … must have the same lengths",
      { try NDArray.Checked.concatenated([a, NDArray([[1.0]])]) },
      then: { try NDArray.Checked.concatenated([a, NDArray([[1.0, 2]])]) },
      gives: "[[1. 2.]\n [3. 4.]\n [1. 2.]]"),
    Advice(
      "give all arrays one shape", { try NDArray.Checked.stacked([v, NDArray([1.0])]) },
      then: { try NDArray.Checked.stacked([v, v]) }, gives: "[[1. 2. 3.]\n [1. 2. 3.]]"),
    Advice(
      "cut it at places of your choice: split(at:axis:)", { try v.checked.split(into: 2) },
      then: { try v.checked.split(at: [2]) }, gives: "[[1. 2.], [3.]]"),
    Advice(
      "of … draw from within -(2 ** …)...(2 ** …)",
      { try NDArray.Checked.randomIntegers(in: 0..<((1 << 25) + 1), [2], dtype: .float32) },
      then: { try NDArray.Checked.randomIntegers(in: 7..<8, [2], dtype: .float32) }, gives: "[7. 7.]"),
    Advice(
      "use randomIntegers(in:_:dtype:), or a floating dtype",
      { try NDArray.Checked.random([2], dtype: .int64) },
      then: { try NDArray.Checked.random([2], dtype: .float32).shape }, gives: "[2]"),
    Advice(
      "read it with item(as:), or make it a vector with reshaped(1)",
      { try NDArray(2.0).checked.makeIterator() },
      then: { try Array(IteratorSequence(NDArray(2.0).reshaped(1).checked.makeIterator())) }, gives: "[2.0]"),
    Advice(
      "convert the array first: astype(.…)", { try v.checked.withUnsafeBuffer(of: Float.self) { $0.count } },
      then: { try v.astype(.float32).checked.withUnsafeBuffer(of: Float.self) { $0.count } }, gives: "3"),
    Advice(
      "make a smaller array, or free others first", { try NDArray.Checked.zeros([1 << 50], dtype: .float64) },
      then: { try NDArray.Checked.zeros([2], dtype: .float64) }, gives: "[0. 0.]"),
    Advice(
      "take fewer at a time", { try NDArray.zeros([0]).checked.split(into: 1 << 50).count },
      then: { try NDArray.zeros([0]).checked.split(into: 2).count }, gives: "2"),
    Advice(
      "set … to …, or unset it",
      { try ToolchainSettings(environment: ["THEANO_NUM_THREADS": "many"]).threads ?? 0 },
      then: { try ToolchainSettings(environment: ["THEANO_NUM_THREADS": "2"]).threads ?? 0 }, gives: "2"),
    Advice(
      "set THEANO_CC to the path of a C compiler, to none, or unset it",
      { try Compiler.find(ToolchainSettings(environment: ["THEANO_CC": "/no/such/compiler"])) },
      then: { try ToolchainSettings(environment: ["THEANO_CC": "none"]).compiler == .none }, gives: "true"),
  ]
}
