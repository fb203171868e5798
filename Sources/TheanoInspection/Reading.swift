import TheanoArrays
import TheanoGraph
import TheanoOperations

/// An expression as a person would write it: without what promotion, broadcasting and the chain rule add.
///
/// Casts that promotion made, factors of 1, choices that are decided and arithmetic on numbers are left out; a sum divided by
/// its count is a mean. What remains has the value of the expression as it is written, rounding aside.
struct Reading {
  /// How tightly a text holds together; what holds less tightly than its surroundings demand is put in parentheses.
  enum Binding: Int, Comparable {
    case comparison, sum, product, negation, power, atom
    static func < (a: Binding, b: Binding) -> Bool { a.rawValue < b.rawValue }
  }

  var text: String
  var binding: Binding = .atom
  /// Its value, if it is one number throughout.
  var number: Double?
  /// Whose shape it is stretched to, if it reads like something smaller that broadcasts.
  var stretchedTo: String?

  /// The text between other text.
  func inside(_ least: Binding) -> String { binding < least ? "(\(text))" : text }

  /// The text where nothing else would stretch it.
  var whole: String { stretchedTo.map { "broadcast(\(text), \($0))" } ?? text }

  init(_ text: String, _ binding: Binding = .atom, number: Double? = nil, stretchedTo: String? = nil) {
    (self.text, self.binding, self.number, self.stretchedTo) = (text, binding, number, stretchedTo)
  }

  /// - Parameter value: The number as its own dtype writes it.
  init(number: Double, value: NDArray? = nil, stretchedTo: String? = nil) {
    let text = "\(value ?? NDArray(number))"
    self.init(
      text.hasSuffix(".0") ? String(text.dropLast(2)) : text, number < 0 ? .negation : .atom, number: number,
      stretchedTo: stretchedTo)
  }

  /// A variable that is written by its name, or a number.
  init(leaf variable: TensorVariable) {
    if let value = variable.constantValue, value.ndim == 0, variable.name == nil, !value.dtype.isComplex,
      let number = try? value.astype(.float64).item(as: Double.self), value.dtype != .bool
    {
      self.init(number: number, value: value)
    } else {
      self.init(ExpressionText.text(variable, 0))
    }
  }

  /// An application whose operands are read.
  ///
  /// - Parameter read: The reading of any variable below.
  init(_ application: ApplyNode, _ read: (TensorVariable) -> Reading) {
    let operands = Promotion.written(application)
    if let mean = Reading.mean(application, read) {
      self = mean
    } else if let op = application.op as? Elementwise {
      let rank = operands.map(\.ndim).max() ?? 0
      let widest = operands.contains { $0.ndim == rank && $0.withoutLeadingAxes == $0 }
      let broadcasting = widest ? operands.map(\.withoutLeadingAxes) : operands
      self = Reading.elementwise(op, broadcasting.map(read), ranks: operands.map(\.ndim))
    } else if let op = application.op as? DimShuffle {
      self = Reading.shuffled(op, application, operands[0], read)
    } else if let op = application.op as? Reduction {
      self.init(Reading.reduced(op.name, op.axes, operands[0], read(operands[0])))
    } else if application.op is BroadcastLike {
      var inner = read(operands[0].withoutLeadingAxes)
      inner.stretchedTo = read(operands[1]).whole
      self = inner
    } else if let length = application.op as? AxisLength {
      self.init("\(read(operands[0].sameLength(length.axis)).inside(.atom)).shape[\(length.axis)]")
    } else {
      self.init(Reading.call(application.op, operands.map(read)))
    }
  }
}

extension Reading {
  /// An operation in its own notation, each operand in parentheses unless commas or brackets set it apart.
  private static func call(_ op: any Operation, _ operands: [Reading]) -> String {
    let marks = operands.indices.map { "\u{1}\($0)\u{2}" }
    let form = Array(op.text(marks))
    var text = ""
    var start: Int?
    for (k, character) in form.enumerated() {
      if character == "\u{1}" {
        start = k
      } else if character == "\u{2}", let from = start, let number = Int(String(form[(from + 1)..<k])) {
        let before = text.hasSuffix("(") || text.hasSuffix(", ") || text.isEmpty
        let after = k + 1 < form.count ? form[k + 1] : ")"
        let isApart = before && (after == "," || after == ")")
        let operand = operands[number]
        text += isApart || operand.binding == .atom ? operand.whole : "(\(operand.whole))"
        start = nil
      } else if start == nil {
        text.append(character)
      }
    }
    return text
  }

  private static func reduced(
    _ name: String, _ axes: [Int], keepDims: Bool = false, _ operand: TensorVariable, _ reading: Reading
  ) -> String {
    var parts = [reading.whole]
    if axes.count < operand.ndim { parts.append("axis: \(axes.count == 1 ? "\(axes[0])" : "\(axes)")") }
    if keepDims { parts.append("keepDims: true") }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }

  /// Axes that a reduction keeps with length 1 are an argument of its own.
  private static func shuffled(
    _ op: DimShuffle, _ application: ApplyNode, _ operand: TensorVariable,
    _ read: (TensorVariable) -> Reading
  ) -> Reading {
    if let owner = operand.node.owner, owner.note == application.note, let reduction = owner.op as? Reduction,
      op.keepsDims(of: reduction)
    {
      let inner = Promotion.written(owner)[0]
      return Reading(reduced(reduction.name, reduction.axes, keepDims: true, inner, read(inner)))
    }
    let inner = read(operand)
    // One number throughout is that number under any axes.
    if inner.number != nil, inner.stretchedTo == nil { return inner }
    return Reading(call(op, [inner]))
  }

  /// A sum divided by the number of the elements summed, both made by one call.
  private static func mean(_ application: ApplyNode, _ read: (TensorVariable) -> Reading) -> Reading? {
    guard let op = application.op as? Elementwise, op.name == "divide" else { return nil }
    var total = application.inputs[0]
    var keepsDims = false
    if let owner = total.node.owner, let shuffle = owner.op as? DimShuffle, owner.note == application.note,
      let reduction = owner.inputs[0].node.owner?.op as? Reduction, shuffle.keepsDims(of: reduction)
    {
      (total, keepsDims) = (owner.inputs[0], true)
    }
    guard let owner = total.node.owner, owner.note == application.note,
      let reduction = owner.op as? Reduction, reduction.kind == .sum
    else { return nil }
    let operand = Promotion.written(owner)[0]
    guard isCount(application.inputs[1], of: operand, axes: reduction.axes, application.note) else {
      return nil
    }
    return Reading(reduced("mean", reduction.axes, keepDims: keepsDims, operand, read(operand)))
  }

  /// Whether a variable is the product of an array's lengths on some axes.
  private static func isCount(
    _ variable: TensorVariable, of array: TensorVariable, axes: [Int], _ note: SourceNote
  ) -> Bool {
    var known = 1.0
    var open: [Int] = []
    var pending = [variable]
    while let part = pending.popLast() {
      if let value = part.constantValue {
        guard value.ndim == 0, let number = try? value.astype(.float64).item(as: Double.self) else {
          return false
        }
        known *= number
      } else if let owner = part.node.owner, owner.note == note {
        if let length = owner.op as? AxisLength {
          guard owner.inputs[0] == array else { return false }
          open.append(length.axis)
        } else if let op = owner.op as? Elementwise, op.name == "multiply" || op.name.hasPrefix("cast<") {
          pending.append(contentsOf: owner.inputs)
        } else {
          return false
        }
      } else {
        return false
      }
    }
    let lengths = axes.map { array.type.shape[$0] }
    let unknown = zip(axes, lengths).filter { $1 == nil }.map(\.0)
    return open.sorted() == unknown && known == lengths.reduce(1.0) { $0 * Double($1 ?? 1) }
  }

  /// An elementwise function: stretched operands broadcast by themselves, and numbers are computed.
  private static func elementwise(_ op: Elementwise, _ operands: [Reading], ranks: [Int]) -> Reading {
    let rank = ranks.max() ?? 0
    // If nothing else has the shape that operands were stretched to, the result is what is stretched.
    let isStretched = zip(operands, ranks).allSatisfy { $0.stretchedTo != nil || $1 < rank || $1 == 0 }
    let stretchedTo = isStretched ? operands.lazy.compactMap(\.stretchedTo).first : nil
    func result(_ text: String, _ binding: Binding) -> Reading {
      Reading(text, binding, stretchedTo: stretchedTo)
    }
    func same(_ operand: Reading) -> Reading {
      var operand = operand
      operand.stretchedTo = stretchedTo
      return operand
    }
    if let folded = folded(op, operands) { return Reading(number: folded, stretchedTo: stretchedTo) }
    let (a, b) = (operands[0], operands.count > 1 ? operands[1] : operands[0])
    switch op.name {
    case "add":
      if b.number == 0 { return same(a) }
      if a.number == 0 { return same(b) }
      if b.binding == .negation, b.text.hasPrefix("-") {
        return result("\(a.inside(.sum)) - \(b.text.dropFirst())", .sum)
      }
      if let number = a.number, number < 0 {
        return result("\(b.inside(.sum)) - \(a.text.dropFirst())", .sum)
      }
      return result("\(a.inside(.sum)) + \(b.inside(.product))", .sum)
    case "subtract":
      if b.number == 0 { return same(a) }
      return result("\(a.inside(.sum)) - \(b.inside(.product))", .sum)
    case "multiply":
      if a.number == 1 { return same(b) }
      if b.number == 1 { return same(a) }
      if a.number == -1 { return result("-\(b.inside(.atom))", .negation) }
      return result("\(a.inside(.product)) * \(b.inside(.negation))", .product)
    case "divide":
      if b.number == 1 { return same(a) }
      return result("\(a.inside(.product)) / \(b.inside(.negation))", .product)
    case "floorDivide", "mod":
      return result(
        "\(a.inside(.product)) \(op.definition.infix ?? op.name) \(b.inside(.negation))", .product)
    case "pow":
      if b.number == 1 { return same(a) }
      return result("\(a.inside(.atom)) ** \(b.inside(.atom))", .power)
    case "negate": return result("-\(a.inside(.atom))", .negation)
    case "where":
      if let condition = a.number { return same(operands[condition != 0 ? 1 : 2]) }
      return result("where(\(operands.map(\.text).joined(separator: ", ")))", .atom)
    default:
      guard let infix = op.definition.infix, operands.count == 2 else {
        return result("\(op.name)(\(operands.map(\.text).joined(separator: ", ")))", .atom)
      }
      return result("\(a.inside(.sum)) \(infix) \(b.inside(.sum))", .comparison)
    }
  }

  /// The value where all operands are numbers.
  private static func folded(_ op: Elementwise, _ operands: [Reading]) -> Double? {
    let numbers = operands.compactMap(\.number)
    guard numbers.count == operands.count, let compute = op.definition.host.float else { return nil }
    let value = compute(numbers[0], numbers.count > 1 ? numbers[1] : 0, numbers.count > 2 ? numbers[2] : 0)
    return value.isFinite ? value : nil
  }
}

extension TensorVariable {
  /// The same without new axes before its own, which broadcasting adds by itself.
  fileprivate var withoutLeadingAxes: TensorVariable {
    guard name == nil, let owner = node.owner, let op = owner.op as? DimShuffle else { return self }
    let own = op.order.drop { $0 == nil }
    return Array(own) == Array(0..<owner.inputs[0].ndim).map(Optional.some) ? owner.inputs[0] : self
  }

  /// What it is computed from element by element, and has its length on an axis.
  fileprivate func sameLength(_ axis: Int) -> TensorVariable {
    var variable = self
    while variable.name == nil, let owner = variable.node.owner, owner.op is Elementwise,
      let like = owner.inputs.first(where: { $0.ndim == ndim && $0.type.shape[axis] == nil })
    {
      variable = like
    }
    return variable
  }
}

extension DimShuffle {
  /// Whether it puts back, with length 1, exactly the axes that a reduction took.
  fileprivate func keepsDims(of reduction: Reduction) -> Bool {
    var next = 0
    for (axis, from) in order.enumerated() {
      if reduction.axes.contains(axis) {
        if from != nil { return false }
      } else {
        if from != next { return false }
        next += 1
      }
    }
    return reduction.axes.allSatisfy { $0 < order.count }
  }
}
