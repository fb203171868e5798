import Testing

@testable import TheanoArrays

/// What an array should be: a shape and its elements in C order, as numbers that every dtype holds.
struct ArrayModel: Sendable {
  var shape: [Int]
  var values: [Int]

  init(_ shape: [Int], _ values: [Int]) {
    self.shape = shape
    self.values = values
  }

  /// Elements 0, 1, 2, ... 96, 0, ...: small enough for `int8` and for exactness in every float but `bfloat16`'s 8 digits.
  init(_ shape: [Int]) {
    self.init(shape, (0..<shape.reduce(1, *)).map { $0 % 97 })
  }

  /// All indices in C order.
  var indices: [[Int]] {
    shape.reduce([[]]) { heads, extent in heads.flatMap { head in (0..<extent).map { head + [$0] } } }
  }

  func position(_ index: [Int]) -> Int { zip(shape, index).reduce(0) { $0 * $1.0 + $1.1 } }
  subscript(index: [Int]) -> Int { values[position(index)] }

  /// The model whose element at each index of a shape is found by a rule.
  func picking(_ shape: [Int], _ rule: ([Int]) -> [Int]) -> ArrayModel {
    ArrayModel(shape, ArrayModel(shape).indices.map { self[rule($0)] })
  }
}

/// An array, the way in which it lies in memory, and the model that it should match.
struct Specimen: Sendable, CustomTestStringConvertible {
  var name: String
  var array: NDArray
  var model: ArrayModel
  var testDescription: String { "\(name) \(model.shape) \(array.dtype)" }

  static let shapes = [
    [], [1], [5], [0], [2, 3], [3, 1], [1, 4], [0, 2], [2, 0], [2, 3, 4], [3, 1, 2], [2, 1, 2, 3],
  ]

  /// Arrays of many shapes, each lying in memory in every way that views can bring about.
  static func all(_ dtype: DType) -> [Specimen] {
    shapes.flatMap { shape -> [Specimen] in
      let model = ArrayModel(shape)
      let plain = NDArray(model.values).reshaped(shape).astype(dtype)
      let backward = Array(shape.indices.reversed())
      var result = [
        Specimen(name: "contiguous", array: plain, model: model),
        Specimen(name: "transposed", array: plain.T.copied().T, model: model),
        Specimen(
          name: "transpose", array: plain.T,
          model: model.picking(shape.reversed()) { index in backward.map { index[$0] } }),
      ]
      if let last = shape.indices.last {
        result.append(
          Specimen(name: "flipped twice", array: plain.flipped(0).copied().flipped(0), model: model))
        result.append(
          Specimen(
            name: "flipped", array: plain.flipped(last),
            model: model.picking(shape) { index in
              var index = index
              index[last] = shape[last] - 1 - index[last]
              return index
            }))
        // Every second element of a larger array, beyond its first column.
        var wide = shape
        wide[last] = 2 * shape[last] + 1
        var host = NDArray.zeros(wide, dtype: dtype)
        host[.ellipsis, .slice(from: 1, step: 2)] = plain
        result.append(
          Specimen(name: "strided", array: host[.ellipsis, .slice(from: 1, step: 2)], model: model))
        result.append(
          Specimen(
            name: "broadcast", array: plain.broadcast(to: [2] + shape),
            model: model.picking([2] + shape) { Array($0.dropFirst()) }))
        var low = shape
        low[0] = 1
        if shape[0] > 0 {
          result.append(
            Specimen(
              name: "repeated", array: plain[..<1].broadcast(to: shape),
              model: model.picking(shape) { [0] + $0.dropFirst() }))
        }
      }
      return result
    }
  }
}

/// Checks everything that can be read from an array against a model.
func checkArray(_ array: NDArray, _ model: ArrayModel, _ comment: Comment) {
  #expect(array.shape == model.shape, comment)
  #expect(array.ndim == model.shape.count && array.size == model.values.count, comment)
  #expect(array.count == (model.shape.first ?? 1), comment)
  let expected = model.values.map { array.dtype == .bool ? ($0 != 0 ? 1 : 0) : $0 }
  #expect([Int](array) == expected, comment)
  // The strides, followed by hand, lead to the elements.
  let strides = array.strides
  for (index, value) in zip(model.indices, expected) {
    let offset = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
    let element = array.scalar(Int.self, at: array.data + offset * array.dtype.itemSize)
    guard element == value else {
      #expect(element == value, comment)
      break
    }
  }
  let canonical = NDArray.zeros(model.shape, dtype: array.dtype)
  #expect(!array.isContiguous || strides == canonical.strides, comment)
  let copy = array.copied()
  #expect(copy.isContiguous && copy.strides == canonical.strides, comment)
  #expect(
    UInt(bitPattern: copy.data) % (copy.size > 1 && copy.size * copy.dtype.itemSize > 16 ? 64 : 8) == 0,
    comment)
  #expect(copy == array && copy.isIdentical(to: array) && copy.hashValue == array.hashValue, comment)
  #expect(array.contiguous().isIdentical(to: copy), comment)
}
