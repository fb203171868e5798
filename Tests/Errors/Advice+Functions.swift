import Theano
import TheanoTestSupport

extension Advice {
  /// The value of a shared variable after one call of a function that updates it.
  private static func updated(
    _ w: TensorVariable, to value: TensorVariable, givens: [TensorVariable: TensorVariable] = [:]
  ) throws -> NDArray {
    try function(updates: [(w, value)], givens: givens, mode: .interpreted)()
    return try w.value
  }

  private static func total(_ mode: Mode = .interpreted) throws -> Function<NDArray> {
    let x = T.dvector("x"), y = T.dvector("y")
    return try function(inputs: [x, y], outputs: T.sum(x * y), mode: mode)
  }

  /// Functions, their calls, shared variables, evaluations.
  static let functions: [Advice] = [
    Advice(
      "add it to inputs:, or say what it stands for in givens:",
      {
        let x = T.dvector("x")
        return try function(outputs: T.sum(x), mode: .interpreted)()
      },
      then: {
        let x = T.dvector("x")
        return [
          try function(inputs: [x], outputs: T.sum(x), mode: .interpreted)([1, 2]),
          try function(outputs: T.sum(x), givens: [x: T.constant([1.0, 2])], mode: .interpreted)(),
        ]
      }, gives: "[3.0, 3.0]"),
    Advice(
      "give it one: eval([…: value])", { T.sum(T.dvector("x")) },
      then: {
        let x = T.dvector("x")
        return try T.sum(x).eval([x: [1, 2]])
      }, gives: "3.0"),
    Advice(
      "leave it out", { try T.constant(2.0).eval([T.dscalar("x"): 1]) }, then: { T.constant(2.0) },
      gives: "2.0"),
    Advice(
      "make an input of it, with T.dscalar, T.dvector, T.dmatrix ...",
      {
        let c = T.constant(2.0)
        return try function(inputs: [c], outputs: c * 2)(1)
      },
      then: {
        let c = T.dscalar("c")
        return try function(inputs: [c], outputs: c * 2, mode: .interpreted)(1)
      }, gives: "2.0"),
    Advice(
      "list each input once",
      {
        let x = T.dscalar("x")
        return try function(inputs: [x, x], outputs: x)(1, 2)
      },
      then: {
        let x = T.dscalar("x")
        return try function(inputs: [x], outputs: x, mode: .interpreted)(1)
      }, gives: "1.0"),
    Advice(
      "leave it out: its value is read at each call; givens: can put something in its place",
      {
        let w = shared(2.0, name: "w")
        return try function(inputs: [w], outputs: w * 2)(1)
      },
      then: {
        let w = shared(2.0, name: "w"), x = T.dscalar("x")
        return [
          try function(outputs: w * 2, mode: .interpreted)(),
          try function(inputs: [x], outputs: w * 2, givens: [w: x], mode: .interpreted)(5),
        ]
      }, gives: "[4.0, 10.0]"),
    Advice(
      "put inputs with defaults last",
      {
        let x = T.dscalar("x"), y = T.dscalar("y")
        return try function(inputs: [In(x, value: 1), y], outputs: x + y)(1)
      },
      then: {
        let x = T.dscalar("x"), y = T.dscalar("y")
        return try function(inputs: [y, In(x, value: 1)], outputs: x + y, mode: .interpreted)(1)
      }, gives: "2.0"),
    Advice(
      "leave it out, or pass onUnusedInput: .ignore",
      {
        let x = T.dscalar("x"), y = T.dscalar("y")
        return try function(inputs: [x, y], outputs: x)(1, 2)
      },
      then: {
        let x = T.dscalar("x"), y = T.dscalar("y")
        return try function(inputs: [x, y], outputs: x, mode: .interpreted, onUnusedInput: .ignore)(1, 2)
      }, gives: "1.0"),
    Advice(
      "make it with shared(...)", { try updated(T.dscalar("w"), to: 2) },
      then: { try updated(shared(1.0), to: 2) },
      gives: "2.0"),
    Advice(
      "make it with shared(...), or compute it: try ….eval([input: value])",
      {
        let x = T.dvector("x")
        return try T.sum(x).value
      },
      then: {
        let x = T.dvector("x")
        return [try T.sum(x).eval([x: [1, 2]]), try shared(3.0).value]
      }, gives: "[3.0, 3.0]"),
    Advice(
      "merge the two updates",
      {
        let w = shared(1.0)
        try function(updates: [(w, w + 1), (w, w * 2)])()
        return w
      },
      then: {
        let w = shared(1.0)
        return try updated(w, to: (w + 1) * 2)
      }, gives: "4.0"),
    Advice(
      "the rank of a shared variable cannot change: reduce or reshape the new value",
      { try updated(shared(1.0), to: T.constant([1.0, 2])) },
      then: { try updated(shared(1.0), to: T.sum(T.constant([1.0, 2]))) }, gives: "3.0"),
    Advice(
      "cast that operand: T.cast(…, .…), or all of it: T.cast(value, .…)",
      {
        let w = shared(NDArray([1.0, 2], dtype: .float32)), x = shared([0.5, 0.25], name: "x")
        return try updated(w, to: w - 2 * x)
      },
      then: {
        let w = shared(NDArray([1.0, 2], dtype: .float32)), x = shared([0.5, 0.25], name: "x")
        _ = try updated(w, to: w - 2 * T.cast(x, .float32))
        return try updated(w, to: T.cast(w - 2 * x, .float32))
      }, gives: "[-1.  1.]"),
    Advice(
      "give something of the same rank and lengths",
      {
        let w = shared([1.0, 2]), v = T.dvector("v")
        return try updated(w, to: w + v, givens: [v: T.constant(1.0)])
      },
      then: {
        let w = shared([1.0, 2]), v = T.dvector("v")
        return try updated(w, to: w + v, givens: [v: T.constant([1.0, 1])])
      }, gives: "[2. 3.]"),
    Advice(
      "f.explain() names the rules that fired",
      {
        let x = T.dscalar("x")
        return try function(inputs: [x], outputs: x * 1, mode: Mode(excludedRules: ["nothing of the kind"]))(
          2)
      },
      then: {
        let x = T.dscalar("x")
        let text = try function(inputs: [x], outputs: x * 1, mode: .interpreted).explain()
        let rule = text.split(separator: "\n").first { $0.contains("1 x ") }?.split(separator: "1 x ").last
        let mode = Mode(linker: .interpreter, excludedRules: [rule.map(String.init) ?? ""])
        return try function(inputs: [x], outputs: x * 1, mode: mode)(2)
      }, gives: "2.0"),
    Advice(
      "pass one value for each input; a list of values goes to call(_:)", { try total()([1, 2]) },
      then: { [try total()([1, 2], [3, 4]), try total().call([[1, 2], [3, 4]])] }, gives: "[11.0, 11.0]"),
    Advice(
      "reshape the value, or declare the variable with …", { try total()([[1, 2]], [3, 4]) },
      then: { try total()(NDArray([[1.0, 2]]).reshaped(2), [3, 4]) }, gives: "11.0"),
    Advice(
      "convert it: value.astype(.…), or declare the variable as …",
      {
        let n = T.lscalar("n")
        return try function(inputs: [n], outputs: n, mode: .interpreted)(1.5)
      },
      then: {
        let n = T.lscalar("n"), x = T.dscalar("x")
        return [
          try function(inputs: [n], outputs: n, mode: .interpreted)(NDArray(1.5).astype(.int64)),
          try function(inputs: [x], outputs: x, mode: .interpreted)(1.5),
        ]
      }, gives: "[1, 1.5]"),
    Advice(
      "declare the axis without a length, or pass an array that has it",
      {
        let x = T.tensor("x", .float64, shape: [2])
        return try function(inputs: [x], outputs: x, mode: .interpreted)([1, 2, 3])
      },
      then: {
        let x = T.tensor("x", .float64, shape: [nil])
        return try function(inputs: [x], outputs: x, mode: .interpreted)([1, 2, 3])
      }, gives: "[1. 2. 3.]"),
    Advice(
      "do it after the call, or return the value from the closure and store it with updates:; the value before the call can be had with .value",
      {
        let w = shared(1.0, name: "w")
        let y = T.custom("mine", [w], outputs: [w.type]) { x in
          try w.setValue(5)
          return x
        }[0]
        return try function(outputs: y, mode: .interpreted)()
      },
      then: {
        let w = shared(1.0, name: "w")
        let y = T.custom("mine", [w], outputs: [w.type]) { _ in [NDArray(try Double(w.value) + 4)] }[0]
        return try updated(w, to: y)
      }, gives: "5.0"),
    Advice(
      "do it after the call, or make the shared variables in the other order",
      {
        let first = shared(1.0, name: "first"), second = shared(2.0, name: "second")
        let f = try function(outputs: first * 2, mode: .interpreted)
        let y = T.custom("mine", [second], outputs: [second.type]) { x in
          [NDArray(try Double(f()) + Double(x[0]))]
        }[0]
        return try function(outputs: y, mode: .interpreted)()
      },
      then: {
        let second = shared(2.0, name: "second"), first = shared(1.0, name: "first")
        let f = try function(outputs: first * 2, mode: .interpreted)
        let y = T.custom("mine", [second], outputs: [second.type]) { x in
          [NDArray(try Double(f()) + Double(x[0]))]
        }[0]
        return try function(outputs: y, mode: .interpreted)()
      }, gives: "4.0"),
  ]
}
