import TheanoFormats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// What libFuzzer calls with each input it thinks of. The reader under test is named by the environment
// (THEANO_FUZZ_FORMAT: npy, npz, safetensors, idx or deflate); Scripts/formats-fuzz builds and runs all of them.

private let format: FileFormat = {
  guard let name = getenv("THEANO_FUZZ_FORMAT"), let format = FileFormat(rawValue: String(cString: name))
  else {
    fatalError("set THEANO_FUZZ_FORMAT to one of \(FileFormat.allCases.map(\.rawValue))")
  }
  return format
}()

/// Reads the input both ways, touches every element, and holds the two readings against each other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let check = ReaderCheck(UnsafeRawBufferPointer(start: data, count: count), format)
  precondition(check.breaches.isEmpty, "\(check.breaches)")
  return 0
}
