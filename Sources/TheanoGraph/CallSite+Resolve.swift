// Symbolises through the toolchain's own Runtime module (SE-0419), which reads DWARF on Linux and asks the system on
// macOS, knows inlined and async frames, and finds nothing in stripped binaries.
internal import Runtime
import Synchronization

extension CallSite {
  /// Sites resolved before. Reading a large debug binary takes up to a quarter of a second, whatever is asked of it.
  private static let memo = Mutex<[CallSite: Location?]>([:])

  /// The line of the user's program that led here; `nil` if it cannot be found, as in a stripped binary.
  package func resolve() -> Location? { CallSite.resolve([self])[0] }

  /// The lines of many sites. The program's debug information is read once for all of them.
  ///
  /// - Parameter afresh: Whether to do it again where it was done before.
  package static func resolve(_ sites: [CallSite], afresh: Bool = false) -> [Location?] {
    let known = afresh ? [:] : memo.withLock { $0 }
    var fresh = Set(sites).subtracting(known.keys).subtracting([.unknown]).map { ($0, $0.addresses) }
    fresh.sort { $0.1.lexicographicallyPrecedes($1.1) }
    var resolved = known
    if !fresh.isEmpty {
      // One stack after another in a single backtrace; each frame comes back with the frames inlined into it.
      let frames = SymbolisedFrame.symbolise(fresh.flatMap(\.1))
      var start = 0
      for (site, addresses) in fresh {
        let stack = frames[start..<start + addresses.count].flatMap { $0 }
        start += addresses.count
        resolved[site] = .some(userFrame(in: stack))
      }
      let found = fresh.map { ($0.0, resolved[$0.0] ?? nil) }
      memo.withLock { memo in for (site, location) in found { memo[site] = .some(location) } }
    }
    return sites.map { resolved[$0] ?? nil }
  }

  /// The innermost frame written outside the library.
  ///
  /// The first frame with a line is `capture` or, where the optimiser made a tail call of it, its caller: a file of this
  /// module. The folder above the module's is therefore that of all the library's sources. Symbol names would not tell: an
  /// extension that a user writes on one of the library's types is mangled like the library's own. Frames without a line are made
  /// by the compiler or belong to the standard library.
  private static func userFrame(in stack: [SymbolisedFrame]) -> Location? {
    guard let own = stack.lazy.compactMap(\.location?.path).first, let root = libraryRoot(of: own) else {
      return nil
    }
    return stack.lazy.compactMap(\.location).first { location in
      guard location.line > 0, location.path.hasSuffix(".swift") else { return false }
      // Paths of one build may be absolute in one place and relative to the package in another.
      guard let other = libraryRoot(of: location.path) else { return true }
      let count = min(root.count, other.count)
      return root.suffix(count) != other.suffix(count)
    }
  }

  /// The folders above the library's module that a path lies in; `nil` if it is in none.
  private static func libraryRoot(of path: String) -> [Substring]? {
    let folders = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return folders.lastIndex { modules.contains($0) }.map { Array(folders[..<$0]) }
  }

  /// The library's modules, by which its own files are told from the user's.
  package static let modules: Set<Substring> = [
    "TheanoArrays", "TheanoKernels", "TheanoGraph", "TheanoOperations", "TheanoGradients",
    "TheanoInterpreter", "TheanoRewriting", "TheanoRules", "TheanoScheduling", "TheanoEmission",
    "TheanoToolchain", "TheanoRuntime", "TheanoFormats", "TheanoInspection", "Theano",
  ]
}

/// One source frame at an address: an address has several when functions were inlined there.
private struct SymbolisedFrame {
  var location: CallSite.Location?

  /// What `Runtime` calls this processor; `nil` for one of other words than 64 bits.
  private static var architecture: String? {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      nil
    #endif
  }

  /// The frames at each return address, innermost first.
  static func symbolise(_ addresses: [UInt]) -> [[SymbolisedFrame]] {
    let none = [[SymbolisedFrame]](repeating: [], count: addresses.count)
    guard let symbolicated = backtrace(addresses)?.symbolicated() else { return none }
    var result: [[SymbolisedFrame]] = []
    var pending: [SymbolisedFrame] = []
    for frame in symbolicated.frames {
      var location: CallSite.Location?
      if let symbol = frame.symbol, let source = symbol.sourceLocation, source.line > 0 {
        location = .init(path: source.path, line: source.line, column: source.column, function: symbol.name)
      }
      pending.append(SymbolisedFrame(location: location))
      if !frame.inlined {
        result.append(pending)
        pending = []
      }
    }
    // The decoder may add a frame that says "truncated".
    return result.count >= addresses.count ? Array(result.prefix(addresses.count)) : none
  }

  /// A backtrace of the addresses, with the images that hold them. Left to itself, `Runtime` would look for images in every file
  /// that the process has mapped, and die where one was cut short or goes away meanwhile.
  private static func backtrace(_ addresses: [UInt]) -> Backtrace? {
    guard let architecture else { return nil }
    let images = LoadedImage.holding(addresses)
    for namesPlatform in [true, false] {
      let text = BacktraceText(
        architecture: architecture, returnAddresses: addresses, images: images, namesPlatform: namesPlatform)
      if let backtrace = try? Backtrace(from: text), let map = backtrace.images, map.count == images.count {
        return backtrace
      }
    }
    return nil
  }
}
