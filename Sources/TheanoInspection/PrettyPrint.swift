import TheanoArrays
import TheanoGraph
import TheanoOperations

/// An expression as one line of maths, as Theano's `pp` writes it.
///
/// ```swift
/// let x = T.dscalar("x")
/// pp(T.exp(x) * (x + 1))      // exp(x) * (x + 1)
/// pp(grad(x ** 2, wrt: x))    // 2 * x
/// ```
///
/// It is written to be read: casts that promotion added, broadcasts and factors of 1 are left out, arithmetic on numbers is
/// done, and a mean is `mean(x)`. ``debugPrint(_:types:lines:depth:)`` shows everything.
///
/// Parts that would be longer than `limit` characters are shown as `...`: an expression that uses its parts more than
/// once can be exponentially longer than its graph.
///
/// - Parameters:
///   - expression: What is printed.
///   - limit: How long a part may be.
public func pp(_ expression: TensorVariable, limit: Int = 2000) -> String {
  var readings: [TensorVariable: Reading] = [:]
  func read(_ variable: TensorVariable) -> Reading {
    guard var reading = readings[variable] else { return Reading("...") }
    if reading.text.utf8.count > limit { (reading.text, reading.binding) = ("...", .atom) }
    if let shape = reading.stretchedTo, shape.utf8.count > limit { reading.stretchedTo = "..." }
    return reading
  }
  var stack = [expression]
  while let variable = stack.last {
    if readings[variable] != nil {
      stack.removeLast()
      continue
    }
    // A name stands for what it names, but for the expression that is asked for.
    guard let owner = variable.node.owner, variable == expression || variable.name == nil else {
      readings[variable] = Reading(leaf: variable)
      continue
    }
    // Both as they stand and as they were before promotion, since either may be read.
    let below = owner.inputs + Promotion.written(owner)
    let missing = below.filter { readings[$0] == nil }
    if missing.isEmpty {
      readings[variable] = Reading(owner, read)
    } else {
      stack.append(contentsOf: missing)
    }
  }
  return readings[expression]?.whole ?? ""
}

/// `(a + b)` as `a + b`, and `(a) + (b)` as it is.
func withoutOuterParentheses(_ text: String) -> String {
  guard text.hasPrefix("("), text.hasSuffix(")") else { return text }
  var depth = 0
  for (k, character) in text.enumerated() {
    if character == "(" { depth += 1 }
    if character == ")" { depth -= 1 }
    if depth == 0, k < text.count - 1 { return text }
  }
  return String(text.dropFirst().dropLast())
}
