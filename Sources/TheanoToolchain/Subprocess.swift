import CTheanoSupport

/// Another program, run to its end.
enum Subprocess {
  /// How it ended and what it said.
  struct Outcome {
    var exit: theano_exit
    var output: String

    var succeeded: Bool { exit.error == 0 && exit.code == 0 && exit.timed_out == 0 }

    /// How it ended, in words.
    var description: String {
      if exit.error != 0 { return "could not be started: \(FileSystem.message(exit.error))" }
      if exit.timed_out != 0 { return "did not end in time and was stopped" }
      if exit.signal != 0 { return "was ended by signal \(exit.signal)" }
      return exit.code < 0 ? "failed" : "failed with exit code \(exit.code)"
    }
  }

  /// Runs a program by its path, with nothing to read, and waits for it.
  ///
  /// It gets this process's environment, except that it is to speak plain English.
  static func run(_ command: [String], seconds: Double, outputLimit: Int = 1 << 16) -> Outcome {
    var environment = Platform.environment()
    environment["LC_ALL"] = "C"
    let variables = environment.map { "\($0.key)=\($0.value)" }
    return withCStrings(command) { arguments in
      withCStrings(variables) { variables in
        var exit = theano_exit()
        let output = [UInt8](unsafeUninitializedCapacity: outputLimit) { buffer, count in
          exit = theano_run(arguments, variables, seconds, buffer.baseAddress, outputLimit)
          count = exit.output
        }
        return Outcome(exit: exit, output: String(decoding: output, as: UTF8.self))
      }
    }
  }

  /// Calls `body` with a null-terminated list of C strings.
  private static func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    let bytes = strings.flatMap { Array($0.utf8CString) }
    return bytes.withUnsafeBufferPointer { bytes in
      var pointers: [UnsafeMutablePointer<CChar>?] = []
      var next = UnsafeMutablePointer(mutating: bytes.baseAddress)
      for string in strings {
        pointers.append(next)
        next = next?.advanced(by: string.utf8.count + 1)
      }
      pointers.append(nil)
      return pointers.withUnsafeBufferPointer { list in
        // A buffer with at least the terminating nil has a base address.
        body(list.baseAddress!)
      }
    }
  }
}
