import Testing
import Theano
import TheanoTestSupport
import TheanoToolchain

/// What is wrong with the machine: its environment, its compiler, its folders.
@Suite struct MachineErrors {
  @Test(arguments: [
    ("THEANO_NATIVE", "all", "none or auto"),
    ("THEANO_CACHE_SIZE", "-1", "a number of bytes such as 200M or 1G"),
    ("THEANO_CACHE_SIZE", "99999999999G", "a number of bytes such as 200M or 1G"),
    ("THEANO_NUM_THREADS", "0", "a number from 1 to 4096"),
    ("THEANO_NUM_THREADS", "two", "a number from 1 to 4096"),
  ])
  func environmentsThatMakeNoSense(_ name: String, _ value: String, _ expected: String) {
    let error = #expect(throws: TheanoError.self) { try ToolchainSettings(environment: [name: value]) }
    #expect(
      error?.description == """
        TheanoError: [environment] \(name) is "\(value)", which is not \(expected)
          hint: set \(name) to \(expected), or unset it
        """)
  }

  @Test func aCompilerThatFails() throws {
    let (folder, programs) = (TemporaryFolder(), TemporaryFolder())
    let compiler = programs.write("cc", "#!/bin/sh\necho no room >&2\nexit 3\n", mode: 0o700)
    var settings = try ToolchainSettings.process()
    (settings.cacheFolder, settings.compiler) = (folder.path, .named(compiler))
    let error = #expect(throws: TheanoError.self) { try Toolchain(settings).load(source: "int one;\n") }
    let kept = try #require(folder.names.first { $0.hasPrefix("failed-") })
    #expect(
      error?.description == """
        TheanoError: [compile] \(compiler) failed with exit code 3
            no room
            the C source is kept in \(folder.path)/\(kept)
          hint: check that this compiler works, or set THEANO_CC to another; if it does work, please report this with the C source
        """)
  }
}
