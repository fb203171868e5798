// Benchmarks of the library against C written by hand; README.md says what the figures mean.

func runBenchmarks(_ options: Options) throws {
  let loadBefore = Machine.load
  try withTemporaryFolder { scratch in
    let reference = try Reference(in: scratch)
    print("\(Machine.processor), \(Machine.processors) processors, \(Machine.operatingSystem)")
    print(
      "\(reference.compilerVersion); BLAS: \(reference.blasName ?? "none"); load \(format(loadBefore)); \(Machine.date)\n"
    )
    Table.heading()
    var rows: [Row] = []
    for workload in Workload.all where options.wants(workload.name) {
      let measured = try workload.measure(reference, options)
      Table.add(measured)
      rows += measured
    }
    let missed = rows.filter { $0.isMet == false }.map(\.workload)
    print(missed.isEmpty ? "\nEvery target is met." : "\nMissed: \(missed.joined(separator: ", "))")
    if let path = options.jsonPath {
      let results = JSON.object([
        ("machine", Machine.json(reference, loadBefore: loadBefore)), ("results", .list(rows.map(\.json))),
      ])
      guard Machine.write(results.written() + "\n", to: path) else {
        throw BenchmarkError("\(path) cannot be written")
      }
    }
  }
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.count == 2, arguments[0] == "--task" {
  // A fresh process of the cold measurements.
  try Task.run(arguments[1])
} else {
  switch Options.parse(arguments) {
  case .run(let options): try runBenchmarks(options)
  case .list: for workload in Workload.all { print(workload.name) }
  case .explain(let problem):
    if let problem { print("benchmarks: \(problem)") }
    print(Options.usage)
  }
}
