import TheanoArrays

/// An array in a file with several, read when it is asked for: an element of ``NPZ`` and of ``Safetensors``.
///
/// ```swift
/// for stored in try NPZ.load("model.npz") { print(stored.name, try stored.array.shape) }
/// ```
public struct StoredArray: Sendable {
  /// The name.
  public let name: String
  let read: @Sendable () throws(TheanoError) -> NDArray

  /// The array, read from the file anew each time.
  ///
  /// - Throws: a ``TheanoError`` of kind `.file` if it is damaged or cannot be read.
  public var array: NDArray { get throws(TheanoError) { try read() } }
}

extension NPZ: RandomAccessCollection {
  /// 0.
  public var startIndex: Int { 0 }
  /// The number of arrays.
  public var endIndex: Int { count }

  /// The array at a position from 0, in the order of ``names``; nothing is read yet.
  public subscript(position: Int) -> StoredArray {
    let name = names[position]
    return StoredArray(name: name) { () throws(TheanoError) in try self[name] }
  }

  /// All arrays with their names, read now: what ``save(_:to:compressed:)`` takes.
  ///
  /// - Throws: a ``TheanoError`` of kind `.file` if one of them is damaged or cannot be read.
  public func arrays() throws(TheanoError) -> [(String, NDArray)] { try allArrays(self) }
}

extension Safetensors: RandomAccessCollection {
  /// 0.
  public var startIndex: Int { 0 }
  /// The number of arrays.
  public var endIndex: Int { count }

  /// The array at a position from 0, in the order of ``names``; nothing is read yet.
  public subscript(position: Int) -> StoredArray {
    let name = names[position]
    return StoredArray(name: name) { () throws(TheanoError) in try self[name] }
  }

  /// All arrays with their names, read now: what ``save(_:metadata:to:)`` takes.
  ///
  /// - Throws: a ``TheanoError`` of kind `.file` if one of them cannot be read.
  public func arrays() throws(TheanoError) -> [(String, NDArray)] { try allArrays(self) }
}

private func allArrays(_ file: some Collection<StoredArray>) throws(TheanoError) -> [(String, NDArray)] {
  var arrays: [(String, NDArray)] = []
  for stored in file { arrays.append((stored.name, try stored.array)) }
  return arrays
}
