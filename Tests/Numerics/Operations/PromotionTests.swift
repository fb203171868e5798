import Testing
import Theano
import TheanoArrays
import TheanoOperations
import TheanoTestSupport

/// Dtypes of results, against NumPy's: every binary function of every two dtypes, and of dtypes and numbers. The file is made by
/// `Scripts/promotion.py`.
@Suite struct PromotionTests {
  static let lines: [[Substring]] =
    (GoldenText("promotion.txt").text(refreshedBy: "") ?? "").split(separator: "\n").map {
      $0.split(separator: " ")
    }

  static let functions: [String: ElementwiseDefinition] = Dictionary(
    uniqueKeysWithValues: ElementwiseTable.all.filter { $0.arity == 2 }.map { ($0.name, $0) })

  /// An operand of a line: an array of a dtype, or a number as a program writes it.
  private static func operand(_ name: Substring) -> TensorVariable {
    switch name {
    case "True": true.tensorVariable
    case "3": 3.tensorVariable
    case "0.5": 0.5.tensorVariable
    default: T.tensor(String(name), DType(name: name) ?? .float64, shape: [nil])
    }
  }

  @Test func dtypesAreNumPys() throws {
    let table = Self.lines.filter { $0.count == 4 && $0[0] != "exact" }
    #expect(table.count > 3000)
    var seen: Set<String> = []
    for line in table {
      let definition = try #require(Self.functions[String(line[0])])
      seen.insert(definition.name)
      let result = definition.apply([Self.operand(line[1]), Self.operand(line[2])], .none)
      var found = result.dtype.name
      do { try result.validate() } catch { found = "error" }
      #expect(found == line[3], "\(line.joined(separator: " "))")
    }
    #expect(Set(Self.functions.keys).isSubset(of: seen), "Scripts/promotion.py lacks functions")
  }

  /// No dtype has all integers of 64 bits, signed and unsigned: comparisons are exact all the same.
  @Test(arguments: Modes.all) func comparisonsOfIntegersAreExact(mode: Mode) throws {
    let corners: [Substring: [Int128]] = [
      "int64": [.init(Int64.min), -1, 0, 1, 1 << 53, 1 << 53 + 1, .init(Int64.max)],
      "uint64": [0, 1, 1 << 53, 1 << 53 + 1, .init(Int64.max), 1 << 63, .init(UInt64.max)],
      "int8": [-128, -1, 0, 127],
    ]
    func array(_ values: [Int128], _ dtype: DType) -> NDArray {
      dtype == .uint64
        ? NDArray(values.map { UInt64($0) }) : NDArray(values.map { Int64($0) }).astype(dtype)
    }
    let lines = Self.lines.filter { $0.first == "exact" }
    #expect(lines.count == 24)
    for line in lines {
      let definition = try #require(Self.functions[String(line[1])])
      let (p, q) = (try #require(corners[line[2]]), try #require(corners[line[3]]))
      let (a, b) = (try #require(DType(name: line[2])), try #require(DType(name: line[3])))
      let (x, y) = (T.tensor("x", a, shape: [nil]), T.tensor("y", b, shape: [nil]))
      let f = try function(inputs: [x, y], outputs: definition.apply([x, y], .none), mode: mode)
      let left = p.flatMap { one in q.map { _ in one } }
      let right = p.flatMap { _ in q }
      let answers = try f(array(left, a), array(right, b)).doubles.map { $0 != 0 ? "1" : "0" }.joined()
      #expect(answers == line[4], "\(line[1]) of \(a) and \(b)")
    }
  }

  /// A number that a dtype does not have is compared with as what it is.
  @Test(arguments: Modes.all) func comparisonsWithNumbersAreExact(mode: Mode) throws {
    let (x, u) = (T.tensor("x", .uint8, shape: [nil]), T.tensor("u", .uint64, shape: [nil]))
    let outputs = [
      x .< 300, x .> -1, 300 .> x, x .== 256, u .> -1, u .< Int.min, u .== UInt64.max, -1 .!= u,
      u .<= UInt64(1) << 63,
    ]
    let f = try function(inputs: [x, u], outputs: outputs, mode: mode)
    let results = try f(NDArray([UInt8(0), 255]), NDArray([UInt64(0), .max])).map(\.doubles)
    #expect(results == [[1, 1], [1, 1], [1, 1], [0, 0], [1, 1], [0, 0], [0, 1], [1, 1], [1, 0]])
  }

  /// Arithmetic on booleans gives what NumPy gives.
  @Test(arguments: Modes.all) func booleans(mode: Mode) throws {
    let (p, q) = (T.tensor("p", .bool, shape: [nil]), T.tensor("q", .bool, shape: [nil]))
    let f = try function(
      inputs: [p, q],
      outputs: [p ** q, T.floorDivide(p, q), p % q, p + q, p * q, T.maximum(p, q), T.minimum(p, q), p / q],
      mode: mode)
    let results = try f(NDArray([false, false, true, true]), NDArray([false, true, false, true]))
    #expect(results[0] == NDArray([Int8(1), 0, 1, 1]) && results[0].dtype == .int8)
    #expect(results[1] == NDArray([Int8(0), 0, 0, 1]) && results[1].dtype == .int8)
    #expect(results[2] == NDArray([Int8(0), 0, 0, 0]) && results[2].dtype == .int8)
    #expect(results[3...6].map(\.dtype) == [.bool, .bool, .bool, .bool])
    #expect(results[3].doubles == [0, 1, 1, 1] && results[4].doubles == [0, 0, 0, 1])
    #expect(results[7].dtype == .float64 && results[7].doubles[1] == 0)
  }
}
