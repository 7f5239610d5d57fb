import Bytes
import Configuration
import Context
import HTTPServer
import Platform

/// `GET /metrics`: everything that Postern counts, for Prometheus. What it takes grows with the integrations alone.
struct Metrics {
  let version: StaticString
  let uptime: TimeSpan
  let isConfigurationValid: Bool
  let activity: ExchangeActivity
  let ring: RingStatistics
  let traffic: ServerTraffic
  let connections: Int
  let droppedLogLines: Int

  /// The metrics of the process, and those of these bots' integrations.
  func response(_ bots: [Bot]) -> Response {
    var text = MetricsText()
    write(to: &text)
    var rows: [Row] = []
    for bot in bots { rows += bot.integrations.map(Row.init) }
    for family in Metrics.families {
      text.begin(family.text)
      for row in rows { write(family.content, of: row, to: text) }
    }
    return Response(
      status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
      body: text.buffer.bytes)
  }

  // MARK: The process

  private func write(to text: inout MetricsText) {
    text.begin("build_info gauge The version that runs; always 1.")
    text.sample(1, labels: label("version", version))
    text.begin("uptime_seconds gauge Time since the start.")
    text.sample(milliseconds: uptime.milliseconds)
    text.begin("exchanges_total counter Messages, by how their exchange ended.")
    for ending in ExchangeEnding.allCases {
      text.sample(activity.endings[ending.rawValue], labels: label("ending", ending.name))
    }
    text.begin(
      "http_responses_total counter Answers to clients, by the first digit of their status.")
    let classes: [StaticString] = ["2xx", "3xx", "4xx", "5xx"]
    for (place, name) in classes.enumerated() {
      text.sample(traffic.responses[place], labels: label("class", name))
    }
    for (family, value) in single {
      text.begin(family)
      text.sample(value)
    }
  }

  /// Metrics with one sample.
  private var single: [(StaticString, Int)] {
    [
      ("exchanges_in_flight gauge Messages being answered.", activity.inFlight),
      (
        "exchanges_queued gauge Messages that wait behind another of their conversation.",
        activity.queued
      ),
      (
        "configuration_valid gauge 1, or 0 while the configuration file on disk is not in force.",
        isConfigurationValid ? 1 : 0
      ),
      ("http_connections gauge Clients connected.", connections),
      (
        "http_received_body_bytes_total counter Bytes of requests' bodies.", traffic.receivedBytes
      ),
      ("http_sent_body_bytes_total counter Bytes of answers' bodies.", traffic.sentBytes),
      ("context_conversations gauge Conversations in the context.", ring.conversations),
      ("context_turns gauge Turns in the context.", ring.turns),
      ("context_used_bytes gauge Bytes that these turns take.", ring.usedBytes),
      ("context_capacity_bytes gauge Bytes that there are for turns.", ring.capacity),
      (
        "context_overwritten_turns_total counter Turns that gave way to newer ones.",
        Int(truncatingIfNeeded: ring.overwritten)
      ),
      ("log_dropped_lines_total counter Log lines for which no room was left.", droppedLogLines),
    ]
  }

  // MARK: Integrations

  /// An integration, and the labels that tell it from others.
  private struct Row {
    let integration: Integration
    var labels = [UInt8]("bot=\"")

    init(_ integration: Integration) {
      self.integration = integration
      let (bot, id) = (integration.settings.bot, integration.settings.id)
      // Names have nothing in them that would have to be escaped.
      labels.append(copying: bot.span)
      labels.append("\",integration=\"")
      labels.append(copying: id.span)
      labels.append("\"")
    }
  }

  /// Where the samples of an integration come from.
  private enum Content {
    case attempts, counter(IntegrationStatistics.Counter), weight, breaker, latency
  }

  private static let families: [(text: StaticString, content: Content)] = [
    (
      "integration_attempts_total counter Attempts, by outcome as in the API.", .attempts
    ),
    (
      "integration_cancelled_attempts_total counter Attempts whose client went away.",
      .counter(.cancelled)
    ),
    ("integration_draws_total counter Messages for which it was drawn.", .counter(.drawn)),
    ("integration_weight gauge What it is drawn with; 0 where it never is.", .weight),
    (
      "integration_fallback_replies_total counter Replies that it gave as a fallback.",
      .counter(.fallbacksServed)
    ),
    (
      "integration_replaced_replies_total counter Replies that a fallback gave in its place.",
      .counter(.fallbacksNeeded)
    ),
    (
      "integration_input_tokens_total counter Tokens sent, as the backend counts them.",
      .counter(.inputTokens)
    ),
    (
      "integration_output_tokens_total counter Tokens of replies, as the backend counts them.",
      .counter(.outputTokens)
    ),
    (
      "integration_breaker_open gauge 1 while it is not asked, a probe apart; else 0.", .breaker
    ),
    ("integration_latency_seconds summary Time of attempts that brought a reply.", .latency),
  ]

  private func write(_ content: Content, of row: Row, to text: MetricsText) {
    let statistics = row.integration.statistics
    switch content {
    case .attempts:
      for outcome in Outcome.allCases {
        text.sample(
          statistics[outcome], labels: label("outcome", outcome.name, behind: row.labels))
      }
    case .counter(let counter):
      text.sample(statistics[counter], labels: row.labels)
    case .weight:
      text.sample(row.integration.drawnWeight, labels: row.labels)
    case .breaker:
      text.sample(row.integration.breaker.isClosed ? 0 : 1, labels: row.labels)
    case .latency:
      write(statistics.latency, row.labels, to: text)
    }
  }

  private func write(_ latency: LatencyHistogram, _ labels: [UInt8], to text: MetricsText) {
    let quantiles: [(StaticString, Int)] = [("0.5", 50), ("0.95", 95), ("0.99", 99)]
    for (name, percent) in quantiles {
      // A quantile of nothing is no number, which Prometheus takes as a gap.
      guard let time = latency.percentile(percent) else { continue }
      text.sample(milliseconds: time, labels: label("quantile", name, behind: labels))
    }
    text.sample(milliseconds: latency.totalMilliseconds, labels: labels, suffix: "_sum")
    text.sample(latency.count, labels: labels, suffix: "_count")
  }

  private func label(
    _ name: StaticString, _ value: StaticString, behind others: [UInt8] = []
  ) -> [UInt8] {
    var labels = others
    if !labels.isEmpty { labels.append(",") }
    labels.append(name)
    labels.append("=\"")
    labels.append(value)
    labels.append("\"")
    return labels
  }
}
