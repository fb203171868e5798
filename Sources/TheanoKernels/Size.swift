/// A length that may be known only at the call: a polynomial with integer coefficients over symbols.
///
/// Two sizes that are equal as polynomials are the same value, so that `(n + 1) * m - m` and `n * m` compare equal;
/// this is what lets loops collapse, buffers share memory and run-time checks disappear.
package struct Size: Hashable, Sendable {
  /// What a size is made of where it is not a number.
  package enum Symbol: Hashable, Sendable {
    /// The length of an axis of a graph's leaf (an input or a shared variable), by the leaf's number.
    case axis(leaf: Int, axis: Int)
    /// The value of an integer scalar that the graph computes, by the value's number.
    case value(Int)
    /// A length that a kernel finds while running, such as how many elements are not zero.
    case found(value: Int, slot: Int)
    /// A function of sizes that is no polynomial.
    case function(SizeFunction)
  }

  package enum Function: UInt8, Sendable {
    case floorDivide, modulo, minimum, maximum
    /// Where a bound of a slice lies in an axis: negative ones count from the end, those outside are moved in. Of a
    /// slice that runs backwards, one before the first.
    case sliceBound, sliceBoundBackwards
    /// A polynomial of many terms under a name, so that what is made of it is short.
    case named

    var fingerprint: UInt64 { UInt64(rawValue) &* 0x9E37_79B9_7F4A_7C15 | 1 }
  }

  /// A product of symbols (sorted) with its coefficient. The terms are sorted and have no zero coefficient.
  package struct Term: Hashable, Sendable {
    package var symbols: [Symbol]
    package var coefficient: Int
  }

  package private(set) var terms: [Term]

  /// A polynomial of more terms gets a name.
  private static let mostTerms = 32

  package init(_ constant: Int) { terms = constant == 0 ? [] : [Term(symbols: [], coefficient: constant)] }
  package init(_ symbol: Symbol) { terms = [Term(symbols: [symbol], coefficient: 1)] }
  private init(_ function: Function, _ operands: Size...) {
    self.init(.function(SizeFunction.node(function, operands)))
  }

  private init(collecting pieces: [Term]) {
    if pieces.count == 1 {
      terms = pieces[0].coefficient == 0 ? [] : pieces
      return
    }
    var sums: [[Symbol]: Int] = [:]
    for piece in pieces { sums[piece.symbols, default: 0] &+= piece.coefficient }
    terms = sums.compactMap { $0.value == 0 ? nil : Term(symbols: $0.key, coefficient: $0.value) }
    terms.sort { Size.precedes($0.symbols, $1.symbols) }
    if terms.count > Size.mostTerms { self = Size(.named, self) }
  }

  /// The number, if it is one.
  package var constant: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 && terms[0].symbols.isEmpty ? terms[0].coefficient : nil
  }

  /// The symbols that the size mentions directly, not those inside functions.
  package var symbols: [Symbol] { terms.flatMap(\.symbols) }

  /// The symbol that it is, if it is just one.
  package var symbol: Symbol? {
    terms.count == 1 && terms[0].coefficient == 1 && terms[0].symbols.count == 1 ? terms[0].symbols[0] : nil
  }

  /// The symbols that are no functions, here or inside functions.
  package var bases: [Symbol] {
    var found: [Symbol] = []
    for term in terms {
      for symbol in term.symbols {
        if case .function(let node) = symbol {
          for base in node.bases where !found.contains(base) { found.append(base) }
        } else if !found.contains(symbol) {
          found.append(symbol)
        }
      }
    }
    return found
  }

  /// The functions that the size mentions, here or inside of others, each once and after those inside it.
  package var functions: [SizeFunction] { Size.functions(of: [self]) }

  /// The functions that sizes mention, each once and after those inside it.
  ///
  /// - Parameter isKnown: Whether a function, and thus all inside it, need not be looked at.
  package static func functions(
    of sizes: some Sequence<Size>, besides isKnown: (SizeFunction) -> Bool = { _ in false }
  ) -> [SizeFunction] {
    var seen: Set<SizeFunction> = []
    var order: [SizeFunction] = []
    var pending: [SizeFunction] = []
    func push(_ size: Size) {
      for case .function(let node) in size.symbols where !seen.contains(node) && !isKnown(node) {
        pending.append(node)
      }
    }
    for size in sizes {
      push(size)
      while let node = pending.last {
        if seen.contains(node) {
          pending.removeLast()
          continue
        }
        let before = pending.count
        for operand in node.operands { push(operand) }
        if pending.count == before {
          seen.insert(node)
          order.append(node)
          pending.removeLast()
        }
      }
    }
    return order
  }

  /// A total order on products, so that equal sizes have one form.
  private static func precedes(_ a: [Symbol], _ b: [Symbol]) -> Bool {
    if a.count != b.count { return a.count > b.count }
    for (x, y) in zip(a, b) where x != y { return x.precedes(y) }
    return false
  }

  static func mixed(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let x = (a ^ b) &* 0xFF51_AFD7_ED55_8CCD
    return (x ^ x >> 32) &+ a.rotatedLeft(by: 13)
  }

  var fingerprint: UInt64 {
    terms.reduce(0x2545_F491_4F6C_DD1D) { sum, term in
      term.symbols.reduce(Size.mixed(sum, UInt64(bitPattern: Int64(term.coefficient)))) {
        let (kind, first, second) = $1.order
        return Size.mixed(Size.mixed($0, UInt64(kind)), Size.mixed(first, second))
      }
    }
  }
}

extension UInt64 {
  fileprivate func rotatedLeft(by n: UInt64) -> UInt64 { self << n | self >> (64 - n) }
}

extension Size.Symbol {
  /// What symbols are ordered by; the same in every process.
  fileprivate var order: (kind: UInt8, UInt64, UInt64) {
    switch self {
    // Leaves that are not given have negative numbers.
    case .axis(let leaf, let axis): (0, UInt64(bitPattern: Int64(leaf)), UInt64(axis))
    case .value(let value): (1, UInt64(value), 0)
    case .found(let value, let slot): (2, UInt64(value), UInt64(slot))
    case .function(let node): (3, UInt64(node.depth), node.fingerprint)
    }
  }

  fileprivate func precedes(_ other: Size.Symbol) -> Bool { order < other.order }

  /// What names the symbol in generated code, if it is no function.
  package var key: String {
    switch self {
    case .axis(let leaf, let axis): "n\(leaf)_\(axis)"
    case .value(let value): "v\(value)"
    case .found(let value, let slot): "found\(value)_\(slot)"
    case .function(let node): node.description
    }
  }
}

extension SizeFunction: CustomStringConvertible {
  /// For listings: cut short where it is deep, since its text could be exponentially longer than it is.
  package var description: String { text(4) }

  fileprivate func text(_ levels: Int) -> String {
    if levels == 0 { return "..." }
    let operands = operands.map { $0.text(levels - 1) }
    return function == .named ? "(\(operands[0]))" : "\(function)(\(operands.joined(separator: ", ")))"
  }
}

extension Size: CustomStringConvertible {
  package var description: String { text(4) }

  fileprivate func text(_ levels: Int) -> String {
    if terms.isEmpty { return "0" }
    return terms.map { term in
      let symbols = term.symbols.map { symbol in
        if case .function(let node) = symbol { node.text(levels) } else { symbol.key }
      }.joined(separator: "*")
      return term.symbols.isEmpty
        ? "\(term.coefficient)" : term.coefficient == 1 ? symbols : "\(term.coefficient)*\(symbols)"
    }.joined(separator: " + ")
  }
}

extension Size: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self.init(value) }
}

extension Size {
  package static func + (a: Size, b: Size) -> Size {
    if let x = a.constant, let y = b.constant { return Size(x &+ y) }
    return Size(collecting: a.terms + b.terms)
  }

  package static func - (a: Size, b: Size) -> Size {
    let difference = a + Size(-1) * b
    // A sum that got a name, less a part of that sum.
    if difference.terms.count > 1, let unfolded = a.unfolded {
      let other = unfolded + Size(-1) * b
      if other.terms.count < difference.terms.count { return other }
    }
    return difference
  }

  /// The sum behind a name, with what was added to it since.
  private var unfolded: Size? {
    for term in terms where term.coefficient == 1 && term.symbols.count == 1 {
      guard case .function(let node) = term.symbols[0], node.function == .named else { continue }
      var sum = node.operands[0].terms
      sum += terms.filter { $0 != term }
      var whole = Size(0)
      whole.terms = sum
      return whole
    }
    return nil
  }

  package static func * (a: Size, b: Size) -> Size {
    if let x = a.constant, let y = b.constant { return Size(x &* y) }
    if a.constant == 1 { return b }
    if b.constant == 1 { return a }
    if a.terms.count > 1, b.terms.count > 1, a.terms.count * b.terms.count > mostTerms {
      return (a.terms.count > 2 ? Size(.named, a) : a) * (b.terms.count > 2 ? Size(.named, b) : b)
    }
    var pieces: [Term] = []
    for s in a.terms {
      for t in b.terms {
        let symbols = (s.symbols + t.symbols).sorted { $0.precedes($1) }
        pieces.append(Term(symbols: symbols, coefficient: s.coefficient &* t.coefficient))
      }
    }
    return Size(collecting: pieces)
  }

  /// The product of lengths: the number of elements of a shape.
  package static func product(_ sizes: some Sequence<Size>) -> Size { sizes.reduce(1) { $0 * $1 } }

  /// `floor(a / b)`; division by zero is the caller's to exclude.
  package static func floorDivide(_ a: Size, _ b: Size) -> Size {
    if b.constant == 1 { return a }
    if let x = a.constant, let y = b.constant, y != 0 {
      // The one quotient that overflows wraps, as everything else here does.
      if y == -1 { return Size(0 &- x) }
      let q = x / y
      return Size((x % y != 0 && (x < 0) != (y < 0)) ? q - 1 : q)
    }
    if let exact = a.dividedExactly(by: b) { return exact }
    return Size(.floorDivide, a, b)
  }

  package static func minimum(_ a: Size, _ b: Size) -> Size { extremum(.minimum, a, b) { min($0, $1) } }
  package static func maximum(_ a: Size, _ b: Size) -> Size { extremum(.maximum, a, b) { max($0, $1) } }

  package static func modulo(_ a: Size, _ b: Size) -> Size {
    if let x = a.constant, let y = b.constant, y != 0 {
      if y == -1 { return 0 }
      let r = x % y
      return Size(r != 0 && (r < 0) != (y < 0) ? r + y : r)
    }
    return a.dividedExactly(by: b) != nil ? 0 : Size(.modulo, a, b)
  }

  package static func sliceBound(_ bound: Size, _ length: Size, backwards: Bool) -> Size {
    if let b = bound.constant {
      if !backwards { return b < 0 ? maximum(length + bound, 0) : minimum(bound, length) }
      return b < 0 ? maximum(length + bound, -1) : minimum(bound, length - 1)
    }
    // A sum of lengths is not negative, so it only has to be moved in at the end.
    if !backwards, bound.isSurelyNonNegative { return minimum(bound, length) }
    return Size(backwards ? .sliceBoundBackwards : .sliceBound, bound, length)
  }

  private static func extremum(_ f: Function, _ a: Size, _ b: Size, _ fold: (Int, Int) -> Int) -> Size {
    if a == b { return a }
    if let x = a.constant, let y = b.constant { return Size(fold(x, y)) }
    // max(max(n, 0) - k, 0) is max(n - k, 0) for k >= 0.
    if f == .maximum, let inner = (a.constant == 0 ? b : b.constant == 0 ? a : nil)?.withoutInnerMaximum {
      return maximum(inner, 0)
    }
    // max(n, 0) is n where n cannot be negative.
    if f == .maximum, a.constant == 0, b.isSurelyNonNegative { return b }
    if f == .maximum, b.constant == 0, a.isSurelyNonNegative { return a }
    if f == .minimum, a.constant == 0, b.isSurelyNonNegative { return 0 }
    if f == .minimum, b.constant == 0, a.isSurelyNonNegative { return 0 }
    // With a known difference the answer is known.
    let difference = a - b
    if let d = difference.constant { return (d <= 0) == (f == .minimum) ? a : b }
    if difference.isSurelyNonNegative { return f == .minimum ? b : a }
    if (b - a).isSurelyNonNegative { return f == .minimum ? a : b }
    return a.fingerprint < b.fingerprint ? Size(f, a, b) : Size(f, b, a)
  }

  /// `n - k` if the size is `max(n, 0) - k` for a k > 0.
  private var withoutInnerMaximum: Size? {
    guard terms.count == 2, terms[0].coefficient == 1, terms[0].symbols.count == 1, terms[1].symbols.isEmpty,
      terms[1].coefficient < 0, case .function(let node) = terms[0].symbols[0], node.function == .maximum,
      let zero = node.operands.firstIndex(where: { $0.constant == 0 })
    else { return nil }
    return node.operands[1 - zero] + Size(terms[1].coefficient)
  }

  /// The quotient if `b` is a single product that divides every term: enough for `(n * m) / m`.
  private func dividedExactly(by b: Size) -> Size? {
    if self == b { return 1 }
    guard b.terms.count == 1, let divisor = b.terms.first, !b.terms[0].symbols.isEmpty || b.constant != 0
    else {
      return nil
    }
    var pieces: [Term] = []
    for term in terms {
      let (quotient, overflow) = term.coefficient.dividedReportingOverflow(by: divisor.coefficient)
      guard !overflow, quotient &* divisor.coefficient == term.coefficient else { return nil }
      var symbols = term.symbols
      for symbol in divisor.symbols {
        guard let at = symbols.firstIndex(of: symbol) else { return nil }
        symbols.remove(at: at)
      }
      pieces.append(Term(symbols: symbols, coefficient: quotient))
    }
    return Size(collecting: pieces)
  }

  /// Whether it is a sum of lengths with no negative term: lengths of axes are never negative.
  package var isSurelyNonNegative: Bool {
    terms.allSatisfy { term in
      term.coefficient > 0
        && term.symbols.allSatisfy { symbol in
          switch symbol {
          case .axis, .found: true
          case .value: false
          case .function(let node): node.isSurelyNonNegative
          }
        }
    }
  }

  package static func apply(_ f: Function, _ operands: [Size]) -> Size {
    switch f {
    case .floorDivide: floorDivide(operands[0], operands[1])
    case .modulo: modulo(operands[0], operands[1])
    case .minimum: minimum(operands[0], operands[1])
    case .maximum: maximum(operands[0], operands[1])
    case .sliceBound: sliceBound(operands[0], operands[1], backwards: false)
    case .sliceBoundBackwards: sliceBound(operands[0], operands[1], backwards: true)
    case .named: operands[0].terms.count > mostTerms ? Size(.named, operands[0]) : operands[0]
    }
  }
}

/// Replaces symbols in sizes. It remembers what became of shared functions, so that many sizes cost what they are made of.
package struct SizeSubstitution {
  private let replace: (Size.Symbol) -> Size?
  private var bases: [Size.Symbol: Size?] = [:]
  private var functions: [SizeFunction: Size] = [:]

  /// - Parameter replace: What stands for a symbol that is no function; `nil` if it stays.
  package init(_ replace: @escaping (Size.Symbol) -> Size?) { self.replace = replace }

  private mutating func replacement(_ base: Size.Symbol) -> Size? {
    if let known = bases[base] { return known }
    let new = replace(base)
    bases[base] = .some(new)
    return new
  }

  package mutating func callAsFunction(_ size: Size) -> Size {
    var changes = false
    for base in size.bases where replacement(base) != nil { changes = true }
    if !changes { return size }
    for node in Size.functions(of: [size], besides: { functions[$0] != nil }) {
      let operands = node.operands.map { applied($0) }
      functions[node] =
        operands == node.operands ? Size(.function(node)) : Size.apply(node.function, operands)
    }
    return applied(size)
  }

  /// The size with symbols replaced whose functions have been dealt with.
  private mutating func applied(_ size: Size) -> Size {
    var sum = Size(0)
    for term in size.terms {
      var product = Size(term.coefficient)
      for symbol in term.symbols {
        if case .function(let node) = symbol {
          product = product * (functions[node] ?? Size(symbol))
        } else {
          product = product * (replacement(symbol) ?? Size(symbol))
        }
      }
      sum = sum + product
    }
    return sum
  }
}

extension Size {
  /// The size with symbols replaced that are no functions.
  package func substituting(_ replace: (Symbol) -> Size?) -> Size {
    withoutActuallyEscaping(replace) { replace in
      var substitution = SizeSubstitution(replace)
      return substitution(self)
    }
  }
}

/// The length of an axis as shape rules see it: a number, a size known at the call, or nothing yet.
///
/// While an expression is built only numbers are known; inside a graph every length is a `Size`. One shape rule
/// serves both.
package enum Dim: Hashable, Sendable {
  case known(Int)
  case symbolic(Size)
  case unknown

  package init(_ size: Size) {
    if let n = size.constant { self = .known(n) } else { self = .symbolic(size) }
  }

  package var constant: Int? { if case .known(let n) = self { n } else { nil } }

  package var size: Size? {
    switch self {
    case .known(let n): Size(n)
    case .symbolic(let s): s
    case .unknown: nil
    }
  }

  package static func combine(_ a: Dim, _ b: Dim, _ f: (Size, Size) -> Size) -> Dim {
    guard let x = a.size, let y = b.size else { return .unknown }
    return Dim(f(x, y))
  }

  package static func + (a: Dim, b: Dim) -> Dim { combine(a, b, +) }
  package static func - (a: Dim, b: Dim) -> Dim { combine(a, b, -) }
  package static func * (a: Dim, b: Dim) -> Dim {
    if a.constant == 0 || b.constant == 0 { return .known(0) }
    return combine(a, b, *)
  }
  package static func floorDivide(_ a: Dim, _ b: Dim) -> Dim { combine(a, b, Size.floorDivide) }
  package static func minimum(_ a: Dim, _ b: Dim) -> Dim { combine(a, b, Size.minimum) }
  package static func maximum(_ a: Dim, _ b: Dim) -> Dim { combine(a, b, Size.maximum) }
}

extension Dim: ExpressibleByIntegerLiteral, CustomStringConvertible {
  package init(integerLiteral value: Int) { self = .known(value) }
  package var description: String {
    switch self {
    case .known(let n): "\(n)"
    case .symbolic(let s): s.description
    case .unknown: "?"
    }
  }
}

/// What sizes are as numbers. It remembers functions whose value is known, so that many sizes cost what they are made of.
package struct SizeValues {
  private var known: [SizeFunction: Int] = [:]

  package init() {}

  /// The number that a size is, given what its symbols are; `nil` if one of them is not known (yet).
  ///
  /// - Parameter symbol: The value of a symbol that is no function. What is known must stay the same.
  package mutating func callAsFunction(_ size: Size, _ symbol: (Size.Symbol) -> Int?) -> Int? {
    for node in Size.functions(of: [size], besides: { known[$0] != nil }) {
      var operands: [Size] = []
      for operand in node.operands {
        guard let n = number(operand, symbol) else { return nil }
        operands.append(Size(n))
      }
      // As in generated code, what is divided by 0 gives 0: a check of the length then fails.
      known[node] = Size.apply(node.function, operands).constant ?? 0
    }
    return number(size, symbol)
  }

  private func number(_ size: Size, _ symbol: (Size.Symbol) -> Int?) -> Int? {
    var sum = 0
    for term in size.terms {
      var product = term.coefficient
      for factor in term.symbols {
        let n = if case .function(let node) = factor { known[node] } else { symbol(factor) }
        guard let n else { return nil }
        product = product &* n
      }
      sum = sum &+ product
    }
    return sum
  }
}

extension Size {
  /// The number that the size is, given what its symbols are; `nil` if one of them is not known.
  ///
  /// - Parameter symbol: The value of a symbol that is no function.
  package func value(_ symbol: (Symbol) -> Int?) -> Int? {
    var values = SizeValues()
    return values(self, symbol)
  }

  /// Whether every symbol, also inside functions, is one that is known.
  package func isKnown(_ known: (Symbol) -> Bool) -> Bool { bases.allSatisfy(known) }
}
