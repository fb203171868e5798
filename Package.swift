// swift-tools-version: 6.2
import PackageDescription

// The targets stand in the order in which data passes through them; a target may import only targets that stand
// above it (ARCHITECTURE.md walks through them one by one).
let modules: [(name: String, imports: [String])] = [
  ("TheanoArrays", ["CTheanoPrelude"]),
  ("TheanoKernels", ["TheanoArrays"]),
  ("TheanoGraph", ["TheanoArrays", "TheanoKernels", "CTheanoSupport"]),
  ("TheanoOperations", ["TheanoArrays", "TheanoKernels", "TheanoGraph"]),
  ("TheanoGradients", ["TheanoArrays", "TheanoGraph", "TheanoOperations"]),
  ("TheanoInterpreter", ["TheanoArrays", "TheanoGraph"]),
  ("TheanoRewriting", ["TheanoArrays", "TheanoKernels", "TheanoGraph"]),
  (
    "TheanoRules",
    [
      "TheanoArrays", "TheanoKernels", "TheanoGraph", "TheanoOperations", "TheanoInterpreter",
      "TheanoRewriting",
    ]
  ),
  ("TheanoScheduling", ["TheanoArrays", "TheanoKernels", "TheanoGraph"]),
  ("TheanoEmission", ["TheanoArrays", "TheanoKernels", "TheanoGraph", "TheanoScheduling", "CTheanoPrelude"]),
  ("TheanoToolchain", ["TheanoArrays", "CTheanoSupport"]),
  (
    "TheanoRuntime",
    ["TheanoArrays", "TheanoKernels", "TheanoGraph", "TheanoScheduling", "TheanoToolchain", "CTheanoSupport"]
  ),
  ("TheanoFormats", ["TheanoArrays", "CTheanoSupport"]),
  (
    "TheanoInspection",
    ["TheanoArrays", "TheanoKernels", "TheanoGraph", "TheanoOperations", "TheanoScheduling"]
  ),
  (
    "Theano",
    [
      "TheanoArrays", "TheanoKernels", "TheanoGraph", "TheanoOperations", "TheanoGradients",
      "TheanoInterpreter",
      "TheanoRewriting", "TheanoRules", "TheanoScheduling", "TheanoEmission", "TheanoToolchain",
      "TheanoRuntime",
      "TheanoFormats", "TheanoInspection", "CTheanoSupport",
    ]
  ),
]

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility")]

// What each folder of tests needs is its name: Unit nothing, Numerics the oracles' tables, Compiled a C compiler,
// Errors the exact texts, Faults broken machines and files.
let tests = ["Unit", "Numerics", "Compiled", "Errors", "Faults"]

let package = Package(
  name: "Theano",
  platforms: [.macOS("26.0")],
  products: [
    .library(name: "Theano", targets: ["Theano"]),
    .library(name: "TheanoArrays", targets: ["TheanoArrays"]),
    .library(name: "TheanoFormats", targets: ["TheanoFormats"]),
    .executable(name: "theano", targets: ["TheanoCommand"]),
    .executable(name: "xor", targets: ["xor"]),
    .executable(name: "tour", targets: ["tour"]),
  ],
  targets: [
    .target(name: "CTheanoPrelude", exclude: ["ACCURACY.md"]),
    .target(name: "CTheanoSupport"),
  ]
    + modules.map { module in
      .target(
        name: module.name, dependencies: module.imports.map { .init(stringLiteral: $0) },
        exclude: module.name == "TheanoRules" ? ["README.md"] : [], swiftSettings: settings)
    } + [
      .executableTarget(
        name: "TheanoCommand", dependencies: ["TheanoArrays", "TheanoToolchain"], swiftSettings: settings),
      .executableTarget(name: "xor", dependencies: ["Theano"], path: "Examples/xor", swiftSettings: settings),
      .executableTarget(
        name: "tour", dependencies: ["Theano"], path: "Examples/tour", swiftSettings: settings),
      .target(
        name: "TheanoTestSupport",
        dependencies: ["Theano"] + modules.dropLast().map { .init(stringLiteral: $0.name) },
        path: "Tests/Support", swiftSettings: settings),
      // Killed by the tests of Faults.
      .executableTarget(
        name: "FileWriter", dependencies: ["TheanoArrays", "TheanoFormats"], path: "Tests/FileWriter",
        swiftSettings: settings),
    ]
    + tests.map { need in
      .testTarget(
        name: "\(need)Tests",
        dependencies: ["Theano", "TheanoTestSupport", "CTheanoPrelude", "CTheanoSupport"]
          + (need == "Faults" ? ["FileWriter"] : [])
          + modules.dropLast().map { .init(stringLiteral: $0.name) },
        path: "Tests/\(need)", resources: [.copy("Golden")],
        swiftSettings: settings)
    }
)
