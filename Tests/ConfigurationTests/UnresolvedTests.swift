import Testing

@testable import Configuration

/// `check --no-secrets`: values whose `${…}` has no value here.
@Suite struct UnresolvedTests {
  private func report(_ text: String, _ variables: [String: String] = [:]) -> ConfigurationReport {
    let sources = ConfigurationSources(variables)
    return .load(
      text,
      ConfigurationSources(
        environment: sources.environment, file: sources.file, leavesUnresolved: true))
  }

  private static let text = """
    [server]
    listen = 0.0.0.0:${PORT}
    [key ops]
    secret = ${credential:ops}
    scopes = ${SCOPES}
    bots = ${BOTS}
    [bot a]
    system = ${file:/none}
    deadline = ${DEADLINE}
    sticky = ${STICKY}
    [bot b]
    [integration i]
    bot = ${BOT}
    type = ${TYPE}
    webhook_url = ${URL}
    model = ${MODEL}
    header.Authorization = Bearer ${KEY}
    weight = ${WEIGHT}
    timeout = ${TIMEOUT}
    breaker = ${BREAKER}
    param.x = ${X}
    [integration j]
    bot = b
    type = openai
    webhook_url = https://api.openai.com/v1/chat/completions
    model = m
    header.Authorization = Bearer ${KEY}
    """

  @Test func leavesThemAndCountsThem() {
    let report = report(Self.text)
    #expect(report.lines == [])
    #expect(report.isValid)
    #expect(report.configuration == nil)
    #expect(report.unresolved == 17)
    #expect(load(Self.text).lines.count == 17)
    let printed = String(decoding: report.effectiveText(), as: UTF8.self)
    #expect(printed.contains("\nheader.Authorization = ****\n"))
    #expect(printed.contains("\nweight = ****\n"))
  }

  @Test func checksTheRest() {
    #expect(
      report("[bot a]\nsystem = ${NONE}\nwindow = 0\n[integration i]\ntype = openai\nmodel = ${M}")
        .lines == [
          "3: window: 0 is too small; the minimum is 1", "4: [integration i] needs 'webhook_url'",
        ])
    #expect(report("[bot a]\nsystem = ${A-B}").lines.count == 1)
    #expect(report("[bot a]\nwindow = ${N}", ["N": "0"]).lines.count == 1)
    #expect(report("[bot a]\nwindow = ${N}", ["N": "5"]).configuration != nil)
    #expect(report("[server]\ntls_key = /none").lines.count == 2)
  }
}
