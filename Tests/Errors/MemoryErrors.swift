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
  ]
}
