import Testing

@testable import TheanoArrays

@Suite("Misuse is told in full: thrown by the checked twin, fatal in direct code") struct MisuseTests {
  struct Misuse: Sendable, CustomTestStringConvertible {
    var text: String
    var call: @Sendable () throws -> Any
    var testDescription: String { text }
  }

  static let misuses: [Misuse] = [
    Misuse(text: "[reshaped] an array of shape [2, 3] (6 elements) cannot take shape [4, 2]: it has 8") {
      try NDArray.zeros(2, 3).checked.reshaped(4, 2)
    },
    Misuse(text: "cannot take shape [-1, 4]: 6 is not a multiple of 4") {
      try NDArray.zeros(2, 3).checked.reshaped(-1, 4)
    },
    Misuse(text: "only one length can be -1") { try NDArray.zeros(2, 3).checked.reshaped(-1, -1) },
    Misuse(text: "a length is negative") { try NDArray.zeros(2, 3).checked.reshaped(-2, -3) },
    Misuse(text: "-1 beside a length of 0") { try NDArray.zeros(0).checked.reshaped(-1, 0) },
    Misuse(text: "it has too many elements") { try NDArray.zeros(2).checked.reshaped(Int.max, 4) },
    Misuse(text: "[transposed] there is no axis 2 in an array of 2 axes") {
      try NDArray.zeros(2, 3).checked.transposed(0, 2)
    },
    Misuse(text: "axis 1 is named twice in [1, -1]") { try NDArray.zeros(2, 3).checked.transposed(1, -1) },
    Misuse(text: "[0] does not name each axis of an array of shape [2, 3]") {
      try NDArray.zeros(2, 3).checked.transposed(0)
    },
    Misuse(text: "[squeezed] axis 1 of shape [1, 3] has length 3, not 1") {
      try NDArray.zeros(1, 3).checked.squeezed(1)
    },
    Misuse(text: "[expanded] axis 0 is named twice") { try NDArray.zeros(3).checked.expanded(0, 0) },
    Misuse(text: "[swappedAxes] there is no axis 0 in an array of 0 axes") {
      try NDArray(scalar: 1).checked.swappedAxes(0, 0)
    },
    Misuse(text: "[flipped] there is no axis -3") { try NDArray.zeros(2, 3).checked.flipped(-3) },
    Misuse(text: "[broadcast] an array of shape [2, 3] cannot be broadcast to [3, 2]") {
      try NDArray.zeros(2, 3).checked.broadcast(to: [3, 2])
    },
    Misuse(text: "cannot be broadcast to [3]") { try NDArray.zeros(2, 3).checked.broadcast(to: [3]) },
    Misuse(text: "array 0 of shape [2, 3] and array 1 of shape [2, 4] do not fit along axis 0") {
      try NDArray.Checked.concatenated([.zeros(2, 3), .zeros(2, 4)])
    },
    Misuse(text: "0-d arrays have no axis") { try NDArray.Checked.concatenated([NDArray(scalar: 1)]) },
    Misuse(text: "[concatenated] no arrays to join") { try NDArray.Checked.concatenated([]) },
    Misuse(text: "[stacked] no arrays to join") { try NDArray.Checked.stacked([]) },
    Misuse(text: "array 0 has shape [2], array 1 has shape [3]") {
      try NDArray.Checked.stacked([.zeros(2), .zeros(3)])
    },
    Misuse(text: "[split] axis 0 of shape [5] cannot be cut into 2 equal parts") {
      try NDArray.zeros(5).checked.split(into: 2)
    },
    Misuse(text: "[arange] no finite number of steps of 0.0") { try NDArray.Checked.arange(0.0, 1, step: 0) },
    Misuse(text: "[arange] no finite number of steps of 0 leads from 0 to 5") {
      try NDArray.Checked.arange(0, 5, step: 0)
    },
    Misuse(text: "shape [9223372036854775807] of int64 has more bytes than can be addressed") {
      try NDArray.Checked.arange(Int.min, Int.max)
    },
    Misuse(text: "[linspace] there cannot be -1 numbers") { try NDArray.Checked.linspace(0, 1, count: -1) },
    Misuse(text: "[logspace] there cannot be -2 numbers") { try NDArray.Checked.logspace(0, 1, count: -2) },
    Misuse(text: "a negative length in shape [-1, 3]") { try NDArray.Checked.eye(-1, 3) },
    Misuse(text: "a negative length in shape [-2, -2]") { try NDArray.Checked.identity(-2) },
    Misuse(text: "a negative length in shape [2, -1]") { try NDArray.Checked.ones([2, -1]) },
    Misuse(text: "cannot be broadcast to [2]") { try NDArray.Checked.full([2], [1, 2, 3]) },
    Misuse(text: "no memory for") { try NDArray.Checked.full([1 << 57], 1.5) },
    Misuse(text: "a ragged nested array") { try NDArray.Checked.full([2], [[1, 2], [3]]) },
    Misuse(text: "300, of the range 0..<301, is no value of uint8") {
      try NDArray.Checked.randomIntegers(in: 0..<301, 2, dtype: .uint8)
    },
    Misuse(text: "[NDArray] a buffer of 2 elements does not fill shape [3], which has 3") {
      try [1, 2].withUnsafeBufferPointer { try NDArray.Checked.copying($0, shape: [3]) }
    },
    Misuse(text: "real parts of shape [2] and imaginary parts of shape [3] do not broadcast together") {
      try NDArray.Checked.complex(real: .zeros(2), imaginary: .zeros(3))
    },
    Misuse(text: "[withUnsafeBuffer] the elements of an array of int64 are not Double values") {
      try NDArray([1, 2]).checked.withUnsafeBuffer(of: Double.self) { $0.count }
    },
    Misuse(text: "[withSpan] the elements of an array of int64 are not Float values") {
      try NDArray([1, 2]).checked.withSpan(of: Float.self) { $0.count }
    },
    Misuse(text: "[withUnsafeMutableBuffer] the elements of an array of bool are not Double values") {
      var array = NDArray([true])
      return try array.checked.withUnsafeMutableBuffer(of: Double.self) { $0.count }
    },
    Misuse(text: "[withMutableSpan] the elements of an array of bool are not Int values") {
      var array = NDArray([true])
      return try array.checked.withMutableSpan(of: Int.self) { $0.count }
    },
    Misuse(text: "[movedAxis] there is no axis 2") { try NDArray.zeros(2, 3).checked.movedAxis(0, to: 2) },
    Misuse(text: "[split] axis 0 of shape [5] cannot be cut into 0 equal parts") {
      try NDArray.zeros(5).checked.split(into: 0)
    },
    Misuse(text: "[randomNormal] a standard deviation of -1.0") {
      var generator = RandomGenerator(seed: 0)
      return try NDArray.Checked.randomNormal([1], standardDeviation: -1, using: &generator)
    },
    Misuse(text: "a negative length in shape [-3]") {
      var generator = RandomGenerator(seed: 0)
      return try NDArray.Checked.permutation(-3, using: &generator)
    },
    Misuse(text: "index 3 is outside axis 0, of length 3") { try NDArray.zeros(3).checked[3] },
    Misuse(text: "index -4 is outside axis 0, of length 3") {
      var array = NDArray.zeros(3)
      try array.checked.assign(0, at: -4)
      return array
    },
    Misuse(text: "the range 3..<3 holds no integers") {
      var generator = RandomGenerator(seed: 0)
      return try NDArray.Checked.randomIntegers(in: 3..<3, [1], using: &generator)
    },
    Misuse(text: "255, of the range 0..<256, is no value of int8") {
      var generator = RandomGenerator(seed: 0)
      return try NDArray.Checked.randomIntegers(in: 0..<256, [1], dtype: .int8, using: &generator)
    },
    Misuse(text: "not every integer of the range 0..<33554433 is a value of float32") {
      try NDArray.Checked.randomIntegers(in: 0..<1 << 25 + 1, 2, dtype: .float32)
    },
    Misuse(text: "of float64 draw from within -(2 ** 53)...(2 ** 53)") {
      try NDArray.Checked.randomIntegers(in: -1 << 60..<0, 2, dtype: .float64)
    },
    Misuse(text: "is a value of complex64") {
      try NDArray.Checked.randomIntegers(in: 0..<1 << 25 + 1, 2, dtype: .complex64)
    },
    Misuse(text: "is a value of complex128") {
      try NDArray.Checked.randomIntegers(in: .min..<0, 2, dtype: .complex128)
    },
    Misuse(text: "is a value of float16") {
      try NDArray.Checked.randomIntegers(in: 0..<4097, 2, dtype: .float16)
    },
    Misuse(text: "is a value of bfloat16") {
      try NDArray.Checked.randomIntegers(in: -512..<1, 2, dtype: .bfloat16)
    },
    Misuse(text: "a negative length in shape [-1]") { try NDArray.Checked.random(-1) },
    Misuse(text: "a standard deviation of -1.0") {
      try NDArray.Checked.randomNormal([2], standardDeviation: -1)
    },
    Misuse(text: "the range 3..<3 holds no integers") { try NDArray.Checked.randomIntegers(in: 3..<3, 2) },
    Misuse(text: "a negative length in shape [-3]") { try NDArray.Checked.permutation(-3) },
    Misuse(text: "a negative length in shape [2, -3]") { try NDArray.Checked.zeros(2, -3) },
    Misuse(text: "[makeIterator] a 0-d array has no parts") { try NDArray(scalar: 1).checked.makeIterator() },
    Misuse(text: "random numbers with fractions cannot be of int64") {
      var generator = RandomGenerator(seed: 0)
      return try NDArray.Checked.random([1], dtype: .int64, using: &generator)
    },
  ]

  @Test(arguments: misuses) func thrown(misuse: Misuse) {
    let error = #expect(throws: TheanoError.self) { try misuse.call() }
    #expect(error?.description.contains(misuse.text) == true, "\(String(describing: error))")
  }

  /// The twins do what the direct calls do.
  @Test func twinsThatSucceed() throws {
    typealias Checked = NDArray.Checked
    #expect(try Checked.ones([2]) == .ones(2) && Checked.full([2], 3) == .full([2], 3))
    #expect(try Checked.eye(2, 3, diagonal: -1) == .eye(2, 3, diagonal: -1))
    #expect(
      try Checked.eye(2, diagonal: .min) == .zeros(2, 2) && Checked.eye(2, diagonal: .max) == .zeros(2, 2))
    #expect(try Checked.identity(3) == .identity(3) && Checked.zeros(2, 3) == .zeros(2, 3))
    #expect(try Checked.ones(2, 3) == .ones(2, 3) && Checked.arange(3) == .arange(3))
    let matrix = NDArray([[1, 0], [0, 4]])
    #expect(try matrix.checked.astype(.float32) == matrix.astype(.float32))
    #expect(try matrix.T.checked.flattened() == matrix.T.flattened())
    #expect(try matrix.checked.nonzero() == [NDArray([0, 1]), NDArray([0, 1])])
    var rows: [NDArray] = []
    for row in try matrix.checked.makeIterator() { rows.append(row) }
    #expect(rows == Array(matrix))
    for (start, stop, step) in [
      (0, 5, 1), (5, 0, -2), (0, 0, 1), (3, 0, 1), (0, 3, -1), (-7, 8, 3), (8, -8, -4),
    ] {
      let due = Array(stride(from: start, to: stop, by: step))
      #expect(try [Int](Checked.arange(start, stop, step: step)) == due)
    }
    #expect(try [Int](Checked.arange(.max - 2, .max)) == [.max - 2, .max - 1])
    #expect(try [Int](Checked.arange(.min, .max, step: .max)) == [.min, -1, .max - 1])
    #expect(try [Int](Checked.arange(.max, .min, step: .min)) == [.max, -1])
    #expect(try Checked.linspace(0, 1, count: 5) == .linspace(0, 1, count: 5))
    #expect(try Checked.logspace(0, 3, count: 4, base: 2) == .logspace(0, 3, count: 4, base: 2))
    let bytes = try NDArray([[1, 2], [3, 4]], dtype: .uint8).T.checked.withUnsafeBytes { Array($0) }
    #expect(bytes == [1, 3, 2, 4])
    #expect(try NDArray([1, 2]).checked.withSpan(of: Int.self) { $0[1] } == 2)
    #expect(try NDArray([1, 2]).checked.withUnsafeBuffer(of: Int.self) { Array($0) } == [1, 2])
    var array = NDArray.zeros(3)
    let place = array.data
    try array.checked.withUnsafeMutableBuffer(of: Double.self) { $0[0] = 1 }
    try array.checked.withMutableSpan(of: Double.self) { $0[2] = 3 }
    #expect(array == NDArray([1.0, 0, 3]) && array.data == place, "written in place")
  }

  @Test(arguments: FatalMisuse.all.indices)
  func fatal(_ k: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [k = k as Int] in FatalMisuse.all[k].misuse()
    }
    let (text, line) = (FatalMisuse.all[k].text, FatalMisuse.all[k].line)
    let said = said(result)
    #expect(said.contains(text), "\(said)")
    // The line of `add`, or the one below it.
    let place = said.firstMatch(of: #/\w+/MisuseTests\.swift:(\d+): Fatal error: /#)
    #expect(place.flatMap { Int($0.1) }.map { (line...line + 1).contains($0) } == true, "\(said)")
  }

  /// A literal has no place for its line.
  @Test func fatalLiteral() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let array: NDArray = [[1, 2], [3]]
      _ = array
    }
    #expect(said(result).contains("ragged"))
  }

  /// A function of one's own passes its caller's line on.
  @Test func linesArePassedOn() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      func third(_ array: NDArray, file: StaticString = #fileID, line: UInt = #line) -> NDArray {
        array[2, file: file, line: line]
      }
      _ = third(NDArray.zeros(2), line: 4321)
    }
    #expect(said(result).contains("MisuseTests.swift:4321: Fatal error: "))
  }

  private func said(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }
}

/// A misuse that ends the process, and what it says.
private struct FatalMisuse: Sendable {
  var text: String
  var line: Int
  var misuse: @Sendable () -> Void

  /// Misuses that each end a process of its own: what it says, at the line of the call.
  static let all: [FatalMisuse] = {
    var misuses: [FatalMisuse] = []
    func add(_ text: String, line: Int = #line, _ misuse: @escaping @Sendable () -> Void) {
      misuses.append(FatalMisuse(text: text, line: line, misuse: misuse))
    }
    let (shape, vector) = ([2, 3], NDArray.zeros(3))
    add("[reshaped] an array of shape [2, 3] (6 elements) cannot take shape [4, 2]") {
      _ = NDArray.zeros(2, 3).reshaped(4, 2)
    }
    add("cannot take shape [4, 2]") { _ = NDArray.zeros(2, 3).reshaped([4, 2]) }
    add("index 3 is outside axis 0, of length 3, of an array of shape [3]") { _ = vector[3] }
    add("index -4 is outside axis 0") { _ = NDArray.zeros(3, 2)[-4] }
    add("index 9 is outside axis 1") { _ = NDArray.zeros(3, 2)[.all, 9] }
    add("index 5 is outside axis 0") {
      var array = NDArray.zeros(3); array[5] = 1
    }
    add("does not broadcast to the part's shape [2]") {
      var array = NDArray.zeros(3); array[1..<3] = [1, 2, 3]
    }
    add("is not one number") { _ = Int(NDArray([1, 2])) }
    add("is not a value of Int") { _ = Int(NDArray(2.5)) }
    add("has no rows to read as") { _ = [[Double]](vector) }
    add("the elements of an array of int64 are not Double values") {
      NDArray([1, 2]).withUnsafeBuffer(of: Double.self) { _ in }
    }
    add("the elements of an array of int64 are not Double values") {
      NDArray([1, 2]).withSpan(of: Double.self) { _ in }
    }
    add("ragged") { _ = NDArray([[1, 2], [3]] as [[Int]]) }
    add("ragged") { _ = NDArray([[1, 2], [3]] as [[Int]], dtype: .float32) }
    add("a negative length in shape [-1]") { _ = NDArray.zeros(-1) }
    add("a negative length in shape [-1]") { _ = NDArray.ones(-1) }
    add("cannot be broadcast to [2, 2]") { _ = NDArray.full([2, 2], NDArray([1, 2, 3])) }
    add("a negative length") { _ = NDArray.identity(-2) }
    add("no finite number of steps") { _ = NDArray.arange(0, 1, step: 0) }
    add("no finite number of steps") { _ = NDArray.arange(0.0, 1.0, step: 0.0) }
    add("there cannot be -1 numbers") { _ = NDArray.linspace(0, 1, count: -1) }
    add("there is no axis 2") { _ = NDArray.zeros(shape).transposed(0, 2) }
    add("there is no axis 2") { _ = NDArray.zeros(shape).swappedAxes(0, 2) }
    add("there is no axis 5") { _ = NDArray.zeros(shape).flipped(5) }
    add("has length 2, not 1") { _ = NDArray.zeros(shape).squeezed(0) }
    add("cannot be broadcast to [4]") { _ = vector.broadcast(to: [4]) }
    add("no memory for") { _ = NDArray(1.0).broadcast(to: [1 << 50]).astype(.float32) }
    add("[concatenated]") { _ = NDArray.concatenated([vector, NDArray.zeros(2, 2)]) }
    add("[split]") { _ = vector.split(into: 2) }
    add("a negative length") { _ = NDArray.random(-1) }
    return misuses
  }()
}
