import CTheanoSupport

/// A program or library that the loader has loaded, as far as lines are looked up in it.
struct LoadedImage: Sendable, Hashable {
  /// Where it starts in memory.
  var base: UInt
  /// Where its code ends.
  var end: UInt
  /// What tells its build from others; empty where the system does without.
  var identity: [UInt8]
  /// The bytes of its file's path.
  var path: [UInt8]

  /// The images that hold the given addresses, each once.
  ///
  /// Files that are merely mapped are no images, whatever they begin with: they may be cut short or go away at any time.
  static func holding(_ addresses: [UInt]) -> [LoadedImage] {
    var images: [LoadedImage] = []
    var found = theano_image()
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { path in
      for address in Set(addresses) where !images.contains(where: { $0.base <= address && address < $0.end })
      {
        guard theano_image_of(address, &found, path.baseAddress, path.count) != 0 else { continue }
        let identity = withUnsafeBytes(of: found.identity) { Array($0.prefix(Int(found.identity_bytes))) }
        images.append(
          LoadedImage(
            base: found.base, end: found.end, identity: identity,
            path: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }))
      }
    }
    return images
  }
}
