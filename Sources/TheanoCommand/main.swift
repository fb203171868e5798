// The command `theano`: what was found on this machine, and the cache of compiled functions.
#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import TheanoArrays

func say(_ text: String, to file: Int32) {
  let bytes = Array((text + "\n").utf8)
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    if count <= 0 { return }
    written += count
  }
}

do throws(TheanoError) {
  let answer = try Command(Array(CommandLine.arguments.dropFirst())).answer()
  say(answer.text, to: answer.isComplaint ? 2 : 1)
  exit(answer.code)
} catch {
  say("\(error)", to: 2)
  exit(1)
}
