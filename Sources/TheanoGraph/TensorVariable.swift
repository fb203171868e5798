import Synchronization
import TheanoArrays
import TheanoKernels

/// A symbolic array: an input, a constant, a shared variable, or an expression over them.
///
/// Writing `a + b` computes nothing; it makes a new variable that remembers how it is computed. `function(...)` turns
/// such expressions into native code, `grad(...)` into other expressions.
///
/// Building an expression neither throws nor traps. An impossible one (shapes, dtypes or ranks that cannot meet)
/// becomes a variable that carries its diagnosis, and everything built on it carries it on; `function(...)` and
/// `validate()` throw one ``TheanoError`` with all of them.
///
/// `==` compares identity: whether two variables are the same one. For elementwise comparison write `.==`.
public struct TensorVariable: Sendable {
  package var node: VariableNode

  package init(_ node: VariableNode) { self.node = node }

  /// What is known of the array: dtype, rank, and lengths as far as they are known.
  public var type: TensorType { node.type }
  /// The type of the elements.
  public var dtype: DType { node.type.dtype }
  /// The number of axes.
  public var ndim: Int { node.type.ndim }
  /// The name that was given, if any.
  public var name: String? { node.name }
}

/// What `==` compares by identity: variables. A protocol, so that a number beside a variable finds the operators that warn of
/// it, and is not taken for a variable itself.
public protocol ComparedByIdentity: Hashable {
  /// What is the same for no other variable.
  var identity: ObjectIdentifier { get }
}

extension ComparedByIdentity {
  /// Whether both are the same variable (not whether their values are equal: that is `.==`).
  public static func == (a: Self, b: Self) -> Bool { a.identity == b.identity }

  /// Hashes the variable's identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}

extension TensorVariable: ComparedByIdentity {
  /// What is the same for no other variable.
  public var identity: ObjectIdentifier { ObjectIdentifier(node) }
}

/// What a ``TensorVariable`` refers to.
///
/// Unchecked `Sendable`: every field is constant, but for `owner`, which is written only while the node is released,
/// when no other reference to it exists.
package final class VariableNode: @unchecked Sendable {
  package enum Kind: Sendable {
    case input
    case constant(NDArray)
    case shared(SharedState)
    case result(Int)
    /// A stand-in for any operand in a rewrite rule.
    case placeholder(Int)
  }

  package let type: TensorType
  package let kind: Kind
  package let name: String?
  package let note: SourceNote
  package let isPoisoned: Bool
  /// Creation order: errors are listed by it.
  package let serial: UInt64
  package fileprivate(set) var owner: ApplyNode?

  package init(
    _ type: TensorType, _ kind: Kind, name: String? = nil, note: SourceNote = .none, owner: ApplyNode? = nil
  ) {
    self.type = type
    self.kind = kind
    self.name = name.flatMap { $0.isEmpty ? nil : printable($0) }
    self.note = note
    self.owner = owner
    isPoisoned = owner?.isPoisoned ?? false
    serial = VariableNode.count.add(1, ordering: .relaxed).newValue
  }

  private static let count = Atomic<UInt64>(0)
}

/// One application of an operation to operands.
///
/// Unchecked `Sendable`: every field is constant, but for `inputs`, which is emptied only while the node is released,
/// when no other reference to it exists.
package final class ApplyNode: @unchecked Sendable {
  package let op: any Operation
  package private(set) var inputs: [TensorVariable]
  package let note: SourceNote
  /// What is wrong with this very application.
  package let fault: Fault?
  /// Whether this or anything below is impossible.
  package let isPoisoned: Bool
  /// Creation order: effects happen by it.
  package let serial: UInt64

  package init(_ op: any Operation, _ inputs: [TensorVariable], note: SourceNote, fault: Fault?) {
    self.op = op
    self.inputs = inputs
    self.note = note
    self.fault = fault
    isPoisoned = fault != nil || inputs.contains { $0.node.isPoisoned }
    serial = ApplyNode.count.add(1, ordering: .relaxed).newValue
  }

  private static let count = Atomic<UInt64>(0)

  /// Releases the nodes that only this one holds in a loop: in a chain of a hundred thousand nodes, each releasing the next would
  /// overflow the thread's stack.
  deinit {
    var pending = inputs
    inputs = []
    while var variable = pending.popLast() {
      guard isKnownUniquelyReferenced(&variable.node), var owner = variable.node.owner else { continue }
      variable.node.owner = nil
      if isKnownUniquelyReferenced(&owner) {
        pending.append(contentsOf: owner.inputs)
        owner.inputs = []
      }
    }
  }
}

extension TensorVariable {
  /// A leaf that a function takes as an argument.
  package static func input(_ type: TensorType, name: String?, note: SourceNote) -> TensorVariable {
    TensorVariable(VariableNode(type, .input, name: name, note: note))
  }

  package static func constant(_ value: NDArray, name: String? = nil, note: SourceNote = .none)
    -> TensorVariable
  {
    TensorVariable(
      VariableNode(TensorType(value.dtype, shape: value.shape), .constant(value), name: name, note: note))
  }

  /// The value, if the variable is a constant.
  package var constantValue: NDArray? { if case .constant(let value) = node.kind { value } else { nil } }
  package var sharedState: SharedState? { if case .shared(let state) = node.kind { state } else { nil } }
}

/// Every expression is built by this function: it applies an operation, infers the types of its results, and keeps what is
/// wrong, if anything is, for `function(...)` to report.
package func makeNode(
  _ op: any Operation, _ inputs: [TensorVariable], note: SourceNote, name: String? = nil
) -> [TensorVariable] {
  var fault: Fault?
  let nothing = [TensorType](repeating: TensorType(.float64, ndim: 0), count: op.outputCount)
  var types = nothing
  if !inputs.contains(where: { $0.node.isPoisoned }) {
    var rules = ShapeRules()
    do throws(Fault) {
      for (k, input) in inputs.enumerated() { try input.type.requireComputable(operand: k) }
      types = try op.infer(inputs.map(Operand.init), &rules)
      for type in types { try type.requireComputable() }
    } catch {
      (fault, types) = (error, nothing)
    }
  }
  let apply = ApplyNode(op, inputs, note: note, fault: fault)
  return types.enumerated().map { index, type in
    TensorVariable(VariableNode(type, .result(index), name: name, note: note, owner: apply))
  }
}

extension TensorVariable {
  /// The first result of an operation applied to operands.
  package init(_ op: any Operation, _ inputs: [TensorVariable], note: SourceNote) {
    self = makeNode(op, inputs, note: note)[0]
  }

  /// A variable that stands for something impossible.
  package static func impossible(
    _ operation: String, _ fault: Fault, operands: [TensorVariable] = [], written: [String]? = nil,
    note: SourceNote
  ) -> TensorVariable {
    let apply = ApplyNode(
      Impossible(name: operation, written: written), operands, note: note, fault: fault)
    return TensorVariable(VariableNode(TensorType(.float64, ndim: 0), .result(0), note: note, owner: apply))
  }

  /// A variable that carries what is wrong with its operands, and adds nothing: where one of them is impossible,
  /// nothing can be said of an operation on it.
  package static func carrying(
    _ operation: String, _ operands: [TensorVariable], note: SourceNote
  ) -> TensorVariable {
    let apply = ApplyNode(Impossible(name: operation), operands, note: note, fault: nil)
    return TensorVariable(VariableNode(TensorType(.float64, ndim: 0), .result(0), note: note, owner: apply))
  }
}
