import TheanoTestSupport

/// Finds the hints of errors in the library's sources: the string literals of arguments labelled `hint:`, and of declarations
/// and assignments whose name ends in "hint". Interpolations are written `…`.
struct HintScanner {
  /// Each hint, with a file that has it.
  private(set) var hints: [String: String] = [:]
  /// Arguments labelled `hint:` that hold no literal, and come from nowhere that is scanned.
  private(set) var unknown: [String] = []

  /// The hints of all Swift files under a folder.
  init(folder: String) {
    for path in HintScanner.files(under: folder) { scan(path) }
  }

  private static func files(under folder: String) -> [String] {
    fileNames(in: folder).flatMap { name in
      if name.hasSuffix(".swift") { return ["\(folder)/\(name)"] }
      return name.contains(".") ? [] : files(under: "\(folder)/\(name)")
    }
  }

  private struct Token {
    enum Kind { case word, literal, symbol }
    var kind: Kind
    var text: String
    var line: Int
    func isWord(endingIn suffix: String) -> Bool { kind == .word && text.lowercased().hasSuffix(suffix) }
    func isSymbol(_ symbols: String) -> Bool { kind == .symbol && symbols.contains(text) }
  }

  private mutating func scan(_ path: String) {
    let text = String(decoding: fileBytes(path), as: UTF8.self)
    guard text.lowercased().contains("hint") else { return }
    var lexer = Lexer(text)
    let tokens = lexer.tokens()
    for (k, token) in tokens.enumerated() where token.isWord(endingIn: "hint") && k + 2 < tokens.count {
      let before = k > 0 ? tokens[k - 1] : token
      let next = tokens[k + 1]
      if before.text == "func" {
        // The body, in which every literal is one.
        guard let open = tokens[k...].firstIndex(where: { $0.isSymbol("{") }) else { continue }
        take(tokens, from: open + 1, path) { _ in false }
      } else if next.isSymbol(":"), tokens[k + 2].text != "String", before.text != "let", before.text != "var"
      {
        let end = take(tokens, from: k + 2, path) { $0.isSymbol(",") }
        let argument = tokens[(k + 2)..<end]
        if !argument.contains(where: { $0.kind == .literal || $0.isWord(endingIn: "hint") }),
          !argument.contains(where: { $0.text == "nil" })
        {
          unknown.append("\(path):\(token.line): \(argument.map(\.text).joined(separator: " "))")
        }
      } else if let assigned = assignment(tokens, after: k) {
        var last = tokens[assigned].line
        take(tokens, from: assigned, path) { token in
          defer { last = token.line }
          return token.line > last && !token.isSymbol("+?:") && token.kind != .literal
        }
      }
    }
  }

  /// Where the value begins that is assigned to the name at `k`, if one is.
  private func assignment(_ tokens: [Token], after k: Int) -> Int? {
    var next = k + 1
    if tokens[next].isSymbol(":"), tokens[next + 1].text == "String" { next += 2 }
    if tokens[next].isSymbol("+") { next += 1 }
    guard tokens[next].isSymbol("="), !tokens[next + 1].isSymbol("=") else { return nil }
    return next + 1
  }

  /// Records the literals up to the end of what begins at `start`; literals joined by `+` are one hint.
  ///
  /// - Returns: Where it ends.
  @discardableResult
  private mutating func take(
    _ tokens: [Token], from start: Int, _ path: String, until isEnd: (Token) -> Bool
  ) -> Int {
    var depth = 0
    var parts: [String] = []
    var k = start
    while k < tokens.count {
      let token = tokens[k]
      if depth == 0, token.isSymbol(")]}") || isEnd(token) { break }
      if token.isSymbol("([{") { depth += 1 }
      if token.isSymbol(")]}") { depth -= 1 }
      if token.kind == .literal {
        if k > start, tokens[k - 1].isSymbol("+"), !parts.isEmpty {
          parts[parts.count - 1] += token.text
        } else if !(k > start && tokens[k - 1].text == "case") {
          parts.append(token.text)
        }
      }
      k += 1
    }
    for part in parts where part.contains(" ") { hints[part] = path }
    return k
  }

  /// Words, literals and symbols of a Swift file, without comments.
  private struct Lexer {
    private let text: [Character]
    private var position = 0
    private var line = 1

    init(_ text: String) { self.text = Array(text) }

    mutating func tokens() -> [Token] {
      var result: [Token] = []
      while position < text.count {
        let character = text[position]
        let start = line
        if character == "/", position + 1 < text.count, text[position + 1] == "/" {
          while position < text.count, text[position] != "\n" { position += 1 }
        } else if character == "\"" {
          result.append(Token(kind: .literal, text: literal(), line: start))
        } else if character.isLetter || character == "_" {
          var word = ""
          while position < text.count,
            text[position].isLetter || text[position].isNumber || text[position] == "_"
          {
            word.append(text[position])
            position += 1
          }
          result.append(Token(kind: .word, text: word, line: start))
        } else {
          if character == "\n" { line += 1 }
          if !character.isWhitespace {
            result.append(Token(kind: .symbol, text: String(character), line: start))
          }
          position += 1
        }
      }
      return result
    }

    /// The literal that begins here, of one line or several.
    private mutating func literal() -> String {
      let quotes =
        position + 2 < text.count && text[position + 1] == "\"" && text[position + 2] == "\"" ? 3 : 1
      position += quotes
      var result = ""
      while position < text.count {
        let character = text[position]
        if character == "\"", text[position..<min(position + quotes, text.count)].allSatisfy({ $0 == "\"" }) {
          position += quotes
          break
        }
        if character == "\\" {
          position += 1
          if text[position] == "(" {
            result += "…"
            interpolation()
          } else {
            result.append(text[position])
            position += 1
          }
          continue
        }
        if character == "\n" { line += 1 }
        result.append(character)
        position += 1
      }
      return result
    }

    /// Passes an interpolation, from its parenthesis on.
    private mutating func interpolation() {
      var depth = 0
      while position < text.count {
        switch text[position] {
        case "\"":
          _ = literal()
          continue
        case "(": depth += 1
        case ")": depth -= 1
        default: break
        }
        position += 1
        if depth == 0 { return }
      }
    }
  }
}
