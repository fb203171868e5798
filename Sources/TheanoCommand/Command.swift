import TheanoArrays
import TheanoToolchain

/// What the user asked for.
struct Command {
  private let words: [String]

  init(_ words: [String]) { self.words = words }

  /// What is printed, where to, and the exit code.
  struct Answer {
    var text: String
    var code: Int32 = 0
    /// Whether the command was not understood.
    var isComplaint = false
  }

  func answer() throws(TheanoError) -> Answer {
    guard let first = words.first else { return complaint("a command is missing") }
    let rest = Array(words.dropFirst())
    // Help is given wherever it is asked for.
    if words.contains("--help") || words.contains("-h") { return Answer(text: Command.help) }
    switch first {
    case "help": return Answer(text: Command.help)
    case "--version", "version":
      return try without(rest, first) { () throws(TheanoError) in Answer(text: "theano \(Toolchain.number)") }
    case "doctor":
      return try without(rest, first) { () throws(TheanoError) in
        Answer(text: DoctorReport(try .process(), try .process()).description)
      }
    case "cache": return try cache(rest)
    default: return unknown(first, among: ["cache", "doctor", "help", "version"], "command")
    }
  }

  private func cache(_ words: [String]) throws(TheanoError) -> Answer {
    let verbs = ["clear", "list", "size", "verify"]
    guard let verb = words.first else {
      return complaint("cache wants one of \(verbs.joined(separator: ", "))")
    }
    guard verbs.contains(verb) else { return unknown(verb, among: verbs, "cache command") }
    return try without(Array(words.dropFirst()), "cache \(verb)") { () throws(TheanoError) in
      let upkeep = try CacheUpkeep(.process())
      switch verb {
      case "clear": return Answer(text: try upkeep.clearing())
      case "list": return Answer(text: upkeep.listing())
      case "size": return Answer(text: upkeep.sizes())
      default:
        let (text, isSound) = upkeep.verification()
        return Answer(text: text, code: isSound ? 0 : 1)
      }
    }
  }

  /// Runs a command that takes no further words.
  private func without(
    _ rest: [String], _ command: String, _ run: () throws(TheanoError) -> Answer
  ) throws(TheanoError) -> Answer {
    if let extra = rest.first { return complaint("\(command) takes no argument, but there is \"\(extra)\"") }
    return try run()
  }

  private func unknown(_ word: String, among known: [String], _ kind: String) -> Answer {
    let near = known.min { Command.distance(word, $0) < Command.distance(word, $1) }
    let hint =
      near.flatMap { Command.distance(word, $0) <= 2 ? $0 : nil }.map { "; did you mean \($0)?" } ?? ""
    return complaint(
      "there is no \(kind) \"\(word)\"" + (hint.isEmpty ? ": \(known.joined(separator: ", "))" : hint))
  }

  private func complaint(_ what: String) -> Answer {
    Answer(text: "theano: \(what)\nSee theano --help.", code: 2, isComplaint: true)
  }

  /// How many letters must be changed, added or left out (V. Levenshtein, 1966).
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let change = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }

  static let help = """
    theano: what Theano for Swift found on this machine, and its compiled functions.

    theano doctor          the compiler, the libraries and the cache that functions would use here, and what
                           installing each missing thing would bring
    theano cache list      the compiled functions that are kept, the one used last first
    theano cache size      how many there are, and their bytes
    theano cache verify    checks each against its checksum and removes what is broken (exit code 1 if there was any)
    theano cache clear     removes all of them
    theano --version       the version
    theano --help          this text

    Environment:
      THEANO_CC            the C compiler, by path or name; none: the interpreter runs everything
      THEANO_NATIVE        none: native libraries are not looked for
      THEANO_CACHE_DIR     where compiled functions are kept
      THEANO_CACHE_SIZE    how many bytes of them are kept, such as 200M or 1G (default 512M)
      THEANO_NUM_THREADS   threads of loops, of native libraries and of long reads

    Exit codes: 0 done, 1 something is wrong with the machine or the cache, 2 the command was not understood.
    """
}
