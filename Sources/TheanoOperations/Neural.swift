import TheanoGraph

extension T.nnet {
  /// The logistic function 1 / (1 + e^-x), without overflow.
  public static func sigmoid(
    _ x: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { T.sigmoid(x, fileID: fileID, line: line) }

  /// ln(1 + e^x), without overflow.
  public static func softplus(
    _ x: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable { T.softplus(x, fileID: fileID, line: line) }

  /// The larger of x and 0; its slope at 0 is 1/2, as in Theano.
  public static func relu(
    _ x: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let x = x.tensorVariable
    return SourceNote.at(fileID, line) { (x + T.abs(x)) * 0.5 }
  }

  /// e^x / sum(e^x) along the last axis, without overflow.
  public static func softmax(
    _ x: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let x = x.tensorVariable
    return SourceNote.at(fileID, line) {
      let e = T.exp(x - T.max(x, axis: -1, keepDims: true))
      return e / T.sum(e, axis: -1, keepDims: true)
    }
  }

  /// ln(softmax(x)) along the last axis, without overflow or underflow.
  public static func logSoftmax(
    _ x: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let x = x.tensorVariable
    return SourceNote.at(fileID, line) {
      let shifted = x - T.max(x, axis: -1, keepDims: true)
      return shifted - T.log(T.sum(T.exp(shifted), axis: -1, keepDims: true))
    }
  }
}
