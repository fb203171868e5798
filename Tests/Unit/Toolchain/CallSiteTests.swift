import CTheanoSupport
import Testing
import TheanoGraph
import TheanoTestSupport
import TheanoToolchain

@Suite struct CallSiteTests {
  @inline(never) func place(_ n: Int) -> (CallSite, Int) { (CallSite.capture(), #line) }

  @Test func lineOfTheCallerOutsideTheLibrary() throws {
    let (site, line) = place(1)
    let location = try #require(site.resolve())
    #expect(location.line == line)
    #expect(location.path == #filePath)
    #expect(location.description == "Unit/CallSiteTests.swift:\(line)")
    #expect(location.function.contains("place"))
  }

  @Test func closuresAndAsyncFunctionsAreFollowed() async throws {
    let sites = [1, 2, 3].map { _ in CallSite.capture() }
    let line = #line - 1
    #expect(sites[0] == sites[2])
    #expect(sites[0].resolve()?.line == line)
    await Task.yield()
    let later = CallSite.capture()
    #expect(later.resolve()?.line == #line - 1)
  }

  @Test func equalStacksAreOneValueOnManyThreads() async {
    let sites = await withTaskGroup(of: Set<CallSite>.self) { group in
      for _ in 0..<8 { group.addTask { Set((0..<1000).map { _ in deep(4) }) } }
      return await group.reduce(into: Set<CallSite>()) { $0.formUnion($1) }
    }
    let lines = Set(CallSite.resolve(Array(sites)).map { $0?.line })
    #expect(lines == [deepLine])
  }

  @Test func depthIsBounded() {
    let site = deep(100)
    #expect(site.addresses.count <= Int(theano_callsite_depth))
    #expect(site.resolve()?.line == deepLine)
    #expect(CallSite.unknown.resolve() == nil)
    #expect(CallSite.unknown.addresses.isEmpty)
  }

  @Test func fileIDs() {
    func id(_ path: String) -> String {
      CallSite.Location(path: path, line: 1, column: 1, function: "").fileID
    }
    #expect(id("/home/a/Sources/App/Layers/Dense.swift") == "App/Dense.swift")
    #expect(id("/home/a/App/main.swift") == "App/main.swift")
    #expect(id("main.swift") == "main.swift")
  }
}

private let deepLine = #line + 2
@inline(never) private func deep(_ n: Int) -> CallSite {
  n > 0 ? deep(n - 1) : CallSite.capture()
}

@Suite struct HostTextTests {
  @Test func hostTextIsTheHeader() {
    let text = String(cString: theano_host_text())
    #expect(text.contains("typedef struct th_host {"))
    #expect(text.hasSuffix("#endif\n"))
    #expect(!text.contains("#include"))
    #expect(TH_ABI == 2)
  }

  /// The library's files are told by the folders of its modules, of which none may be missing.
  @Test func everyModuleIsKnown() throws {
    let manifest = String(decoding: fileBytes("\(packageRoot)/Package.swift"), as: UTF8.self)
    let table = try #require(manifest.firstRange(of: "let modules"))
    let end = try #require(manifest.firstRange(of: "\nlet settings"))
    let all = manifest[table.lowerBound..<end.lowerBound].split(separator: "\"").filter {
      $0.hasPrefix("Theano")
    }
    #expect(Set(all) == CallSite.modules)
  }
}
