import Testing
import Theano
import TheanoTestSupport

/// Values that no memory holds, at the operations that ask for them.
@Suite(.enabled(if: (try? Machine.hasCompiler) == true, "needs a C compiler")) struct MemoryErrors {
  @Test(arguments: Table.memory) func memory(_ pinned: Pinned) { pinned.check() }
}

private enum Table {
  static let memory: [Pinned] = [
    Pinned(
      { mode in
        let n = T.lscalar("n"); try call(mode, [n], T.alloc(1.5, [n]) * 2, [NDArray(1 << 46)])
      },
      """
      TheanoError: [multiply] result 1 of the function: no memory for 562949953421312 bytes: shape [70368744177664] of float64
          (alloc(1.5, n) * 2.0)
        at MemoryErrors.swift:+2
        hint: make a smaller array, or free others first
      """),
    Pinned(
      { mode in
        let n = T.lscalar("n")
        try call(
          mode, [n], T.sum(T.dot(T.alloc(1.0, [n, 8]), T.alloc(1.0, [8, n])) ** 2), [NDArray(1 << 23)])
      },
      """
      TheanoError: [dot] the intermediate values have more bytes than can be addressed; the largest is float64 of shape [8388608, 8388608]
          dot(alloc(1.0, n, 8), alloc(1.0, 8, n))
        at MemoryErrors.swift:+4
        hint: give smaller arguments, or compute it in pieces
      """),
    Pinned(
      { mode in
        let x = T.dvector("x")
        _ = try function(inputs: [x], outputs: x * 2, mode: mode)(view)
      },
      """
      TheanoError: [function] argument 1, x, cannot be copied: no memory for 562949953421312 bytes: shape [70368744177664] of float64
        at MemoryErrors.swift:+3
        hint: give a smaller array, or free others first
      """),
    Pinned(
      { mode in
        let x = T.dvector("x")
        _ = try function(inputs: [x], outputs: x * 2, mode: mode)(
          NDArray([Float(1.5)]).broadcast(to: [1 << 46]))
      },
      """
      TheanoError: [function] argument 1, x, cannot be copied: no memory for 562949953421312 bytes: shape [70368744177664] of float64
        at MemoryErrors.swift:+3
        hint: give a smaller array, or free others first
      """),
    Pinned(
      { _ in
        let w = shared([0.5], name: "w"); try w.setValue(view)
      },
      """
      TheanoError: [setValue] the new value of w cannot be copied: no memory for 562949953421312 bytes: shape [70368744177664] of float64
        hint: give a smaller array, or free others first
      """),
    Pinned(
      { shared(view) },
      """
      TheanoError: [shared] no memory for 562949953421312 bytes: shape [70368744177664] of float64
        at MemoryErrors.swift:+1
        hint: make a smaller array, or free others first
      """),
    Pinned(
      { T.constant(view, dtype: .float32) },
      """
      TheanoError: [constant] no memory for 281474976710656 bytes: shape [70368744177664] of float32
        at MemoryErrors.swift:+1
        hint: make a smaller array, or free others first
      """),
    Pinned(
      { _ in
        let n = T.lscalar("n"), mode = Mode(linker: .interpreter, rewrites: false)
        try call(mode, [n], T.sum(T.alloc(1.5, [n])), [NDArray(1 << 46)])
      },
      """
      TheanoError: [sum] no memory for 562949953421312 bytes: shape [70368744177664] of float64
          sum(alloc(1.5, n), axis: 0)
        at MemoryErrors.swift:+3
        hint: make a smaller array, or free others first
      """),
  ]

  /// Eight bytes that are to be more than any machine has.
  static let view = NDArray([1.5]).broadcast(to: [1 << 46])
}
