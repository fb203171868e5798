import CTheanoSupport
import TheanoArrays

/// What the library found on this machine, and what installing each missing thing would bring.
package struct DoctorReport: Sendable, CustomStringConvertible {
  /// One thing that was looked for.
  package struct Finding: Sendable, Hashable {
    /// What it is for.
    package var role: String
    /// Whether it is there (or has a full replacement).
    package var isFound: Bool
    /// What was found, or why not.
    package var what: String
    /// What to do, and what that would bring; `nil` if there is nothing to do.
    package var advice: String?
  }

  /// All findings, in the order in which a program needs them.
  package var findings: [Finding] = []

  /// Looks at everything; this may start the compiler and load libraries.
  package init(_ toolchain: Toolchain, _ services: HostServices) {
    findings = [
      DoctorReport.compiler(toolchain), DoctorReport.cache(toolchain), DoctorReport.products(services),
      DoctorReport.solvers(services),
      Finding(
        role: "threads", isFound: true,
        what: "\(services.threads) for parallel loops (\(Platform.processors) processors)",
        advice: nil),
    ]
  }

  /// The report as a table of lines.
  package var description: String {
    let width = findings.map(\.role.count).max() ?? 0
    return findings.map { finding in
      let role = finding.role + String(repeating: " ", count: width - finding.role.count)
      let line = "\(finding.isFound ? "ok     " : "missing")  \(role)  \(finding.what)"
      return finding.advice.map { line + "\n         " + String(repeating: " ", count: width) + "  \($0)" }
        ?? line
    }.joined(separator: "\n")
  }

  private static func compiler(_ toolchain: Toolchain) -> Finding {
    do {
      let compiler = try toolchain.compiler
      let version = compiler.version() ?? "it does not say its version"
      return Finding(
        role: "C compiler", isFound: true, what: "\(compiler.path) (\(compiler.origin)): \(version)",
        advice: nil)
    } catch {
      return Finding(
        role: "C compiler", isFound: false, what: error.diagnoses[0].what,
        advice: "without one, functions are interpreted, many times slower; "
          + (error.diagnoses[0].hint ?? ""))
    }
  }

  private static func cache(_ toolchain: Toolchain) -> Finding {
    do {
      let cache = try CompilationCache(toolchain.settings)
      let (count, bytes) = cache.contents
      return Finding(
        role: "cache", isFound: true,
        what: "\(cache.folder): \(count) compiled functions, \(bytes >> 20) of \(cache.size >> 20) MB",
        advice: nil)
    } catch {
      return Finding(
        role: "cache", isFound: false, what: error.diagnoses[0].what,
        advice: "without one, each program compiles its functions anew; " + (error.diagnoses[0].hint ?? ""))
    }
  }

  private static func products(_ services: HostServices) -> Finding {
    if let library = services.libraries.products {
      return Finding(role: "matrix products", isFound: true, what: describe(library), advice: nil)
    }
    return Finding(
      role: "matrix products", isFound: true, what: "embedded, for \(services.embeddedKernels)",
      advice: "a tuned BLAS would make large products up to twice as fast: \(Platform.denseLibraryHint)")
  }

  private static func solvers(_ services: HostServices) -> Finding {
    if let library = services.libraries.solvers {
      return Finding(role: "linear algebra", isFound: true, what: describe(library), advice: nil)
    }
    let (what, hint) = services.missingSolver
    return Finding(
      role: "linear algebra", isFound: false, what: what, advice: "it would bring T.linalg: " + hint)
  }

  private static func describe(_ library: NativeLibraries.Library) -> String {
    "\(library.name), \(library.path)" + (library.version.map { " (\($0))" } ?? "")
  }
}
