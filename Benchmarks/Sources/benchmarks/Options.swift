/// What the command line asks for.
struct Options {
  /// Only workloads whose name contains one of these.
  var filters: [String] = []
  /// Fewer and shorter samples.
  var isQuick = false
  /// Where the results are written, if anywhere.
  var jsonPath: String?
  /// How long a sample of a short workload lasts, in seconds.
  var sampleSeconds: Double { isQuick ? 0.001 : 0.004 }
  /// How many rounds of samples are taken.
  var rounds: Int { isQuick ? 11 : 61 }
  /// How many rounds of workloads of many milliseconds each.
  var longRounds: Int { isQuick ? 3 : 9 }

  static let usage = """
    usage: benchmarks [--filter WORD]... [--quick] [--json FILE] [--list]

      --filter WORD   only workloads whose name contains WORD
      --quick         fewer and shorter samples
      --json FILE     write the results to FILE
      --list          print the workloads' names
    """

  enum Outcome {
    case run(Options)
    case list
    case explain(String?)
  }

  static func parse(_ arguments: [String]) -> Outcome {
    var options = Options()
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--quick": options.isQuick = true
      case "--list": return .list
      case "--help", "-h": return .explain(nil)
      case "--filter", "--json":
        guard let value = rest.popFirst() else { return .explain("\(word) needs a value") }
        if word == "--json" { options.jsonPath = value } else { options.filters.append(value) }
      default: return .explain("\(word) is no option")
      }
    }
    return .run(options)
  }

  func wants(_ name: String) -> Bool {
    filters.isEmpty || filters.contains { name.contains($0) }
  }
}
