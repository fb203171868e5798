import Testing
import Theano

private func w(_ dtype: DType = .float32) -> TensorVariable {
  shared(NDArray([[1.0, 2], [3, 4]]).astype(dtype), name: "w")
}

/// A dtype that is too wide for where it goes: which operand brought it in, and where.
@Suite struct WideningErrors {
  @Test(arguments: Table.updates) func updates(_ pinned: Pinned) { pinned.check() }
  @Test(arguments: Table.elsewhere) func elsewhere(_ pinned: Pinned) { pinned.check() }

  /// What has no name is called by the line that made it.
  @Test func theNamelessHaveALine() throws {
    #sourceLocation(file:"ErrorsTests/Nameless.swift",line:1)
    let w = shared(NDArray([1.0], dtype: .float32))
    let x = T.dvector()
    let product = T.multiply(w, x)
    let error = #expect(throws: TheanoError.self) { try function(inputs: [x], updates: [(w, product)]) }
    #sourceLocation()
    #expect(
      error?.description == """
        TheanoError: [function] the update of <shared float32 vector made at Nameless.swift:1> is float64, but the variable is float32: <float64 vector made at Nameless.swift:2>, float64 vector, widens it at Nameless.swift:3
            (<shared float32 vector made at Nameless.swift:1> * <float64 vector made at Nameless.swift:2>)
                                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          at ErrorsTests/Nameless.swift:4
          hint: cast that operand: T.cast(operand, .float32), or all of it: T.cast(value, .float32)
        """)
  }

  /// The first operand that made a value wider, and whether it met something narrower.
  @Test func theFirstMeetingIsFound() throws {
    let (x, t, k) = (T.dmatrix("x"), T.dvector("t"), T.lmatrix("k"))
    let w = w()
    func cause(_ value: TensorVariable, _ dtype: DType = .float32) -> String? {
      Widening(of: value, beyond: dtype).map { $0.application == nil ? "\($0.operand)" : "\($0.operand) !" }
    }
    let h = T.dot(x, w)
    #expect(cause(w - 0.1 * grad(T.mean((h[0] - t[0]) ** 2), wrt: w)) == nil)
    #expect(cause(T.cast(w, .float64) - 0.1 * grad(T.mean((h[0] - t[0]) ** 2), wrt: h)) == "x !")
    #expect(cause(T.sum(T.tanh(h) ** 2, axis: 0) + t) == "x !")
    #expect(cause(w + k) == "k !")
    #expect(cause(w * T.mean(k))?.hasPrefix("(sum(") == true)
    #expect(cause(T.where(w .> 0, w, x)) == "x !")
    #expect(cause(T.concatenate([w, x])) == "x !")
    #expect(cause(x * 2 + 1) == "x")
    #expect(cause(x[k[0]]) == "x")
    #expect(cause(T.cast(w, .float64) * 2) == "cast<float64>(w)")
    #expect(cause(T.sqrt(T.bvector("b"))) == "sqrt(cast<float64>(b))")
    #expect(cause(T.lvector("l") * 1.5, .int64) == "1.5 !")
    #expect(cause(w * 2) == nil)
    #expect(cause(T.cast(w, .int8) + T.cast(k, .int16), .int8) == "cast<int16>(k) !")
  }
}

private enum Table {
  static let updates: [Pinned] = [
    Pinned(
      { _ in
        let w = w(), x = T.dmatrix("x")
        let h = T.tanh(T.dot(x, w))
        _ = try function(inputs: [x], updates: [(w, w - 0.1 * T.sum(h))])
      },
      """
      TheanoError: [function] the update of w is float64, but the variable is float32: x, float64 matrix, widens it at WideningErrors.swift:+3
          dot(x, w)
              ^
        at WideningErrors.swift:+4
        hint: cast that operand: T.cast(x, .float32), or all of it: T.cast(value, .float32)
      """),
    Pinned(
      { _ in
        let w = w(), k = T.lmatrix("k")
        _ = try function(inputs: [k], updates: [(w, w + k)])
      },
      """
      TheanoError: [function] the update of w is float64, but the variable is float32: k, int64 matrix, widens it at WideningErrors.swift:+3
          (w + k)
               ^
        at WideningErrors.swift:+3
        hint: cast that operand: T.cast(k, .float32), or all of it: T.cast(value, .float32)
      """),
    Pinned(
      { _ in
        let w = w(.int32), k = T.lmatrix("k")
        _ = try function(inputs: [k], updates: [(w, w * T.max(k))])
      },
      """
      TheanoError: [function] the update of w is int64, but the variable is int32: max(k, axis: [0, 1]), int64 scalar, widens it at WideningErrors.swift:+3
          (w * max(k, axis: [0, 1]))
               ^^^^^^^^^^^^^^^^^^^^
        at WideningErrors.swift:+3
        hint: cast that operand: T.cast(operand, .int32), or all of it: T.cast(value, .int32)
      """),
    Pinned(
      { _ in
        let w = w(), x = T.dmatrix("x")
        _ = try function(inputs: [x], updates: [(w, x * 2)])
      },
      """
      TheanoError: [function] the update of w is float64, but the variable is float32: it comes from x, float64 matrix
        at WideningErrors.swift:+3
        hint: cast it: T.cast(value, .float32)
      """),
  ]

  static let elsewhere: [Pinned] = [
    Pinned(
      { _ in
        let w = w(), x = T.dmatrix("x"), m = T.fmatrix("m")
        _ = try function(inputs: [x], outputs: m * 2, givens: [m: w + x])
      },
      """
      TheanoError: [function] (cast<float64>(w) + x), float64 matrix, cannot stand for m, float32 matrix: x, float64 matrix, widens it at WideningErrors.swift:+3
          (w + x)
               ^
        at WideningErrors.swift:+3
        hint: cast that operand: T.cast(x, .float32), or all of it: T.cast(value, .float32)
      """),
    Pinned(
      {
        let w = w(), x = T.dmatrix("x")
        return T.setSubtensor(w[0], to: w[1] * x[0])
      },
      """
      TheanoError: [setSubtensor] a part of float32 matrix cannot take float64 vector: x[0, .all], float64 vector, widens it at WideningErrors.swift:+3
          setSubtensor(w[0, .all], (cast<float64>(w[1, .all]) * x[0, .all]))
                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        at WideningErrors.swift:+3
        hint: cast that operand: T.cast(operand, .float32), or all of it: T.cast(value, .float32)
      """),
    Pinned(
      { _ in
        let x = T.fvector()
        _ = try function(inputs: [x], outputs: x, mode: .interpreted)(NDArray([1.0]))
      },
      """
      TheanoError: [function] argument 1, <float32 vector made at WideningErrors.swift:+2>, is declared as float32 vector but got float64, which would lose precision
        at WideningErrors.swift:+3
        hint: convert it: value.astype(.float32), or declare the variable as float64
      """),
  ]
}
