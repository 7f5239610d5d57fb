import Backends
import Bytes
import Configuration
import Context
import Exchange
import HTTPServer
import JSON
import Outbox
import Platform
import Storage

/// `GET /metrics`: everything that Postern counts, for Prometheus. Its size grows with the integrations,
/// the channels and the receivers.
struct Metrics {
  let version: StaticString
  let uptime: TimeSpan
  let isConfigurationValid: Bool
  let activity: ExchangeActivity
  let ring: RingStatistics
  let traffic: ServerTraffic
  let connections: Int
  let droppedLogLines: Int
  let outbox: OutboxFacts
  let channels: ChannelFacts
  /// Whether the key may see what belongs to any bot, such as the receivers of replies.
  let isWhole: Bool
  /// When the certificate that clients see expires, in seconds since 1970; `nil` without TLS.
  let certificateEnd: Int?

  /// The metrics of the process, and those of these bots' integrations.
  @inline(never)
  func response(_ bots: [Bot]) -> Response {
    var text = MetricsText()
    write(to: &text)
    for family in Metrics.families {
      text.begin(family.text)
      for bot in bots {
        for integration in bot.integrations { write(family.content, of: integration, to: text) }
      }
    }
    return Response(
      status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
      body: text.buffer.bytes)
  }

  // MARK: The process

  @inline(never)
  private func write(to text: inout MetricsText) {
    text.begin("build_info gauge The version that runs; always 1.")
    text.sample(1, labels: label("version", version))
    text.begin("uptime_seconds gauge Time since the start.")
    text.sample(milliseconds: uptime.nanoseconds / 1_000_000)
    text.begin("exchanges_total counter Messages, by how their exchange ended.")
    for ending in ExchangeEnding.allCases {
      text.sample(activity.endings[ending.rawValue], labels: label("ending", ending.name))
    }
    text.begin("http_responses_total counter Answers, by the first digit of their status.")
    for (place, count) in traffic.responses.enumerated() {
      text.sample(count, labels: label("class", Metrics.classes[place]))
    }
    text.begin("http_turned_away_total counter Clients that the server turned away, by reason.")
    for reason in TurnedAway.allCases {
      text.sample(traffic.count(of: reason), labels: label("reason", reason.name))
    }
    if let certificateEnd {
      text.single(
        "certificate_expiry_seconds gauge Time until the certificate expires.",
        Int64(certificateEnd) - WallTime.now.milliseconds / 1000)
      text.single(
        "certificate_expiry_timestamp_seconds gauge When the certificate expires, since 1970.",
        certificateEnd)
    }
    writeSingles(to: &text)
    if isWhole { writeReceivers(to: &text) }
    channels.write(to: &text)
  }

  private static let classes: [StaticString] = ["2xx", "3xx", "4xx", "5xx"]

  /// The metrics with one sample.
  @inline(never)
  private func writeSingles(to text: inout MetricsText) {
    text.single("exchanges_in_flight gauge Messages being answered.", activity.inFlight)
    text.single(
      "exchanges_queued gauge Messages that wait for another of their conversation.",
      activity.queued)
    text.single(
      "configuration_valid gauge 1, or 0 while the configuration file on disk does not apply.",
      isConfigurationValid ? 1 : 0)
    text.single("http_connections gauge Clients connected.", connections)
    text.single(
      "http_received_body_bytes_total counter Bytes of requests' bodies.",
      traffic.receivedBytes)
    text.single("http_sent_body_bytes_total counter Bytes of answers' bodies.", traffic.sentBytes)
    text.single("context_conversations gauge Conversations in the context.", ring.conversations)
    text.single("context_turns gauge Turns in the context.", ring.turns)
    text.single("context_used_bytes gauge Bytes that these turns take.", ring.usedBytes)
    text.single("context_capacity_bytes gauge Bytes that there are for turns.", ring.capacity)
    text.single(
      "context_overwritten_turns_total counter Turns that gave way to newer ones.",
      Int64(truncatingIfNeeded: ring.overwritten))
    text.single(
      "outbox_queued gauge Messages that wait to be answered without their client.", outbox.queued)
    text.single("outbox_running gauge Messages of these that are being answered.", outbox.running)
    text.single(
      "outbox_undelivered gauge Replies that wait for their receiver.", outbox.undelivered)
    text.single(
      "outbox_oldest_seconds gauge Age of the oldest message or reply that waits; 0 for none.",
      outbox.oldest.map { max(0, (WallTime.now.milliseconds - $0) / 1000) } ?? 0)
    text.single("outbox_used_bytes gauge Bytes of the outbox in use.", outbox.usedBytes)
    text.single("outbox_capacity_bytes gauge Bytes that the outbox has.", outbox.capacityBytes)
    text.single(
      "outbox_delivered_total counter Replies that receivers got.", outbox.counts.delivered)
    text.single(
      "outbox_not_delivered_total counter Replies that receivers did not get.",
      outbox.counts.failed)
    text.single(
      "log_dropped_lines_total counter Log lines for which no room was left.",
      droppedLogLines)
  }

  private func writeReceivers(to text: inout MetricsText) {
    text.begin(
      "outbox_receiver_up gauge 1, or 0 while a receiver of replies is failing or disabled.")
    for lane in outbox.messages.deliveries.receivers {
      text.sample(
        lane.failure == nil ? 1 : 0, labels: [UInt8]("receiver=\"") + lane.name + [UInt8]("\""))
    }
  }

  // MARK: Integrations

  /// Where the samples of an integration come from.
  private enum Content {
    case attempts, counter(IntegrationStatistics.Counter), cost, weight, breaker, state, inFlight,
      waiting, latency
  }

  /// The metrics of each integration.
  private static let families: [(text: StaticString, content: Content)] = [
    (
      "integration_attempts_total counter Attempts, by outcome as in the API.", .attempts
    ),
    (
      "integration_cancelled_attempts_total counter Attempts whose client went away.",
      .counter(.cancelled)
    ),
    (
      "integration_hedged_total counter Messages for which another one was asked, too, because it said nothing.",
      .counter(.hedged)
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
      "integration_skipped_events_total counter Events of streams that are not JSON objects, and skipped.",
      .counter(.skippedEvents)
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
      "integration_cached_tokens_total counter Tokens sent that the backend had in its cache.",
      .counter(.cachedTokens)
    ),
    ("cost_total counter What replies cost, by the prices of the configuration.", .cost),
    (
      "integration_breaker_open gauge 1 while it is not asked, a probe apart; else 0.", .breaker
    ),
    ("integration_state gauge 1 for the state that it is in: ready, loading or down.", .state),
    ("integration_in_flight gauge Messages that it is answering.", .inFlight),
    (
      "integration_waiting gauge Messages that wait for its model, or for a place of max_in_flight.",
      .waiting
    ),
    ("integration_latency_seconds summary Time of attempts that brought a reply.", .latency),
  ]

  @inline(never)
  private func write(_ content: Content, of integration: Integration, to text: MetricsText) {
    let statistics = integration.statistics
    let labels = labels(of: integration)
    switch content {
    case .attempts:
      for outcome in Outcome.allCases {
        text.sample(statistics[outcome], labels: label("outcome", outcome.name, after: labels))
      }
    case .counter(let counter):
      text.sample(statistics[counter], labels: labels)
    case .cost:
      if integration.settings.hasPrice { text.sample(statistics.counts.cost.text, labels: labels) }
    case .weight:
      text.sample(integration.drawnWeight, labels: labels)
    case .breaker:
      text.sample(integration.breaker.isClosed ? 0 : 1, labels: labels)
    case .state:
      for state in BackendState.allCases {
        text.sample(
          integration.health.state == state ? 1 : 0,
          labels: label("state", state.name, after: labels))
      }
    case .inFlight:
      text.sample(integration.health.queue.inFlight, labels: labels)
    case .waiting:
      text.sample(integration.health.queue.waitingCount, labels: labels)
    case .latency:
      write(statistics.latency, labels, to: text)
    }
  }

  private func write(_ latency: LatencyHistogram, _ labels: [UInt8], to text: MetricsText) {
    sample(latency, 50, "0.5", labels, to: text)
    sample(latency, 95, "0.95", labels, to: text)
    sample(latency, 99, "0.99", labels, to: text)
    text.sample(milliseconds: latency.totalMilliseconds, labels: labels, suffix: "_sum")
    text.sample(latency.count, labels: labels, suffix: "_count")
  }

  @inline(never)
  private func sample(
    _ latency: LatencyHistogram, _ percent: Int, _ quantile: StaticString, _ labels: [UInt8],
    to text: MetricsText
  ) {
    // Without a reply there is no quantile.
    guard let time = latency.percentile(percent) else { return }
    text.sample(milliseconds: Int64(time), labels: label("quantile", quantile, after: labels))
  }

  /// The labels of an integration. Names have no characters that need escaping.
  private func labels(of integration: Integration) -> [UInt8] {
    let (bot, id) = (integration.settings.bot, integration.settings.id)
    var labels = [UInt8]("bot=\"")
    labels.append(copying: bot.span)
    labels.append("\",integration=\"")
    labels.append(copying: id.span)
    labels.append("\"")
    return labels
  }

  @inline(never)
  private func label(
    _ name: StaticString, _ value: StaticString, after others: [UInt8] = []
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
