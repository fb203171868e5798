import TheanoArrays
import TheanoKernels

/// The matrix product as generated code calls it: small ones by loops on the spot, where a library's call would cost
/// more than the work; larger ones through the host's BLAS, by the routine that their shape asks for.
enum ProductText {
  /// - Parameter inline: whether the compiler may copy it to where it is called.
  static func text(_ dtype: DType, inline: Bool) -> String {
    let attributes = inline ? "unused" : "unused, noinline"
    let (t, letter, suffix) = dtype == .float32 ? ("th_f32", "s", "f32") : ("th_f64", "d", "f64")
    return """
      // out = alpha op(a) op(b) + beta out; row-major; strides are those of the matrices as stored.
      static __attribute__((\(attributes))) void th_matmul_\(suffix)(const th_host *host, th_call *call, th_i32 ta, th_i32 tb, th_i64 m,
          th_i64 n, th_i64 k, \(t) alpha, const \(t) *a, th_i64 lda, const \(t) *b, th_i64 ldb, \(t) beta, \(t) *out) {
        if (m * n * k <= \(Step.Product.largestLoop)) {
          if (n == 1) {
            // A column: b is read with one stride, and the rows of op(a) are summed.
            const th_i64 bs = tb ? 1 : ldb, ar = ta ? 1 : lda, ac = ta ? lda : 1;
            for (th_i64 i = 0; i < m; i++) {
              \(t) sum = 0;
              for (th_i64 l = 0; l < k; l++) { TH_REASSOCIATE sum += a[i * ar + l * ac] * b[l * bs]; }
              out[i] = alpha * sum + (beta == 0 ? 0 : beta * out[i]);
            }
            return;
          }
          for (th_i64 i = 0; i < m; i++) {
            \(t) *row = out + i * n;
            if (beta == 0) { for (th_i64 j = 0; j < n; j++) row[j] = 0; }
            else if (beta != 1) { for (th_i64 j = 0; j < n; j++) row[j] *= beta; }
            for (th_i64 l = 0; l < k; l++) {
              const \(t) x = alpha * (ta ? a[l * lda + i] : a[i * lda + l]);
              if (tb) { for (th_i64 j = 0; j < n; j++) row[j] += x * b[j * ldb + l]; }
              else {
                const \(t) *from = b + l * ldb;
                TH_VECTOR_LOOP
                for (th_i64 j = 0; j < n; j++) row[j] += x * from[j];
              }
            }
          }
          return;
        }
        if (n == 1) {
          host->\(letter)gemv(call, ta, ta ? k : m, ta ? m : k, alpha, a, lda, b, tb ? 1 : ldb, beta, out, 1);
        } else if (m == 1) {
          host->\(letter)gemv(call, !tb, tb ? n : k, tb ? k : n, alpha, b, ldb, a, ta ? lda : 1, beta, out, 1);
        } else if (k == 1 && beta == 1) {
          host->\(letter)ger(call, m, n, alpha, a, ta ? 1 : lda, b, tb ? ldb : 1, out, n);
        } else {
          host->\(letter)gemm(call, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, out, n);
        }
      }
      """
  }
}
