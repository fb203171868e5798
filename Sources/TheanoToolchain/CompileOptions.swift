/// How a translation unit is to be compiled.
package struct CompileOptions: Sendable, Hashable {
  /// The optimisation level, 0 to 3.
  ///
  /// 2 is the default: of a unit with 80 loops, clang 21 compiles level 1 (no vectors) in 112 ms, 2 in 280, 3 in 280 too.
  package var optimization = 2
  /// Whether `a * b + c` may be rounded once. Off by default, so that the compiler's choices do not show in results;
  /// generated code asks for fused steps where it wants them.
  package var contractsProducts = false
  /// Further flags, after all others.
  package var extraFlags: [String] = []
  /// How long the compiler may take.
  package var seconds = 600.0

  /// The default options.
  package init() {}

  /// Options that differ in the optimisation level.
  package init(optimization: Int) { self.optimization = optimization }

  /// The flags of every unit. They are the same for clang and gcc, and say all that the numbers depend on.
  ///
  /// Integers wrap, and neither `errno` nor floating-point traps are kept; nothing else of `-ffast-math` is allowed.
  var flags: [String] {
    [
      "-x", "c", "-std=gnu11", "-O\(optimization)", Platform.processorFlag, "-fwrapv", "-fno-math-errno",
      "-fno-trapping-math", "-ffp-contract=\(contractsProducts ? "on" : "off")", "-fPIC",
      "-fvisibility=hidden",
      "-fno-stack-protector", "-w",
    ] + extraFlags
  }
}

extension Compiler {
  /// A program to run and the file that it is to write.
  struct Step {
    var command: [String]
    var product: String
    var stage: WritableKeyPath<StageTimes, Double> & Sendable
  }

  /// The programs to run, one after the other, to make `unit.so` of `unit.c` in a folder of their own.
  ///
  /// Where the linker is known, it is called by itself: the driver would start a process for the compiler proper and
  /// one for the linker, which takes 31 to 35 ms for an empty unit; compiling in the driver's own process and then
  /// linking takes 22.
  func steps(in folder: String, options: CompileOptions) -> [Step] {
    let source = "\(folder)/unit.c"
    let object = "\(folder)/unit.o"
    let library = "\(folder)/unit.\(Platform.librarySuffix)"
    guard let linker else {
      let whole = command + options.flags + Platform.libraryFlags + ["-o", library, source]
      return [Step(command: whole, product: library, stage: \.compile)]
    }
    return [
      Step(
        command: command + options.flags + ["-c", "-o", object, source], product: object, stage: \.compile),
      Step(command: [linker, "-shared", "-o", library, object], product: library, stage: \.link),
    ]
  }
}
