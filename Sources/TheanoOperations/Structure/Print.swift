import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Passes a value on and says it at every call; see `T.print`.
package struct Print: Operation {
  /// Who is told; two prints are never the same one.
  package final class Listener: Sendable {
    let hear: @Sendable (String, NDArray) -> Void
    init(_ hear: @escaping @Sendable (String, NDArray) -> Void) { self.hear = hear }
  }

  package let message: String
  let listener: Listener

  package var name: String { "print" }
  /// Neither merged with another, nor folded while compiling, nor left out where its value is not needed after all.
  package var isPure: Bool { false }

  package static func == (a: Print, b: Print) -> Bool { a.listener === b.listener }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(listener)) }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    [inputs[0].type]
  }
  package func gradient(_ call: GradientCall) -> [TensorVariable?] { [call.outputGradients[0]] }
  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { call.masks }
  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] { [call.directions[0]] }
  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    listener.hear(message, inputs[0])
    return inputs
  }
  package func lower(_ context: inout LoweringContext) -> Lowering { .callback(context) }
}

extension T {
  /// The same value, printed whenever a call computes it: for looking into a compiled function.
  ///
  /// ```swift
  /// let h = T.print(T.tanh(T.dot(x, w)), "hidden")    // hidden = [[0.1, ...]]
  /// ```
  ///
  /// Only what is built from the result prints; gradients pass through unchanged and silently. The function calls back
  /// into Swift for it and fuses nothing across it, so take it out where speed matters.
  ///
  /// - Parameters:
  ///   - x: Any expression.
  ///   - message: What stands before the value.
  ///   - listener: What is done with message and value instead of printing them. It may be called on several threads at
  ///     once, and must not call a function that waits for this one.
  public static func print(
    _ x: any TensorConvertible, _ message: String = "", fileID: String = #fileID, line: Int = #line,
    listener: @escaping @Sendable (String, NDArray) -> Void = { message, value in
      Swift.print(message.isEmpty ? "\(value)" : "\(message) = \(value)")
    }
  ) -> TensorVariable {
    TensorVariable(
      Print(message: message, listener: .init(listener)), [x.tensorVariable], note: .here(fileID, line))
  }
}
