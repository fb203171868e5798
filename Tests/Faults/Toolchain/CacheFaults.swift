import CTheanoSupport
import Testing
import TheanoArrays
import TheanoTestSupport

@testable import TheanoToolchain

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

func faultUnit(_ value: Int, padding: Int = 0) -> String {
  String(cString: theano_host_text()) + """

    __attribute__((visibility("default")))
    th_i32 theano_entry(const th_host *host, th_call *call, const th_arg *in, th_result *out, th_error *error) {
      return \(value);
    }
    // \(String(repeating: "x", count: padding))
    """
}

func faultToolchain(_ folder: String, _ change: (inout ToolchainSettings) -> Void = { _ in }) throws
  -> Toolchain
{
  var settings = try ToolchainSettings.process()
  settings.cacheFolder = folder
  change(&settings)
  return Toolchain(settings)
}

/// What the entry returns.
func answer(_ program: LoadedProgram) -> Int32 { program.entry(nil, nil, nil, nil, nil) }

@Suite struct CacheFaults {
  let folder = TemporaryFolder()

  @Test func damagedEntriesAreRebuilt() throws {
    let (name, sound) = try {
      _ = try faultToolchain(folder.path).load(source: faultUnit(5))
      let name = try #require(folder.names.first)
      return (name, folder.read(name))
    }()
    var damaged: [[UInt8]] = [0, 1, 47, 48, 100, sound.count / 2, sound.count - 49, sound.count - 1].map {
      Array(sound.prefix($0))
    }
    damaged.append(Array("#!/bin/sh\n".utf8))
    damaged.append([UInt8](repeating: 0, count: sound.count))
    damaged.append(sound + [0])
    for position in [
      0, 40, sound.count / 3, sound.count - 60, sound.count - 48, sound.count - 40, sound.count - 1,
    ] {
      var flipped = sound
      flipped[position] ^= 0x10
      damaged.append(flipped)
    }
    for bytes in damaged {
      folder.write(name, bytes)
      let loaded = try faultToolchain(folder.path).load(source: faultUnit(5))
      #expect(loaded.origin == .compiled)
      #expect(answer(loaded.program) == 5)
      #expect(folder.names == [name])
    }
    #expect(folder.read(name) == sound)
  }

  @Test func anotherLibraryUnderTheKeyOfALinkIsNotFollowed() throws {
    let elsewhere = TemporaryFolder()
    _ = try faultToolchain(folder.path).load(source: faultUnit(6))
    let name = try #require(folder.names.first)
    let outside = elsewhere.write("outside.so", folder.read(name))
    unlink("\(folder.path)/\(name)")
    symlink(outside, "\(folder.path)/\(name)")
    let loaded = try faultToolchain(folder.path).load(source: faultUnit(6))
    #expect(loaded.origin == .compiled)
    #expect(elsewhere.names == ["outside.so"])
  }

  /// A library made by another compiler, for another processor or by another version of the library is another.
  @Test func whatMadeAFunctionIsPartOfItsKey() throws {
    let compiler = Compiler(command: ["/bin/cc"], linker: "/bin/ld", identity: "cc 1", origin: "test")
    func key(
      _ change: (inout Compiler) -> Void = { _ in }, version: String = "1", processor: [UInt32] = [1, 2]
    )
      -> Digest
    {
      var own = compiler
      change(&own)
      return Toolchain.key("source", CompileOptions(), own, version: version, processor: processor)
    }
    let keys = [
      key(), key({ $0.identity = "cc 2" }), key({ $0.linker = nil }), key({ $0.linker = "/bin/lld" }),
      key(version: "2"), key(processor: [1, 3]), key(processor: [1]),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(key({ $0.origin = "elsewhere" }) == key(), "how it was found is no part of it")
    #expect(!Platform.processorIdentity().isEmpty && Toolchain.version.contains(Toolchain.number))
  }

  @Test func twoProcessesCompileTheSameKey() async throws {
    let path = folder.path
    async let first = #expect(processExitsWith: .success) { [path = path as String] in try loadAndCheck(path)
    }
    async let second = #expect(processExitsWith: .success) { [path = path as String] in try loadAndCheck(path)
    }
    _ = await (first, second)
    #expect(folder.names.count == 10)
    #expect(try faultToolchain(path).load(source: faultUnit(3)).origin == .disk)
  }

  /// What is wrong with a folder.
  private func refused(_ path: String) throws { _ = try CacheUpkeep(try faultToolchain(path).settings) }

  /// Functions are compiled all the same, into a folder that goes with the process, and it is said once.
  @Test(arguments: ["a file", "below a file", "open to all", "a link", "another user's", "no home"])
  func withoutAFolderEachProcessHasItsOwn(_ kind: String) async throws {
    if kind == "another user's", geteuid() != 0 { return }
    let path = "\(folder.path)/cache"
    switch kind {
    case "a file": folder.write("cache", "not a folder")
    case "open to all":
      mkdir(path, 0o700)
      chmod(path, 0o777)
    case "a link": symlink(folder.path, path)
    case "another user's":
      mkdir(path, 0o700)
      chown(path, 12345, 12345)
    default: folder.write("file", "")
    }
    let before = folder.names
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      [kind = kind as String, folder = folder.path as String] in
      var settings = try faultToolchain("\(folder)/\(kind == "below a file" ? "file/cache" : "cache")")
        .settings
      if kind == "no home" {
        (settings.cacheFolder, settings.cacheHome, settings.home) = (nil, nil, "\(folder)/file")
      }
      let toolchain = Toolchain(settings)
      let first = try toolchain.load(source: faultUnit(1))
      #expect(first.origin == .compiled && answer(first.program) == 1)
      // Another toolchain of the process finds it in the same folder.
      let again = try Toolchain(settings).load(source: faultUnit(1))
      #expect(again.origin == .disk && answer(again.program) == 1)
      #expect(answer(try toolchain.load(source: faultUnit(2)).program) == 2)
    }
    let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let notices = said.split(separator: "\n").filter {
      $0.hasPrefix("Theano: compiled functions cannot be kept")
    }
    #expect(notices.count == 1, "\(said)")
    let notice = try #require(notices.first)
    #expect(notice.contains("THEANO_CACHE_DIR") || notice.contains("chmod 700"))
    let own = try #require(
      notice.firstMatch(of: #/this program keeps them in ([^ ,]+), which goes when it ends/#))
    var status = stat()
    #expect(stat(String(own.1), &status) != 0, "it goes when the process ends")
    #expect(folder.names == before, "nothing is put where it should not be")
  }

  @Test func aFileWhereTheFolderShouldBe() throws {
    let file = folder.write("file", "not a folder")
    let error = #expect(throws: TheanoError.self) { try refused(file) }
    #expect(
      error?.description == """
        TheanoError: [compile] compiled functions cannot be kept in \(file): it is not a folder
          hint: set THEANO_CACHE_DIR to a folder of your own that can be written, or make \(file) one
        """)
    let below = #expect(throws: TheanoError.self) {
      try refused(file + "/sub")
    }
    #expect(below?.kind == .system)
    #expect(below?.description.contains("cannot create folder \(file)/sub: Not a directory") == true)
  }

  @Test func aFolderThatOthersMayWriteTo() throws {
    let open = "\(folder.path)/open"
    mkdir(open, 0o700)
    chmod(open, 0o777)
    let error = #expect(throws: TheanoError.self) { try refused(open) }
    #expect(
      error?.description.contains("\(open): other users can write to it\n  hint: run chmod 700 \(open)")
        == true)
    symlink(folder.path, "\(folder.path)/link")
    let link = #expect(throws: TheanoError.self) {
      try refused(folder.path + "/link")
    }
    #expect(link?.description.contains("it is a symbolic link") == true)
  }

  /// What is in the folder will be run, so that it must be nobody else's.
  @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
  func aFolderOfAnotherUser() throws {
    let given = "\(folder.path)/given"
    mkdir(given, 0o700)
    chown(given, 12345, 12345)
    let error = #expect(throws: TheanoError.self) { try refused(given) }
    #expect(
      error?.description == """
        TheanoError: [compile] compiled functions cannot be kept in \(given): it belongs to another user
          hint: set THEANO_CACHE_DIR to a folder of your own that can be written, or make \(given) one
        """)
    // The same of a file in a folder of one's own.
    _ = try faultToolchain(folder.path).load(source: faultUnit(7))
    let name = try #require(folder.names.first { $0 != "given" })
    chown("\(folder.path)/\(name)", 12345, 12345)
    #expect(try faultToolchain(folder.path).load(source: faultUnit(7)).origin == .compiled)
  }

  /// Others may look: what is private is who can put something there.
  @Test func aFolderThatOthersMayRead() throws {
    let open = "\(folder.path)/open"
    mkdir(open, 0o700)
    chmod(open, 0o755)
    #expect(try faultToolchain(open).load(source: faultUnit(1)).origin == .compiled)
    // One that is made here is for this user alone, and so is what is in it.
    let made = "\(folder.path)/made"
    #expect(try faultToolchain(made).load(source: faultUnit(1)).origin == .compiled)
    var status = stat()
    #expect(stat(made, &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write anywhere"))
  func aFolderThatCannotBeWritten() throws {
    chmod(folder.path, 0o500)
    let error = #expect(throws: TheanoError.self) { try refused(folder.path) }
    #expect(error?.description.contains("Permission denied") == true)
  }

  /// Not even root can make a folder below a file.
  @Test func aFolderThatCannotBe() throws {
    let file = folder.write("file", "")
    let error = #expect(throws: TheanoError.self) {
      try refused(file + "/cache")
    }
    #expect(
      error?.description == """
        TheanoError: [compile] compiled functions cannot be kept: cannot create folder \(file)/cache: Not a directory
          hint: set THEANO_CACHE_DIR to a folder of your own that can be written, or make \(file)/cache one
        """)
  }

  /// A folder is looked for once, whatever the current one is later, and is no option of the compiler's.
  @Test func aRelativeFolder() throws {
    let settings = try ToolchainSettings(environment: ["THEANO_CACHE_DIR": "-o"])
    #expect(settings.cacheFolder?.hasPrefix("/") == true)
    #expect(settings.cacheFolder?.hasSuffix("/-o") == true)
  }

  @Test func noHome() throws {
    var settings = ToolchainSettings()
    settings.searchPath = try ToolchainSettings.process().searchPath
    settings.home = folder.path
    #expect(try Toolchain(settings).load(source: faultUnit(2)).origin == .compiled)
    #expect(folder.names.count == 1, "folders above the cache's are made")
  }

  /// A limit on the size of files stands for a full disk: writes fail half way in both.
  @Test(arguments: [2000, 9000])
  func aDiskThatIsFull(_ room: Int) async throws {
    let path = folder.path
    await #expect(processExitsWith: .success) { [path = path as String, room = room as Int] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: rlim_t(room), rlim_max: rlim_t(room))
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let error = #expect(throws: TheanoError.self) {
        try faultToolchain(path).load(source: faultUnit(1, padding: 3000))
      }
      #expect(error?.kind == (room == 2000 ? .system : .compiler), "\(String(describing: error))")
    }
    #expect(
      folder.names.allSatisfy { $0.hasPrefix("failed-") }, "nothing half-written stays: \(folder.names)")
  }
}

/// What each of two processes does: ten programs, which the other makes at the same time.
private func loadAndCheck(_ path: String) throws {
  let toolchain = try faultToolchain(path)
  for value in 0..<10 {
    guard answer(try toolchain.load(source: faultUnit(Int(value))).program) == value else { exit(3) }
  }
}
