import TheanoArrays
import TheanoGraph

/// The loops of the ops' host evaluation: plain, one element after the other. They are the oracle that compiled code
/// is judged by, so they are written to be right at a glance.
package enum HostLoops {
  /// The elements of an array in C order, as the widest type of their kind.
  ///
  /// They are the array's own where it has them so, and a converted copy elsewhere; never a Swift array, whose making ends the
  /// process where there is no memory for it.
  package struct Elements<T: NDArrayScalar>: RandomAccessCollection {
    private let array: NDArray
    private let buffer: UnsafeBufferPointer<T>

    fileprivate init(_ a: NDArray) throws(Fault) {
      array = try HostLoops.memory { () throws(TheanoError) in
        try a.checked.astype(T.dtype).checked.contiguous()
      }
      buffer = UnsafeBufferPointer(start: array.data.assumingMemoryBound(to: T.self), count: array.size)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { buffer.count }
    package subscript(k: Int) -> T { withExtendedLifetime(array) { buffer[k] } }

    package func withContiguousStorageIfAvailable<R>(_ body: (UnsafeBufferPointer<T>) throws -> R) rethrows
      -> R?
    {
      try withExtendedLifetime(array) { try body(buffer) }
    }
  }

  package static func doubles(_ a: NDArray) throws(Fault) -> Elements<Double> { try Elements(a) }
  package static func integers(_ a: NDArray) throws(Fault) -> Elements<Int64> { try Elements(a) }
  package static func unsigneds(_ a: NDArray) throws(Fault) -> Elements<UInt64> { try Elements(a) }

  /// A scalar that is a length or a position.
  package static func length(_ a: NDArray) throws(Fault) -> Int { Int(try integers(a)[0]) }

  /// Scalars that are lengths.
  package static func lengths(_ scalars: some Sequence<NDArray>) throws(Fault) -> [Int] {
    var lengths: [Int] = []
    for scalar in scalars { lengths.append(try length(scalar)) }
    return lengths
  }

  /// What needs memory, whose lack is the operation's fault.
  package static func memory<R>(_ body: () throws(TheanoError) -> R) throws(Fault) -> R {
    do { return try body() } catch { throw Fault(error) }
  }

  /// An array whose elements a closure writes, in C order, converted to a dtype.
  package static func fill<T: NDArrayScalar>(
    _ shape: [Int], _ dtype: DType, _ write: (UnsafeMutableBufferPointer<T>) -> Void
  ) throws(Fault) -> NDArray {
    try memory { () throws(TheanoError) in
      let array = try NDArray.allocate(shape, dtype: T.dtype)
      withExtendedLifetime(array) {
        write(
          UnsafeMutableBufferPointer(start: array.data.assumingMemoryBound(to: T.self), count: array.size))
      }
      return try array.checked.astype(dtype)
    }
  }

  /// An array of the value at each place, in C order, converted to a dtype.
  package static func make<T: NDArrayScalar>(
    _ shape: [Int], _ dtype: DType, _ value: (Int) -> T
  ) throws(Fault) -> NDArray {
    try fill(shape, dtype) { (target: UnsafeMutableBufferPointer<T>) in
      for k in target.indices { target[k] = value(k) }
    }
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

  /// An array stretched to a shape; a fault if it does not fit.
  package static func stretched(_ x: NDArray, to shape: [Int]) throws(Fault) -> NDArray {
    do throws(TheanoError) { return try x.checked.broadcast(to: shape) } catch { throw Fault(error) }
  }

  package static func elementwise(
    _ definition: ElementwiseDefinition, _ inputs: [NDArray], result: DType
  ) throws(Fault) -> NDArray {
    let shape = try broadcast(inputs.map(\.shape))
    var operands: [NDArray] = []
    for x in inputs { operands.append(x.shape == shape ? x : try stretched(x, to: shape)) }
    // What the operands are, not the condition of a selection, says which arithmetic is meant.
    let kind = operands.map(\.dtype.kind).max() ?? .floating
    let isConversion = if case .conversion = definition.typing { true } else { false }
    if isConversion {
      return try memory { () throws(TheanoError) in try operands[0].checked.astype(result) }
    }
    func loop<T: NDArrayScalar>(_ f: (T, T, T) -> T, zero: T) throws(Fault) -> NDArray {
      let a = try Elements<T>(operands[0])
      let b = operands.count > 1 ? try Elements<T>(operands[1]) : nil
      let c = operands.count > 2 ? try Elements<T>(operands[2]) : nil
      return try make(shape, result) { k in f(a[k], b?[k] ?? zero, c?[k] ?? zero) }
    }
    switch kind {
    case .floating:
      guard let f = definition.host.float else { break }
      return try loop(f, zero: 0)
    case .unsigned, .bool:
      guard var f = definition.host.unsigned else { break }
      // Bit by bit, not 1 is everything but 1; of booleans only the last bit is meant.
      if kind == .bool, case .logical = definition.typing, let bits = definition.host.unsigned {
        f = { a, b, c in bits(a, b, c) & 1 }
      }
      return try loop(f, zero: 0)
    case .signed:
      guard let f = definition.host.signed else { break }
      return try loop(f, zero: 0)
    case .complex: break
    }
    throw Fault(
      .dtype, "\(definition.name) is not defined for \(operands.map(\.dtype.name).joined(separator: ", "))")
  }
}
