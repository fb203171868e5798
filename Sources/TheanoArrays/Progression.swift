/// Integers a step apart, at least one: what a range or a stride holds, known without listing it.
struct Progression: Equatable {
  let first: Int
  let step: Int
  /// One less than how many there are, which may be more than can be counted to.
  let steps: UInt

  /// The integers from `start` that come before `stop`; `nil` if there are none.
  init?(from start: Int, to stop: Int, step: Int) {
    guard step > 0 ? start < stop : start > stop else { return nil }
    (first, self.step) = (start, step)
    steps = (Progression.distance(start, stop) - 1) / step.magnitude
  }

  /// The integers from `start` that do not go past `stop`; `nil` if there are none.
  init?(from start: Int, through stop: Int, step: Int) {
    guard step > 0 ? start <= stop : start >= stop else { return nil }
    (first, self.step) = (start, step)
    steps = Progression.distance(start, stop) / step.magnitude
  }

  /// The last of them.
  var last: Int { first &+ Int(bitPattern: steps) &* step }

  /// How many there are, or `Int.max` if there are more.
  var count: Int { steps < Int.max ? Int(steps) + 1 : .max }

  /// The distance fits 64 bits without a sign, whatever the ends.
  private static func distance(_ a: Int, _ b: Int) -> UInt { UInt(bitPattern: a < b ? b &- a : a &- b) }
}

extension Progression {
  init?(_ stride: StrideTo<Int>) {
    let (start, stop, step) = Progression.parts(stride.customMirror)
    self.init(from: start, to: stop, step: step)
  }

  init?(_ stride: StrideThrough<Int>) {
    let (start, stop, step) = Progression.parts(stride.customMirror)
    self.init(from: start, through: stop, step: step)
  }

  /// What a stride was made from. It shows that in its mirror alone; all else would be to walk through its numbers.
  private static func parts(_ mirror: Mirror) -> (Int, Int, Int) {
    let parts = mirror.children.compactMap { $0.value as? Int }
    precondition(parts.count == 3, "a Swift stride shows its start, its end and its step")
    return (parts[0], parts[1], parts[2])
  }
}

extension NDArray {
  /// A vector of the integers, or of none.
  static func listing(_ integers: Progression?) throws(TheanoError) -> NDArray {
    let result = try allocate([integers?.count ?? 0], dtype: .int64)
    guard let integers else { return result }
    let target = result.data.assumingMemoryBound(to: Int.self)
    for i in 0..<result.size { target[i] = integers.first &+ i &* integers.step }
    return result
  }
}
