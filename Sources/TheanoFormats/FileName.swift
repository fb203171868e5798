/// A name in a file, equal to those of the same bytes alone.
///
/// Two Swift strings are equal if they look the same: "é" as one character and as an e under an accent. Files, and the other
/// programs that read them, tell the two apart.
struct FileName: Hashable, Comparable {
  private let bytes: [UInt8]

  init(_ name: String) { bytes = Array(name.utf8) }

  static func < (a: FileName, b: FileName) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}
