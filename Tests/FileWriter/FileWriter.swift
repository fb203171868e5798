import TheanoArrays
import TheanoFormats

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Writes two arrays to one file in turns, without end: `FileWriter FORMAT PATH`. The tests kill it. It imports
/// nothing but arrays and formats, as any program may.
@main struct FileWriter {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { exit(2) }
    let (format, path) = (arguments[1], arguments[2])
    // 257 KiB: most kills come while one is being written or flushed.
    let versions = [0, 1].map { NDArray.full([256, 257], NDArray($0 + 1), dtype: .float32) }
    // One byte tells that the writing begins.
    print(".", terminator: "")
    fflush(nil)
    while true {
      for array in versions {
        switch format {
        case "npy": try array.save(path)
        case "npz": try NPZ.save(["a": array], to: path)
        case "packed.npz": try NPZ.save(["a": array], to: path, compressed: true)
        case "safetensors": try Safetensors.save(["a": array], to: path)
        default: try IDX.save(array, to: path)
        }
      }
    }
  }
}
