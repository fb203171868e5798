import Testing
import TheanoArrays
import TheanoFormats
import TheanoTestSupport

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("Files that are cut, damaged or hostile") struct HostileFileTests {
  @Test("each is refused with the file, the byte and the reason", arguments: FileFormat.allCases)
  func refused(_ format: FileFormat) {
    let files = HostileFile.all.filter { $0.format == format }
    #expect(files.count > 15)
    for file in files {
      let check = ReaderCheck(file.bytes, format)
      #expect(check.reading == nil, "\(file) was read")
      let text = check.error?.description ?? ""
      for words in file.says { #expect(text.contains(words), "\(file): \(text)") }
      // An archive with a wrong checksum may be mapped, but for that all breaches count.
      #expect(check.breaches.isEmpty, "\(file)")
    }
  }

  static let corpora = "\(packageRoot)/Tests/Faults/Golden/Formats"

  /// Small files of each kind, whole.
  static let whole: [(format: FileFormat, name: String, bytes: [UInt8])] = {
    var files: [(FileFormat, String, [UInt8])] = []
    for name in fileNames(in: goldenFormat("")) where !name.hasSuffix(".npz") {
      let format: FileFormat =
        name.hasSuffix(".npy") ? .npy : name.hasSuffix(".safetensors") ? .safetensors : .idx
      let bytes = fileBytes(goldenFormat(name))
      if bytes.count < 2000 { files.append((format, name, bytes)) }
    }
    for name in ["dynamic", "fixed", "stored"] {
      files.append((.deflate, name, fileBytes("\(corpora)/deflate/\(name)")))
    }
    for isDeflated in [false, true] {
      let entries = ["a", "b/c"].map {
        ZipFile.Entry("\($0).npy", npyFile(shape: "(2, 2)", data: [1, 2, 3, 4]), isDeflated: isDeflated)
      }
      files.append((.npz, isDeflated ? "packed.npz" : "stored.npz", ZipFile(entries[0], entries[1]).bytes))
    }
    return files
  }()

  @Test("no beginning of a file is read as the whole", arguments: FileFormat.allCases)
  func truncated(_ format: FileFormat) {
    #expect(Self.whole.contains { $0.format == format })
    for file in Self.whole where file.format == format {
      #expect(ReaderCheck(file.bytes, format).reading != nil, "\(file.name)")
      for count in 0..<file.bytes.count {
        let check = ReaderCheck(Array(file.bytes[..<count]), format)
        guard check.reading == nil, check.breaches.isEmpty else {
          Issue.record("\(file.name), the first \(count) bytes: \(check.breaches)")
          break
        }
      }
    }
  }

  @Test("no changed byte traps a reader, and none slips through a checksum", arguments: FileFormat.allCases)
  func changed(_ format: FileFormat) {
    // Inflating thousands of bytes at each change takes long in a debug build; the labels of the digits are as good.
    for file in Self.whole
    where file.format == format && !(file.name.hasSuffix(".gz") && file.bytes.count > 200) {
      let due = ReaderCheck(file.bytes, format).reading
      let isChecked = format == .npz || file.name.hasSuffix(".gz")
      for place in file.bytes.indices {
        for change in [0x01, 0x80, 0xff] as [UInt8] {
          var bytes = file.bytes
          bytes[place] ^= change
          let check = ReaderCheck(bytes, format)
          if !check.breaches.isEmpty {
            Issue.record("\(file.name), byte \(place) changed by \(change): \(check.breaches)")
          }
          if isChecked, let reading = check.reading {
            #expect(reading == due, "\(file.name), byte \(place) changed by \(change)")
          }
        }
      }
    }
  }

  @Test("what the fuzzers found, and the files that they start from", arguments: FileFormat.allCases)
  func corpus(_ format: FileFormat) {
    let folder = "\(Self.corpora)/\(format.rawValue)"
    let names = fileNames(in: folder)
    #expect(!names.isEmpty)
    var read = 0
    for name in names {
      let check = ReaderCheck(fileBytes("\(folder)/\(name)"), format)
      #expect(check.breaches.isEmpty, "\(name)")
      if check.reading != nil { read += 1 }
    }
    #expect(read > 0, "no seed of \(format.rawValue) is a whole file")
  }

  #if os(Linux) || os(macOS)
    /// The hostile files claim up to 2^64 bytes; none is longer than some kilobytes.
    @Test("the memory taken is bounded by what the file is")
    func memory() async {
      let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
        let files = HostileFile.all
        let before = peakMemory()
        #if os(Linux)
          // Address space that is taken but not touched counts too: the system is told to give no more.
          guard AddressSpace.limit(to: 64 << 20) else { exit(2) }
        #endif
        for file in files {
          let check = ReaderCheck(file.bytes, file.format)
          guard check.reading == nil, check.breaches.isEmpty, let error = check.error,
            file.says.allSatisfy(error.description.contains)
          else {
            complain("\(file): \(String(describing: check.error))")
            exit(3)
          }
        }
        // A file of 12 kB may inflate to 12 MB.
        guard files.count > 150, files.allSatisfy({ $0.bytes.count < 12_000 }),
          peakMemory() - before < 32 << 20
        else {
          complain("\(peakMemory() - before) bytes")
          exit(4)
        }
      }
      let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(said.isEmpty, "\(said)")
    }
  #endif
}

/// Writes a line to the standard error.
private func complain(_ text: String) {
  var text = text + "\n"
  text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
}

/// The most memory that the process has had at once, in bytes.
private func peakMemory() -> Int {
  var usage = rusage()
  #if os(Linux)
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss * 1024
  #else
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
  #endif
}
