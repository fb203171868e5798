/// What can stand in the brackets after an array: integers, ranges, strides, `.all`, `.ellipsis`, `.newAxis`, `.slice(...)`,
/// arrays of integers, and arrays of booleans.
///
/// ```swift
/// a[0]                    // the first row
/// a[-1, 1..<3]            // of the last row, columns 1 and 2
/// a[1 ..< -1]             // all rows but the first and the last
/// a[.all, .slice(step: -1)]   // columns in reverse
/// a[.ellipsis, 0]         // the first element along the last axis
/// a[.newAxis]             // a leading axis of length 1
/// a[NDArray([2, 0])]      // rows 2 and 0
/// a[mask]                 // the elements where a boolean array of a's shape is true
/// ```
///
/// Indexing is NumPy's: negative numbers count from the end; the ends of ranges beyond an array's are cut off, while a
/// single index outside it is an error; the axes not mentioned are taken whole; index arrays broadcast against each other.
///
/// Ends of ranges may count from the end, too: `a[1 ..< -1]` is Python's `a[1:-1]`. In the brackets it is a slice of this
/// library's own; outside of them it is Swift's `Range`, whose ends must ascend (``PlainArrayIndex``).
public protocol ArrayIndex: Sendable {
  /// What the index means.
  var indexItem: IndexItem { get }
}

/// An ``ArrayIndex`` that is none of Swift's own ranges of two bounds.
///
/// The subscripts prefer these, so that in `a[1 ..< -1]` the operator is this library's, which makes a slice of any two
/// bounds, and not that of Swift's `Range`, which ends the program where they do not ascend.
public protocol PlainArrayIndex: ArrayIndex {}

/// One entry between the brackets after an array.
public enum IndexItem: Sendable {
  /// One place along an axis, which disappears.
  case at(Int)
  /// Evenly spaced places along an axis; `nil` means to that end of the axis.
  case slice(start: Int?, stop: Int?, step: Int)
  /// Evenly spaced places along an axis, none of them counted from its end: `first`, `first + step` and so on to `last`.
  case places(first: Int, last: Int, step: Int)
  /// All axes that the other items do not speak of.
  case rest
  /// An axis of length 1 that was not there.
  case insertion
  /// Places listed by an array of integers, or marked by one of booleans.
  case array(NDArray)
}

extension IndexItem: PlainArrayIndex {
  /// The item itself.
  public var indexItem: IndexItem { self }
}

extension ArrayIndex where Self == IndexItem {
  /// A whole axis.
  public static var all: IndexItem { .slice(start: nil, stop: nil, step: 1) }

  /// Every `step`-th place from `start` up to, but not including, `stop`, as Python's `start:stop:step`.
  ///
  /// - Parameters:
  ///   - start: The first place; `nil` for the end that the step comes from. Negative ones count from the end.
  ///   - stop: The bound; `nil` for the end that the step goes to. Negative ones count from the end.
  ///   - step: Not 0; negative to run backwards.
  public static func slice(from start: Int? = nil, to stop: Int? = nil, step: Int = 1) -> IndexItem {
    .slice(start: start, stop: stop, step: step)
  }

  /// As ``slice(from:to:step:)``, without its labels.
  @available(*, deprecated, message: "write a range, as in a[1 ..< -1], or .slice(from:to:step:)")
  public static func slice(_ start: Int?, _ stop: Int? = nil, step: Int = 1) -> IndexItem {
    .slice(start: start, stop: stop, step: step)
  }

  /// All axes that the other indices do not speak of.
  public static var ellipsis: IndexItem { .rest }

  /// A new axis of length 1.
  public static var newAxis: IndexItem { .insertion }
}

extension Int: PlainArrayIndex {
  /// One place along an axis.
  public var indexItem: IndexItem { .at(self) }
}
extension Range: ArrayIndex where Bound == Int {
  /// The places of the range.
  public var indexItem: IndexItem { .slice(start: lowerBound, stop: upperBound, step: 1) }
}
extension ClosedRange: ArrayIndex where Bound == Int {
  /// The places of the range; an upper bound of -1 is the last place.
  public var indexItem: IndexItem { .slice(start: lowerBound, stop: stop(after: upperBound), step: 1) }
}
extension PartialRangeFrom: ArrayIndex, PlainArrayIndex where Bound == Int {
  /// The places from the bound on.
  public var indexItem: IndexItem { .slice(start: lowerBound, stop: nil, step: 1) }
}
extension PartialRangeUpTo: ArrayIndex, PlainArrayIndex where Bound == Int {
  /// The places before the bound.
  public var indexItem: IndexItem { .slice(start: nil, stop: upperBound, step: 1) }
}
extension PartialRangeThrough: ArrayIndex, PlainArrayIndex where Bound == Int {
  /// The places up to the bound; a bound of -1 is the last place.
  public var indexItem: IndexItem { .slice(start: nil, stop: stop(after: upperBound), step: 1) }
}
extension StrideTo: ArrayIndex, PlainArrayIndex where Element == Int {
  /// The places of the stride, which must be at least 0; those beyond the axis are cut off, as for a range.
  public var indexItem: IndexItem { IndexItem(Progression(self)) }
}
extension StrideThrough: ArrayIndex, PlainArrayIndex where Element == Int {
  /// The places of the stride, which must be at least 0; those beyond the axis are cut off, as for a range.
  public var indexItem: IndexItem { IndexItem(Progression(self)) }
}
extension NDArray: PlainArrayIndex {
  /// The places that the array lists or marks.
  public var indexItem: IndexItem { .array(self) }
}
extension Array: ArrayIndex, PlainArrayIndex where Element: NDArrayScalar {
  /// The places that the array lists or marks.
  public var indexItem: IndexItem { .array(isEmpty ? NDArray(copying: [Int]()) : NDArray(copying: self)) }
}

extension IndexItem {
  /// The places of a stride, or none.
  fileprivate init(_ places: Progression?) {
    guard let places else {
      self = .slice(start: 0, stop: 0, step: 1)
      return
    }
    self = .places(first: places.first, last: places.last, step: places.step)
  }
}

// The bounds are optional, so that these are the second choice after Swift's own operators wherever both would do: a conversion to
// an optional counts less than whatever else makes a choice worse.

/// The places from one bound up to, not including, the other, in the brackets after an array or an expression:
/// `a[1 ..< -1]`. Bounds that are negative count from the end.
///
/// Everywhere else `..<` is Swift's own.
public func ..< <Bound: BinaryInteger>(start: Bound?, stop: Bound?) -> IndexItem {
  .slice(start: start.map { Int(clamping: $0) }, stop: stop.map { Int(clamping: $0) }, step: 1)
}

/// The places from one bound through the other, in the brackets after an array or an expression: `a[1 ... -2]`. Bounds that
/// are negative count from the end.
///
/// Everywhere else `...` is Swift's own.
public func ... <Bound: BinaryInteger>(start: Bound?, last: Bound?) -> IndexItem {
  .slice(
    start: start.map { Int(clamping: $0) }, stop: last.flatMap { stop(after: Int(clamping: $0)) }, step: 1)
}

/// Where a slice stops whose last place is given; `nil`, the axis's end, after the last place that there can be.
private func stop(after last: Int) -> Int? { last == -1 || last == .max ? nil : last + 1 }
