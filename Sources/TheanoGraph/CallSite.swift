package struct CallSite: Sendable, Hashable {
  package struct SourceLocation: Sendable { package var file: String; package var line: Int }
  package static func capture(skip: Int) -> CallSite { CallSite() }
  package func resolve() -> SourceLocation? { nil }
}
