import CTheanoPrelude
import Testing
import TheanoTestSupport

/// The vector maths as compiled with the package, against exact values: limits, signed zeros, NaN, subnormal and huge numbers, the points
/// at which a function goes over from one method to another, and random ones.
@Suite("The vector maths is accurate") struct AccuracyTests {
  private static func entries() -> [String: theano_prelude_entry] {
    var count = 0
    let first = theano_prelude_table(&count)
    var table: [String: theano_prelude_entry] = [:]
    for entry in UnsafeBufferPointer(start: first, count: count) {
      table[String(cString: entry.name)] = entry
    }
    return table
  }

  static let doubles = PreludeGolden<Double>.all()
  static let floats = PreludeGolden<Float>.all()

  @Test func everyFunctionHasGoldenValues() {
    // What is exact by definition has none.
    let exact: Set = ["rint", "floor", "trunc", "maximum", "minimum", "copysign", "floordiv"]
    #expect(Set(Self.doubles.map(\.name)).union(exact) == Set(Self.entries().keys))
    #expect(Self.floats.map(\.name) == Self.doubles.map(\.name))
    #expect(Self.doubles.allSatisfy { $0.points.count > 15 })
  }

  @Test(arguments: doubles.map(\.name)) func float64(name: String) throws {
    let entry = try #require(Self.entries()[name])
    for golden in Self.doubles where golden.name == name {
      for point in golden.points {
        let result =
          entry.arity == 1 ? entry.unary_f64(point.x) : entry.binary_f64(point.x, point.y)
        let error = golden.error(result, at: point)
        #expect(
          error <= golden.bound(at: point.x).ulps,
          "\(name)(\(point.x), \(point.y)) is \(result), not \(point.rounded): \(error) ulp")
      }
    }
  }

  @Test(arguments: floats.map(\.name)) func float32(name: String) throws {
    let entry = try #require(Self.entries()[name])
    for golden in Self.floats where golden.name == name {
      for point in golden.points {
        let result =
          entry.arity == 1 ? entry.unary_f32(point.x) : entry.binary_f32(point.x, point.y)
        let error = golden.error(result, at: point)
        #expect(
          error <= golden.bound(at: point.x).ulps,
          "\(name)(\(point.x), \(point.y)) is \(result), not \(point.rounded): \(error) ulp")
      }
    }
  }

  @Test(arguments: [
    (7.5, 2.0, 3.0), (-7.5, 2.0, -4.0), (7.5, -2.0, -4.0), (-7.5, -2.0, 3.0), (1.0, 0.1, 9.0),
    (6.0, 0.0, .infinity),
    (-6.0, 0.0, -.infinity), (0.5, .infinity, 0.0), (-0.5, .infinity, -1.0), (3e300, 1e-9, .infinity),
  ]) func floorDivision(x: Double, y: Double, expected: Double) throws {
    let entry = try #require(Self.entries()["floordiv"])
    #expect(entry.binary_f64(x, y) == expected)
    if abs(x) < 1e30 && y != 0.1 { #expect(entry.binary_f32(Float(x), Float(y)) == Float(expected)) }
  }

  @Test(arguments: [0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e300, -1e300, .infinity, .nan, 4503599627370495.5])
  func roundings(x: Double) throws {
    for (name, rule) in [
      ("rint", FloatingPointRoundingRule.toNearestOrEven), ("floor", .down), ("trunc", .towardZero),
    ] {
      let entry = try #require(Self.entries()[name])
      let result = entry.unary_f64(x), small = entry.unary_f32(Float(x))
      #expect(result.isNaN == x.isNaN && (x.isNaN || result == x.rounded(rule)), "\(name)(\(x))")
      #expect(small.isNaN == x.isNaN && (x.isNaN || small == Float(x).rounded(rule)), "\(name)(Float(\(x)))")
    }
  }

  @Test(arguments: [0.0, -0.0, 1, -1, .infinity, -.infinity, .nan], [0.0, -0.0, 2, -.infinity, .nan])
  func extremes(x: Double, y: Double) throws {
    let maximum = try #require(Self.entries()["maximum"]), minimum = try #require(Self.entries()["minimum"])
    let larger = maximum.binary_f64(x, y), smaller = minimum.binary_f32(Float(x), Float(y))
    if x.isNaN || y.isNaN {
      #expect(larger.isNaN && smaller.isNaN)
    } else {
      #expect(larger == max(x, y))
      #expect(smaller == min(Float(x), Float(y)))
    }
    let copied = try #require(Self.entries()["copysign"]).binary_f64(x, y)
    #expect(copied.sign == y.sign && (copied.magnitude == x.magnitude || x.isNaN))
  }

  /// The loops over arrays are as accurate as the functions of one number.
  @Test(arguments: floats.map(\.name)) func arraysOfFloat32(name: String) throws {
    let entry = try #require(Self.entries()[name])
    for golden in Self.floats where golden.name == name {
      let x = golden.points.map(\.x), y = golden.points.map(\.y)
      var result = [Float](repeating: 0, count: x.count)
      if entry.arity == 1 {
        entry.unary_map_f32(x.count, x, &result)
      } else {
        entry.binary_map_f32(x.count, x, y, &result)
      }
      for (k, point) in golden.points.enumerated() {
        #expect(
          golden.error(result[k], at: point) <= golden.bound(at: point.x).ulps,
          "\(name)(\(point.x), \(point.y))")
      }
    }
  }

  @Test(arguments: doubles.map(\.name)) func arrays(name: String) throws {
    let entry = try #require(Self.entries()[name])
    for golden in Self.doubles where golden.name == name {
      let x = golden.points.map(\.x), y = golden.points.map(\.y)
      var result = [Double](repeating: 0, count: x.count)
      if entry.arity == 1 {
        entry.unary_map_f64(x.count, x, &result)
      } else {
        entry.binary_map_f64(x.count, x, y, &result)
      }
      for (k, point) in golden.points.enumerated() {
        #expect(
          golden.error(result[k], at: point) <= golden.bound(at: point.x).ulps,
          "\(name)(\(point.x), \(point.y))")
      }
    }
  }
}
