import TheanoArrays
import TheanoGraph

/// What made an expression's dtype wider than the one that it is wanted in: for errors, which name the operand.
package struct Widening: Sendable {
  /// The operand, as it was before promotion.
  package let operand: TensorVariable
  /// The application in which it met something narrower; `nil` if the whole expression is wide, like the operand.
  package let application: ApplyNode?

  /// Finds the application, made first of all that the value is computed by, in which operands that fit `dtype` were promoted
  /// because of one that does not; without one, the first operand that does not fit.
  ///
  /// An application whose operands all fit, such as an explicit cast, is such an operand itself.
  ///
  /// - Returns: `nil` if the value fits.
  package init?(of value: TensorVariable, beyond dtype: DType) {
    func fits(_ variable: TensorVariable) -> Bool { variable.dtype.canCastSafely(to: dtype) }
    var met: (serial: UInt64, operand: TensorVariable, application: ApplyNode)?
    var first: TensorVariable?
    func consider(_ variable: TensorVariable) {
      if first.map({ variable.node.serial < $0.node.serial }) ?? true { first = variable }
    }
    var seen: Set<ObjectIdentifier> = []
    var pending = [value]
    while let variable = pending.popLast() {
      guard !fits(variable), seen.insert(ObjectIdentifier(variable.node)).inserted else { continue }
      guard let owner = variable.node.owner else {
        consider(variable)
        continue
      }
      let operands = Promotion.written(owner)
      let wide = Widening.deciding(owner.op, operands, variable.dtype).filter { !fits($0) }
      let promoted = zip(operands, owner.inputs).contains { fits($0) && $0 != $1 }
      if let operand = wide.first, promoted, variable.node.serial < met?.serial ?? .max {
        met = (variable.node.serial, operand, owner)
      }
      if wide.isEmpty { consider(variable) }
      pending.append(contentsOf: wide)
    }
    guard let operand = met?.operand ?? first else { return nil }
    (self.operand, application) = (operand, met?.application)
  }

  /// The operands that the dtype of the result may come from: those that have it, or all if none has.
  private static func deciding(
    _ op: any Operation, _ operands: [TensorVariable], _ dtype: DType
  ) -> [TensorVariable] {
    if let moved = op.movedOperand { return [operands[moved]] }
    let candidates = operands.indices.filter { !op.shapeOnlyOperands.contains($0) }.map { operands[$0] }
    let same = candidates.filter { $0.dtype == dtype }
    // A number has the dtype of what it met; if there is nothing else, it is to blame after all.
    let arrays = same.filter { $0.constantValue?.ndim != 0 }
    return arrays.isEmpty ? (same.isEmpty ? candidates : same) : arrays
  }

  /// The rest of a sentence that says what is too wide.
  package var text: String {
    let operand = "\(operand.located), \(operand.type.brief),"
    guard let application else { return ": it comes from \(operand.dropLast())" }
    return ": \(operand) widens it" + (application.note.shortLocation.map { " at \($0)" } ?? "")
  }

  /// The application, with the operand underlined.
  package var expression: (text: String, caret: Range<Int>?)? {
    guard let application else { return nil }
    let operands = Promotion.written(application)
    let (text, caret) = ExpressionText.render(
      application.op, operands, underlining: operands.firstIndex(of: operand), located: true)
    return (text, caret)
  }

  /// How to get a value of the narrower dtype.
  package static func hint(_ cause: Widening?, _ dtype: DType) -> String {
    // To cast a fraction to an integer before it is used would change what is computed.
    guard let cause, cause.application != nil, dtype.isFloating || !cause.operand.dtype.isFloating else {
      return "cast it: T.cast(value, .\(dtype))"
    }
    let operand = cause.operand.name ?? "operand"
    return "cast that operand: T.cast(\(operand), .\(dtype)), or all of it: T.cast(value, .\(dtype))"
  }
}
