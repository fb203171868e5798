#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Where and when the figures were taken.
enum Machine {
  static func contents(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    let written = text.utf8.count == fwrite(Array(text.utf8), 1, text.utf8.count, file)
    return fclose(file) == 0 && written
  }

  /// How busy the machine has been for the last minute, counted in processors.
  static var load: Double {
    var values = [0.0]
    return getloadavg(&values, 1) == 1 ? values[0] : .nan
  }

  static var date: String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    func two(_ n: Int32) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "\(1900 + parts.tm_year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) UTC"
  }

  static var processor: String {
    let lines = contents(of: "/proc/cpuinfo")?.split(separator: "\n") ?? []
    func field(_ name: String) -> String? {
      lines.first { $0.hasPrefix(name) }?.split(separator: ":").last
        .map { $0.drop { $0 == " " } }.map(String.init)
    }
    guard let model = field("model name") else {
      return system("sysctl -n machdep.cpu.brand_string") ?? "unknown"
    }
    return "\(model), family \(field("cpu family") ?? "?"), model \(field("model\t") ?? "?")"
  }

  private static func system(_ command: String) -> String? {
    let words = command.split(separator: " ").map(String.init)
    return Child.run(["/usr/sbin/\(words[0])"] + words.dropFirst())?.output.split(separator: "\n").first
      .map(String.init)
  }

  static var operatingSystem: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    func text<T>(_ tuple: T) -> String {
      withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
  }

  static var processors: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }
  static var memory: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

  static func json(_ reference: Reference, loadBefore: Double) -> JSON {
    .object([
      ("date", .text(date)), ("processor", .text(processor)), ("processors", .number(Double(processors))),
      ("memoryGiB", .number((Double(memory) / Double(1 << 30)).rounded())),
      ("system", .text(operatingSystem)),
      ("compiler", .text(reference.compilerVersion)),
      ("threads", .number(Double(Reference.threads))),
      ("flags", .text(Reference.flags.joined(separator: " "))), ("blas", .text(reference.blasName ?? "none")),
      ("loadBefore", .number(loadBefore)), ("loadAfter", .number(load)),
    ])
  }
}
