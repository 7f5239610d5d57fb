import Backends
import Bytes
import Configuration
import Exchange
import HTTPClient
import HTTPServer
import JSON
import Platform
import Protocols

/// `GET /v1/stats`: what each integration has done: since the start, since the beginning, and in the last day.
struct StatisticsResource {
  /// The bots whose integrations are listed.
  let bots: [Bot]
  let ledger: StatisticsLedger
  let now: Instant
  /// Whether it is a part of `/v1/status`.
  var isForStatus = false

  /// A page of the integrations, bot by bot in file order.
  @inline(never)
  func list(_ page: Page) -> Response {
    .json { writer in
      writer.name("data")
      writer.beginArray()
      var place = 0
      for bot in bots {
        for integration in bot.integrations {
          if page.start..<page.start + page.size ~= place {
            write(integration, of: bot, to: &writer)
          }
          place += 1
        }
      }
      writer.endArray()
      page.writeMeta(total: place, to: &writer)
    }
  }

  /// Writes an integration's object.
  @inline(never)
  func write(_ integration: Integration, of bot: Bot, to writer: inout JSONWriter) {
    let (id, botID) = (integration.settings.id, integration.settings.bot)
    let statistics = integration.statistics
    writer.beginObject()
    writer.member("integration", string: id.span)
    writer.member("bot", string: botID.span)
    writer.member("state", string: integration.health.state.name)
    writer.member("in_flight", integer: integration.health.queue.inFlight)
    writer.member("waiting", integer: integration.health.queue.waitingCount)
    writeShare(of: integration, in: bot, to: &writer)
    write(statistics.counts, of: integration, to: &writer)
    writer.name("latency_ms")
    writer.beginObject()
    writer.member("p50", optional: statistics.latency.percentile(50))
    writer.member("p95", optional: statistics.latency.percentile(95))
    writer.member("p99", optional: statistics.latency.percentile(99))
    writer.endObject()
    writer.name("total")
    write(ledger.total(of: integration), of: integration, to: &writer)
    writer.name("day")
    write(ledger.day(of: integration), of: integration, to: &writer)
    writer.name("breaker")
    writer.beginObject()
    writer.member("state", string: integration.breaker.stateName)
    writer.member(
      "remaining_ms", integer: integration.breaker.wait(at: now).millisecondsRoundedUp)
    writer.endObject()
    if isForStatus { writeDetails(of: integration, to: &writer) }
    writer.endObject()
  }

  /// Writes what `/v1/status` has besides: what went wrong last, and what to do about it; `null` if nothing has.
  @inline(never)
  private func writeDetails(of integration: Integration, to writer: inout JSONWriter) {
    let failures = integration.failures
    writer.member("enabled", boolean: integration.settings.isEnabled)
    writer.member("fallback", boolean: integration.settings.isFallback)
    writer.name("last_failure")
    guard let (report, time) = failures.lastAttempt else { return writer.null() }
    writer.beginObject()
    writer.member("outcome", string: report.outcome.name)
    writer.member("status", optional: report.status)
    writer.member("message", string: report.advice.bytes)
    writer.member("at", time: time.milliseconds)
    writer.member("in_a_row", integer: failures.attemptsInARow)
    writer.endObject()
  }

  @inline(never)
  private func write(
    _ kept: (since: Int64, counts: StatisticCounts), of integration: Integration,
    to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("since", time: kept.since)
    write(kept.counts, of: integration, to: &writer)
    writer.endObject()
  }

  /// Writes the members that add up.
  @inline(never)
  private func write(
    _ counts: StatisticCounts, of integration: Integration, to writer: inout JSONWriter
  ) {
    writer.member("drawn", integer: counts[.drawn])
    writer.name("attempts")
    writer.beginObject()
    for outcome in Outcome.allCases { writer.member(outcome.name, integer: counts[outcome]) }
    writer.endObject()
    writer.member("cancelled", integer: counts[.cancelled])
    writer.member("hedged", integer: counts[.hedged])
    writer.name("fallbacks")
    writer.beginObject()
    writer.member("served", integer: counts[.fallbacksServed])
    writer.member("served_for", integer: counts[.fallbacksNeeded])
    writer.endObject()
    writer.name("tokens")
    writer.beginObject()
    writer.member("input", integer: counts[.inputTokens])
    writer.member("output", integer: counts[.outputTokens])
    writer.endObject()
    writer.member("cached_tokens", integer: counts[.cachedTokens])
    let hasCost = integration.settings.hasPrice || counts.cost != Cost()
    writer.member("cost", hasCost ? counts.cost : nil)
  }

  /// Writes its share of its bot's draws, and the share that its weight stands for.
  @inline(never)
  private func writeShare(
    of integration: Integration, in bot: Bot, to writer: inout JSONWriter
  ) {
    var (drawn, weight): (Int64, Int64) = (0, 0)
    for other in bot.integrations {
      drawn += other.statistics[.drawn]
      weight += Int64(other.drawnWeight)
    }
    writer.name("share")
    writer.beginObject()
    writer.member("drawn", part: integration.statistics[.drawn], of: drawn)
    writer.member("configured", part: Int64(integration.drawnWeight), of: weight)
    writer.endObject()
  }
}

extension JSONWriter {
  /// Writes a member that is an amount of money, or `null`.
  @inline(never)
  mutating func member(_ name: StaticString, _ cost: Cost?) {
    self.name(name)
    if let cost { raw(cost.text.span) } else { null() }
  }

  /// Writes a member that is a part of a whole, from 0 to 1, to a millionth; `null` if the whole is 0.
  @inline(never)
  fileprivate mutating func member(_ name: StaticString, part: Int64, of whole: Int64) {
    self.name(name)
    guard whole > 0 else { return null() }
    let millionths = (part * 1_000_000 + whole / 2) / whole
    var text: [UInt8] = []
    text.append(decimal: millionths / 1_000_000)
    text.append(".")
    text.append(decimal: Int(millionths % 1_000_000), width: 6)
    raw(text.span)
  }
}
