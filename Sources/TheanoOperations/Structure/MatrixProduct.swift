import TheanoArrays
import TheanoGraph
import TheanoKernels

/// `result = alpha * op(a) op(b) + beta * c`, where a vector on the left is a row and on the right a column.
package struct MatrixProduct: Sendable, Hashable {
  /// Numbers of the operands.
  package var a: Int
  package var b: Int
  package var transposeA: Bool
  package var transposeB: Bool
  /// Factors: constants times scalar operands.
  package var alpha: Factor
  /// `nil` if there is nothing to add to.
  package var c: Int?
  package var beta: Factor

  package struct Factor: Sendable, Hashable {
    package var constant: Double
    /// The number of a 0-d operand of the product's dtype.
    package var operand: Int?
    package init(_ constant: Double, operand: Int? = nil) {
      self.constant = constant
      self.operand = operand
    }
  }

  package init(
    a: Int = 0, b: Int = 1, transposeA: Bool = false, transposeB: Bool = false, alpha: Factor = .init(1),
    c: Int? = nil, beta: Factor = .init(0)
  ) {
    self.a = a
    self.b = b
    self.transposeA = transposeA
    self.transposeB = transposeB
    self.alpha = alpha
    self.c = c
    self.beta = beta
  }
}

// MARK: - Lowering

extension MatrixProduct {
  /// The lengths of a product: rows, length of the sums, columns.
  private struct Lengths {
    var rows: Size
    var inner: Size
    var columns: Size

    /// The number of multiplications, if it is known.
    var work: Double? {
      guard let m = rows.constant, let k = inner.constant, let n = columns.constant else { return nil }
      return Double(m) * Double(k) * Double(n)
    }
  }

  /// Small products of known size become loops that the C compiler unrolls, as those of integers always do; others go to
  /// BLAS, or decide when their lengths are known.
  func lower(_ context: LoweringContext) -> Lowering {
    let (a, b) = (context.shape(a), context.shape(b))
    let left = transposeA ? a.reversed() : a
    let right = transposeB ? b.reversed() : b
    let lengths = Lengths(
      rows: left.count == 2 ? left[0] : 1, inner: left[left.count - 1],
      columns: right.count == 2 ? right[1] : 1)
    let dtype = context.outputs[0].dtype
    let isSmall = lengths.work.map { $0 <= Double(Step.Product.largestLoop) } ?? false
    var uses = Array(repeating: Lowering.Steps.Use.whole, count: context.inputs.count)
    if let c { uses[c] = .elements }
    let product = self
    return .steps(
      Lowering.Steps(uses: uses) { writer in
        if dtype.isFloating, !isSmall {
          product.write(to: writer, lengths, dtype)
        } else {
          product.writeLoops(to: writer, lengths, dtype, a.count == 1, b.count == 1)
        }
      })
  }

  private func write(to writer: any StepWriter, _ lengths: Lengths, _ dtype: DType) {
    func matrix(_ operand: Int, _ isTransposed: Bool, isLeft: Bool) -> Step.Product.Matrix {
      let shape = writer.shape(of: operand)
      // A vector on the left is a row, on the right a column.
      let stride = shape.count == 2 ? shape[1] : isLeft ? shape[0] : 1
      return .init(writer.memory(of: operand), isTransposed: isTransposed && shape.count == 2, stride: stride)
    }
    func factor(_ f: Factor) -> Step.Product.Factor {
      .init(f.constant, buffer: f.operand.map { writer.memory(of: $0) })
    }
    let (left, right) = (matrix(a, transposeA, isLeft: true), matrix(b, transposeB, isLeft: false))
    let (alpha, beta) = (factor(alpha), c == nil ? .init(0) : factor(beta))
    let out = writer.result()
    if let c { writer.copy(c, to: out) }
    writer.add(
      .product(
        Step.Product(
          a: left, b: right, out: .init(out, isTransposed: false, stride: lengths.columns), alpha: alpha,
          beta: beta, rows: lengths.rows, inner: lengths.inner, columns: lengths.columns,
          notes: writer.notes)))
  }

  /// `out[i, j] = beta * c[i, j] + sum over k of alpha * a[i, k] * b[k, j]`.
  private func writeLoops(
    to writer: any StepWriter, _ lengths: Lengths, _ dtype: DType, _ isRow: Bool, _ isColumn: Bool
  ) {
    let (left, right) = (writer.memory(of: a), writer.memory(of: b))
    let out = writer.result()
    // With several columns the sums run side by side, so that b is read along its rows; a single one is one sum.
    let sumsLast = isColumn || (lengths.columns.constant ?? 8) < 4 || transposeB
    let space =
      sumsLast
      ? [lengths.rows, lengths.columns, lengths.inner] : [lengths.rows, lengths.inner, lengths.columns]
    writer.nest(over: space, reduced: [sumsLast ? 2 : 1]) { nest in
      let i = nest.index[0]
      let (j, k) = sumsLast ? (nest.index[1], nest.index[2]) : (nest.index[2], nest.index[1])
      let at = (isRow ? [] : [i]) + (isColumn ? [] : [j])
      var x = nest.load(left, at: isRow ? [k] : transposeA ? [k, i] : [i, k])
      let y = nest.load(right, at: isColumn ? [k] : transposeB ? [j, k] : [k, j])
      if alpha != .init(1) { x = nest.builder.apply(.multiply, factor(alpha, nest, dtype), x) }
      var start: LoopNest.Ref?
      if let c, beta != .init(0) {
        let shape = writer.shape(of: c)
        let aligned = shape.indices.map { axis in
          shape[axis].constant == 1 ? nest.builder.integer(0) : at[axis + at.count - shape.count]
        }
        start = nest.operand(c, at: aligned)
        if beta != .init(1) { start = nest.builder.apply(.multiply, factor(beta, nest, dtype), start!) }
      }
      nest.fold(.sum, nest.builder.apply(.multiply, x, y), start: start, dtype: dtype, into: (out, at))
    }
  }

  private func factor(_ f: Factor, _ nest: any NestScope, _ dtype: DType) -> LoopNest.Ref {
    let constant = nest.builder.constant(.init(f.constant, dtype))
    guard let operand = f.operand else { return constant }
    let value = nest.operand(operand, at: [])
    return f.constant == 1 ? value : nest.builder.apply(.multiply, constant, value)
  }
}
