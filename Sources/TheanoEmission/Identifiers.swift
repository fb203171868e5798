/// The identifiers in C text that begin with given letters.
func identifiers(in lines: [String], beginning start: StaticString = "") -> Set<String> {
  var found: Set<String> = []
  for var line in lines {
    line.withUTF8 { bytes in
      var at = 0
      while at < bytes.count {
        let first = at
        while at < bytes.count, isPartOfWord(bytes[at]) { at += 1 }
        let word = bytes[first..<at]
        if let letter = word.first, !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= letter),
          start.withUTF8Buffer({ word.starts(with: $0) })
        {
          found.insert(String(decoding: word, as: UTF8.self))
        }
        if first == at { at += 1 }
      }
    }
  }
  return found
}

private func isPartOfWord(_ byte: UInt8) -> Bool {
  // Bit 5 tells small letters from capitals.
  UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    || byte == UInt8(ascii: "_")
}
