import TheanoArrays

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// What the tests of file formats share: golden files, their content, and folders to write in.

/// The root of the package.
package let packageRoot: String = String(#filePath.dropLast("/Tests/Support/FormatFiles.swift".count))

/// A golden file of the formats' tests.
package func goldenFormat(_ name: String) -> String { "\(packageRoot)/Tests/Unit/Golden/Formats/\(name)" }

/// The names of the files in a folder, in order.
package func fileNames(in folder: String) -> [String] {
  guard let handle = opendir(folder) else { return [] }
  defer { closedir(handle) }
  var names: [String] = []
  while let entry = readdir(handle) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// The bytes of a file; none if there is no file.
package func fileBytes(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else { return [] }
  defer { fclose(file) }
  fseek(file, 0, SEEK_END)
  var bytes = [UInt8](repeating: 0, count: ftell(file))
  rewind(file)
  let got = fread(&bytes, 1, bytes.count, file)
  return Array(bytes[..<got])
}

/// Writes bytes to a file.
package func writeFile(_ path: String, _ bytes: some Sequence<UInt8>) {
  guard let file = fopen(path, "wb") else { fatalError("cannot write \(path)") }
  let all = Array(bytes)
  fwrite(all, 1, all.count, file)
  fclose(file)
}

/// Calls `body` with a new folder, which is removed afterwards with the files in it.
package func withFolder<R>(_ body: (String) throws -> R) rethrows -> R {
  var template = Array("/tmp/theano-formats-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { fatalError("cannot make a folder under /tmp") }
  let folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  defer {
    for name in fileNames(in: folder) { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }
  return try body(folder)
}

/// The output of a shell command, and whether it succeeded.
package func shell(_ command: String) -> (output: String, succeeded: Bool) {
  guard let pipe = popen(command, "r") else { return ("", false) }
  var output: [UInt8] = []
  var byte = fgetc(pipe)
  while byte != EOF {
    output.append(UInt8(byte))
    byte = fgetc(pipe)
  }
  return (String(decoding: output, as: UTF8.self), pclose(pipe) == 0)
}

/// The bytes of the golden files' elements: see Scripts/formats.py.
package func patternBytes(_ dtype: DType, count: Int) -> [UInt8] {
  if dtype == .bool { return (0..<count).map { $0 % 3 == 0 ? 1 : 0 } }
  return (0..<count * dtype.itemSize).map { UInt8((37 * $0 + 11) % 251) }
}

/// The array that golden files of this type and shape hold.
package func patternArray(_ dtype: DType, _ shape: [Int]) -> NDArray {
  let array = NDArray(uninitialized: shape, dtype: dtype)
  patternBytes(dtype, count: array.size).withUnsafeBytes {
    UnsafeMutableRawBufferPointer(start: array.data, count: $0.count).copyMemory(from: $0)
  }
  return array
}

/// The bytes of an array's elements in C order.
package func elementBytes(_ array: NDArray) -> [UInt8] {
  let array = array.contiguous()
  return withExtendedLifetime(array) {
    Array(UnsafeRawBufferPointer(start: array.data, count: array.size * array.dtype.itemSize))
  }
}

/// Makes a file longer by a hole; whether that worked.
package func extend(_ path: String, to count: Int) -> Bool { truncate(path, off_t(count)) == 0 }
