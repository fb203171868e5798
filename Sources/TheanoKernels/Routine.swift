import TheanoArrays

/// A native routine that programs call: one row says all that is known of it.
///
/// Programs have an array of imports, one place for each routine that they call, which is filled when a program is loaded.
/// The rows of a library's routines are beside the operations that call them; a new one is touched nowhere else.
package struct Routine: Hashable, Sendable {
  /// Where the address comes from.
  package enum Provider: Hashable, Sendable {
    /// A symbol of the machine's LAPACK, in Fortran's manner: everything by address, lengths of 32 bits, a status last.
    case lapack
  }

  /// What an argument is.
  package enum Parameter: Hashable, Sendable {
    /// A letter, such as `U` for the upper triangle.
    case letter(Character)
    /// A length or stride.
    case length
    /// A number of the routine's dtype.
    case number
    /// The elements of a buffer that is read, written, or both.
    case reads(DType)
    case writes(DType)
    case updates(DType)
    /// 0 or 1.
    case flag
  }

  /// The symbol, such as `dgesv_`.
  package var symbol: String
  package var provider: Provider
  package var parameters: [Parameter]
  /// What is said of a machine that lacks it.
  package var library: String {
    switch provider {
    case .lapack: "LAPACK"
    }
  }

  package init(_ symbol: String, _ provider: Provider, _ parameters: [Parameter]) {
    self.symbol = symbol
    self.provider = provider
    self.parameters = parameters
  }
}
