import TheanoArrays

// Literals go to the generic calls, not to those of `NDArray`: a ragged one is then an error of the call, where the literal
// of an array would trap.

extension Function where Outputs == NDArray {
  /// Calls the function with no arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction() throws(TheanoError) -> NDArray {
    try core.call(OneOutput.self)
  }

  /// Calls the function with 1 argument.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray) throws(TheanoError) -> NDArray {
    try core.call(OneOutput.self, a)
  }

  /// Calls the function with 2 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray) throws(TheanoError) -> NDArray {
    try core.call(OneOutput.self, a, b)
  }

  /// Calls the function with 3 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray) throws(TheanoError) -> NDArray {
    try core.call(OneOutput.self, a, b, c)
  }

  /// Calls the function with 4 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray) throws(TheanoError)
    -> NDArray
  {
    try core.call(OneOutput.self, a, b, c, d)
  }

  /// Calls the function with 5 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray)
    throws(TheanoError) -> NDArray
  {
    try core.call(OneOutput.self, a, b, c, d, e)
  }

  /// Calls the function with 6 arguments.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(
    _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray, _ f: NDArray
  ) throws(TheanoError) -> NDArray {
    try core.call(OneOutput.self, a, b, c, d, e, f)
  }

  /// Calls the function with one argument: a Swift number or nested lists of numbers.
  ///
  /// - Returns: The value of the output.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction<A: NDArrayConvertible>(_ argument: A) throws(TheanoError) -> NDArray {
    try core.call(OneOutput.self, try core.array(argument, 0))
  }

  /// Calls the function with any number of arguments, each an array, a Swift number or nested lists of numbers.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction<each A: NDArrayConvertible>(_ arguments: repeat each A) throws(TheanoError)
    -> NDArray
  {
    var all: [NDArray] = []
    for argument in repeat each arguments { all.append(try core.array(argument, all.count)) }
    return try call(all)
  }

  /// Calls the function with a list of arguments.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func call(_ arguments: [NDArray]) throws(TheanoError) -> NDArray {
    try core.call(OneOutput.self, arguments)
  }
}

extension Function where Outputs == [NDArray] {
  /// Calls the function with no arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction() throws(TheanoError) -> [NDArray] {
    try core.call(OutputList.self)
  }

  /// Calls the function with 1 argument.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray) throws(TheanoError) -> [NDArray] {
    try core.call(OutputList.self, a)
  }

  /// Calls the function with 2 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray) throws(TheanoError) -> [NDArray] {
    try core.call(OutputList.self, a, b)
  }

  /// Calls the function with 3 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray) throws(TheanoError) -> [NDArray] {
    try core.call(OutputList.self, a, b, c)
  }

  /// Calls the function with 4 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray) throws(TheanoError)
    -> [NDArray]
  {
    try core.call(OutputList.self, a, b, c, d)
  }

  /// Calls the function with 5 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray)
    throws(TheanoError) -> [NDArray]
  {
    try core.call(OutputList.self, a, b, c, d, e)
  }

  /// Calls the function with 6 arguments.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction(
    _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray, _ f: NDArray
  ) throws(TheanoError) -> [NDArray] {
    try core.call(OutputList.self, a, b, c, d, e, f)
  }

  /// Calls the function with one argument: a Swift number or nested lists of numbers.
  ///
  /// - Returns: The values of the outputs, in their order.
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction<A: NDArrayConvertible>(_ argument: A) throws(TheanoError) -> [NDArray] {
    try core.call(OutputList.self, try core.array(argument, 0))
  }

  /// Calls the function with any number of arguments, each an array, a Swift number or nested lists of numbers.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func callAsFunction<each A: NDArrayConvertible>(_ arguments: repeat each A) throws(TheanoError)
    -> [NDArray]
  {
    var all: [NDArray] = []
    for argument in repeat each arguments { all.append(try core.array(argument, all.count)) }
    return try call(all)
  }

  /// Calls the function with a list of arguments.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @discardableResult
  public func call(_ arguments: [NDArray]) throws(TheanoError) -> [NDArray] {
    try core.call(OutputList.self, arguments)
  }
}

extension Function where Outputs == Void {
  /// Calls the function with no arguments.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction() throws(TheanoError) {
    try core.call(NoOutput.self)
  }

  /// Calls the function with 1 argument.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray) throws(TheanoError) {
    try core.call(NoOutput.self, a)
  }

  /// Calls the function with 2 arguments.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray, _ b: NDArray) throws(TheanoError) {
    try core.call(NoOutput.self, a, b)
  }

  /// Calls the function with 3 arguments.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray) throws(TheanoError) {
    try core.call(NoOutput.self, a, b, c)
  }

  /// Calls the function with 4 arguments.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray) throws(TheanoError) {
    try core.call(NoOutput.self, a, b, c, d)
  }

  /// Calls the function with 5 arguments.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray)
    throws(TheanoError)
  {
    try core.call(NoOutput.self, a, b, c, d, e)
  }

  /// Calls the function with 6 arguments.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction(
    _ a: NDArray, _ b: NDArray, _ c: NDArray, _ d: NDArray, _ e: NDArray, _ f: NDArray
  ) throws(TheanoError) {
    try core.call(NoOutput.self, a, b, c, d, e, f)
  }

  /// Calls the function with one argument: a Swift number or nested lists of numbers.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func callAsFunction<A: NDArrayConvertible>(_ argument: A) throws(TheanoError) {
    try core.call(NoOutput.self, try core.array(argument, 0))
  }

  /// Calls the function with any number of arguments, each an array, a Swift number or nested lists of numbers.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  @_disfavoredOverload
  public func callAsFunction<each A: NDArrayConvertible>(_ arguments: repeat each A) throws(TheanoError) {
    var all: [NDArray] = []
    for argument in repeat each arguments { all.append(try core.array(argument, all.count)) }
    try call(all)
  }

  /// Calls the function with a list of arguments.
  ///
  /// - Throws: ``TheanoError``: arguments that do not fit, lengths that do not meet, what an operation finds wrong.
  public func call(_ arguments: [NDArray]) throws(TheanoError) {
    try core.call(NoOutput.self, arguments)
  }
}
