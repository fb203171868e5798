import TheanoArrays
import TheanoGraph

// Inputs. The letters are Theano's: b int8, w int16, i int32, l int64, f float32, d float64; none is `config.floatX`.
extension T {
  /// An input of any type: `T.tensor("x", .float32, shape: [nil, 3])`.
  ///
  /// - Parameters:
  ///   - name: A name for listings and errors.
  ///   - dtype: The type of the elements.
  ///   - shape: The length of each axis, `nil` where it is known only at the call. Axes of length 1 broadcast.
  public static func tensor(
    _ name: String? = nil, _ dtype: DType = config.floatX, shape: [Int?], fileID: String = #fileID,
    line: Int = #line
  ) -> TensorVariable { .input(TensorType(dtype, shape: shape), name: name, note: .here(fileID, line)) }

  /// A scalar of `config.floatX`, as an input.
  public static func scalar(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, config.floatX, shape: [], fileID: fileID, line: line)
  }

  /// A vector of `config.floatX`, as an input.
  public static func vector(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, config.floatX, shape: [nil], fileID: fileID, line: line)
  }

  /// A matrix of `config.floatX`, as an input.
  public static func matrix(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, config.floatX, shape: [nil, nil], fileID: fileID, line: line)
  }

  /// A matrix of one row of `config.floatX`, as an input.
  public static func row(_ name: String? = nil, fileID: String = #fileID, line: Int = #line) -> TensorVariable
  {
    tensor(name, config.floatX, shape: [1, nil], fileID: fileID, line: line)
  }

  /// A matrix of one column of `config.floatX`, as an input.
  public static func col(_ name: String? = nil, fileID: String = #fileID, line: Int = #line) -> TensorVariable
  {
    tensor(name, config.floatX, shape: [nil, 1], fileID: fileID, line: line)
  }

  /// An array of three axes of `config.floatX`, as an input.
  public static func tensor3(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, config.floatX, shape: [nil, nil, nil], fileID: fileID, line: line)
  }

  /// An array of four axes of `config.floatX`, as an input.
  public static func tensor4(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, config.floatX, shape: [nil, nil, nil, nil], fileID: fileID, line: line)
  }

  /// A scalar of `float64`, as an input.
  public static func dscalar(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float64, shape: [], fileID: fileID, line: line)
  }

  /// A vector of `float64`, as an input.
  public static func dvector(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float64, shape: [nil], fileID: fileID, line: line)
  }

  /// A matrix of `float64`, as an input.
  public static func dmatrix(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float64, shape: [nil, nil], fileID: fileID, line: line)
  }

  /// A matrix of one row of `float64`, as an input.
  public static func drow(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float64, shape: [1, nil], fileID: fileID, line: line)
  }

  /// A matrix of one column of `float64`, as an input.
  public static func dcol(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float64, shape: [nil, 1], fileID: fileID, line: line)
  }

  /// An array of three axes of `float64`, as an input.
  public static func dtensor3(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float64, shape: [nil, nil, nil], fileID: fileID, line: line)
  }

  /// An array of four axes of `float64`, as an input.
  public static func dtensor4(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float64, shape: [nil, nil, nil, nil], fileID: fileID, line: line)
  }

  /// A scalar of `float32`, as an input.
  public static func fscalar(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float32, shape: [], fileID: fileID, line: line)
  }

  /// A vector of `float32`, as an input.
  public static func fvector(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float32, shape: [nil], fileID: fileID, line: line)
  }

  /// A matrix of `float32`, as an input.
  public static func fmatrix(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float32, shape: [nil, nil], fileID: fileID, line: line)
  }

  /// A matrix of one row of `float32`, as an input.
  public static func frow(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float32, shape: [1, nil], fileID: fileID, line: line)
  }

  /// A matrix of one column of `float32`, as an input.
  public static func fcol(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float32, shape: [nil, 1], fileID: fileID, line: line)
  }

  /// An array of three axes of `float32`, as an input.
  public static func ftensor3(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float32, shape: [nil, nil, nil], fileID: fileID, line: line)
  }

  /// An array of four axes of `float32`, as an input.
  public static func ftensor4(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .float32, shape: [nil, nil, nil, nil], fileID: fileID, line: line)
  }

  /// A scalar of `int64`, as an input.
  public static func lscalar(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int64, shape: [], fileID: fileID, line: line)
  }

  /// A vector of `int64`, as an input.
  public static func lvector(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int64, shape: [nil], fileID: fileID, line: line)
  }

  /// A matrix of `int64`, as an input.
  public static func lmatrix(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int64, shape: [nil, nil], fileID: fileID, line: line)
  }

  /// A matrix of one row of `int64`, as an input.
  public static func lrow(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int64, shape: [1, nil], fileID: fileID, line: line)
  }

  /// A matrix of one column of `int64`, as an input.
  public static func lcol(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int64, shape: [nil, 1], fileID: fileID, line: line)
  }

  /// An array of three axes of `int64`, as an input.
  public static func ltensor3(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int64, shape: [nil, nil, nil], fileID: fileID, line: line)
  }

  /// An array of four axes of `int64`, as an input.
  public static func ltensor4(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int64, shape: [nil, nil, nil, nil], fileID: fileID, line: line)
  }

  /// A scalar of `int32`, as an input.
  public static func iscalar(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int32, shape: [], fileID: fileID, line: line)
  }

  /// A vector of `int32`, as an input.
  public static func ivector(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int32, shape: [nil], fileID: fileID, line: line)
  }

  /// A matrix of `int32`, as an input.
  public static func imatrix(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int32, shape: [nil, nil], fileID: fileID, line: line)
  }

  /// A matrix of one row of `int32`, as an input.
  public static func irow(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int32, shape: [1, nil], fileID: fileID, line: line)
  }

  /// A matrix of one column of `int32`, as an input.
  public static func icol(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int32, shape: [nil, 1], fileID: fileID, line: line)
  }

  /// An array of three axes of `int32`, as an input.
  public static func itensor3(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int32, shape: [nil, nil, nil], fileID: fileID, line: line)
  }

  /// An array of four axes of `int32`, as an input.
  public static func itensor4(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int32, shape: [nil, nil, nil, nil], fileID: fileID, line: line)
  }

  /// A scalar of `int16`, as an input.
  public static func wscalar(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int16, shape: [], fileID: fileID, line: line)
  }

  /// A vector of `int16`, as an input.
  public static func wvector(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int16, shape: [nil], fileID: fileID, line: line)
  }

  /// A matrix of `int16`, as an input.
  public static func wmatrix(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int16, shape: [nil, nil], fileID: fileID, line: line)
  }

  /// A matrix of one row of `int16`, as an input.
  public static func wrow(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int16, shape: [1, nil], fileID: fileID, line: line)
  }

  /// A matrix of one column of `int16`, as an input.
  public static func wcol(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int16, shape: [nil, 1], fileID: fileID, line: line)
  }

  /// An array of three axes of `int16`, as an input.
  public static func wtensor3(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int16, shape: [nil, nil, nil], fileID: fileID, line: line)
  }

  /// An array of four axes of `int16`, as an input.
  public static func wtensor4(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int16, shape: [nil, nil, nil, nil], fileID: fileID, line: line)
  }

  /// A scalar of `int8`, as an input.
  public static func bscalar(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int8, shape: [], fileID: fileID, line: line)
  }

  /// A vector of `int8`, as an input.
  public static func bvector(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int8, shape: [nil], fileID: fileID, line: line)
  }

  /// A matrix of `int8`, as an input.
  public static func bmatrix(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int8, shape: [nil, nil], fileID: fileID, line: line)
  }

  /// A matrix of one row of `int8`, as an input.
  public static func brow(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int8, shape: [1, nil], fileID: fileID, line: line)
  }

  /// A matrix of one column of `int8`, as an input.
  public static func bcol(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int8, shape: [nil, 1], fileID: fileID, line: line)
  }

  /// An array of three axes of `int8`, as an input.
  public static func btensor3(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int8, shape: [nil, nil, nil], fileID: fileID, line: line)
  }

  /// An array of four axes of `int8`, as an input.
  public static func btensor4(_ name: String? = nil, fileID: String = #fileID, line: Int = #line)
    -> TensorVariable
  {
    tensor(name, .int8, shape: [nil, nil, nil, nil], fileID: fileID, line: line)
  }
}
