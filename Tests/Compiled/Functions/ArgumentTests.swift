import Testing
import Theano
import TheanoTestSupport

/// `givens`, defaults and inputs that nothing needs.
@Suite struct ArgumentTests {
  @Test(arguments: Modes.both) func givensStandForVariables(mode: Mode) throws {
    let data = shared([[1.0, 2], [3, 4], [5, 6]])
    let x = T.dvector("x")
    let y = T.dvector("y")
    let row = T.lscalar("row")
    let inner = x * 2
    let cost = T.sum(inner + y)
    // An input by a part of a shared variable; an expression in the middle; keys in values, where they stand for
    // themselves: alone, turned around and exchanged.
    let cases: [([any FunctionInput], [TensorVariable: TensorVariable], [NDArray], Double)] = [
      ([row], [x: data[row], y: data[row]], [NDArray(1)], 21),
      ([y], [inner: y * 10], [NDArray([1.0, 2])], 33),
      ([y], [x: y], [NDArray([1.0, 2])], 9),
      ([x], [x: T.constant([1.0, 1]), y: x], [NDArray([5.0, 7])], 16),
      ([x], [x: x * 10, y: x], [NDArray([1.0, 2])], 63),
      ([x, y], [x: y, y: x], [NDArray([1.0, 2]), NDArray([10.0, 20])], 63),
      ([x], [inner: inner * x, y: inner], [NDArray([1.0, 2])], 16),
      ([x, y], [data: T.constant([[0.0]])], [NDArray([1.0]), NDArray([2.0])], 4),
    ]
    for (k, (inputs, givens, arguments, expected)) in cases.enumerated() {
      let f = try function(inputs: inputs, outputs: cost, givens: givens, mode: mode)
      #expect(try f.call(arguments).doubles == [expected], "case \(k)")
    }
    // The expression itself is as it was.
    #expect(try function(inputs: [x, y], outputs: cost, mode: mode)([1.0], [2.0]).doubles == [4])
    // Updates see them too; a shared variable that is replaced is not read, and can still be updated.
    let f = try function(
      outputs: T.sum(data), updates: [(data, data + 1)], givens: [data: T.constant([[7.0]])], mode: mode)
    #expect(try f().doubles == [7])
    #expect(try data.value.doubles == [8])
  }

  /// An expression's value without a function: inputs, parts of expressions taken as inputs, shared variables, constants.
  @Test(arguments: Modes.both) func expressionsAreEvaluated(mode: Mode) throws {
    let x = T.dvector("x")
    let n = T.lscalar("n")
    let w = shared([10.0, 20])
    let scaled = x * T.cast(n, .float64)
    let y = T.sum(scaled + w)
    #expect(try Double(y.eval([x: [1, 2], n: 3], mode: mode)) == 39)
    #expect(try Double(y.eval([scaled: NDArray([1.0, 1])], mode: mode)) == 32)
    try w.setValue([0, 0])
    #expect(try Double(y.eval([n: 3, x: [1, 2]], mode: mode)) == 9)
    #expect(try Double(T.sum(w + 1).eval(mode: mode)) == 2)
    #expect(try x.eval([x: [1, 2]], mode: mode).doubles == [1, 2])
    func message(_ values: [TensorVariable: any NDArrayConvertible]) -> String {
      do throws(TheanoError) { return "\(try y.eval(values, mode: mode))" } catch { return error.description }
    }
    #expect(message([x: [1, 2]]).contains("the expression needs n (int64 scalar), which has no value"))
    #expect(
      message([x: [1, 2], n: 3, T.dscalar("z"): 1]).contains("the expression does not need the value of z"))
    #expect(message([x: [1, 2], n: 0.5]).contains("the value of n is declared as int64 scalar"))
    #expect(message([x: [[1, 2], [3]], n: 1]).contains("the value of x is a ragged nested array"))
  }

  /// What stands for itself changes nothing.
  @Test func givensOfThemselves() throws {
    let x = T.dvector("x")
    #expect(try function(inputs: [x], outputs: x + 1, givens: [x: x])([1, 2]).doubles == [2, 3])
  }

  /// Numbers beside expressions that are no literals, on either side of every operator.
  @Test func operatorsTakeNumbers() throws {
    let x = T.dvector("x")
    let (limit, whole, bytes) = (1.5, 2, NDArray([1.0, 2, 3]))
    let outputs = [
      x .< limit, limit .< x, x .<= whole, whole .>= x, x .== bytes, bytes .!= x, x % limit, whole % x,
      x .> UInt8(2),
    ]
    let found = try function(inputs: [x], outputs: outputs)([1, 2, 3])
    #expect(
      found.map(\.doubles) == [
        [1, 0, 0], [0, 1, 1], [1, 1, 0], [1, 1, 0], [1, 1, 1], [0, 0, 0], [1, 0.5, 0], [0, 0, 2], [0, 0, 1],
      ])
  }

  /// Positions that only `uint64` can tell are far beyond the end, not before it.
  @Test(arguments: Modes.both) func unsignedPositions(mode: Mode) throws {
    let (x, u) = (T.dvector("x"), T.tensor("u", .uint64, shape: []))
    let f = try function(
      inputs: [x, u], outputs: [x[.slice(from: 1, to: u)], x[.slice(from: u)]], mode: mode)
    #expect(try f([1, 2, 3], NDArray(UInt64.max)).map(\.doubles) == [[2, 3], []])
    #expect(try f([1, 2, 3], NDArray(UInt64(2))).map(\.doubles) == [[2], [3]])
  }

  /// An input is needed if it is needed on either side, and replacements that nothing meets need nothing.
  @Test func givensAndUnusedInputs() throws {
    let (x, y, z) = (T.dvector("x"), T.dvector("y"), T.dvector("z"))
    let f = try function(inputs: [x], outputs: T.sum(x), givens: [x: x * 2, y: z], mode: .interpreted)
    #expect(try f([1.0, 2]).doubles == [6])
    let error = #expect(throws: TheanoError.self) {
      try function(inputs: [x, y], outputs: T.sum(x), givens: [x: y], mode: .interpreted)
    }
    #expect(error?.diagnoses.map(\.what) == ["input x is not needed by any output or update"])
  }

  @Test func givensKeepDTypeAndRank() {
    let x = T.dvector("x")
    for value in [T.dscalar("s"), T.fvector("f"), T.dmatrix("m"), T.constant([1])] {
      let error = #expect(throws: TheanoError.self) {
        try function(inputs: [value], outputs: T.sum(x), givens: [x: value])
      }
      #expect(error?.diagnoses.contains { $0.kind == .argument } == true)
    }
  }

  @Test(arguments: Modes.both) func defaults(mode: Mode) throws {
    let (x, y, z) = (T.dscalar("x"), T.dvector("y"), T.lscalar("z"))
    let w = shared(0.0)
    let f = try function(
      inputs: [x, In(y, value: [1.0, 2]), In(z, value: 3)], outputs: T.sum(y) * x + z,
      updates: [(w, w + x)], mode: mode)
    #expect(try f(10.0).doubles == [33])
    #expect(try f(10.0, [1.0]).doubles == [13])
    #expect(try f(10.0, [1.0], 5).doubles == [15])
    #expect(try f.call([10.0]).doubles == [33])
    #expect(try w.value.doubles == [40])
    for wrong in [[], [1, [1.0], 2, 3], [1, [[1.0]]], [1, [1.0], 2.5]] as [[NDArray]] {
      #expect(throws: TheanoError.self) { try f.call(wrong) }
    }
    #expect(try w.value.doubles == [40])
    #expect(throws: TheanoError.self) {
      try function(inputs: [In(x, value: 1.0), y], outputs: T.sum(y) * x, mode: mode)
    }
    // A default that does not fit its variable is found when it is needed at the latest.
    #expect(throws: TheanoError.self) {
      try function(inputs: [In(y, value: [[1.0]])], outputs: T.sum(y), mode: mode)()
    }
  }

  @Test func unusedInputs() throws {
    let (x, y, z) = (T.dscalar("x"), T.dscalar("y"), T.dscalar("z"))
    let w = shared(1.0)
    let error = #expect(throws: TheanoError.self) {
      try function(inputs: [x, y, z], outputs: x * 2, mode: .interpreted)
    }
    #expect(error?.diagnoses.count == 2)
    let f = try function(inputs: [x, y], outputs: x * 2, mode: .interpreted, onUnusedInput: .ignore)
    #expect(try f(3.0, 4.0).doubles == [6])
    #expect(throws: TheanoError.self) { try f(3.0) }
    // What only an update or a replacement needs is needed; what is replaced is not.
    _ = try function(inputs: [x, y], outputs: x, updates: [(w, w + y)], mode: .interpreted)
    _ = try function(inputs: [y], outputs: x, givens: [x: y], mode: .interpreted)
    #expect(throws: TheanoError.self) {
      try function(inputs: [x, y], outputs: x, givens: [x: y], mode: .interpreted)
    }
    // An input whose shape alone is read is used.
    let v = T.dvector("v")
    let shapes = try function(inputs: [v], outputs: v.shape[0], mode: .interpreted)
    #expect(try shapes([1.0, 2, 3]).doubles == [3])
  }

  /// Every way to call: no argument to seven, by concrete and by general overloads.
  @Test(arguments: 0..<8) func anyNumberOfArguments(count: Int) throws {
    let variables = (0..<count).map { T.dscalar("x\($0)") }
    let w = shared(0.0)
    let total = variables.enumerated().reduce(T.constant(0.0)) { $0 + $1.element * Double($1.offset + 1) }
    let one = try function(inputs: variables, outputs: total, mode: .fastRun)
    let list = try function(inputs: variables, outputs: [total, -total])
    let none = try function(inputs: variables, updates: [(w, total)])
    let a = (0..<count).map { NDArray(Double($0)) }
    let expected = (0..<count).reduce(0) { $0 + Double($1 * ($1 + 1)) }
    var answers = [try one.call(a).doubles[0], -(try list.call(a)[1].doubles[0])]
    try none.call(a)
    answers.append(try w.value.doubles[0])
    try w.setValue(-1.0)
    switch count {
    case 0:
      answers += [try one().doubles[0], try list()[0].doubles[0]]
      try none()
    case 1:
      answers += [try one(a[0]).doubles[0], try list(a[0])[0].doubles[0]]
      try none(a[0])
    case 2:
      answers += [try one(a[0], a[1]).doubles[0], try list(a[0], a[1])[0].doubles[0]]
      try none(a[0], a[1])
    case 3:
      answers += [try one(a[0], a[1], a[2]).doubles[0], try list(a[0], a[1], a[2])[0].doubles[0]]
      try none(a[0], a[1], a[2])
    case 4:
      answers += [try one(a[0], a[1], a[2], a[3]).doubles[0], try list(a[0], a[1], a[2], a[3])[0].doubles[0]]
      try none(a[0], a[1], a[2], a[3])
    case 5:
      answers += [
        try one(a[0], a[1], a[2], a[3], a[4]).doubles[0],
        try list(a[0], a[1], a[2], a[3], a[4])[0].doubles[0],
      ]
      try none(a[0], a[1], a[2], a[3], a[4])
    case 6:
      answers += [
        try one(a[0], a[1], a[2], a[3], a[4], a[5]).doubles[0],
        try list(a[0], a[1], a[2], a[3], a[4], a[5])[0].doubles[0],
      ]
      try none(a[0], a[1], a[2], a[3], a[4], a[5])
    default:
      answers += [
        try one(0.0, 1, 2, 3, 4, 5, 6.0).doubles[0], try list(0.0, 1, 2, 3, 4, 5, 6.0)[0].doubles[0],
      ]
      try none(0.0, 1, 2, 3, 4, 5, 6.0)
    }
    answers.append(try w.value.doubles[0])
    #expect(answers.allSatisfy { $0 == expected }, "\(answers), not \(expected)")
  }
}
