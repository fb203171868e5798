import TheanoArrays
import TheanoGraph
import TheanoKernels

/// How operands of different dtypes meet: arrays by NumPy's table, Swift's literals and scalars weakly.
package enum Promotion {
  /// The operands with casts where an elementwise function of the given typing needs them.
  package static func operands(
    _ operands: [TensorVariable], for typing: ElementwiseDefinition.Typing, _ note: SourceNote
  ) -> [TensorVariable] {
    switch typing {
    case .conversion: return operands
    case .selection: return [operands[0]] + together(Array(operands.dropFirst()), floating: false, note)
    case .floating, .floatTest: return together(operands, floating: true, note)
    case .numeric, .comparison, .logical: return together(operands, floating: false, note)
    case .integral:
      let promoted = together(operands, floating: false, note)
      return promoted[0].dtype == .bool ? promoted.map { convert($0, to: .int8, note) } : promoted
    }
  }

  /// What arithmetic on numbers written in Swift gives: another such number, which takes the dtype of what it meets in its turn. So
  /// `x * (2 * r)` has one dtype, whether Swift computes `2 * r` or this library does.
  static func arithmetic(
    _ definition: ElementwiseDefinition, _ operands: [TensorVariable], _ note: SourceNote
  ) -> TensorVariable? {
    switch definition.typing {
    case .numeric, .integral, .floating: break
    case .comparison, .floatTest, .logical, .selection, .conversion: return nil
    }
    var numbers: [NDArray] = []
    for operand in operands {
      guard operand.ndim == 0, operand.isWeak, let value = operand.constantValue, value.dtype.kind != .complex
      else { return nil }
      numbers.append(value)
    }
    guard var dtype = numbers.first?.dtype else { return nil }
    for number in numbers.dropFirst() { dtype = DType.promoted(dtype, number.dtype) }
    // Booleans are no numbers to compute with: the application says what is allowed.
    if dtype == .bool { return nil }
    // Swift's own `Float` is a number like `Double`: nothing is rounded before the number meets an array.
    if case .floating = definition.typing { dtype = .float64 }
    if dtype.isFloating { dtype = .float64 }
    func value(_ dtype: DType) -> NDArray? {
      try? HostLoops.elementwise(definition, numbers.map { $0.astype(dtype) }, result: dtype)
    }
    guard let result = value(dtype) else { return nil }
    if dtype.isInteger, let size: Double = try? value(.float64)?.item(), size.magnitude >= 0x1p63 {
      let fault = Fault(
        .dtype, "\(definition.name) of these numbers is more than \(dtype) holds",
        hint: "write them with a decimal point: 2.0 ** 100.0")
      return .impossible(definition.name, fault, operands: operands, note: note)
    }
    return .constant(result.settingWeak(true), note: note)
  }

  /// A comparison of integers of which no dtype has all values, such as `int64` and `uint64`, or of integers with a number that
  /// their dtype does not have: exact, as in NumPy, and not by way of `float64`.
  static func exactComparison(
    _ definition: ElementwiseDefinition, _ operands: [TensorVariable], _ note: SourceNote
  ) -> TensorVariable? {
    guard case .comparison = definition.typing, operands.count == 2,
      operands.allSatisfy({ !$0.node.isPoisoned && $0.dtype.isInteger })
    else { return nil }
    var (a, b) = (operands[0], operands[1])
    if a.isWeak != b.isWeak {
      let (number, array) = a.isWeak ? (a, b) : (b, a)
      guard let value = number.constantValue, !value.isRepresentable(in: array.dtype) else { return nil }
      // A dtype of its own for the number, in which the array's elements are exact, or the sign decides.
      let wider: DType =
        value.dtype.kind == .unsigned && !value.isRepresentable(in: .int64) ? .uint64 : .int64
      let strong = TensorVariable.constant(value.astype(wider).strong(), note: note)
      (a, b) = a.isWeak ? (strong, b) : (a, strong)
      if DType.promoted(a.dtype, b.dtype).isInteger { return definition.apply([a, b], note) }
    }
    guard !a.isWeak, !b.isWeak, DType.promoted(a.dtype, b.dtype).isFloating else { return nil }
    let signedFirst = a.dtype.kind == .signed
    return SourceNote.with(note) {
      let signed = signedFirst ? a : b
      let below = T.lt(signed, 0)
      // Where the signed operand is negative it is the smaller one; elsewhere both are compared as they are.
      let met = definition.apply(
        signedFirst ? [T.cast(a, .uint64), b] : [a, T.cast(b, .uint64)], note)
      let ifBelow: Bool =
        switch definition.name {
        case "lt", "le": signedFirst
        case "gt", "ge": !signedFirst
        default: definition.name == "neq"
        }
      return ifBelow ? T.or(below, met) : T.and(T.not(below), met)
    }
  }

  /// Casts the operands to the dtype that they promote to.
  package static func together(
    _ operands: [TensorVariable], floating: Bool, _ note: SourceNote
  ) -> [TensorVariable] {
    guard !operands.isEmpty, !operands.contains(where: { $0.node.isPoisoned }) else { return operands }
    var dtype = common(operands)
    if floating { dtype = dtype.arithmeticFloat }
    return operands.map { convert($0, to: dtype, note) }
  }

  /// The dtype that variables promote to; numbers written in Swift only decide the kind.
  package static func common(_ operands: [TensorVariable]) -> DType {
    let strong = operands.filter { !$0.isWeak }.map(\.dtype)
    guard var dtype = strong.first else {
      return operands.dropFirst().reduce(operands[0].dtype) { DType.promoted($0, $1.dtype) }
    }
    for other in strong.dropFirst() { dtype = DType.promoted(dtype, other) }
    for weak in operands where weak.isWeak && weak.dtype.kind > dtype.kind {
      switch weak.dtype.kind {
      case .floating where dtype.isDiscrete: dtype = .float64
      case .signed where dtype == .bool: dtype = .int64
      case .complex: dtype = dtype == .float32 ? .complex64 : .complex128
      default: break
      }
    }
    return dtype
  }

  /// A variable in another dtype: constants are converted now, everything else by a cast.
  package static func convert(_ x: TensorVariable, to dtype: DType, _ note: SourceNote) -> TensorVariable {
    if x.dtype == dtype && !x.isWeak { return x }
    if x.isWeak, let value = x.constantValue {
      if dtype.isInteger, value.dtype.isInteger, !value.isRepresentable(in: dtype) {
        return .impossible(
          "cast",
          Fault(
            .dtype, "the number \(value) is not representable in \(dtype)",
            hint: "cast the other operand to a wider dtype, or use T.constant with a dtype", operand: 0),
          operands: [x], note: note)
      }
      return .constant(converting: value, name: x.name, note: note) { (value) throws(TheanoError) in
        try value.checked.astype(dtype).strong()
      }
    }
    if let value = x.constantValue, value.size == 1 {
      return .constant(value.astype(dtype), name: x.name, note: note)
    }
    return TensorVariable(Elementwise(Casts.to(dtype)), [x], note: note)
  }

  /// An application's operands as they were written: without the casts that promotion put around them, which bear the note of
  /// the application itself.
  package static func written(_ application: ApplyNode) -> [TensorVariable] {
    if let own = application.op as? Elementwise, case .conversion = own.definition.typing {
      return application.inputs
    }
    return application.inputs.map { input in
      guard let owner = input.node.owner, owner.note == application.note,
        let cast = owner.op as? Elementwise, case .conversion = cast.definition.typing
      else { return input }
      return owner.inputs[0]
    }
  }

  /// A position or a length as `int64`. What only `uint64` holds becomes the largest there is, not a negative one: it is
  /// out of range just the same, and a slice that ends there ends at the end.
  package static func position(_ x: TensorVariable, _ note: SourceNote) -> TensorVariable {
    guard x.dtype == .uint64 else { return convert(x, to: .int64, note) }
    if let value = x.constantValue {
      do throws(Fault) {
        let values = try HostLoops.unsigneds(value)
        let clamped = try HostLoops.make(value.shape, .int64) { Int64(clamping: values[$0]) }
        return .constant(clamped, name: x.name, note: note)
      } catch {
        return .impossible("cast", error, operands: [x], note: note)
      }
    }
    let clamped = SourceNote.with(note) { T.minimum(x, T.constant(UInt64(Int64.max), dtype: .uint64)) }
    return convert(clamped, to: .int64, note)
  }
}

extension TensorVariable {
  /// Whether it is a number written in Swift, whose dtype gives way to that of what it meets.
  package var isWeak: Bool { constantValue?.isWeak ?? false }
}

/// What can stand where an expression is wanted: variables, arrays, numbers, nested lists of numbers.
public protocol TensorConvertible: Sendable {
  /// The variable that stands for it.
  var tensorVariable: TensorVariable { get }
}

extension TensorVariable: TensorConvertible {
  /// Itself.
  public var tensorVariable: TensorVariable { self }
}

extension NDArray: TensorConvertible {
  /// A constant with this value.
  public var tensorVariable: TensorVariable { .constant(self) }
}

extension TensorConvertible where Self: NDArrayConvertible {
  /// A constant with this value; ragged lists become a variable that carries the diagnosis.
  public var tensorVariable: TensorVariable {
    TensorVariable.constant(converting: self, note: SourceNote.operatorSite())
  }
}

extension TensorVariable {
  /// A constant with the value of numbers or nested lists; what carries the diagnosis if the lists are ragged, or if there is no
  /// memory for them.
  package static func constant(
    converting value: any NDArrayConvertible, name: String? = nil, note: SourceNote,
    _ adapt: (NDArray) throws(TheanoError) -> NDArray = { $0 }
  ) -> TensorVariable {
    do throws(TheanoError) {
      return .constant(try adapt(try value.asNDArray()), name: name, note: note)
    } catch {
      return .impossible("constant", Fault(error), note: note)
    }
  }
}

extension Bool: TensorConvertible {}
extension Int: TensorConvertible {}
extension Int8: TensorConvertible {}
extension Int16: TensorConvertible {}
extension Int32: TensorConvertible {}
extension Int64: TensorConvertible {}
extension UInt: TensorConvertible {}
extension UInt8: TensorConvertible {}
extension UInt16: TensorConvertible {}
extension UInt32: TensorConvertible {}
extension UInt64: TensorConvertible {}
extension Float: TensorConvertible {}
extension Double: TensorConvertible {}
extension Array: TensorConvertible where Element: NDArrayConvertible {}

extension TensorVariable: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
  /// A weak integer: its dtype gives way to that of what it meets.
  public init(integerLiteral value: Int) { self = .constant(value.ndarray) }
  /// A weak float: its dtype gives way to that of what it meets.
  public init(floatLiteral value: Double) { self = .constant(value.ndarray) }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .constant(value.ndarray) }
}
