import TheanoArrays
import TheanoGraph
import TheanoRuntime

// The calls. Fixed concrete parameters cost a nanosecond each, boxes of `any` thirty to a hundred; so there is one
// function for each number of arguments up to six, and a general one behind them.

extension Function where Outputs == NDArray {
  /// Calls the function with no arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction() throws(TheanoError) -> NDArray {
    guard case .native(let program) = core.backend, core.inputs.count == 0 else {
      return try core.call([])[0]
    }
    return try core.run(program) { _ in
    } take: { context in
      context.take(0)
    }
  }

  /// Calls the function with 1 argument.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray) throws(TheanoError) -> NDArray {
    guard case .native(let program) = core.backend, core.inputs.count == 1 else {
      return try core.call([a])[0]
    }
    let a = try core.prepare(a, 0)
    return try withExtendedLifetime(a) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
      } take: { context in
        context.take(0)
      }
    }
  }

  /// Calls the function with 2 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray) throws(TheanoError) -> NDArray {
    guard case .native(let program) = core.backend, core.inputs.count == 2 else {
      return try core.call([a, b])[0]
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    return try withExtendedLifetime((a, b)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
      } take: { context in
        context.take(0)
      }
    }
  }

  /// Calls the function with 3 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray) throws(TheanoError) -> NDArray {
    guard case .native(let program) = core.backend, core.inputs.count == 3 else {
      return try core.call([a, b, c])[0]
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    return try withExtendedLifetime((a, b, c)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
      } take: { context in
        context.take(0)
      }
    }
  }

  /// Calls the function with 4 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray) throws(TheanoError)
    -> NDArray
  {
    guard case .native(let program) = core.backend, core.inputs.count == 4 else {
      return try core.call([a, b, c, d])[0]
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    let d = try core.prepare(d, 3)
    return try withExtendedLifetime((a, b, c, d)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
        context.set(3, d)
      } take: { context in
        context.take(0)
      }
    }
  }

  /// Calls the function with 5 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray)
    throws(TheanoError) -> NDArray
  {
    guard case .native(let program) = core.backend, core.inputs.count == 5 else {
      return try core.call([a, b, c, d, e])[0]
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    let d = try core.prepare(d, 3)
    let e = try core.prepare(e, 4)
    return try withExtendedLifetime((a, b, c, d, e)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
        context.set(3, d)
        context.set(4, e)
      } take: { context in
        context.take(0)
      }
    }
  }

  /// Calls the function with 6 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(
    _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray, _ f: NDArray
  ) throws(TheanoError) -> NDArray {
    guard case .native(let program) = core.backend, core.inputs.count == 6 else {
      return try core.call([a, b, c, d, e, f])[0]
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    let d = try core.prepare(d, 3)
    let e = try core.prepare(e, 4)
    let f = try core.prepare(f, 5)
    return try withExtendedLifetime((a, b, c, d, e, f)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
        context.set(3, d)
        context.set(4, e)
        context.set(5, f)
      } take: { context in
        context.take(0)
      }
    }
  }

  /// Calls the function with any number of arguments, each an array, a Swift number or nested lists of numbers.
  @discardableResult @_disfavoredOverload
  public func callAsFunction<each A: NDArrayConvertible>(_ arguments: repeat each A) throws(TheanoError)
    -> NDArray
  {
    var all: [NDArray] = []
    for argument in repeat each arguments { all.append(argument.ndarray) }
    return try call(all)
  }

  /// Calls the function with a list of arguments.
  @discardableResult
  public func call(_ arguments: [NDArray]) throws(TheanoError) -> NDArray {
    try core.call(arguments)[0]
  }
}

extension Function where Outputs == [NDArray] {
  /// Calls the function with no arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction() throws(TheanoError) -> [NDArray] {
    guard case .native(let program) = core.backend, core.inputs.count == 0 else {
      return try core.call([])
    }
    return try core.run(program) { _ in
    } take: { context in
      (0..<core.outputCount).map { context.take($0) }
    }
  }

  /// Calls the function with 1 argument.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray) throws(TheanoError) -> [NDArray] {
    guard case .native(let program) = core.backend, core.inputs.count == 1 else {
      return try core.call([a])
    }
    let a = try core.prepare(a, 0)
    return try withExtendedLifetime(a) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
      } take: { context in
        (0..<core.outputCount).map { context.take($0) }
      }
    }
  }

  /// Calls the function with 2 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray) throws(TheanoError) -> [NDArray] {
    guard case .native(let program) = core.backend, core.inputs.count == 2 else {
      return try core.call([a, b])
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    return try withExtendedLifetime((a, b)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
      } take: { context in
        (0..<core.outputCount).map { context.take($0) }
      }
    }
  }

  /// Calls the function with 3 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray) throws(TheanoError) -> [NDArray] {
    guard case .native(let program) = core.backend, core.inputs.count == 3 else {
      return try core.call([a, b, c])
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    return try withExtendedLifetime((a, b, c)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
      } take: { context in
        (0..<core.outputCount).map { context.take($0) }
      }
    }
  }

  /// Calls the function with 4 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray) throws(TheanoError)
    -> [NDArray]
  {
    guard case .native(let program) = core.backend, core.inputs.count == 4 else {
      return try core.call([a, b, c, d])
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    let d = try core.prepare(d, 3)
    return try withExtendedLifetime((a, b, c, d)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
        context.set(3, d)
      } take: { context in
        (0..<core.outputCount).map { context.take($0) }
      }
    }
  }

  /// Calls the function with 5 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray)
    throws(TheanoError) -> [NDArray]
  {
    guard case .native(let program) = core.backend, core.inputs.count == 5 else {
      return try core.call([a, b, c, d, e])
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    let d = try core.prepare(d, 3)
    let e = try core.prepare(e, 4)
    return try withExtendedLifetime((a, b, c, d, e)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
        context.set(3, d)
        context.set(4, e)
      } take: { context in
        (0..<core.outputCount).map { context.take($0) }
      }
    }
  }

  /// Calls the function with 6 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(
    _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray, _ f: NDArray
  ) throws(TheanoError) -> [NDArray] {
    guard case .native(let program) = core.backend, core.inputs.count == 6 else {
      return try core.call([a, b, c, d, e, f])
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    let d = try core.prepare(d, 3)
    let e = try core.prepare(e, 4)
    let f = try core.prepare(f, 5)
    return try withExtendedLifetime((a, b, c, d, e, f)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
        context.set(3, d)
        context.set(4, e)
        context.set(5, f)
      } take: { context in
        (0..<core.outputCount).map { context.take($0) }
      }
    }
  }

  /// Calls the function with any number of arguments, each an array, a Swift number or nested lists of numbers.
  @discardableResult @_disfavoredOverload
  public func callAsFunction<each A: NDArrayConvertible>(_ arguments: repeat each A) throws(TheanoError)
    -> [NDArray]
  {
    var all: [NDArray] = []
    for argument in repeat each arguments { all.append(argument.ndarray) }
    return try call(all)
  }

  /// Calls the function with a list of arguments.
  @discardableResult
  public func call(_ arguments: [NDArray]) throws(TheanoError) -> [NDArray] {
    try core.call(arguments)
  }
}

extension Function where Outputs == Void {
  /// Calls the function with no arguments.
  ///
  /// - Returns: Nothing: the function only updates shared variables.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction() throws(TheanoError) -> Void {
    guard case .native(let program) = core.backend, core.inputs.count == 0 else {
      _ = try core.call([])
      return
    }
    return try core.run(program) { _ in
    } take: { _ in
    }
  }

  /// Calls the function with 1 argument.
  ///
  /// - Returns: Nothing: the function only updates shared variables.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray) throws(TheanoError) -> Void {
    guard case .native(let program) = core.backend, core.inputs.count == 1 else {
      _ = try core.call([a])
      return
    }
    let a = try core.prepare(a, 0)
    return try withExtendedLifetime(a) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
      } take: { _ in
      }
    }
  }

  /// Calls the function with 2 arguments.
  ///
  /// - Returns: Nothing: the function only updates shared variables.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray, _ b: NDArray) throws(TheanoError) -> Void {
    guard case .native(let program) = core.backend, core.inputs.count == 2 else {
      _ = try core.call([a, b])
      return
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    return try withExtendedLifetime((a, b)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
      } take: { _ in
      }
    }
  }

  /// Calls the function with 3 arguments.
  ///
  /// - Returns: Nothing: the function only updates shared variables.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray) throws(TheanoError) -> Void {
    guard case .native(let program) = core.backend, core.inputs.count == 3 else {
      _ = try core.call([a, b, c])
      return
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    return try withExtendedLifetime((a, b, c)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
      } take: { _ in
      }
    }
  }

  /// Calls the function with 4 arguments.
  ///
  /// - Returns: Nothing: the function only updates shared variables.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray) throws(TheanoError)
    -> Void
  {
    guard case .native(let program) = core.backend, core.inputs.count == 4 else {
      _ = try core.call([a, b, c, d])
      return
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    let d = try core.prepare(d, 3)
    return try withExtendedLifetime((a, b, c, d)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
        context.set(3, d)
      } take: { _ in
      }
    }
  }

  /// Calls the function with 5 arguments.
  ///
  /// - Returns: Nothing: the function only updates shared variables.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray)
    throws(TheanoError) -> Void
  {
    guard case .native(let program) = core.backend, core.inputs.count == 5 else {
      _ = try core.call([a, b, c, d, e])
      return
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    let d = try core.prepare(d, 3)
    let e = try core.prepare(e, 4)
    return try withExtendedLifetime((a, b, c, d, e)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
        context.set(3, d)
        context.set(4, e)
      } take: { _ in
      }
    }
  }

  /// Calls the function with 6 arguments.
  ///
  /// - Returns: Nothing: the function only updates shared variables.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(
    _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray, _ f: NDArray
  ) throws(TheanoError) -> Void {
    guard case .native(let program) = core.backend, core.inputs.count == 6 else {
      _ = try core.call([a, b, c, d, e, f])
      return
    }
    let a = try core.prepare(a, 0)
    let b = try core.prepare(b, 1)
    let c = try core.prepare(c, 2)
    let d = try core.prepare(d, 3)
    let e = try core.prepare(e, 4)
    let f = try core.prepare(f, 5)
    return try withExtendedLifetime((a, b, c, d, e, f)) { () throws(TheanoError) in
      try core.run(program) { context in
        context.set(0, a)
        context.set(1, b)
        context.set(2, c)
        context.set(3, d)
        context.set(4, e)
        context.set(5, f)
      } take: { _ in
      }
    }
  }

  /// Calls the function with any number of arguments, each an array, a Swift number or nested lists of numbers.
  @_disfavoredOverload
  public func callAsFunction<each A: NDArrayConvertible>(_ arguments: repeat each A) throws(TheanoError)
    -> Void
  {
    var all: [NDArray] = []
    for argument in repeat each arguments { all.append(argument.ndarray) }
    return try call(all)
  }

  /// Calls the function with a list of arguments.
  public func call(_ arguments: [NDArray]) throws(TheanoError) -> Void {
    _ = try core.call(arguments)
  }
}
