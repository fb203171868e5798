/// Places inside of one another: number 0 is the whole, in which branches of conditionals lie, and others in those.
package struct BranchTree: Sendable {
  /// The place around each; the whole has none.
  package private(set) var parents: [Int?] = [nil]
  private var depths = [0]

  package init() {}

  /// Adds a place inside of another and returns its number.
  package mutating func add(in parent: Int) -> Int {
    parents.append(parent)
    depths.append(depths[parent] + 1)
    return parents.count - 1
  }

  /// How many places are around one.
  package func depth(_ place: Int) -> Int { depths[place] }

  /// The innermost place around two.
  package func common(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while a != b {
      if depths[a] >= depths[b] { a = parents[a] ?? 0 } else { b = parents[b] ?? 0 }
    }
    return a
  }
}
