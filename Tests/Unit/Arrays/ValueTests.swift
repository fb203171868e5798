import Foundation
import Testing

@testable import TheanoArrays

@Suite("Arrays are equal, hashed and coded as values") struct ValueTests {
  @Test func equality() {
    let a = NDArray([[1, 2], [3, 4]])
    #expect(a == a.T.T && a == NDArray([[1, 3], [2, 4]]).T)
    #expect(a != a.astype(.int32) && a != a.reshaped(4) && a != a.T)
    #expect(NDArray([0.0]) == NDArray([-0.0]) && NDArray([0.0]).hashValue == NDArray([-0.0]).hashValue)
    #expect(!NDArray([0.0]).isIdentical(to: NDArray([-0.0])))
    let nan = NDArray([Double.nan])
    #expect(nan != nan && nan.isIdentical(to: nan))
    let literal: NDArray = [1, 2]
    #expect(literal == NDArray([1, 2]), "weakness is no part of the value")
    #expect(Set([a, a.copied(), a.T]).count == 2)
    #expect(NDArray.zeros(0, 3) != NDArray.zeros(3, 0))
    for dtype in [DType.float16, .bfloat16] {
      let zeros = NDArray([0.0, -0.0], dtype: dtype)
      #expect(zeros[0] == zeros[1] && zeros[0].hashValue == zeros[1].hashValue)
      #expect(NDArray([Double.nan], dtype: dtype) != NDArray([Double.nan], dtype: dtype))
    }
  }

  /// However two arrays lie, they are compared and hashed as their contiguous copies are.
  @Test(arguments: DType.allCases) func equalityOfViews(dtype: DType) {
    let grid = NDArray(0..<24, dtype: dtype).reshaped(2, 3, 4)
    var views = [
      grid, grid.T, grid[.all, 1], grid[.all, .all, .slice(step: 2)], grid[1, .slice(step: -1)].T,
      grid[0, 0, 0],
      grid[.all, .slice(from: 2, to: 0)], grid[1].broadcast(to: [2, 3, 4]),
      grid[.all, ..<1].broadcast(to: [2, 3, 4]),
      grid.swappedAxes(0, 1), grid.flipped(2),
    ]
    views += views.map { $0.copied() }
    for a in views {
      #expect(a == a.copied() && a.copied() == a && a.isIdentical(to: a.copied()))
      #expect(a.hashValue == a.copied().hashValue)
      for b in views where a.shape == b.shape {
        let (x, y) = (a.copied(), b.copied())
        #expect((a == b) == (x == y) && a.isIdentical(to: b) == x.isIdentical(to: y))
      }
    }
  }

  @Test(arguments: DType.allCases) func coding(dtype: DType) throws {
    for specimen in Specimen.all(dtype) {
      let data = try JSONEncoder().encode(specimen.array)
      let back = try JSONDecoder().decode(NDArray.self, from: data)
      #expect(back.isIdentical(to: specimen.array), "\(specimen.testDescription)")
    }
    if dtype.isFloating {
      let odd = NDArray([Double.nan, .infinity, -0.0, .leastNonzeroMagnitude]).astype(dtype)
      let back = try JSONDecoder().decode([NDArray].self, from: try JSONEncoder().encode([odd]))
      #expect(back[0].isIdentical(to: odd))
    }
  }

  @Test func theCodedForm() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(NDArray([1, -1], dtype: .int8)), as: UTF8.self)
    #expect(text == #"{"data":"Af8=","dtype":"int8","shape":[2]}"#)
  }

  @Test(arguments: [
    #"{"data":"Af8=","dtype":"int9","shape":[2]}"#, #"{"data":"Af8=","dtype":"int8","shape":[3]}"#,
    #"{"data":"Af8=","dtype":"int8","shape":[-2]}"#, #"{"data":"Af8","dtype":"int8","shape":[2]}"#,
    #"{"data":"A*8=","dtype":"int8","shape":[2]}"#, #"{"data":"Af9=","dtype":"int8","shape":[2]}"#,
    #"{"data":"","dtype":"int8","shape":[4611686018427387904,4]}"#, #"{"dtype":"int8","shape":[]}"#,
  ]) func corruptedForms(text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(NDArray.self, from: Data(text.utf8)) }
  }

  @Test func base64AgreesWithFoundation() {
    var generator = RandomGenerator(seed: 3)
    for count in 0..<70 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let text = bytes.withUnsafeBytes { Base64.text($0) }
      #expect(text == Data(bytes).base64EncodedString())
      #expect(Base64.bytes(text) == bytes)
    }
  }

  /// Many tasks copy, read and change one array; the original stays, and each has its own.
  @Test func copiesOnManyTasks() async {
    let shared = NDArray.zeros(100, 10)
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<16 {
        group.addTask {
          var mine = shared
          for i in 0..<100 { mine[i, task % 10] = NDArray(scalar: Double(task)) }
          return [Double](mine[.all, task % 10]).allSatisfy { $0 == Double(task) }
        }
      }
      for await result in group { #expect(result) }
    }
    #expect([Double](shared).allSatisfy { $0 == 0 })
  }
}
