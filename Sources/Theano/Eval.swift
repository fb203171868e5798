import TheanoArrays
import TheanoGraph

extension TensorVariable {
  /// The value of an expression: compiles a function of the variables that are given values, and calls it once.
  ///
  /// ```swift
  /// let x = T.dvector("x")
  /// print(try T.sum(x ** 2).eval([x: [1, 2, 3]]))       // 14.0
  /// ```
  ///
  /// For trying things out. What is computed more than once is worth a ``function(inputs:outputs:updates:givens:mode:name:onUnusedInput:fileID:line:)``:
  /// every evaluation takes milliseconds to find out that its code is in the cache.
  ///
  /// - Parameters:
  ///   - values: The values of inputs, or of any other variables that are to be taken as such: arrays, numbers or nested lists.
  ///     Shared variables have values of their own.
  ///   - mode: How the function is made.
  /// - Throws: ``TheanoError`` with all that is wrong with the expression; inputs without a value, and values that nothing needs;
  ///   values that do not fit, and whatever a call can find.
  public func eval(
    _ values: [TensorVariable: any NDArrayConvertible] = [:], mode: Mode = .fastRun, fileID: String = #fileID,
    line: Int = #line
  ) throws(TheanoError) -> NDArray {
    // In the order of their making, since a dictionary's own changes from run to run.
    let inputs = values.sorted { $0.key.node.serial < $1.key.node.serial }
    let f = try function(
      inputs: inputs.map(\.key), outputs: self, mode: mode, name: "eval", fileID: fileID, line: line)
    var arguments: [NDArray] = []
    for (k, input) in inputs.enumerated() { arguments.append(try f.core.array(input.value, k)) }
    return try f.call(arguments)
  }
}
