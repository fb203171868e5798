import Testing
import Theano
import TheanoTestSupport

/// Dtypes of arrays that expressions cannot compute with: refused wherever they would enter a function or leave it.
@Suite struct ForeignDTypeTests {
  static let dtypes: [DType] = [.float16, .bfloat16, .complex64, .complex128]

  /// A place of a function where a dtype may stand.
  struct Place: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (DType, Mode) throws -> Any
    var testDescription: String { name }
  }

  static let places: [Place] = [
    Place(name: "an input that is returned") { dtype, mode in
      let z = T.tensor("z", dtype, shape: [4])
      return try function(inputs: [z], outputs: z, mode: mode)
    },
    Place(name: "an input beside others") { dtype, mode in
      let (x, z) = (T.dvector("x"), T.tensor("z", dtype, shape: [4]))
      return try function(inputs: [x, z], outputs: x * 2, mode: mode, onUnusedInput: .ignore)
    },
    Place(name: "a scalar input") { dtype, mode in
      let z = T.tensor("z", dtype, shape: [])
      return try function(inputs: [z], outputs: [z], mode: mode)
    },
    Place(name: "a shared variable that is returned") { dtype, mode in
      try function(inputs: [], outputs: shared(NDArray.zeros([4]).astype(dtype), name: "w"), mode: mode)
    },
    Place(name: "a shared variable that is updated with itself") { dtype, mode in
      let w = shared(NDArray.zeros([4]).astype(dtype), name: "w")
      return try function(inputs: [], outputs: [], updates: [(w, w)], mode: mode)
    },
    Place(name: "a new value of a shared variable") { dtype, mode in
      let (w, x) = (shared(NDArray.zeros([4]).astype(dtype), name: "w"), T.dvector("x"))
      return try function(inputs: [x], outputs: [], updates: [(w, x)], mode: mode)
    },
    Place(name: "a constant") { dtype, mode in
      try function(inputs: [], outputs: T.constant(NDArray.zeros([4]).astype(dtype)), mode: mode)
    },
    Place(name: "what is given for an input") { dtype, mode in
      let x = T.tensor("x", dtype, shape: [4])
      return try function(
        inputs: [], outputs: x, givens: [x: shared(NDArray.zeros([4]).astype(dtype), name: "w")], mode: mode)
    },
    Place(name: "a part") { dtype, mode in
      let z = T.tensor("z", dtype, shape: [4])
      return try function(inputs: [z], outputs: z[1...], mode: mode)
    },
    Place(name: "a cast") { dtype, mode in
      let x = T.dvector("x")
      return try function(inputs: [x], outputs: T.cast(x, dtype), mode: mode)
    },
    Place(name: "an evaluation") { dtype, mode in
      let z = T.tensor("z", dtype, shape: [4])
      return try z.eval([z: NDArray.zeros([4]).astype(dtype)], mode: mode)
    },
  ]

  @Test(arguments: places, dtypes) func isRefused(_ place: Place, _ dtype: DType) throws {
    for mode in Modes.all {
      let error = #expect(throws: TheanoError.self) { _ = try place.make(dtype, mode) }
      #expect(error?.description.contains("\(dtype)") == true, "\(error?.description ?? "")")
    }
  }
}
