import TheanoArrays

// NumPy's own format for one array.

extension NDArray {
  /// Writes the array to a `.npy` file, byte for byte as NumPy's `save` does.
  ///
  /// A transposed C-contiguous array is written in Fortran order, other views in C order. `bfloat16`, which NumPy
  /// lacks, is written as the Python package ml_dtypes writes it: `np.load(path).view(ml_dtypes.bfloat16)`.
  ///
  /// The file appears whole or not at all: it is written under a temporary name beside `path`, flushed to the disk
  /// and renamed. A file that it replaces keeps its permissions.
  ///
  /// - Throws: a ``TheanoError`` of kind `.file` with the path and the reason, or of kind `.system` if there is no memory to
  ///   lay a view's elements in a row; an older file is then still there.
  public func save(_ path: String) throws(TheanoError) {
    try AtomicFile.publish(FileReport(operation: "NDArray.save", path: path)) { (file) throws(TheanoError) in
      try writeNPY { (bytes) throws(TheanoError) in try file.append(bytes) }
    }
  }

  /// The array in a source that holds a `.npy` file and nothing else.
  static func npy(_ source: ByteSource) throws(TheanoError) -> NDArray {
    var unwanted: CRC32?
    return try npy(source, checksum: &unwanted)
  }

  /// As ``npy(_:)``; all bytes of the source are fed to a checksum if there is one.
  static func npy(_ source: ByteSource, checksum: inout CRC32?) throws(TheanoError) -> NDArray {
    let header = try NPYHeader.read(source)
    if checksum != nil {
      let head = try source.bytes(at: 0, count: header.dataOffset, "the header")
      head.withUnsafeBytes { checksum?.update($0) }
    }
    let elements = try source.slice(header.dataOffset, count: source.count - header.dataOffset, "the header")
    return try elements.array(header.layout, checksum: &checksum)
  }

  /// How the array is laid out as `.npy`, and the array whose C order is that layout.
  func npyForm() -> (layout: ElementLayout, stored: NDArray) {
    let isFortranOrder = !isContiguous && isFortranContiguous
    let layout = ElementLayout(dtype: dtype, shape: shape, isFortranOrder: isFortranOrder)
    guard isFortranOrder else { return (layout, self) }
    return (
      layout,
      NDArray(
        adopting: data, shape: shape.reversed(), dtype: dtype, readOnly: true,
        owner: object.owner ?? object)
    )
  }

  /// Gives the array as `.npy` to `sink`, in two pieces.
  func writeNPY(_ sink: (UnsafeRawBufferPointer) throws(TheanoError) -> Void) throws(TheanoError) {
    let (layout, stored) = npyForm()
    try NPYHeader.encoded(layout).withBytes { (header) throws(TheanoError) in try sink(header) }
    try stored.withElementBytes { (bytes) throws(TheanoError) in try sink(bytes) }
  }
}
