import TheanoArrays
import TheanoGraph
import TheanoKernels

/// The positions at which an array is not zero, one row of coordinates for each: how many there are is found while
/// the function runs.
package struct Nonzero: Operation {
  package var name: String { "nonzero" }
  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    guard inputs[0].ndim > 0 else {
      throw Fault(.shape, "a scalar has no positions", hint: "compare it with 0 instead", operand: 0)
    }
    return [TensorType(.int64, [.unknown, .known(inputs[0].ndim)])]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] { [nil] }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] { [nil] }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let shape = inputs[0].shape
    let values = try HostLoops.doubles(inputs[0])
    let count = values.reduce(0) { $1 != 0 ? $0 + 1 : $0 }
    return [
      try HostLoops.fill([count, shape.count], .int64) { (rows: UnsafeMutableBufferPointer<Int64>) in
        var row = 0
        for (k, value) in values.enumerated() where value != 0 {
          var rest = k
          for (axis, n) in shape.enumerated().reversed() {
            rows[row + axis] = Int64(rest % n)
            rest /= n
          }
          row += shape.count
        }
      }
    ]
  }

  /// First how many there are is counted, then which.
  package func lower(_ context: inout LoweringContext) -> Lowering {
    let space = context.shape(0)
    return .steps(1, .elements) { writer in
      func isTrue(_ nest: any NestScope) -> LoopNest.Ref {
        let value = nest.operand(0, at: nest.index)
        let dtype = nest.builder.nest.dtype(value)
        return dtype == .bool
          ? value : nest.builder.apply(.notEqual, value, nest.builder.constant(.init(0, dtype)))
      }
      let count = writer.scratch(.int64, [])
      writer.nest(over: space, reduced: Array(space.indices)) { nest in
        let one = nest.builder.apply(.cast(.int64), isTrue(nest))
        nest.fold(.sum, one, start: nil, dtype: .int64, into: (count, []))
      }
      if let symbol = writer.found(0, axis: 0) { writer.bind(symbol, from: count) }
      let rows = writer.result()
      writer.nest(over: space) { nest in
        let condition = isTrue(nest)
        nest.effect(on: rows) { .append(condition: condition, buffer: $0, row: nest.index) }
      }
    }
  }
}

extension T {
  /// The positions at which an array is not zero (or is true), in row-major order: one `int64` vector for each axis.
  public static func nonzero(
    _ x: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> [TensorVariable] {
    let x = x.tensorVariable
    return SourceNote.at(fileID, line) {
      let rows = TensorVariable(Nonzero(), [x], note: .here(fileID, line))
      // How many there would be is not known: enough for any subscript that was meant.
      if rows.node.isPoisoned { return [TensorVariable](repeating: rows, count: TensorType.mostAxes) }
      return (0..<x.ndim).map { subtensor(rows, [.all, AxisIndex(integerLiteral: $0)], .here(fileID, line)) }
    }
  }
}
