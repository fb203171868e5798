import Testing
import TheanoArrays
import TheanoToolchain

@Suite struct SettingsTests {
  @Test func emptyVariablesAreAsUnset() throws {
    let settings = try ToolchainSettings(environment: [
      "THEANO_CC": "", "THEANO_NATIVE": "", "THEANO_CACHE_SIZE": "", "THEANO_NUM_THREADS": "",
      "THEANO_CACHE_DIR": "",
    ])
    #expect(settings == ToolchainSettings())
  }

  @Test func everyVariableIsRead() throws {
    let settings = try ToolchainSettings(environment: [
      "THEANO_CC": "/opt/cc", "THEANO_NATIVE": "none", "THEANO_CACHE_SIZE": "3M", "THEANO_NUM_THREADS": "5",
      "THEANO_CACHE_DIR": "/a/b", "PATH": "/x::relative:/y", "HOME": "/home/me", "XDG_CACHE_HOME": "/cache",
    ])
    #expect(settings.compiler == .named("/opt/cc"))
    #expect(settings.native == .none)
    #expect(settings.cacheSize == 3 << 20)
    #expect(settings.threads == 5)
    #expect(settings.cacheFolder == "/a/b")
    #expect(settings.searchPath == ["/x", "/y"])
    #expect(settings.home == "/home/me")
    #expect(settings.cacheHome == "/cache")
    #expect(try ToolchainSettings(environment: ["THEANO_CC": "none"]).compiler == .none)
  }

  @Test(arguments: [
    ("THEANO_NATIVE", "no"), ("THEANO_CACHE_SIZE", "-1"), ("THEANO_CACHE_SIZE", "12Q"),
    ("THEANO_CACHE_SIZE", "G"),
    ("THEANO_CACHE_SIZE", "9999999999G"), ("THEANO_NUM_THREADS", "0"), ("THEANO_NUM_THREADS", "many"),
  ])
  func nonsenseIsAnError(_ name: String, _ value: String) {
    #expect {
      try ToolchainSettings(environment: [name: value])
    } throws: { error in
      "\(error)".contains("\(name) is \"\(value)\"") && (error as? TheanoError)?.kind == .argument
    }
  }
}
