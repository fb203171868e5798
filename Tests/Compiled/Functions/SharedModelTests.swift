import Testing
import Theano
import TheanoTestSupport

/// Functions over shared variables against a model in plain Swift: several functions that update overlapping sets of
/// vectors from each other's old values, called in random order, with values set and read in between. What was read
/// once never changes.
@Suite struct SharedModelTests {
  /// One update: `target = a * x[first] + b * x[second] + c * argument`, all whole numbers, so that results are exact.
  struct Update {
    var target, first, second: Int
    var a, b, c: Double
  }

  @Test(arguments: Modes.both, 0..<3) func histories(mode: Mode, seed: Int) throws {
    var random = Draw(seed: "shared \(seed)")
    let count = 4
    var model = (0..<count).map { k in (0..<3).map { Double(k * 3 + $0) } }
    let variables = model.map { shared(NDArray($0)) }
    let argument = T.dscalar("c")
    var functions: [(Function<[NDArray]>, [Update], [Int])] = []
    for number in 0..<3 {
      var targets = Array(0..<count)
      for k in targets.indices.reversed() { targets.swapAt(k, random.below(k + 1)) }
      let updates = targets.prefix(1 + random.below(count)).map { target in
        Update(
          target: target, first: random.below(count), second: random.below(count),
          a: Double(random.below(3)) - 1, b: Double(random.below(3)) - 1, c: Double(random.below(2)))
      }
      let shown = (0..<2).map { _ in random.below(count) }
      let function = try function(
        inputs: [argument], outputs: shown.map { variables[$0] },
        updates: updates.map { update in
          let mixed = variables[update.first] * update.a + variables[update.second] * update.b
          return (variables[update.target], mixed + argument * update.c)
        }, mode: mode, name: "f\(number)", onUnusedInput: .ignore)
      functions.append((function, updates, shown))
    }
    var kept: [(NDArray, [Double])] = []
    for step in 0..<40 {
      let (function, updates, shown) = functions[random.below(3)]
      let c = Double(random.below(5))
      let results = try function(c)
      for (result, k) in zip(results, shown) {
        #expect(result.doubles == model[k], "output at step \(step)")
        kept.append((result, model[k]))
      }
      let old = model
      for update in updates {
        model[update.target] = (0..<3).map {
          update.a * old[update.first][$0] + update.b * old[update.second][$0] + c * update.c
        }
      }
      for k in 0..<count {
        let value = try variables[k].value
        #expect(value.doubles == model[k], "variable \(k) at step \(step)")
        // Sometimes the array, sometimes only a view of it outlives the next calls.
        if random.below(2) == 0 { kept.append((value, model[k])) }
        if random.below(2) == 0 { kept.append((value[0..<2], Array(model[k][0..<2]))) }
      }
      if step % 7 == 6 {
        let k = random.below(count)
        let new = (0..<3).map { _ in Double(random.below(4)) }
        var array = NDArray(new)
        try variables[k].setValue(array)
        array[0] = 1000
        model[k] = new
      }
    }
    for (array, expected) in kept { #expect(array.doubles == expected, "what was read has changed") }
  }

  /// Vectors that grow, shrink, become empty and are replaced by others: the program made for the first shape gives
  /// way to the general one.
  @Test(arguments: Modes.both) func shapesChange(mode: Mode) throws {
    let w = shared([1.0, 2])
    let x = T.dvector("x")
    let grow = try function(
      inputs: [x], outputs: T.sum(w), updates: [(w, T.concatenate([w * 2, x]))], mode: mode)
    let shrink = try function(
      outputs: [w, T.max(T.concatenate([w, [-1.0]]))], updates: [(w, w[1...])], mode: mode)
    var model = [1.0, 2]
    for step in 0..<6 {
      let more = [Double](repeating: Double(step), count: step % 3)
      #expect(try grow(NDArray(more).astype(.float64).reshaped([more.count])).doubles == [model.reduce(0, +)])
      model = model.map { $0 * 2 } + more
      #expect(try w.value.doubles == model)
    }
    while !model.isEmpty {
      let results = try shrink()
      #expect(results[0].doubles == model)
      #expect(results[1].doubles == [model.max()!])
      model.removeFirst()
      #expect(try w.value.doubles == model)
    }
    #expect(try shrink()[1].doubles == [-1])
    #expect(try w.value.shape == [0])
    try w.setValue([5.0, 6, 7])
    #expect(try grow([1.0]).doubles == [18])
    #expect(try w.value.doubles == [10, 12, 14, 1])
  }

  /// An axis that happens to have length 1 when the function is made is no axis that broadcasts: the call that meets
  /// another length fails or works as for any other.
  @Test(arguments: Modes.both) func lengthOneIsNoPromise(mode: Mode) throws {
    let w = shared([[2.0]])
    let x = T.dmatrix("x")
    let product = try function(inputs: [x], outputs: w * x, mode: mode)
    #expect(try product([[3.0]]).doubles == [6])
    #expect(throws: TheanoError.self) { try product([[3.0, 4]]) }
    try w.setValue([[1.0, 2]])
    #expect(try product([[3.0, 4]]).doubles == [3, 8])
    #expect(throws: TheanoError.self) { try product([[3.0]]) }
  }

  @Test func valuesAreOfOneDTypeAndRank() throws {
    let w = shared(NDArray([1, 2]).astype(.float32))
    try w.setValue([3, 4])
    #expect(try w.value.dtype == .float32)
    for wrong in [NDArray([[1.0]]), NDArray(1.0), NDArray([1.5]), NDArray([true, false]).reshaped([1, 2])] {
      #expect(throws: TheanoError.self) { try w.setValue(wrong) }
      #expect(try w.value.doubles == [3, 4])
    }
    let x = T.dvector("x")
    #expect(throws: TheanoError.self) { try x.value }
    #expect(throws: TheanoError.self) { try (w + x).setValue([1.0]) }
    #expect(try T.constant([1.0]).value.doubles == [1])
  }
}
