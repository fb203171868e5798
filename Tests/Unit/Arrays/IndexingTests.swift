import Testing

@testable import TheanoArrays

@Suite("Indexing selects and assigns as NumPy's does") struct IndexingTests {
  /// An index in the golden file's notation.
  static func index(_ token: Substring) -> any ArrayIndex {
    func numbers(_ text: Substring) -> [Int] { text.split(separator: ",").map { Int($0)! } }
    switch token {
    case "...": return IndexItem.ellipsis
    case "new": return IndexItem.newAxis
    default: break
    }
    if token.first == "i" || token.first == "b" {
      let parts = token.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
      let list = NDArray(numbers(parts[1])).reshaped(numbers(parts[0]))
      return list.astype(token.first == "b" ? .bool : .int64)
    }
    if token.contains(":") {
      let parts = token.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
      return IndexItem.slice(from: parts[0], to: parts[1], step: parts[2] ?? 1)
    }
    return Int(token)!
  }

  static let records = goldenLines("indexing.txt").dropFirst().filter { !$0.isEmpty }

  /// The same array lying in memory in several ways.
  static func disguises(_ array: NDArray) -> [NDArray] {
    var result = [array, array.T.copied().T]
    if array.ndim > 0 { result.append(array.flipped(0).copied().flipped(0)) }
    return result
  }

  @Test func everyGoldenIndexing() {
    #expect(Self.records.count > 600)
    for record in Self.records {
      let fields = record.split(separator: "|", omittingEmptySubsequences: false)
      let shape = fields[0].split(separator: ",").map { Int($0)! }
      let indices = fields[1].split(separator: " ").map(Self.index)
      let whole = NDArray(0..<shape.reduce(1, *)).reshaped(shape)
      for array in Self.disguises(whole) {
        if fields[2] == "error" {
          #expect(throws: TheanoError.self, "\(record)") { try array.checked.part(indices) }
          var changed = array
          #expect(throws: TheanoError.self, "\(record)") { try changed.checked.assign(1, at: indices) }
          #expect(changed == whole, "a failed assignment changes nothing: \(record)")
          continue
        }
        let expectedShape = fields[2].split(separator: ",").map { Int($0)! }
        do {
          let part = try array.checked.part(indices)
          #expect(part.shape == expectedShape, "\(record)")
          #expect([Int](part).map(String.init).joined(separator: ",") == fields[3], "\(record)")
          if fields[4] == "-" { continue }
          var changed = array
          let value = NDArray(1000..<(1000 + part.size)).reshaped(part.shape)
          try changed.checked.assign(value, at: indices)
          #expect([Int](changed).map(String.init).joined(separator: ",") == fields[4], "\(record)")
          #expect(array == whole, "the original is untouched: \(record)")
        } catch {
          Issue.record("\(record): \(error)")
        }
      }
    }
  }

  @Test func swiftSpellings() {
    let a = NDArray(0..<24).reshaped(2, 3, 4)
    #expect(a[0] == NDArray(0..<12).reshaped(3, 4))
    #expect(a[-1, 2] == NDArray(20..<24))
    #expect(a[.all, 1..<3, 0] == NDArray([[4, 8], [16, 20]]))
    #expect(a[.ellipsis, 1...2].shape == [2, 3, 2])
    #expect(a[.all, ..<2].shape == [2, 2, 4])
    #expect(a[.all, ...1] == a[.all, ..<2])
    #expect(a[.all, ...(-1)] == a)
    #expect(a[1...] == a[1..<2])
    #expect(a[.newAxis, 0, .newAxis].shape == [1, 1, 3, 4])
    #expect(a[0, 0, stride(from: 0, to: 4, by: 2)] == NDArray([0, 2]))
    #expect(a[0, 0, stride(from: 3, through: 0, by: -1)] == NDArray([3, 2, 1, 0]))
    #expect(a[0, 0, .slice(step: -2)] == NDArray([3, 1]))
    #expect(a[0, 0, [3, 0]] == NDArray([3, 0]))
    #expect(a[0, 0, [true, false, false, true]] == NDArray([0, 3]))
    #expect(a[NDArray([1, 0]), NDArray([2, 0])].shape == [2, 4])
    #expect(a[[Int]()].shape == [0, 3, 4])
    #expect(a[1][2][3] == NDArray(scalar: 23))
  }

  /// A stride selects those of its places that the axis has, however long it is.
  @Test func strides() {
    let length = 5
    let array = NDArray(0..<length)
    func check(_ places: some Sequence<Int>, _ index: any ArrayIndex, _ comment: Comment) {
      let places = Array(places)
      guard places.allSatisfy({ $0 >= 0 }) else {
        #expect(throws: TheanoError.self, comment) { try array.checked[index] }
        return
      }
      #expect([Int](array[index]) == places.filter { $0 < length }, comment)
    }
    for start in -2...8 {
      for end in -2...8 {
        for step in [-7, -3, -2, -1, 1, 2, 3, 7] {
          let (to, through) = (
            stride(from: start, to: end, by: step), stride(from: start, through: end, by: step)
          )
          check(to, to, "from \(start) to \(end) by \(step)")
          check(through, through, "from \(start) through \(end) by \(step)")
        }
      }
    }
    #expect(array[stride(from: 0, to: 1 << 40, by: 1)] == array)
    #expect(array[stride(from: 1, through: Int.max, by: 3)] == NDArray([1, 4]))
    #expect(array[stride(from: Int.max, through: 0, by: -1)] == array.flipped(0))
    #expect(array[stride(from: Int.max, to: 6, by: .min)].shape == [0])
    var changed = array
    changed[stride(from: 4, through: 0, by: -2)] = [10, 20, 30]
    #expect(changed == NDArray([30, 1, 20, 3, 10]))
  }

  @Test func assigningDropsLeadingOnes() throws {
    var a = NDArray.zeros(2, 3)
    a[0] = NDArray([[1.0, 2, 3]])
    a[1] = NDArray([[[4]]])
    #expect(a == NDArray([[1.0, 2, 3], [4, 4, 4]]))
    a[0, 0] = NDArray([[9.0]])
    a[NDArray([1]), .all] = NDArray([[[5.0, 6, 7]]])
    #expect(a == NDArray([[9.0, 2, 3], [5, 6, 7]]))
    a[1] = a[..<1]
    #expect(a == NDArray([[9.0, 2, 3], [9, 2, 3]]))
    let error = #expect(throws: TheanoError.self) { try a.checked.assign(.zeros(2, 1, 3), at: 0) }
    #expect(error?.description.contains("a value of shape [2, 1, 3]") == true)
  }

  @Test func assigningConvertsAndBroadcasts() {
    var a = NDArray.zeros(2, 3, dtype: .float32)
    a[0] = 1
    a[1, 1...] = [2, 3.5]
    a[.all, 0] = NDArray([[7], [8]])[.all, 0]
    #expect(a == NDArray([[7, 1, 1], [8, 2, 3.5]], dtype: .float32))
    var b = NDArray([1, 2, 3])
    b[1] = 9.9
    b[NDArray([true, false, true])] = -1
    #expect(b == NDArray([-1, 9, -1]))
    b[1...] = b[..<2]
    #expect(b == NDArray([-1, -1, 9]))
    var nested = NDArray.zeros(2, 2)
    nested[1][0] = 5
    #expect(nested == NDArray([[0, 0], [5, 0]], dtype: .float64))
  }

  @Test(arguments: [
    ("outside axis 0, of length 3", [5]), ("2 indices for an array of 1 axes", [0, 0]),
  ]) func messages(text: String, indices: [Int]) {
    let array = NDArray([1, 2, 3])
    let error = #expect(throws: TheanoError.self) {
      try array.checked.part(indices.map { $0 as any ArrayIndex })
    }
    #expect(error?.description.contains(text) == true)
    #expect(error?.kind == .index)
  }

  @Test func uselessIndices() {
    let array = NDArray([1, 2, 3])
    #expect(throws: TheanoError.self) { try array.checked[NDArray([0.5])] }
    #expect(throws: TheanoError.self) { try array.checked[NDArray([true, false])] }
    #expect(throws: TheanoError.self) { try array.checked[.slice(step: 0)] }
    #expect(throws: TheanoError.self) { try array.checked[.ellipsis, .ellipsis] }
    #expect(throws: TheanoError.self) { try array.checked[NDArray(scalar: UInt64.max).reshaped(1)] }
    for places in [stride(from: -1, to: -3, by: -1), stride(from: 1, to: -2, by: -1)] {
      let error = #expect(throws: TheanoError.self) { try array.checked[places] }
      #expect(error?.description.contains("must be at least 0") == true)
    }
    var copy = array
    #expect(throws: TheanoError.self) { try copy.checked.assign([1, 2], at: .all) }
    #expect(copy == array)
  }
}
