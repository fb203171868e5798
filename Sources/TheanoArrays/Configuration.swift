import Synchronization

/// Settings that calls use unless an argument says otherwise.
///
/// ``config`` reads the settings that hold here and now: those of the innermost ``withConfiguration(_:run:)``, else the
/// process's.
public struct Configuration: Sendable, Hashable {
  /// The dtype of floating-point arrays whose dtype is not given, such as those of `NDArray.random`. `float64` at first.
  public var floatX: DType = .float64
  /// How arrays are written when they are printed.
  public var printing = PrintOptions()

  /// The settings that a process starts with.
  public init() {}

  @TaskLocal static var local: Configuration?
  private static let process = Mutex(Configuration())

  /// The process's settings, which hold where no ``withConfiguration(_:run:)`` says otherwise.
  public static var processDefault: Configuration {
    get { process.withLock { $0 } }
    set { process.withLock { $0 = newValue } }
  }
}

/// The settings that hold here and now.
public var config: Configuration { Configuration.local ?? Configuration.processDefault }

/// Runs `body` under changed settings; they hold for what it calls and for the tasks it starts.
///
/// ```swift
/// let w = withConfiguration { $0.floatX = .float32 } run: { NDArray.random(3, 3) }
/// ```
///
/// - Throws: What `body` throws.
public func withConfiguration<R, E: Error>(
  _ change: (inout Configuration) -> Void, run body: () throws(E) -> R
) throws(E) -> R {
  var configuration = config
  change(&configuration)
  var outcome: Result<R, E>?
  Configuration.$local.withValue(configuration) {
    do throws(E) { outcome = .success(try body()) } catch { outcome = .failure(error) }
  }
  return try outcome!.get()
}

/// Runs `body` under changed settings; they hold for what it calls and for the tasks it starts.
public func withConfiguration<R>(
  _ change: (inout Configuration) -> Void, isolation: isolated (any Actor)? = #isolation,
  run body: () async throws -> R
) async rethrows -> R {
  var configuration = config
  change(&configuration)
  return try await Configuration.$local.withValue(configuration, operation: body)
}
