// swift-tools-version: 6.2
import PackageDescription

// The same sources have two builds. Debug is full Swift, for unit tests, sanitizers and fuzzers.
// Release is Embedded Swift, the product. `.treatWarning("EmbeddedRestrictions")` shows part of what
// release refuses already in debug; only the release build shows all of it.

/// Flags of the compiler in release.
///
/// Embedded Swift is a flag here and of the linker, because SwiftPM links debug builds as Embedded
/// Swift, too, if it is a feature of a target: their runtime finds no types, and crashes.
///
/// The objects hold LLVM bitcode for link-time optimisation. Embedded Swift emits each
/// specialisation into every object that uses it, and the linker removes the equal and the unused
/// ones. SwiftPM has only a command-line option for this; with these flags, plain `swift build`
/// does it too. The failed preconditions of a function share one trap. Exclusivity is enforced in
/// debug, where the tests run. No code unwinds at run time; debuggers use .debug_frame, which strip
/// removes.
let codeFlags = [
  "-enable-experimental-feature", "Embedded",
  "-Xfrontend", "-emit-bc", "-Xfrontend", "-lto=llvm-full", "-Xfrontend", "-mergeable-traps",
  "-enforce-exclusivity=unchecked",
  "-Xcc", "-fno-asynchronous-unwind-tables", "-Xcc", "-fno-unwind-tables",
  "-Xcc", "-Xclang", "-Xcc", "-mframe-pointer=none",
  "-Xfrontend", "-disable-incremental-llvm-codegen",
]

/// Flags of the linker in release.
///
/// The Swift compiler has already inlined what gains speed, so the linker inlines only what makes
/// the code smaller. Equal functions are kept once, and so are equal sequences of instructions if
/// that saves 8 bytes or more. The functions that every message runs stay whole, and lie side by
/// side; scripts/hot-functions lists them. Relocations are packed (DT_RELR, which needs glibc 2.36
/// or musl 1.2.4). posix_memalign is replaced; see CLinux.c.
let linkerFlags = [
  "-enable-experimental-feature", "Embedded",
  "-use-ld=lld", "-Xlinker", "--gc-sections", "-Xlinker", "--icf=all",
  "-Xlinker", "-mllvm", "-Xlinker", "-inline-threshold=-10",
  "-Xlinker", "-mllvm", "-Xlinker", "-enable-machine-outliner=always",
  "-Xlinker", "-mllvm", "-Xlinker", "-outliner-benefit-threshold=8",
  "-Xlinker", "--lto-newpm-passes=forceattrs,lto<O2>", "-Xlinker", "-mllvm",
  "-Xlinker", "-forceattrs-csv-path=\(Context.packageDirectory)/packaging/not-outlined.csv",
  "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/packaging/hot-functions",
  "-Xlinker", "--no-warn-symbol-ordering",
  "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
  "-Xlinker", "--wrap=posix_memalign",
]

let settings: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .unsafeFlags(codeFlags, .when(configuration: .release)),
  .treatAllWarnings(as: .error),
  .treatWarning("EmbeddedRestrictions", as: .error, .when(configuration: .debug)),
]

/// What the compiler optimises a room for.
enum Goal {
  /// Speed, if it is worth its size: the bytes of every message pass through.
  case speed
  /// Size. The protocols are built so, too: speed there would save a hundredth of a message's time,
  /// and cost kilobytes. Functions are not copied for each closure that they are given.
  case size
  /// Size, whatever it costs: the code runs at the start, for a change, or in a command.
  case leastSize

  var settings: [SwiftSetting] {
    let size = ["-Osize", "-Xllvm", "-sil-disable-pass=closure-specialize"]
    let flags =
      switch self {
      case .speed: [String]()
      case .size: size
      case .leastSize: size + ["-Xllvm", "-force-attribute=minsize"]
      }
    return [.unsafeFlags(flags, .when(configuration: .release))]
  }
}

/// A target of the product, a room.
///
/// Imports point down only: a target names the targets that it uses.
func room(_ name: String, on lower: [Target.Dependency], for goal: Goal = .size) -> Target {
  .target(name: name, dependencies: lower, swiftSettings: settings + goal.settings)
}

/// Whether scripts/package-static builds: with mbedTLS in place of GnuTLS, and without TLS to clients.
let isStatic = Context.environment["POSTERN_STATIC"] != nil
let tlsLibraries = isStatic ? ["mbedtls", "mbedx509", "mbedcrypto"] : ["gnutls"]

/// A C target: headers and typed shims of one library, without policy, or files as bytes (CAssets).
///
/// Each has exactly one importer.
func shims(
  _ name: String, over libraries: [String] = [], cSettings: [CSetting] = []
) -> Target {
  .target(
    name: name, path: "CModules/\(name)",
    cSettings: cSettings + (isStatic ? [.define("POSTERN_STATIC")] : []),
    linkerSettings: libraries.map { .linkedLibrary($0) })
}

func tests(of name: String, on lower: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + lower)
}

let package = Package(
  name: "postern",
  products: [.executable(name: "postern", targets: ["Postern"])],
  targets: [
    // C23 has #embed.
    shims("CAssets", cSettings: [.unsafeFlags(["-std=c23"])]),
    shims("CLinux"),
    shims("CCurl", over: ["curl"] + (isStatic ? tlsLibraries : [])),
    shims("CCryptography", over: tlsLibraries),
    // No library is linked: libyaml is loaded when it is needed.
    shims("CYAML"),
    shims("CZlib", over: ["z"]),
    shims("CMicroHTTPD", over: ["microhttpd"] + tlsLibraries),
    room("Bytes", on: [], for: .speed),
    room("JSON", on: ["Bytes"], for: .speed),
    room("Platform", on: ["Bytes", "CLinux"]),
    room("Protocols", on: ["Bytes", "JSON", "Platform"]),
    room("Configuration", on: ["Bytes", "JSON", "Protocols"], for: .leastSize),
    room("Import", on: ["Bytes", "JSON", "Configuration", "CYAML"], for: .leastSize),
    room("Context", on: ["Bytes", "Platform"], for: .speed),
    room("Outbox", on: ["Bytes", "Context"], for: .leastSize),
    room("Cryptography", on: ["Bytes", "CCryptography"]),
    room("Logging", on: ["Bytes", "JSON", "Platform"]),
    room("EventLoop", on: ["Platform"], for: .speed),
    room("HTTPClient", on: ["Bytes", "EventLoop", "Platform", "CCurl"]),
    room("HTTPServer", on: ["Bytes", "EventLoop", "Platform", "CMicroHTTPD"]),
    room(
      "Backends", on: ["Bytes", "JSON", "Platform", "Configuration", "Protocols", "HTTPClient"]),
    room(
      "Storage",
      on: [
        "Bytes", "Platform", "Logging", "EventLoop", "Configuration", "Context", "Outbox",
      ],
      for: .leastSize),
    room(
      "Exchange",
      on: [
        "Bytes", "JSON", "Platform", "Cryptography", "Logging", "EventLoop", "Configuration",
        "Context", "Outbox", "Protocols", "HTTPClient", "Backends", "Storage",
      ]),
    room(
      "Channels",
      on: [
        "Bytes", "JSON", "Platform", "Cryptography", "Logging", "EventLoop", "Configuration",
        "Context", "Outbox", "HTTPClient", "Backends", "Exchange", "Storage",
      ]),
    room(
      "API",
      on: [
        "Bytes", "JSON", "Platform", "Cryptography", "Logging", "EventLoop", "Configuration",
        "Context", "Outbox", "Protocols", "HTTPClient", "HTTPServer", "Backends", "Exchange",
        "Storage", "Channels", "CAssets", "CZlib",
      ]),
    .executableTarget(
      name: "Postern",
      dependencies: [
        "Bytes", "JSON", "Platform", "Cryptography", "Logging", "EventLoop", "Configuration",
        "Context", "Outbox", "Protocols", "HTTPClient", "HTTPServer", "Backends", "Exchange",
        "Storage", "Channels", "API", "Import",
      ], swiftSettings: settings + Goal.leastSize.settings,
      linkerSettings: [
        .linkedLibrary("m"),
        .unsafeFlags(linkerFlags, .when(configuration: .release)),
      ]),
    // Writes the documents that come from the tables of settings and endpoints. Not in the product, and built in debug only: release
    // builds name their product.
    .executableTarget(
      name: "Documentation",
      dependencies: ["Bytes", "Configuration", "Protocols", "Backends", "API"],
      swiftSettings: [
        .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
      ]),
    // What test targets share. Debug only: it is not in the product.
    .target(
      name: "TestSupport", dependencies: ["Configuration", "Platform"],
      path: "Tests/TestSupport"),
    tests(of: "Bytes"),
    tests(of: "JSON", on: ["Bytes"]),
    tests(of: "Protocols", on: ["Bytes", "JSON"]),
    tests(of: "Configuration", on: ["Bytes", "Documentation"]),
    tests(of: "Context", on: ["Bytes", "Platform"]),
    tests(of: "Outbox", on: ["Bytes", "Context", "Platform"]),
    tests(of: "Documentation", on: ["API"]),
    tests(of: "Postern", on: ["Bytes"]),
    tests(of: "Platform", on: ["Bytes", "CLinux"]),
    tests(of: "EventLoop", on: ["Platform"]),
    tests(of: "Logging", on: ["Bytes", "JSON", "Platform"]),
    tests(of: "Cryptography", on: ["Bytes"]),
    tests(of: "HTTPClient", on: ["Bytes", "EventLoop", "Platform", "CCurl"]),
    tests(of: "HTTPServer", on: ["Bytes", "EventLoop", "Platform"]),
    tests(
      of: "Backends",
      on: ["Bytes", "JSON", "Platform", "Configuration", "Protocols", "HTTPClient"]),
    tests(
      of: "Storage",
      on: [
        "Bytes", "Platform", "Logging", "EventLoop", "Configuration", "Context",
      ]),
    tests(
      of: "Exchange",
      on: [
        "Bytes", "JSON", "Platform", "Cryptography", "Logging", "EventLoop", "Configuration",
        "Context", "Outbox", "Protocols", "HTTPClient", "Backends", "Storage",
      ]),
    tests(
      of: "Channels",
      on: [
        "Bytes", "JSON", "Platform", "EventLoop", "Logging", "Cryptography", "Configuration",
        "HTTPClient", "Storage", "Exchange",
      ]),
    tests(
      of: "API",
      on: [
        "Bytes", "JSON", "Platform", "Configuration", "Context", "Protocols", "HTTPServer",
        "Backends", "Exchange",
      ]),
  ]
)

// Only scripts/fuzz builds the fuzz targets, because libFuzzer brings their main.
if Context.environment["POSTERN_FUZZ"] != nil {
  let fuzzed: [(name: String, rooms: [Target.Dependency])] = [
    ("JSON", ["JSON", "Bytes"]), ("Dialects", ["Protocols", "Bytes", "JSON"]),
    ("Streams", ["Protocols", "Platform", "Bytes", "JSON"]),
    ("Configuration", ["Configuration", "Bytes"]),
    ("Outbox", ["Outbox", "Context", "Platform", "Bytes"]),
  ]
  for (name, rooms) in fuzzed {
    package.targets.append(
      .executableTarget(
        name: "\(name)Fuzz", dependencies: rooms,
        path: "Tests/Fuzz/\(name)Fuzz", swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
  }
}

// The process that scripts/save-crashes kills. Only that script builds it.
if Context.environment["POSTERN_SAVE_LOOP"] != nil {
  package.targets.append(
    .executableTarget(
      name: "SaveLoop", dependencies: ["Configuration", "Storage", "Platform"],
      path: "Tests/SaveLoop", swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
