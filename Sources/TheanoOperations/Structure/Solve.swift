import TheanoArrays
import TheanoGraph
import TheanoKernels

/// The solution x of a x = b, by LAPACK's LU factorisation with partial pivoting (`gesv`).
package struct Solve: Operation {
  package var name: String { "solve" }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let (a, b) = (inputs[0], inputs[1])
    guard a.ndim == 2 else {
      throw Fault(
        .shape, "the coefficients are \(a.type.brief), not a matrix",
        hint: "give a square matrix, one row for each equation", operand: 0)
    }
    guard (1...2).contains(b.ndim) else {
      throw Fault(
        .shape, "the right-hand side is \(b.type.brief), not a vector or matrix",
        hint: "give a vector, or a matrix of one column for each system", operand: 1)
    }
    let n = try rules.equal(a.dims[0], a.dims[1]) { m, n in
      Fault(
        .shape, "the matrix is \(m) x \(n), not square",
        hint:
          "as many equations as unknowns are needed; for least squares T.linalg.solve(T.dot(a.T, a), T.dot(a.T, b))",
        operand: 0)
    }
    _ = try rules.equal(n, b.dims[0]) { m, n in
      Fault(
        .shape, "the matrix has \(counted(m, "row", "rows")), the right-hand side \(n)",
        hint: "give one row of the right-hand side for each equation", operand: 1)
    }
    return [b.type]
  }

  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    // x = inv(a) b, so db = inv(a).T g and da = -db x.T.
    guard let g = call.outputGradients[0] else { return [nil, nil] }
    let x = call.outputs[0]
    let db = T.linalg.solve(call.inputs[0].T, g)
    let da = x.ndim == 1 ? -T.outer(db, x) : -T.dot(db, x.T)
    return [call.wanted[0] ? da : nil, call.wanted[1] ? db : nil]
  }

  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    var right: TensorVariable? = call.directions[1]
    if let da = call.directions[0] {
      let term = T.dot(da, call.outputs[0])
      right = right.map { $0 - term } ?? -term
    }
    return [right.map { T.linalg.solve(call.inputs[0], $0) }]
  }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let n = inputs[0].shape[0]
    guard inputs[0].shape == [n, n], inputs[1].shape.first == n else {
      throw Fault(.shape, "shapes \(inputs[0].shape) and \(inputs[1].shape) do not fit", operand: 0)
    }
    let columns = inputs[1].shape.dropFirst().reduce(1, *)
    let (matrix, sides) = (try HostLoops.doubles(inputs[0]), try HostLoops.doubles(inputs[1]))
    let work = try HostLoops.make([n, n], .float64) { matrix[$0] }
    var failed: Int?
    let result = try HostLoops.fill(inputs[1].shape, types[0].dtype) {
      (b: UnsafeMutableBufferPointer<Double>) in
      for k in b.indices { b[k] = sides[k] }
      withExtendedLifetime(work) {
        failed = Solve.eliminate(work.data.assumingMemoryBound(to: Double.self), n, b, columns)
      }
    }
    if let failed { throw Solve.singular(column: failed + 1) }
    return [result]
  }

  /// Solves `a x = b` in place of `b`; the column without a pivot if there is one.
  private static func eliminate(
    _ a: UnsafeMutablePointer<Double>, _ n: Int, _ b: UnsafeMutableBufferPointer<Double>, _ columns: Int
  ) -> Int? {
    for k in 0..<n {
      let pivot = (k..<n).max { Swift.abs(a[$0 * n + k]) < Swift.abs(a[$1 * n + k]) } ?? k
      if a[pivot * n + k] == 0 { return k }
      if pivot != k {
        for j in 0..<n { (a[k * n + j], a[pivot * n + j]) = (a[pivot * n + j], a[k * n + j]) }
        for j in 0..<columns { b.swapAt(k * columns + j, pivot * columns + j) }
      }
      for i in (k + 1)..<Swift.max(n, k + 1) {
        let factor = a[i * n + k] / a[k * n + k]
        for j in k..<n { a[i * n + j] -= factor * a[k * n + j] }
        for j in 0..<columns { b[i * columns + j] -= factor * b[k * columns + j] }
      }
    }
    for i in (0..<n).reversed() {
      for j in 0..<columns {
        var sum = b[i * columns + j]
        for l in (i + 1)..<Swift.max(n, i + 1) { sum -= a[i * n + l] * b[l * columns + j] }
        b[i * columns + j] = sum / a[i * n + i]
      }
    }
    return nil
  }

  static func singular(column: Int) -> Fault {
    Fault(
      .numeric, "the matrix is singular: elimination finds no pivot in column \(column)",
      hint:
        "the equations have no single solution; add a small multiple of the identity, or solve a smaller system",
      operand: 0)
  }

  package func lower(_ context: inout LoweringContext) -> Lowering {
    let check = context.check { Solve.singular(column: $0[0]) }
    let dtype = context.outputs[0].dtype
    let isVector = context.inputs[1].ndim == 1
    let (n, columns) = (context.shape(0)[0], isVector ? 1 : context.shape(1)[1])
    return .steps(2, .elements) { writer in
      // LAPACK counts columns first: what is a row here is a column there.
      let a = writer.scratch(dtype, [n, n])
      writer.nest(over: [n, n]) { nest in
        nest.store(nest.operand(0, at: nest.index), in: a, at: nest.index.reversed())
      }
      let b = writer.scratch(dtype, [columns, n])
      writer.nest(over: [n, columns]) { nest in
        let element = nest.operand(1, at: isVector ? [nest.index[0]] : nest.index)
        nest.store(element, in: b, at: nest.index.reversed())
      }
      let pivots = writer.scratch(.int32, [n])
      // Even where there is nothing to solve.
      let stride = Size.maximum(n, 1)
      writer.add(
        .call(
          Step.RoutineCall(
            Solve.gesv(dtype),
            [
              .length(n), .length(columns), .buffer(a), .length(stride), .buffer(pivots), .buffer(b),
              .length(stride),
            ], check: check, notes: writer.notes)))
      let result = writer.result()
      writer.nest(over: [n, columns]) { nest in
        nest.store(
          nest.load(b, at: nest.index.reversed()), in: result, at: isVector ? [nest.index[0]] : nest.index)
      }
    }
  }

  /// Solves A X = B in place of B by LU factorisation; the factors take A's place.
  private static func gesv(_ dtype: DType) -> Routine {
    Routine(
      "\(dtype.format.letter ?? "d")gesv_", .lapack,
      [.length, .length, .updates(dtype), .length, .writes(.int32), .updates(dtype), .length])
  }
}

extension T.linalg {
  /// The solution `x` of the linear equations `a x = b`.
  ///
  /// - Parameters:
  ///   - a: A square matrix of floats.
  ///   - b: A vector, or a matrix of one column for each system.
  ///
  /// The call throws a ``TheanoError`` of kind `.numeric` if the matrix is singular. A compiled function throws one of kind
  /// `.library` on machines without LAPACK; one that is interpreted solves by itself.
  public static func solve(
    _ a: any TensorConvertible, _ b: any TensorConvertible, fileID: String = #fileID, line: Int = #line
  ) -> TensorVariable {
    let note = SourceNote.here(fileID, line)
    return TensorVariable(
      Solve(), Promotion.together([a.tensorVariable, b.tensorVariable], floating: true, note), note: note)
  }
}
