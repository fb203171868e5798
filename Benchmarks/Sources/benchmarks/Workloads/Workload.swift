/// Something that is measured: makes its functions when asked and gives rows for the table.
struct Workload {
  var name: String
  var measure: (Reference, Options) throws -> [Row]

  /// All of them, in the order in which they run.
  static var all: [Workload] { xor + scalar + cold + elementwise + deep + files }
}
