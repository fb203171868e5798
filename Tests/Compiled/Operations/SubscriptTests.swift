import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Subscripts as programs write them: one spelling for arrays and expressions, and NumPy's answers.
@Suite struct SubscriptTests {
  private static let grid = NDArray(0..<24).astype(.float64).reshaped(4, 6)

  /// Every slice of an expression is the same slice of an array, bounds of variables of any kind included.
  @Test(arguments: Modes.every) func slices(mode: Mode) throws {
    let (x, i, j) = (T.dmatrix("x"), T.lscalar("i"), T.iscalar("j"))
    let (one, last) = (1, -1)
    let a = Self.grid
    let pairs: [(TensorVariable, NDArray)] = [
      (x[1 ..< -1], a[1..<3]), (x[1..<(-1)], a[1..<3]), (x[1 ..< -1, 1 ... -2], a[1..<3, 1..<5]),
      (x[one..<last], a[1..<3]),
      (x[.all, one...last], a[.all, 1..<6]), (x[1 ..< -1, 0], a[1..<3, 0]), (x[3..<1], a[0..<0]),
      (x[-3 ..< -1], a[1..<3]), (x[last..<one], a[0..<0]), (x[..<last, 1...], a[0..<3, 1..<6]),
      (x[i ..< -1], a[1..<3]), (x[i..<j], a[1..<3]), (x[1..<j], a[1..<3]), (x[i...], a[1..<4]),
      (x[..<j], a[0..<3]), (x[...j], a[0..<4]), (x[i...j], a[1..<4]), (x[i], a[1]), (x[j - 4], a[3]),
      (x[i * 2..<(i + 1) * 2, .all], a[2..<4]), (x[.all, i..<j, .newAxis], a[.all, 1..<3, .newAxis]),
      (x[i - 2..<j + 100], a[3..<4]), (x[one...j], a[1..<4]), (x[i...last], a[1..<4]),
      (x[...(j - 4)], a[0..<4]), (x[...(j - 5)], a[0..<3]), (x[j..<i], a[0..<0]),
      (x[-2..<i + 3, j], a[2..<4, 3]),
      (x[.slice(from: -2, to: nil), .slice(step: 2)], a[2..<4, .slice(step: 2)]),
      (x[[2, 0], 1 ..< -1], a[[2, 0], 1..<5]), (x[], a[.ellipsis]), (x[.ellipsis, 1 ..< -1], a[.all, 1..<5]),
    ]
    let f = try function(inputs: [x, i, j], outputs: pairs.map(\.0), mode: mode)
    for (k, (found, expected)) in zip(try f(a, 1, 3), pairs.map(\.1)).enumerated() {
      #expect(found == expected && found.shape == expected.shape, "\(k): \(pairs[k].0)")
    }
  }

  /// Arrays take the same slices; ranges outside of brackets, and in variables, are Swift's own.
  @Test func slicesOfArrays() throws {
    var a = Self.grid
    let (one, last) = (1, -1)
    let rows = 1..<3
    let through = 0...1
    #expect(type(of: rows) == Range<Int>.self)
    #expect(Array(0..<3) == [0, 1, 2])
    #expect([5, 6, 7][one...] == [6, 7])
    let inner = a[1 ..< -1, 1 ... -2]
    #expect(inner == a[rows, 1..<5])
    #expect(a[one..<last].shape == [2, 6])
    #expect(a[through, .all] == a[..<2])
    #expect(a[3..<1].shape == [0, 6])
    #expect(a[.all, -2 ..< -1].shape == [4, 1])
    #expect(try a.checked[1 ..< -1, 0] == a[rows, 0])
    #expect(try a.checked[rows].shape == [2, 6])
    a[1 ..< -1, 1 ..< -1] = 0
    #expect(a[rows].doubles == [6, 0, 0, 0, 0, 11, 12, 0, 0, 0, 0, 17])
    a[rows] = 1
    try a.checked.assign(2, at: 0 ..< -3, .all)
    #expect(a[..<3].doubles == [Double](repeating: 2, count: 6) + [Double](repeating: 1, count: 12))
    let x = T.dmatrix("x")
    let f = try function(inputs: [x], outputs: [x[rows], x[through, rows]], mode: .interpreted)
    #expect(try f(Self.grid) == [Self.grid[1..<3], Self.grid[0..<2, 1..<3]])
  }

  /// The position that a scalar of any integer dtype is, from the end where it is negative.
  @Test(arguments: Modes.all) func scalarsOfAnyDType(mode: Mode) throws {
    for dtype in OperationCase.integers {
      let (x, i) = (T.dvector("x"), T.tensor("i", dtype, shape: []))
      let outputs = [x[i], x[i...], x[..<i], x[i - 1..<i + 1], x[i ... -1], x[...i]]
      let f = try function(inputs: [x, i], outputs: outputs, mode: mode)
      let a = NDArray([0.0, 1, 2, 3, 4])
      let found = try f(a, NDArray(3).astype(dtype))
      #expect(
        found.map(\.doubles) == [[3], [3, 4], [0, 1, 2], [2, 3], [3, 4], [0, 1, 2, 3]], "\(dtype)")
      guard dtype.kind == .signed else { continue }
      let negative = try function(inputs: [x, i], outputs: [x[i], x[i...], x[..<i]], mode: mode)
      #expect(
        try negative(a, NDArray(-2).astype(dtype)).map(\.doubles) == [[3], [3, 4], [0, 1, 2]], "\(dtype)")
    }
  }

  /// A minibatch is a slice of shared data that stands for the model's input.
  @Test(arguments: Modes.all) func minibatches(mode: Mode) throws {
    let data = shared(Self.grid, name: "data")
    let (x, index) = (T.dmatrix("x"), T.lscalar("index"))
    let batch = 2
    let rows = index * batch..<(index + 1) * batch
    let f = try function(inputs: [index], outputs: T.sum(x, axis: 1), givens: [x: data[rows]], mode: mode)
    #expect(try f(0).doubles == [15, 51] && f(1).doubles == [87, 123] && f(2).doubles == [])
  }

  /// Masks select as NumPy's do, along an axis or over several, and what they select is set and incremented.
  @Test(arguments: Modes.every) func masks(mode: Mode) throws {
    let (x, t, k) = (
      T.dmatrix("x"), T.tensor("t", .float64, shape: [nil, nil, nil]), T.tensor("k", .bool, shape: [nil])
    )
    let a = Self.grid
    let cube = NDArray(0..<24).astype(.float64).reshaped(2, 3, 4)
    let flags = NDArray([true, false, true, false])
    let odd = NDArray((0..<24).map { $0 % 2 == 1 }).reshaped(4, 6)
    let large = NDArray((0..<24).map { $0 > 20 }).reshaped(4, 6)
    let plane = NDArray((0..<12).map { $0 % 5 == 0 }).reshaped(3, 4)
    func changed(_ array: NDArray, _ change: (inout NDArray) -> Void) -> NDArray {
      var copy = array
      change(&copy)
      return copy
    }
    func each(_ value: (Double) -> Double) -> NDArray {
      NDArray((0..<24).map { value(Double($0)) }).reshaped(4, 6)
    }
    let none = NDArray.zeros([0], dtype: .float64)
    let pairs: [(TensorVariable, NDArray)] = [
      (x[k], a[flags]), (x[x .> 20], a[large]), (x[odd], a[odd]), (x[[true, false, true, false]], a[flags]),
      (t[.all, plane], cube[.all, plane]), (t[1, plane], cube[1, plane]),
      (t[.all, .all, k], cube[.all, .all, flags]),
      (t[t .> 30], none), (x[x .< 0], none), (x[k, 1 ..< -1], a[flags, 1..<5]),
      (T.setSubtensor(x[x .> 20], to: -1), changed(a) { $0[large] = -1 }),
      (T.incSubtensor(x[odd], by: 100), each { $0 + ($0.truncatingRemainder(dividingBy: 2) == 1 ? 100 : 0) }),
      (T.setSubtensor(t[.all, plane], to: 7), changed(cube) { $0[.all, plane] = 7 }),
      (T.setSubtensor(x[k], to: 0), changed(a) { $0[flags] = 0 }),
      (grad(T.sum(x[x .> 20] ** 2), wrt: x), each { $0 > 20 ? 2 * $0 : 0 }),
      (
        grad(T.sum(T.setSubtensor(x[odd], to: 0)), wrt: x), each { 1 - $0.truncatingRemainder(dividingBy: 2) }
      ),
    ]
    let f = try function(inputs: [x, t, k], outputs: pairs.map(\.0), mode: mode)
    for (n, (found, expected)) in zip(try f(a, cube, flags), pairs.map(\.1)).enumerated() {
      #expect(found == expected && found.shape == expected.shape, "\(n): \(pairs[n].0)")
    }
  }

  /// An integer beside an array: where NumPy leaves the array's axes in their place, so does this library.
  @Test(arguments: Modes.both) func integersBesideArrays(mode: Mode) throws {
    let t = T.tensor("t", .float64, shape: [nil, nil, nil])
    let cube = NDArray(0..<24).astype(.float64).reshaped(2, 3, 4)
    let places = [2, 0, 1]
    let pairs: [(TensorVariable, NDArray)] = [
      (t[.all, places, 1], cube[.all, places, 1]), (t[1, places], cube[1, places]),
      (t[.all, 1, places], cube[.all, 1, places]), (t[[1, 0], .all, 2], cube[[1, 0], .all, 2]),
      (t[0, places, .all], cube[0, places, .all]), (t[0][.all, places], cube[0][.all, places]),
      (t[[0, 1], .newAxis, 2], cube[[0, 1], .newAxis, 2]),
    ]
    let f = try function(inputs: [t], outputs: pairs.map(\.0), mode: mode)
    for (n, (found, expected)) in zip(try f(cube), pairs.map(\.1)).enumerated() {
      #expect(found == expected && found.shape == expected.shape, "\(n): \(pairs[n].0)")
    }
  }

  /// What is set is the array that the subscript was written after, also where the subscript takes all of it.
  @Test(arguments: Modes.every) func wholeArraysAreSet(mode: Mode) throws {
    let (m, s) = (T.dmatrix("m"), T.dscalar("s"))
    let row = m[0]
    let outputs = [
      T.setSubtensor(row[.all], to: 7), T.setSubtensor(row[0...], to: 7),
      T.setSubtensor(row[.ellipsis], to: 7),
      T.setSubtensor(row[], to: 7), T.setSubtensor(row[..<(-1)], to: 7), T.setSubtensor(m[.all], to: 5),
      T.setSubtensor(m[], to: [1.0, 2]), T.incSubtensor(m[.ellipsis], by: row), T.setSubtensor(s[], to: 3),
      T.incSubtensor(s[.ellipsis], by: 1), T.setSubtensor(m[0], to: 7), T.setSubtensor(row.T[.all], to: 2),
    ]
    let f = try function(inputs: [m, s], outputs: outputs, mode: mode)
    let found = try f([[1, 2], [3, 4]], 9)
    let expected: [NDArray] = [
      [7, 7], [7, 7], [7, 7], [7, 7], [7, 2], [[5, 5], [5, 5]], [[1, 2], [1, 2]], [[2, 4], [4, 6]], 3, 10,
      [[7, 7], [3, 4]], [2, 2],
    ]
    for (n, (a, b)) in zip(found, expected).enumerated() {
      #expect(a.shape == b.shape && a.doubles == b.doubles, "\(n): \(outputs[n])")
    }
  }

  /// A subscript of everything costs nothing: rewriting takes it away.
  @Test func wholeSubscriptsVanish() throws {
    let m = T.dmatrix("m")
    let f = try function(inputs: [m], outputs: T.exp(m[.all, .all][.ellipsis]))
    #expect(!f.graphText.contains("[.all"), "\(f.graphText)")
  }

  /// `take` as NumPy's: any shape of positions, negative ones from the end, over the flattened array if no axis is named.
  @Test(arguments: Modes.both) func take(mode: Mode) throws {
    let x = T.dmatrix("x")
    let outputs = [
      T.take(x, [1, -1]), T.take(x, [[0, 1], [2, 3]], axis: 1), T.take(x, 2, axis: -1),
      T.take(x, [7, -1], axis: nil),
    ]
    let found = try function(inputs: [x], outputs: outputs, mode: mode)(Self.grid)
    #expect(found.map(\.shape) == [[2, 6], [4, 2, 2], [4], [2]])
    #expect(found[0] == Self.grid[[1, -1]] && found[2] == Self.grid[.all, 2] && found[3].doubles == [7, 23])
  }
}
