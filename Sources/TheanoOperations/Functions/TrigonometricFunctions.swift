import TheanoGraph
import TheanoKernels

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Trigonometric and hyperbolic functions, angles in radians: each property is the one entry of its function.
public struct TrigonometricFunctions: Sendable {
  package static let table = TrigonometricFunctions()

  /// Sine.
  public let sin: UnaryFunction = .init(
    "sin", .floating, .call("sin", .operand(0)), float: { _sin($0) }, derivative: { x, _, g in g * T.cos(x) },
    "sine")

  /// Cosine.
  public let cos: UnaryFunction = .init(
    "cos", .floating, .call("cos", .operand(0)), float: { _cos($0) },
    derivative: { x, _, g in -g * T.sin(x) },
    "cosine")

  /// Hyperbolic tangent.
  public let tanh: UnaryFunction = .init(
    "tanh", .floating, .call("tanh", .operand(0)), float: { _tanh($0) },
    derivative: { _, y, g in g * (1 - y * y) }, "hyperbolic tangent")
}

private func _sin(_ x: Double) -> Double { sin(x) }
private func _cos(_ x: Double) -> Double { cos(x) }
private func _tanh(_ x: Double) -> Double { tanh(x) }
