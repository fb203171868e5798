import Testing
import TheanoArrays
import TheanoGradients
import TheanoGraph
import TheanoInterpreter
import TheanoOperations
import TheanoRewriting
import TheanoRules
import TheanoTestSupport

/// Every rule of the rule sets against itself: what it replaces and what it puts there are computed from random operands of
/// the dtypes and the domain that it is written for, and so are both gradients.
@Suite struct RuleTests {
  static let rules = Pipeline.all.filter { $0.rule != nil }
  static let dtypes: [DType] = [.float64, .float32, .int64, .int8, .uint8, .bool]

  @Test func namesAreUnique() {
    let names = Pipeline.all.map(\.name)
    #expect(Set(names).count == names.count)
  }

  /// The rule alone, run by the driver over operands of several shapes: it fires, the type stays, the values agree.
  @Test(arguments: rules.map(\.name)) func valuesAgree(name: String) throws {
    let entry = try #require(Self.rules.first { $0.name == name })
    let rule = try #require(entry.rule)
    var random = Draw(seed: name)
    var firings = 0
    for dtype in Self.dtypes where Self.applies(rule, dtype) {
      for shapes in [[[2, 3], [3], []], [[], [2, 1], [1, 3]], [[0, 2], [2], [0, 2]]] {
        let trial = try Trial(rule, dtype, shapes, &random, knowing: true)
        guard let graph = trial.graph else { continue }
        var rewritten = graph
        var report = RewriteReport()
        var driver = Driver([entry], Pipeline.vocabulary, RewriteOptions())
        driver.run(&rewritten, pass: "test", &report)
        let pass = report.passes[0]
        firings += pass.firingCount
        // Where both operands are stretched, nothing may have the shape of the whole; then a rule rightly declines.
        #expect(
          pass.firingCount > 0 || pass.refusals.contains { $0.why.contains("shapes") }, "\(dtype) \(shapes)")
        #expect(pass.stop == .fixedPoint)
        for (a, b) in zip(graph.outputs, rewritten.outputs) {
          #expect(rewritten.values[b].type == graph.values[a].type)
        }
        let before = try Interpreter(graph).run(trial.leaves)[0]
        let after = try Interpreter(rewritten).run(trial.leaves)[0]
        #expect(Agreement.compare(before, after), "\(dtype) \(shapes): \(before) became \(after)")
      }
    }
    #expect(firings > 0, "a rule that never fires agrees with anything")
  }

  /// What is an ordinary number as written must be one as rewritten: every combination of operands from tiny to huge,
  /// with those near the ends of what `exp` can do.
  @Test(arguments: rules.map(\.name)) func ordinaryNumbersStayOrdinary(name: String) throws {
    let rule = try #require(Self.rules.first { $0.name == name }?.rule)
    var random = Draw(seed: name + " scales")
    for dtype in OperationCase.floats where Self.applies(rule, dtype) {
      let sizes =
        dtype == .float64 ? [1e-300, 1e-30, 1, 30, 400, 700, 1e30, 1e300] : [1e-37, 1, 30, 50, 85, 1e37]
      let numbers = sizes + sizes.map { -$0 }
      let free = rule.operands.indices.filter {
        !rule.operands[$0].isConstant && rule.operands[$0].dtype != .bool
      }
      let count = free.reduce(1) { product, _ in product * numbers.count }
      let shapes = rule.operands.map { $0.isConstant ? [] : [count] }
      // Numbers that are known while compiling are others in each trial.
      for _ in 0..<(rule.operands.contains(where: \.isConstant) ? 12 : 1) {
        var given: [Int: NDArray] = [:]
        for (place, k) in free.enumerated() {
          let period = (0..<place).reduce(1) { product, _ in product * numbers.count }
          given[k] = NDArray((0..<count).map { numbers[$0 / period % numbers.count] }).astype(dtype)
        }
        for k in rule.operands.indices where rule.operands[k].isConstant && rule.operands[k].domain == -3...3
        {
          given[k] = NDArray(scalar: numbers[random.below(numbers.count)]).astype(dtype)
        }
        let trial = try Trial(rule, dtype, shapes, &random, given: given)
        guard var both = trial.graph, trial.admits(rule), let after = trial.replacement(rule, &both) else {
          continue
        }
        both.setOutputs([both.outputs[0], after])
        let results = try Interpreter(both).run(trial.leaves).map { $0.broadcast(to: [count]).doubles }
        let wrong = (0..<count).first { results[0][$0].isFinite && !results[1][$0].isFinite }
        if let wrong {
          let operands = trial.leaves.map { $0.doubles[wrong] }
          Issue.record(
            "\(dtype) \(rule.before) at \(operands) and \(given): \(results[0][wrong]) became \(results[1][wrong])"
          )
        }
      }
    }
  }

  /// What finite operands make no number, without overflow and underflow on the way, stays none, whatever a rule assumes; and what is an
  /// ordinary number at the ends of the range stays one. Signs of zeros are not kept: of -0.0 a rule may say what holds at 0.
  @Test(arguments: rules.map(\.name)) func whatFiniteOperandsMakeStays(name: String) throws {
    let rule = try #require(Self.rules.first { $0.name == name }?.rule)
    var random = Draw(seed: name + " ends")
    for dtype in OperationCase.floats where Self.applies(rule, dtype) {
      let (huge, tiny) = dtype == .float64 ? (1.7e308, Double.leastNonzeroMagnitude) : (3.3e38, 0x1p-149)
      let numbers = [-2, 0, -0.0, 1, 0.5, huge, -huge, tiny, -tiny]
      let free = rule.operands.indices.filter { rule.operands[$0].dtype != .bool }
      let trials = free.reduce(1) { product, _ in product * numbers.count }
      for trialNumber in 0..<trials {
        func operands(_ zero: Double) -> [Int: NDArray] {
          var (given, rest): ([Int: NDArray], Int) = ([:], trialNumber)
          for k in free {
            let number = numbers[rest % numbers.count]
            given[k] = NDArray(scalar: number == 0 && number.sign == .minus ? zero : number).astype(dtype)
            rest /= numbers.count
          }
          return given
        }
        func compute(_ zero: Double) throws -> (before: Double, after: Double, isFair: Bool)? {
          let trial = try Trial(rule, dtype, [[], [], []], &random, given: operands(zero))
          guard var both = trial.graph, trial.admits(rule), let after = trial.replacement(rule, &both) else {
            return nil
          }
          let inner = both.sorted()
          both.setOutputs([both.outputs[0], after] + inner.map { both.nodes[$0].firstOutput })
          let values = try Interpreter(both).run(trial.leaves).map { $0.doubles[0] }
          let known = Dictionary(
            uniqueKeysWithValues: zip(inner.map { both.nodes[$0].firstOutput }, values.dropFirst(2)))
          let isFair = inner.allSatisfy { node in
            let arguments = both.nodes[node].inputs.enumerated().map { k, id in
              known[id] ?? both.constant(id)?.doubles[0] ?? trial.value(of: id)
            }
            return Self.isInRange(
              both.nodes[node].op.name, arguments, known[both.nodes[node].firstOutput] ?? 0)
          }
          return (values[0], values[1], isFair)
        }
        guard let found = try compute(-0.0) else { continue }
        if found.before.isNaN, found.isFair, !found.after.isNaN {
          // At -0.0 only.
          let positive = try compute(0)
          #expect(
            positive.map { !$0.before.isNaN } ?? false,
            "\(dtype) \(rule.before) at \(operands(-0.0)) is no number, but became \(found.after)")
        }
        if found.before.isFinite {
          #expect(
            found.after.isFinite,
            "\(dtype) \(rule.before) at \(operands(-0.0)): \(found.before) became \(found.after)")
        }
      }
    }
  }

  /// Whether an operation has neither overflowed nor underflowed: what is infinite is a quotient by 0, the logarithm of 0 or the like.
  private static func isInRange(_ op: String, _ operands: [Double], _ result: Double) -> Bool {
    guard operands.allSatisfy(\.isFinite) else { return true }
    if result.isInfinite {
      return ["divide", "log", "log2", "log10", "log1p", "pow"].contains(op) && operands.contains(0)
    }
    let mayVanish = ["multiply", "divide", "exp", "sigmoid", "softplus", "pow"].contains(op)
    return result != 0 || !mayVanish || operands.contains(0)
  }

  /// Of rules that do not claim to assume finite operands: what is not a number stays so, and rules that only tidy up
  /// give the very same infinities.
  @Test(arguments: rules.filter { !$0.flags.contains(.assumesFinite) }.map(\.name))
  func specialValuesStay(name: String) throws {
    let entry = try #require(Self.rules.first { $0.name == name })
    let rule = try #require(entry.rule)
    guard Self.applies(rule, .float64) else { return }
    let special: [Double] = [
      .nan, .infinity, -.infinity, 0, -0.0, 1, -1, 1e300, -1e300, Double.leastNonzeroMagnitude,
    ]
    let generic = rule.operands.indices.filter {
      rule.operands[$0].dtype == .float64 && !rule.operands[$0].isConstant
    }
    var random = Draw(seed: name)
    for k in generic {
      for value in special {
        var trial = try Trial(rule, .float64, [[], [], []], &random)
        guard let graph = trial.graph else { continue }
        trial.leaves[trial.leafOfOperand[k]!] = NDArray(scalar: value)
        var both = graph
        let after = try #require(trial.replacement(rule, &both))
        both.setOutputs([graph.outputs[0], after])
        let results = try Interpreter(both).run(trial.leaves).map {
          try $0.astype(.float64).item(as: Double.self)
        }
        if value.isNaN || entry.phase == .canonical {
          #expect(
            results[0].isNaN == results[1].isNaN || (!value.isNaN && results[0].isNaN),
            "\(value): \(results[0]) became \(results[1])")
        }
        if entry.phase == .canonical {
          #expect(Agreement.same(results[0], results[1], 1e-9), "\(value): \(results)")
        }
      }
    }
  }

  /// The gradients of both sides with respect to every operand.
  @Test(arguments: rules.map(\.name)) func gradientsAgree(name: String) throws {
    let rule = try #require(Self.rules.first { $0.name == name }?.rule)
    guard rule.dtypes.admits(.float64), rule.before.dtype.isFloating else { return }
    let wrt = rule.operands.indices.filter {
      rule.operands[$0].dtype == .float64 && !rule.operands[$0].isConstant
    }
    guard !wrt.isEmpty else { return }
    var random = Draw(seed: name + " gradient")
    for _ in 0..<5 {
      let leaves = rule.operands.map { random.array([], $0.dtype, $0.domain) }
      for k in wrt {
        let x = rule.placeholders[k]
        let slopes = [rule.before, rule.after].map { side in
          grad(T.cast(side, .float64), wrt: x, disconnected: .zero)
        }
        let graph = try Graph(computing: slopes, from: rule.placeholders)
        let values = try Interpreter(graph).run(leaves)
        #expect(
          Agreement.compare(values[0], values[1]), "\(rule.before) by operand \(k) at \(leaves): \(values)")
      }
    }
  }

  static func applies(_ rule: Rule, _ dtype: DType) -> Bool {
    rule.dtypes.admits(dtype)
  }
}

/// One rule's left side over random operands of given dtype and shapes.
struct Trial {
  var graph: Graph?
  var leaves: [NDArray] = []
  var leafOfOperand: [Int: Int] = [:]
  private var values: [Graph.ValueID] = []
  private let dtype: DType

  init(
    _ rule: Rule, _ dtype: DType, _ shapes: [[Int]], _ random: inout Draw, given: [Int: NDArray] = [:],
    knowing: Bool = false
  ) throws {
    self.dtype = dtype
    var graph = Graph()
    var bindings = Bindings()
    for (k, operand) in rule.operands.enumerated() {
      let own = operand.dtype == .bool ? .bool : dtype
      let shape = operand.isConstant ? [] : shapes[k]
      let array = given[k] ?? random.array(shape, own, operand.domain)
      if operand.isConstant {
        values.append(graph.addConstant(array))
      } else {
        let type = TensorType(own, shape: shape)
        values.append(graph.addLeaf(.input(type, name: "x\(k)", note: .none)))
        leafOfOperand[k] = leaves.count
        leaves.append(array)
        // What the rule's guard asks for can be seen of it.
        if knowing, dtype.isFloating, rule.condition != nil, own != .bool {
          let least = graph.addConstant(NDArray(scalar: operand.domain.lowerBound).astype(own))
          values[k] = try graph.add(Elementwise(T.maximum.definition), [values[k], least])[0]
        }
      }
      bindings[k] = values[k]
    }
    // A dtype in which the operation does not exist, such as a subtraction of booleans, is none of the rule's.
    guard let root = try? rule.build(rule.pattern, bindings, dtype, &graph), graph.producer(root) != nil
    else { return }
    graph.setOutputs([root])
    guard (try? Interpreter(graph).run(leaves)) != nil else { return }
    self.graph = graph
  }

  /// Whether the rule's guard lets it apply.
  func admits(_ rule: Rule) -> Bool {
    var bindings = Bindings()
    for (k, value) in values.enumerated() { bindings[k] = value }
    guard let graph else { return false }
    return rule.condition.map { $0(graph, bindings) } ?? true
  }

  /// The value of an operand that is a number.
  func value(of id: Graph.ValueID) -> Double {
    guard let graph, let leaf = graph.leaves.firstIndex(where: { $0.value == id }) else { return .nan }
    return leaves[leaf].doubles[0]
  }

  func replacement(_ rule: Rule, _ graph: inout Graph) -> Graph.ValueID? {
    var bindings = Bindings()
    for (k, value) in values.enumerated() { bindings[k] = value }
    return try? rule.build(rule.replacement, bindings, dtype, &graph)
  }
}
