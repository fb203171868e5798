import Testing
import TheanoArrays
import TheanoFormats
import TheanoTestSupport

/// The other direction of the golden files: what is written here is read by the real packages, where they are installed.
@Suite("Files read by NumPy and safetensors") struct BothWaysTests {
  static let hasPackages = shell("python3 '\(packageRoot)/Scripts/formats.py' probe 2>/dev/null").succeeded

  @Test(
    "whatever is written here is read there, element for element",
    .enabled(if: hasPackages, "needs python3 with numpy, safetensors and ml_dtypes"))
  func readThere() throws {
    let shapes = [[], [1], [0], [3, 4], [2, 0, 3], [1, 2, 3, 4], [700]]
    try withFolder { folder in
      var count = 0
      for dtype in DType.allCases {
        func name(_ shape: [Int]) -> String { "__\(dtype)__\(shape.map(String.init).joined(separator: "x"))" }
        var named: [(String, NDArray)] = []
        for shape in shapes {
          let array = patternArray(dtype, shape)
          try array.save("\(folder)/plain\(name(shape)).npy")
          // A Fortran-ordered array with the same content in C order.
          try array.T.contiguous().T.save("\(folder)/fortran\(name(shape)).npy")
          named.append((name(shape), array))
          count += 2
        }
        try NPZ.save(named, to: "\(folder)/stored-\(dtype).npz")
        try NPZ.save(named, to: "\(folder)/deflated-\(dtype).npz", compressed: true)
        try NPZ.write(named, to: "\(folder)/large-\(dtype).npz", compressed: false, limit32: 100)
        try NPZ.write(named, to: "\(folder)/large-deflated-\(dtype).npz", compressed: true, limit32: 100)
        count += 4 * named.count
        if dtype != .complex128 {
          try Safetensors.save(named, metadata: ["a": "b"], to: "\(folder)/\(dtype).safetensors")
          count += named.count
        }
        if IDXTests.types.contains(dtype) {
          for (name, array) in named {
            try IDX.save(array, to: "\(folder)/plain\(name).idx")
            try IDX.save(array, to: "\(folder)/packed\(name).idx.gz")
            count += 2
          }
        }
      }
      let (output, succeeded) = shell("python3 '\(packageRoot)/Scripts/formats.py' check '\(folder)' 2>&1")
      #expect(succeeded && output == "ok \(count)\n", "\(output)")
    }
  }
}
