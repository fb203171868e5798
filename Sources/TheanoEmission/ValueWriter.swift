import TheanoArrays
import TheanoKernels

/// Renders the straight line of a nest's instructions, each as high up in the loops as what it needs allows.
struct ValueWriter {
  let nest: LoopNest
  let dialect: Dialect
  /// The depth of the loop that each axis is; instructions that need no axis stand at depth 0.
  let depthOfAxis: [Int]
  /// The name of each axis's position.
  let axisNames: [String]
  private(set) var depths: [Int] = []
  private var uses: [Int] = []
  /// The prelude's functions that are called, such as `exp_f64`.
  private(set) var functions: Set<String> = []

  init(_ nest: LoopNest, depthOfAxis: [Int], axisNames: [String], dialect: Dialect = .c) {
    self.nest = nest
    self.dialect = dialect
    self.depthOfAxis = depthOfAxis
    self.axisNames = axisNames
    for instruction in nest.instructions {
      let depth: Int =
        switch instruction {
        case .constant, .parameter, .extent: 0
        case .index(let axis): depthOfAxis[axis]
        case .load(_, let at): at.map { depths[Int($0.id)] }.max() ?? 0
        case .apply(_, let operands): operands.map { depths[Int($0.id)] }.max() ?? 0
        case .checkedIndex(let i, let bound, _): max(depths[Int(i.id)], depths[Int(bound.id)])
        }
      depths.append(depth)
    }
    // What is written in this nest is not to be read ahead of its place.
    let written = Set(nest.effects.map(\.parts.buffer))
    for (k, instruction) in nest.instructions.enumerated() {
      if case .load(let buffer, _) = instruction, written.contains(buffer) {
        depths[k] = depthOfAxis.max() ?? 0
      }
      if case .apply(_, let operands) = instruction {
        depths[k] = max(depths[k], operands.map { depths[Int($0.id)] }.max() ?? 0)
      }
    }
    functions = Set(nest.instructions.enumerated().flatMap { k, i in functionNames(k, i) })
  }

  private func functionNames(_ k: Int, _ instruction: LoopNest.Instruction) -> [String] {
    guard case .apply(let primitive, let operands) = instruction, let first = operands.first else {
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
  func statements(at depth: Int, only wanted: Set<Int>? = nil) -> [String] {
    var lines: [String] = []
    for (k, instruction) in nest.instructions.enumerated()
    where depths[k] == depth && (wanted?.contains(k) ?? true) {
      switch instruction {
      case .constant, .parameter, .extent, .index: continue
      case .apply where isIndexArithmetic(k): continue
      case .load(let buffer, let at):
        lines.append("const \(nest.dtypes[k].cName) v\(k) = b\(buffer)[\(offset(buffer, at))];")
      case .apply(let primitive, let operands):
        lines.append("const \(nest.dtypes[k].cName) v\(k) = \(expression(primitive, operands));")
      case .checkedIndex(let i, let bound, let check):
        lines.append("const th_i64 v\(k) = \(text(i));")
        lines.append(
          "if (th_unlikely((th_u64)v\(k) >= (th_u64)\(text(bound)))) return th_fail(error, \(check), "
            + "v\(k) < 0 ? v\(k) - \(text(bound)) : v\(k), \(text(bound)));")
      }
    }
    return lines
  }

  /// The statements at a depth that given values need: for what stands after the loops that the others stand in.
  func statementsForStart(_ refs: [LoopNest.Ref], depth: Int) -> [String] {
    var wanted: Set<Int> = []
    var pending = refs.map { Int($0.id) }
    while let k = pending.popLast() {
      guard depths[k] == depth, wanted.insert(k).inserted else { continue }
      switch nest.instructions[k] {
      case .load(_, let at): pending += at.map { Int($0.id) }
      case .apply(_, let operands): pending += operands.map { Int($0.id) }
      default: break
      }
    }
    return wanted.isEmpty ? [] : statements(at: depth, only: wanted)
  }

  /// Sums and products of positions are written where they are used.
  private func isIndexArithmetic(_ k: Int) -> Bool {
    guard case .apply(let primitive, let operands) = nest.instructions[k], nest.dtypes[k] == .int64 else {
      return false
    }
    guard primitive == .add || primitive == .multiply || primitive == .subtract else { return false }
    return operands.allSatisfy { ref in
      switch nest[ref] {
      case .constant, .parameter, .extent, .index: true
      case .apply: isIndexArithmetic(Int(ref.id))
      default: false
      }
    }
  }

  /// A value as an expression.
  func text(_ ref: LoopNest.Ref) -> String {
    switch nest[ref] {
    case .parameter(let k): "c\(k)"
    case .constant(let c): parenthesised(c.literal(dialect))
    case .extent(let s): size(s)
    case .index(let axis): axisNames[axis]
    case .apply(let primitive, let operands) where isIndexArithmetic(Int(ref.id)):
      "(\(expression(primitive, operands)))"
    default: "v\(ref.id)"
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

  func expression(_ primitive: Primitive, _ operands: [LoopNest.Ref]) -> String {
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
      return dtype.isFloating ? call("minimum", dtype, x) : "\(x[1]) < \(x[0]) ? \(x[1]) : \(x[0])"
    case .maximum:
      return dtype.isFloating ? call("maximum", dtype, x) : "\(x[1]) > \(x[0]) ? \(x[1]) : \(x[0])"
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
    case .call(let name): return call(name, dtype, x)
    }
  }

  /// C leaves floats undefined that an integer cannot hold; here those end at the type's nearest end and NaN at 0, by
  /// comparisons with powers of two.
  private func conversion(_ x: String, _ dtype: DType, to target: DType) -> String {
    if target == .bool { return "\(x) != 0" }
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

  private func call(_ name: String, _ dtype: DType, _ x: [String]) -> String {
    let name = dtype.isFloating ? Reach.of[name]?.scalar ?? name : name
    return "th_\(name)_\(dtype.suffix)(\(x.joined(separator: ", ")))"
  }

  /// Roughly what one point of the nest costs, in additions.
  var cost: Int {
    nest.instructions.enumerated().reduce(1) { sum, item in
      switch item.element {
      case .load: sum + 1
      case .apply(let primitive, _): isIndexArithmetic(item.offset) ? sum : sum + primitive.cost
      default: sum
      }
    }
  }
}
