import TheanoArrays
import TheanoGraph
import TheanoKernels

/// The product of vectors and matrices, in all pairs of ranks 1 and 2.
package struct Dot: Operation {
  package init() {}
  package var name: String { "dot" }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let (a, b) = (inputs[0], inputs[1])
    guard (1...2).contains(a.ndim), (1...2).contains(b.ndim) else {
      throw Fault(
        .shape, "dot takes scalars, vectors and matrices, not \(a.type.brief) and \(b.type.brief)",
        hint: "reshape to matrices first", operand: a.ndim > 2 || a.ndim == 0 ? 0 : 1)
    }
    // Lengths that only the call knows are in the rest of the text.
    let known = (a.dims + b.dims).allSatisfy { $0.constant != nil }
    let operands =
      known
      ? "shapes \(a.type.lengthsText) and \(b.type.lengthsText)" : "\(a.type.brief) and \(b.type.brief)"
    _ = try rules.equal(a.dims[a.ndim - 1], b.dims[0]) { m, n in
      let hint =
        a.ndim == 2 && b.ndim == 2 && b.dims[1].constant == m
        ? "the second operand would fit transposed: T.dot(a, b.T)"
        : "the last axis of the first and the first axis of the second must be equally long"
      return Fault(
        .shape,
        "\(operands) do not fit: \(counted(m, "column", "columns")) on the left \(m == 1 ? "meets" : "meet") "
          + "\(counted(n, "row", "rows")) on the right",
        hint: hint, operand: 1)
    }
    return [TensorType(a.dtype, a.dims.dropLast() + b.dims.dropFirst())]
  }

  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    let (a, b) = (call.inputs[0], call.inputs[1])
    guard let g = call.outputGradients[0], a.dtype.isFloating else { return [nil, nil] }
    func outer(_ x: TensorVariable, _ y: TensorVariable) -> TensorVariable { T.outer(x, y) }
    let slopes: (TensorVariable, TensorVariable) =
      switch (a.ndim, b.ndim) {
      case (1, 1): (g * b, g * a)
      case (2, 1): (outer(g, b), T.dot(a.T, g))
      case (1, 2): (T.dot(b, g), outer(a, g))
      default: (T.dot(g, b.T), T.dot(a.T, g))
      }
    return [call.wanted[0] ? slopes.0 : nil, call.wanted[1] ? slopes.1 : nil]
  }

  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    let left = call.directions[0].map { T.dot($0, call.inputs[1]) }
    let right = call.directions[1].map { T.dot(call.inputs[0], $0) }
    if let left, let right { return [left + right] }
    return [left ?? right]
  }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let (a, b) = (inputs[0], inputs[1])
    let k = a.shape.last ?? 1
    guard b.shape.first == k else {
      throw Fault(.shape, "shapes \(a.shape) and \(b.shape) do not fit", operand: 1)
    }
    let m = a.ndim == 2 ? a.shape[0] : 1
    let n = b.ndim == 2 ? b.shape[1] : 1
    let shape = Array(a.shape.dropLast() + b.shape.dropFirst())
    func product<E: Numeric & NDArrayScalar>(
      _ a: HostLoops.Elements<E>, _ b: HostLoops.Elements<E>, _ add: (E, E, E) -> E
    ) throws(Fault) -> NDArray {
      try HostLoops.fill(shape, types[0].dtype) { (c: UnsafeMutableBufferPointer<E>) in
        c.update(repeating: 0)
        for i in 0..<m {
          for l in 0..<k {
            for j in 0..<n { c[i * n + j] = add(c[i * n + j], a[i * k + l], b[l * n + j]) }
          }
        }
      }
    }
    if a.dtype.isFloating {
      return [try product(HostLoops.doubles(a), HostLoops.doubles(b)) { $0 + $1 * $2 }]
    }
    return [try product(HostLoops.integers(a), HostLoops.integers(b)) { $0 &+ $1 &* $2 }]
  }

  package func lower(_ context: inout LoweringContext) -> Lowering { MatrixProduct().lower(context) }
}

/// `alpha * op(a) op(b) + beta * c`: what rewriting makes of products with factors, transposes and sums, one BLAS call.
///
/// Operands: a, b, then `c` if there is one, then the scalar factors that are no constants.
package struct Gemm: Operation {
  package let product: MatrixProduct
  package init(product: MatrixProduct) { self.product = product }
  package var name: String { "gemm" }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let (a, b) = (inputs[product.a], inputs[product.b])
    let left = product.transposeA ? a.dims.reversed() : a.dims
    let right = product.transposeB ? b.dims.reversed() : b.dims
    _ = try rules.equal(left[left.count - 1], right[0]) { m, n in
      Fault(.shape, "\(m) columns on the left meet \(n) rows on the right", operand: 1)
    }
    var dims = Array(left.dropLast() + right.dropFirst())
    if let c = product.c {
      dims = try rules.broadcast([dims, inputs[c].dims])
      guard dims.count == inputs[c].ndim else {
        throw Fault(.shape, "what is added to has another rank", operand: c)
      }
    }
    return [TensorType(a.dtype, dims)]
  }

  /// Made after differentiation, but differentiable all the same: as what it stands for.
  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    guard let g = call.outputGradients[0] else { return call.inputs.map { _ in nil } }
    let expanded = expression(call.inputs)
    var slopes: [TensorVariable?] = call.inputs.map { _ in nil }
    let a = product.transposeA ? call.inputs[product.a].T : call.inputs[product.a]
    let b = product.transposeB ? call.inputs[product.b].T : call.inputs[product.b]
    let inner = Dot().gradient(
      GradientCall(
        inputs: [a, b], outputs: [expanded.product],
        outputGradients: [g * factor(product.alpha, call.inputs)],
        wanted: [true, true]))
    slopes[product.a] = inner[0].map { product.transposeA ? $0.T : $0 }
    slopes[product.b] = inner[1].map { product.transposeB ? $0.T : $0 }
    if let c = product.c { slopes[c] = g * factor(product.beta, call.inputs) }
    if let alpha = product.alpha.operand {
      slopes[alpha] = T.sum(g * expanded.product) * product.alpha.constant
    }
    if let c = product.c, let beta = product.beta.operand {
      slopes[beta] = T.sum(g * call.inputs[c]) * product.beta.constant
    }
    return slopes
  }

  private func factor(_ f: MatrixProduct.Factor, _ inputs: [TensorVariable]) -> TensorVariable {
    let constant = TensorVariable(floatLiteral: f.constant)
    return f.operand.map { inputs[$0] * constant } ?? constant
  }

  private func expression(_ inputs: [TensorVariable]) -> (product: TensorVariable, whole: TensorVariable) {
    let a = product.transposeA ? inputs[product.a].T : inputs[product.a]
    let b = product.transposeB ? inputs[product.b].T : inputs[product.b]
    let dot = T.dot(a, b)
    let scaled = dot * factor(product.alpha, inputs)
    return (dot, product.c.map { scaled + inputs[$0] * factor(product.beta, inputs) } ?? scaled)
  }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let a = product.transposeA ? inputs[product.a].transposed() : inputs[product.a]
    let b = product.transposeB ? inputs[product.b].transposed() : inputs[product.b]
    let dot = try Dot().evaluate([a, b], types)[0]
    func value(_ f: MatrixProduct.Factor) throws(Fault) -> Double {
      guard let operand = f.operand else { return f.constant }
      return f.constant * (try HostLoops.doubles(inputs[operand]))[0]
    }
    let (alpha, beta) = (try value(product.alpha), try value(product.beta))
    let products = try HostLoops.doubles(dot)
    guard let c = product.c else {
      return [try HostLoops.make(dot.shape, types[0].dtype) { alpha * products[$0] }]
    }
    let base = try HostLoops.doubles(try HostLoops.stretched(inputs[c], to: dot.shape))
    return [try HostLoops.make(dot.shape, types[0].dtype) { alpha * products[$0] + beta * base[$0] }]
  }

  package func lower(_ context: inout LoweringContext) -> Lowering { product.lower(context) }

  package func text(_ operands: [String]) -> String {
    func factor(_ f: MatrixProduct.Factor) -> String {
      ([f.constant == 1 && f.operand != nil ? nil : "\(f.constant)", f.operand.map { operands[$0] }])
        .compactMap { $0 }
        .joined(separator: "*")
    }
    let a = operands[product.a] + (product.transposeA ? ".T" : "")
    let b = operands[product.b] + (product.transposeB ? ".T" : "")
    let dot = "\(factor(product.alpha)) * dot(\(a), \(b))"
    return product.c.map { "(\(dot) + \(factor(product.beta)) * \(operands[$0]))" } ?? dot
  }
}

extension T {
  /// The product of scalars, vectors and matrices as in linear algebra.
  ///
  /// | a | b | result |
  /// | --- | --- | --- |
  /// | scalar | any | elementwise product |
  /// | (k) | (k) | scalar |
  /// | (m, k) | (k) | (m) |
  /// | (k) | (k, n) | (n) |
  /// | (m, k) | (k, n) | (m, n) |
  public static func dot(
    _ a: any TensorConvertible, _ b: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let note = SourceNote.here(fileID, line)
    let operands = Promotion.together([a.tensorVariable, b.tensorVariable], floating: false, note)
    if operands.allSatisfy({ !$0.node.isPoisoned }), operands.contains(where: { $0.ndim == 0 }) {
      return T.multiply.apply(operands, note)
    }
    if operands[0].dtype == .bool {
      return SourceNote.with(note) { T.neq(dot(cast(operands[0], .int64), cast(operands[1], .int64)), 0) }
    }
    return TensorVariable(Dot(), operands, note: note)
  }

  /// The outer product of two vectors: every element of the first times every element of the second.
  public static func outer(
    _ a: any TensorConvertible, _ b: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let note = SourceNote.here(fileID, line)
    let (x, y) = (a.tensorVariable, b.tensorVariable)
    for v in [x, y] where !v.node.isPoisoned && v.ndim != 1 {
      return .impossible(
        "outer",
        Fault(
          .shape, "outer takes vectors, not \(v.type.brief)",
          hint: "make a vector of it: T.reshape(x, [-1])", operand: v == x ? 0 : 1),
        operands: [x, y],
        note: note)
    }
    return SourceNote.with(note) { dimshuffle(x, [0, nil]) * dimshuffle(y, [nil, 0]) }
  }
}
