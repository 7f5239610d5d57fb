import Testing

@testable import Configuration
@testable import Documentation

/// The sample is a valid file that changes nothing, and a few lines make it one with a backend.
@Suite struct SampleTests {
  @Test func theSampleIsTheBuiltInDefault() {
    let report = load(ConfigurationSample.text)
    #expect(report.lines == [])
    #expect(report.dumped == load("").dumped)
  }

  /// Removes the comment signs of `[integration gpt]` and the four lines after it.
  @Test func fiveLinesMakeABackend() throws {
    var lines = ConfigurationSample.text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "#[integration gpt]"))
    for index in start..<start + 5 {
      #expect(lines[index].hasPrefix("#"))
      lines[index].removeFirst()
    }
    let text = lines.joined(separator: "\n")
    #expect(
      load(text).lines == [
        "\(start + 5): header.Authorization: the environment variable OPENAI_API_KEY is not set"
      ])
    let report = load(text, ["OPENAI_API_KEY": "sk-proj-0123456789"])
    #expect(report.lines == [])
    #expect(report.configuration?.integrations.map { $0.kind } == [.backend(.openai)])
  }

  /// Removes the comment sign of every setting that has a default and is shown with it.
  @Test func theSampleShowsTheDefaults() throws {
    let sample = ConfigurationSample.text
    var lines: [String] = []
    var uncommented: Set<String> = []
    for line in sample.split(separator: "\n") {
      if line.hasPrefix("#[integration") {
        lines += ["[integration echo]", "type = echo"]
        continue
      }
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
    // Sections that imply nothing, and that are invalid without a secret.
    let others = [
      "[key ops]", "scopes = chat", "show_attempts = no", "[channel home]", "type = telegram",
      "groups = mention", "gather = 1500ms", "response_delay = 0",
    ]
    lines.removeAll { others.contains($0) }
    let report = load(lines.joined(separator: "\n"))
    #expect(report.lines == [])
    #expect(report.dumped == load("").dumped)
    let standard = SectionKind.allCases.flatMap { $0.settings }.filter {
      !"\($0.standard)".isEmpty && "\($0.documentation.example)".isEmpty
    }
    #expect(uncommented == Set(standard.map { "\($0.name)" }))
  }

  /// Every commented line is a key of its section, with a value that is valid there.
  @Test func theSamplesExamplesAreValid() throws {
    for kind in SectionKind.allCases {
      for setting in kind.settings {
        let section = kind.isNamed ? "[\(kind.type) x]" : "[\(kind.type)]"
        let report = load(
          "[bot support]\n[bot sales]\n[bot default]\n\(section)\n\(setting.sampleLine)",
          [
            "OPENAI_API_KEY": "sk", "TELEGRAM_TOKEN": "1:x", "SLACK_SIGNING_SECRET": "x",
            "CREDENTIALS_DIRECTORY": "/c",
            "CALLBACK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
          ],
          files: [
            "/c/ops-key": "0123456789abcdef", "/etc/postern/support.txt": "x",
            "/etc/postern/tls.pem": "", "/etc/postern/tls.key": "",
            "/etc/postern/backend-ca.pem": "-----BEGIN CERTIFICATE-----",
            "/etc/postern/client.pem": "", "/etc/postern/client.key": "",
          ])
        let ownLine = report.lines.filter {
          $0.hasPrefix("5:") && !$0.contains("HTTPS needs") && !$0.contains("mutual TLS needs")
            && !$0.contains("of this type do not use it")
            && !$0.contains("without callback_secret")
        }
        #expect(ownLine == [], "\(setting.sampleLine)")
      }
    }
  }
}
