import TheanoKernels

/// Sizes as expressions of generated code. Functions of sizes are variables, each computed once.
struct SizeText {
  /// The variable of each function of sizes.
  private var names: [SizeFunction: String] = [:]

  /// Gives functions names, in the order in which they are to be computed.
  mutating func name(_ functions: [SizeFunction]) {
    for function in functions where names[function] == nil { names[function] = "f\(names.count)" }
  }

  func name(_ function: SizeFunction) -> String { names[function] ?? "0" }

  func callAsFunction(_ symbol: Size.Symbol) -> String {
    if case .function(let node) = symbol { name(node) } else { symbol.key }
  }

  func callAsFunction(_ size: Size) -> String {
    if let n = size.constant { return "\(n)" }
    return size.terms.map { term in
      let product = term.symbols.map { self($0) }.joined(separator: " * ")
      if term.symbols.isEmpty { return "\(term.coefficient)" }
      return term.coefficient == 1 ? product : "\(term.coefficient) * \(product)"
    }.joined(separator: " + ")
  }

  /// What a function of sizes is, given the variables of those inside it.
  func definition(_ node: SizeFunction, _ code: inout CodeWriter) -> String {
    let operands = node.operands.map { self($0) }.joined(separator: ", ")
    let service: String
    switch node.function {
    case .floorDivide: service = "th_size_floorDivide"
    case .modulo: service = "th_size_modulo"
    case .minimum: service = "th_size_minimum"
    case .maximum: service = "th_size_maximum"
    case .sliceBound: service = "th_size_sliceBound"
    case .sliceBoundBackwards: service = "th_size_sliceBoundBackwards"
    case .named: return operands
    }
    return "\(code.service(service))(\(operands))"
  }

  /// The value as a `double`, which does not wrap.
  func estimate(_ size: Size) -> String {
    size.terms.map { term in
      (["\(term.coefficient).0"] + term.symbols.map { "(double)(\(self($0)))" }).joined(separator: " * ")
    }.joined(separator: " + ")
  }
}

extension Size {
  /// Whether it may be too large for an integer: the length of an axis is that of an array in memory, but products of two
  /// and numbers that come as arguments may be anything.
  var mayWrap: Bool {
    terms.contains { term in
      term.symbols.count > 1 || abs(term.coefficient) > 1 << 16
        || term.symbols.contains { symbol in if case .axis = symbol { false } else { true } }
    }
  }
}
