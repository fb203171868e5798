#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import TheanoArrays
import TheanoToolchain

extension CacheUpkeep {
  /// A line for each file.
  func listing() -> String {
    let entries = entries
    if entries.isEmpty { return "\(folder) is empty" }
    let width = entries.map { String($0.bytes).count }.max() ?? 0
    return entries.map { entry in
      let bytes = String(entry.bytes)
      let padding = String(repeating: " ", count: width - bytes.count)
      return "\(date(entry.used))  \(padding)\(bytes)  \(entry.name)"
    }.joined(separator: "\n")
  }

  /// How much there is.
  func sizes() -> String {
    let entries = entries
    let failed = entries.filter { !$0.isFunction }.count
    let sources =
      failed == 0 ? "" : ", \(failed) \(failed == 1 ? "source" : "sources") that failed to compile"
    return "\(folder): \(functions(entries.count - failed))\(sources), \(bytes(entries)) of \(limit) bytes"
  }

  /// Removes everything.
  func clearing() throws(TheanoError) -> String {
    let removed = try clear()
    return "\(folder): removed \(functions(removed.count { $0.isFunction })), \(bytes(removed)) bytes"
  }

  /// Checks everything.
  func verification() -> (text: String, isSound: Bool) {
    let (sound, removed) = verify()
    let lines = ["\(folder): \(functions(sound)) sound"] + removed.map { "broken and removed: \($0)" }
    return (lines.joined(separator: "\n"), removed.isEmpty)
  }

  private func functions(_ count: Int) -> String {
    "\(count) compiled \(count == 1 ? "function" : "functions")"
  }

  private func bytes(_ entries: [Entry]) -> Int { entries.reduce(0) { $0 + $1.bytes } }

  /// A time as `2026-05-01 12:30`, in the machine's zone.
  private func date(_ seconds: Int) -> String {
    var time = time_t(seconds)
    var parts = tm()
    localtime_r(&time, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y-%m-%d %H:%M", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
