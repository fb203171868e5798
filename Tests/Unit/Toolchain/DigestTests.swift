import Testing
import TheanoToolchain

@Suite struct DigestTests {
  /// The examples of FIPS 180-4 and NIST's short messages.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownValues(_ text: String, _ hex: String) { #expect(Digest(of: text.utf8).description == hex) }

  @Test func aMillionLetters() {
    let hex = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(Digest(of: [UInt8](repeating: 97, count: 1_000_000)).description == hex)
  }

  @Test func piecesOfAnySizeGiveTheSame() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let whole = Digest(of: bytes)
    for size in [1, 3, 55, 56, 63, 64, 65, 119, 120, 128] {
      var builder = Digest.Builder()
      for start in stride(from: 0, to: bytes.count, by: size) {
        builder.add(raw: bytes[start..<min(start + size, bytes.count)])
      }
      #expect(builder.finish() == whole)
    }
  }

  @Test func fieldsDoNotRunTogether() {
    func digest(_ fields: [String]) -> Digest {
      var builder = Digest.Builder()
      for field in fields { builder.add(field) }
      return builder.finish()
    }
    #expect(Set([["ab", "c"], ["a", "bc"], ["abc", ""], ["", "abc"], ["abc"]].map(digest)).count == 5)
  }
}
