import Testing

@testable import TheanoArrays

@Suite("Arrays of every dtype, shape and layout behave as their model") struct ConformanceTests {
  @Test(arguments: DType.allCases) func reading(dtype: DType) {
    for specimen in Specimen.all(dtype) {
      checkArray(specimen.array, specimen.model, "\(specimen.testDescription)")
    }
  }

  @Test(arguments: DType.allCases) func converting(dtype: DType) {
    for specimen in Specimen.all(.int16) {
      let converted = specimen.array.astype(dtype)
      #expect(converted.dtype == dtype)
      checkArray(converted, specimen.model, "\(specimen.testDescription) as \(dtype)")
    }
  }

  @Test(arguments: [DType.float64, .uint8, .complex128]) func shaping(dtype: DType) throws {
    for specimen in Specimen.all(dtype) {
      let (array, model) = (specimen.array, specimen.model)
      let comment: Comment = "\(specimen.testDescription)"
      let size = array.size
      checkArray(array.flattened(), ArrayModel([size], model.values), comment)
      for shape in [[size, 1], [1, size], [1, size, 1]] {
        checkArray(array.reshaped(shape), ArrayModel(shape, model.values), comment)
      }
      if size > 0 {
        checkArray(array.reshaped(-1), ArrayModel([size], model.values), comment)
        for divisor in 2..<5 where size % divisor == 0 {
          let shape = [divisor, size / divisor]
          checkArray(array.reshaped(divisor, -1), ArrayModel(shape, model.values), comment)
        }
      }
      checkArray(array.expanded(0, -1), ArrayModel([1] + model.shape + [1], model.values), comment)
      checkArray(array.squeezed(), ArrayModel(model.shape.filter { $0 != 1 }, model.values), comment)
      for a in 0..<array.ndim {
        for b in 0..<array.ndim {
          var shape = model.shape
          shape.swapAt(a, b)
          let swapped = model.picking(shape) { index in
            var index = index
            index.swapAt(a, b)
            return index
          }
          checkArray(array.swappedAxes(a, b - array.ndim), swapped, comment)
          var order = Array(0..<array.ndim)
          order.insert(order.remove(at: a), at: b)
          #expect(array.movedAxis(a, to: b) == array.transposed(order), comment)
        }
      }
    }
  }

  /// Views share memory: nothing is copied, and writing the one leaves the other alone.
  @Test func viewsShareAndWritesDoNot() {
    for specimen in Specimen.all(.float32) where specimen.array.size > 0 {
      let comment: Comment = "\(specimen.testDescription)"
      let original = specimen.array
      let views: [NDArray] =
        [original.T, original.expanded(0), original.broadcast(to: [2] + original.shape), original.squeezed()]
        + (original.ndim > 1 ? [original[0], original[.ellipsis, 0]] : [])
      for view in views {
        let memory = original.object.owner ?? original.object
        #expect(view.object.owner === memory, comment)
        var changed = view
        changed[.ellipsis] = -1
        #expect([Float](changed).allSatisfy { $0 == -1 }, comment)
        checkArray(original, specimen.model, comment)
      }
      var copy = original
      copy[.ellipsis] = -1
      checkArray(original, specimen.model, comment)
      copy = original
      copy.withUnsafeMutableBuffer(of: Float.self) { $0[0] = -1 }
      checkArray(original, specimen.model, comment)
    }
  }

  @Test func writingInPlaceDoesNotCopy() {
    for size in [3, 5000] {
      var array = NDArray.zeros(size)
      let before = array.data
      array[1] = 5
      array[0..<2] = 7
      array.checked.array[2] = 1
      array.withUnsafeMutableBuffer(of: Double.self) { $0[0] = 2 }
      array.withMutableSpan(of: Double.self) { $0[1] = 3 }
      #expect(array.data == before)
      #expect([Double](array[..<3]) == [2, 3, 1])
      let snapshot = array
      array[0] = 9
      #expect(array.data != snapshot.data && [Double](snapshot)[0] == 2)
    }
  }

  @Test func iterating() {
    for specimen in Specimen.all(.int32) where specimen.array.ndim > 0 {
      let rows = Array(specimen.array)
      #expect(rows.count == specimen.array.count)
      for (k, row) in rows.enumerated() {
        let model = specimen.model.picking(Array(specimen.model.shape.dropFirst())) { [k] + $0 }
        checkArray(row, model, "\(specimen.testDescription), part \(k)")
      }
      if !rows.isEmpty { #expect(NDArray.stacked(rows) == specimen.array) }
    }
  }

  @Test func joiningAndSplitting() {
    for specimen in Specimen.all(.int64) where specimen.array.ndim > 0 {
      let array = specimen.array
      let comment: Comment = "\(specimen.testDescription)"
      for axis in 0..<array.ndim {
        let parts = array.split(at: [1, 2], axis: axis)
        #expect(parts.count == 3)
        #expect(NDArray.concatenated(parts, axis: axis) == array, comment)
        let extent = array.shape[axis]
        if extent > 0 {
          let single = array.split(into: extent, axis: axis)
          #expect(NDArray.concatenated(single, axis: axis - array.ndim) == array, comment)
          #expect(NDArray.stacked(single.map { $0.squeezed(axis) }, axis: axis) == array, comment)
        }
      }
    }
    let mixed = NDArray.concatenated([NDArray([1, 2]), NDArray([0.5])])
    #expect(mixed == NDArray([1, 2, 0.5]) && mixed.dtype == .float64)
  }
}
