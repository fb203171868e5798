// What is written by habit and means something else: the compiler must say so. Scripts/typecheck holds its words against these.
import Theano

func compared(_ x: TensorVariable, _ y: TensorVariable, _ r: Double, _ k: Int) -> [TensorVariable] {
  // expected-warning@+2 {{is deprecated: the condition is a Bool}}
  // expected-warning@+1 {{elements are compared by .==}}
  let a = T.where(x == 0, 1, x)
  // expected-warning@+2 {{is deprecated: the condition is a Bool}}
  // expected-warning@+1 {{elements are compared by .!=}}
  let b = T.where(0.5 != x, 1, x)
  // expected-warning@+1 {{is deprecated: the condition is a Bool}}
  let c = T.where(x == y, 1, x)
  // expected-warning@+2 {{is deprecated: the condition is a Bool}}
  // expected-warning@+1 {{elements are compared by .==}}
  let d = T.ifElse(x == r, 1, x)
  // expected-warning@+1 {{elements are compared by .==}}
  if x == 0 { return [] }
  // expected-warning@+1 {{elements are compared by .!=}}
  if x != k { return [] }
  // Numbers of Swift's own, and variables that are the same one, are nobody's business.
  if r == 0 || 0 == r || k != 0 || 0.5 == r || x == y || x != y { return [] }
  return [a, b, c, d]
}

func ordered(_ x: TensorVariable, _ y: TensorVariable, _ r: Double) {
  _ = x < 0  // expected-error {{elements are compared by .<}}
  _ = x <= r  // expected-error {{elements are compared by .<=}}
  _ = x > y  // expected-error {{elements are compared by .>}}
  _ = r >= x  // expected-error {{elements are compared by .>=}}
  _ = x && y  // expected-error {{booleans are joined by .&}}
  _ = x || y  // expected-error {{booleans are joined by .|}}
  _ = !x  // expected-error {{the opposite of booleans is .!}}
  _ = NDArray(0..<4)[.slice(1, 3)]  // expected-warning {{write a range}}
}
