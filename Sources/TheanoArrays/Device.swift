/// Where an array's elements lie.
///
/// All arrays of this module are in the memory of the host. The tag is there so that buffers on an accelerator can use the same
/// types.
public struct Device: Sendable, Hashable {
  /// A sort of memory.
  public enum Kind: UInt8, Sendable, Hashable {
    /// The memory of the process.
    case host
    /// The memory of an OpenCL device.
    case openCL
    /// The memory of a CUDA device.
    case cuda
  }

  /// The sort of memory.
  public let kind: Kind
  /// Which device of that sort, from 0.
  public let ordinal: UInt8

  /// A device of the given sort.
  public init(_ kind: Kind, ordinal: UInt8 = 0) {
    self.kind = kind
    self.ordinal = ordinal
  }

  /// The memory of the process.
  public static let host = Device(.host)
}

extension Device: CustomStringConvertible {
  /// The device's name, such as `host` or `cuda:0`.
  public var description: String { kind == .host ? "host" : "\(kind):\(ordinal)" }
}
