import TheanoArrays
import TheanoGraph
import TheanoKernels

/// Which part of an array is meant: one entry for each of its axes. Positions are scalar operands, so that they may
/// be known only at the call.
package struct Selection: Hashable, Sendable {
  package enum Entry: Hashable, Sendable {
    case full
    /// One position; the axis vanishes.
    case index(operand: Int)
    /// Every `step`-th position from one bound to the other; `nil` is the end that the step comes from or goes to.
    case slice(start: Int?, stop: Int?, step: Int)
    /// The positions that an integer array names; its axes take the axis's place.
    case gather(operand: Int)
  }

  /// The operand numbers count the operands after those of the operation itself.
  package var entries: [Entry]
  package init(entries: [Entry]) { self.entries = entries }

  /// The axis that an integer array indexes.
  package var gathered: Int? { entries.firstIndex { if case .gather = $0 { true } else { false } } }

  package func shifted(by offset: Int) -> Selection {
    Selection(
      entries: entries.map { entry in
        switch entry {
        case .full: .full
        case .index(let k): .index(operand: k + offset)
        case .slice(let a, let b, let step):
          .slice(start: a.map { $0 + offset }, stop: b.map { $0 + offset }, step: step)
        case .gather(let k): .gather(operand: k + offset)
        }
      })
  }

  /// Where a slice begins, and how many positions it has, by Python's rules: negative bounds count from the end, and
  /// bounds outside are moved in.
  func bounds(_ entry: Entry, length: Dim, _ inputs: [Operand]) -> (start: Dim, count: Dim) {
    guard case .slice(let start, let stop, let step) = entry else { return (0, length) }
    func bound(_ operand: Int?, _ missing: Dim) -> Dim {
      guard let operand else { return missing }
      return Dim.combine(inputs[operand].length, length) { Size.sliceBound($0, $1, backwards: step < 0) }
    }
    // What is left from a known position on is said without a bound that holds the length again: sizes of slices of
    // slices would double each time.
    if step == 1, stop == nil, let start, let k = inputs[start].length.constant, k >= 0 {
      return (Dim.minimum(.known(k), length), Dim.maximum(0, length - .known(k)))
    }
    let first = bound(start, step > 0 ? 0 : length - 1)
    let last = bound(stop, step > 0 ? length : -1)
    let distance = step > 0 ? last - first : first - last
    let width = Dim.known(Swift.abs(step))
    return (first, Dim.maximum(0, Dim.floorDivide(distance + width - 1, width)))
  }

  /// The shape of the selected part, as it is before the axes of a gather are put in, and checks of constant positions.
  func shape(_ x: Operand, _ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [Dim] {
    var dims: [Dim] = []
    for (axis, entry) in entries.enumerated() {
      switch entry {
      case .full: dims.append(x.dims[axis])
      case .slice: dims.append(bounds(entry, length: x.dims[axis], inputs).count)
      case .gather(let k): dims += inputs[k].dims
      case .index(let k):
        // A position that is a number can be checked against the length alone; others while the kernel runs.
        if let i = inputs[k].length.constant {
          // Without overflow: no axis is as long as the largest integer.
          let need = i < 0 ? (i == .min ? .max : -i) : (i == .max ? .max : i + 1)
          try rules.atMost(.known(need), x.dims[axis]) { _, n in
            Fault(
              .index, "index \(i) is out of range for axis \(axis), which has length \(n)",
              hint: n == 0 ? "the axis is empty" : "positions run from 0 to \(n - 1), or from -\(n) to -1",
              operand: 0)
          }
        }
      }
    }
    return dims
  }

  /// The place in the whole array that a place in the part is.
  typealias Place = Lowering.Place

  /// How places are found in a kernel. `base` is the operand that is indexed.
  func place(_ context: inout LoweringContext, base: Int, operands: [Operand]) -> Place {
    let lengths = context.inputs[base].dims
    let check = context.check { values in
      let (i, n) = (values[0], values[1])
      return Fault(
        .index, "index \(i) is out of range for an axis of length \(n)",
        hint: n == 0 ? "the axis is empty" : "positions run from 0 to \(n - 1), or from -\(n) to -1",
        operand: 0)
    }
    let entries = entries
    let gatherRank = context.inputs.map(\.ndim)
    let starts = entries.enumerated().map { axis, entry in
      bounds(entry, length: lengths[axis], operands).start
    }
    return { builder, index, operand in
      var next = 0
      func wrapped(_ builder: inout NestBuilder, _ position: LoopNest.Ref, _ axis: Int) -> LoopNest.Ref {
        let position = builder.apply(.cast(.int64), position)
        let length = lengths[axis].size ?? 0
        let negative = builder.apply(.less, position, builder.integer(0))
        let moved = builder.apply(.add, position, builder.extent(length))
        return builder.checkedIndex(
          builder.apply(.select, negative, moved, position), bound: length, check: check)
      }
      var at: [LoopNest.Ref] = []
      for (axis, entry) in entries.enumerated() {
        switch entry {
        case .full:
          at.append(index[next])
          next += 1
        case .slice(_, _, let step):
          let start = builder.extent(starts[axis].size ?? 0)
          at.append(builder.apply(.add, start, builder.apply(.multiply, builder.integer(step), index[next])))
          next += 1
        case .index(let k):
          let value = operands[k].length
          if let i = value.constant, let n = lengths[axis].size {
            at.append(builder.extent(i < 0 ? n + Size(i) : Size(i)))
          } else {
            at.append(wrapped(&builder, operand(&builder, k, []), axis))
          }
        case .gather(let k):
          let rank = gatherRank[k]
          let position = operand(&builder, k, Array(index[next..<(next + rank)]))
          next += rank
          at.append(wrapped(&builder, position, axis))
        }
      }
      return at
    }
  }

  /// The positions along an axis, on the host.
  private enum HostPositions {
    case progression(first: Int, step: Int, shape: [Int])
    case gathered(HostLoops.Elements<Int64>, length: Int, shape: [Int])

    var shape: [Int] {
      switch self {
      case .progression(_, _, let shape), .gathered(_, _, let shape): shape
      }
    }

    subscript(k: Int) -> Int {
      switch self {
      case .progression(let first, let step, _): return first + k * step
      case .gathered(let positions, let length, _):
        let i = Int(positions[k])
        return i < 0 ? i + length : i
      }
    }
  }

  /// The places in the whole array, on the host, and their shape.
  func hostPlaces(
    _ x: [Int], _ inputs: [NDArray]
  ) throws(Fault) -> (shape: [Int], places: HostLoops.Elements<Int64>) {
    var lists: [(positions: HostPositions, count: Int, stride: Int)] = []
    for (axis, entry) in entries.enumerated() {
      let n = x[axis]
      func check(_ i: Int) throws(Fault) {
        guard (-n..<n).contains(i) else {
          throw Fault(
            .index, "index \(i) is out of range for an axis of length \(n)",
            hint: n == 0 ? "the axis is empty" : "positions run from 0 to \(n - 1), or from -\(n) to -1",
            operand: 0)
        }
      }
      let positions: HostPositions
      switch entry {
      case .full: positions = .progression(first: 0, step: 1, shape: [n])
      case .index(let k):
        let i = try HostLoops.length(inputs[k])
        try check(i)
        positions = .progression(first: i < 0 ? i + n : i, step: 0, shape: [])
      case .gather(let k):
        let indices = try HostLoops.integers(inputs[k])
        for i in indices { try check(Int(i)) }
        positions = .gathered(indices, length: n, shape: inputs[k].shape)
      case .slice:
        var operands: [Operand] = []
        for a in inputs {
          let length: Dim = a.ndim == 0 ? .known(try HostLoops.length(a)) : .unknown
          operands.append(Operand(type: TensorType(a.dtype, shape: a.shape), length: length))
        }
        let (start, count) = bounds(entry, length: .known(n), operands)
        guard let first = start.constant, let length = count.constant, case .slice(_, _, let step) = entry
        else { continue }
        positions = .progression(first: first, step: step, shape: [length])
      }
      lists.append((positions, positions.shape.reduce(1, *), x[(axis + 1)...].reduce(1, *)))
    }
    let shape = lists.flatMap(\.positions.shape)
    let places = try HostLoops.make(shape, .int64) { place in
      var (rest, at) = (place, 0)
      for (positions, count, stride) in lists.reversed() {
        at += positions[rest % count] * stride
        rest /= count
      }
      return Int64(at)
    }
    return (shape, try HostLoops.integers(places))
  }
}

/// A part of an array: slices, single positions, and at most one integer array.
package struct Subtensor: Operation {
  package let selection: Selection
  package init(selection: Selection) { self.selection = selection }
  package var name: String { "subtensor" }
  package var movedOperand: Int? { 0 }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let dims = try selection.shape(inputs[0], inputs, &rules)
    // Slices have no more elements than the array; positions may be named again and again.
    if selection.gathered != nil { try rules.countable(dims, dtype: inputs[0].dtype) }
    return [TensorType(inputs[0].dtype, dims)]
  }

  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    guard let g = call.outputGradients[0] else { return call.inputs.map { _ in nil } }
    let x = call.inputs[0]
    let update = UpdateSubtensor(selection: selection.shifted(by: 1), mode: .add)
    let slope = TensorVariable(
      update, [T.zerosLike(x), g] + call.inputs.dropFirst(), note: SourceNote.ambient ?? .none)
    return [slope] + call.inputs.dropFirst().map { _ in nil }
  }

  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] { movedMasks(call, selecting: true) }

  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    [
      call.directions[0].map {
        TensorVariable(self, [$0] + call.inputs.dropFirst(), note: SourceNote.ambient ?? .none)
      }
    ]
  }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let (shape, places) = try selection.hostPlaces(inputs[0].shape, inputs)
    return [try HostLoops.pick(inputs[0], places, shape)]
  }

  package func lower(_ context: inout LoweringContext) -> Lowering {
    let place = selection.place(&context, base: 0, operands: context.operands)
    return .pull { builder, index, operand in
      let at = place(&builder, index, operand)
      return operand(&builder, 0, at)
    }
  }

  package func text(_ operands: [String]) -> String { "\(operands[0])[\(selection.text(operands))]" }
}

/// An array with a part set to, or incremented by, another. Operands: the array, the new part, then the positions.
package struct UpdateSubtensor: Operation {
  package enum Mode: Hashable, Sendable { case set, add }
  package let selection: Selection
  package let mode: Mode
  package init(selection: Selection, mode: Mode) {
    self.selection = selection
    self.mode = mode
  }
  package var name: String { mode == .set ? "setSubtensor" : "incSubtensor" }

  package func infer(_ inputs: [Operand], _ rules: inout ShapeRules) throws(Fault) -> [TensorType] {
    let part = try selection.shape(inputs[0], inputs, &rules)
    guard inputs[1].ndim <= part.count else {
      throw Fault(
        .shape,
        "the part has \(counted(part.count, "axis", "axes")) but its new value, \(inputs[1].type.brief), has more",
        hint: "give a value of at most as many axes as the part has", operand: 1)
    }
    try rules.stretch(inputs[1].dims, to: part, "the new value", "the part", operand: 1)
    return [inputs[0].type]
  }

  package func gradient(_ call: GradientCall) -> [TensorVariable?] {
    guard let g = call.outputGradients[0] else { return call.inputs.map { _ in nil } }
    let positions = Array(call.inputs.dropFirst(2))
    let note = SourceNote.ambient ?? .none
    var part = TensorVariable(Subtensor(selection: selection.shifted(by: -1)), [g] + positions, note: note)
    var base = g
    if mode == .set {
      base = TensorVariable(self, [g, NDArray(0.0).astype(g.dtype).tensorVariable] + positions, note: note)
      if call.wanted[1], let stays = isLast(call, ndim: part.ndim) { part = T.where(stays, part, 0) }
    }
    return [base, sumToShape(part, like: call.inputs[1])] + positions.map { _ in nil }
  }

  /// Whether each element of the part is what stays in the array, to be broadcast against the part: where an integer array
  /// names a position more than once, the last one does.
  private func isLast(_ call: GradientCall, ndim: Int) -> TensorVariable? {
    guard let axis = selection.gathered, case .gather(let operand) = selection.entries[axis] else {
      return nil
    }
    let positions = call.inputs[operand]
    let flat = positions.ndim == 1 ? positions : T.reshape(positions, [-1])
    let turns = T.arange(T.length(of: flat, axis: 0))
    let none = T.alloc(NDArray(scalar: Int64(0)), [T.length(of: call.inputs[0], axis: axis)])
    var stays = T.eq(T.setSubtensor(none[flat], to: turns)[flat], turns)
    if positions.ndim != 1 {
      stays = T.reshape(stays, (0..<positions.ndim).map { T.length(of: positions, axis: $0) })
    }
    let before = selection.entries[..<axis].count { if case .index = $0 { false } else { true } }
    return T.dimshuffle(
      stays,
      (0..<ndim).map { before..<(before + positions.ndim) ~= $0 ? $0 - before : nil })
  }

  package func gradientMasks(_ call: GradientCall) -> [GradientMask?] {
    movedMasks(call, selecting: mode == .set)
  }

  package func pushforward(_ call: PushforwardCall) -> [TensorVariable?] {
    if call.directions[0] == nil && call.directions[1] == nil { return [nil] }
    let base = call.directions[0] ?? T.zerosLike(call.inputs[0])
    let part = call.directions[1] ?? NDArray(0.0).astype(base.dtype).tensorVariable
    return [TensorVariable(self, [base, part] + call.inputs.dropFirst(2), note: SourceNote.ambient ?? .none)]
  }

  package func evaluate(_ inputs: [NDArray], _ types: [TensorType]) throws(Fault) -> [NDArray] {
    let (shape, places) = try selection.hostPlaces(inputs[0].shape, inputs)
    let part = try HostLoops.stretched(inputs[1], to: shape)
    return [try HostLoops.write(part, into: inputs[0], places, adding: mode == .add)]
  }

  package func lower(_ context: inout LoweringContext) -> Lowering {
    let operands = context.operands
    let place = selection.place(&context, base: 0, operands: operands)
    var rules = ShapeRules()
    let space = ((try? selection.shape(operands[0], operands, &rules)) ?? []).map { $0.size ?? 0 }
    let dims = context.inputs[1].dims
    let mayRepeat = selection.gathered != nil
    return .steps(operands.count, .elements) { [mode] writer in
      let result = writer.result()
      writer.copy(0, to: result)
      writer.nest(over: space) { nest in
        let at = nest.pullIndices(place)
        let value = nest.pull(
          { builder, index, operand in operand(&builder, 1, alignedIndex(&builder, index, dims)) },
          at: nest.index)
        switch (mode, mayRepeat) {
        case (.set, false): nest.store(value, in: result, at: at)
        case (.set, true): nest.effect(on: result) { .scatter(buffer: $0, at: at, value) }
        case (.add, false):
          let old = nest.load(result, at: at)
          nest.store(nest.builder.apply(.add, old, value), in: result, at: at)
        case (.add, true): nest.effect(on: result) { .scatterAdd(buffer: $0, at: at, value) }
        }
      }
    }
  }

  package func text(_ operands: [String]) -> String {
    "\(name)(\(operands[0])[\(selection.text(operands))], \(operands[1]))"
  }
}

extension Selection {
  func text(_ operands: [String]) -> String {
    entries.map { entry in
      switch entry {
      case .full: ".all"
      case .index(let k), .gather(let k): operands[k]
      case .slice(let a, let b, let step):
        slice(a.map { operands[$0] }, b.map { operands[$0] }, step)
      }
    }.joined(separator: ", ")
  }

  /// A slice as Swift writes it.
  private func slice(_ start: String?, _ stop: String?, _ step: Int) -> String {
    if step == 1 {
      switch (start, stop) {
      case (nil, nil): return ".all"
      case (let a?, nil): return "\(a)..."
      // A minus directly after the operator would be read as part of it.
      case (let a?, let b?): return b.hasPrefix("-") ? "\(a) ..< \(b)" : "\(a)..<\(b)"
      case (nil, let b?): return b.hasPrefix("-") ? "..<(\(b))" : "..<\(b)"
      }
    }
    let parts = [start.map { "from: \($0)" }, stop.map { "to: \($0)" }, "step: \(step)"]
    return ".slice(\(parts.compactMap { $0 }.joined(separator: ", ")))"
  }
}

extension HostLoops {
  /// The elements at places of the flattened array.
  package static func pick(_ x: NDArray, _ places: Elements<Int64>, _ shape: [Int]) throws(Fault) -> NDArray {
    try memory { () throws(TheanoError) in
      let x = try x.checked.contiguous()
      let result = try NDArray.allocate(shape, dtype: x.dtype)
      let width = x.dtype.itemSize
      withExtendedLifetime(x) {
        for (k, place) in places.enumerated() {
          (result.data + k * width).copyMemory(from: x.data + Int(place) * width, byteCount: width)
        }
      }
      return result
    }
  }

  /// The array with elements of `part` written to, or added at, places of it, in order.
  package static func write(
    _ part: NDArray, into x: NDArray, _ places: Elements<Int64>, adding: Bool
  ) throws(Fault) -> NDArray {
    if !adding {
      return try memory { () throws(TheanoError) in
        let (result, part) = (try x.checked.copied(), try part.checked.contiguous())
        let width = x.dtype.itemSize
        withExtendedLifetime(part) {
          for (k, place) in places.enumerated() {
            (result.data + Int(place) * width).copyMemory(from: part.data + k * width, byteCount: width)
          }
        }
        return result
      }
    }
    func sum<T: NDArrayScalar>(
      _ values: Elements<T>, _ more: Elements<T>, _ add: (T, T) -> T
    ) throws(Fault) -> NDArray {
      try fill(x.shape, x.dtype) { (target: UnsafeMutableBufferPointer<T>) in
        for k in target.indices { target[k] = values[k] }
        for (k, place) in places.enumerated() { target[Int(place)] = add(target[Int(place)], more[k]) }
      }
    }
    if x.dtype.isFloating { return try sum(doubles(x), doubles(part)) { $0 + $1 } }
    return try sum(integers(x), integers(part)) { $0 &+ $1 }
  }
}
