import Testing
import Theano
import TheanoEmission
import TheanoInspection
import TheanoKernels
import TheanoScheduling
import TheanoTestSupport
@testable import TheanoToolchain

/// Whether functions are compiled here.
let hasCompiler = (try? Toolchain.process().compiler) != nil

/// Whether the compiler is a clang, which reads OpenCL C and CUDA C too.
private let hasClang = (try? Toolchain.process().compiler)?.path.hasSuffix("clang") == true

/// Generated code, compared with texts that a person has read. After a change of the emission that is meant:
/// `THEANO_REFRESH_GOLDEN=1 swift test --filter GoldenTests`, then read the difference.
@Suite(.enabled(if: hasCompiler, "needs a C compiler")) struct GoldenTests {
  @Test func elementwise() throws {
    let f = try functionOfElements()
    #expect(GoldenText("Emission/elementwise.c.txt").text(refreshedBy: f.ownSource) == f.ownSource)
  }

  @Test func reduction() throws {
    let f = try functionOfRows()
    #expect(GoldenText("Emission/reduction.c.txt").text(refreshedBy: f.ownSource) == f.ownSource)
  }

  @Test func update() throws {
    let f = try functionOfUpdates()
    #expect(GoldenText("Emission/update.c.txt").text(refreshedBy: f.ownSource) == f.ownSource)
  }

  @Test(arguments: [Dialect.openCL, Dialect.cuda]) func devices(_ dialect: Dialect) throws {
    let ending = dialect.name.hasPrefix("OpenCL") ? "cl" : "cu"
    for (name, function) in [
      ("elementwise", try functionOfElements()), ("rows", try functionOfRows()),
      ("whole", try functionOfAll()),
    ] {
      let nest = try #require(function.nests.first)
      let kernel = try #require(DeviceKernel(nest, name: name, dialect: dialect))
      #expect(
        GoldenText("Emission/\(name).\(ending).txt").text(refreshedBy: kernel.text + "\n") == kernel.text
          + "\n")
    }
  }

  /// By the compiler beside swift; nothing is run.
  @Test(.enabled(if: hasClang, "needs clang"), arguments: [Dialect.openCL, Dialect.cuda])
  func devicesCompile(_ dialect: Dialect) throws {
    let compiler = try Toolchain.process().compiler
    let isOpenCL = dialect.name.hasPrefix("OpenCL")
    let folder = TemporaryFolder()
    // CUDA's own words come from its headers; these stand for them.
    let words = """
      #define __global__ __attribute__((global))
      #define __shared__ __attribute__((shared))
      struct th_dim { unsigned int x, y, z; };
      extern const __attribute__((device)) struct th_dim blockIdx, blockDim, threadIdx;
      __attribute__((device)) void __syncthreads();

      """
    let nests =
      try functionOfElements().nests + functionOfRows().nests + functionOfAll().nests
      + functionOfPositions().nests + functionOfConstants().nests
    #expect(nests.count > 5)
    do {
      for nest in nests {
        guard let kernel = DeviceKernel(nest, name: "kernel_under_test", dialect: dialect) else { continue }
        let file = folder.write("unit", isOpenCL ? kernel.unit : words + kernel.unit)
        let language =
          isOpenCL
          ? ["-x", "cl", "-cl-std=CL1.2", "-target", "spir64"]
          : ["-x", "cuda", "--cuda-device-only", "-nocudainc", "-nocudalib", "--cuda-gpu-arch=sm_70"]
        let outcome = Subprocess.run(
          compiler.command + language + ["-fsyntax-only", "-Wall", "-Werror", "-Wno-unused-function", file],
          seconds: 60)
        #expect(outcome.succeeded, "\(outcome.output)\n\(kernel.text)")
      }
    }
  }

  @Test func whatStaysOnTheHost() throws {
    let x = T.dmatrix("x")
    let n = T.lvector("n")
    let gather = try function(inputs: [x, n], outputs: T.sum(x[n], axis: 0))
    #expect(gather.nests.contains { DeviceKernel($0, name: "k", dialect: .openCL) == nil })
  }
}

extension Function {
  /// The loop nests of the program.
  fileprivate var nests: [LoopNest] { core.report.schedule?.nests ?? [] }
}

// The functions stand at lines of their own counting, which no change above moves.

private func functionOfElements() throws -> Function<NDArray> {
  let x = T.fmatrix("x")
  let y = T.fmatrix("y")
  #sourceLocation(file:"CompiledTests/Elements.swift",line:1)
  let z = T.exp(-x * x) * T.sin(y)
  let result = z + T.sigmoid(x * y) * T.tanh(x)
  #sourceLocation()
  return try function(inputs: [x, y], outputs: result, name: "elements")
}

private func functionOfRows() throws -> Function<NDArray> {
  let x = T.dmatrix("x")
  #sourceLocation(file:"CompiledTests/Rows.swift",line:1)
  let result = T.sum(T.exp(x - 1), axis: 1)
  #sourceLocation()
  return try function(inputs: [x], outputs: result, name: "rows")
}

private func functionOfAll() throws -> Function<NDArray> {
  let x = T.dmatrix("x")
  #sourceLocation(file:"CompiledTests/All.swift",line:1)
  let result = T.sum(x * x)
  #sourceLocation()
  return try function(inputs: [x], outputs: result, name: "all")
}

private func functionOfUpdates() throws -> Function<NDArray> {
  let x = T.dmatrix("x")
  let w = shared(NDArray.zeros([3]), name: "w")
  #sourceLocation(file:"CompiledTests/Updates.swift",line:1)
  let cost = T.sum((T.dot(x, w) - 1) ** 2)
  let step = w - 0.1 * grad(cost, wrt: w)
  #sourceLocation()
  return try function(inputs: [x], outputs: cost, updates: [(w, step)], name: "updates")
}

private func functionOfPositions() throws -> Function<[NDArray]> {
  let x = T.dmatrix("x")
  return try function(inputs: [x], outputs: [T.argmax(x, axis: 1), T.argmax(x), T.max(x, axis: 0), T.max(x)])
}

private func functionOfConstants() throws -> Function<[NDArray]> {
  let x = T.dmatrix("x")
  let n = T.lvector("n")
  let chosen: TensorVariable = T.where(x .> 0, x, Double.nan)
  let rounded: TensorVariable = T.floor(x) + T.abs(x)
  let raised: TensorVariable = T.maximum(x, -Double.infinity)
  let wide: TensorVariable = n + Int.max
  let narrow: TensorVariable = T.cast(n, .int8) * 2
  return try function(inputs: [x, n], outputs: [chosen + rounded, raised, wide, narrow])
}
