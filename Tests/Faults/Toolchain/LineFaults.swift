import Synchronization
import Testing
import Theano
import TheanoGraph
import TheanoTestSupport

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Lines are found whatever else the process has mapped: files that were cut short, that nobody may read, that lie about being
/// libraries, or that go away meanwhile. In processes of their own, which a wrong look would end.
@Suite struct LineFaults {
  /// A mapping of a file, for the life of the process.
  private static func map(_ bytes: [UInt8], _ protection: Int32, cutTo length: Int? = nil) {
    let folder = TemporaryFolder()
    let file = open(folder.write("mapped", bytes), O_RDWR)
    let memory = mmap(nil, bytes.count, protection, MAP_SHARED, file, 0)
    guard file >= 0, memory != MAP_FAILED else { exit(90) }
    if let length, ftruncate(file, off_t(length)) != 0 { exit(91) }
    // The folder goes, and with it the name; the mapping stays.
    close(file)
  }

  /// A file that begins like a library of this machine and leads nowhere.
  private static var falseLibrary: [UInt8] {
    var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    bytes += [3, 0, 62, 0, 1, 0, 0, 0]
    bytes += [UInt8](repeating: 0xff, count: 40)
    return bytes + [UInt8](repeating: 0x41, count: 8192 - bytes.count)
  }

  @Test(arguments: ["cut short", "not readable", "a false library", "a false library, not readable", "empty"])
  func mappedFilesAreNotLookedAt(_ kind: String) async {
    await #expect(processExitsWith: .success) { [kind = kind as String] in
      let zeros = [UInt8](repeating: 0, count: 3 * 4096)
      switch kind {
      case "cut short": LineFaults.map(zeros, PROT_READ, cutTo: 100)
      case "not readable": LineFaults.map(zeros, PROT_NONE)
      case "a false library": LineFaults.map(LineFaults.falseLibrary, PROT_READ)
      case "a false library, not readable": LineFaults.map(LineFaults.falseLibrary, PROT_NONE)
      default: LineFaults.map(LineFaults.falseLibrary, PROT_READ, cutTo: 0)
      }
      try LineFaults.expectLine()
    }
  }

  /// An operator whose operands do not fit, and the line that the error names.
  static func expectLine() throws {
    let (two, three) = (T.constant([1.0, 2]), T.constant([1.0, 2, 3]))
    let line = #line + 1
    let misfit = two + three
    let error = #expect(throws: TheanoError.self) { try misfit.validate() }
    let location = try #require(error?.diagnoses.first?.location)
    #expect(location.hasSuffix("/LineFaults.swift:\(line)"))
  }

  @inline(never) static func site(_ depth: Int) -> CallSite {
    depth > 0 ? site(depth - 1) : CallSite.capture()
  }

  @Test func arraysAreMappedAndDroppedWhileLinesAreFound() async throws {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      let path = "\(folder.path)/a.npy"
      try NDArray.zeros(1 << 16).save(path)
      let isDone = Flag()
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            while !isDone.isSet {
              guard let array = try? NDArray.load(path, mapped: true), array.size == 1 << 16 else { exit(92) }
              // There may be fewer threads than tasks.
              await Task.yield()
            }
          }
        }
        group.addTask {
          defer { isDone.set() }
          for round in 0..<50 {
            let site = LineFaults.site(round % 8)
            guard let location = CallSite.resolve([site], afresh: true)[0],
              location.path.hasSuffix("/LineFaults.swift")
            else { exit(93) }
          }
        }
      }
      try LineFaults.expectLine()
    }
  }
}

/// Something that has happened or has not, for several threads.
private final class Flag: Sendable {
  private let state = Mutex(false)
  var isSet: Bool { state.withLock { $0 } }
  func set() { state.withLock { $0 = true } }
}
