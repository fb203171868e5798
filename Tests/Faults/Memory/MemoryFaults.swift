import Testing
import Theano
import TheanoTestSupport
import TheanoToolchain

#if os(Linux)
  import Glibc

  /// Lack of memory is an error of the call that needed it, and the process goes on. In processes of their own, which may take
  /// less address space than the values need.
  @Suite struct MemoryFaults {
    /// A call that needs more memory than there will be, made ready while there is some.
    typealias Maker = @Sendable (Mode) throws -> () throws -> Void

    /// 128 MB as it is, 256 MB as `float64`.
    private static let length = 1 << 25
    private static func large() -> NDArray { NDArray.zeros(length, dtype: .float32) }
    /// Eight bytes that are to be half a terabyte.
    private static func view() -> NDArray { NDArray([1.5]).broadcast(to: [1 << 36]) }

    /// A function of a `float32` vector, and a call of it.
    private static func calling(
      _ argument: NDArray, _ mode: Mode, _ output: (TensorVariable) -> TensorVariable
    ) throws -> () throws -> Void {
      let x = argument.dtype == .float32 ? T.fvector("x") : T.dvector("x")
      let f = try function(inputs: [x], outputs: output(x), mode: mode)
      return { _ = try f(argument) }
    }

    /// What both modes refuse.
    static let everywhere: [(String, Maker)] = [
      (
        "an argument of another dtype",
        { mode in
          let x = T.dvector("x"), argument = large()
          let f = try function(inputs: [x], outputs: x[0], mode: mode)
          return { _ = try f(argument) }
        }
      ),
      ("an argument that is a view", { mode in try calling(view(), mode) { $0[0] } }),
      (
        "a default of another dtype",
        { mode in
          let x = T.dvector("x"), value = large()
          let f = try function(inputs: [In(x, value: value)], outputs: x[0], mode: mode)
          return { _ = try f() }
        }
      ),
      (
        "a default that is a view",
        { mode in
          let x = T.dvector("x")
          let f = try function(inputs: [In(x, value: view())], outputs: x[0], mode: mode)
          return { _ = try f() }
        }
      ),
      (
        "a value of another dtype",
        { _ in
          let w = shared([0.5]), value = large()
          return {
            defer { if (try? w.value) != NDArray([0.5]) { exit(80) } }
            try w.setValue(value)
          }
        }
      ),
      (
        "a value that is a view",
        { _ in
          let w = shared([0.5])
          return {
            defer { if (try? w.value) != NDArray([0.5]) { exit(81) } }
            try w.setValue(view())
          }
        }
      ),
      ("a shared view", { _ in { try shared(view()).validate() } }),
      (
        "a constant of a dtype",
        { _ in
          let value = large()
          return { try T.constant(value, dtype: .float64).validate() }
        }
      ),
      (
        "a constant that is a view of numbers",
        { _ in
          let x = T.fvector("x"), literal: NDArray = [1.5]
          let value = literal.broadcast(to: [1 << 36])
          return { try (x + value).validate() }
        }
      ),
      (
        "the value of an expression",
        { mode in
          let x = T.dvector("x")
          return { _ = try x[0].eval([x: view()], mode: mode) }
        }
      ),
      (
        "a result of a closure",
        { mode in
          let x = T.dvector("x")
          let huge = T.custom("huge", [x], outputs: [x.type]) { _ in [view()] }[0]
          let f = try function(inputs: [x], outputs: huge[0], mode: mode)
          return { _ = try f([1.0, 2]) }
        }
      ),
      (
        "a Swift array",
        { mode in
          let x = T.dvector("x"), values = [Double](repeating: 0, count: length)
          let f = try function(inputs: [x], outputs: x[0], mode: mode)
          return { _ = try f(values) }
        }
      ),
      (
        "a new value",
        { mode in
          let w = shared([0.5], name: "w"), n = T.lscalar("n")
          let f = try function(
            inputs: [n], updates: [(w, T.alloc(1.5, [n]))], mode: mode)
          return {
            defer { if (try? w.value) != NDArray([0.5]) { exit(82) } }
            try f(1 << 36)
          }
        }
      ),
    ]

    /// What the interpreter alone copies or makes whole.
    static let interpreted: [(String, Maker)] = [
      ("sum", { mode in try calling(large(), mode) { T.sum($0) } }),
      ("largest", { mode in try calling(large(), mode) { T.max($0) } }),
      ("place of the largest", { mode in try calling(large(), mode) { T.argmax($0) } }),
      ("any", { mode in try calling(large(), mode) { T.any($0 .> 0) } }),
      ("elementwise", { mode in try calling(large(), mode) { ($0 * 2)[0] } }),
      ("comparison", { mode in try calling(large(), mode) { ($0 .> 1)[0] } }),
      ("cast", { mode in try calling(large(), mode) { T.cast($0, .float64)[0] } }),
      ("dot", { mode in try calling(large(), mode) { T.dot($0, $0) } }),
      ("joined", { mode in try calling(large(), mode) { T.concatenate([$0, $0])[0] } }),
      ("turned around", { mode in try calling(large(), mode) { $0[.slice(step: -1)] } }),
      ("set", { mode in try calling(large(), mode) { T.setSubtensor($0[1...], to: 2)[0] } }),
      ("raised", { mode in try calling(large(), mode) { T.incSubtensor($0[1...], by: 2)[0] } }),
      ("nonzero", { mode in try calling(large(), mode) { T.nonzero($0)[0][0] } }),
      (
        "filled",
        { mode in
          let n = T.lscalar("n")
          let f = try function(inputs: [n], outputs: T.sum(T.alloc(1.5, [n])), mode: mode)
          return { _ = try f(1 << 36) }
        }
      ),
      (
        "counted",
        { mode in
          let n = T.lscalar("n")
          let f = try function(inputs: [n], outputs: T.arange(n)[0], mode: mode)
          return { _ = try f(1 << 36) }
        }
      ),
    ]

    /// Makes all of them, takes the memory away, and calls them: each throws that there is no memory, and small calls go on.
    private static func check(_ makers: [(String, Maker)], _ mode: Mode) throws {
      let calls = try makers.map { name, make in (name, try make(mode)) }
      let y = T.dvector("y")
      let f = try function(inputs: [y], outputs: T.sum(y * 2), mode: mode)
      _ = try f([1, 2, 3])
      NDArray.releaseUnusedMemory()
      guard AddressSpace.limit(to: 160 << 20) else { exit(70) }
      for (name, call) in calls {
        let error = #expect(throws: TheanoError.self, "\(name)") { try call() }
        #expect(error?.kind == .system, "\(name): \(String(describing: error))")
        #expect(
          error?.description.contains("no memory for ") == true, "\(name): \(String(describing: error))")
        #expect(try f([1, 2, 3]).item() == 12.0, "\(name)")
      }
    }

    @Test(.enabled(if: (try? Toolchain.process().compiler) != nil, "needs a C compiler"))
    func compiled() async {
      await #expect(processExitsWith: .success) { try MemoryFaults.check(MemoryFaults.everywhere, .fastRun) }
    }

    @Test func interpreted() async {
      await #expect(processExitsWith: .success) {
        try MemoryFaults.check(MemoryFaults.everywhere, .interpreted)
      }
      await #expect(processExitsWith: .success) {
        let mode = Mode(linker: .interpreter, rewrites: false)
        try MemoryFaults.check(MemoryFaults.interpreted, mode)
      }
    }
  }
#endif
