import Foundation
import Testing

@testable import TheanoArrays

@Suite("Numbers and shapes that no machine can serve are refused, not trapped on") struct LimitTests {
  static let absurd: [Int] = [.max, .max - 1, 1 << 61, -1 << 61, .min + 1, .min]
  typealias Call = (name: String, make: (Int) throws -> Any)

  /// One byte, seen as often as can be counted.
  static let endless = NDArray(1, dtype: .uint8).broadcast(to: [.max])
  static let arrays = [
    NDArray.zeros(0), .zeros(2, 3), NDArray(0..<3), endless, .zeros([0, 1 << 40], dtype: .int8),
    NDArray(scalar: 1),
  ]

  /// Every integer argument of the twins of a method or subscript.
  static func methods(_ array: NDArray) -> [Call] {
    let twin = array.checked
    func part(_ index: any ArrayIndex) throws -> Any { try (twin[index], twin[.ellipsis, index]) }
    func assigned(_ index: any ArrayIndex) throws -> Any {
      var array = array
      try array.checked.assign(1, at: index)
      return array
    }
    return [
      ("reshaped", { try twin.reshaped($0) }), ("reshaped to 0", { try twin.reshaped(0, $0, 2) }),
      ("reshaped to a late 0", { try twin.reshaped($0, 2, 0) }),
      ("reshaped beside -1", { try twin.reshaped($0, -1) }), ("transposed", { try twin.transposed($0) }),
      ("swappedAxes", { try twin.swappedAxes(0, $0) }), ("movedAxis", { try twin.movedAxis($0, to: 0) }),
      ("movedAxis to", { try twin.movedAxis(0, to: $0) }), ("squeezed", { try twin.squeezed($0) }),
      ("expanded", { try twin.expanded($0) }), ("broadcast", { try twin.broadcast(to: [$0]) }),
      ("broadcast on", { try twin.broadcast(to: [$0, 2, 3]) }),
      ("broadcast twice", { try twin.broadcast(to: [$0, $0]) }), ("flipped", { try twin.flipped($0) }),
      ("split into", { try twin.split(into: $0) }), ("split along", { try twin.split(into: 1, axis: $0) }),
      ("split into, last", { try twin.split(into: $0, axis: -1) }),
      ("split at", { try twin.split(at: [$0]) }),
      ("split at, along", { try twin.split(at: [1], axis: $0) }), ("place", { try part($0) }),
      ("from", { try part($0...) }), ("up to", { try part(..<$0) }), ("through", { try part(...$0) }),
      ("range", { try part(Swift.min($0, 0)..<Swift.max($0, 1)) }),
      ("closed", { try part(Swift.min($0, 0)...Swift.max($0, 1)) }),
      ("closed at the end", { try part($0 ... .max) }),
      ("slice from", { try part(IndexItem.slice(from: $0)) }),
      ("slice to", { try part(IndexItem.slice(to: $0)) }),
      ("slice by", { try part(IndexItem.slice(step: $0)) }),
      ("slice of all", { try part(IndexItem.slice(from: $0, to: $0, step: $0)) }),
      ("stride from", { try part(stride(from: $0, to: 1, by: $0 < 0 ? 1 : -1)) }),
      ("stride to", { try part(stride(from: 0, to: $0, by: $0)) }),
      ("stride through", { try part(stride(from: 0, through: $0, by: $0 < 0 ? -1 : 1)) }),
      ("stride by", { try part(stride(from: Int.max, through: 0, by: $0 < 0 ? $0 : -$0)) }),
      ("list", { try part(NDArray([$0])) }), ("assign", { try assigned($0) }),
      ("assign a slice", { try assigned(IndexItem.slice(step: $0)) }),
      ("assign a list", { try assigned([$0]) }),
      ("concatenated", { try NDArray.Checked.concatenated([array, array], axis: $0) }),
      ("stacked", { try NDArray.Checked.stacked([array, array], axis: $0) }),
    ]
  }

  /// Every integer argument of the twins that make arrays.
  static func making() -> [Call] {
    typealias Checked = NDArray.Checked
    return [
      ("zeros", { try Checked.zeros($0, 2, dtype: .uint8) }), ("ones", { try Checked.ones($0) }),
      ("full", { try Checked.full([$0], 1) }), ("full of none", { try Checked.full([0, $0, 2], 1) }),
      ("eye", { try Checked.eye($0) }), ("eye without columns", { try Checked.eye($0, 0) }),
      ("eye without rows", { try Checked.eye(0, $0, dtype: .uint8) }),
      ("eye, diagonal", { try Checked.eye(2, 3, diagonal: $0) }), ("identity", { try Checked.identity($0) }),
      ("arange", { try Checked.arange($0) }), ("arange from", { try Checked.arange($0, 0) }),
      ("arange by", { try Checked.arange(0, $0, step: $0) }),
      ("arange of few", { try Checked.arange(2, 5, step: $0) }),
      ("arange to the end", { try Checked.arange($0, .max, step: .max) }),
      ("linspace", { try Checked.linspace(0, 1, count: $0) }),
      ("logspace", { try Checked.logspace(0, 1, count: $0) }),
      ("random", { try Checked.random($0, 0) }), ("randomNormal", { try Checked.randomNormal($0, 2) }),
      ("randomIntegers", { try Checked.randomIntegers(in: 0..<5, $0) }),
      ("permutation", { try Checked.permutation($0) }),
      (
        "randomIntegers of a range",
        {
          var generator = RandomGenerator(seed: 0)
          let range = Swift.min($0, 0)..<Swift.max($0, 1)
          return try Checked.randomIntegers(in: range, [2], using: &generator)
        }
      ),
      ("copying", { shape in try [1].withUnsafeBufferPointer { try Checked.copying($0, shape: [shape]) } }),
      ("range", { try NDArray(nested: [0..<Swift.max($0, 1 << 60)]) }),
    ]
  }

  @Test func absurdArguments() {
    let calls = Self.arrays.enumerated().flatMap { position, array in
      Self.methods(array).map { (name: "\($0.name) of array \(position)", make: $0.make) }
    }
    for call in Self.making() + calls {
      for number in Self.absurd {
        do {
          _ = try call.make(number)
        } catch {
          #expect(error is TheanoError, "\(call.name) \(number)")
        }
      }
    }
  }

  @Test func rangesWithoutEnd() async {
    for range in [0..<Int.max, 0..<1 << 61, 0..<1 << 48, Int.min..<Int.max] {
      #expect(throws: TheanoError.self) { try NDArray(nested: [range]) }
      #expect(throws: TheanoError.self) { try range.asNDArray() }
    }
    for range in [0...Int.max, 0...1 << 48, Int.min...Int.max] {
      #expect(throws: TheanoError.self) { try NDArray(nested: [range]) }
      #expect(throws: TheanoError.self) { try range.asNDArray() }
    }
    #expect(NDArray(Int.max - 2...Int.max) == NDArray([Int.max - 2, .max - 1, .max]))
    #expect(NDArray(Int.min..<Int.min + 2) == NDArray([Int.min, .min + 1]))
    #expect(NDArray(5..<5).shape == [0] && (5..<5).ndarray.isWeak && (5...6).ndarray.isWeak)
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = NDArray(0..<Int.max)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("shape [9223372036854775807] of int64 has more bytes than can be addressed"))
  }

  @Test func tooManyAxes() {
    let most = [Int](repeating: 1, count: NDArray.maximumRank)
    let widest = NDArray.zeros(most)
    #expect(widest.checked.array.ndim == 64 && "\(widest)".utf8.count == 130)
    func refused(_ make: () throws -> Any) {
      let error = #expect(throws: TheanoError.self) { try make() }
      #expect(error?.kind == .shape && error?.description.contains("at most 64") == true)
    }
    refused { try NDArray.Checked.zeros(most + [1]) }
    refused { try NDArray.Checked.full(most + [1], 1) }
    refused { try NDArray(scalar: 1).checked.reshaped(most + [1]) }
    refused { try NDArray(scalar: 1).checked.broadcast(to: most + [1]) }
    refused { try widest.checked.expanded(0) }
    refused { try widest.checked[.newAxis] }
    refused { try widest.checked[NDArray([[0]])] }
    refused { try NDArray.Checked.stacked([widest]) }
    refused { try NDArray(nested: [widest]) }
    refused { try [1].withUnsafeBufferPointer { try NDArray.Checked.copying($0, shape: most + [1]) } }
    let ones = [String](repeating: "1", count: 100_000).joined(separator: ",")
    let json = #"{"data":"AQ==","dtype":"int8","shape":[\#(ones)]}"#
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(NDArray.self, from: Data(json.utf8)) }
  }

  /// Views can be larger than any memory; only what copies them fails.
  @Test func viewsBeyondMemory() {
    let view = NDArray(1.0).broadcast(to: [1 << 48])
    let twin = view.checked
    func refused(_ text: String = "no memory for", _ make: () throws -> Any) {
      let error = #expect(throws: TheanoError.self) { try make() }
      #expect(error?.description.contains(text) == true, "\(String(describing: error))")
    }
    refused { try twin.copied() }
    refused { try twin.contiguous() }
    refused { try twin.astype(.int64) }
    refused { try twin.nonzero() }
    refused { try NDArray.zeros(2).broadcast(to: [1 << 48, 2]).checked.reshaped(-1) }
    refused { try NDArray.zeros(2).broadcast(to: [1 << 48, 2]).checked.flattened() }
    refused { try twin.withUnsafeBuffer(of: Double.self) { $0.count } }
    refused { try twin.withUnsafeBytes { $0.count } }
    refused {
      var copy = view
      return try copy.checked.withMutableSpan(of: Double.self) { $0.count }
    }
    refused {
      var copy = view
      try copy.checked.assign(2, at: 0)
      return copy
    }
    refused { try [Double](reading: view) }
    refused { try JSONEncoder().encode(view) }
    refused { try NDArray.Checked.concatenated([view, view]) }
    refused { try NDArray([1.0]).checked[NDArray([0]).broadcast(to: [1 << 48])] }
    refused { try twin[NDArray([true]).broadcast(to: [1 << 48])] }
    refused("no memory for 9223372036854775807 parts") { try NDArray.zeros(0).checked.split(into: .max) }
    refused("longer along axis 0 than can be counted") {
      try NDArray.Checked.concatenated([Self.endless, Self.endless])
    }
    refused("more bytes than can be addressed") {
      let places = NDArray(0)
      return try NDArray.zeros(2, 2).checked[
        places.broadcast(to: [1 << 40, 1]), places.broadcast(to: [1, 1 << 40])]
    }
    #expect(NDArray.zeros(0).split(into: 3).map(\.shape) == [[0], [0], [0]])
  }

  /// Nothing is copied to compare, and what both views repeat is compared once.
  @Test func viewsBeyondMemoryAreCompared() {
    func view(_ numbers: NDArray) -> NDArray { numbers.broadcast(to: [1 << 20, 1 << 28] + numbers.shape) }
    #expect(
      view(NDArray(1.0)) == view(NDArray(1.0)) && view(NDArray(1.0)).isIdentical(to: view(NDArray(1.0))))
    #expect(
      view(NDArray(1.0)) != view(NDArray(2.0)) && !view(NDArray(1.0)).isIdentical(to: view(NDArray(2.0))))
    #expect(
      view(NDArray(0.0)) == view(NDArray(-0.0)) && !view(NDArray(0.0)).isIdentical(to: view(NDArray(-0.0))))
    #expect(view(NDArray(Double.nan)) != view(NDArray(Double.nan)))
    #expect(view(NDArray(Double.nan)).isIdentical(to: view(NDArray(Double.nan))))
    let pair = NDArray([1, 2])
    #expect(view(pair) == view(pair) && view(pair) != view(pair.flipped(0)))
    // Neither repeats what the other does, but the first elements differ.
    let zeros = NDArray.zeros(1 << 24, dtype: .uint8).broadcast(to: [1 << 24, 1 << 24])
    let ones = NDArray.ones([1 << 24, 1], dtype: .uint8).broadcast(to: [1 << 24, 1 << 24])
    #expect(zeros != ones && !zeros.isIdentical(to: ones))
  }
}
