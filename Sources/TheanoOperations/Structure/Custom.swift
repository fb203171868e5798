import TheanoArrays
import TheanoGraph
import TheanoKernels

/// An operation of the user's own, made of Swift closures; see `T.custom`.
package final class CustomDefinition: Sendable {
  package typealias Evaluate = @Sendable ([NDArray]) throws -> [NDArray]
  package typealias Gradient =
    @Sendable (
      _ inputs: [TensorVariable], _ outputs: [TensorVariable], _ gradients: [TensorVariable]
    ) -> [TensorVariable?]

  package let name: String
  package let outputs: [TensorType]
  package let evaluate: Evaluate
  package let gradient: Gradient?

  init(name: String, outputs: [TensorType], evaluate: @escaping Evaluate, gradient: Gradient?) {
    self.name = name
    self.outputs = outputs
    self.evaluate = evaluate
    self.gradient = gradient
  }
}

package struct Custom: Operation {
  package let definition: CustomDefinition
  package var name: String { definition.name }
  package var outputCount: Int { definition.outputs.count }

  package static func == (a: Custom, b: Custom) -> Bool { a.definition === b.definition }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(definition)) }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    definition.outputs
  }

  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    let note = SourceNote.ambient ?? .none
    func impossible(_ fault: Fault) -> TensorVariable {
      .impossible("gradient of \(name)", fault, operands: call.inputs, note: note)
    }
    // Nothing would count as zero, and a term would be missing from the sum without a word.
    guard let gradient = definition.gradient else {
      return call.inputs.indices.map { k in
        impossible(
          Fault(
            .gradient, "the gradient passes through \(name), which has no gradient closure",
            hint:
              "give T.custom a gradient:, one that returns nil for what is flat, or name the result in considerConstant:",
            operand: k))
      }
    }
    let gradients = zip(call.outputGradients, call.outputs).map { $0 ?? T.zerosLike($1) }
    let slopes = gradient(call.inputs, call.outputs, gradients)
    guard slopes.count == call.inputs.count else {
      let fault = Fault(
        .custom,
        "the gradient closure gave \(counted(slopes.count, "gradient", "gradients")) for "
          + counted(call.inputs.count, "input", "inputs"),
        hint: "return one for each input, nil where there is none")
      return call.inputs.map { _ in impossible(fault) }
    }
    return zip(call.inputs, slopes).enumerated().map { k, pair in
      let (x, slope) = pair
      guard let slope, call.wanted[k], !slope.node.isPoisoned else { return pair.1 }
      guard slope.ndim == x.ndim, slope.dtype.isFloating || slope.isWeak else {
        return impossible(
          Fault(
            .custom, "the gradient closure gave \(slope.type.brief) for input \(k), which is \(x.type.brief)",
            hint: "a gradient has the shape and dtype of its input", operand: k))
      }
      return SpecifyShape.fit(
        slope, to: x, .custom, "gradient of \(name)", giver: "the gradient closure gave",
        target: "input \(k)", note)
    }
  }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let results: [NDArray]
    do { results = try definition.evaluate(inputs) } catch {
      throw Fault(.custom, "the closure threw: \(error)", hint: "see what the closure says of its operands")
    }
    guard results.count == definition.outputs.count else {
      throw Fault(
        .custom,
        "the closure gave \(counted(results.count, "result", "results")), not the \(definition.outputs.count) declared",
        hint: "return one array for each type in outputs:")
    }
    var converted: [NDArray] = []
    for (k, (result, type)) in zip(results, definition.outputs).enumerated() {
      guard result.ndim == type.ndim, zip(result.shape, type.shape).allSatisfy({ $1 == nil || $0 == $1 }),
        result.dtype == type.dtype || result.isWeak && (type.dtype.isFloating || !result.dtype.isFloating)
      else {
        throw Fault(
          .custom,
          "result \(k) of the closure is \(result.dtype) \(result.shape), not the \(type.brief) declared",
          hint: "return what outputs: declares, or declare what is returned")
      }
      // In memory of its own: a view may be larger than any memory, and the program reads it as it lies.
      converted.append(
        try HostLoops.memory { () throws(TheanoError) in
          try result.checked.astype(type.dtype).checked.contiguous().strong()
        })
    }
    return converted
  }

  package func lower(_ context: inout LoweringContext) -> Lowering { .callback(context) }
}

extension T {
  /// An operation of your own from Swift closures: the compiled function calls back into Swift for it.
  ///
  /// ```swift
  /// let sorted = T.custom("sort", [x], outputs: [x.type]) { [NDArray([Double]($0[0]).sorted())] }[0]
  /// let halved = T.custom("halve", [x], outputs: [x.type], gradient: { _, _, g in [g[0] / 2] }) {
  ///   [NDArray([Double]($0[0]).map { $0 / 2 })]
  /// }[0]
  /// ```
  ///
  /// A closure runs on the thread of the call that needs it, while the call holds the shared variables that it uses. It may
  /// call functions; one that needs a shared variable which is held, or which was made before one that is held, throws,
  /// since two such calls could wait for each other. A closure must not wait for other threads that do such things.
  ///
  /// The results are taken to depend on the operands alone: equal applications may be computed once, those of constants
  /// ahead of the calls, and what no output needs, never.
  ///
  /// - Parameters:
  ///   - name: Its name in errors and listings.
  ///   - inputs: Its operands.
  ///   - outputs: The types of its results.
  ///   - gradient: The gradients with respect to the inputs (`nil` for none), given the inputs, the outputs and the
  ///     gradients with respect to the outputs. Without it, a gradient that passes through the operation is an error.
  ///   - evaluate: Computes the results. It may be called on several threads at once. What it throws, the call throws.
  public static func custom(
    _ name: String, _ inputs: [any TensorConvertible], outputs: [TensorType],
    gradient: (@Sendable ([TensorVariable], [TensorVariable], [TensorVariable]) -> [TensorVariable?])? = nil,
    fileID: String = #fileID, line: Int = #line, evaluate: @escaping @Sendable ([NDArray]) throws -> [NDArray]
  ) -> [TensorVariable] {
    let definition = CustomDefinition(
      name: printable(name), outputs: outputs, evaluate: evaluate, gradient: gradient)
    return makeNode(Custom(definition: definition), inputs.map(\.tensorVariable), note: .here(fileID, line))
  }
}
