import CTheanoSupport

/// A SHA-256 value.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
  /// The 32 bytes.
  package let bytes: [UInt8]

  /// The bytes as 64 hexadecimal digits.
  package var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The digest of some bytes.
  package init(of bytes: some Sequence<UInt8>) {
    var builder = Builder()
    builder.add(raw: bytes)
    self = builder.finish()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// A digest of several fields: each counts with its length, so that moving a letter from one to the next matters.
  package struct Builder {
    private var hash = theano_sha256()

    /// A builder without fields.
    package init() { theano_sha256_init(&hash) }

    /// Adds bytes as they are.
    package mutating func add(raw bytes: some Sequence<UInt8>) {
      let done: Void? = bytes.withContiguousStorageIfAvailable { buffer in
        theano_sha256_update(&hash, buffer.baseAddress, buffer.count)
      }
      if done == nil { add(raw: Array(bytes)) }
    }

    /// Adds a field.
    package mutating func add(_ field: String) {
      var field = field
      field.makeContiguousUTF8()
      add(UInt64(field.utf8.count))
      add(raw: field.utf8)
    }

    /// Adds a number.
    package mutating func add(_ number: UInt64) {
      withUnsafeBytes(of: number.littleEndian) { theano_sha256_update(&hash, $0.baseAddress, $0.count) }
    }

    /// The digest of all that was added.
    package func finish() -> Digest {
      var copy = hash
      return Digest(
        bytes: [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
          theano_sha256_finish(&copy, buffer.baseAddress)
          count = 32
        })
    }
  }
}
