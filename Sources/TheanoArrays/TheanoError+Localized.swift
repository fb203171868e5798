// Foundation's essentials alone where they are a module of their own: they cost a program's start 0.7 ms, all of
// Foundation 5 ms.
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension TheanoError: LocalizedError {
  /// Every diagnosis, in full: what `localizedDescription` says.
  public var errorDescription: String? { description }

  /// What is wrong in the first diagnosis.
  public var failureReason: String? { diagnoses.first?.what }

  /// What to do about the first diagnosis, if that can be said.
  public var recoverySuggestion: String? { diagnoses.first?.hint }
}

#if canImport(Darwin)
  extension TheanoError: CustomNSError {
    /// `TheanoError`.
    public static var errorDomain: String { "TheanoError" }
  }
#endif
