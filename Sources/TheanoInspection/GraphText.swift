import TheanoArrays
import TheanoGraph
import TheanoKernels

extension Graph {
  /// The graph as text: one line for each node that its outputs need, operands first.
  ///
  /// Values are numbered in the order of the lines, not as the arena numbers them, so that equal graphs have equal texts
  /// whatever rewriting went before.
  package func listing() -> String {
    var numbers: [ValueID: Int] = [:]
    func number(_ id: ValueID) {
      if numbers[id] == nil { numbers[id] = numbers.count }
    }
    for leaf in leaves { number(leaf.value) }
    let order = sorted()
    for node in order { for output in nodes[node].outputs { number(output) } }

    func size(_ size: Size) -> String {
      size.substituting { symbol in
        switch symbol {
        case .value(let id): numbers[resolve(id)].map { Size(.value($0)) }
        case .found(let id, let slot): numbers[resolve(id)].map { Size(.found(value: $0, slot: slot)) }
        case .axis, .function: nil
        }
      }.description
    }
    func type(_ id: ValueID) -> String {
      let lengths = values[id].type.dims.map { dim in
        switch dim {
        case .known(let n): "\(n)"
        case .symbolic(let s): size(s)
        case .unknown: "?"
        }
      }
      return "\(values[id].type.dtype)[\(lengths.joined(separator: ", "))]"
    }
    func operand(_ id: ValueID) -> String {
      let id = resolve(id)
      if let known = numbers[id] { return "%\(known)" }
      guard let array = constant(id) else { return "%?" }
      return array.ndim == 0 ? "\(array.dtype)(\(array))" : "constant \(type(id))"
    }

    var lines: [String] = []
    for leaf in leaves {
      let kind = leaf.variable.sharedState == nil ? "input" : "shared"
      let name = leaf.variable.name.map { " '\($0)'" } ?? ""
      lines.append("%\(numbers[leaf.value] ?? 0) = \(kind)\(name): \(type(leaf.value))")
    }
    for node in order {
      let results = nodes[node].outputs.map { "%\(numbers[$0] ?? 0)" }.joined(separator: ", ")
      let types = nodes[node].outputs.map(type).joined(separator: ", ")
      let names = nodes[node].outputs.compactMap { values[$0].name.map { "  '\($0)'" } }.joined()
      lines.append("\(results) = \(nodes[node].op.text(nodes[node].inputs.map(operand))): \(types)\(names)")
    }
    lines.append("return \(outputs.map(operand).joined(separator: ", "))")
    return lines.joined(separator: "\n")
  }
}
