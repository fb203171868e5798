import Testing

@testable import TheanoArrays

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The lines of a file in `Tests/Unit/Golden/Arrays`.
func goldenLines(_ name: String, file: String = #filePath) -> [Substring] {
  let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
  guard let stream = fopen(folder + "/Golden/Arrays/" + name, "r") else { return [] }
  defer { fclose(stream) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&block, 1, block.count, stream)
    if count == 0 { break }
    bytes.append(contentsOf: block[..<count])
  }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
}

/// The bytes of a hexadecimal text.
func bytes(hex: some StringProtocol) -> [UInt8] {
  func digit(_ c: UInt8) -> UInt8 { c < 0x40 ? c - 0x30 : c - 0x57 }
  let text = Array(hex.utf8)
  return stride(from: 0, to: text.count, by: 2).map { digit(text[$0]) << 4 | digit(text[$0 + 1]) }
}

/// An array of a dtype and shape over copied bytes.
func makeArray(_ dtype: DType, _ shape: [Int], bytes: [UInt8]) -> NDArray {
  let result = NDArray(uninitialized: shape, dtype: dtype)
  bytes.withUnsafeBytes { source in
    if let base = source.baseAddress { result.data.copyMemory(from: base, byteCount: bytes.count) }
  }
  return result
}
