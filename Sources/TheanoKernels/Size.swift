/// A length that may be known only at the call: a polynomial with integer coefficients over symbols.
///
/// Two sizes that are equal as polynomials are the same value, so that `(n + 1) * m - m` and `n * m` compare equal;
/// this is what lets loops collapse, buffers share memory and run-time checks disappear.
package struct Size: Hashable, Sendable {
  /// What a size is made of where it is not a number.
  package indirect enum Symbol: Hashable, Sendable {
    /// The length of an axis of a graph's leaf (an input or a shared variable), by the leaf's number.
    case axis(leaf: Int, axis: Int)
    /// The value of an integer scalar that the graph computes, by the value's number.
    case value(Int)
    /// A length that a kernel finds while running, such as how many elements are not zero.
    case found(value: Int, slot: Int)
    /// A function of sizes that is no polynomial.
    case function(Function, [Size])
  }

  package enum Function: String, Sendable {
    case floorDivide, modulo, minimum, maximum
    /// Where a bound of a slice lies in an axis: negative ones count from the end, those outside are moved in. Of a
    /// slice that runs backwards, one before the first.
    case sliceBound, sliceBoundBackwards
  }

  /// A product of symbols (sorted) with its coefficient. The terms are sorted and have no zero coefficient.
  package struct Term: Hashable, Sendable {
    package var symbols: [Symbol]
    package var coefficient: Int
  }

  package private(set) var terms: [Term]

  package init(_ constant: Int) { terms = constant == 0 ? [] : [Term(symbols: [], coefficient: constant)] }
  package init(_ symbol: Symbol) { terms = [Term(symbols: [symbol], coefficient: 1)] }

  private init(collecting pieces: [Term]) {
    var sums: [[Symbol]: Int] = [:]
    for piece in pieces { sums[piece.symbols, default: 0] &+= piece.coefficient }
    terms = sums.compactMap { $0.value == 0 ? nil : Term(symbols: $0.key, coefficient: $0.value) }
    terms.sort { Size.precedes($0.symbols, $1.symbols) }
  }

  /// The number, if it is one.
  package var constant: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 && terms[0].symbols.isEmpty ? terms[0].coefficient : nil
  }

  /// The symbols that the size mentions directly, not those inside functions.
  package var symbols: [Symbol] { terms.flatMap(\.symbols) }

  /// A total order on products, so that equal sizes have one form.
  private static func precedes(_ a: [Symbol], _ b: [Symbol]) -> Bool {
    if a.count != b.count { return a.count > b.count }
    for (x, y) in zip(a, b) where x != y { return x.key < y.key }
    return false
  }
}

extension Size.Symbol {
  /// A text that orders symbols and names them in generated code and errors.
  package var key: String {
    switch self {
    case .axis(let leaf, let axis): "n\(leaf)_\(axis)"
    case .value(let value): "v\(value)"
    case .found(let value, let slot): "found\(value)_\(slot)"
    case .function(let function, let sizes):
      "\(function.rawValue)(\(sizes.map(\.description).joined(separator: ", ")))"
    }
  }
}

extension Size: CustomStringConvertible {
  package var description: String {
    if terms.isEmpty { return "0" }
    return terms.map { term in
      let symbols = term.symbols.map(\.key).joined(separator: "*")
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

  package static func - (a: Size, b: Size) -> Size { a + Size(-1) * b }

  package static func * (a: Size, b: Size) -> Size {
    if let x = a.constant, let y = b.constant { return Size(x &* y) }
    if a.constant == 1 { return b }
    if b.constant == 1 { return a }
    var pieces: [Term] = []
    for s in a.terms {
      for t in b.terms {
        let symbols = (s.symbols + t.symbols).sorted { $0.key < $1.key }
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
    return Size(.function(.floorDivide, [a, b]))
  }

  package static func minimum(_ a: Size, _ b: Size) -> Size { extremum(.minimum, a, b) { min($0, $1) } }
  package static func maximum(_ a: Size, _ b: Size) -> Size { extremum(.maximum, a, b) { max($0, $1) } }

  package static func modulo(_ a: Size, _ b: Size) -> Size {
    if let x = a.constant, let y = b.constant, y != 0 {
      if y == -1 { return 0 }
      let r = x % y
      return Size(r != 0 && (r < 0) != (y < 0) ? r + y : r)
    }
    return a.dividedExactly(by: b) != nil ? 0 : Size(.function(.modulo, [a, b]))
  }

  package static func sliceBound(_ bound: Size, _ length: Size, backwards: Bool) -> Size {
    if let b = bound.constant {
      if !backwards { return b < 0 ? maximum(length + bound, 0) : minimum(bound, length) }
      return b < 0 ? maximum(length + bound, -1) : minimum(bound, length - 1)
    }
    // A sum of lengths is not negative, so it only has to be moved in at the end.
    if !backwards, bound.isSurelyNonNegative { return minimum(bound, length) }
    return Size(.function(backwards ? .sliceBoundBackwards : .sliceBound, [bound, length]))
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
    return Size(.function(f, [a, b].sorted { $0.description < $1.description }))
  }

  /// `n - k` if the size is `max(n, 0) - k` for a k > 0.
  private var withoutInnerMaximum: Size? {
    guard terms.count == 2, terms[0].coefficient == 1, terms[0].symbols.count == 1, terms[1].symbols.isEmpty,
      terms[1].coefficient < 0, case .function(.maximum, let sizes) = terms[0].symbols[0],
      let zero = sizes.firstIndex(where: { $0.constant == 0 })
    else { return nil }
    return sizes[1 - zero] + Size(terms[1].coefficient)
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
          case .function(.sliceBound, _): true
          case .function(.maximum, let sizes): sizes.contains { $0.isSurelyNonNegative }
          case .function(let f, let sizes):
            f != .modulo && f != .sliceBoundBackwards && sizes.allSatisfy(\.isSurelyNonNegative)
          }
        }
    }
  }

  /// The size with symbols replaced.
  package func substituting(_ replace: (Symbol) -> Size?) -> Size {
    var sum = Size(0)
    for term in terms {
      var product = Size(term.coefficient)
      for symbol in term.symbols {
        if let new = replace(symbol) {
          product = product * new
        } else if case .function(let f, let sizes) = symbol {
          let inner = sizes.map { $0.substituting(replace) }
          product = product * Size.apply(f, inner[0], inner[1])
        } else {
          product = product * Size(symbol)
        }
      }
      sum = sum + product
    }
    return sum
  }

  package static func apply(_ f: Function, _ a: Size, _ b: Size) -> Size {
    switch f {
    case .floorDivide: floorDivide(a, b)
    case .modulo: modulo(a, b)
    case .minimum: minimum(a, b)
    case .maximum: maximum(a, b)
    case .sliceBound: sliceBound(a, b, backwards: false)
    case .sliceBoundBackwards: sliceBound(a, b, backwards: true)
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

extension Size {
  /// The number that the size is, given what its symbols are; `nil` if one of them is not known.
  package func value(_ symbol: (Symbol) -> Int?) -> Int? {
    var sum = 0
    for term in terms {
      var product = term.coefficient
      for a in term.symbols {
        guard let n = symbol(a) ?? Size.functionValue(a, symbol) else { return nil }
        product = product &* n
      }
      sum = sum &+ product
    }
    return sum
  }

  private static func functionValue(_ symbol: Symbol, _ leaf: (Symbol) -> Int?) -> Int? {
    guard case .function(let f, let sizes) = symbol, let a = sizes[0].value(leaf),
      let b = sizes[1].value(leaf)
    else {
      return nil
    }
    // As in generated code, what is divided by 0 gives 0: a check of the length then fails.
    return apply(f, Size(a), Size(b)).constant ?? 0
  }
}

extension Size {
  /// Whether every symbol, also inside functions, is one that is known.
  package func isKnown(_ known: (Symbol) -> Bool) -> Bool {
    terms.allSatisfy { term in
      term.symbols.allSatisfy { symbol in
        if case .function(_, let sizes) = symbol { return sizes.allSatisfy { $0.isKnown(known) } }
        return known(symbol)
      }
    }
  }
}
