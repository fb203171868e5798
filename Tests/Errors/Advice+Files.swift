import Testing
import TheanoArrays
import TheanoFormats
import TheanoTestSupport

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

private let v = NDArray([1.0, 2, 3])
private let w = NDArray([2.0, 4, 6])

extension Advice {
  /// What a program in a folder of its own gives.
  private static func inFolder(_ body: (String) throws -> Any) throws -> Any { try withFolder(body) }

  /// Saves an array whole, damages the file, and reads it.
  private static func damaged(
    _ bytes: ([UInt8]) -> [UInt8], name: String = "x.npy"
  ) throws -> Any {
    try withFolder { folder in
      let path = "\(folder)/\(name)"
      if name.hasSuffix(".npy") {
        try v.save(path)
      } else if name.hasSuffix(".npz") {
        try NPZ.save(["a": v], to: path)
      } else if name.hasSuffix(".safetensors") {
        try Safetensors.save(["a": v], to: path)
      } else {
        try IDX.save(v, to: path)
      }
      writeFile(path, bytes(fileBytes(path)))
      return try NDArray.load(path)
    }
  }

  /// Saves the array again and reads it.
  private static func writtenAgain(_ name: String = "x.npy") -> @Sendable () throws -> Any {
    { try damaged({ $0 }, name: name) }
  }

  private static let whole = "[1. 2. 3.]"

  /// Files of arrays.
  static let files: [Advice] = [
    Advice(
      "say which with name:, or open them all with …; it has …",
      {
        try inFolder {
          try NPZ.save(["a": v, "b": w], to: "\($0)/x"); return try NDArray.load("\($0)/x")
        }
      },
      then: {
        try inFolder {
          try NPZ.save(["a": v, "b": w], to: "\($0)/x")
          return [try NDArray.load("\($0)/x", name: "b"), try NPZ.load("\($0)/x")["a"]]
        }
      }, gives: "[[2. 4. 6.], [1. 2. 3.]]"),
    Advice(
      "leave name: out",
      {
        try inFolder {
          try v.save("\($0)/x"); return try NDArray.load("\($0)/x", name: "a")
        }
      },
      then: {
        try inFolder {
          try v.save("\($0)/x"); return try NDArray.load("\($0)/x")
        }
      }, gives: whole),
    Advice(
      "write it again, with an array",
      {
        try inFolder {
          try NPZ.save([:], to: "\($0)/x"); return try NDArray.load("\($0)/x")
        }
      },
      then: {
        try inFolder {
          try NPZ.save(["a": v], to: "\($0)/x"); return try NDArray.load("\($0)/x")
        }
      }, gives: whole),
    Advice(
      "it has …",
      {
        try inFolder {
          try NPZ.save(["a": v], to: "\($0)/x"); return try NPZ.load("\($0)/x")["b"]
        }
      },
      then: {
        try inFolder {
          try NPZ.save(["a": v], to: "\($0)/x"); return try NPZ.load("\($0)/x")["a"]
        }
      }, gives: whole),
    Advice(
      "read it with NPZ.load",
      {
        try inFolder {
          try NPZ.save(["a": v], to: "\($0)/x"); return try IDX.load("\($0)/x")
        }
      },
      then: {
        try inFolder {
          try NPZ.save(["a": v], to: "\($0)/x"); return try NPZ.load("\($0)/x")["a"]
        }
      }, gives: whole),
    Advice(
      "read it with Safetensors.load",
      {
        try inFolder {
          try Safetensors.save(["a": v], to: "\($0)/x"); return try NPZ.load("\($0)/x")
        }
      },
      then: {
        try inFolder {
          try Safetensors.save(["a": v], to: "\($0)/x"); return try Safetensors.load("\($0)/x")["a"]
        }
      },
      gives: whole),
    Advice(
      "read it with NDArray.load",
      {
        try inFolder {
          try v.save("\($0)/x"); return try NPZ.load("\($0)/x")
        }
      },
      then: {
        try inFolder {
          try v.save("\($0)/x"); return try NDArray.load("\($0)/x")
        }
      }, gives: whole),
    Advice(
      "convert with astype to one of …, or save as .npy",
      {
        try inFolder {
          try IDX.save(NDArray([1, 2]), to: "\($0)/x"); return 0
        }
      },
      then: {
        try inFolder {
          try IDX.save(NDArray([1, 2]).astype(.int32), to: "\($0)/x"); return try NDArray.load("\($0)/x")
        }
      },
      gives: "[1 2]"),
    Advice(
      "save as .npy",
      {
        try inFolder {
          try IDX.save(NDArray.zeros([0, 1 << 33], dtype: .uint8), to: "\($0)/x"); return 0
        }
      },
      then: {
        try inFolder {
          try NDArray.zeros([0, 1 << 33], dtype: .uint8).save("\($0)/x")
          return try NDArray.load("\($0)/x").shape
        }
      }, gives: "[0, 8589934592]"),
    Advice(
      "convert it with astype(.complex64), or save as .npz",
      {
        try inFolder {
          try Safetensors.save(["a": NDArray.zeros([1], dtype: .complex128)], to: "\($0)/x"); return 0
        }
      },
      then: {
        try inFolder {
          try Safetensors.save(
            ["a": NDArray.zeros([1], dtype: .complex128).astype(.complex64)], to: "\($0)/x")
          return try NDArray.load("\($0)/x").dtype
        }
      }, gives: "complex64"),
    Advice(
      "use a plain name, without .., a leading /, or control characters",
      {
        try inFolder {
          try NPZ.save(["../a": v], to: "\($0)/x"); return 0
        }
      },
      then: {
        try inFolder {
          try NPZ.save(["a": v], to: "\($0)/x"); return try NDArray.load("\($0)/x", name: "a")
        }
      },
      gives: whole),
    Advice(
      "give each its own name",
      {
        try inFolder {
          try NPZ.save([("a", v), ("a", v)], to: "\($0)/x"); return 0
        }
      },
      then: {
        try inFolder {
          try NPZ.save([("a", v), ("b", v)], to: "\($0)/x"); return try NPZ.load("\($0)/x").names
        }
      },
      gives: "[\"a\", \"b\"]"),
    Advice("name a file", { try NDArray.load("") }, then: writtenAgain(), gives: whole),
    Advice("take it out", { try NDArray.load("x\0y") }, then: writtenAgain(), gives: whole),
    Advice(
      "name a file rather than a folder, a pipe or a device", { try inFolder { try NDArray.load($0) } },
      then: writtenAgain(), gives: whole),
    Advice(
      "name a file rather than a folder or a device",
      {
        try inFolder {
          try v.save($0); return 0
        }
      },
      then: writtenAgain(), gives: whole),
    Advice(
      "add the file's name",
      {
        try inFolder {
          try v.save("\($0)/new/"); return 0
        }
      }, then: writtenAgain(), gives: whole),
    Advice(
      "check the name; relative paths start at the process's working directory",
      { try inFolder { try NDArray.load("\($0)/none") } }, then: writtenAgain(), gives: whole),
    Advice(
      "the file was cut short or is damaged; fetch or write it again",
      { try damaged { Array($0.dropLast()) } },
      then: writtenAgain(), gives: whole),
    Advice(
      "the file holds more than one array or is damaged; keep each array in a file of its own, or in an .npz",
      { try damaged { $0 + $0 } }, then: writtenAgain("x.npz"), gives: whole),
    Advice(
      "a program was probably stopped before it wrote the array", { try damaged { _ in [] } },
      then: writtenAgain(),
      gives: whole),
    Advice(
      "check that this is the right file", { try damaged { _ in Array("hello, world".utf8) } },
      then: writtenAgain(),
      gives: whole),
    Advice(
      "the archive was cut short or is damaged; fetch or write it again",
      {
        try damaged(
          { bytes in
            var bytes = bytes
            bytes[0x1c] ^= 1  // the length of the extra field, by which the entry ends elsewhere
            bytes[2] = 9
            return bytes
          }, name: "x.npz")
      }, then: writtenAgain("x.npz"), gives: whole),
    Advice(
      "the archive is damaged; fetch or write it again",
      {
        try damaged(
          { bytes in
            var bytes = bytes
            bytes[64 + 128] ^= 1
            return bytes
          }, name: "x.npz")
      }, then: writtenAgain("x.npz"), gives: whole),
    Advice(
      "check that this is an .npz file and complete",
      { try damaged({ Array($0.dropLast()) }, name: "x.npz") },
      then: writtenAgain("x.npz"), gives: whole),
    Advice(
      "fetch or write the file again",
      { try damaged({ Array($0[..<12]) + [7] + Array($0[13...]) }, name: "x.idx.gz") },
      then: writtenAgain("x.idx.gz"), gives: whole),
    Advice(
      "the file was cut short; fetch it again", { try damaged({ Array($0.dropLast(5)) }, name: "x.idx.gz") },
      then: writtenAgain("x.idx.gz"), gives: whole),
    Advice(
      "the file is damaged; fetch or write it again",
      { try damaged({ Array($0.dropLast()) + [($0.last ?? 0) ^ 1] }, name: "x.idx.gz") },
      then: writtenAgain("x.idx.gz"), gives: whole),
    Advice(
      "cut off what follows, or fetch the file again",
      { try damaged({ $0 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }, name: "x.idx.gz") },
      then: writtenAgain("x.idx.gz"), gives: whole),
  ]

  /// The bytes with each place of one text put in the place of another of the same length.
  private static func replacing(
    _ old: String, by new: [UInt8]
  ) -> @Sendable ([UInt8]) -> [UInt8] {
    { bytes in
      var bytes = bytes
      let old = Array(old.utf8)
      for start in 0...max(bytes.count - old.count, 0) where bytes[start...].starts(with: old) {
        bytes.replaceSubrange(start..<(start + old.count), with: new)
      }
      return bytes
    }
  }

  /// The bytes with some changed, counted from where a signature begins.
  private static func changing(
    _ signature: [UInt8], _ changes: [Int: UInt8]
  ) -> @Sendable ([UInt8]) -> [UInt8] {
    { bytes in
      var bytes = bytes
      let start = bytes.indices.last { bytes[$0...].starts(with: signature) } ?? 0
      for (offset, byte) in changes { bytes[start + offset] = byte }
      return bytes
    }
  }

  /// A `.npy` file whose header has another text in the place of its dtype.
  private static func npy(_ descriptor: String) -> @Sendable () throws -> Any {
    { try damaged(replacing("'<f8'", by: Array("'\(descriptor)'".utf8))) }
  }

  /// A `.safetensors` file of a header alone.
  private static func safetensors(_ header: String) -> @Sendable () throws -> Any {
    {
      try inFolder { folder in
        let count = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
        writeFile("\(folder)/x", count + Array(header.utf8))
        return try Safetensors.load("\(folder)/x").names
      }
    }
  }

  private static let endRecord: [UInt8] = [0x50, 0x4b, 5, 6]
  private static let entryRecord: [UInt8] = [0x50, 0x4b, 1, 2]

  /// Files that other programs wrote, and files that lie.
  static let strangeFiles: [Advice] = [
    Advice("these are strings; save numbers instead", npy("<U8"), then: writtenAgain(), gives: whole),
    Advice(
      "these are dates or durations; convert them in NumPy with .astype('int64')", npy("<M8"),
      then: writtenAgain(),
      gives: whole),
    Advice(
      "these are pickled Python objects, which run code when read; save arrays of numbers", npy("|O8"),
      then: writtenAgain(), gives: whole),
    Advice(
      "convert them in NumPy with .astype('float64') or .astype('complex128')", npy("<f3"),
      then: writtenAgain(),
      gives: whole),
    Advice("convert them in NumPy with .astype", npy("<x8"), then: writtenAgain(), gives: whole),
    Advice(
      "this looks like a Python pickle: save it with numpy.save",
      { try damaged { _ in [0x80, 4, 0x95, 0] } },
      then: writtenAgain(), gives: whole),
    Advice(
      "save it again with a current NumPy", { try damaged(changing([0x93], [6: 9])) }, then: writtenAgain(),
      gives: whole),
    Advice(
      "save the array again with a current NumPy",
      { try damaged(replacing("'shape'", by: Array("'sharp'".utf8))) },
      then: writtenAgain(), gives: whole),
    Advice(
      "save each field as an array of its own", { try damaged(replacing("'<f8'", by: Array("[(1)]".utf8))) },
      then: writtenAgain(), gives: whole),
    Advice(
      "arrays of records are not supported: save each field as an array of its own",
      { try damaged(changing([0x93], [6: 2, 8: 0xff, 9: 0xff, 10: 0xff, 11: 0])) }, then: writtenAgain(),
      gives: whole),
    Advice(
      "the header is damaged or hostile; fetch or write the file again",
      { try damaged { npyHeader(shape: "(9223372036854775807, 9)") + $0.suffix(24) } }, then: writtenAgain(),
      gives: whole),
    Advice(
      "make its target's folder, or remove the link",
      {
        try inFolder { folder in
          #expect(symlink("\(folder)/none/x", "\(folder)/link") == 0)
          try v.save("\(folder)/link")
          return 0
        }
      }, then: writtenAgain(), gives: whole),
    Advice(
      "check that this is a .safetensors file; if so, it was cut short or is damaged",
      {
        try inFolder {
          writeFile("\($0)/x", [UInt8](repeating: 9, count: 20)); return try Safetensors.load("\($0)/x")
        }
      },
      then: writtenAgain("x.safetensors"), gives: whole),
    Advice(
      "check that this is a .safetensors file", safetensors("[1, 2]"), then: safetensors("{}"), gives: "[]"),
    Advice(
      "rename one", safetensors("{\"__metadata__\":{\"\u{e9}\":\"1\",\"e\u{301}\":\"2\"}}"),
      then: safetensors("{\"__metadata__\":{\"\u{e9}\":\"1\",\"f\":\"2\"}}"), gives: "[]"),
    Advice(
      "convert it, in Python for example, to one of …",
      safetensors("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[0],\"data_offsets\":[0,0]}}"),
      then: safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"), gives: "[\"a\"]"),
    Advice(
      "the file was cut short, is damaged or hostile; fetch or write it again",
      safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,0]}}"),
      then: writtenAgain("x.safetensors"), gives: whole),
    Advice(
      "save the arrays again under different names",
      {
        try inFolder { folder in
          try NPZ.save(["a": v, "b": v], to: "\(folder)/x")
          writeFile("\(folder)/x", replacing("b.npy", by: Array("a.npy".utf8))(fileBytes("\(folder)/x")))
          return try NPZ.load("\(folder)/x")
        }
      },
      then: {
        try inFolder {
          try NPZ.save(["a": v, "b": v], to: "\($0)/x"); return try NPZ.load("\($0)/x").names
        }
      },
      gives: "[\"a\", \"b\"]"),
    Advice(
      "join the parts first", { try damaged(changing(endRecord, [4: 1]), name: "x.npz") },
      then: writtenAgain("x.npz"), gives: whole),
    Advice(
      "save it without a password", { try damaged(changing(entryRecord, [8: 1]), name: "x.npz") },
      then: writtenAgain("x.npz"), gives: whole),
    Advice(
      "save it with numpy.savez or numpy.savez_compressed",
      { try damaged(changing(entryRecord, [10: 12]), name: "x.npz") }, then: writtenAgain("x.npz"),
      gives: whole),
    Advice(
      "the archive is damaged or hostile",
      { try damaged(changing(entryRecord, [10: 8, 27: 0x7f]), name: "x.npz") }, then: writtenAgain("x.npz"),
      gives: whole),
    Advice(
      "save the arrays again under plain names",
      { try damaged(replacing("a.npy", by: [0xff] + Array(".npy".utf8)), name: "x.npz") },
      then: writtenAgain("x.npz"), gives: whole),
    Advice(
      "save the arrays again under names without .. or a leading /",
      { try damaged(replacing("a.npy", by: Array("/.npy".utf8)), name: "x.npz") },
      then: writtenAgain("x.npz"),
      gives: whole),
  ]

  /// A `.npy` header of `float64` with a shape of any text.
  private static func npyHeader(shape: String) -> [UInt8] {
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
  }

  /// Hints that no test of this kind can follow, with the reason.
  static let untried: [String: String] = {
    var reasons: [String: String] = [:]
    func because(_ reason: String, _ hints: String...) { for hint in hints { reasons[hint] = reason } }
    because(
      "a fault of the library, which no program has on purpose",
      "this is a fault of Theano itself: please report it, with the program",
      "remove the file; if this comes again, please report it", "make the function anew with function(...)")
    because(
      "a machine without memory or disk: MemoryErrors, CacheFaults and LongReadTests make one, in a process of its own",
      "give smaller arguments, or compute it in pieces", "free some, or split the file",
      "free some space; nothing was replaced", "read it again",
      "make room in …, or set THEANO_CACHE_DIR to a folder that can be written",
      "make room in …, or set THEANO_CACHE_DIR to a folder on another disk")
    because(
      "the permissions and limits of a process that is not root, which tests may be",
      "change the permissions of the file or of its folder",
      "release some of the archives that hold files open",
      "load it without `mapped: true`", "make the folder writable",
      "set THEANO_CACHE_DIR to a folder that can be written",
      "if the folder is mounted noexec, set THEANO_CACHE_DIR to one that is not")
    because(
      "compilers and folders of compiled functions: MachineErrors, CompilerFaults and CacheFaults make and mend them",
      "set THEANO_CACHE_DIR to a folder of your own that can be written, or make … one",
      "set THEANO_CACHE_DIR to the folder that the link leads to", "run chmod 700 …",
      "check that this compiler works, or set THEANO_CC to another",
      "; if it does work, please report this with the C source", "unset THEANO_NATIVE",
      "put the Swift toolchain's folder into PATH (it brings clang), set THEANO_CC to a C compiler's path, or let the interpreter run the function with THEANO_CC=none",
      "unset THEANO_CC, or let the interpreter run the function")
    because("100 MB of metadata", "shorten the metadata")
    because("no hint of an error: the command line's guess at a misspelt word", "; did you mean …?")
    return reasons
  }()
}
