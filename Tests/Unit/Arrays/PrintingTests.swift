import Testing
import TheanoTestSupport

@testable import TheanoArrays

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("Arrays are printed as NumPy prints them") struct PrintingTests {
  struct Record: CustomTestStringConvertible, Sendable {
    var header: Substring
    var hex: Substring
    var str: [Substring] = []
    var repr: [Substring] = []
    var testDescription: String { String(header) }

    var array: NDArray {
      let parts = header.split(separator: " ")
      let shape = parts[2] == "-" ? [] : parts[2].split(separator: ",").map { Int($0)! }
      return makeArray(DType(name: parts[1])!, shape, bytes: bytes(hex: hex))
    }

    var options: PrintOptions {
      var options = PrintOptions()
      for part in header.split(separator: " ").dropFirst(3) {
        let pair = part.split(separator: "=")
        let value = Int(pair[1])!
        switch pair[0] {
        case "precision": options.precision = value
        case "suppress": options.suppressesSmall = value != 0
        case "linewidth": options.lineWidth = value
        case "threshold": options.threshold = value
        default: options.edgeItems = value
        }
      }
      return options
    }
  }

  static let records: [Record] = {
    var records: [Record] = []
    var lines = goldenLines("printing.txt").dropFirst()[...]
    while let line = lines.popFirst() {
      if line.hasPrefix("@") {
        records.append(Record(header: line, hex: lines.popFirst()!))
      } else if line.hasPrefix("|") {
        records[records.count - 1].str.append(line.dropFirst())
      } else if line.hasPrefix(">") {
        records[records.count - 1].repr.append(line.dropFirst())
      }
    }
    return records
  }()

  @Test func theGoldenFileIsThere() { #expect(Self.records.count > 500) }

  /// Scalars, dtypes, empty and large arrays, options.
  @Test func theGoldenArraysAreOfAllSorts() {
    func count(_ isCounted: (Record) -> Bool) -> Int { Self.records.count { isCounted($0) } }
    #expect(count { $0.header.split(separator: " ")[2] == "-" } > 100, "0-d")
    for dtype in DType.allCases where dtype != .bfloat16 {
      #expect(count { $0.header.split(separator: " ")[1] == dtype.name } > 10, "\(dtype)")
    }
    #expect(count { $0.array.size == 0 } > 10, "empty")
    #expect(count { $0.str.contains { $0.contains("...") } } > 20, "truncated")
    for option in ["precision", "suppress", "linewidth", "threshold", "edgeitems"] {
      #expect(count { $0.header.contains(option) } > 20, "\(option)")
    }
    #expect(count { $0.str.contains { $0.contains("nan") || $0.contains("inf") } } > 50, "not finite")
    #expect(count { $0.str.contains { $0.contains("e+") || $0.contains("e-") } } > 100, "with exponents")
  }

  @Test func everyGoldenArray() {
    for record in Self.records {
      let array = record.array
      let options = record.options
      #expect(array.text(options) == record.str.joined(separator: "\n"), "\(record.header)")
      #expect(array.repr(options) == record.repr.joined(separator: "\n"), "\(record.header)")
    }
  }

  @Test func printingInsideSwiftCollections() {
    #expect("\([NDArray(0.602681965908778)])" == "[0.602681965908778]")
    #expect("\(["w": NDArray([1, 2])])" == "[\"w\": [1 2]]")
    #expect("\([NDArray([[1, 2], [3, 4]]), NDArray(true)])" == "[[[1 2]\n [3 4]], True]")
    #expect("\((NDArray([0.5]), [NDArray(1, dtype: .int8)]))" == "([0.5], [1])")
    #expect("\(Optional(NDArray([1.5, 2])) as Any)" == "Optional([1.5 2. ])")
    #expect("\([NDArray(real: 1, imaginary: -2)])" == "[(1-2j)]")
    #expect("Cost: \(NDArray(0.25))" == "Cost: 0.25")
  }

  @Test func printingViews() {
    let a = NDArray(0..<6).reshaped(2, 3)
    #expect("\(a.T)" == "[[0 3]\n [1 4]\n [2 5]]")
    #expect("\(a[.all, .slice(step: -1)])" == "[[2 1 0]\n [5 4 3]]")
    #expect("\(NDArray([1.5]).broadcast(to: [2, 2]))" == "[[1.5 1.5]\n [1.5 1.5]]")
  }

  @Test func absurdOptions() {
    let array = NDArray([[0.125, 100], [2, 3]])
    for number in [Int.max, 1 << 62, -400, .min] {
      var options = PrintOptions()
      options.precision = number
      options.edgeItems = number
      options.lineWidth = number
      for threshold in [0, number] {
        options.threshold = threshold
        #expect(array.text(options).hasPrefix("[[") && array.repr(options).hasPrefix("array("))
      }
    }
    var options = PrintOptions()
    (options.precision, options.edgeItems, options.lineWidth) = (-1, .max, -1)
    #expect(options.precision == 0 && options.edgeItems == .max / 4 && options.lineWidth == 0)
    #expect(array.text(options) == "[[  0.\n  100.]\n [  2.\n    3.]]")
    options.precision = .max
    options.lineWidth = .max
    #expect(array.text(options) == array.text())
  }

  /// Whether locales can be made here, as the system's own may have none but C's.
  static let makesLocales =
    access("/usr/share/i18n/locales/ps_AF", R_OK) == 0 && shell("command -v localedef 2>&1").succeeded

  static func textOfAll() -> String {
    [DType.float16, .bfloat16, .float32, .float64].map { dtype in
      "\(dtype) \(NDArray([0.33, 2.5, 1.23e-3], dtype: dtype)) \(NDArray(0.33, dtype: dtype))\n"
    }.joined()
  }

  /// One whose decimal point is a comma, and one in which it takes two bytes.
  @Test(.enabled(if: makesLocales, "needs localedef and its sources"), arguments: ["de_DE", "ps_AF"])
  func inAnyLocale(name: String) async {
    let folder = TemporaryFolder()
    #expect(shell("localedef -i \(name) -f UTF-8 \(folder.path)/\(name).UTF-8 2>&1").succeeded)
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      [name = name as String, path = folder.path as String] in
      setenv("LOCPATH", path, 1)
      guard setlocale(LC_ALL, name + ".UTF-8") != nil, localeconv().pointee.decimal_point[0] != 0x2e else {
        exit(2)
      }
      print(PrintingTests.textOfAll())
      exit(0)
    }
    let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(text.contains(Self.textOfAll()), "\(text)")
  }

  @Test func optionsFromTheConfiguration() {
    let text = withConfiguration {
      $0.printing.precision = 2
    } run: {
      "\(NDArray([1 / 3.0, 2]))"
    }
    #expect(text == "[0.33 2.  ]")
  }

  @Test func bfloat16() {
    let a = NDArray([1, 0.1, -3.14159, 1024], dtype: .bfloat16)
    #expect(a.description == "[ 1.000e+00  1.001e-01 -3.141e+00  1.024e+03]")
    #expect("\(NDArray(0.1, dtype: .bfloat16))" == "0.1")
    #expect("\(NDArray(3.14159, dtype: .bfloat16))" == "3.14")
  }
}
