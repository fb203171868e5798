import TheanoGraph

/// The operations on symbolic arrays, under Theano's names: `T.dmatrix("x")`, `T.exp(x)`, `T.dot(a, b)`.
///
/// Elementwise functions are properties of their tables, found here by name; everything else is a static function.
@dynamicMemberLookup
public enum T {
  /// An elementwise function of the arithmetic table.
  public static subscript<F>(dynamicMember entry: KeyPath<ArithmeticFunctions, F>) -> F {
    ArithmeticFunctions.table[keyPath: entry]
  }

  /// An elementwise function of the exponential table.
  public static subscript<F>(dynamicMember entry: KeyPath<ExponentialFunctions, F>) -> F {
    ExponentialFunctions.table[keyPath: entry]
  }

  /// An elementwise function of the trigonometric table.
  public static subscript<F>(dynamicMember entry: KeyPath<TrigonometricFunctions, F>) -> F {
    TrigonometricFunctions.table[keyPath: entry]
  }

  /// An elementwise function of the comparison table.
  public static subscript<F>(dynamicMember entry: KeyPath<ComparisonFunctions, F>) -> F {
    ComparisonFunctions.table[keyPath: entry]
  }

  /// Functions for neural networks.
  public enum nnet {}
  /// Linear algebra.
  public enum linalg {}
}

/// Every elementwise function there is, read off the tables themselves: what the generic tests walk through.
package enum ElementwiseTable {
  package static let all: [ElementwiseDefinition] = {
    let families: [Any] = [
      ArithmeticFunctions.table, ExponentialFunctions.table, TrigonometricFunctions.table,
      ComparisonFunctions.table,
    ]
    let entries = families.flatMap { Mirror(reflecting: $0).children }
    return entries.compactMap { entry in
      switch entry.value {
      case let f as UnaryFunction: f.definition
      case let f as BinaryFunction: f.definition
      case let f as SelectionFunction: f.definition
      default: nil
      }
    } + Casts.all
  }()
}
