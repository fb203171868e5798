import TheanoKernels

/// What generated C stands on beside the prelude: loop hints for every program, and functions for those that call them, since
/// the compiler would read the others too.
enum Services {
  /// The macros that every program has, and the functions that are called, each after those that it stands on.
  static func text(for called: Set<String>) -> String {
    var wanted = called
    for function in functions.reversed() where wanted.contains(function.name) {
      wanted.formUnion(function.needs)
    }
    return ([macros] + functions.filter { wanted.contains($0.name) }.map(\.text)).joined(separator: "\n")
  }

  private struct Function {
    let name: String
    var needs: [String] = []
    let text: String
  }

  private static let functions: [Function] = [
    Function(
      name: "th_grain",
      text: """
        static inline th_i64 th_grain(th_i64 range, th_i64 work) {
          const th_i64 pieces = work / (TH_PARALLEL_WORK / 2) + 1;
          return (range + pieces - 1) / pieces;
        }
        """),
    Function(
      name: "th_align",
      text: """
        // A length can be negative that only the side of a conditional which is not taken speaks of.
        static inline th_i64 th_align(th_i64 bytes) { return bytes < 0 ? 0 : (bytes + 63) & ~(th_i64)63; }
        """),
    Function(
      name: "th_length_u64",
      text: """
        static inline th_i64 th_length_u64(th_u64 n) { return n >> 63 ? (th_i64)(~(th_u64)0 >> 1) : (th_i64)n; }
        """),
    Function(
      name: "th_size_floorDivide",
      text: """
        static inline th_i64 th_size_floorDivide(th_i64 a, th_i64 b) {
          if (b == 0) return 0;
          const th_i64 q = a / b;
          return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
        }
        """),
    Function(
      name: "th_size_modulo", needs: ["th_size_floorDivide"],
      text: """
        static inline th_i64 th_size_modulo(th_i64 a, th_i64 b) {
          return b == 0 ? 0 : a - th_size_floorDivide(a, b) * b;
        }
        """),
    Function(
      name: "th_size_minimum",
      text: """
        static inline th_i64 th_size_minimum(th_i64 a, th_i64 b) { return a < b ? a : b; }
        """),
    Function(
      name: "th_size_maximum",
      text: """
        static inline th_i64 th_size_maximum(th_i64 a, th_i64 b) { return a > b ? a : b; }
        """),
    Function(
      name: "th_size_sliceBound",
      text: """
        static inline th_i64 th_size_sliceBound(th_i64 bound, th_i64 n) {
          return bound < 0 ? (bound + n < 0 ? 0 : bound + n) : (bound < n ? bound : n);
        }
        """),
    Function(
      name: "th_size_sliceBoundBackwards",
      text: """
        static inline th_i64 th_size_sliceBoundBackwards(th_i64 bound, th_i64 n) {
          return bound < 0 ? (bound + n < -1 ? -1 : bound + n) : (bound < n ? bound : n - 1);
        }
        """),
    Function(
      name: "th_fail",
      text: """
        static __attribute__((noinline)) th_i32 th_fail(th_error *error, th_i32 check, th_i64 a, th_i64 b) {
          error->check = check;
          error->count = 2;
          error->values[0] = a;
          error->values[1] = b;
          return TH_CHECK;
        }
        """),
  ]

  private static let macros = """
    #if defined(__clang__)
    #define TH_VECTOR_LOOP _Pragma("clang loop vectorize(assume_safety) interleave(enable)")
    #define TH_REASSOCIATE _Pragma("clang fp reassociate(on)")
    #else
    #define TH_VECTOR_LOOP
    #define TH_REASSOCIATE
    #endif
    #define TH_INLINE inline __attribute__((always_inline))
    #define TH_APART __attribute__((noinline))
    // NaN if either is. Clang has a word for it that becomes vector code.
    #if defined(__has_builtin)
    #if __has_builtin(__builtin_elementwise_maximum) && __has_builtin(__builtin_elementwise_minimum)
    #define TH_MAXIMUM(a, b) __builtin_elementwise_maximum(a, b)
    #define TH_MINIMUM(a, b) __builtin_elementwise_minimum(a, b)
    #endif
    #endif
    #ifndef TH_MAXIMUM
    #define TH_MAXIMUM(a, b) ((b) > (a) || (b) != (b) ? (b) : (a))
    #define TH_MINIMUM(a, b) ((b) < (a) || (b) != (b) ? (b) : (a))
    #endif
    #define th_unlikely(x) __builtin_expect(!!(x), 0)
    // Below this much work (in additions) a second thread costs more than it brings.
    #define TH_PARALLEL_WORK \(LoopPlan.parallelWork)
    """
}
