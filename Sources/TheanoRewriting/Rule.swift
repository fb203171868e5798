import TheanoArrays
import TheanoGraph

/// Two expressions over placeholders, of which the second may stand where the first does.
///
/// Rules are written in the library's own notation, over scalars of `float64` unless it is said otherwise; they hold for
/// operands of any rank and dtype that the guard admits, broadcasting included, since elementwise functions do.
package struct Rule: Sendable {
  /// What a placeholder stands for, and where tests draw it from.
  package struct Operand: Sendable {
    /// The dtype that the rule is written in.
    package var dtype: DType
    /// Whether it must be a number that is known while compiling.
    package var isConstant: Bool
    /// The numbers that tests draw.
    package var domain: ClosedRange<Double>

    /// Whether it stands for operands of every dtype that the rule holds at; a boolean stands for booleans only.
    var isGeneric: Bool { dtype != .bool }

    package init(dtype: DType = .float64, isConstant: Bool = false, domain: ClosedRange<Double> = -3...3) {
      self.dtype = dtype
      self.isConstant = isConstant
      self.domain = domain
    }

    package static let any = Operand()
    package static let bool = Operand(dtype: .bool, domain: 0...1)
    package static let constant = Operand(isConstant: true)
    package static func within(_ domain: ClosedRange<Double>) -> Operand { Operand(domain: domain) }
    package static func constant(_ domain: ClosedRange<Double>) -> Operand {
      Operand(isConstant: true, domain: domain)
    }
  }

  /// The dtypes at which a rule holds: those of the operands that it is written for.
  package struct Dtypes: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let bool = Dtypes(rawValue: 1)
    package static let unsigned = Dtypes(rawValue: 2)
    package static let signed = Dtypes(rawValue: 4)
    package static let floats = Dtypes(rawValue: 8)
    package static let numbers: Dtypes = [.unsigned, .signed, .floats]
    package static let integers: Dtypes = [.unsigned, .signed]
    package static let all: Dtypes = [.bool, .unsigned, .signed, .floats]

    package func admits(_ dtype: DType) -> Bool {
      switch dtype.kind {
      case .bool: isSuperset(of: .bool)
      case .unsigned: isSuperset(of: .unsigned)
      case .signed: isSuperset(of: .signed)
      case .floating: isSuperset(of: .floats)
      case .complex: false
      }
    }
  }

  package typealias Guard = @Sendable (_ graph: borrowing Graph, _ operands: Bindings) -> Bool

  package let operands: [Operand]
  package let dtypes: Dtypes
  package let condition: Guard?
  package let placeholders: [TensorVariable]
  package let before: TensorVariable
  package let after: TensorVariable
  package let pattern: Pattern
  package let replacement: Pattern
  private let patternOp: any Operation
  private let patternOperands: [Pattern]
  private let heads: [Pattern.Head]

  init(
    _ operands: [Operand], _ dtypes: Dtypes, _ condition: Guard?,
    _ write: ([TensorVariable]) -> (TensorVariable, TensorVariable)
  ) {
    self.operands = operands
    self.dtypes = dtypes
    self.condition = condition
    let names = ["x", "y", "z"]
    let placeholders = operands.enumerated().map { k, operand in
      TensorVariable(VariableNode(TensorType(operand.dtype, ndim: 0), .placeholder(k), name: names[k]))
    }
    self.placeholders = placeholders
    // Nobody asks for a rule's line, and a hundred rule sets' worth of operators would each look for theirs.
    (before, after) = SourceNote.with(.none) { write(placeholders) }
    pattern = Pattern(before)
    replacement = Pattern(after)
    guard case .apply(let op, let operands) = pattern else {
      preconditionFailure("the first expression of a rule must apply an operation")
    }
    patternOp = op
    patternOperands = operands
    heads = operands.map(Pattern.Head.init)
  }

  var root: Rewrite.Root { .operation(patternOp) }

  /// The replacement, built where the pattern fits.
  func apply(_ graph: inout Graph, _ node: Graph.NodeID) throws(Fault) -> [Graph.ValueID]? {
    guard let bindings = match(graph, node) else { return nil }
    let root = graph.nodes[node].firstOutput
    // Numbers that the rule writes take the dtype of the operands that were found.
    var own = graph.values[root].type.dtype
    if let k = operands.indices.first(where: { operands[$0].isGeneric && bindings[$0] >= 0 }) {
      own = graph.values[bindings[k]].type.dtype
    }
    if case .literal(let number) = replacement {
      return try Rule.literal(number, graph.values[root].type.dtype, &graph).map { [$0] }
    }
    return try build(replacement, bindings, own, &graph).map { [$0] }
  }

  private func match(_ graph: borrowing Graph, _ node: Graph.NodeID) -> Bindings? {
    guard Pattern.Head.mayFit(heads, patternOp.isCommutative, node, in: graph) else { return nil }
    let ways = Pattern.matches(patternOp, patternOperands, node, in: graph, Bindings())
    for bindings in ways where admits(graph, bindings) { return bindings }
    return nil
  }

  private func admits(_ graph: borrowing Graph, _ bindings: Bindings) -> Bool {
    var common: DType?
    for (k, operand) in operands.enumerated() {
      let id = bindings[k]
      guard id >= 0 else { continue }
      let dtype = graph.values[id].type.dtype
      if operand.isGeneric {
        guard dtypes.admits(dtype), common == nil || common == dtype else { return false }
        common = dtype
      } else if dtype != operand.dtype {
        return false
      }
      if operand.isConstant, graph.uniform(id) == nil { return false }
    }
    return condition.map { $0(graph, bindings) } ?? true
  }

  /// One side of the rule over given operands; `nil` if a number that it mentions does not exist in their dtype.
  package func build(
    _ pattern: Pattern, _ bindings: Bindings, _ own: DType, _ graph: inout Graph
  ) throws(Fault) -> Graph.ValueID? {
    switch pattern {
    case .placeholder(let k): return bindings[k]
    case .literal(let number): return try Rule.literal(number, number.dtype == .bool ? .bool : own, &graph)
    case .apply(let op, let operands):
      var inputs: [Graph.ValueID] = []
      for operand in operands {
        guard let input = try build(operand, bindings, own, &graph) else { return nil }
        inputs.append(input)
      }
      return try graph.add(op, inputs)[0]
    }
  }

  /// A number of the rule in the dtype in which it is needed; `nil` if that dtype does not have it.
  private static func literal(
    _ number: NDArray, _ dtype: DType, _ graph: inout Graph
  ) throws(Fault) -> Graph.ValueID? {
    let converted = number.strong().astype(dtype)
    guard dtype.isFloating || converted.isEqualNumber(number) else { return nil }
    return graph.addConstant(converted)
  }
}

/// A rule over one operand: `rule("log of exp", .canonical) { x in (T.log(T.exp(x)), x) }`.
///
/// - Parameters:
///   - name: What it is called in logs, and switched off by.
///   - phase: When it is used.
///   - flags: What it assumes.
///   - over: The dtypes of operands at which it holds.
///   - operand: What the placeholder stands for.
///   - condition: Whether it may be used in a place, beyond what the pattern says.
///   - write: The expression that is looked for, and the one that takes its place.
package func rule(
  _ name: String, _ phase: Rewrite.Phase, _ flags: Rewrite.Flags = [], over: Rule.Dtypes = .numbers,
  _ operand: Rule.Operand = .any, if condition: Rule.Guard? = nil,
  _ write: (TensorVariable) -> (TensorVariable, TensorVariable)
) -> Rewrite {
  Rewrite(name, phase, flags, Rule([operand], over, condition) { write($0[0]) })
}

/// A rule over two operands.
package func rule(
  _ name: String, _ phase: Rewrite.Phase, _ flags: Rewrite.Flags = [], over: Rule.Dtypes = .numbers,
  _ first: Rule.Operand = .any, _ second: Rule.Operand = .any, if condition: Rule.Guard? = nil,
  _ write: (TensorVariable, TensorVariable) -> (TensorVariable, TensorVariable)
) -> Rewrite {
  Rewrite(name, phase, flags, Rule([first, second], over, condition) { write($0[0], $0[1]) })
}

/// A rule over three operands.
package func rule(
  _ name: String, _ phase: Rewrite.Phase, _ flags: Rewrite.Flags = [], over: Rule.Dtypes = .numbers,
  _ first: Rule.Operand = .any, _ second: Rule.Operand = .any, _ third: Rule.Operand = .any,
  if condition: Rule.Guard? = nil,
  _ write: (TensorVariable, TensorVariable, TensorVariable) -> (TensorVariable, TensorVariable)
) -> Rewrite {
  Rewrite(name, phase, flags, Rule([first, second, third], over, condition) { write($0[0], $0[1], $0[2]) })
}
