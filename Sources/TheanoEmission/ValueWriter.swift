import TheanoArrays
import TheanoKernels

/// Renders the straight line of a nest's instructions, each as high up in the loops as what it needs allows.
struct ValueWriter {
  let nest: LoopNest
  let dialect: Dialect
  /// The name of each axis's position.
  private let axisNames: [String]
  /// The depth of the loop at which each instruction is computed; those that need no axis stand at depth 0.
  let depths: [Int]
  /// How many folds must be finished before an instruction can be computed.
  let stages: [Int]
  /// Values that later runs over a row find in memory: what stands for each.
  var keptInRow: [Int: String] = [:]
  /// The prelude's functions that are called, such as `exp_f64`.
  let functions: Set<String>

  /// - Parameters:
  ///   - depthOfAxis: The depth of the loop that each axis is.
  ///   - rowDepth: The depth at which results of folds are known.
  init(
    _ nest: LoopNest, depthOfAxis: [Int], rowDepth: Int, dialect: Dialect = .c
  ) {
    self.nest = nest
    self.dialect = dialect
    axisNames = nest.axes.indices.map { "i\($0)" }
    stages = nest.stages
    // What is written in this nest is not to be read ahead of its place.
    let written = Set(nest.effects.flatMap { $0.targets.map(\.buffer) })
    let deepest = depthOfAxis.max() ?? 0
    var depths: [Int] = []
    for (k, instruction) in nest.instructions.enumerated() {
      var depth = nest.operands(of: k).map { depths[Int($0.id)] }.max() ?? 0
      switch instruction {
      case .index(let axis): depth = depthOfAxis[axis]
      case .folded: depth = rowDepth
      case .load(let buffer, _): if written.contains(buffer) { depth = deepest }
      case .constant, .parameter, .extent, .apply, .checkedIndex: break
      }
      depths.append(depth)
    }
    self.depths = depths
    functions = Set(nest.instructions.indices.flatMap { ValueWriter.functions(nest, $0) })
  }

  private static func functions(_ nest: LoopNest, _ k: Int) -> [String] {
    guard case .apply(let primitive, let operands) = nest.instructions[k], let first = operands.first else {
      return []
    }
    let suffix = nest.dtype(first).suffix
    switch primitive {
    case .call(let name):
      guard let reach = Reach.of[name], nest.dtype(first).isFloating else { return ["\(name)_\(suffix)"] }
      return ["\(reach.scalar)_\(suffix)", "\(name)_\(suffix)", "\(name)_near_\(suffix)"]
    case .minimum where nest.dtype(first).isFloating: return ["minimum_\(suffix)"]
    case .maximum where nest.dtype(first).isFloating: return ["maximum_\(suffix)"]
    default: return []
    }
  }

  /// The statements that belong at a depth, in order.
  ///
  /// - Parameters:
  ///   - wanted: Those that are needed.
  ///   - reach: Which of the siblings of functions that have some are called.
  func statements(at depth: Int, in wanted: Set<Int>, reach: Reach.Form = .scalar) -> [String] {
    var lines: [String] = []
    for k in nest.instructions.indices where depths[k] == depth && wanted.contains(k) {
      if let kept = keptInRow[k] {
        lines.append("const \(nest.dtypes[k].cName) v\(k) = \(kept);")
        continue
      }
      switch nest.instructions[k] {
      case .constant, .parameter, .extent, .index, .folded: continue
      case .apply where nest.isIndexArithmetic(k): continue
      case .load(let buffer, let at):
        let element = "b\(buffer)[\(offset(buffer, at))]"
        lines.append("const \(nest.dtypes[k].cName) v\(k) = \(loaded(element, nest.buffers[buffer].dtype));")
      case .apply(let primitive, let operands):
        lines.append("const \(nest.dtypes[k].cName) v\(k) = \(expression(primitive, operands, reach));")
      case .checkedIndex(let i, let bound, let check):
        lines.append("const th_i64 v\(k) = \(text(i));")
        lines.append(
          "if (th_unlikely((th_u64)v\(k) >= (th_u64)\(text(bound)))) return th_fail(error, \(check), "
            + "v\(k) < 0 ? v\(k) - \(text(bound)) : v\(k), \(text(bound)));")
      }
    }
    return lines
  }

  /// The instructions that stand at a depth and that given values need.
  func needed(_ refs: [LoopNest.Ref], at depth: Int) -> Set<Int> {
    var wanted: Set<Int> = []
    var pending = refs.map { Int($0.id) }
    while let k = pending.popLast() {
      guard depths[k] == depth, wanted.insert(k).inserted else { continue }
      pending += nest.operands(of: k).map { Int($0.id) }
    }
    return wanted
  }

  /// An element as it is computed with.
  private func loaded(_ element: String, _ dtype: DType) -> String {
    dtype.format.conversion.map { "th_from_\($0)(\(element))" } ?? element
  }

  /// A value as it is kept in a buffer.
  func stored(_ value: String, in buffer: Int) -> String {
    nest.buffers[buffer].dtype.format.conversion.map { "th_to_\($0)(\(value))" } ?? value
  }

  /// A value as an expression.
  func text(_ ref: LoopNest.Ref) -> String {
    switch nest[ref] {
    case .parameter(let k): return "c\(k)"
    case .constant(let c): return parenthesised(c.literal(dialect))
    case .extent(let s): return size(s)
    case .index(let axis): return axisNames[axis]
    case .folded(let effect): return "r\(effect)"
    case .apply(let primitive, let operands) where nest.isIndexArithmetic(Int(ref.id)):
      return "(\(expression(primitive, operands, .scalar)))"
    case .load, .apply, .checkedIndex: return "v\(ref.id)"
    }
  }

  private func parenthesised(_ literal: String) -> String {
    literal.hasPrefix("-") ? "(\(literal))" : literal
  }

  /// A length: a number, or a parameter of the kernel.
  func size(_ number: Int) -> String { nest.sizes[number].constant.map(String.init) ?? "s\(number)" }

  /// The place of an element in a C-contiguous buffer.
  func offset(_ buffer: Int, _ at: [LoopNest.Ref]) -> String {
    var result = ""
    for (axis, ref) in at.enumerated() {
      let position = text(ref)
      if result.isEmpty || result == "0" {
        result = position
      } else {
        let length = size(nest.buffers[buffer].shape[axis])
        let scaled =
          length == "1" ? result : result.contains(" ") ? "(\(result)) * \(length)" : "\(result) * \(length)"
        result = position == "0" ? scaled : "\(scaled) + \(position)"
      }
    }
    return result.isEmpty ? "0" : result
  }

  private func expression(_ primitive: Primitive, _ operands: [LoopNest.Ref], _ reach: Reach.Form) -> String {
    let x = operands.map(text)
    let dtype = nest.dtype(operands[0])
    func infix(_ op: String) -> String { "\(x[0]) \(op) \(x[1])" }
    switch primitive {
    case .add: return infix("+")
    case .subtract: return infix("-")
    case .multiply: return infix("*")
    case .divide: return infix("/")
    case .negate: return "-\(x[0])"
    case .absolute:
      if dtype.isFloating { return dialect.service("fabs", dtype, x[0]) }
      return dtype.kind == .signed ? "\(x[0]) < 0 ? -\(x[0]) : \(x[0])" : x[0]
    case .minimum:
      return dtype.isFloating
        ? call("minimum", dtype, x, reach) : "\(x[1]) < \(x[0]) ? \(x[1]) : \(x[0])"
    case .maximum:
      return dtype.isFloating
        ? call("maximum", dtype, x, reach) : "\(x[1]) > \(x[0]) ? \(x[1]) : \(x[0])"
    case .less: return infix("<")
    case .lessOrEqual: return infix("<=")
    case .equal: return infix("==")
    case .notEqual: return infix("!=")
    case .and: return infix("&")
    case .or: return infix("|")
    case .xor: return infix("^")
    case .not: return dtype == .bool ? "!\(x[0])" : "~\(x[0])"
    case .shiftLeft: return infix("<<")
    case .shiftRight: return infix(">>")
    case .select: return "\(x[0]) ? \(x[1]) : \(x[2])"
    case .cast(let target): return conversion(x[0], dtype, to: target)
    case .floor: return dialect.service("floor", dtype, x[0])
    case .ceil: return dialect.service("ceil", dtype, x[0])
    case .trunc: return dialect.service("trunc", dtype, x[0])
    case .rint: return dialect.service("rint", dtype, x[0])
    case .call(let name): return call(name, dtype, x, reach)
    }
  }

  /// C leaves floats undefined that an integer cannot hold; here those end at the type's nearest end and NaN at 0, by
  /// comparisons with powers of two.
  private func conversion(_ x: String, _ dtype: DType, to target: DType) -> String {
    if target == .bool { return "\(x) != 0" }
    if let name = target.format.conversion {
      return "th_from_\(name)(th_to_\(name)((\(target.arithmetic.cName))\(x)))"
    }
    let plain = "(\(target.cName))\(x)"
    guard dtype.isFloating, target.isInteger else { return plain }
    let isSigned = target.kind == .signed
    let limit = Double(sign: .plus, exponent: 8 * target.itemSize - (isSigned ? 1 : 0), significand: 1)
    func literal(_ value: Double) -> String { LoopNest.Constant(value, dtype).literal(dialect) }
    func end(_ bits: UInt64) -> String { LoopNest.Constant(target, bits: bits).literal(dialect) }
    let most = UInt64.max >> UInt64(64 - 8 * target.itemSize + (isSigned ? 1 : 0))
    let least = isSigned ? end(UInt64(bitPattern: -Int64(most) - 1)) : "0"
    return
      "\(x) >= \(literal(limit)) ? \(end(most)) : \(x) > \(literal(isSigned ? -limit - 1 : -1)) ? \(plain) : "
      + "\(x) != \(x) ? 0 : \(least)"
  }

  private func call(_ name: String, _ dtype: DType, _ x: [String], _ form: Reach.Form) -> String {
    var function = name
    if dtype.isFloating, let reach = Reach.of[name] {
      switch form {
      case .scalar: function = reach.scalar
      case .near: function = "\(name)_near"
      case .whole: function = name
      }
    }
    return "th_\(function)_\(dtype.suffix)(\(x.joined(separator: ", ")))"
  }
}
