// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the library's users never build it. The C that everything is measured against stands in
// Reference and is compiled while running, by the compiler and with the flags of generated code.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS("26.0")],
  products: [.executable(name: "benchmarks", targets: ["benchmarks"])],
  dependencies: [.package(name: "Theano", path: "..")],
  targets: [
    .executableTarget(
      name: "benchmarks", dependencies: [.product(name: "Theano", package: "Theano")],
      swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility")])
  ]
)
