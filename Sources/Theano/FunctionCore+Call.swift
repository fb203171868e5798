import TheanoArrays
import TheanoRuntime

// The calls of each number of arguments up to six. Fixed concrete parameters cost a nanosecond each, boxes of `any`
// thirty to a hundred. Arguments that the program takes as they are go to it at once; others by `call(_:_:)`.

extension FunctionCore {
  @inline(__always)
  func call<Form: OutputForm>(_ form: Form.Type) throws(TheanoError) -> Form.Value {
    guard let plan, plan.pointee.inputCount == 0 else {
      return try call(form, [])
    }
    let frame = plan.pointee.begin()
    return try run(form, plan, frame)
  }

  @inline(__always)
  func call<Form: OutputForm>(_ form: Form.Type, _ a: NDArray) throws(TheanoError) -> Form.Value {
    guard let plan, plan.pointee.inputCount == 1, plan.pointee.takes(a, as: 0) else {
      return try call(form, [a])
    }
    let frame = plan.pointee.begin()
    frame.pointee.set(0, a)
    defer {
      withExtendedLifetime(a) {}
    }
    return try run(form, plan, frame)
  }

  @inline(__always)
  func call<Form: OutputForm>(_ form: Form.Type, _ a: NDArray, _ b: NDArray) throws(TheanoError) -> Form.Value
  {
    guard let plan, plan.pointee.inputCount == 2, plan.pointee.takes(a, as: 0), plan.pointee.takes(b, as: 1)
    else {
      return try call(form, [a, b])
    }
    let frame = plan.pointee.begin()
    frame.pointee.set(0, a)
    frame.pointee.set(1, b)
    defer {
      withExtendedLifetime(a) {}
      withExtendedLifetime(b) {}
    }
    return try run(form, plan, frame)
  }

  @inline(__always)
  func call<Form: OutputForm>(_ form: Form.Type, _ a: NDArray, _ b: NDArray, _ c: NDArray) throws(TheanoError)
    -> Form.Value
  {
    guard let plan, plan.pointee.inputCount == 3, plan.pointee.takes(a, as: 0), plan.pointee.takes(b, as: 1),
      plan.pointee.takes(c, as: 2)
    else {
      return try call(form, [a, b, c])
    }
    let frame = plan.pointee.begin()
    frame.pointee.set(0, a)
    frame.pointee.set(1, b)
    frame.pointee.set(2, c)
    defer {
      withExtendedLifetime(a) {}
      withExtendedLifetime(b) {}
      withExtendedLifetime(c) {}
    }
    return try run(form, plan, frame)
  }

  @inline(__always)
  func call<Form: OutputForm>(_ form: Form.Type, _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray)
    throws(TheanoError) -> Form.Value
  {
    guard let plan, plan.pointee.inputCount == 4, plan.pointee.takes(a, as: 0), plan.pointee.takes(b, as: 1),
      plan.pointee.takes(c, as: 2), plan.pointee.takes(d, as: 3)
    else {
      return try call(form, [a, b, c, d])
    }
    let frame = plan.pointee.begin()
    frame.pointee.set(0, a)
    frame.pointee.set(1, b)
    frame.pointee.set(2, c)
    frame.pointee.set(3, d)
    defer {
      withExtendedLifetime(a) {}
      withExtendedLifetime(b) {}
      withExtendedLifetime(c) {}
      withExtendedLifetime(d) {}
    }
    return try run(form, plan, frame)
  }

  @inline(__always)
  func call<Form: OutputForm>(
    _ form: Form.Type, _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray
  ) throws(TheanoError) -> Form.Value {
    guard let plan, plan.pointee.inputCount == 5, plan.pointee.takes(a, as: 0), plan.pointee.takes(b, as: 1),
      plan.pointee.takes(c, as: 2), plan.pointee.takes(d, as: 3), plan.pointee.takes(e, as: 4)
    else {
      return try call(form, [a, b, c, d, e])
    }
    let frame = plan.pointee.begin()
    frame.pointee.set(0, a)
    frame.pointee.set(1, b)
    frame.pointee.set(2, c)
    frame.pointee.set(3, d)
    frame.pointee.set(4, e)
    defer {
      withExtendedLifetime(a) {}
      withExtendedLifetime(b) {}
      withExtendedLifetime(c) {}
      withExtendedLifetime(d) {}
      withExtendedLifetime(e) {}
    }
    return try run(form, plan, frame)
  }

  @inline(__always)
  func call<Form: OutputForm>(
    _ form: Form.Type, _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray, _ f: NDArray
  ) throws(TheanoError) -> Form.Value {
    guard let plan, plan.pointee.inputCount == 6, plan.pointee.takes(a, as: 0), plan.pointee.takes(b, as: 1),
      plan.pointee.takes(c, as: 2), plan.pointee.takes(d, as: 3), plan.pointee.takes(e, as: 4),
      plan.pointee.takes(f, as: 5)
    else {
      return try call(form, [a, b, c, d, e, f])
    }
    let frame = plan.pointee.begin()
    frame.pointee.set(0, a)
    frame.pointee.set(1, b)
    frame.pointee.set(2, c)
    frame.pointee.set(3, d)
    frame.pointee.set(4, e)
    frame.pointee.set(5, f)
    defer {
      withExtendedLifetime(a) {}
      withExtendedLifetime(b) {}
      withExtendedLifetime(c) {}
      withExtendedLifetime(d) {}
      withExtendedLifetime(e) {}
      withExtendedLifetime(f) {}
    }
    return try run(form, plan, frame)
  }
}
