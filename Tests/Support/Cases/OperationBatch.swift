import Theano
import TheanoArrays
import TheanoGraph

/// Many cases in one function, since compiling is what takes time.
package struct OperationBatch {
  package let cases: [OperationCase]
  package let dtype: DType
  package let inputs: [[TensorVariable]]
  package let outputs: [[TensorVariable]]

  /// The cases of a family that admit a dtype.
  package init(_ cases: [OperationCase], _ dtype: DType) {
    self.dtype = dtype
    self.cases = cases.filter { $0.dtypes.contains(dtype) }
    var inputs: [[TensorVariable]] = []
    var outputs: [[TensorVariable]] = []
    for item in self.cases {
      let own = item.inputs(dtype)
      inputs.append(own)
      outputs.append(item.build(own))
    }
    self.inputs = inputs
    self.outputs = outputs
  }

  package func function(_ mode: Mode) throws -> Function<[NDArray]> {
    try Theano.function(
      inputs: inputs.flatMap { $0 }, outputs: outputs.flatMap { $0 }, mode: mode, onUnusedInput: .ignore)
  }

  package func values(trial: Int, seed: String = "") -> [[NDArray]] {
    cases.map { $0.values(dtype, trial: trial, seed: seed) }
  }

  /// A flat list of results, case by case.
  package func split(_ results: [NDArray]) -> [[NDArray]] {
    var rest = results[...]
    return outputs.map { own in
      defer { rest = rest.dropFirst(own.count) }
      return Array(rest.prefix(own.count))
    }
  }

  /// As many trials as the case with the most shapes has.
  package var trials: Int { cases.map(\.shapes.count).max() ?? 0 }
}
