import TheanoArrays
import TheanoFormats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// What libFuzzer calls with each input it thinks of. The reader under test is named by the environment
// (THEANO_FUZZ_FORMAT: npy, npz, safetensors, idx or deflate); Scripts/formats-fuzz builds and runs all of them.

private let format: FileFormat = {
  guard let name = getenv("THEANO_FUZZ_FORMAT"), let format = FileFormat(rawValue: String(cString: name)) else {
    fatalError("set THEANO_FUZZ_FORMAT to one of \(FileFormat.allCases.map(\.rawValue))")
  }
  return format
}()

/// Reads the input both ways, touches every element, and holds the two readings against each other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: data, count: count)
  let read = outcome(bytes, isMapped: false)
  let mapped = outcome(bytes, isMapped: true)
  switch (read, mapped) {
  case (nil, nil): break
  case (let read?, let mapped?): precondition(read == mapped, "a mapped file reads differently")
  // A mapped archive skips the checksums of what it uses in place.
  case (nil, _?): precondition(format == .npz, "a mapped file is read where a file is refused")
  case (_?, nil): preconditionFailure("a mapped file is refused where a file is read")
  }
  return 0
}

private struct Outcome: Equatable {
  var names: [String] = []
  var layouts: [[Int]] = []
  var sums: [UInt64] = []
}

/// What the reader makes of the bytes; `nil` if it refuses them, as a fault of the file and nothing else.
private func outcome(_ bytes: UnsafeRawBufferPointer, isMapped: Bool) -> Outcome? {
  do {
    var outcome = Outcome()
    for (name, array) in try format.read(bytes, isMapped: isMapped) {
      outcome.names.append(name)
      outcome.layouts.append([Int(array.dtype.rawValue)] + array.shape + array.strides)
      let dense = array.contiguous()
      var sum: UInt64 = 0
      for byte in UnsafeRawBufferPointer(start: dense.data, count: dense.size * dense.dtype.itemSize) {
        sum = sum &* 31 &+ UInt64(byte)
        precondition(dense.dtype != .bool || byte <= 1, "a boolean that is neither")
      }
      outcome.sums.append(sum)
    }
    return outcome
  } catch {
    precondition(error.kind == .file, "an error of another kind: \(error)")
    precondition(!"\(error)".isEmpty)
    return nil
  }
}
