import CTheanoSupport

/// The place in a program that built something, as the return addresses on the stack. They are looked up, and become a line, only
/// when an error or a listing needs it.
///
/// A call site is one word and costs about 20 ns to take, so that every expression can have one. Equal sites are equal
/// values: a loop that builds ten thousand nodes has a few.
package struct CallSite: Sendable, Hashable {
  /// The bits of a `theano_callsite` pointer, which is immutable and never freed; 0 for an unknown site.
  private let bits: UInt

  private init(bits: UInt) { self.bits = bits }

  /// A site that nothing is known about.
  package static let unknown = CallSite(bits: 0)

  /// The stack from which this function is called.
  ///
  /// Frames of the library are not skipped here: they are recognised by their source folder when the site is resolved, and this
  /// function's own frame says which folder that is.
  @inline(never)
  package static func capture() -> CallSite {
    CallSite(bits: UInt(bitPattern: theano_callsite_capture()))
  }

  /// The raw return addresses, innermost first.
  package var addresses: [UInt] {
    guard let site = UnsafePointer<theano_callsite>(bitPattern: bits) else { return [] }
    return withUnsafePointer(to: site.pointee.addresses) { tuple in
      tuple.withMemoryRebound(to: UInt.self, capacity: Int(theano_callsite_depth)) {
        Array(UnsafeBufferPointer(start: $0, count: Int(site.pointee.count)))
      }
    }
  }
}

extension CallSite {
  /// A line of a program's source.
  package struct Location: Sendable, Hashable, CustomStringConvertible {
    /// The file's path, as the compiler was given it.
    package var path: String
    /// The line, from 1.
    package var line: Int
    /// The column, from 1; 0 if unknown.
    package var column: Int
    /// The function, demangled where its name can be.
    package var function: String

    /// A location from its parts.
    package init(path: String, line: Int, column: Int, function: String) {
      (self.path, self.line, self.column, self.function) = (path, line, column, function)
    }

    /// The file as `#fileID` writes it: the module's folder and the file's name.
    package var fileID: String {
      let parts = path.split(separator: "/")
      guard let file = parts.last, parts.count > 1 else { return path }
      let folders = parts.dropLast()
      let root = folders.dropLast().lastIndex { $0 == "Sources" || $0 == "Tests" || $0 == "Examples" }
      return "\(folders[root.map { $0 + 1 } ?? folders.endIndex - 1])/\(file)"
    }

    /// `Module/File.swift:12`.
    package var description: String { "\(fileID):\(line)" }
  }
}
