// swift-tools-version: 6.2
import PackageDescription

// One set of sources, two builds: debug is full Swift (unit tests, sanitizers, fuzzers), release is
// Embedded Swift (the product). `.treatWarning("EmbeddedRestrictions")` shows part of what release
// refuses while still in debug; the release build is the gate.
/// Embedded Swift emits what it specialises into every object that uses it: each function in a section of its own,
/// so that the linker can drop and fold the copies. Exclusivity is enforced in debug, where the tests run.
let sizeFlags = ["-Osize", "-Xfrontend", "-function-sections", "-enforce-exclusivity=unchecked"]

/// Equal functions are kept once, and relocations packed (DT_RELR: glibc 2.36 or newer).
let linkerFlags = [
  "-use-ld=lld", "-Xlinker", "--gc-sections", "-Xlinker", "--icf=all",
  "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
]

let settings: [SwiftSetting] = [
  .enableExperimentalFeature("Embedded", .when(configuration: .release)),
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .unsafeFlags(["-Osize", "-Xfrontend", "-function-sections"], .when(configuration: .release)),
  .unsafeFlags(sizeFlags, .when(configuration: .release)),
  .treatAllWarnings(as: .error),
  .treatWarning("EmbeddedRestrictions", as: .error, .when(configuration: .debug)),
]

/// A target of the product. Imports point down only: a target names the ones that it stands on.
func room(_ name: String, on lower: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: lower, swiftSettings: settings)
}

/// Headers and typed shims of one C library, without policy. Each has exactly one importer.
func shims(_ name: String, over library: String? = nil) -> Target {
  .target(
    name: name, path: "CModules/\(name)",
    linkerSettings: library.map { [.linkedLibrary($0)] } ?? [])
}

func tests(of name: String, on lower: [Target.Dependency] = []) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + lower)
}

let package = Package(
  name: "postern",
  products: [.executable(name: "postern", targets: ["Postern"])],
  targets: [
    shims("CLinux"),
    shims("CCurl", over: "curl"),
    shims("CGnuTLS", over: "gnutls"),
    shims("CMicroHTTPD", over: "microhttpd"),
    room("Bytes", on: []),
    room("JSON", on: ["Bytes"]),
    room("Dialects", on: ["Bytes", "JSON"]),
    room("Configuration", on: ["Bytes", "JSON"]),
    room("Context", on: ["Bytes"]),
    room("Selection", on: ["Bytes"]),
    room("Platform", on: ["Bytes", "CLinux"]),
    room("Cryptography", on: ["Bytes", "CGnuTLS"]),
    room("Logging", on: ["Bytes", "JSON", "Platform"]),
    room("EventLoop", on: ["Platform"]),
    room("HTTPClient", on: ["Bytes", "EventLoop", "Platform", "CCurl"]),
    room("HTTPServer", on: ["Bytes", "EventLoop", "Platform", "CMicroHTTPD"]),
    room(
      "Gateway",
      on: [
        "Bytes", "JSON", "Platform", "Cryptography", "Logging", "EventLoop", "Configuration",
        "Context", "Selection", "Dialects", "HTTPClient", "HTTPServer",
      ]),
    .executableTarget(
      name: "Postern",
      dependencies: [
        "Bytes", "Platform", "Cryptography", "Logging", "EventLoop", "Configuration", "HTTPClient",
        "HTTPServer", "Gateway",
      ], swiftSettings: settings,
      linkerSettings: [
        .linkedLibrary("m"),
        .unsafeFlags(linkerFlags, .when(configuration: .release)),
      ]),
    tests(of: "Bytes"),
    tests(of: "JSON", on: ["Bytes"]),
    tests(of: "Dialects", on: ["Bytes", "JSON"]),
    tests(of: "Configuration", on: ["Bytes"]),
    tests(of: "Context", on: ["Bytes"]),
    tests(of: "Selection", on: ["Bytes"]),
    tests(of: "Platform", on: ["Bytes"]),
    tests(of: "EventLoop", on: ["Platform"]),
    tests(of: "Logging", on: ["Bytes", "JSON", "Platform"]),
    tests(of: "Cryptography", on: ["Bytes"]),
  ]
)

// Fuzz targets have libFuzzer's main and are built by scripts/fuzz alone.
if Context.environment["POSTERN_FUZZ"] != nil {
  let fuzzed: [(name: String, lower: [Target.Dependency])] = [
    ("JSON", ["Bytes"]), ("Dialects", ["Bytes", "JSON"]), ("Configuration", ["Bytes"]),
  ]
  for (name, lower) in fuzzed {
    package.targets.append(
      .executableTarget(
        name: "\(name)Fuzz", dependencies: [.byName(name: name)] + lower,
        path: "Tests/Fuzz/\(name)Fuzz", swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
  }
}
