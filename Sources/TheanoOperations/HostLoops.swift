import TheanoArrays
import TheanoGraph

/// The loops of the ops' host evaluation: plain, one element after the other. They are the oracle that compiled code
/// is judged by, so they are written to be right at a glance.
package enum HostLoops {
  /// Elements of an array of any dtype as the widest type of their kind.
  package enum Elements {
    case float([Double])
    case signed([Int64])
    case unsigned([UInt64])
  }

  package static func doubles(_ a: NDArray) -> [Double] {
    let a = a.astype(.float64).contiguous()
    return withExtendedLifetime(a) {
      Array(UnsafeBufferPointer(start: a.data.assumingMemoryBound(to: Double.self), count: a.size))
    }
  }

  package static func integers(_ a: NDArray) -> [Int64] {
    let a = a.astype(.int64).contiguous()
    return withExtendedLifetime(a) {
      Array(UnsafeBufferPointer(start: a.data.assumingMemoryBound(to: Int64.self), count: a.size))
    }
  }

  package static func unsigneds(_ a: NDArray) -> [UInt64] {
    let a = a.astype(.uint64).contiguous()
    return withExtendedLifetime(a) {
      Array(UnsafeBufferPointer(start: a.data.assumingMemoryBound(to: UInt64.self), count: a.size))
    }
  }

  package static func make<T: NDArrayScalar>(_ values: [T], _ shape: [Int], _ dtype: DType) -> NDArray {
    let array = NDArray(uninitialized: shape, dtype: T.dtype)
    let data = array.data.assumingMemoryBound(to: T.self)
    for (k, value) in values.enumerated() { data[k] = value }
    return array.astype(dtype)
  }

  /// The shape that shapes broadcast to, by the library's rule: only lengths of 1 stretch.
  package static func broadcast(_ shapes: [[Int]]) throws(Fault) -> [Int] {
    let rank = shapes.map(\.count).max() ?? 0
    var result = [Int](repeating: 1, count: rank)
    for shape in shapes {
      for (k, n) in shape.enumerated() where n != 1 {
        let axis = rank - shape.count + k
        if result[axis] != 1 && result[axis] != n { throw Fault(.shape, "shapes \(shapes) do not broadcast") }
        result[axis] = n
      }
    }
    return result
  }

  package static func elementwise(
    _ definition: ElementwiseDefinition, _ inputs: [NDArray], result: DType
  ) throws(Fault) -> NDArray {
    let shape = try broadcast(inputs.map(\.shape))
    let operands = inputs.map { $0.shape == shape ? $0 : $0.broadcast(to: shape) }
    let count = shape.reduce(1, *)
    // What the operands are, not the condition of a selection, says which arithmetic is meant.
    let kind = operands.map(\.dtype.kind).max() ?? .floating
    let isConversion = if case .conversion = definition.typing { true } else { false }
    if isConversion { return operands[0].astype(result) }
    func loop<T>(_ values: [[T]], _ f: (T, T, T) -> T, zero: T) -> [T] {
      (0..<count).map { k in
        f(values[0][k], values.count > 1 ? values[1][k] : zero, values.count > 2 ? values[2][k] : zero)
      }
    }
    switch kind {
    case .floating:
      guard let f = definition.host.float else { break }
      return make(loop(operands.map(doubles), f, zero: 0), shape, result)
    case .unsigned, .bool:
      guard var f = definition.host.unsigned else { break }
      // Bit by bit, not 1 is everything but 1; of booleans only the last bit is meant.
      if kind == .bool, case .logical = definition.typing, let bits = definition.host.unsigned {
        f = { a, b, c in bits(a, b, c) & 1 }
      }
      return make(loop(operands.map(unsigneds), f, zero: 0), shape, result)
    case .signed:
      guard let f = definition.host.signed else { break }
      return make(loop(operands.map(integers), f, zero: 0), shape, result)
    case .complex: break
    }
    throw Fault(
      .dtype, "\(definition.name) is not defined for \(operands.map(\.dtype.name).joined(separator: ", "))")
  }
}
