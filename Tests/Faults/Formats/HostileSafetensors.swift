import TheanoFormats

extension HostileFile {
  private static func head(_ name: String, _ text: String, data: [UInt8] = [], _ says: String...)
    -> HostileFile
  {
    var file = HostileFile(.safetensors, name, safetensorsFile(text, data: data))
    file.says = says
    return file
  }

  private static let plain = tensor("a", shape: "[2]", "[0,2]")

  static let safetensors: [HostileFile] = [
    HostileFile(.safetensors, "nothing at all", [], "byte 0", "end inside the head's length"),
    HostileFile(
      .safetensors, "seven bytes", [1, 0, 0, 0, 0, 0, 0], "byte 0", "end inside the head's length"),
    HostileFile(
      .safetensors, "a head of 2^63 bytes", safetensorsFile([0x7b], length: 1 << 63), "byte 0",
      "claims 9223372036854775808, more than any file can hold"),
    HostileFile(
      .safetensors, "a head of 2^64 - 1 bytes", safetensorsFile([0x7b], length: .max), "byte 0",
      "more than any file"),
    HostileFile(
      .safetensors, "a head of 2^63 - 1 bytes", safetensorsFile([0x7b], length: UInt64(Int.max)), "byte 0",
      "in a file of 9"),
    HostileFile(
      .safetensors, "a head beyond the file", safetensorsFile([0x7b, 0x7d], length: 3), "byte 0",
      "claims 3 bytes"),
    HostileFile(.safetensors, "an empty head", safetensorsFile([]), "byte 8", "does not begin with {"),
    head("a list", "[]", "byte 8", "does not begin with {"),
    head("half an object", "{", "byte 9", "the JSON text ends too early"),
    head("a name without a value", "{\"a\"", "byte 12", "ends too early"),
    head("a name without end", "{\"a", "byte 10", "never ends"),
    head("a name that is a number", "{1:2}", "byte 9", "should have \"\"\" here"),
    head("a second object", "{}{}", "byte 10", "goes on after its value"),
    head("a comma at the end", "{\(plain),}", data: [1, 2], "should have \"\"\" here"),
    head("a name twice", "{\(plain),\(plain)}", data: [1, 2], "\"a\" occurs twice"),
    head("a name twice, once in escapes", "{\(plain),\"\\u0061\":{}}", data: [1, 2], "\"a\" occurs twice"),
    head(
      "metadata keys that are equal as text", "{\"__metadata__\":{\"\u{e9}\":\"a\",\"e\u{301}\":\"b\"}}",
      "two keys of the metadata are equal as text"),
    head("a key twice", "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"I8\"}}", "\"dtype\" occurs twice"),
    HostileFile(
      .safetensors, "bad UTF-8",
      safetensorsFile(Array("{\"".utf8) + [0xed, 0xa0, 0x80] + Array("\":{}}".utf8)),
      "byte 10", "not UTF-8"),
    head("half a surrogate pair", "{\"\\ud800\":{}}", "no partner"),
    head("the other half", "{\"\\udc00\":{}}", "no partner"),
    head("a pair of wrong halves", "{\"\\ud800\\u0041\":{}}", "no partner"),
    head("an unknown escape", "{\"\\x41\":{}}", "no such escape"),
    head("a short escape", "{\"\\u12\":{}}", "four hexadecimal digits"),
    head("a bare control character", "{\"a\u{1}\":{}}", "bare control character"),
    head(
      "deep nesting", "{\"a\":{\"x\":" + String(repeating: "[", count: 5000) + "}}",
      "nests deeper than 16 levels"),
    head("a word that is no value", "{\"a\":{\"x\":nul}}", "no such JSON value"),
    head("a number with a leading 0", "{\"a\":{\"x\":-01}}", "must not begin with 0"),
    head("a number without digits", "{\"a\":{\"x\":-}}", "a JSON value here"),
    head("no dtype", "{\"a\":{\"shape\":[],\"data_offsets\":[0,1]}}", "byte 13", "lacks a dtype"),
    head("one offset", "{" + tensor("a", shape: "[1]", "[0]") + "}", "two data_offsets"),
    head("three offsets", "{" + tensor("a", shape: "[1]", "[0,1,2]") + "}", "more than 2 offsets"),
    head(
      "65 axes", "{" + tensor("a", shape: "[1" + String(repeating: ",1", count: 64) + "]", "[0,1]") + "}",
      "more than 64 axes"),
    head(
      "an unknown type", "{" + tensor("a", "F8_E4M3", shape: "[1]", "[0,1]") + "}", data: [1], "\"F8_E4M3\""),
    head("a negative length", "{" + tensor("a", shape: "[-1]", "[0,1]") + "}", "not negative"),
    head("a length with an exponent", "{" + tensor("a", shape: "[1e3]", "[0,1]") + "}", "whole number"),
    head(
      "a length of 25 digits", "{" + tensor("a", shape: "[1000000000000000000000000]", "[0,1]") + "}",
      "more than any machine can count to"),
    head(
      "a shape that overflows", "{" + tensor("a", shape: "[4611686018427387904,4]", "[0,0]") + "}",
      "does not fit shape [4611686018427387904, 4]"),
    head(
      "a shape that overflows to a fit",
      "{" + tensor("a", "U16", shape: "[4294967296,4294967296]", "[0,0]") + "}",
      "does not fit shape"),
    head(
      "a petabyte in a tiny file",
      "{" + tensor("a", shape: "[1125899906842624]", "[0,1125899906842624]") + "}", data: [1],
      "the tensors take 1125899906842624 bytes, but 1 follow the head"),
    head(
      "offsets that do not fit the shape", "{" + tensor("a", shape: "[3]", "[0,2]") + "}", data: [1, 2],
      "claims bytes 0..<2, which does not fit shape [3] of uint8"),
    head(
      "offsets in the wrong order", "{" + tensor("a", shape: "[2]", "[2,0]") + "}", data: [1, 2], "2..<0"),
    head(
      "tensors that overlap",
      "{\(plain)," + tensor("b", shape: "[2]", "[1,3]") + "}", data: [1, 2, 3],
      "begins at 1 of the data, where 2 is due"),
    head(
      "tensors that share all", "{\(plain)," + tensor("b", shape: "[2]", "[0,2]") + "}", data: [1, 2],
      "tensors overlap or leave a gap"),
    head(
      "a gap", "{\(plain)," + tensor("b", shape: "[1]", "[3,4]") + "}", data: [1, 2, 3, 4], "begins at 3"),
    head("bytes that belong to nobody", "{\(plain)}", data: [1, 2, 3], "take 2 bytes, but 3 follow"),
    head("metadata that are no text", "{\"__metadata__\":{\"a\":1}}", "should have \"\"\" here"),
    head("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", "occurs twice"),
  ]
}
