import Testing
import Theano
import TheanoArrays
import TheanoTestSupport

/// Variables that are no inputs, of which only the shape is needed: it is taken from what it must fit.
@Suite struct MissingInputTests {
  @Test(arguments: Modes.every) func shapesAreTakenFromOthers(mode: Mode) throws {
    let (x, w, v) = (T.dmatrix("x"), T.dmatrix("w"), T.dmatrix("v"))
    let lop = Lop([T.dot(x, w)], wrt: [w], [v])[0]
    let f = try function(inputs: [x, v], outputs: lop, mode: mode)
    #expect(try f([[1, 2]], [[3, 4, 5]]).doubles == [3, 4, 5, 6, 8, 10])
    let error = #expect(throws: TheanoError.self) { try f([[1, 2]], [[3], [4]]) }
    #expect(error?.description.contains("the gradient has length 2 on axis 0 for output 0") == true)

    let (a, c, shared) = (T.dvector("a"), T.dvector("c"), Theano.shared([1.0, 2]))
    let slopes = [
      grad(T.sum(a * c), wrt: a), grad(T.mean(a * c * 2), wrt: a), grad(T.sum(T.sum(a * c) * c), wrt: a),
    ]
    let g = try function(inputs: [c], outputs: slopes, mode: mode)
    #expect(try g([1, 2]).map(\.doubles) == [[1, 2], [1, 2], [3, 6]])
    let h = try function(outputs: grad(T.sum(a * shared), wrt: a), mode: mode)
    #expect(try h().doubles == [1, 2])
  }

  @Test func whatHasNoOtherSourceIsNeeded() {
    let (x, c, m) = (T.dvector("x"), T.dvector("c"), T.dmatrix("m"))
    for (inputs, output) in [
      ([], grad(T.sum(x), wrt: x)), ([c], grad(T.sum(x * x * c), wrt: x)), ([c], grad(T.sum(m * c), wrt: m)),
      ([c], x), ([c], c + x.shape[0]),
    ] as [([TensorVariable], TensorVariable)] {
      let error = #expect(throws: TheanoError.self) {
        try function(inputs: inputs, outputs: output, onUnusedInput: .ignore)
      }
      #expect(error?.description.contains("which is no input of the function") == true)
      #expect(
        error?.description.contains("hint: add it to inputs:, or say what it stands for in givens:") == true)
    }
  }
}
