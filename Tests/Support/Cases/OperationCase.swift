import Theano
import TheanoArrays
import TheanoGraph

/// One way of using an operation, for the engines that test all of them: what it is built from and of which sizes.
package struct OperationCase: Sendable, CustomStringConvertible {
  /// An operand: in the dtype under test or one of its own, drawn from a domain where the operation is defined.
  package struct Operand: Sendable {
    package var dtype: DType?
    package var domain: ClosedRange<Double>
    /// Lengths that are part of its type; `nil` for those that only the call knows.
    package var known: [Int?]?

    package init(_ domain: ClosedRange<Double> = -2...2, dtype: DType? = nil, known: [Int?]? = nil) {
      self.dtype = dtype
      self.domain = domain
      self.known = known
    }
  }

  package let name: String
  package var operands: [Operand]
  /// The dtypes under test.
  package var dtypes: [DType]
  /// Shapes of the operands, all of the same ranks; each is one trial.
  package var shapes: [[[Int]]]
  /// The relative difference from the interpreter that rounding explains, in units of the dtype's last place.
  package var ulps: Double
  /// Whether it has a gradient with respect to its floating operands, which is then checked.
  package var isDifferentiable: Bool
  /// Results from the operands.
  package let build: @Sendable ([TensorVariable]) -> [TensorVariable]

  package init(
    _ name: String, _ operands: [Operand] = [.init()], _ dtypes: [DType] = OperationCase.computing,
    _ shapes: [[[Int]]], ulps: Double = 0, differentiable: Bool = true,
    _ build: @escaping @Sendable ([TensorVariable]) -> TensorVariable
  ) {
    self.init(
      name, operands, dtypes, shapes, ulps: ulps, differentiable: differentiable, all: { [build($0)] })
  }

  package init(
    _ name: String, _ operands: [Operand] = [.init()], _ dtypes: [DType] = OperationCase.computing,
    _ shapes: [[[Int]]], ulps: Double = 0, differentiable: Bool = true,
    all build: @escaping @Sendable ([TensorVariable]) -> [TensorVariable]
  ) {
    self.name = name
    self.operands = operands
    self.dtypes = dtypes
    self.shapes = shapes
    self.ulps = ulps
    isDifferentiable = differentiable
    self.build = build
  }

  package var description: String { name }

  package static let floats: [DType] = [.float64, .float32]
  package static let integers: [DType] = DType.allCases.filter(\.isInteger)
  package static let numbers: [DType] = floats + integers
  /// All that expressions compute in.
  package static let computing: [DType] = numbers + [.bool]

  /// The dtypes that one family of cases is tried in: those of which there is one of its sort, and of the other integers
  /// two, which change from family to family.
  package static func tried(family: Int) -> [DType] {
    let others = integers.filter { $0 != .int64 }
    return floats + [
      .int64, .bool, others[2 * family % others.count], others[(2 * family + 1) % others.count],
    ]
  }

  /// Inputs of the case's types in a dtype.
  package func inputs(_ dtype: DType) -> [TensorVariable] {
    operands.enumerated().map { k, operand in
      let rank = shapes[0][k].count
      return T.tensor(
        "\(name).\(k)", operand.dtype ?? dtype, shape: operand.known ?? Array(repeating: nil, count: rank))
    }
  }

  /// Values for the inputs: those of a trial, laid out in memory in one of several ways that mean the same.
  package func values(_ dtype: DType, trial: Int, seed: String) -> [NDArray] {
    var draw = Draw(seed: "\(name) \(dtype) \(trial) \(seed)")
    return zip(operands, shapes[trial % shapes.count]).enumerated().map { k, item in
      let (operand, shape) = item
      let array = draw.array(shape, operand.dtype ?? dtype, operand.domain)
      return operand.dtype == .int64 || operand.dtype == .bool
        ? array : Layout.of(trial + k).applied(to: array)
    }
  }
}

/// How an array's elements may lie in memory.
package enum Layout: CaseIterable {
  case rows, columns, backwards, slice

  package static func of(_ number: Int) -> Layout { allCases[number % allCases.count] }

  /// An array of the same elements.
  package func applied(to array: NDArray) -> NDArray {
    switch self {
    case .rows: return array
    case .columns: return array.ndim < 2 ? array : array.T.contiguous().T
    case .backwards:
      guard array.ndim > 0 else { return array }
      let turned = array[.slice(step: -1)].contiguous()
      return turned[.slice(step: -1)]
    case .slice:
      guard array.ndim > 0 else { return array }
      let padded = NDArray.concatenated([array, array], axis: array.ndim - 1)
      return array.ndim == 1 ? padded[0..<array.shape[0]] : padded[.ellipsis, 0..<array.shape[array.ndim - 1]]
    }
  }
}
