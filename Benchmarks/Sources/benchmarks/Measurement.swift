/// The middle of many samples and how far they spread.
struct Statistics {
  var median: Double
  var lowerQuartile: Double
  var upperQuartile: Double
  var minimum: Double
  var count: Int

  init(_ samples: [Double]) {
    let sorted = samples.sorted()
    func quantile(_ q: Double) -> Double {
      guard let last = sorted.last else { return .nan }
      let place = q * Double(sorted.count - 1)
      let below = Int(place)
      guard below + 1 < sorted.count else { return last }
      return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
    }
    median = quantile(0.5)
    lowerQuartile = quantile(0.25)
    upperQuartile = quantile(0.75)
    minimum = sorted.first ?? .nan
    count = sorted.count
  }
}

/// One way of doing a workload.
struct Contestant {
  /// Who: `theano`, `C`, ...
  var name: String
  var note = ""
  /// Does the work so many times.
  var run: (Int) throws -> Void
}

/// What was measured of one contestant.
struct Row {
  var workload: String
  var contestant: String
  var note: String
  var unit: TimeUnit
  /// Seconds for one unit of work.
  var seconds: Statistics
  /// How many times slower than the denominator, round by round; `nil` for the denominator itself.
  var ratio: Statistics?
  /// Of what `ratio` is the ratio.
  var denominator: String?
  var target: Target?

  /// Whether the target is met; `nil` if there is none.
  var isMet: Bool? {
    switch target {
    case nil: nil
    case .ratio(let limit): ratio.map { $0.median <= limit }
    case .seconds(let limit): seconds.median <= limit
    }
  }
}

enum TimeUnit: String {
  case nanoseconds = "ns"
  case microseconds = "us"
  case milliseconds = "ms"

  var perSecond: Double {
    switch self {
    case .nanoseconds: 1e9
    case .microseconds: 1e6
    case .milliseconds: 1e3
    }
  }
}

/// What a workload is to reach.
enum Target {
  /// At most so many times the denominator.
  case ratio(Double)
  /// At most so many seconds.
  case seconds(Double)
}

/// Contestants that do the same work, measured in turns: every round takes one sample of each, so that whatever slows the
/// machine for a while slows them all, and the ratios of the rounds stay comparable.
struct Race {
  var workload: String
  var unit: TimeUnit
  var contestants: [Contestant]
  /// The contestant that the others are compared with.
  var denominator: String?
  /// What the first contestant is to reach.
  var target: Target?
  /// Whether one unit of work takes milliseconds, so that a sample is one unit.
  var isLong = false
  /// What is done before every sample, outside the time: what one contestant leaves behind is not the next one's work.
  var settle: (() throws -> Void)?

  func measure(_ options: Options) throws -> [Row] {
    var iterations: [Int] = []
    for contestant in contestants {
      try contestant.run(1)
      iterations.append(isLong ? 1 : try calibrate(contestant, options.sampleSeconds))
    }
    var samples = [[Double]](repeating: [], count: contestants.count)
    for _ in 0..<(isLong ? options.longRounds : options.rounds) {
      for (k, contestant) in contestants.enumerated() {
        try settle?()
        let taken = try seconds { try contestant.run(iterations[k]) }
        samples[k].append(taken / Double(iterations[k]))
      }
    }
    let base = contestants.firstIndex { $0.name == denominator }
    return contestants.enumerated().map { k, contestant in
      Row(
        workload: workload, contestant: contestant.name, note: contestant.note, unit: unit,
        seconds: Statistics(samples[k]),
        ratio: base.flatMap { b in
          b == k ? nil : Statistics(zip(samples[k], samples[b]).map { $0 / $1 })
        }, denominator: base == k ? nil : denominator, target: k == 0 ? target : nil)
    }
  }

  /// How many units of work fill a sample.
  private func calibrate(_ contestant: Contestant, _ wanted: Double) throws -> Int {
    var n = 1
    while true {
      let taken = try seconds { try contestant.run(n) }
      if taken >= wanted / 4 { return max(1, Int(Double(n) * wanted / taken)) }
      n *= 2
    }
  }
}

/// The seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  return try clock.measure(body) / .seconds(1)
}
