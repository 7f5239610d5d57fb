import Foundation
import Testing

@testable import Configuration

/// That the committed documentation is what the settings table says. With `POSTERN_UPDATE=1` in the
/// environment, the files are written instead.
@Suite struct DocumentationTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test(arguments: ["packaging/postern.conf", "docs/configuration.md"])
  func isUpToDate(path: String) throws {
    let expected = path.hasSuffix(".conf") ? Sample.bytes : Reference.bytes
    let file = Self.root.appending(path: path)
    if ProcessInfo.processInfo.environment["POSTERN_UPDATE"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(expected).write(to: file)
    }
    #expect(
      try Data(contentsOf: file) == Data(expected),
      "\(path) is not what the settings table says: run the tests with POSTERN_UPDATE=1")
  }

  @Test func theSampleIsTheBuiltInDefault() {
    let report = load(String(decoding: Sample.bytes, as: UTF8.self))
    #expect(report.lines == [])
    #expect(report.dumped == load("").dumped)
  }

  /// Takes the comment sign off every setting that has a default and is shown with it.
  @Test func theSampleShowsTheDefaults() throws {
    let sample = String(decoding: Sample.bytes, as: UTF8.self)
    var lines: [String] = []
    var uncommented: Set<String> = []
    for line in sample.split(separator: "\n") {
      if line.hasPrefix("#[integration") { continue }
      if line.hasPrefix("#[") { lines.append(String(line.dropFirst())) }
      guard line.hasPrefix("#"), !line.hasPrefix("# "), !line.hasPrefix("#[") else {
        if !line.hasPrefix("#") { lines.append(String(line)) }
        continue
      }
      let key = String(line.dropFirst().prefix { $0 != " " })
      let settings = SectionKind.allCases.flatMap { $0.settings }
      if settings.contains(where: { "#\($0.name) = \($0.standard)" == line }) {
        lines.append(String(line.dropFirst()))
        uncommented.insert(key)
      }
    }
    // The one section that nothing is implied of, and which cannot stand without a secret.
    lines.removeAll { $0 == "[key ops]" || $0 == "scopes = chat" }
    let report = load(lines.joined(separator: "\n"))
    #expect(report.lines == [])
    #expect(report.dumped == load("").dumped)
    let standard = SectionKind.allCases.flatMap { $0.settings }.filter {
      !"\($0.standard)".isEmpty && "\($0.documentation.example)".isEmpty
    }
    #expect(uncommented == Set(standard.map { "\($0.name)" }))
  }

  /// Every line that is commented out is a key of its section with a value that is valid there.
  @Test func theSamplesExamplesAreValid() throws {
    for kind in SectionKind.allCases {
      for setting in kind.settings {
        let section = kind.isNamed ? "[\(kind.type) x]" : "[\(kind.type)]"
        let report = load(
          "[bot support]\n[bot sales]\n[bot default]\n\(section)\n\(setting.sampleLine)",
          ["OPENAI_API_KEY": "sk", "CREDENTIALS_DIRECTORY": "/c"],
          files: [
            "/c/ops-key": "0123456789abcdef", "/etc/postern/support.txt": "x",
            "/etc/postern/tls.pem": "", "/etc/postern/tls.key": "",
            "/etc/postern/backend-ca.pem": "-----BEGIN CERTIFICATE-----",
          ])
        let ownLine = report.lines.filter {
          $0.hasPrefix("5:") && !$0.contains("HTTPS needs")
        }
        #expect(ownLine == [], "\(setting.sampleLine)")
      }
    }
  }

  @Test func noLineOfTheSampleIsTooWide() {
    for line in String(decoding: Sample.bytes, as: UTF8.self).split(separator: "\n") {
      #expect(line.count <= 100, "\(line)")
    }
  }
}
