extension NDArray {
  /// A complex array from its parts, which broadcast together: `complex64` if neither needs more, else `complex128`.
  public init(real: NDArray, imaginary: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    self = trapping(file, line) { () throws(TheanoError) in
      try Checked.complex(real: real, imaginary: imaginary)
    }
  }

  /// The real parts: of a complex array a view, of any other the array itself.
  public var real: NDArray { dtype.isComplex ? part(0) : self }

  /// The imaginary parts: of a complex array a view, of any other zeros.
  public var imaginary: NDArray {
    dtype.isComplex
      ? part(1) : NDArray(0, dtype: dtype).broadcast(to: shape)
  }

  /// A complex array seen as every second float.
  private func part(_ offset: Int) -> NDArray {
    let ndim = ndim
    let part: DType = dtype == .complex64 ? .float32 : .float64
    return view(ndim: ndim, size: size, offset: offset, dtype: part) { geometry in
      for axis in 0..<ndim {
        (geometry + axis).initialize(to: object.extent(axis))
        (geometry + ndim + axis).initialize(to: 2 * object.stride(axis))
      }
    }
  }
}

extension NDArray.Checked {
  /// As ``NDArray/init(real:imaginary:)``.
  public static func complex(real: NDArray, imaginary: NDArray) throws(TheanoError) -> NDArray {
    guard let shape = NDArray.broadcastShape([real.shape, imaginary.shape]) else {
      throw TheanoError(
        .shape, in: "NDArray",
        "real parts of shape \(shapeText(real.object.extents)) and imaginary parts of shape "
          + "\(shapeText(imaginary.object.extents)) do not broadcast together")
    }
    let kind = DType.promoted((real.dtype, real.isWeak), (imaginary.dtype, imaginary.isWeak))
    let dtype = DType.promoted(kind.dtype, .complex64)
    let result = try NDArray.allocate(shape, dtype: dtype)
    let (re, im) = (result.real, result.imaginary)
    let strides = re.contiguousStrides(factor: 2)
    try real.checked.broadcast(to: shape).write(to: re.data, re.dtype, strides: strides)
    try imaginary.checked.broadcast(to: shape).write(to: im.data, im.dtype, strides: strides)
    return result
  }
}

extension NDArray {
  /// The strides of C order in this shape, with elements `factor` places apart.
  fileprivate func contiguousStrides(factor: Int) -> [Int] {
    [Int](unsafeUninitializedCapacity: ndim) { buffer, count in
      if let base = buffer.baseAddress { object.fillCanonicalStrides(base) }
      for axis in 0..<ndim { buffer[axis] *= factor }
      count = ndim
    }
  }
}
