import TheanoFormats

extension HostileFile {
  private static func header(_ text: String, _ says: String...) -> HostileFile {
    var file = HostileFile(.npy, text.count > 60 ? "\(text.prefix(60))..." : text, npyFile(text))
    file.says = says
    return file
  }

  static let npy: [HostileFile] = [
    HostileFile(.npy, "nothing at all", [], "byte 0: the file is empty"),
    HostileFile(.npy, "another format", Array("hello, world".utf8), "byte 0", "magic of .npy files"),
    HostileFile(
      .npy, "a zip archive", [0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0], "byte 0", "magic of .npy files"),
    HostileFile(.npy, "gzip", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0], "byte 0", "magic of .npy files"),
    HostileFile(.npy, "a pickle", [0x80, 4, 0x95, 0, 0, 0], "byte 0", "Python pickle"),
    HostileFile(.npy, "version 4", npyFile([], version: 4), "byte 6", "format version 4.0"),
    HostileFile(
      .npy, "version 1.7", npyFile("{}").enumerated().map { $0 == 7 ? 7 : $1 }, "byte 6", "version 1.7"),
    HostileFile(
      .npy, "a header beyond the file", npyFile([0x7b], length: 60000), "byte 10", "ends inside the header"),
    HostileFile(
      .npy, "a header of 4 GB", npyFile([0x7b], version: 2, length: 0xffff_ffff), "byte 8",
      "the header claims 4294967295 bytes"),
    HostileFile(
      .npy, "a header of 4 GB in version 3", npyFile([0x7b], version: 3, length: 0xffff_fff0), "byte 8",
      "4294967280"),
    header("", "byte 10", "should have \"{\" here"),
    header("{", "byte 11", "should have a string here"),
    header("{}", "byte 12", "lacks the key 'descr'"),
    header("{'descr': '<f4', 'fortran_order': False}", "lacks the key 'shape'"),
    header("{'descr': '<f4', 'shape': (1,)}", "lacks the key 'fortran_order'"),
    header("{'descr': '<f4', 'descr': '<f4', ", "byte 27", "has the key \"descr\" twice"),
    header("{'evil': 1}", "byte 11", "unknown key \"evil\""),
    header("{'\u{1b}[31m': 1}", "byte 11", "a character that no plain header needs"),
    header("{'descr", "byte 11", "never ends"),
    header("{'de\\x73cr': '<f4'}", "byte 11", "a character that no plain header needs"),
    header("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", "byte 44", "True or False"),
    header("{'descr': '<f4', 'fortran_order': Falsehood, 'shape': ()}", "byte 44", "True or False"),
    header("{'descr' '<f4'}", "byte 19", "should have \":\" here"),
    header("{'descr': '<f4' 'shape': ()}", "should have \"}\" here"),
    HostileFile(
      .npy, "text after the dictionary", npyFile(shape: "()") + [], "takes 1 bytes, but there are 0"),
    header("{'descr': '<f4', 'fortran_order': False, 'shape': ()} + x", "goes on after its dictionary"),
    HostileFile(
      .npy, "bad UTF-8", npyFile(Array("{'".utf8) + [0xff, 0xc0, 0x80] + Array("': 1}".utf8)), "byte 11",
      "not UTF-8"),
    HostileFile(.npy, "a list for a shape", npyFile(shape: "[1]"), "should have \"(\" here"),
    HostileFile(.npy, "a number for a shape", npyFile(shape: "(1)"), "a number, not a tuple"),
    HostileFile(.npy, "a negative length", npyFile(shape: "(-1,)"), "not negative"),
    HostileFile(.npy, "a length with a fraction", npyFile(shape: "(1.5,)"), "should have \")\" here"),
    HostileFile(.npy, "a length in words", npyFile(shape: "(one,)"), "a whole number"),
    HostileFile(.npy, "an endless tuple", npyFile("{'shape': (1, "), "should have a length here"),
    HostileFile(
      .npy, "a length of 31 digits", npyFile(shape: "(1" + String(repeating: "0", count: 30) + ",)"),
      "more than any machine can address"),
    HostileFile(
      .npy, "65 axes", npyFile(shape: "(" + String(repeating: "1, ", count: 65) + ")"), "more than 64 axes"),
    HostileFile(
      .npy, "a shape that overflows", npyFile(shape: "(4611686018427387904, 4)", data: [1]),
      "cannot be addressed"),
    HostileFile(
      .npy, "a shape that overflows to a fit", npyFile(shape: "(4294967296, 4294967296)"),
      "cannot be addressed"),
    HostileFile(
      .npy, "an empty shape whose strides overflow", npyFile(shape: "(0, 4611686018427387904, 4)"),
      "cannot be addressed"),
    HostileFile(
      .npy, "a terabyte in a tiny file", npyFile(shape: "(1099511627776,)", data: [1, 2, 3]),
      "takes 1099511627776 bytes, but there are 3", "cut short"),
    HostileFile(.npy, "more than one array", npyFile(shape: "(2,)", data: [1, 2, 3]), "more than one array"),
    HostileFile(.npy, "pickled objects", npyFile(shape: "(1,)", descr: "'|O'"), "pickled Python objects"),
    HostileFile(.npy, "strings", npyFile(shape: "(1,)", descr: "'<U5'"), "these are strings"),
    HostileFile(.npy, "dates", npyFile(shape: "(1,)", descr: "'<M8[ns]'"), "dates or durations"),
    HostileFile(.npy, "long doubles", npyFile(shape: "(1,)", descr: "'<f16'"), ".astype('float64')"),
    HostileFile(.npy, "records", npyFile(shape: "(1,)", descr: "[('a', '<f4')]"), "records"),
    HostileFile(.npy, "no type", npyFile(shape: "(1,)", descr: "''"), "elements of type \"\""),
    HostileFile(
      .npy, "two signs of order", npyFile(shape: "(1,)", descr: "'<<f4'"), "elements of type \"<<f4\""),
  ]
}
